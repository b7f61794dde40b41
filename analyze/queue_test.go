package analyze

import (
	"fmt"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/stream"
)

// heard is a Handler that writes down what it is told.
type heard struct{ lines []string }

func (h *heard) drain(q *queue) {
	entries, _ := q.take(nil)
	for i := range entries {
		switch e := &entries[i]; e.kind {
		case queuedNotice:
			h.lines = append(h.lines, fmt.Sprintf("notice %d: %d", e.notice.Kind, e.notice.Count))
		case queuedClock:
			h.lines = append(h.lines, fmt.Sprintf("clock %d", e.at.Time))
		default:
			h.lines = append(h.lines, fmt.Sprintf("conn %d: %d dir %d %s%d", e.tap.conn.ID, e.kind, e.dir, e.data, e.n))
		}
		q.drained(&entries[i])
	}
}

func at(n int64) stream.Stamp { return stream.Stamp{Time: n} }

// TestQueueFull: what finds no room becomes a gap of its connection and
// direction, in its place; other connections have their own room.
func TestQueueFull(t *testing.T) {
	q := newQueue()
	q.perConn = 3*queuedCost + 10
	a, b := q.Open(&stream.Conn{ID: 1}), q.Open(&stream.Conn{ID: 2})
	a.Data(stream.FromA, at(1), []byte("12345"))
	a.Data(stream.FromA, at(2), []byte("67890"))
	a.Data(stream.FromA, at(3), []byte("lost"))
	a.Data(stream.FromB, at(4), []byte("too"))
	a.Gap(stream.FromB, at(5), 2)
	a.Data(stream.FromA, at(6), []byte("lost"))
	b.Data(stream.FromA, at(7), []byte("other"))
	var h heard
	h.drain(q)
	a.Data(stream.FromA, at(8), []byte("again"))
	a.Close(at(9), nil)
	b.Gap(stream.FromB, at(9), -1)
	q.Clock(at(10))
	q.close()
	h.drain(q)
	want := []string{
		"conn 1: 1 dir 0 0", "conn 2: 1 dir 0 0", "conn 1: 2 dir 0 123450", "conn 1: 2 dir 0 678900", "conn 2: 2 dir 0 other0",
		"conn 1: 3 dir 0 8", "conn 1: 3 dir 1 5", "conn 1: 2 dir 0 again0", "conn 1: 5 dir 0 0", "conn 2: 3 dir 1 -1", "clock 10",
		fmt.Sprintf("notice %d: 3", stream.NoticeDropped),
	}
	if d := gocmp.Diff(want, h.lines); d != "" {
		t.Error(d)
	}
	if n := q.octets.Load(); n != 0 {
		t.Errorf("%d octets are left", n)
	}
}

// TestQueueTotal: the bound of all connections together is kept whatever comes,
// and connections that end meanwhile are counted.
func TestQueueTotal(t *testing.T) {
	q := newQueue()
	q.total = 1 << 20
	var source sync.WaitGroup
	for range 4 {
		source.Go(func() {
			for id := range int64(100) {
				tap := q.Open(&stream.Conn{ID: id})
				for i := range int64(100) {
					tap.Data(stream.FromA, at(i), make([]byte, 1000))
					tap.Event(stream.FromA, at(i), stream.Event{Kind: stream.EventConflict})
				}
				if id >= 50 {
					tap.Close(at(100), nil)
				}
			}
		})
	}
	source.Wait()
	if n := q.octets.Load(); n > q.total+3*queuedCost || q.dropped.Load() == 0 || q.refused.Load() == 0 {
		t.Errorf("%d octets wait, %d dropped, %d refused", n, q.dropped.Load(), q.refused.Load())
	}
	var h heard
	h.drain(q)
	if n := q.octets.Load(); n != 0 {
		t.Errorf("%d octets are left", n)
	}
}
