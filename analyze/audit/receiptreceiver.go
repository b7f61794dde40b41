package audit

import (
	"fmt"
	"net/netip"

	"smpptap/analyze/session"
)

// maxStrangers bounds the accounts that are known for a bind that came to
// nothing alone: who guesses names makes thousands. Beyond it nobody is said to
// lack a receiver.
const maxStrangers = 1024

// noteReceiver notes sessions that take receipts.
func (a *Auditor) noteReceiver(c *connState, e *session.Event) {
	s := e.Session
	if s == nil || s.BindType != session.BindRX && s.BindType != session.BindTRX {
		return
	}
	if e.Kind == session.EventSessionEnd && (s.BindAnswered || !s.BindSeen) {
		return // it was noted, or belongs to no account that has a name
	}
	if e.Kind != session.EventBind && a.contents.accounts.Known(c.conn, s) == nil {
		if a.journeys.strangers >= maxStrangers {
			return
		}
		a.journeys.strangers++
	}
	st := a.journeyOf(c, s)
	if st == nil {
		return
	}
	switch e.Kind {
	case session.EventBind:
		st.receiver = true
	case session.EventBindRefused:
		st.refused = true
	default:
		st.unsure = true // its answer may not have been captured
	}
}

// receiversSeen are who takes receipts, beside the account that is judged.
type receiversSeen struct {
	// nameless are the SMSC addresses with a session that takes messages and
	// whose bind was not captured: it may be anyone's.
	nameless map[netip.AddrPort]bool
	// elsewhere are the SMSC addresses, one for each system_id, with a session
	// that does: two addresses may be one SMSC's.
	elsewhere map[string]netip.AddrPort
}

func (a *Auditor) receiversSeen() receiversSeen {
	r := receiversSeen{map[netip.AddrPort]bool{}, map[string]netip.AddrPort{}}
	for _, st := range a.journeys.order {
		switch {
		case !st.receiver && st.delivers == 0:
		case st.account.Conn != 0:
			r.nameless[st.server] = true
		case !r.elsewhere[st.account.SystemID].IsValid():
			r.elsewhere[st.account.SystemID] = st.server
		}
	}
	return r
}

// noReceiver: receipt-no-receiver.
func (a *Auditor) noReceiver(st *accountJourney, r *receiversSeen) {
	if st.asked == 0 {
		return
	}
	none := !st.receiver && st.delivers == 0
	unseen := st.account.Conn != 0 || st.unsure || none && (r.nameless[st.server] || a.journeys.strangers >= maxStrangers)
	if a.links.capture.finished {
		if unseen {
			a.giveUp(RuleReceiptNoReceiver)
			return
		}
		a.check(RuleReceiptNoReceiver)
	}
	if !none {
		a.overtake(&st.noReceiver, "it has one.")
		return
	}
	if unseen || !a.stood(st.first.time) {
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
	if at := r.elsewhere[st.account.SystemID]; at.IsValid() && st.account.SystemID != "" {
		e.severity = Note
		e.message += fmt.Sprintf(" One with this system_id is bound at %s, which may be the same SMSC.", at)
		e.remedy = "Where both addresses are one SMSC's, join them with --account-by system_id or account.by in the profile; else bind a receiver or transceiver."
	}
	a.stand(&st.noReceiver, e, 1)
}

// lastReceipts judges what only the end of the input shows.
func (a *Auditor) lastReceipts() {
	a.expireReceipts(a.now, true)
	r := a.receiversSeen()
	for _, st := range a.journeys.order {
		a.idFormat(st)
		a.noReceiver(st, &r)
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
