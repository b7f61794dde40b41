package audit

import (
	"fmt"
	"hash/maphash"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

const (
	// maxRefusals bounds the refusals that are watched at a time.
	maxRefusals = 64
	// maxResends bounds the refused messages whose repetition is looked for.
	maxResends = 4096
)

// throttle is what is kept of a session once a submit was throttled.
type throttle struct {
	checked  bool // throttle-ignored was counted
	said     bool // and failed
	watched  []refusal
	judged   int64 // refusals
	ignored  int64 // of them
	statuses []*throttledBy
	resend   map[uint64]resend // refused messages that were not sent again yet
	swept    int64             // when the old ones of them were dropped
	until    int64             // so far the session was seen
}

// refusal is one after which the ESME's pace is watched.
type refusal struct {
	pdu, frame, at int64
	status         uint32
	submits        int64 // before it
	rate           float64
	last           int64 // time of the last submit, also after it
	doubt          bool
}

// throttledBy counts the refusals with one status.
type throttledBy struct {
	status      uint32
	n, answers  int64
	followed    int64 // of the n, those whose repetition is looked for
	soon, later int64 // of the refused messages sent again soon (within 1 s), later (within 5 s)
	destination uint64
	several     bool  // destinations
	open        int32 // the least open when a refused one was sent
}

// resend is a refused message.
type resend struct {
	at int64
	by *throttledBy
}

// throttled: throttled, for the answer to a submit.
func (a *Auditor) throttled(c *connState, e *session.Event) {
	a.check(RuleThrottled)
	f := &c.flow
	if f.throttle != nil {
		for _, s := range f.throttle.statuses {
			s.answers++
		}
	}
	if e.Resp.Status == 0 {
		f.accepted++
		f.mostOpen = max(f.mostOpen, e.Req.Open)
	}
	if !isThrottled(e.Resp.Status) || e.Resp.ID == dissect.CmdGenericNack {
		return
	}
	if f.throttle == nil {
		f.throttle = new(throttle)
	}
	th := f.throttle
	by := th.by(e.Resp.Status)
	if by.n++; by.n == 1 || e.Req.Open < by.open {
		by.open = e.Req.Open
	}
	a.rememberRefused(th, by, e)
	a.watch(c, e)

	ev := ofResponse(e, RuleThrottled)
	ev.status = e.Resp.Status
	ev.field, ev.offset, ev.length = "command_status", 8, 4
	name, def := a.status(e.Resp.Status)
	ev.seen, ev.wanted = name, "0x00 (ESME_ROK)"
	if def != nil && e.Resp.Status != dissect.StatusThrottled {
		ev.remedy = def.Remedy
	}
	t := c.req.tallyOf(RuleThrottled, e.Resp.Status, "")
	th.until = e.Resp.Time
	a.grow(t, ev, func(t *tally) string { return a.throttledWords(c, th, by, t.n) })
}

// throttleEnds tells what became of the refused messages, as far as it was
// seen when the session was over or the input ended.
func (a *Auditor) throttleEnds(c *connState, now int64) {
	th := c.flow.throttle
	th.until = now
	for _, by := range th.statuses {
		if t := c.req.tallyOf(RuleThrottled, by.status, ""); t.finding != nil {
			a.reword(t.finding, a.throttledWords(c, th, by, t.n))
		}
	}
}

func (th *throttle) by(status uint32) *throttledBy {
	for _, s := range th.statuses {
		if s.status == status {
			return s
		}
	}
	s := &throttledBy{status: status}
	th.statuses = append(th.statuses, s)
	return s
}

func (a *Auditor) throttledWords(c *connState, th *throttle, by *throttledBy, n int64) string {
	name, _ := a.status(by.status)
	s := fmt.Sprintf("The SMSC answered %s with %s.", counted(n, "message"), name)
	clean, refused := c.flow.seconds.bracket()
	switch {
	case a.byWindow(&c.flow, by):
		s += fmt.Sprintf(" Refusals come only when more than %d requests are open, none of the %d accepted messages was sent so: the limit is one of the window.", c.flow.mostOpen, c.flow.accepted)
	case clean > 0 && refused > clean:
		s += fmt.Sprintf(" Seconds with up to %d submits pass, from %d on there are refusals: the limit lies between.", clean, refused)
	case refused > 0:
		s += fmt.Sprintf(" Refusals come in seconds with %d submits and more.", refused)
	case clean > 0:
		s += fmt.Sprintf(" Seconds with up to %d submits pass.", clean)
	}
	if n > 1 && !by.several && by.status == dissect.StatusQueueFull {
		s += " All went to one destination: it may be its queue that is full, not the account's."
	}
	return s + a.againWords(th, by)
}

// byWindow tells that the number of open requests tells the refused messages
// from the accepted ones, and their rate does not.
func (a *Auditor) byWindow(f *flowState, by *throttledBy) bool {
	clean, refused := f.seconds.bracket()
	return by.n >= a.limit.ContrastRefused && f.accepted >= a.limit.ContrastAccepted && by.open > f.mostOpen && clean > 0 && refused <= clean
}

// againWords says how many of the refused messages were sent again, and of how
// many too little was seen to say so.
func (a *Auditor) againWords(th *throttle, by *throttledBy) string {
	pending := int64(0)
	for _, x := range th.resend {
		if x.by == by && th.until-x.at < a.limit.PaceSpan {
			pending++
		}
	}
	again := by.soon + by.later
	not := max(by.followed-again-pending, 0)
	span := inSeconds(a.limit.PaceSpan)
	switch {
	case again == 0 && not == 0:
		return " Whether the refused messages are sent again is not known: less than " + span + " of the session follow."
	case again == 0 && pending == 0:
		return " None of the refused messages was sent again within " + span + " on this connection."
	}
	of := ""
	if by.followed < by.n {
		of = fmt.Sprintf(", of %d that were followed", by.followed)
	}
	s := fmt.Sprintf(" Sent again on this connection%s: %d within %s, %d within %s, %d not", of, by.soon, inSeconds(a.limit.ResentSoon), by.later, span, not)
	if pending > 0 {
		s += fmt.Sprintf("; %d not so far, with less than %s of the session behind the refusal", pending, span)
	}
	return s + "."
}

var flowSeed = maphash.MakeSeed()

// contentHash tells a message by destination and user data.
func contentHash(p *dissect.PDU) (content, destination uint64) {
	to := p.Bytes(dissect.ParamDestinationAddr)
	destination = maphash.Bytes(flowSeed, to)
	return maphash.Bytes(flowSeed, p.UserData().Octets) ^ destination*0x9E3779B97F4A7C15, destination
}

// rememberRefused keeps what was refused, to see whether it comes again.
func (a *Auditor) rememberRefused(th *throttle, by *throttledBy, e *session.Event) {
	p := &a.again
	dissect.Decode(p, e.Req.Raw)
	content, destination := contentHash(p)
	by.several = by.several || by.n > 1 && destination != by.destination
	by.destination = destination
	if th.resend == nil {
		th.resend = make(map[uint64]resend)
	}
	if now := e.Resp.Time; len(th.resend) >= maxResends && now-th.swept > a.limit.PaceSpan {
		th.swept = now
		for k, x := range th.resend {
			if now-x.at > a.limit.PaceSpan {
				delete(th.resend, k)
			}
		}
	}
	if len(th.resend) < maxResends {
		th.resend[content] = resend{e.Resp.Time, by}
		by.followed++
	}
}

// afterRefusals takes a submit in a session with refusals.
func (a *Auditor) afterRefusals(c *connState, o *session.Observed) {
	th := c.flow.throttle
	if len(th.resend) > 0 {
		content, _ := contentHash(o.PDU)
		if x, ok := th.resend[content]; ok {
			delete(th.resend, content)
			switch age := o.Time - x.at; {
			case age <= a.limit.ResentSoon:
				x.by.soon++
			case age <= a.limit.PaceSpan:
				x.by.later++
			}
		}
	}
	a.judgeIgnored(c, o.Time, false)
	for i := range th.watched {
		th.watched[i].last = o.Time
	}
}

// watch notes a refusal whose consequences throttle-ignored looks at.
func (a *Auditor) watch(c *connState, e *session.Event) {
	f := &c.flow
	th, now := f.throttle, e.Resp.Time
	if !th.checked {
		th.checked = true
		a.check(RuleThrottleIgnored)
	}
	if len(th.watched) >= maxRefusals || f.submits < 2 {
		return
	}
	// Since the first submit: it begins the time that is measured.
	from, n := f.first, f.submits-1
	if now-from > a.limit.PaceSpan {
		from = now - a.limit.PaceSpan
		n = f.submits - f.pace.before(from)
	}
	th.watched = append(th.watched, refusal{
		pdu: e.Resp.Number, frame: e.Resp.Frame, at: now, status: e.Resp.Status, submits: f.submits,
		rate: float64(n) * float64(second) / float64(max(now-from, 1)), last: now,
		doubt: gapSince(c.conn, max(from, 1)),
	})
}

// judgeIgnored: throttle-ignored, for the refusals whose time is over: at a
// pause, after 5 s, or at the end.
func (a *Auditor) judgeIgnored(c *connState, now int64, over bool) {
	f := &c.flow
	th := f.throttle
	kept := th.watched[:0]
	for i := range th.watched {
		x := &th.watched[i]
		switch {
		case now-x.last >= a.limit.Pause && x.last-x.at <= a.limit.PauseWithin:
			th.judged++ // it paused
		case over || now-x.at >= a.limit.PaceSpan:
			a.ignored(c, x, min(now, x.at+a.limit.PaceSpan))
		default:
			kept = append(kept, *x)
		}
	}
	th.watched = kept
}

// ignored judges the pace after a refusal.
func (a *Auditor) ignored(c *connState, x *refusal, end int64) {
	f := &c.flow
	th := f.throttle
	th.judged++
	n := f.submits - x.submits
	span := float64(max(end-x.at, 1)) / float64(second)
	after := float64(n) / span
	// One submit more or less is a matter of where the time begins and ends.
	if n == 0 || float64(n+1)/span < x.rate*float64(a.limit.PaceSame)/100 {
		return
	}
	th.ignored++
	e := evidence{rule: RuleThrottleIgnored, conn: c.conn, session: f.session, pdu: x.pdu, frame: x.frame, time: x.at}
	e.severity = lowered(Warning, x.doubt || gapSince(c.conn, x.at))
	e.quiet, th.said = th.said, true
	name, _ := a.status(x.status)
	e.seen, e.wanted = perSecond(after)+" submits a second after "+name, "a pause of "+inSeconds(a.limit.Pause)+", or fewer than "+perSecond(x.rate)
	e.message = fmt.Sprintf("After %s the ESME did not slow down: %s submits a second, %s before the refusal.", name, perSecond(after), perSecond(x.rate))
	a.fail(e)
}
