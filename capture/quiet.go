package capture

import (
	"time"

	"smpptap/stream"
)

// What TCP tells of octets that no answer comes to: the other side's host
// acknowledged them and sent nothing of its own, or their sender sends them
// again because no acknowledgement came; where neither is there, the capture
// lacks packets. It is told as events, the first only once the silence has
// lasted, so that a busy connection tells none, and the last at the end.

// quietTime is the silence that is worth telling.
const quietTime = int64(5 * time.Second)

// quiet is what the other side acknowledged of a direction while it sent
// nothing.
type quiet struct {
	upTo uint32 // acknowledged of this direction
	seen bool   // upTo is set
	// all: everything delivered up to here was acknowledged, at this time, by a
	// packet without octets, and no octet came back since.
	all  bool
	here uint32
	at   stream.Stamp
	told uint32 // here, when that was told last
	sent int64  // time of the last octets of this direction, not repeated ones
	// again: octets were repeated since the last acknowledgement.
	again bool
	// bare: packets that only acknowledge are captured.
	bare bool
}

// againAfter is how long after octets their repetition is one; a mirror's copy
// comes sooner.
const againAfter = int64(100 * time.Millisecond)

// heed takes what a packet of the other side of h acknowledges.
func (h *half) heed(s *segment, at stream.Stamp) {
	q := &h.quiet
	if !s.acknowledges() || !h.started || h.deaf {
		return
	}
	if !q.seen || int32(s.ack-q.upTo) > 0 {
		q.bare = q.bare || h.data && s.length() == 0 && s.flags&flagFIN == 0
		q.seen, q.upTo, q.again = true, s.ack, false
	}
	switch {
	case s.length() > 0:
		q.all = false
	case h.data && s.ack == h.next && q.told != h.next && (!q.all || q.here != h.next):
		q.all, q.here, q.at = true, h.next, at
	}
}

// tellQuiet tells of a silence that has lasted.
func (c *conn) tellQuiet(at stream.Stamp) {
	for i := range c.halves {
		h := &c.halves[i]
		q := &h.quiet
		if !q.all || at.Time-q.at.Time < quietTime {
			continue
		}
		q.all, q.told = false, q.here
		c.tap.Event(h.dir, at, stream.Event{Kind: stream.EventAcknowledged, N: at.Time - q.at.Time})
	}
}

// sentAgain tells of octets that were captured before, are sent again, and of
// which the other side, whose packets are captured, acknowledged none. What
// it has acknowledged may come again as a keep-alive.
func (h *half) sentAgain(seq uint32, n int, at stream.Stamp) {
	q := &h.quiet
	if n == 0 {
		return
	}
	if int32(seq+uint32(n)-h.next) > 0 {
		q.sent = at.Time
		return
	}
	if q.again = true; h.data && q.seen && int32(seq-q.upTo) >= 0 && at.Time-q.sent >= againAfter {
		h.c.tap.Event(h.dir, at, stream.Event{Kind: stream.EventSentAgain})
	}
}

// tellMissed tells at the end that octets had neither an acknowledgement nor,
// as TCP does without one, a repetition. It does not where the capture has no
// packets that only acknowledge, for they were filtered; and where the other
// side was heard at its end.
func (c *conn) tellMissed(at stream.Stamp) {
	for i := range c.halves {
		h := &c.halves[i]
		q := &h.quiet
		if o := h.other(); q.bare && int32(h.next-q.upTo) > 0 && !q.again && !h.deaf && !h.fin && !o.fin && !o.reset && at.Time-q.sent >= quietTime {
			c.tap.Event(h.dir, at, stream.Event{Kind: stream.EventMissed})
		}
	}
}
