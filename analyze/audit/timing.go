package audit

import (
	"cmp"
	"fmt"

	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// linkTimes are the profile's times in nanoseconds. Zero: not set.
type linkTimes struct {
	probe      int64 // longest time between two probes, tolerance included
	interval   int64
	initiator  dissect.Side
	idleOnly   bool // a busy link needs no probes
	warn, idle int64
	counts     string
	watched    int64 // Limits.Watched
	joined     bool  // accounts are told by system_id alone
}

func timesOf(p *profile.Profile, limit *Limits) (l linkTimes) {
	l.watched = limit.Watched
	l.joined = p.Account.By == "system_id"
	k := &p.KeepAlive
	if l.interval = int64(k.Interval); l.interval > 0 {
		longest := int64(cmp.Or(k.MaxGap, k.Interval))
		l.probe = longest + longest*int64(k.Tolerance.Percent)/100 + int64(k.Tolerance.Extra)
		l.initiator, l.idleOnly = k.Initiator, k.Idle
	}
	if l.idle = int64(p.Inactivity.Timeout); l.idle > 0 {
		l.warn = int64(cmp.Or(p.Inactivity.WarnAt, p.Inactivity.Timeout*8/10))
		l.counts = p.Inactivity.Counts
	}
	return l
}

// timingState is what the keep-alive rules keep of a bound connection.
type timingState struct {
	running bool // bound, or taken to be
	stopped bool
	armed   *armedConn // what the heap's entry holds; nil: there is none
	gone    bool       // the connection was forgotten
	sides   [2]sideTiming
	last    int64 // last activity in the profile's sense
	near    bool  // idle-near-limit was said for this silence
	over    bool  // idle-limit-not-enforced
	nearAny bool  // and was counted for the connection
	overAny bool
}

// sideTiming follows one side that has to probe.
type sideTiming struct {
	from    int64 // bind, last probe or its answer: the interval began
	last    int64 // last PDU of the side
	longest int64 // longest silence of the side in the interval
	probes  int64
	waiting bool // its probe has no answer yet
	said    bool // enquire-link-missing was said for the interval
}

func (t *timingState) start(at int64) {
	if t.running {
		return
	}
	t.running, t.stopped = true, false
	t.last = at
	t.sides = [2]sideTiming{{from: at, last: at}, {from: at, last: at}}
}

// answered ends a side's wait for the answer to its probe; the interval begins
// anew, for nobody probes while it waits.
func (t *timingState) answered(dir stream.Dir, at int64) {
	s := &t.sides[dir]
	s.waiting = false
	s.from, s.last = max(s.from, at), max(s.last, at)
}

// nextDeadline is when the connection has to be looked at; zero: never.
func (a *Auditor) nextDeadline(c *connState) (next int64) {
	by := func(at int64) {
		if next == 0 || at < next {
			next = at
		}
	}
	if c.conn.SYN && !c.sess.bindSeen && !c.sess.bindLate && !c.sess.ending.closing {
		by(c.conn.Opened.Time + a.initTime())
	}
	t, l := &c.sess.timing, &a.links.times
	if !t.running {
		return next
	}
	for i := range t.sides {
		s := &t.sides[i]
		if l.probe == 0 || s.said || s.waiting || c.conn.Sender(stream.Dir(i))&l.initiator == 0 {
			continue
		}
		by(max(s.from, s.last) + l.probe + 1)
		if s.probes == 0 {
			by(max(s.from+l.watched, s.last+l.interval))
		}
	}
	if l.idle > 0 && !t.near {
		by(t.last + l.warn)
	}
	if l.idle > 0 && !t.over {
		by(t.last + l.idle + a.limit.Enforced + 1)
	}
	return next
}

// overdue judges what is missing on a connection at a time.
func (a *Auditor) overdue(c *connState, now int64) {
	init := c.conn.Opened.Time + a.initTime()
	if c.conn.SYN && !c.sess.bindSeen && !c.sess.bindLate && !c.sess.ending.closing && now >= init {
		a.bindOverdue(c, init)
	}
	t, l := &c.sess.timing, &a.links.times
	if !t.running {
		return
	}
	for i := range t.sides {
		s, dir := &t.sides[i], stream.Dir(i)
		if l.probe == 0 || s.said || s.waiting || c.conn.Sender(dir)&l.initiator == 0 {
			continue
		}
		if gap, silence := now-s.from, max(s.longest, now-s.last); l.missing(s, gap, silence) {
			s.said = true
			a.probeMissing(c, dir, gap, silence, now)
			c.onSilence(c.req.tallyOf(RuleEnquireLinkMissing, uint32(c.conn.Sender(dir)), ""), dir)
		}
	}
	a.idle(c, now)
}

// missing tells that a side owed a probe: it was silent for longer than the
// interval, or never probed on a connection watched long enough.
func (l *linkTimes) missing(s *sideTiming, gap, silence int64) bool {
	return gap > l.probe && silence > l.probe || s.probes == 0 && gap >= l.watched && silence >= l.interval
}

// due is from when on a side's probe is missing, whenever that is noticed: live
// by the clock, in a capture by the next packet of anybody.
func (l *linkTimes) due(s *sideTiming) int64 {
	due := max(s.from, s.last) + l.probe
	if s.probes == 0 {
		due = min(due, max(s.from+l.watched, s.last+l.interval))
	}
	return due
}

// checkTiming judges the time at which a PDU comes.
func (a *Auditor) checkTiming(c *connState, o *session.Observed) {
	if h := a.links.deadlines; len(h) > 0 && h[0].at+a.limit.Grace <= a.now {
		a.expireTiming(a.now)
	}
	request := o.PDU.ID&dissect.ResponseBit == 0
	if request {
		a.checkOrder(c, o)
	}
	side := &c.req.sides[o.Dir]
	side.seen.add(o)
	if o.Packing&session.PackedSplit != 0 && side.splitAt == 0 {
		side.split(o)
	}
	if o.Cut {
		a.cutPDU(c, o)
	}
	t := &c.sess.timing
	if o.SessionStart {
		a.smppAt(c.conn)
	}
	if o.Before == session.StateUnknown && !t.stopped {
		t.start(o.Time)
	}
	if t.running {
		a.pass(c, o, request)
	}
	if o.PDU.ID == dissect.CmdUnbind {
		c.unbindSeen(o.Time)
	}
}

// pass lets a PDU end silences, and an enquire_link an interval.
func (a *Auditor) pass(c *connState, o *session.Observed, request bool) {
	t, l, now := &c.sess.timing, &a.links.times, o.Time
	if o.PDU.ID == dissect.CmdUnbind {
		a.endsSilence(c, o.Dir, o.Frame.At, "sent unbind")
		a.stopTiming(c, now, false)
		return
	}
	if l.idle > 0 && l.counted(o, request) {
		if now-t.last >= l.warn {
			a.idle(c, now)
		}
		t.last = max(t.last, now)
		t.near, t.over = false, false
	}
	s := &t.sides[o.Dir]
	s.longest = max(s.longest, now-s.last)
	if o.PDU.ID == dissect.CmdEnquireLink {
		if l.probe > 0 && o.From&l.initiator != 0 {
			a.closeInterval(c, o.Dir, now, true)
		}
		*s = sideTiming{from: now, probes: s.probes + 1, waiting: true}
	}
	s.last = max(s.last, now)
	if t.armed == nil {
		a.arm(c)
	}
}

// counted tells whether a PDU is activity in the profile's sense.
func (l *linkTimes) counted(o *session.Observed, request bool) bool {
	switch l.counts {
	case "client_pdu", "client_octets":
		return o.From == dissect.ESME
	case "request_only":
		return request
	}
	return true
}

// closeInterval judges the time between two probes of a side, or from the
// last one to the end.
func (a *Auditor) closeInterval(c *connState, dir stream.Dir, now int64, probed bool) {
	s, l := &c.sess.timing.sides[dir], &a.links.times
	gap, silence := now-s.from, max(s.longest, now-s.last)
	missing := l.missing(s, gap, silence)
	if !probed && (s.waiting || gap <= l.probe && !missing) {
		return // not over, or waiting: enquire-link-unanswered's
	}
	a.check(RuleEnquireLinkMissing)
	a.check(RuleEnquireLinkLate)
	switch {
	case s.said:
		a.probeWas(c, dir, gap, silence)
	case missing:
		a.probeMissing(c, dir, gap, silence, now)
	case gap > l.probe && !l.idleOnly:
		a.probeLate(c, dir, gap, now)
	}
}

// stopTiming ends the watch: the session or the connection is over, or the
// input is (open).
func (a *Auditor) stopTiming(c *connState, now int64, open bool) {
	t, l := &c.sess.timing, &a.links.times
	if !t.running {
		return
	}
	if l.probe > 0 {
		for i := range t.sides {
			if dir := stream.Dir(i); c.conn.Sender(dir)&l.initiator != 0 {
				a.closeInterval(c, dir, now, false)
			}
		}
	}
	a.idle(c, now)
	if l.idle > 0 {
		a.check(RuleIdleNearLimit)
		a.check(RuleIdleLimitNotEnforced)
		if !open {
			a.check(RuleIdleDisconnect)
		}
	}
	t.running, t.stopped = false, true
}

// probeMissing: enquire-link-missing.
func (a *Auditor) probeMissing(c *connState, dir stream.Dir, gap, silence, now int64) {
	if c.conn.Sides[dir].PDUs == 0 {
		a.giveUp(RuleEnquireLinkMissing)
		return
	}
	s := &c.sess.timing.sides[dir]
	side := c.conn.Sender(dir)
	e := at(c.conn, RuleEnquireLinkMissing, stream.Stamp{Time: min(a.links.times.due(s), now)})
	e.cause = side.String()
	lost := c.conn.Sides[dir].GapAt >= max(s.from, 1)
	e.severity = lowered(Warning, lost || !a.profile.Vouched("keepalive.interval"))
	e.during(s.from, now)
	e.seen = fmt.Sprintf("no enquire_link for %s, nothing at all for %s", inSeconds(gap), inSeconds(silence))
	e.wanted = "an enquire_link every " + inSeconds(a.links.times.interval)
	t := c.req.tallyOf(RuleEnquireLinkMissing, uint32(side), "")
	t.longest = max(t.longest, gap)
	a.grow(t, e, a.missingProbeWords)
}

// probeWas completes the words of an interval that was judged before its end.
func (a *Auditor) probeWas(c *connState, dir stream.Dir, gap, silence int64) {
	t := c.req.tallyOf(RuleEnquireLinkMissing, uint32(c.conn.Sender(dir)), "")
	t.longest = max(t.longest, gap)
	if t.finding == nil {
		return
	}
	if t.n == 1 {
		t.finding.Seen = fmt.Sprintf("no enquire_link for %s, nothing at all for %s", inSeconds(gap), inSeconds(silence))
	}
	a.reword(t.finding, t.worded())
}

func (a *Auditor) missingProbeWords(t *tally) string {
	l := &a.links.times
	s := fmt.Sprintf("%s sent no enquire_link for %s on a silent link; one is due every %s", opening(dissect.Side(t.id)), inSeconds(t.longest), inSeconds(l.interval))
	if t.n > 1 {
		s = fmt.Sprintf("%s let %d silent intervals pass without enquire_link, the longest %s; one is due every %s",
			opening(dissect.Side(t.id)), t.n, inSeconds(t.longest), inSeconds(l.interval))
	}
	if l.idle > 0 {
		s += fmt.Sprintf(", and the server closes a link that is silent for %s", inSeconds(l.idle))
	}
	return s + "."
}

// probeLate: enquire-link-late.
func (a *Auditor) probeLate(c *connState, dir stream.Dir, gap, now int64) {
	side := c.conn.Sender(dir)
	if c.conn.Sides[dir].GapAt >= max(c.sess.timing.sides[dir].from, 1) {
		a.giveUp(RuleEnquireLinkLate)
		return
	}
	e := at(c.conn, RuleEnquireLinkLate, stream.Stamp{Time: now})
	e.during(now-gap, now)
	e.cause = side.String()
	e.seen, e.wanted = inSeconds(gap), "an enquire_link every "+inSeconds(a.links.times.interval)
	t := c.req.tallyOf(RuleEnquireLinkLate, uint32(side), "")
	t.longest = max(t.longest, gap)
	a.grow(t, e, func(t *tally) string {
		return fmt.Sprintf("%s let %s pass without enquire_link while other traffic kept the link busy, the longest %s; the provider asks for one every %s.",
			opening(side), counted(t.n, "interval"), inSeconds(t.longest), inSeconds(a.links.times.interval))
	})
}
