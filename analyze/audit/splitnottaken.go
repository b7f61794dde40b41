package audit

import (
	"cmp"
	"fmt"
	"slices"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// splits are the connections whose receiver ended them, by whether a PDU that
// came in more than one packet stood just before (D26).
type splits struct {
	broke, survived int64 // those with one: ended at once, or not
	other           int64 // ended by the receiver without one
	first           evidence
	sender          dissect.Side
}

// brokeOnSplit takes a connection's end.
func (a *Auditor) brokeOnSplit(c *connState) {
	conn := c.conn
	if conn.OneSided() || gapSince(conn, 0) {
		return
	}
	for dir := stream.FromA; dir <= stream.FromB; dir++ {
		at, broke := c.req.sides[dir].splitAt, brokenBy(c, dir.Other())
		if at == 0 && !broke {
			continue
		}
		p := a.packingOf(c, dir)
		if p == nil {
			continue
		}
		if p.splits == nil {
			p.splits = new(splits)
		}
		p.splits.add(a, c, dir, at, broke)
	}
}

// brokenBy tells that an end broke a connection that was bound, without unbind.
func brokenBy(c *connState, dir stream.Dir) bool {
	conn, n := c.conn, &c.sess.ending
	s := conn.Session
	ended := conn.End == session.EndFIN || conn.End == session.EndHalf || conn.End == session.EndRST
	return ended && n.closing && n.by == dir && s != nil && s.BoundAt != 0 && s.UnbindBy == dissect.SideUnknown
}

func (s *splits) add(a *Auditor, c *connState, dir stream.Dir, splitAt int64, broke bool) {
	n := &c.sess.ending
	switch {
	case splitAt == 0:
		s.other++
	case !broke || n.stamp.Time-splitAt > a.limit.Reaction || c.conn.Sides[dir.Other()].LastPDU > splitAt || !leftSplit(c, dir):
		s.survived++
	default:
		if s.broke++; s.broke == 1 {
			s.first, s.sender = at(c.conn, RuleSplitNotTaken, n.stamp), c.conn.Sender(dir)
		}
	}
}

// leftSplit tells that the split PDU waits for its rest or its answer: a
// receiver that owes nothing may just have been done.
func leftSplit(c *connState, dir stream.Dir) bool {
	if c.req.sides[dir].splitTail {
		return true
	}
	for _, x := range c.sess.ending.open {
		if x.from == c.conn.Sender(dir) {
			return true
		}
	}
	return false
}

// splitNotTaken: split-not-taken, at the end of the input.
func (a *Auditor) splitNotTaken() {
	var all []*packings
	for _, p := range a.links.packings {
		if p.splits != nil {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(x, y *packings) int {
		return cmp.Or(cmp.Compare(x.splits.first.time, y.splits.first.time), cmp.Compare(x.splits.sender, y.splits.sender))
	})
	for _, p := range all {
		a.judgeSplits(p)
	}
}

func (a *Auditor) judgeSplits(p *packings) {
	s := p.splits
	a.checks[RuleSplitNotTaken].Checked += s.broke + s.survived
	whole := p.answered[0] + p.answered[session.PackedBehind]
	answered := p.answered[session.PackedSplit] + p.answered[session.PackedSplit|session.PackedBehind]
	if s.broke < a.limit.ContrastRefused || s.survived+s.other+answered > 0 || whole < a.limit.ContrastAccepted {
		return
	}
	e := s.first
	e.account = fmt.Sprintf("%s %s %s", e.conn.A.Addr(), e.conn.B, s.sender)
	e.seen, e.wanted = "the connection is ended when a PDU comes in more than one packet", "a receiver that waits for the rest of a PDU"
	receiver := dissect.ESME
	if s.sender == dissect.ESME {
		receiver = dissect.SMSC
	}
	e.message = fmt.Sprintf("%s ended each of the %d connections on which a PDU of %s came in more than one packet, within %s of it; it ended no other, and answered %s that came whole.",
		opening(receiver), s.broke, party(s.sender), inSeconds(a.limit.Reaction), counted(whole, "request"))
	f := a.fail(e)
	a.checks[e.rule].Failed += s.broke - 1
	if f != nil {
		f.Count += s.broke - 1
	}
}
