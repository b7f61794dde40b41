package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// idle judges the silence up to now of a bound connection: idle-near-limit and
// idle-limit-not-enforced.
func (a *Auditor) idle(c *connState, now int64) {
	t, l := &c.sess.timing, &a.links.times
	silence := now - t.last
	if l.idle == 0 || silence < l.warn || c.conn.OneSided() || gapSince(c.conn, t.last) {
		return
	}
	vouched := a.profile.Vouched("inactivity.timeout")
	if !t.near {
		t.near = true
		e := at(c.conn, RuleIdleNearLimit, stream.Stamp{Time: t.last + l.warn})
		e.quiet, t.nearAny = t.nearAny, true
		e.severity = lowered(Warning, !vouched)
		e.during(t.last, now)
		e.seen, e.wanted = "no PDU for "+inSeconds(l.warn), "a PDU well before "+inSeconds(l.idle)
		e.message = fmt.Sprintf("No PDU in either direction for %s: %s more and the server closes the link.", inSeconds(l.warn), inSeconds(l.idle-l.warn))
		near := c.req.tallyOf(RuleIdleNearLimit, 0, "")
		if f := a.fail(e); f != nil {
			near.finding = f
		}
		c.onSilence(near, stream.FromA, stream.FromB)
	}
	if !t.over && silence > l.idle+a.limit.Enforced {
		t.over = true
		e := at(c.conn, RuleIdleLimitNotEnforced, stream.Stamp{Time: t.last + l.idle + a.limit.Enforced})
		e.during(t.last, now)
		e.quiet, t.overAny = t.overAny, true
		e.seen, e.wanted = "open after "+inSeconds(l.idle+a.limit.Enforced)+" of silence", "closed after "+inSeconds(l.idle)
		e.message = fmt.Sprintf("No PDU for more than %s and the link is still open: the server does not close it after %s, or its limit is larger.",
			inSeconds(l.idle+a.limit.Enforced), inSeconds(l.idle))
		a.fail(e)
	}
}

// silentEnd is an unbind, FIN or RST after a silence.
type silentEnd struct {
	by    stream.Dir
	stamp stream.Stamp
	last  int64 // what the silence is counted from
	how   string
	asked int64 // last enquire_link of the ESME; zero: none
}

// endsSilence keeps what idle-disconnect judges at the connection's end: until
// then a hole may show in which the silence was broken, or a FIN that went
// before this one.
func (a *Auditor) endsSilence(c *connState, dir stream.Dir, s stream.Stamp, how string) {
	t := &c.sess.timing
	if l := &a.links.times; l.idle == 0 || s.Time-t.last < l.idle {
		return
	}
	e := &silentEnd{by: dir, stamp: s, last: t.last, how: how}
	if esme := &t.sides[c.conn.DirOf(dissect.ESME)]; esme.probes > 0 {
		e.asked = esme.from
	}
	c.sess.ending.silent = e
}

// closedAfter: idle-disconnect, when the SMSC ends a link that was silent for
// as long as the provider says.
func (a *Auditor) closedAfter(c *connState) {
	l, x := &a.links.times, c.sess.ending.silent
	if x == nil || c.conn.Sender(x.by) != dissect.SMSC {
		return
	}
	s, silence := x.stamp, x.stamp.Time-x.last
	if silence < l.idle || silence > l.idle+a.limit.Enforced {
		return
	}
	if c.conn.OneSided() || gapSince(c.conn, x.last) {
		a.giveUp(RuleIdleDisconnect)
		return
	}
	e := at(c.conn, RuleIdleDisconnect, s)
	e.severity = lowered(Error, !a.profile.Vouched("inactivity.timeout"))
	e.during(s.Time-silence, s.Time)
	e.seen, e.wanted = inSeconds(silence)+" without a PDU", "a PDU within "+inSeconds(l.idle)
	probes := "the ESME sent no enquire_link on this connection"
	if x.asked > 0 {
		probes = "the last enquire_link of the ESME was " + inSeconds(s.Time-x.asked) + " old"
	}
	e.message = fmt.Sprintf("The SMSC %s after %s without a PDU, as documented (%s); %s.", x.how, inSeconds(silence), inSeconds(l.idle), probes)
	a.fail(e)
}

const (
	maxCloses = 64
)

// idleClose is a close without unbind after a silence.
type idleClose struct {
	conn  *session.Conn
	stamp stream.Stamp
	idle  int64
	by    dissect.Side
}

// closedIdle: idle-close-pattern. A close at the profile's own limit is
// idle-disconnect's.
func (a *Auditor) closedIdle(c *connState) {
	n, conn := &c.sess.ending, c.conn
	unbound := conn.Session != nil && conn.Session.UnbindBy != dissect.SideUnknown
	if !n.closing || unbound || conn.End == session.EndUnknown || conn.End == session.EndReused || conn.Session == nil {
		return
	}
	srv, _ := entry(&a.links.servers, listener(conn))
	if srv == nil {
		return
	}
	if !srv.seen {
		srv.seen = true
		a.check(RuleIdleClosePattern)
	}
	l := &a.links.times
	idle := n.idle(conn)
	from := n.stamp.Time - idle
	atLimit := l.idle > 0 && idle >= l.idle-a.limit.PatternSpread && idle <= l.idle+a.limit.Enforced
	if idle < a.limit.PatternIdle || atLimit || conn.OneSided() || gapSince(conn, from) || a.jumped(from, n.stamp.Time) {
		return
	}
	if len(srv.idle) == maxCloses {
		srv.idle = append(srv.idle[:0], srv.idle[1:]...)
	}
	srv.idle = append(srv.idle, idleClose{conn, n.stamp, idle, conn.Sender(n.by)})
	a.idlePattern(srv, listener(conn).String())
}

// idlePattern looks for closes at the idle age of the last one.
func (a *Auditor) idlePattern(srv *serverState, server string) {
	last := &srv.idle[len(srv.idle)-1]
	low := last.idle
	var same []*idleClose
	for i := range srv.idle {
		x := &srv.idle[i]
		if d := x.idle - last.idle; d >= -a.limit.PatternSpread && d <= a.limit.PatternSpread {
			same = append(same, x)
			low = min(low, x.idle)
		}
	}
	high, n, by := low, 0, map[dissect.Side]int{}
	var first *idleClose
	for _, x := range same {
		if x.idle > low+a.limit.PatternSpread {
			continue
		}
		if first == nil {
			first = x
		}
		n++
		high = max(high, x.idle)
		by[x.by]++
	}
	if n < a.limit.PatternCloses {
		return
	}
	words := fmt.Sprintf("%d connections to %s were closed without unbind after the same silence, %s to %s (%d by the ESME's end, %d by the SMSC's): an idle timer of a NAT or firewall in between, or of the end that closed.",
		n, server, inSeconds(low), inSeconds(high), by[dissect.ESME], by[dissect.SMSC])
	if srv.said != nil {
		srv.said.Count++
		a.reword(srv.said, words)
		a.touch(srv.said)
		return
	}
	e := at(first.conn, RuleIdleClosePattern, first.stamp)
	e.account, e.message = server, words
	e.seen, e.wanted = inSeconds(low)+" to "+inSeconds(high), "PDUs more often than the timer's time"
	if srv.said = a.fail(e); srv.said != nil {
		srv.said.Count = int64(n)
		srv.said.LastTime = last.stamp.Time
	}
}
