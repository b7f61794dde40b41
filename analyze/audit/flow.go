package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// flowState is what the rules of flow keep of a connection. It counts from
// anew with each session.
type flowState struct {
	session  *session.Session
	submits  int64
	first    int64 // time of the first submit
	last     int64 // of the last one
	open     int   // submits without an answer
	accepted int64
	mostOpen int32 // requests when one was sent that was accepted
	overdue  int   // requests of the ESME that timed out: their sender gave them up
	pace     pace
	seconds  seconds
	alone    alone
	throttle *throttle // nil until a submit was throttled
}

func isThrottled(status uint32) bool {
	return status == dissect.StatusThrottled || status == dissect.StatusQueueFull
}

// checkFlow takes a request of the ESME.
func (a *Auditor) checkFlow(c *connState, o *session.Observed) {
	if o.From != dissect.ESME || o.PDU.IsResponse() || o.PDU.Command == nil {
		return
	}
	if !a.off[RuleWindowExceeded] && o.PDU.Command.Response != 0 {
		a.windowExceeded(c, o)
	}
	if !isSubmit(o.PDU.ID, o.From) || o.AfterUnbind {
		return
	}
	f := &c.flow
	if f.session != o.Session {
		a.flowEnds(c, o.Time) // a session behind an unbind on the same connection
		f.begin(o.Session, o.Time)
	}
	if f.throttle != nil {
		a.afterRefusals(c, o)
	}
	f.alone.sent(f, o.Time, a.limit.AloneBy)
	f.submits++
	f.open++
	f.last = o.Time
	f.pace.add(o.Time)
	f.seconds.sent(o.Time)
	if !a.off[RuleRateExceeded] {
		a.rateExceeded(c, o)
	}
}

// begin starts to count a session. What costs memory is used again.
func (f *flowState) begin(s *session.Session, now int64) {
	*f = flowState{session: s, first: now, pace: pace{marks: f.pace.marks[:0]}, overdue: f.overdue}
}

// onFlow takes what became of a request of the ESME.
func (a *Auditor) onFlow(c *connState, e *session.Event) {
	switch e.Kind {
	case session.EventSessionEnd, session.EventConnEnd:
		a.flowEnds(c, e.Time)
		return
	case session.EventTimeout, session.EventAnswered, session.EventAnsweredLate, session.EventWrongType,
		session.EventAbandoned, session.EventOpen, session.EventEvicted:
	default:
		return
	}
	r := e.Req
	if r.From != dissect.ESME || r.Command == nil {
		return
	}
	f := &c.flow
	switch {
	case e.Kind == session.EventTimeout:
		f.overdue++
	case r.TimedOut:
		f.overdue--
	}
	if f.session != r.Session || !isSubmit(r.ID, r.From) || r.AfterUnbind {
		return
	}
	if e.Kind == session.EventTimeout {
		f.alone.not = true
		return
	}
	f.open--
	if e.Kind == session.EventAnswered || e.Kind == session.EventAnsweredLate {
		f.alone.answered(e)
		f.seconds.answered(r.Time, isThrottled(e.Resp.Status))
		a.throttled(c, e)
	}
}

// flowEnds judges a session that is over, or that the input leaves open.
func (a *Auditor) flowEnds(c *connState, now int64) {
	f := &c.flow
	if f.session == nil {
		return
	}
	f.seconds.end(now)
	if f.throttle != nil {
		a.judgeIgnored(c, now, true)
		a.throttleEnds(c, now)
	}
	a.windowOfOne(c)
	a.rateLast(c)
	f.session = nil
}

// windowExceeded: window-exceeded. Requests that timed out do not count: their
// sender has given them up.
func (a *Auditor) windowExceeded(c *connState, o *session.Observed) {
	if c.conn.OneSided() {
		a.giveUp(RuleWindowExceeded)
		return
	}
	a.check(RuleWindowExceeded)
	open, limit := c.conn.Sides[o.Dir].Outstanding-c.flow.overdue, a.profile.Flow.WindowMax
	if open <= limit {
		return
	}
	e := of(o, RuleWindowExceeded)
	answers := &c.conn.Sides[o.Dir.Other()]
	doubt := answers.GapAt != 0 && answers.GapAt >= o.Time-a.responseTime(o.From)
	if doubt {
		e.severity = Note // answers may have been among what was lost
	}
	if doubt && !c.req.tallyOf(RuleWindowExceeded, 0, "").lowered {
		e.cause = "in doubt"
	}
	t := c.req.tallyOf(RuleWindowExceeded, 0, e.cause)
	t.longest = max(t.longest, int64(open))
	if t.n > 0 && !milestone(t.n+1) && a.folded(&e) {
		t.n++
		if !doubt {
			c.onSilence(t, o.Dir.Other())
		}
		return
	}
	e.seen, e.wanted = counted(int64(open), "open request"), fmt.Sprintf("at most %d", limit)
	a.grow(t, e, func(t *tally) string {
		s := fmt.Sprintf("The ESME had up to %d requests open at once; the provider allows %d.", t.longest, limit)
		if t.cause != "" {
			s += lostAnswers
		}
		return s
	})
	if !doubt {
		c.onSilence(t, o.Dir.Other())
	}
}

const lostAnswers = " The capture lost octets of the SMSC: answers may have been among them."

// alone is what window-of-one keeps of a session.
type alone struct {
	not       bool  // two were open at once, or the ESME let time pass
	answer    int64 // time of the last answer
	roundTrip int64 // of the last exchange
	sum, n    int64 // of all round trips
	pdu       int64 // of the first answer
	frame, at int64
}

func (w *alone) sent(f *flowState, now, by int64) {
	switch {
	case f.open > 0:
		w.not = true
	case w.answer != 0 && now-w.answer > max(w.roundTrip, by):
		w.not = true // nothing to send: the window does not slow it
	}
}

func (w *alone) answered(e *session.Event) {
	if e.Latency < 0 || e.Kind != session.EventAnswered {
		w.not = true
		return
	}
	w.answer, w.roundTrip = e.Resp.Time, e.Latency
	w.sum += e.Latency
	if w.n++; w.n == 1 {
		w.pdu, w.frame, w.at = e.Req.Number, e.Req.Frame, e.Req.Time
	}
}

// windowOfOne: window-of-one.
func (a *Auditor) windowOfOne(c *connState) {
	f := &c.flow
	w := &f.alone
	if f.submits < a.limit.AloneSubmits {
		return
	}
	if c.conn.OneSided() || gapSince(c.conn, f.first) {
		a.giveUp(RuleWindowOfOne)
		return
	}
	a.check(RuleWindowOfOne)
	if w.not || w.n < a.limit.AloneSubmits-1 {
		return
	}
	mean := max(w.sum/w.n, 1)
	e := evidence{rule: RuleWindowOfOne, conn: c.conn, session: f.session, pdu: w.pdu, frame: w.frame, time: w.at}
	e.seen, e.wanted = "never two requests open", "several open requests"
	e.message = fmt.Sprintf("The ESME waits for each answer before it sends the next of %s: with %s a round trip it reaches at most %s a second. Ten open requests would give about ten times as many.",
		counted(f.submits, "message"), inSeconds(mean), perSecond(float64(second)/float64(mean)))
	a.fail(e)
}

// perSecond writes a rate.
func perSecond(r float64) string {
	if r < 10 {
		return fmt.Sprintf("%.1f", r)
	}
	return fmt.Sprintf("%.0f", r)
}
