package audit

import (
	"fmt"

	"smpptap/analyze/session"
)

// elsewhere: receipt-elsewhere. Only messages count whose own session could
// have taken the receipt: a transmitter's have to come elsewhere.
func (a *Auditor) elsewhere(c *connState, o *session.Observed, st *accountJourney, m *session.Journey) {
	own := a.conns[int64(m.Conn)]
	if own == nil || own.conn.End != session.EndNone || own.conn.Session == nil || own.conn.Session.State != session.StateBoundTRX {
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
