package capture

import "smpptap/stream"

const (
	second = int64(1e9)
	// skewLimit: packets further behind than this are not merely disordered.
	skewLimit = 10 * second
	// skewPackets in a row prove that the clock was set back for good.
	skewPackets = 64
)

// timeline makes of packet times the time by which holes and endings are
// judged: it never steps back, and goes on where the clock was set back. It
// counts the steps back.
type timeline struct {
	now     int64
	offset  int64 // now = packet time + offset
	last    stream.Stamp
	behind  int
	steps   int64
	largest int64
	first   stream.Stamp // the first step's packet
}

func (t *timeline) tick(at stream.Stamp) {
	if t.last.Frame == 0 {
		t.now = at.Time
	} else if at.Time < t.last.Time {
		t.stepBack(at)
	}
	t.last = at
	if v := at.Time + t.offset; v >= t.now {
		t.now, t.behind = v, 0
	} else if v < t.now-skewLimit {
		if t.behind++; t.behind >= skewPackets {
			t.restart(at.Time)
		}
	}
}

func (t *timeline) stepBack(at stream.Stamp) {
	if t.steps == 0 {
		t.first = at
	}
	t.steps++
	t.largest = max(t.largest, t.last.Time-at.Time)
}

// restart lets time run on from here although packet times lie behind.
func (t *timeline) restart(packet int64) {
	t.offset, t.behind = t.now-packet, 0
}
