package analyze

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// TestQueueOwes: lost octets are told when there is room, though their
// connection says nothing more; a connection that finds no room when it begins
// is told of when there is some, or only by its lost octets when it ends before.
func TestQueueOwes(t *testing.T) {
	q, d := ownQueue()
	a := q.Open(&stream.Conn{ID: 1})
	q.room.total = q.ring.used()
	a.Data(stream.FromA, at(1), make([]byte, 161))
	late := q.Open(&stream.Conn{ID: 2})
	late.Data(stream.FromB, at(2), make([]byte, 160))
	late.Event(stream.FromB, at(2), stream.Event{Kind: stream.EventFIN})
	never := q.Open(&stream.Conn{ID: 3})
	never.Data(stream.FromA, at(3), []byte("lost"))
	never.Close(at(3), nil)
	var h heard
	h.drain(t, d)
	q.room.total = queueOctets
	q.Clock(at(4)) // sees the room
	h.drain(t, d)
	late.Data(stream.FromB, at(4), []byte("more"))
	late.Close(at(5), nil)
	h.drain(t, d)
	slices.Sort(h.lines) // who owes has no order
	want := []string{
		"clock 4", "conn 1: 1 dir 0 0", "conn 1: 3 dir 0 161",
		"conn 2: 1 dir 0 0", "conn 2: 2 dir 1 more0", "conn 2: 3 dir 1 160", "conn 2: 5 dir 0 0",
		"conn 3: 6 dir 0 4",
	}
	if d := gocmp.Diff(want, h.lines); d != "" || len(q.owing) != 0 || q.refused != 1 {
		t.Errorf("%s%d taps owe, %d refused", d, len(q.owing), q.refused)
	}
}

// TestClockWaits: a drain that stands still does not let the ticks of the
// clock pile up.
func TestClockWaits(t *testing.T) {
	q, d := ownQueue()
	var h heard
	for i := range int64(1000) {
		q.Clock(at(i))
	}
	h.drain(t, d)
	q.Clock(at(1000))
	h.drain(t, d)
	if want := []string{"clock 0", "clock 1000"}; !slices.Equal(h.lines, want) {
		t.Errorf("%q, want %q", h.lines, want)
	}
}

// TestLostInFraming: what a tap that panicked held, what broke it and what
// comes after it is lost, to the octet.
func TestLostInFraming(t *testing.T) {
	f := &feeder{next: newBatch, batch: newBatch(), out: func(*batch) {}, owned: true}
	l := &link{conn: &stream.Conn{ID: 7, SYN: true, Expected: true}}
	framed := &tap{feeder: f, link: l, smpp: true}
	for i := range framed.framers {
		framed.framers[i] = stream.NewFramer(stream.FramerOptions{})
	}
	e := queued{kind: ringData, tap: &queuedTap{conn: l.conn, behind: framed}}
	probe := smpptest.Build("enquire_link", 1, nil)
	e.data = append(append([]byte(nil), probe...), probe[:10]...)
	f.replaySafely(&e)
	framed.framers[0] = nil // a fault
	f.replaySafely(&e)
	f.replaySafely(&e)
	var lost []int64
	for i := range f.batch.items {
		if it := &f.batch.items[i]; it.kind == itemFault || it.kind == itemLost {
			lost = append(lost, it.octets)
		}
	}
	if len(lost) != 2 || lost[0] != 10+26 || lost[1] != 26 {
		t.Errorf("lost %d, want 36 and 26", lost)
	}
}
