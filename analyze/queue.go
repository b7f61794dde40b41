package analyze

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"smpptap/stream"
)

const (
	// queueOctets and queueConnOctets bound what waits for analysis, in all
	// connections and in one: the room that entries take in the Ring.
	queueOctets     = RingOctets
	queueConnOctets = 4 << 20
	// drainAt is how many octets wake the drain before its time.
	drainAt = 256 << 10
	// freeAtOnce is how many entries that were read one call looks after.
	freeAtOnce = 64
	// settleEvery is how often Close looks whether there is room.
	settleEvery = 5 * time.Millisecond
	// keptEnds is how many ends of a connection wait for room.
	keptEnds = 8
)

// room bounds what waits, in octets.
type room struct{ total, perConn int64 }

// Queue stands between live sources and stage A, which may be in another
// process: sources only enqueue into a Ring, and never wait. It is a
// stream.Handler. Calls may come from several goroutines at once. When there
// is no room, octets become a counted gap of their connection and direction,
// which is told when there is some.
type Queue struct {
	room room
	wake func()

	mu      sync.Mutex
	ring    ringWriter
	last    int64
	conns   map[int64]*queueTap // by number: of which entries may wait
	owing   map[*queueTap]struct{}
	notices [][]byte             // owed, as JSON
	never   map[string]*queueTap // by link: stand for connections that ended before there was room
	clock   int64                // behind the clock's entry that was told last
	dropped int64                // chunks
	refused int64                // connections
}

// queueTap is a connection's way into the queue.
type queueTap struct {
	q      *Queue
	conn   *stream.Conn
	number int64
	octets int64  // that its entries hold
	never  bool   // stands for others, see forgo
	opened bool   // its beginning was enqueued
	seen   bool   // both sides were, before the beginning that was enqueued
	ended  bool   // Close was called
	about  []byte // conn as entries have it; nil: it was enqueued, and is not needed
	lost   [2]lostOctets
	fin    [2]bool
	ends   []ringHead // FIN, RST, the end: to be told when there is room
}

// lostOctets are to be told as a gap as soon as there is room.
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

// NewQueue makes the writing side of r, in which nothing may wait. wake is
// called when so much waits that it should be read at once; it must not wait.
func NewQueue(r *Ring, wake func()) *Queue {
	return &Queue{
		room: room{queueOctets, queueConnOctets}, wake: wake, ring: ringWriter{Ring: r},
		conns: make(map[int64]*queueTap), owing: make(map[*queueTap]struct{}), never: make(map[string]*queueTap),
	}
}

// lock begins a call, and sees what was read meanwhile.
func (q *Queue) lock() {
	q.mu.Lock()
	before := q.ring.freed
	q.ring.free(freeAtOnce, q.forget)
	if q.ring.freed != before {
		q.settle(freeAtOnce)
	}
}

// forget an entry that was read.
func (q *Queue) forget(h *ringHead) {
	t := q.conns[h.conn]
	if t == nil {
		return
	}
	t.octets -= int64(h.size)
	if h.kind == ringClose {
		delete(q.conns, h.conn)
	}
}

// settle tells the notices that are owed, and of some of those connections that
// owe, which may say nothing more for long.
func (q *Queue) settle(most int) {
	for len(q.notices) > 0 && q.ring.fits(ringSize(len(q.notices[0]))) {
		q.push(ringHead{kind: ringNotice}, q.notices[0])
		q.notices = q.notices[1:]
	}
	for t := range q.owing {
		if most--; most < 0 {
			return
		}
		if t.room(0) {
			t.tell()
		}
	}
}

// push enqueues an entry that has room.
func (q *Queue) push(h ringHead, octets []byte) {
	before := q.ring.used()
	q.ring.put(h, octets)
	if before < drainAt && q.ring.used() >= drainAt {
		q.wake()
	}
}

// Open implements stream.Handler. A connection for which there is no room is
// analysed from when there is some.
func (q *Queue) Open(c *stream.Conn) stream.Tap {
	q.lock()
	defer q.mu.Unlock()
	t := q.tap(c)
	if t.room(0) {
		t.tell()
	}
	return t
}

func (q *Queue) tap(c *stream.Conn) *queueTap {
	q.last++
	return &queueTap{q: q, conn: c, number: q.last, about: aboutConn(c)}
}

