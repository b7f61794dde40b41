package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// probeState is what enquire-link-unanswered keeps of one side's probes.
type probeState struct {
	openAtEnd int64
	first     *evidence // the first one open at the end, not timed out; nil: none, or judged
	// stray is the number of an enquire_link_resp that answered nothing.
	strayAt int64
	stray   uint32
	// What TCP did for this side's octets: when the other side acknowledged
	// all of them and was silent, and how often they were sent again without
	// that since resentFrom.
	ackedAt                      int64
	resent, resentFrom, resentAt int64
	last                         int64 // time of the last probe without an answer
}

// sentAgain counts a repetition; heard is when the other side's last octet
// came, apart how far repetitions are from each other that are not one.
func (p *probeState) sentAgain(at, heard, apart int64) {
	switch {
	case p.resent == 0 || heard > p.resentFrom || p.ackedAt > p.resentFrom:
		p.resent, p.resentFrom = 1, at
	case at-p.resentAt >= apart:
		p.resent++
	default:
		return
	}
	p.resentAt = at
}

// The ways in which a probe can stay without an answer (D05).
const (
	probeDead   = "nothing came back"
	probeSilent = "other traffic came back"
	probeStray  = "an answer with another number came back"
)

// probeTimedOut judges an enquire_link whose time is over. An unbind or an end
// of the connection within that time explains it.
func (a *Auditor) probeTimedOut(c *connState, e *session.Event) {
	r := e.Req
	if closedWithin(c, r.Time, e.Time) {
		return
	}
	a.check(RuleEnquireLinkUnanswered)
	a.probeFails(c, r, e.Doubt)
}

// closedWithin tells that the dialogue came to its end between two times.
func closedWithin(c *connState, from, to int64) bool {
	for i := range c.conn.Sides {
		s := &c.conn.Sides[i]
		if s.FINAt != 0 && s.FINAt <= to && s.FINAt >= from || s.RSTAt != 0 && s.RSTAt <= to && s.RSTAt >= from {
			return true
		}
	}
	u := c.sess.ending.unbindAt
	return u != 0 && u >= from && u <= to
}

func (a *Auditor) probeFails(c *connState, r *session.Request, doubt session.Doubt) {
	ev := ofRequest(r, RuleEnquireLinkUnanswered)
	ev.severity = lowered(Error, doubt != 0)
	ev.during(r.Time, r.Time+a.responseTime(r.From))
	kind := c.probeKind(r)
	c.req.sides[r.Dir].probes.last = r.Time
	ev.cause = r.From.String() + " " + kind
	ev.seen, ev.wanted = "no enquire_link_resp", "an answer within "+inSeconds(a.responseTime(r.From))
	t := c.req.tallyOf(RuleEnquireLinkUnanswered, uint32(r.From), kind)
	a.grow(t, ev, func(t *tally) string { return a.probeWords(c, t, doubt) })
	if doubt == 0 && c.conn.End == session.EndNone {
		c.onSilence(t, r.Dir.Other())
	}
}

// probeKind tells the three cases of D05 apart by what came back since.
func (c *connState) probeKind(r *session.Request) string {
	p := &c.req.sides[r.Dir].probes
	switch {
	case p.strayAt >= r.Time:
		return probeStray
	case c.conn.Sides[r.Dir.Other()].LastAt >= r.Time:
		return probeSilent
	}
	return probeDead
}

func (a *Auditor) probeWords(c *connState, t *tally, doubt session.Doubt) string {
	from := dissect.Side(t.id)
	peer := otherSide(from)
	s := fmt.Sprintf("%s did not answer %s of %s within %s", opening(peer), several(t.n, "enquire_link"), party(from), inSeconds(a.responseTime(from)))
	switch {
	case t.late == 1 && t.n == 1:
		s += fmt.Sprintf("; it was answered after %s.", inSeconds(t.longest))
	case t.late == 1:
		s += fmt.Sprintf("; one was answered after %s.", inSeconds(t.longest))
	case t.late > 1:
		s += fmt.Sprintf("; %d were answered later, the last to come after %s.", t.late, inSeconds(t.longest))
	case t.cause == probeStray:
		n := c.req.sides[c.conn.DirOf(from)].probes.stray
		s += fmt.Sprintf(": it sent enquire_link_resp under number %d, which is no request's.", n)
	case t.cause == probeSilent:
		s += ". Other octets came from it meanwhile, so the path is alive: its application does not answer probes."
	default:
		s += ". Nothing at all came from it meanwhile: " + c.req.sides[c.conn.DirOf(from)].probes.tcpWords(a.limit.ResentEnough)
	}
	return s + a.packedWords(c, from, "unanswered") + doubtWords(doubt)
}

// tcpWords say by TCP who is silent, where that is known: enough repetitions
// without an acknowledgement tell that none came.
func (p *probeState) tcpWords(enough int64) string {
	switch {
	case p.ackedAt >= p.last && p.ackedAt != 0:
		return "its TCP acknowledged the probe, so the path is alive and its application hangs."
	case p.resent >= enough && p.resentAt > p.last && p.resentFrom > p.ackedAt:
		return fmt.Sprintf("TCP sent the octets again %d times and no acknowledgement came, so the path or its host is dead.", p.resent)
	}
	return "the path is dead or its application hangs (a capture may show by TCP acknowledgements which)."
}

// probeAnswered ends the wait for a probe.
func (a *Auditor) probeAnswered(c *connState, r *session.Request) {
	if resp, ok := r.Answer(); ok {
		c.sess.timing.answered(r.Dir, resp.Time)
	}
}

func (a *Auditor) probeAnsweredLate(c *connState, e *session.Event) {
	a.probeAnswered(c, e.Req)
	for _, t := range c.req.tallies {
		if t.rule != RuleEnquireLinkUnanswered || t.id != uint32(e.Req.From) || t.n == t.late {
			continue
		}
		t.late++
		t.longest = max(t.longest, e.Latency)
		a.reword(t.finding, a.probeWords(c, t, 0))
		return
	}
}

// probeLeftOpen judges an enquire_link that was open when the connection
// ended: one is no fault, two are.
func (a *Auditor) probeLeftOpen(c *connState, e *session.Event, judged bool) {
	r := e.Req
	p := &c.req.sides[r.Dir].probes
	p.openAtEnd++
	if r.TimedOut && !judged {
		a.check(RuleEnquireLinkUnanswered)
		a.probeFails(c, r, e.Doubt)
		return
	}
	if r.TimedOut || e.Doubt != 0 {
		return
	}
	if c.req.sides[r.Dir].behind(r, e.Time) {
		p.openAtEnd--
		return
	}
	ev := ofRequest(r, RuleEnquireLinkUnanswered)
	ev.cause = r.From.String() + " at the end"
	ev.during(r.Time, e.Time)
	ev.seen, ev.wanted = "no enquire_link_resp", "an answer"
	ev.message = fmt.Sprintf("Several enquire_link of %s were unanswered when the connection ended, this one %s old.",
		party(r.From), inSeconds(e.Time-r.Time))
	if p.openAtEnd < a.limit.OpenProbes {
		p.first = &ev
		return
	}
	if p.first != nil {
		a.check(RuleEnquireLinkUnanswered)
		a.fail(*p.first)
		p.first = nil
	}
	a.check(RuleEnquireLinkUnanswered)
	a.fail(ev)
}

// behind tells that the other side answers in turn and has not got as far as
// r: up to now it was busy with what had been sent before.
func (s *requestSide) behind(r *session.Request, now int64) bool {
	return s.askedAt < r.Time && s.answeredAt > r.Time && s.answeredAt-r.Time > now-s.answeredAt
}
