package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// elsewhere: receipt-elsewhere. Only messages count whose own session could
// have taken the receipt: a transmitter's have to come elsewhere.
func (a *Auditor) elsewhere(c *connState, o *session.Observed, st *accountJourney, m *session.Journey) {
	own := a.conns[int64(m.Conn)]
	if own == nil || !a.takesReceipts(own.conn, o.Time) {
		return
	}
	a.check(RuleReceiptElsewhere)
	if own == c {
		st.home++
		return
	}
	st.away++
	e := of(o, RuleReceiptElsewhere)
	e.account = st.account.Name
	e.seen, e.wanted = fmt.Sprintf("connection %d", o.Conn.ID), fmt.Sprintf("connection %d, which sent the message", m.Conn)
	e.message = st.elsewhereWords()
	if f := a.fail(e); f != nil {
		st.elsewhere = f
	}
	if milestone(st.away) {
		a.reword(st.elsewhere, st.elsewhereWords())
	}
}

func (st *accountJourney) elsewhereWords() string {
	return fmt.Sprintf("%d of %s for messages of transceiver sessions came over another session of the account, while the one that had sent the message was bound.",
		st.away, counted(st.home+st.away, "receipt"))
}

// takesReceipts tells that a transceiver session lives: one that was silent for
// long, or lost octets since, may have ended unseen.
func (a *Auditor) takesReceipts(c *session.Conn, now int64) bool {
	s := c.Session
	if c.End != session.EndNone || s == nil || s.State != session.StateBoundTRX || s.UnbindBy != dissect.SideUnknown {
		return false
	}
	last := max(c.Sides[0].LastPDU, c.Sides[1].LastPDU)
	return now-last <= a.limit.HalfOpen && !gapSince(c, last)
}
