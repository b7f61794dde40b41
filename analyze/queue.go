package analyze

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"smpptap/stream"
)

const (
	// queueOctets and queueConnOctets bound what waits for analysis, in all
	// connections and in one.
	queueOctets     = 64 << 20
	queueConnOctets = 4 << 20
	// queuedCost is what an entry costs beside its octets.
	queuedCost = 160
	// queueChunk is how many octets share one allocation. Chunks are never
	// written again; the collector frees them when the last view is gone.
	queueChunk = 256 << 10
	// drainTime is how long entries wait at most when few come.
	drainTime = 50 * time.Millisecond
	// drainAt is how many octets wake the drain before.
	drainAt = 256 << 10
	// spareEntries is how large a slice of entries is kept for the next ones.
	spareEntries = 64 << 10
)

// queue stands between live sources and stage A: sources only enqueue, and
// never wait. It is a stream.Handler whose Taps copy what they are lent, once,
// into chunks. Calls may come from several goroutines at once. When it is
// full, octets become a counted gap of their connection and direction.
type queue struct {
	total, perConn int64

	mu      sync.Mutex
	entries []queued
	chunk   []byte
	closed  bool
	wake    chan struct{}          // holds one
	owing   map[*queueTap]struct{} // have lost octets to tell
	never   map[string]*queueTap   // by link: stand for connections that ended before there was room

	octets  atomic.Int64 // cost of all that was not drained
	dropped atomic.Int64 // chunks
	refused atomic.Int64 // connections
}

// queuedKind says which call an entry stands for.
type queuedKind uint8

const (
	queuedOpen queuedKind = iota + 1
	queuedData
	queuedGap
	queuedEvent
	queuedClose
	queuedNotice
	queuedClock
)

// queued is one call on its way.
type queued struct {
	kind   queuedKind
	dir    stream.Dir
	tap    *queueTap
	at     stream.Stamp
	data   []byte
	n      int64
	event  stream.Event
	notice *stream.Notice
	err    error
}

func (e *queued) cost() int64 { return int64(len(e.data)) + queuedCost }

// queueTap is a connection's way into the queue, and its tap behind it.
type queueTap struct {
	q      *queue
	conn   *stream.Conn
	behind stream.Tap   // of the drain alone
	aside  stream.Tap   // of Options.Octets, of the drain alone
	link   *link        // without behind: who its octets are lost to; of the drain alone
	octets atomic.Int64 // cost of what was not drained
	opened bool         // its beginning was enqueued; q.mu guards it
	lost   [2]lostOctets
}

// lostOctets are to be told as a gap as soon as there is room. q.mu guards
// them.
type lostOctets struct {
	some bool
	n    int64 // -1: unknown
	at   stream.Stamp
}

func (l *lostOctets) add(n int64, at stream.Stamp) {
	if !l.some {
		l.at = at
	}
	l.some = true
	if n < 0 || l.n < 0 {
		l.n = -1
	} else {
		l.n += n
	}
}

func newQueue() *queue {
	return &queue{total: queueOctets, perConn: queueConnOctets, wake: make(chan struct{}, 1), owing: make(map[*queueTap]struct{}), never: make(map[string]*queueTap)}
}

// push enqueues e; the caller holds mu.
func (q *queue) push(e queued) {
	c := e.cost()
	if e.tap != nil {
		e.tap.octets.Add(c)
	}
	before := q.octets.Add(c) - c
	q.entries = append(q.entries, e)
	if before < drainAt && before+c >= drainAt {
		q.poke()
	}
}

func (q *queue) poke() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// keep copies p; the caller holds mu.
func (q *queue) keep(p []byte) []byte {
	if len(p) > cap(q.chunk)-len(q.chunk) {
		q.chunk = make([]byte, 0, max(queueChunk, len(p)))
	}
	n := len(q.chunk)
	q.chunk = append(q.chunk, p...)
	return q.chunk[n:len(q.chunk):len(q.chunk)]
}

// Open implements stream.Handler. A connection for which there is no room is
// analysed from when there is some.
func (q *queue) Open(c *stream.Conn) stream.Tap {
	q.mu.Lock()
	defer q.mu.Unlock()
	t := &queueTap{q: q, conn: c}
	if t.room(0) {
		t.open()
	}
	return t
}

// Notice implements stream.Handler.
func (q *queue) Notice(n stream.Notice) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.push(queued{kind: queuedNotice, notice: &n})
}

// Clock is told that no octet from before at is under way. While nothing else
// comes, and nobody drains, only the last one waits.
func (q *queue) Clock(at stream.Stamp) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := len(q.entries); n > 0 && q.entries[n-1].kind == queuedClock {
		q.entries[n-1].at = at
		return
	}
	q.push(queued{kind: queuedClock, at: at})
}

// close ends the queue; what is in it is still drained.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := q.refused.Load(); n > 0 {
		q.push(queued{kind: queuedNotice, notice: &stream.Notice{
			Kind: stream.NoticeCap, Count: n,
			Text: fmt.Sprintf("connections not analysed: more than %d octets waited for analysis", q.total),
		}})
	}
	if n := q.dropped.Load(); n > 0 {
		q.push(queued{kind: queuedNotice, notice: &stream.Notice{
			Kind: stream.NoticeDropped, Count: n, Text: "by the queue for analysis: it was full",
		}})
	}
	for t := range q.owing {
		t.tell()
	}
	q.closed = true
	q.poke()
}

