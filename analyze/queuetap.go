package analyze

import (
	"errors"
	"slices"

	"smpptap/stream"
)

// keptEnds is how many ends of a connection wait for room.
const keptEnds = 8

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
