package capture

import (
	"time"

	"smpptap/stream"
)

// stallTime is the least time without room that is told.
const stallTime = int64(100 * time.Millisecond)

// stall is how long the sender of a direction has had no room for octets: it
// does not read.
type stall struct {
	since int64  // nanoseconds since 1970 UTC, plus one; zero: it has room
	ack   uint32 // of the newest packet that said so
}

// heedWindow takes the window that a packet of h offers to o. A packet older
// than one that was seen says nothing, and new octets of o show that there was
// room: that it was offered is then not in the capture.
func (h *half) heedWindow(o *half, s *segment, at stream.Stamp) {
	if o.stall.since != 0 && s.length() > 1 && h.started && int32(s.seq+uint32(s.length())-h.next) > 0 {
		o.stall.since = 0
	}
	if s.window != 0 && h.stall.since == 0 || !s.acknowledges() || h.stall.since != 0 && int32(s.ack-h.stall.ack) < 0 {
		return
	}
	h.stall.ack = s.ack
	switch {
	case s.window != 0:
		h.tellStall(at)
	case h.stall.since == 0:
		h.stall.since = at.Time + 1
	}
}

// tellStall tells of a stall that is over.
func (h *half) tellStall(at stream.Stamp) {
	if h.stall.since == 0 {
		return
	}
	n := at.Time - h.stall.since + 1
	if h.stall.since = 0; n >= stallTime {
		h.c.tap.Event(h.dir, at, stream.Event{Kind: stream.EventStalled, N: n})
	}
}
