package analyze

import (
	"testing"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// TestQueueOwes: lost octets are told when there is room, though their
// connection says nothing more; of a connection that found no room when it
// began nothing but its octets is told.
func TestQueueOwes(t *testing.T) {
	q := newQueue()
	q.total = queuedCost + queuedCost/2
	a := q.Open(&stream.Conn{ID: 1})
	a.Data(stream.FromA, at(1), make([]byte, queuedCost+1))
	refused := q.Open(&stream.Conn{ID: 2})
	refused.Data(stream.FromB, at(2), make([]byte, queuedCost))
	refused.Event(stream.FromB, at(2), stream.Event{Kind: stream.EventFIN})
	var h heard
	for range 6 { // one frees room, the next sees it and has a gap told
		h.drain(q)
	}
	refused.Data(stream.FromB, at(3), []byte("more"))
	refused.Close(at(4), nil)
	h.drain(q)
	told := map[string]int{}
	for _, line := range h.lines {
		told[line]++
	}
	for _, want := range []string{"conn 1: 1 dir 0 0", "conn 1: 3 dir 0 161", "conn 2: 3 dir 1 160", "conn 2: 3 dir 1 4"} {
		if told[want] != 1 {
			t.Errorf("not told: %s", want)
		}
	}
	if len(h.lines) != 4 || len(q.owing) != 0 {
		t.Errorf("told %q, %d taps owe", h.lines, len(q.owing))
	}
}

// TestClockWaits: a drain that stands still does not let the ticks of the
// clock pile up.
func TestClockWaits(t *testing.T) {
	q := newQueue()
	for i := range int64(1000) {
		q.Clock(at(i))
	}
	if entries, _ := q.take(nil); len(entries) != 1 || entries[0].at != at(999) {
		t.Errorf("%d entries wait", len(entries))
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
	e := queued{kind: queuedData, tap: &queueTap{conn: l.conn, behind: framed}}
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
