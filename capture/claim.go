package capture

import "smpptap/stream"

// What the other side acknowledges, it has got. Octets that are acknowledged
// and were not captured are lost, also where nothing comes behind them. Like
// any hole they are given time to come: captures swap neighbours, and in merged
// ones an ACK may stand before what it acknowledges.

// claim is what the other side acknowledged of a direction beyond what was
// captured. What it acknowledges while that waits, waits by itself.
type claim struct {
	ack   proof
	later proof
	next  uint32 // where the direction stood
	place node[half]
}

type proof struct {
	upTo  uint32
	at    stream.Stamp
	since int64
}

// beyond says whether p tells of octets that h lacks. A single one is a FIN
// that was lost.
func (p *proof) beyond(h *half) bool { return !h.fin && int32(p.upTo-h.next) > 1 }

// proven is told that s, of the other side, acknowledges more of h than was
// captured. A direction of which nothing was captured stays so.
func (r *reassembler) proven(h *half, s *segment, at stream.Stamp) {
	p := proof{upTo: s.ack, at: at, since: r.clock.now}
	if !s.acknowledges() || !h.started || !h.spoke || h.early || h.deaf || !p.beyond(h) {
		return
	}
	switch c := h.claim; {
	case c == nil:
		h.claim = &claim{ack: p, later: p, next: h.next}
		r.claims.push(&h.claim.place, h, p.since)
	case int32(p.upTo-c.later.upTo) > 1: // one more is the FIN
		c.later = p
	}
}

// due is called when a claim has waited.
func (r *reassembler) due(h *half) {
	c := h.claim
	switch {
	case !c.later.beyond(h):
		r.drop(h)
		return
	case !c.ack.beyond(h):
		c.ack = c.later
	case len(h.waiting) > 0 || c.next != h.next:
		// It goes on before that place: what came behind the hole tells of it,
		// or the packets are far out of order.
		c.ack.since = r.clock.now
	default:
		r.believe(h, &c.ack)
		c.ack = c.later
	}
	c.next = h.next
	r.claims.push(&c.place, h, c.ack.since)
}

// balance believes at the end what waits of a claim.
func (r *reassembler) balance(h *half) {
	if c := h.claim; c != nil {
		if c.later.beyond(h) {
			p := c.later
			if c.ack.beyond(h) {
				p.at = c.ack.at
			}
			r.believe(h, &p)
		}
		r.drop(h)
	}
}

// believe declares lost what was acknowledged and not captured.
func (r *reassembler) believe(h *half, p *proof) {
	if !h.gone || h.goneTo != h.next {
		h.gone, h.goneFrom = true, h.next
	}
	r.lose(h, int(p.upTo-h.next), p.at)
	h.goneTo = h.next
	r.drain(h.other())
}

func (r *reassembler) drop(h *half) {
	r.claims.remove(&h.claim.place)
	h.claim = nil
}

// belied looks at octets of the past. Some that were declared lost only by
// their ACK show that this direction's packets stand long behind the other's:
// clocks of merged captures differ.
func (h *half) belied(seq uint32, n int, at stream.Stamp) {
	if h.gone && n > 0 && int32(seq+uint32(n)-h.goneFrom) > 0 && int32(seq-h.goneTo) < 0 {
		h.deaf = true
		h.tellBehind(at)
	}
}

// lateStart says whether a direction's first packet stands long behind what
// the other side must have sent after it.
func (r *reassembler) lateStart(h *half, s *segment) bool {
	answer := s.flags&(flagSYN|flagACK) == flagSYN|flagACK
	return r.clock.now-h.c.began >= holeWait && (!answer || h.c.halves[h.dir^1].data)
}
