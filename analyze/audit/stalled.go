package audit

import (
	"fmt"

	"smpptap/stream"
)

// stalls are the times in which a side's TCP had no room while requests
// waited.
type stalls struct {
	n              int64
	total, longest int64 // nanoseconds
	first          evidence
	said           *Finding
}

// stalled: receiver-stalled, for a stall of n nanoseconds that is over.
func (a *Auditor) stalled(c *connState, dir stream.Dir, s stream.Stamp, n int64) {
	if c.conn.Sides[0].Outstanding+c.conn.Sides[1].Outstanding == 0 {
		return
	}
	if gapSince(c.conn, s.Time-n) {
		a.giveUp(RuleReceiverStalled) // the packet that told of room may be among what was lost
		return
	}
	a.check(RuleReceiverStalled)
	if n < a.limit.StallTime {
		return
	}
	side := &c.req.sides[dir]
	if side.stalls == nil {
		side.stalls = new(stalls)
	}
	x := side.stalls
	x.n++
	x.total += n
	x.longest = max(x.longest, n)
	from := speaker(c.conn, dir)
	e := at(c.conn, RuleReceiverStalled, s)
	e.cause = from
	e.during(s.Time-n, s.Time)
	e.seen, e.wanted = "a TCP window of zero while requests wait", "a receiver that reads what comes"
	if x.n == 1 {
		x.first = e
	}
	switch {
	case x.n < a.limit.StallsAtLeast:
		return
	case x.n == a.limit.StallsAtLeast:
		e = x.first
		e.message = x.words(from)
		f := a.fail(e)
		a.checks[e.rule].Failed += x.n - 1
		if x.said = f; f != nil {
			f.Count += x.n - 1
			f.LastTime = max(f.LastTime, s.Time)
		}
	default:
		a.fail(e)
		a.reword(x.said, x.words(from))
	}
}

func (x *stalls) words(from string) string {
	return fmt.Sprintf("%s had no room for octets (TCP window of zero) %s while requests waited, for %s in all and %s at most: it does not read as fast as it is sent to.",
		capital(from), counted(x.n, "time"), inSeconds(x.total), inSeconds(x.longest))
}
