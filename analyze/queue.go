package analyze

import (
	"encoding/json"
	"fmt"
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