// take swaps what waits for an empty slice; done: nothing will follow.
func (q *queue) take(empty []queued) (_ []queued, done bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	out := q.entries
	q.entries = empty
	for t := range q.owing { // who may say nothing more for long
		if t.room(0) {
			t.tell()
		}
	}
	return out, q.closed && len(q.entries) == 0
}

// drained frees an entry's room.
func (q *queue) drained(e *queued) {
	c := e.cost()
	q.octets.Add(-c)
	if e.tap != nil {
		e.tap.octets.Add(-c)
	}
}

// room tells that so many octets more may be enqueued.
func (t *queueTap) room(n int) bool {
	c := int64(n + queuedCost)
	return t.q.octets.Load()+c <= t.q.total && t.octets.Load()+c <= t.q.perConn
}

// lose notes octets that find no room.
func (t *queueTap) lose(dir stream.Dir, n int64, at stream.Stamp) {
	t.lost[dir].add(n, at)
	t.q.owing[t] = struct{}{}
}

// open enqueues the beginning, unless that is done.
func (t *queueTap) open() {
	if !t.opened {
		t.opened = true
		t.q.push(queued{kind: queuedOpen, tap: t})
	}
}

// tell enqueues what found no room: the beginning, gaps.
func (t *queueTap) tell() {
	t.open()
	delete(t.q.owing, t)
	for dir := range t.lost {
		if l := &t.lost[dir]; l.some {
			t.q.push(queued{kind: queuedGap, dir: stream.Dir(dir), tap: t, at: l.at, n: l.n})
			*l = lostOctets{}
		}
	}
}

// forgo ends a connection for which there never was room: what it lost is told
// by one that stands for all such of its link, so that any number of them costs
// nothing.
func (t *queueTap) forgo() {
	q := t.q
	q.refused.Add(1)
	delete(q.owing, t)
	all := q.never[t.conn.Link]
	if all == nil {
		all = &queueTap{q: q, conn: t.conn, link: &link{conn: t.conn}, opened: true}
		q.never[t.conn.Link] = all
	}
	for dir := range t.lost {
		if l := t.lost[dir]; l.some {
			all.lost[dir].add(l.n, l.at)
			q.owing[all] = struct{}{}
		}
	}
}

// Data implements stream.Tap.
func (t *queueTap) Data(dir stream.Dir, at stream.Stamp, p []byte) {
	t.q.mu.Lock()
	defer t.q.mu.Unlock()
	if !t.room(len(p)) {
		t.q.dropped.Add(1)
		t.lose(dir, int64(len(p)), at)
		return
	}
	t.tell()
	t.q.push(queued{kind: queuedData, dir: dir, tap: t, at: at, data: t.q.keep(p)})
}

// Gap implements stream.Tap.
func (t *queueTap) Gap(dir stream.Dir, at stream.Stamp, n int64) {
	t.q.mu.Lock()
	defer t.q.mu.Unlock()
	t.lose(dir, n, at)
	if t.room(0) {
		t.tell()
	}
}

// Event implements stream.Tap. Without room, only the ends of a connection are
// told.
func (t *queueTap) Event(dir stream.Dir, at stream.Stamp, e stream.Event) {
	t.q.mu.Lock()
	defer t.q.mu.Unlock()
	if !t.room(0) && (!t.opened || e.Kind != stream.EventFIN && e.Kind != stream.EventRST) {
		return
	}
	t.tell()
	t.q.push(queued{kind: queuedEvent, dir: dir, tap: t, at: at, event: e})
}

// Close implements stream.Tap.
func (t *queueTap) Close(at stream.Stamp, reason error) {
	t.q.mu.Lock()
	defer t.q.mu.Unlock()
	if !t.opened && !t.room(0) {
		t.forgo()
		return
	}
	t.tell()
	t.q.push(queued{kind: queuedClose, tap: t, at: at, err: reason})
}

// feedLive is stage A of a live run: src fills the queue on a goroutine of its
// own, and this one drains it. Batches go on at least every drainTime.
func (p *Pipeline) feedLive(ctx context.Context, src stream.Source, f *feeder) error {
	f.owned = true
	q := p.queue
	var err error
	var source sync.WaitGroup
	source.Go(func() {
		defer q.close()
		err = src.Run(ctx, q)
	})
	tick := time.NewTicker(drainTime)
	defer tick.Stop()
	var spare []queued
	for done := false; !done; {
		select {
		case <-tick.C:
		case <-q.wake:
		}
		var entries []queued
		entries, done = q.take(spare)
		for i := range entries {
			f.replaySafely(&entries[i])
			p.lend(&entries[i])
			q.drained(&entries[i])
			entries[i] = queued{}
		}
		if spare = entries[:0]; cap(spare) > spareEntries {
			spare = nil
		}
		f.flush()
	}
	source.Wait()
	return err
}

// replay makes the call that an entry stands for.
func (f *feeder) replay(e *queued) {
	switch e.kind {
	case queuedOpen:
		e.tap.behind = f.Open(e.tap.conn)
	case queuedNotice:
		f.Notice(*e.notice)
	case queuedClock:
		f.clock(e.at)
	default:
		e.tell(e.tap.behind)
	}
}

// tell makes the call of a connection's tap that an entry stands for.
func (e *queued) tell(t stream.Tap) {
	switch e.kind {
	case queuedData:
		t.Data(e.dir, e.at, e.data)
	case queuedGap:
		t.Gap(e.dir, e.at, e.n)
	case queuedEvent:
		t.Event(e.dir, e.at, e.event)
	case queuedClose:
		t.Close(e.at, e.err)
	}
}
