package audit

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
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
	longest         uint32 // command_length of those that were split before
	body            uint64 // of the first of them
	differ          bool   // another has another body
	said            standing
}

// split notes the first PDU of a side that came in more than one packet. What
// is wrong with it may be why it was not taken.
func (s *requestSide) split(o *session.Observed) {
	s.splitAt, s.splitLen = o.Time, o.PDU.Length
	if o.PDU.Broken || o.PDU.Command == nil || o.Cut {
		s.splitLen = math.MaxUint32
		return
	}
	s.splitBody = splitBody(o.PDU.Raw)
}

// splitOff notes one of which the rest never came.
func (s *requestSide) splitOff(f *stream.Frame) {
	s.splitAt, s.splitTail = f.Began.Time, true
	if len(f.Octets) >= 4 {
		s.splitLen = binary.BigEndian.Uint32(f.Octets)
	}
	s.splitBody = splitBody(f.Octets)
}

// splitBody hashes what makes a PDU another: all but its sequence_number.
func splitBody(b []byte) uint64 {
	return maphash.Bytes(idSeed, b[:min(12, len(b))])*mixer ^ maphash.Bytes(idSeed, b[min(dissect.HeaderLen, len(b)):])
}

// brokeOnSplit takes a connection's end.
func (a *Auditor) brokeOnSplit(c *connState) {
	conn := c.conn
	if conn.Link != "" || conn.OneSided() || gapSince(conn, 0) { // a proxy sees no packets
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
	n, side := &c.sess.ending, &c.req.sides[dir]
	switch {
	case splitAt == 0:
		s.other++
	case !broke || n.stamp.Time-splitAt > a.limit.Reaction || c.conn.Sides[dir.Other()].LastPDU > splitAt || !leftSplit(c, dir):
		s.survived++
	default:
		if s.broke++; s.broke == 1 {
			s.first, s.sender, s.body = at(c.conn, RuleSplitNotTaken, n.stamp), c.conn.Sender(dir), side.splitBody
		}
		s.longest = max(s.longest, side.splitLen)
		s.differ = s.differ || side.splitBody != s.body
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

// splitNotTaken: split-not-taken, for what the connections that have ended show.
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
	if a.links.capture.finished {
		a.checks[RuleSplitNotTaken].Checked += s.broke + s.survived
	}
	whole := p.answered[0] + p.answered[session.PackedBehind]
	answered := p.answered[session.PackedSplit] + p.answered[session.PackedSplit|session.PackedBehind]
	if s.survived+s.other+answered > 0 {
		a.overtake(&s.said, "it took such a PDU, or ended a connection without one.")
		return
	}
	if s.broke < a.limit.ContrastRefused || whole < a.limit.ContrastAccepted {
		return
	}
	if s.longest > p.whole || !s.differ && s.longest > dissect.HeaderLen {
		return // one that is too long, or the same one again that it stumbles over
	}
	e := s.first
	e.account = fmt.Sprintf("%s %s %s", e.conn.A.Addr(), e.conn.B, s.sender)
	e.seen, e.wanted = "the connection is ended when a PDU does not come in one packet", "a receiver that waits for the rest of a PDU"
	receiver := dissect.ESME
	if s.sender == dissect.ESME {
		receiver = dissect.SMSC
	}
	e.message = fmt.Sprintf("%s ended each of the %d connections on which a PDU of %s did not come in one packet, within %s of it; it ended no other, and answered %s that came whole.",
		opening(receiver), s.broke, party(s.sender), inSeconds(a.limit.Reaction), counted(whole, "request"))
	a.stand(&s.said, e, s.broke)
}
