package analyze

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"

	"smpptap/stream"
)

// drainTime is how long entries wait at most when few come.
const drainTime = 50 * time.Millisecond

// freeEvery is how many entries are read until the writer may have their room:
// it is told in memory that both sides use.
const freeEvery = 32

// queueChunk is how many octets share one allocation. Chunks are never written
// again; the collector frees them when the last view is gone.
const queueChunk = 256 << 10

// Inbox is what another process tells of connections.
type Inbox struct {
	Ring *Ring
	// Wake holds something when the Ring should be read at once, and is closed
	// when nothing will follow.
	Wake <-chan struct{}
	// Breathe is told now and then how many octets wait, and may wait itself;
	// nil: nobody is told.
	Breathe func(waiting int64)
}

// queued is one call on its way.
type queued struct {
	kind   ringKind
	dir    stream.Dir
	tap    *queuedTap // nil: of no connection
	at     stream.Stamp
	data   []byte
	n      int64
	event  stream.Event
	notice *stream.Notice
	err    error
}

// queuedTap is what stands behind the queue for a connection.
type queuedTap struct {
	conn   *stream.Conn
	behind stream.Tap
	aside  stream.Tap // of Options.Octets
	link   *link      // without behind: who its octets are lost to
}

// drain takes what waits in a Ring. It copies octets once, into chunks.
type drain struct {
	ring    *ringReader
	breathe func(waiting int64)
	chunk   []byte
	taps    map[int64]*queuedTap
	last    stream.Stamp
}

func newDrain(r *Ring) *drain { return &drain{ring: r.reader(), taps: make(map[int64]*queuedTap)} }

// keep copies p.
func (d *drain) keep(p []byte) []byte {
	if len(p) > cap(d.chunk)-len(d.chunk) {
		d.chunk = make([]byte, 0, max(queueChunk, len(p)))
	}
	n := len(d.chunk)
	d.chunk = append(d.chunk, p...)
	return d.chunk[n:len(d.chunk):len(d.chunk)]
}

// take gives what waits now to each, in order.
func (d *drain) take(each func(*queued)) error {
	defer d.ring.free()
	end := d.ring.in.head.Load()
	for n := 1; ; n++ {
		h, octets, err := d.ring.next(end)
		if h == nil || err != nil {
			return err
		}
		e, err := d.call(h, octets)
		if err != nil {
			return err
		}
		if e.tap != nil || e.kind == ringNotice || e.kind == ringClock {
			each(&e)
		}
		if h.kind == ringClose {
			delete(d.taps, h.conn)
		}
		if n%freeEvery == 0 {
			d.ring.free()
			if d.breathe != nil {
				d.breathe(d.ring.waiting())
			}
		}
	}
}

// call is what an entry stands for.
func (d *drain) call(h *ringHead, octets []byte) (queued, error) {
	d.last.Time = max(d.last.Time, h.at.Time)
	e := queued{kind: h.kind, dir: h.dir & 1, tap: d.taps[h.conn], at: h.at, n: h.n}
	switch h.kind {
	case ringOpen:
		e.tap = &queuedTap{conn: &stream.Conn{}}
		d.taps[h.conn] = e.tap
		return e, json.Unmarshal(bytes.Clone(octets), e.tap.conn)
	case ringLost:
		t := &queuedTap{conn: &stream.Conn{}}
		t.link, e.tap = &link{conn: t.conn}, t
		return e, json.Unmarshal(bytes.Clone(octets), t.conn)
	case ringNotice:
		e.notice = &stream.Notice{}
		return e, json.Unmarshal(bytes.Clone(octets), e.notice)
	case ringData:
		e.data = d.keep(octets)
	case ringEvent:
		e.event = stream.Event{Kind: stream.EventKind(h.code), N: h.n, Other: h.other}
		e.n = 0
	case ringClose:
		e.err = closeReasons[min(int(h.code), len(closeReasons)-1)]
	}
	return e, nil
}

// closeAll ends the connections of a writer that told no end of them.
func (d *drain) closeAll(each func(*queued)) {
	for _, t := range d.taps {
		each(&queued{kind: ringClose, tap: t, at: d.last, err: stream.ErrInputEnd})
	}
	clear(d.taps)
}

// feedLive is stage A of a live run: src fills the queue on a goroutine of its
// own, or another process does, and this one drains it. Batches go on at least
// every drainTime.
func (p *Pipeline) feedLive(ctx context.Context, src stream.Source, f *feeder) error {
	f.owned = true
	var srcErr error
	var source sync.WaitGroup
	wake := p.inbox.Wake
	if src != nil {
		mine := make(chan struct{}, 1)
		wake = mine
		source.Go(func() {
			defer close(mine)
			q := NewQueue(p.inbox.Ring, func() { poke(mine) })
			q.room = p.room
			defer q.Close()
			srcErr = src.Run(ctx, q)
		})
	}
	err := p.drainAll(f, wake)
	source.Wait()
	if err == nil {
		err = srcErr
	}
	return err
}

// poke wakes who waits for c, which holds one.
func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// drainAll drains until nothing will follow.
func (p *Pipeline) drainAll(f *feeder, wake <-chan struct{}) error {
	d := newDrain(p.inbox.Ring)
	d.breathe = p.inbox.Breathe
	each := func(e *queued) {
		f.replaySafely(e)
		p.lend(e)
	}
	tick := time.NewTicker(drainTime)
	defer tick.Stop()
	for more := true; more; {
		select {
		case <-tick.C:
		case _, more = <-wake:
		}
		if err := d.take(each); err != nil {
			return err
		}
		if !more {
			d.closeAll(each)
		}
		f.flush()
	}
	return nil
}

// replay makes the call that an entry stands for.
func (f *feeder) replay(e *queued) {
	switch e.kind {
	case ringOpen:
		e.tap.behind = f.Open(e.tap.conn)
	case ringNotice:
		f.Notice(*e.notice)
	case ringClock:
		f.clock(e.at)
	default:
		e.tell(e.tap.behind)
	}
}

// tell makes the call of a connection's tap that an entry stands for.
func (e *queued) tell(t stream.Tap) {
	switch e.kind {
	case ringData:
		t.Data(e.dir, e.at, e.data)
	case ringGap:
		t.Gap(e.dir, e.at, e.n)
	case ringEvent:
		t.Event(e.dir, e.at, e.event)
	case ringClose:
		t.Close(e.at, e.err)
	}
}