func aboutConn(c *stream.Conn) []byte {
	octets, _ := json.Marshal(c) // there is nothing in it that JSON has not
	return octets
}

// Notice implements stream.Handler.
func (q *Queue) Notice(n stream.Notice) {
	octets, err := json.Marshal(n)
	if err != nil {
		return // there is nothing in it that JSON has not
	}
	q.lock()
	defer q.mu.Unlock()
	q.notices = append(q.notices, octets)
	q.settle(0)
}

// Clock implements stream.Clocked. While an earlier time waits to be read the
// next one is not told.
func (q *Queue) Clock(at stream.Stamp) {
	q.lock()
	defer q.mu.Unlock()
	q.settle(len(q.owing))
	if q.clock <= q.ring.freed && q.ring.fits(ringCost) {
		q.push(ringHead{kind: ringClock, at: at}, nil)
		q.clock = q.ring.head
	}
}

// Close tells what is owed, as soon as there is room, and how much was lost.
// No other call may follow but Restart.
func (q *Queue) Close() {
	q.pay()
	if q.refused > 0 {
		q.Notice(stream.Notice{
			Kind: stream.NoticeCap, Count: q.refused,
			Text: fmt.Sprintf("connections not analysed: more than %d octets waited for analysis", q.room.total),
		})
	}
	if q.dropped > 0 {
		q.Notice(stream.Notice{Kind: stream.NoticeDropped, Count: q.dropped, Text: "by the queue for analysis: it was full"})
	}
	q.pay()
	q.wake()
}

// pay waits until nothing is owed.
func (q *Queue) pay() {
	for !q.paid() {
		time.Sleep(settleEvery)
	}
}

// paid tells that nothing is owed.
func (q *Queue) paid() bool {
	q.lock()
	defer q.mu.Unlock()
	q.settle(len(q.owing))
	return len(q.owing) == 0 && len(q.notices) == 0
}

// Restart begins anew for another reader, when the one before is gone: what it
// has not read is lost, and connections that are open are told of as met in the
// middle.
func (q *Queue) Restart() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ring.walk(q.ring.head, len(q.ring.data), q.unread)
	q.ring.empty()
	q.ring.out.taken.Store(q.ring.head)
	now := stream.Stamp{Time: time.Now().UnixNano()}
	for number, t := range q.conns {
		if t.ended && len(t.ends) == 0 { // all of it was told, and nobody knows who heard it
			t.lostToNobody()
			delete(q.conns, number)
			continue
		}
		t.again(now)
	}
}

// unread takes back an entry that nobody will read. What is taken already is
// no entry any more.
func (q *Queue) unread(h *ringHead) {
	t := q.conns[h.conn]
	if t == nil {
		return
	}
	switch h.kind {
	case ringData:
		q.dropped++
		t.lost[h.dir].add(int64(h.octets), h.at)
	case ringGap, ringLost:
		t.lost[h.dir].add(h.n, h.at)
	}
}

// again has the connection told of as met in the middle.
func (t *queueTap) again(now stream.Stamp) {
	t.octets = 0
	t.q.owing[t] = struct{}{}
	if t.never {
		return
	}
	c := *t.conn
	c.SYN, c.Opened = false, now
	t.conn, t.about, t.opened, t.seen = &c, aboutConn(&c), false, true
	var fins []ringHead
	for dir, fin := range t.fin {
		h := ringHead{kind: ringEvent, dir: stream.Dir(dir), at: now, code: uint8(stream.EventFIN)}
		if fin && !slices.ContainsFunc(t.ends, func(e ringHead) bool { return e.dir == h.dir && e.code == h.code && e.kind == h.kind }) {
			fins = append(fins, h)
		}
	}
	t.ends = append(fins, t.ends...)
}

// owedHeads are the entries without octets that may be owed: that both sides
// were seen, and gaps in both directions.
const owedHeads = 4

// room tells that so many octets more may be enqueued, with what is owed.
func (t *queueTap) room(n int) bool {
	need := ringSize(n) + (owedHeads+len(t.ends))*ringCost + 2*ringSize(len(t.about))
	c := int64(need)
	return t.q.ring.used()+c <= t.q.room.total && t.octets+c <= t.q.room.perConn && t.q.ring.fits(need)
}

