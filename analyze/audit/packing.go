package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// A receiver that takes what one read gives it for one PDU works as long as
// each PDU comes in a packet of its own. It shows in which requests it answers
// (D26): this counts them by how they lay in their packets.

// packings are the requests of one end to another, over all connections
// between the two addresses, by their session.Packing.
type packings struct {
	answered, unanswered [4]int64
	whole                uint32  // length of the longest that came in one packet and was answered
	splits               *splits // nil: none ended a connection, or may have
}

// packingKey is who asks whom.
type packingKey struct {
	silentKey
	dir stream.Dir
}

// packingOf finds or makes the counts of a request's direction; nil: there
// are too many.
func (a *Auditor) packingOf(c *connState, dir stream.Dir) *packings {
	s := &c.req.sides[dir]
	if s.packed == nil {
		s.packed, _ = entry(&a.links.packings, packingKey{silentKey{c.conn.A.Addr(), c.conn.B}, dir})
	}
	return s.packed
}

// countPacking takes what became of a request.
func (a *Auditor) countPacking(c *connState, e *session.Event) {
	r := e.Req
	if r == nil || r.Command == nil || r.AfterUnbind {
		return
	}
	p := a.packingOf(c, r.Dir)
	switch {
	case p == nil:
	case e.Kind == session.EventAnsweredLate:
		p.unanswered[r.Packing]--
		p.answered[r.Packing]++
	case e.Kind == session.EventAnswered && e.Resp.ID == dissect.CmdGenericNack && e.Resp.Status == dissect.StatusInvalidCommandLen:
		p.unanswered[r.Packing]++
	case e.Kind == session.EventAnswered, e.Kind == session.EventWrongType:
		p.answered[r.Packing]++
		if r.Packing&session.PackedSplit == 0 {
			p.whole = max(p.whole, uint32(len(r.Raw)))
		}
	case e.Kind == session.EventTimeout && e.Doubt == 0, e.Kind == session.EventAbandoned && e.Doubt == 0 && !r.TimedOut:
		p.unanswered[r.Packing]++
	}
}

// packedWords say that the way in which requests lay in their packets tells
// those with an answer from those without, which are called what; empty: it
// does not.
func (a *Auditor) packedWords(c *connState, from dissect.Side, what string) string {
	p := a.packingOf(c, c.conn.DirOf(from))
	if p == nil {
		return ""
	}
	for _, x := range [...]struct {
		bit  session.Packing
		said string
	}{
		{session.PackedBehind, "shared a packet with the end of the PDU before it"},
		{session.PackedSplit, "came in more than one packet"},
	} {
		var with, without [2]int64
		for i := range p.answered {
			to := &without
			if session.Packing(i)&x.bit != 0 {
				to = &with
			}
			to[0] += p.answered[i]
			to[1] += p.unanswered[i]
		}
		if with[0] == 0 && without[1] == 0 && with[1] >= a.limit.ContrastRefused && without[0] >= a.limit.ContrastAccepted {
			return fmt.Sprintf(" Each of the %d %s requests %s, none of the %d answered ones did.", with[1], what, x.said, without[0])
		}
	}
	return ""
}
