package capture

import "smpptap/stream"

// A capture may have the two directions of a connection in another order than
// they passed: two queues of a card, two taps that were merged. TCP tells: what
// acknowledges octets was sent after they had come. So octets wait until those
// that they acknowledge are there; as long as a hole waits, and no longer, for
// these may be lost.

// causeSegments of a direction wait at most for the other one.
const causeSegments = 512

// cause is what a segment was sent after: the octets of the other direction
// up to a number. It is known only where that says anything.
type cause struct {
	upTo  uint32
	known bool
}

// causeOf gives the cause of s, a segment of the other side of h.
func (h *half) causeOf(s *segment) cause {
	if s.ack == h.next || !s.acknowledges() {
		return cause{}
	}
	c := cause{s.ack, true}
	c.known = h.lacks(&c)
	return c
}

// lacks tells that h has not got as far as c. A single number more may be a
// FIN, or the octet of a probe. Of a direction from which nothing came, its
// beginning must be known, and it is waited for once.
func (h *half) lacks(c *cause) bool {
	next := h.next
	switch {
	case !c.known || h.fin || h.deaf || h.early || h.absent && !h.spoke:
		return false
	case !h.started:
		if next = h.from; !h.fromSeen {
			return false
		}
	}
	return c.upTo-next > 1 && c.upTo-next < farWindow
}

// goOn lets the octets whose turn it is wait no more for the other direction.
func (r *reassembler) goOn(h *half) {
	p := &h.waiting[r.ready(h)]
	if o := h.other(); o.lacks(&p.after) {
		o.owed, o.absent = debt{upTo: p.after.upTo, some: true}, !o.spoke
	}
	p.after.known = false
	r.drain(h)
}

// debt is what the other side acknowledged in octets that were delivered before
// those.
type debt struct {
	upTo uint32
	some bool
}

// pays is called when octets of h come of which some may be owed.
func (h *half) pays(at stream.Stamp) {
	if int32(h.owed.upTo-h.next) > 1 {
		h.tellBehind(at)
	}
	h.owed = debt{}
}

// tellBehind tells, once, that h's packets stand behind what the other side
// sent after them.
func (h *half) tellBehind(at stream.Stamp) {
	if h.behind {
		return
	}
	h.behind = true
	h.c.tap.Event(h.dir, at, stream.Event{Kind: stream.EventBehind})
}

// overdue gives up what waits first in h, because its time is over. If it waits
// for octets of the other direction, these do not come either.
func (r *reassembler) overdue(h *half) {
	if h.early || !h.reached() {
		r.giveUp(h)
		return
	}
	o, after := h.other(), h.waiting[r.ready(h)].after
	if len(o.waiting) > 0 && !o.reached() && o.lacks(&after) && int32(after.upTo-o.waiting[0].seq) >= 0 {
		r.giveUp(o)
	} else if c := o.claim; c != nil && len(o.waiting) == 0 && c.next == o.next && o.lacks(&after) {
		r.believe(o, &proof{upTo: after.upTo, at: c.ack.at})
	} else {
		r.giveUp(h)
	}
}

// longest is the half that has waited longest; nil: none waits.
func (c *conn) longest() *half {
	a, b := &c.halves[stream.FromA], &c.halves[stream.FromB]
	switch {
	case len(a.waiting) == 0 && len(b.waiting) == 0:
		return nil
	case len(b.waiting) == 0 || len(a.waiting) > 0 && a.waiting[0].since <= b.waiting[0].since:
		return a
	}
	return b
}
