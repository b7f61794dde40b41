package audit

import (
	"fmt"
	"strings"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// endingState is what the rules of endings keep of a connection.
type endingState struct {
	unbindAt int64      // first unbind of the session
	closing  bool       // FIN or RST was seen
	by       stream.Dir // who sent the first of them
	how      string
	reset    bool  // connection-reset was counted
	last     int64 // last PDU when the first sign of the end came
	stamp    stream.Stamp
	silent   *silentEnd // nil: none that idle-disconnect might be about
	open     []openRequests
	openFrom int64         // when the oldest of them was sent
	doubt    session.Doubt // of the open requests
	total    int64
}

// openRequests counts requests of one command that were never answered.
type openRequests struct {
	id   uint32
	from dissect.Side
	n    int64
}

// unbindSeen notes an unbind of the session.
func (c *connState) unbindSeen(at int64) {
	if c.sess.ending.unbindAt == 0 {
		c.sess.ending.unbindAt = at
	}
}

// Event judges what happened to a connection beside its octets.
func (a *Auditor) Event(conn *session.Conn, dir stream.Dir, s stream.Stamp, e stream.Event) {
	a.now = max(a.now, s.Time)
	c := a.state(conn)
	switch e.Kind {
	case stream.EventFIN:
		a.closing(c, dir, s, closedByFIN)
	case stream.EventRST:
		a.closing(c, dir, s, closedByRST)
		a.connectionReset(c, dir, s, e)
	case stream.EventAcknowledged:
		c.req.sides[dir].probes.ackedAt = s.Time - e.N
	case stream.EventSentAgain:
		c.req.sides[dir].probes.sentAgain(s.Time, conn.Sides[dir.Other()].LastAt, a.limit.ResentApart)
	case stream.EventMissed:
		a.holed(c, dir.Other())
	case stream.EventStalled:
		a.stalled(c, dir, s, e.N)
	case stream.EventConflict:
		ev := at(conn, RuleStreamConflict, s)
		ev.quiet, c.sess.framing.conflict = c.sess.framing.conflict, true
		ev.seen, ev.wanted = counted(e.N, "octet")+" that differ", "the same octets in every copy"
		ev.message = fmt.Sprintf("Two segments of %s hold different octets for one place of the stream (%s); the first copy is used.",
			speaker(conn, dir), counted(e.N, "octet"))
		a.fail(ev)
	}
}

// How a side ends a connection.
const (
	closedByFIN = "closed the connection (FIN)"
	closedByRST = "reset the connection (RST)"
)

// closing notes the first sign of the connection's end. A FIN that stands
// behind a hole comes in later than the other side's.
func (a *Auditor) closing(c *connState, dir stream.Dir, s stream.Stamp, how string) {
	n := &c.sess.ending
	if n.closing {
		if how == closedByFIN && n.how == closedByFIN && s.Time < n.stamp.Time {
			n.stamp, n.by = s, dir
			if n.silent != nil && n.silent.how == closedByFIN {
				n.silent.by, n.silent.stamp = dir, s
			}
		}
		return
	}
	n.closing, n.stamp, n.by, n.how = true, s, dir, how
	n.last = max(c.conn.Sides[0].LastPDU, c.conn.Sides[1].LastPDU)
	if c.sess.timing.running {
		a.endsSilence(c, dir, s, how)
		a.stopTiming(c, s.Time, false)
	}
}

// idle is the time without a PDU before the first sign of the end. What came
// in after that sign may have been sent before it.
func (n *endingState) idle(conn *session.Conn) int64 {
	last := n.last
	for i := range conn.Sides {
		if at := conn.Sides[i].LastPDU; at <= n.stamp.Time {
			last = max(last, at)
		}
	}
	return n.stamp.Time - last
}

// connectionReset: connection-reset. A reset after FIN of both sides ends
// nothing.
func (a *Auditor) connectionReset(c *connState, dir stream.Dir, s stream.Stamp, e stream.Event) {
	n := &c.sess.ending
	conn := c.conn
	bothEnded := conn.Sides[0].FINAt != 0 && conn.Sides[1].FINAt != 0
	if n.reset || bothEnded || conn.Sides[0].PDUs+conn.Sides[1].PDUs == 0 {
		return
	}
	n.reset = true
	ev := at(conn, RuleConnectionReset, s)
	who := conn.Sender(dir)
	ev.seen = "RST by " + party(who)
	ev.wanted = "unbind, unbind_resp, then FIN"
	ev.message = fmt.Sprintf("%s reset the connection %s after the last PDU.", opening(who), inSeconds(s.Time-max(conn.Sides[0].LastPDU, conn.Sides[1].LastPDU)))
	switch ss := conn.Session; {
	case ss != nil && ss.UnbindAnswered:
		ev.severity = Note
		ev.message += " The session had been unbound."
	case ss != nil && ss.UnbindBy != dissect.SideUnknown && gapSince(conn, n.unbindAt):
		ev.severity = Note
		ev.message += " The capture lost octets behind the unbind: its answer may have been among them."
	case min(conn.Sides[0].GapAt, conn.Sides[1].GapAt) > max(conn.Sides[0].LastPDU, conn.Sides[1].LastPDU):
		ev.severity = Note
		ev.message += " The capture lost octets of both sides just before: an unbind and its answer may have been among them."
	case conn.OneSided() && conn.Sides[dir].FINAt != 0:
		ev.severity = Note
		ev.message += " It had closed its direction; whether the other side had is not in the capture."
	case conn.OneSided() && ss != nil && ss.UnbindBy != dissect.SideUnknown:
		ev.severity = Note
		ev.message += " It followed an unbind, whose answer is not in the capture."
	}
	switch {
	case e.N == 0 || e.Other == 0:
	case e.N != e.Other:
		ev.message += fmt.Sprintf(" The packet's TTL is %d, its other packets have %d: a device in between may have sent it.", e.N, e.Other)
	default:
		ev.message += fmt.Sprintf(" Its TTL %d is that of its other packets: it comes from the peer itself.", e.N)
	}
	a.fail(ev)
}

// leftOpen counts a request that was open when the connection ended. One sent
// after a FIN could not be answered any more; binds and unbinds have their own
// rules.
func (a *Auditor) leftOpen(c *connState, e *session.Event) {
	r := e.Req
	if dissect.IsBind(r.ID) || r.ID == dissect.CmdUnbind || r.AfterUnbind || e.Doubt&session.DoubtOneSided != 0 {
		return
	}
	for i := range c.conn.Sides {
		if at := c.conn.Sides[i].FINAt; at != 0 && r.Time > at {
			return
		}
	}
	n := &c.sess.ending
	if n.total == 0 || r.Time < n.openFrom {
		n.openFrom = r.Time
	}
	n.total++
	n.doubt |= e.Doubt
	for i := range n.open {
		if x := &n.open[i]; x.id == r.ID && x.from == r.From {
			x.n++
			return
		}
	}
	n.open = append(n.open, openRequests{r.ID, r.From, 1})
}

// sessionEnded judges a session that is over.
func (a *Auditor) sessionEnded(c *connState, e *session.Event) {
	s := e.Session
	a.judgeRefusals(c, s)
	c.sess.afterUnbind = false
	c.sess.ending.unbindAt = 0
	if acc := a.links.accounts[a.keyOf(c.conn, s)]; acc != nil {
		acc.drop(c.conn)
	}
	over := s.UnbindBy != dissect.SideUnknown || c.conn.End != session.EndNone
	if s.BoundAt == 0 && !s.Presumed || !over {
		return
	}
	a.check(RuleUnbindMissing)
	if s.UnbindBy != dissect.SideUnknown {
		return
	}
	if s.BindSeen && s.BoundAt != 0 && c.conn.EndedAt-s.BoundAt <= a.limit.BriefSession && c.conn.End != session.EndUnknown {
		a.bindFailed(c, attempt{s, c.sess.boundPDU, c.sess.boundFrame, s.BoundAt})
	}
	if c.conn.End == session.EndFIN || c.conn.End == session.EndHalf {
		a.unbindMissing(c, s)
	}
}

func (a *Auditor) unbindMissing(c *connState, s *session.Session) {
	if gapSince(c.conn, 0) || c.conn.OneSided() {
		a.giveUp(RuleUnbindMissing)
		return
	}
	ev := at(c.conn, RuleUnbindMissing, c.sess.ending.stamp)
	ev.session, ev.time = s, c.conn.EndedAt
	who := c.conn.Sender(c.conn.EndedBy)
	ev.seen, ev.wanted = "FIN by "+party(who), "unbind first"
	ev.message = fmt.Sprintf("%s closed the connection (FIN) without unbind.", opening(who))
	a.fail(ev)
}

// connEnded judges a connection that is over, or that the input leaves open.
func (a *Auditor) connEnded(c *connState, e *session.Event) {
	conn := c.conn
	end := max(e.Time, a.now)
	a.closedAfter(c)
	if conn.End == session.EndNone {
		a.overdue(c, end)
		a.stopTiming(c, end, true)
	} else {
		a.stopTiming(c, conn.EndedAt, false)
		a.closedOpen(c)
		a.closedIdle(c)
	}
	c.disarm()
	a.lastWords(c)
	a.brokeOnSplit(c)
	a.judgeTails(c)
	a.check(RuleCaptureOneSided)
	if conn.OneSided() {
		a.oneSided(c, e)
	}
	for _, r := range [...]RuleID{RuleGenericNack, RuleConnectionReset, RuleClosedWhileOutstanding} {
		a.check(r)
	}
	a.releaseAtEnd(c)
	a.worked(c)
	if conn.SYN && c.sess.held.n == 0 {
		a.check(RuleBindMissing)
	}
}

// closedOpen: closed-while-outstanding.
func (a *Auditor) closedOpen(c *connState) {
	n, conn := &c.sess.ending, c.conn
	unbound := conn.Session != nil && conn.Session.UnbindBy != dissect.SideUnknown
	ended := conn.End == session.EndFIN || conn.End == session.EndHalf || conn.End == session.EndRST
	if n.total == 0 || unbound || !ended || !n.closing {
		return
	}
	ev := at(conn, RuleClosedWhileOutstanding, n.stamp)
	unsure := n.doubt == 0 && gapSince(conn, n.openFrom)
	ev.severity = lowered(Warning, n.doubt != 0 || unsure)
	parts := make([]string, 0, len(n.open))
	for _, x := range n.open {
		parts = append(parts, fmt.Sprintf("%s of %s", several(x.n, commandName(x.id)), party(x.from)))
	}
	ev.seen = strings.Join(parts, ", ") + " open"
	ev.wanted = "answers or unbind before the end"
	ev.message = fmt.Sprintf("%s %s without unbind while %s had no answer: %s. What became of %s is not known.",
		opening(conn.Sender(n.by)), n.how, counted(n.total, "request"), strings.Join(parts, ", "), itOrThem(n.total))
	ev.message += doubtWords(n.doubt)
	if unsure {
		ev.message += " The capture lost octets meanwhile: an unbind may have been among them."
	}
	a.fail(ev)
}

// lastWords brings the words of growing counts up to date.
func (a *Auditor) lastWords(c *connState) {
	for i := range c.req.sides {
		n := &c.req.sides[i].numbers
		if n.odd > 0 {
			a.reword(n.finding, n.words(c.conn.Sender(stream.Dir(i))))
		}
	}
	for _, t := range c.req.tallies {
		if t.words != nil && t.finding != nil {
			a.reword(t.finding, t.worded())
		}
	}
}
