package audit

import (
	"fmt"

	"smpptap/analyze/session"
)

// coarse is the step of a clock by which two equal times may lie apart: those
// of a capture in whole seconds or hundredths tell nothing of milliseconds.
const coarse = second / 100

// answers are when the last messages were accepted, by their slots: a receipt
// that comes just behind the response finds it here, and no message that waits
// for hours has to keep it.
type answers [256]struct {
	slot int32 // plus one; zero: none
	at   int64
}

func (v *answers) put(slot int32, at int64) {
	x := &v[uint32(slot)%uint32(len(v))]
	x.slot, x.at = slot+1, at
}

// of gives when a message was accepted, if that was lately.
func (v *answers) of(slot int32) (at int64, ok bool) {
	x := &v[uint32(slot)%uint32(len(v))]
	return x.at, x.slot == slot+1
}

// behind counts an account's receipts on the connections of their messages.
type behind struct {
	n, all int64    // those just behind the response, and all
	first  evidence // of the first of the former
	said   *Finding
}

// justBehind: receipt-just-behind. Only the connection of the message counts:
// on another one the order of the wire is not the client's.
func (a *Auditor) justBehind(c *connState, o *session.Observed, st *accountJourney, m *session.Journey) {
	if uint32(c.conn.ID) != m.Conn || a.journeys.Told(m) != nil {
		return
	}
	a.check(RuleReceiptJustBehind)
	b := &st.behind
	b.all++
	at, ok := a.journeys.answers.of(m.Slot)
	if !ok || o.Time < at || o.Time-at > a.limit.JustBehind || o.Time == at && at%coarse == 0 {
		return
	}
	e := of(o, RuleReceiptJustBehind)
	if b.n++; b.n == 1 {
		b.first = e
	}
	switch {
	case b.n < a.limit.BehindAtLeast:
	case b.n == a.limit.BehindAtLeast:
		a.firstBehind(st)
	default:
		e.account = st.account.Name
		a.fail(e)
		if milestone(b.n) {
			a.reword(b.said, a.behindWords(b))
		}
	}
}

// firstBehind makes the finding of those so far.
func (a *Auditor) firstBehind(st *accountJourney) {
	b := &st.behind
	e := b.first
	e.account = st.account.Name
	e.seen, e.wanted = "receipts within "+inSeconds(a.limit.JustBehind)+" of the response", "a client that has noted the id by then"
	e.message = a.behindWords(b)
	f := a.fail(e)
	a.checks[e.rule].Failed += b.n - 1
	if f != nil {
		f.Count += b.n - 1
		b.said = f
	}
}

func (a *Auditor) behindWords(b *behind) string {
	return fmt.Sprintf("%d of %s came within %s of the response that gives the id, on the same connection: a client that notes the id later than it reads the receipt finds no message for it.",
		b.n, counted(b.all, "receipt"), inSeconds(a.limit.JustBehind))
}
