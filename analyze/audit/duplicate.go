package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// sendings are as many before the last one as their times are kept of.
const sendings = 3

// sent is a message that was submitted, once or more often. It has no pointer:
// there are many, and the collector would have to follow them all.
type sent struct {
	hash    uint64
	conn    int64 // of the last sending, as number and time are
	number  int64 // of the PDU
	time    int64
	earlier [sendings]int64 // times of the last sendings, in turn
	n       int32           // sendings since the last refusal
	fate    fate
	doubt   bool // an answer may have come unseen
}

// fate is what became of a sending.
type fate uint8

const (
	fateOpen fate = iota
	fateAccepted
	fateLate    // accepted later than timers.response
	fateDied    // its connection ended before the answer
	fateUnknown // the answer was lost sight of
)

// checkDuplicate: duplicate-submit.
func (a *Auditor) checkDuplicate(c *connState, o *session.Observed, m *content) {
	a.check(RuleDuplicateSubmit)
	acc := a.accountOf(c, o.Session)
	if acc == nil || addressOctets(o.PDU) == nil {
		a.giveUp(RuleDuplicateSubmit)
		return
	}
	v := &a.contents.submits
	hash := submitHash(acc, a.digest.hash)
	i, known := v.find(hash)
	s := &v.sent[i]
	switch {
	case known && s.n > 0:
		a.sentAgain(o, m, acc, s)
	case !known && v.forgot(o.Time, a.limit.SameWithin):
		a.giveUp(RuleDuplicateSubmit)
	}
	s.earlier[s.n%sendings] = o.Time
	s.n++
	s.conn, s.number, s.time, s.fate, s.doubt = o.Conn.ID, o.Number, o.Time, fateOpen, false
	if old := c.msg.open.put(openSubmit{o.Number, hash, o.PDU.Sequence, i}); old.number != 0 {
		v.settle(old, fateUnknown)
	}
}

func submitHash(acc *session.Account, message uint64) uint64 {
	return message*mixer ^ uint64(acc.ID)
}

// sentAgain judges a message that was submitted before.
func (a *Auditor) sentAgain(o *session.Observed, m *content, acc *session.Account, s *sent) {
	e := of(o, RuleDuplicateSubmit)
	e.account, e.field, e.offset, e.length = acc.Name, m.field, m.off, len(m.octets)
	back := a.limit.RepeatFrom - 1
	if why, doubt := a.unsettled(&e, s); why != "" {
		a.sentInDoubt(e, e.time-s.time, why, doubt)
		if c := a.conns[s.conn]; c != nil && s.fate == fateOpen && !doubt {
			t := c.req.tallyOf(RuleDuplicateSubmit, 0, "")
			t.finding = a.byKey[e.key()]
			c.onSilence(t, c.conn.DirOf(dissect.SMSC))
		}
	} else if s.n >= back && e.time-s.earlier[(s.n-back)%sendings] <= a.limit.SameWithin {
		a.sentOften(e)
	}
}

// unsettled says why the sender may have taken the first sending for lost.
// doubt: its answer may have come unseen.
func (a *Auditor) unsettled(e *evidence, s *sent) (why string, doubt bool) {
	switch {
	case s.fate == fateDied:
		e.cause, why, doubt = "died", "the connection ended before it was answered", s.doubt
	case s.fate == fateLate:
		e.cause, why = "late", "its answer had come late"
	case s.fate == fateOpen && e.time-s.time >= a.limit.Patience:
		c := a.conns[s.conn]
		if c == nil || c.conn.OneSided() {
			return "", false
		}
		e.cause, why = "unanswered", "it was not answered yet"
		doubt = c.conn.Of(dissect.SMSC).GapAt >= max(s.time, 1)
	}
	if doubt {
		e.cause += " in doubt"
	}
	return why, doubt
}

func (a *Auditor) sentInDoubt(e evidence, since int64, why string, doubt bool) {
	e.severity = lowered(Warning, doubt)
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = "the same message again after "+inSeconds(since), "one sending a message"
	e.message = fmt.Sprintf("The ESME sends a message again (same addresses, text, data_coding and TLVs) %s after it was sent; %s. It may be delivered twice.", inSeconds(since), why)
	if doubt {
		e.message += lostAnswer
	}
	a.fail(e)
}

func (a *Auditor) sentOften(e evidence) {
	e.severity, e.cause = Note, "repeated"
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = fmt.Sprintf("the same message %d times within %s", a.limit.RepeatFrom, inSeconds(a.limit.SameWithin)), "one sending a message"
	e.message = fmt.Sprintf("The ESME sends the same message (addresses, text, data_coding and TLVs) for the fourth time within %s, and none of them was refused.", inSeconds(a.limit.SameWithin))
	a.fail(e)
}

const lostAnswer = " The capture lost octets meanwhile: the answer may have been among them."

// submitAnswered takes the answer to a submit.
func (a *Auditor) submitAnswered(c *connState, e *session.Event) {
	r := e.Req
	if !isSubmit(r.ID, r.From) {
		return
	}
	open, ok := c.msg.open.take(r.Sequence, r.Number)
	if !ok {
		return
	}
	switch {
	case e.Resp.Status != 0:
		a.contents.submits.refused(open)
	case e.Kind == session.EventAnsweredLate:
		a.contents.submits.settle(open, fateLate)
	default:
		a.contents.submits.settle(open, fateAccepted)
	}
}

// submitLost takes a submit whose answer will not come, or not be seen.
func (a *Auditor) submitLost(c *connState, e *session.Event) {
	r := e.Req
	if !isSubmit(r.ID, r.From) {
		return
	}
	open, ok := c.msg.open.take(r.Sequence, r.Number)
	if !ok {
		return
	}
	f := fateDied
	if e.Kind == session.EventEvicted || e.Doubt&session.DoubtOneSided != 0 || c.conn.End == session.EndUnknown {
		f = fateUnknown
	}
	if s := a.contents.submits.settle(open, f); s != nil {
		s.doubt = e.Doubt != 0
	}
}