// lose notes octets that find no room.
func (t *queueTap) lose(dir stream.Dir, n int64, at stream.Stamp) {
	t.lost[dir].add(n, at)
	t.q.owing[t] = struct{}{}
}

// put enqueues an entry of the connection.
func (t *queueTap) put(h ringHead, octets []byte) {
	h.conn = t.number
	t.octets += int64(ringSize(len(octets)))
	t.q.push(h, octets)
}

// open enqueues the beginning, unless that is done.
func (t *queueTap) open() {
	if t.opened {
		return
	}
	t.opened = true
	t.q.conns[t.number] = t
	t.put(ringHead{kind: ringOpen}, t.about)
	t.about = nil
	for dir := stream.FromA; t.seen && dir <= stream.FromB; dir++ {
		t.put(ringHead{kind: ringEvent, dir: dir, at: t.conn.Opened, code: uint8(stream.EventSeen)}, nil)
	}
}

// tell enqueues what found no room: the beginning, gaps, ends.
func (t *queueTap) tell() {
	t.open()
	delete(t.q.owing, t)
	for dir := range t.lost {
		if l := &t.lost[dir]; l.some {
			h := ringHead{kind: ringGap, dir: stream.Dir(dir), at: l.at, n: l.n}
			if t.never {
				h.kind = ringLost
			}
			t.put(h, t.about) // of one that stands for others
			*l = lostOctets{}
		}
	}
	for _, h := range t.ends {
		t.put(h, nil)
	}
	t.ends = nil
}

// forgo ends a connection for which there never was room: what it lost is told
// by one that stands for all such of its link, so that any number of them costs
// nothing.
func (t *queueTap) forgo() {
	t.q.refused++
	t.lostToNobody()
}

// lostToNobody has what the connection lost told without it.
func (t *queueTap) lostToNobody() {
	q := t.q
	delete(q.owing, t)
	all := q.never[t.conn.Link]
	if all == nil {
		all = q.tap(t.conn)
		all.never, all.opened = true, true
		q.never[t.conn.Link] = all
		q.conns[all.number] = all
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
	t.q.lock()
	defer t.q.mu.Unlock()
	if !t.room(len(p)) {
		t.q.dropped++
		t.lose(dir, int64(len(p)), at)
		return
	}
	t.tell()
	t.put(ringHead{kind: ringData, dir: dir, at: at}, p)
}

// Gap implements stream.Tap.
func (t *queueTap) Gap(dir stream.Dir, at stream.Stamp, n int64) {
	t.q.lock()
	defer t.q.mu.Unlock()
	t.lose(dir, n, at)
	if t.room(0) {
		t.tell()
	}
}

// Event implements stream.Tap. Without room, only the ends of a connection are
// kept.
func (t *queueTap) Event(dir stream.Dir, at stream.Stamp, e stream.Event) {
	t.q.lock()
	defer t.q.mu.Unlock()
	h := ringHead{kind: ringEvent, dir: dir, at: at, code: uint8(e.Kind), n: e.N, other: e.Other}
	t.fin[dir] = t.fin[dir] || e.Kind == stream.EventFIN
	switch {
	case t.room(0):
		t.tell()
		t.put(h, nil)
	case t.opened && (e.Kind == stream.EventFIN || e.Kind == stream.EventRST) && len(t.ends) < keptEnds:
		t.end(h)
	}
}

// end keeps an end until there is room.
func (t *queueTap) end(h ringHead) {
	t.ends = append(t.ends, h)
	t.q.owing[t] = struct{}{}
}

// Close implements stream.Tap.
func (t *queueTap) Close(at stream.Stamp, reason error) {
	t.q.lock()
	defer t.q.mu.Unlock()
	t.ended = true
	h := ringHead{kind: ringClose, at: at, code: closeCode(reason)}
	switch {
	case t.room(0):
		t.tell()
		t.put(h, nil)
	case t.opened:
		t.end(h)
	default:
		t.forgo()
	}
}

// closeReasons are what a Tap's end is told as: ringHead.code is the place, and
// zero none.
var closeReasons = []error{nil, stream.ErrInputEnd, stream.ErrReused, stream.ErrEvicted, stream.ErrUnreached, stream.ErrLost}

func closeCode(reason error) uint8 {
	for code, known := range closeReasons {
		if errors.Is(reason, known) {
			return uint8(code)
		}
	}
	return uint8(len(closeReasons) - 1)
}
