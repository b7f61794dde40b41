package audit

import (
	"fmt"
	"net/netip"

	"smpptap/analyze/session"
)

// noteReceiver notes sessions that take receipts.
func (a *Auditor) noteReceiver(c *connState, e *session.Event) {
	s := e.Session
	if s == nil || s.BindType != session.BindRX && s.BindType != session.BindTRX {
		return
	}
	st := a.journeyOf(c, s)
	if st == nil {
		return
	}
	switch {
	case e.Kind == session.EventBind:
		st.receiver = true
	case e.Kind == session.EventBindRefused:
		st.refused = true
	case !s.BindAnswered:
		st.unsure = true // its answer may not have been captured
	}
}

// namelessReceivers are the SMSC addresses with a session that takes messages
// and whose bind was not captured: it may be anyone's.
func (a *Auditor) namelessReceivers() map[netip.AddrPort]bool {
	at := map[netip.AddrPort]bool{}
	for _, st := range a.journeys.order {
		if st.account.Conn != 0 && (st.receiver || st.delivers > 0) {
			at[st.server] = true
		}
	}
	return at
}

// noReceiver: receipt-no-receiver, at the end of the input.
func (a *Auditor) noReceiver(st *accountJourney, nameless bool) {
	if st.asked == 0 {
		return
	}
	if st.account.Conn != 0 || st.unsure || nameless && !st.receiver && st.delivers == 0 {
		a.giveUp(RuleReceiptNoReceiver)
		return
	}
	a.check(RuleReceiptNoReceiver)
	if st.receiver || st.delivers > 0 {
		return
	}
	e := st.first
	e.rule = RuleReceiptNoReceiver
	e.account = st.account.Name
	e.field = "registered_delivery"
	e.seen, e.wanted = "only transmitter sessions", "a receiver or transceiver session"
	e.message = fmt.Sprintf("%s of %s asked for a receipt, but the account has no receiver or transceiver session in sight; one may exist elsewhere.",
		counted(st.asked, "message"), st.account.SystemID)
	if st.refused {
		e.message += " The bind of one was refused."
	}
	a.fail(e)
}

// lastReceipts judges what only the end of the input shows.
func (a *Auditor) lastReceipts() {
	a.expireReceipts(a.now, true)
	nameless := a.namelessReceivers()
	for _, st := range a.journeys.order {
		a.idFormat(st)
		a.noReceiver(st, nameless[st.server])
		a.notAsked(st)
		if st.behind.said != nil {
			a.reword(st.behind.said, a.behindWords(&st.behind))
		}
		if st.layouts.finding != nil {
			a.reword(st.layouts.finding, a.layoutWords(&st.layouts))
		}
		if st.away > 0 {
			a.reword(st.elsewhere, st.elsewhereWords())
		}
	}
}
