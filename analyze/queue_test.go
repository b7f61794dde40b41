package analyze

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/stream"
)

// heard is a Handler that writes down what it is told.
type heard struct{ lines []string }

func (h *heard) drain(t *testing.T, d *drain) {
	t.Helper()
	err := d.take(func(e *queued) {
		switch e.kind {
		case ringNotice:
			h.lines = append(h.lines, fmt.Sprintf("notice %d: %d", e.notice.Kind, e.notice.Count))
		case ringClock:
			h.lines = append(h.lines, fmt.Sprintf("clock %d", e.at.Time))
		default:
			h.lines = append(h.lines, fmt.Sprintf("conn %d: %d dir %d %s%d", e.tap.conn.ID, e.kind, e.dir, e.data, e.n))
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// ownQueue is a queue and what drains it.
func ownQueue() (*Queue, *drain) {
	r := ownRing()
	return NewQueue(r, func() {}), newDrain(r)
}

// owed is what has to be there for a tap that owes nothing to enqueue n octets.
func owed(t stream.Tap, n int) int64 {
	q := t.(*queueTap)
	return int64(ringSize(n)+owedHeads*ringCost+2*ringSize(0)) + q.octets
}

func at(n int64) stream.Stamp { return stream.Stamp{Time: n} }

// TestQueueFull: what finds no room becomes a gap of its connection and
// direction, in its place; other connections have their own room.
func TestQueueFull(t *testing.T) {
	q, d := ownQueue()
	a, b := q.Open(&stream.Conn{ID: 1}), q.Open(&stream.Conn{ID: 2})
	a.Data(stream.FromA, at(1), []byte("12345"))
	q.room.perConn = owed(a, 5)
	a.Data(stream.FromA, at(2), []byte("67890"))
	a.Data(stream.FromA, at(3), []byte("lost"))
	a.Data(stream.FromB, at(4), []byte("too"))
	a.Gap(stream.FromB, at(5), 2)
	a.Data(stream.FromA, at(6), []byte("lost"))
	b.Data(stream.FromA, at(7), []byte("other"))
	var h heard
	h.drain(t, d)
	a.Data(stream.FromA, at(8), []byte("again"))
	a.Close(at(9), nil)
	b.Gap(stream.FromB, at(9), -1)
	q.Clock(at(10))
	h.drain(t, d)
	q.Close()
	h.drain(t, d)
	want := []string{
		"conn 1: 1 dir 0 0", "conn 2: 1 dir 0 0", "conn 1: 2 dir 0 123450", "conn 1: 2 dir 0 678900", "conn 2: 2 dir 0 other0",
		"conn 1: 3 dir 0 8", "conn 1: 3 dir 1 5", "conn 1: 2 dir 0 again0", "conn 1: 5 dir 0 0", "conn 2: 3 dir 1 -1", "clock 10",
		fmt.Sprintf("notice %d: 3", stream.NoticeDropped),
	}
	if d := gocmp.Diff(want, h.lines); d != "" {
		t.Error(d)
	}
	nothingLeft(t, q)
}

// TestQueueTotal: the bound of all connections together is kept whatever comes,
// and connections that end meanwhile are counted.
func TestQueueTotal(t *testing.T) {
	q, d := ownQueue()
	q.room.total = 1 << 20
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
	if n := q.ring.waiting(); n > q.room.total || q.dropped == 0 || q.refused == 0 {
		t.Errorf("%d octets wait, %d dropped, %d refused", n, q.dropped, q.refused)
	}
	var h heard
	for range 10 { // one frees room, the next call sees it and has what is owed told
		h.drain(t, d)
		q.paid()
	}
	h.drain(t, d)
	nothingLeft(t, q)
}

// nothingLeft: all was read, and the queue holds nothing for it.
func nothingLeft(t *testing.T, q *Queue) {
	t.Helper()
	for range 1 + q.ring.used()/int64(ringCost)/freeAtOnce {
		q.paid()
	}
	held := int64(0)
	for _, c := range q.conns {
		held += c.octets
	}
	if q.ring.waiting() != 0 || q.ring.used() != 0 || held != 0 || len(q.owing) != 0 {
		t.Errorf("%d octets wait, %d are used, %d held by connections, %d owe", q.ring.waiting(), q.ring.used(), held, len(q.owing))
	}
}

// TestRingAround: entries of any size go round the memory many times and come
// out as they went in; what the reader holds back finds no room and is lost.
func TestRingAround(t *testing.T) {
	q, d := ownQueue()
	q.room.perConn = queueOctets
	tap := q.Open(&stream.Conn{ID: 1})
	random := rand.New(rand.NewPCG(1, 2))
	octets := make([]byte, 1<<20)
	for i := range octets {
		octets[i] = byte(i * 7 >> 3)
	}
	var sent, got, lost int64
	take := func() {
		err := d.take(func(e *queued) {
			switch e.kind {
			case ringData:
				if !bytes.Equal(e.data, octets[e.at.Time:e.at.Time+int64(len(e.data))]) {
					t.Fatalf("%d octets at %d are not what was sent", len(e.data), got)
				}
				got += int64(len(e.data))
			case ringGap:
				lost += e.n
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 30_000 {
		n := random.IntN(1 << random.IntN(18))
		from := random.IntN(len(octets) - n)
		tap.Data(stream.FromA, at(int64(from)), octets[from:from+n])
		sent += int64(n)
		if i%15_000 < 4_000 && random.IntN(100) == 0 { // then nobody reads for long
			take()
		}
	}
	for len(q.owing) > 0 {
		take()
		q.Clock(at(0))
	}
	take()
	if got+lost != sent || lost == 0 || sent < 3*RingOctets {
		t.Errorf("%d octets sent, %d came, %d are told as lost", sent, got, lost)
	}
	nothingLeft(t, q)
}

// TestRestart: what a reader that is gone had not read is told to the next one
// as lost, of connections that begin in the middle; what has ended meanwhile
// has an end.
func TestRestart(t *testing.T) {
	q, d := ownQueue()
	open, half, over, quiet := q.Open(&stream.Conn{ID: 1, SYN: true}), q.Open(&stream.Conn{ID: 2, SYN: true}), q.Open(&stream.Conn{ID: 3, SYN: true}), q.Open(&stream.Conn{ID: 4, SYN: true})
	open.Data(stream.FromA, at(1), []byte("heard"))
	half.Event(stream.FromB, at(1), stream.Event{Kind: stream.EventFIN})
	var h heard
	h.drain(t, d)
	h.lines = nil
	open.Data(stream.FromA, at(2), []byte("four"))
	open.Gap(stream.FromB, at(2), 3)
	over.Data(stream.FromA, at(3), []byte("seven"))
	over.Close(at(4), nil)
	q.Restart()
	open.Data(stream.FromA, at(5), []byte("more"))
	q.Clock(at(6))
	q.Restart() // that was not read, either
	q.Clock(at(7))
	quiet.Close(at(8), stream.ErrLost)
	d = newDrain(q.ring.Ring)
	err := d.take(func(e *queued) {
		if e.kind == ringClock {
			return
		}
		if e.tap.conn.SYN && e.kind != ringLost || e.kind == ringClose && e.err != stream.ErrLost {
			t.Errorf("%+v", e)
		}
		h.lines = append(h.lines, fmt.Sprintf("conn %d: %d dir %d %s%d %d", e.tap.conn.ID, e.kind, e.dir, e.data, e.n, e.event.Kind))
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(h.lines)
	want := []string{
		"conn 1: 1 dir 0 0 0", "conn 1: 3 dir 0 8 0", "conn 1: 3 dir 1 3 0", "conn 1: 4 dir 0 0 5", "conn 1: 4 dir 1 0 5",
		"conn 2: 1 dir 0 0 0", "conn 2: 4 dir 0 0 5", "conn 2: 4 dir 1 0 1", "conn 2: 4 dir 1 0 5",
		"conn 3: 6 dir 0 5 0",
		"conn 4: 1 dir 0 0 0", "conn 4: 4 dir 0 0 5", "conn 4: 4 dir 1 0 5", "conn 4: 5 dir 0 0 0",
	}
	if d := gocmp.Diff(want, h.lines); d != "" {
		t.Error(d)
	}
	nothingLeft(t, q)
}

// TestRingDamaged: memory that no writer of ours left ends the reading, and
// what a reader claims that cannot be does not touch the writer.
func TestRingDamaged(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		q, d := ownQueue()
		tap := q.Open(&stream.Conn{ID: 1})
		for i := range 20 {
			tap.Data(stream.FromA, at(1), make([]byte, i*5))
		}
		for range 1 + random.IntN(8) {
			q.ring.data[random.Int64N(q.ring.head)] = byte(random.Uint32())
		}
		_ = d.take(func(*queued) {})
	}
	q, _ := ownQueue()
	tap := q.Open(&stream.Conn{ID: 1})
	for _, claim := range []int64{-1, 1, 1 << 40, -1 << 63} {
		q.ring.out.taken.Store(claim)
		tap.Data(stream.FromA, at(1), []byte("x"))
	}
	q.ring.out.taken.Store(0)
	if used := q.ring.used(); used < 4*int64(ringCost) {
		t.Errorf("%d octets are used", used)
	}
}
