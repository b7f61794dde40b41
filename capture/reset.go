package capture

import "smpptap/stream"

// A RST whose sequence number is not the one that comes next is not heeded by
// its receiver (RFC 9293 3.10.7.4), unless the capture lacks what goes before
// it. What follows tells: for a while such a connection is kept open.

// doubtedReset is a RST of which that is to be seen.
type doubtedReset struct {
	dir   stream.Dir
	seq   uint32
	at    stream.Stamp
	since int64
	event stream.Event
	news  bool // octets of its sender came, later than packets are out of order
}

// outOfOrder is how far packets of one direction stand out of order at most.
const outOfOrder = second / 10

// captured is the number behind all octets of h that are there.
func (h *half) captured() uint32 {
	next := h.next
	for i := range h.waiting {
		p := &h.waiting[i]
		end := p.end() + uint32(p.missing)
		if p.fin {
			end++
		}
		if int32(end-next) > 0 {
			next = end
		}
	}
	return next
}

// doubtReset keeps a RST until it is seen what follows.
func (r *reassembler) doubtReset(h *half, s *segment, at stream.Stamp) {
	c := h.c
	if c.doubted != nil {
		return
	}
	c.doubted = &doubtedReset{
		dir: h.dir, seq: s.seq, at: at, since: r.clock.now,
		event: stream.Event{Kind: stream.EventRST, N: int64(s.ttl), Other: int64(h.ttl)},
	}
	r.lone.push(&c.lone, c, r.clock.now)
}

// goesOnAfterReset takes a segment that comes behind a doubted RST: its sender
// goes on.
func (r *reassembler) goesOnAfterReset(h *half, s *segment) {
	d := h.c.doubted
	if d.dir != h.dir || !h.news(s) {
		return
	}
	d.news = d.news || r.clock.now-d.since >= outOfOrder
	if int32(s.seq-d.seq) >= 0 {
		r.dismiss(h.c)
	}
}

// livesOn is asked when a connection has waited for its end: a RST whose
// sender went on was not heeded.
func (r *reassembler) livesOn(c *conn) bool {
	if c.doubted == nil || !c.doubted.news {
		return false
	}
	r.dismiss(c)
	return true
}

// tellReset tells of a RST that its receiver probably heeded. Where its number
// is ahead, it counts octets that the capture lacks; a single one is a FIN.
func (c *conn) tellReset(d *doubtedReset) {
	if h := &c.halves[d.dir]; !h.fin && int32(d.seq-h.next) > 1 {
		c.tap.Event(d.dir.Other(), d.at, stream.Event{Kind: stream.EventMissed})
	}
	c.tap.Event(d.dir, d.at, d.event)
}

// dismiss forgets a RST that was not heeded.
func (r *reassembler) dismiss(c *conn) {
	r.stray++
	c.doubted = nil
	r.lone.remove(&c.lone)
	r.settle(c)
}
