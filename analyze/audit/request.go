package audit

import (
	"cmp"
	"fmt"
	"time"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// requestState is what the rules of requests and responses keep of a
// connection.
type requestState struct {
	sides   [2]requestSide
	tallies []*tally
	refused refusals
	held    heldNumbers
	// lastNack is the number of the generic_nack that was judged last.
	lastNack int64
	openNack openNack
	packSaid bool // how the PDUs it refuses lay in their packets was said
	// echoing are generic_nacks that no request waits for, and that bear the
	// number of the PDU they refuse all the same.
	echoing []int64 // at most maxEchoing
}

// requestSide is what they keep of one side, by the direction in which it
// sends.
type requestSide struct {
	numbers numberState
	seen    headerRing
	probes  probeState
	evicted bool // a request was dropped unanswered: its answer accuses nobody
	// silent are tallies whose last occurrences rest on the silence of the side.
	silent []*tally
	// The last answer to this side: when it came, and when that was asked.
	answeredAt, askedAt int64
	packed              *packings // of this side's requests; nil: not looked for yet
	splitAt             int64     // the first PDU in more than one packet; zero: none
	splitTail           bool      // and its rest never came
	splitLen            uint32    // its command_length; largest: of no use
	splitBody           uint64    // its command and body, hashed
	stalls              *stalls   // nil: none
}

// tally counts the occurrences of one finding, for words that grow with it.
type tally struct {
	rule    RuleID
	id      uint32
	cause   string
	finding *Finding
	n       int64 // occurrences
	late    int64 // of them answered after all
	ended   int64 // of them cut off by the connection's end
	longest int64 // nanoseconds
	words   func(*tally) string
	// Of the occurrences, those that rest on a silence that lasts, and those
	// that a hole has put in doubt since; waits are the sides that are silent.
	unsure, doubted int64
	waits           int
	lowered         bool // the finding is a note for that
}

// tallyOf finds or makes the tally of a finding.
func (r *requestState) tallyOf(rule RuleID, id uint32, cause string) *tally {
	for _, t := range r.tallies {
		if t.rule == rule && t.id == id && t.cause == cause {
			return t
		}
	}
	t := &tally{rule: rule, id: id, cause: cause}
	r.tallies = append(r.tallies, t)
	return t
}

// grow folds one more occurrence, and words it when that is worth it.
func (a *Auditor) grow(t *tally, e evidence, words func(*tally) string) {
	t.words = words
	if t.n++; t.n == 1 {
		e.message = words(t)
	}
	if f := a.fail(e); f != nil {
		t.finding = f
	}
	if milestone(t.n) || t.lowered {
		t.lowered = t.lowered && t.finding.Severity == Note
		a.reword(t.finding, t.worded())
	}
}

// onRequest judges what became of a request.
func (a *Auditor) onRequest(c *connState, e *session.Event) {
	if len(c.req.held.list) > 0 {
		switch e.Kind {
		case session.EventAnswered, session.EventAnsweredLate, session.EventWrongType:
			a.answerSeen(c, e)
		case session.EventConnEnd:
			a.endNumbers(c)
		}
	}
	a.countPacking(c, e)
	switch e.Kind {
	case session.EventAnswered:
		a.answered(c, e)
		a.settled(c, e.Req)
		a.slow(c, e)
		a.refusedOrNot(c, e)
	case session.EventAnsweredLate:
		a.answered(c, e)
		a.answeredLate(c, e)
		a.refusedOrNot(c, e)
	case session.EventWrongType:
		a.answered(c, e)
		a.settled(c, e.Req)
		a.wrongType(c, e)
	case session.EventDuplicate:
		a.answered(c, e)
		a.duplicateResponse(c, e)
	case session.EventUnmatched:
		a.unmatched(c, e)
	case session.EventReused:
		a.reusedNumber(c, e)
	case session.EventTimeout:
		a.timedOut(c, e)
	case session.EventAbandoned:
		a.abandoned(c, e)
	case session.EventOpen:
		a.leftUnjudged(e.Req)
	case session.EventEvicted:
		c.req.sides[e.Req.Dir].evicted = true
		a.leftUnjudged(e.Req)
	}
}

// leftUnjudged counts a request whose fate is not known.
func (a *Auditor) leftUnjudged(r *session.Request) {
	if rule := missingRule(r); r.Command != nil && !r.TimedOut && !r.AfterUnbind && rule != RuleDeliverUnanswered {
		a.giveUp(rule)
	}
}

// answered counts the checks of a response that has a request.
func (a *Auditor) answered(c *connState, e *session.Event) {
	a.check(RuleResponseUnmatched)
	a.check(RuleResponseWrongType)
	a.check(RuleResponseDuplicate)
	side := &c.req.sides[e.Req.Dir]
	side.answeredAt, side.askedAt = e.Resp.Time, e.Req.Time
	if e.Req.ID == dissect.CmdUnbind && e.Kind != session.EventDuplicate {
		a.check(RuleTrafficAfterUnbind)
	}
	if e.Resp.ID == dissect.CmdGenericNack {
		a.claimedNack(c, e)
	}
	if e.Req.Command == nil && e.Resp.Sequence != e.Req.Sequence && e.Kind == session.EventAnswered {
		a.oddNack(c, e)
	}
}

// missingRule is the rule that speaks when a request gets no answer.
func missingRule(r *session.Request) RuleID {
	switch {
	case r.ID == dissect.CmdEnquireLink:
		return RuleEnquireLinkUnanswered
	case dissect.IsBind(r.ID):
		return RuleBindUnanswered
	case r.ID == dissect.CmdUnbind:
		return RuleUnbindUnanswered
	case r.ID == dissect.CmdDeliverSM, r.ID == dissect.CmdDataSM && r.From == dissect.SMSC:
		return RuleDeliverUnanswered
	}
	return RuleResponseMissing
}

// settled counts the check of a request that was answered in time.
func (a *Auditor) settled(c *connState, r *session.Request) {
	if r.Command == nil {
		return
	}
	// deliver-unanswered is counted with the receipts.
	if rule := missingRule(r); rule != RuleDeliverUnanswered && !r.AfterUnbind {
		a.check(rule)
	}
	if r.ID == dissect.CmdEnquireLink {
		a.probeAnswered(c, r)
	}
}

// timedOut judges a request without an answer within the response time.
func (a *Auditor) timedOut(c *connState, e *session.Event) {
	r := e.Req
	if r.Command == nil || r.AfterUnbind {
		return
	}
	rule := missingRule(r)
	if rule == RuleDeliverUnanswered {
		return
	}
	if e.Doubt&^session.DoubtGap != 0 {
		a.giveUp(rule)
		return
	}
	switch rule {
	case RuleEnquireLinkUnanswered:
		a.probeTimedOut(c, e)
	case RuleResponseMissing:
		a.missing(c, e, false)
	default:
		a.exchangeMissing(c, e, rule)
	}
}

// abandoned judges a request that was open when the connection ended.
func (a *Auditor) abandoned(c *connState, e *session.Event) {
	r := e.Req
	if r.Command == nil {
		return
	}
	rule := missingRule(r)
	e, judged := a.reconsidered(c, e, rule)
	a.leftOpen(c, e)
	if r.ID == dissect.CmdEnquireLink {
		a.probeLeftOpen(c, e, judged)
		return
	}
	switch {
	case judged || r.AfterUnbind || rule == RuleDeliverUnanswered:
	case e.Doubt&^(session.DoubtGap|session.DoubtEnd) != 0 || c.conn.End == session.EndUnknown:
		a.giveUp(rule)
	case rule == RuleResponseMissing:
		a.missing(c, e, true)
	default:
		a.exchangeMissing(c, e, rule)
	}
}

// reconsidered takes back the doubt whether a silent direction was captured
// when its end shows that it was. judged: the request's timeout was judged.
func (a *Auditor) reconsidered(c *connState, e *session.Event, rule RuleID) (_ *session.Event, judged bool) {
	r := e.Req
	if e.Doubt&session.DoubtOneSided == 0 || c.conn.OneSided() {
		return e, r.TimedOut
	}
	if r.TimedOut && !r.AfterUnbind && rule != RuleDeliverUnanswered {
		a.checks[rule].Unchecked--
	}
	again := *e
	again.Doubt &^= session.DoubtOneSided
	return &again, false
}

// responseTime is how long a request of side may wait for its answer.
func (a *Auditor) responseTime(side dissect.Side) int64 {
	t := &a.profile.Timers
	own := t.ResponseSMSC
	if side == dissect.SMSC {
		own = t.ResponseESME
	}
	return int64(cmp.Or(own, t.Response, 30*time.Second))
}

// missing: response-missing.
func (a *Auditor) missing(c *connState, e *session.Event, ended bool) {
	r := e.Req
	a.check(RuleResponseMissing)
	ev := ofRequest(r, RuleResponseMissing)
	ev.severity = lowered(Warning, e.Doubt != 0)
	ev.during(r.Time, e.Time)
	ev.cause = commandName(r.ID)
	if e.Doubt != 0 {
		ev.cause += " in doubt"
	}
	t := c.req.tallyOf(RuleResponseMissing, r.ID, ev.cause)
	if ended {
		t.ended++
		t.longest = max(t.longest, e.Time-r.Time)
	}
	ev.seen, ev.wanted = "no response", commandName(r.ID|dissect.ResponseBit)+" within "+inSeconds(a.responseTime(r.From))
	from, doubt := r.From, e.Doubt // the words outlive the event
	a.grow(t, ev, func(t *tally) string { return a.missingWords(c, t, from, doubt) })
	if !ended && doubt == 0 {
		c.onSilence(t, r.Dir.Other())
	}
}

// atMost words the longest of n times, of which one alone needs no "up to".
func atMost(n, longest int64) string {
	if n == 1 || longest < second/1000 {
		return inSeconds(longest)
	}
	return "up to " + inSeconds(longest)
}

func (a *Auditor) missingWords(c *connState, t *tally, from dissect.Side, doubt session.Doubt) string {
	limit := a.responseTime(from)
	within := inSeconds(limit)
	s := fmt.Sprintf("%s did not answer %s of %s", opening(otherSide(from)), several(t.n, commandName(t.id)), party(from))
	switch {
	case t.ended == t.n:
		s += fmt.Sprintf(" before the connection ended, %s later.", atMost(t.n, t.longest))
	case t.ended > 0:
		s += fmt.Sprintf(": %d within %s, %d before the connection ended.", t.n-t.ended, within, t.ended)
	default:
		s += " within " + within + "."
	}
	switch {
	case t.late == 1 && t.n == 1:
		s += fmt.Sprintf(" It was answered after %s.", beyond(t.longest, limit))
	case t.late == 1:
		s += fmt.Sprintf(" One was answered after %s.", beyond(t.longest, limit))
	case t.late > 1:
		s += fmt.Sprintf(" %d were answered later, the last to come after %s.", t.late, beyond(t.longest, limit))
	}
	return s + a.packedWords(c, from, "unanswered") + doubtWords(doubt)
}

// doubtWords say why an answer that was not seen may have come.
func doubtWords(d session.Doubt) string {
	switch {
	case d&session.DoubtGap != 0:
		return " The capture lost octets meanwhile: the answer may have been among them."
	case d&session.DoubtOrder != 0:
		return " The capture has the two directions out of step: which came first is not known."
	case d&session.DoubtEnd != 0:
		return " The capture ends too soon after the close to be certain."
	}
	return ""
}

// answeredLate completes the words of a request that had timed out.
func (a *Auditor) answeredLate(c *connState, e *session.Event) {
	r := e.Req
	switch missingRule(r) {
	case RuleEnquireLinkUnanswered:
		a.probeAnsweredLate(c, e)
	case RuleResponseMissing:
		t := c.req.tallyOf(RuleResponseMissing, r.ID, commandName(r.ID))
		if t.n == 0 {
			return
		}
		t.late++
		t.longest = max(t.longest, e.Latency)
		if milestone(t.late) {
			a.reword(t.finding, a.missingWords(c, t, r.From, 0))
		}
	case RuleBindUnanswered, RuleUnbindUnanswered:
		t := c.req.tallyOf(missingRule(r), r.ID, "")
		a.reword(t.finding, fmt.Sprintf("%s answered %s of %s only after %s.",
			opening(otherSide(r.From)), commandName(r.ID), party(r.From), inSeconds(e.Latency)))
	}
}

// exchangeMissing: bind-unanswered and unbind-unanswered.
func (a *Auditor) exchangeMissing(c *connState, e *session.Event, rule RuleID) {
	r := e.Req
	a.check(rule)
	ev := ofRequest(r, rule)
	ev.severity = lowered(Rules[rule].Severity, e.Doubt != 0)
	ev.during(r.Time, e.Time)
	name := commandName(r.ID)
	ev.seen, ev.wanted = "no response", commandName(r.ID|dissect.ResponseBit)
	what := "within " + inSeconds(a.responseTime(r.From))
	if e.Kind == session.EventAbandoned {
		what = fmt.Sprintf("before the connection ended %s later", inSeconds(e.Time-r.Time))
		if c.conn.End != session.EndNone {
			what += ", closed by " + party(c.conn.Sender(c.conn.EndedBy))
		}
	}
	ev.message = fmt.Sprintf("%s did not answer %s of %s %s.", opening(otherSide(r.From)), name, party(r.From), what)
	t := c.req.tallyOf(rule, r.ID, "")
	t.n++
	if f := a.fail(ev); f != nil {
		t.finding = f
	}
	if e.Kind == session.EventTimeout && e.Doubt == 0 {
		c.onSilence(t, r.Dir.Other())
	}
	if rule == RuleBindUnanswered {
		c.sess.pending = 0
		if e.Doubt == 0 && !a.jumped(r.Time, e.Time) {
			a.bindFailed(c, attempt{r.Session, r.Number, r.Frame, r.Time})
		}
	}
}

// slow: response-slow.
func (a *Auditor) slow(c *connState, e *session.Event) {
	if e.Latency < 0 || e.Req.Command == nil {
		return
	}
	a.check(RuleResponseSlow)
	limit := int64(cmp.Or(a.profile.Timers.Slow, 5*time.Second))
	if e.Latency <= limit {
		return
	}
	r := e.Req
	ev := ofRequest(r, RuleResponseSlow)
	ev.cause = commandName(r.ID)
	ev.seen, ev.wanted = beyond(e.Latency, limit), "within "+inSeconds(limit)
	t := c.req.tallyOf(RuleResponseSlow, r.ID, "")
	t.longest = max(t.longest, e.Latency)
	from := r.From // the words outlive the event
	a.grow(t, ev, func(t *tally) string {
		return fmt.Sprintf("%s took longer than %s to answer %s of %s, at most %s.", opening(otherSide(from)),
			inSeconds(limit), several(t.n, commandName(t.id)), party(from), beyond(t.longest, limit))
	})
}
