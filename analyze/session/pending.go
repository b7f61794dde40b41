package session

import (
	"cmp"
	"container/heap"
	"slices"

	"smpptap/dissect"
	"smpptap/stream"
)

// KeptOctets is how much of a request is kept until its response.
const KeptOctets = 2048

// keptCapacity is how large a buffer a recycled request may keep.
const keptCapacity = 512

// sameLook is how many of the requests with one number are looked at for the
// command of a response: no honest peer has as many, and a hostile one must
// not make each response cost the length of the table.
const sameLook = 64

// recentAnswers is how many answered requests of one side are remembered, to
// tell a second response from one that belongs to nothing.
const recentAnswers = 128

// table holds one side's requests that wait for a response.
//
// Those whose time is not over stand in order of sending in waiting, so the
// first has the earliest deadline; those that timed out stand in overdue and
// still match a late response.
type table struct {
	bySeq            bySequence // the oldest of each number
	waiting, overdue list
	recent           []answeredRequest // ring
	recentAt         int
	binds            []*Request // those of waiting and overdue, at most sameLook
	armed            bool       // the tracker's heap holds an entry for the table
	unknown          *Request   // the last request of an unknown command
}

// answeredRequest is what is remembered of a request after its response, which
// came at answered. Every response writes one, and those of all connections
// are more than a processor's cache holds: it is small for that, and has no
// pointer.
type answeredRequest struct {
	number, frame, time, answered int64
	id, seq                       uint32
	answer, status                uint32 // command_id and command_status of the response
}

// list is a doubly linked list of requests.
type list struct{ first, last *Request }

func (l *list) push(r *Request) {
	r.prev, r.next = l.last, nil
	if l.last == nil {
		l.first = r
	} else {
		l.last.next = r
	}
	l.last = r
}

func (l *list) remove(r *Request) {
	if r.prev == nil {
		l.first = r.next
	} else {
		r.prev.next = r.next
	}
	if r.next == nil {
		l.last = r.prev
	} else {
		r.next.prev = r.prev
	}
	r.prev, r.next = nil, nil
}

// find gives the request that a response with this number and command_id
// answers: the oldest of its command, else the oldest of any other. Where one
// of the command was sent behind the last gap in the answers, at gapAt, and an
// older one's answer may have been lost in that, it answers the later one.
func (t *table) find(seq, id uint32, gapAt int64) (r *Request, right bool) {
	oldest := t.bySeq.get(seq)
	for q, n := oldest, 0; q != nil && n < sameLook; q, n = q.newer, n+1 {
		if q.ID|dissect.ResponseBit != id {
			continue
		}
		if r == nil {
			r = q
		}
		if gapAt < max(r.began, 1) || gapAt < q.began {
			return q, true
		}
	}
	if r != nil {
		return r, true
	}
	return oldest, false
}

// link enters r, and gives the newest other request with its number.
func (t *table) link(r *Request) (old *Request) {
	t.waiting.push(r)
	if dissect.IsBind(r.ID) && len(t.binds) < sameLook {
		t.binds = append(t.binds, r)
	}
	oldest := t.bySeq.get(r.Sequence)
	if oldest == nil {
		t.bySeq.set(r)
		r.newest = r
		return nil
	}
	old = oldest.newest
	old.newer, r.older = r, old
	oldest.newest = r
	return old
}

// unlink takes r out of the table.
func (t *table) unlink(r *Request) {
	if r.TimedOut {
		t.overdue.remove(r)
	} else {
		t.waiting.remove(r)
	}
	if dissect.IsBind(r.ID) {
		t.binds = slices.DeleteFunc(t.binds, func(q *Request) bool { return q == r })
	}
	switch {
	case r.older == nil && r.newer == nil:
		t.bySeq.remove(r.Sequence)
	case r.older == nil:
		r.newer.older, r.newer.newest = nil, r.newest
		t.bySeq.set(r.newer)
	case r.newer == nil:
		r.older.newer = nil
		t.bySeq.get(r.Sequence).newest = r.older
	default:
		r.older.newer, r.newer.older = r.newer, r.older
	}
	r.older, r.newer, r.newest = nil, nil, nil
}

// pendingBind gives the oldest bind whose time is not over.
func (t *table) pendingBind() *Request {
	for _, r := range t.binds {
		if !r.TimedOut {
			return r
		}
	}
	return nil
}

// OnlyOpen gives the one request sent in dir that waits for its response; nil:
// there is none, or several. It is lent for the call.
func (c *Conn) OnlyOpen(dir stream.Dir) *Request {
	if c.Sides[dir].Outstanding != 1 {
		return nil
	}
	return cmp.Or(c.tables[dir].waiting.first, c.tables[dir].overdue.first)
}

// remember keeps an answered request in the ring.
func (t *table) remember(r *Request) {
	a := answeredRequest{r.Number, r.Frame, r.Time, r.answer.Time, r.ID, r.Sequence, r.answer.ID, r.answer.Status}
	if len(t.recent) < recentAnswers {
		t.recent = append(t.recent, a)
		return
	}
	t.recent[t.recentAt] = a
	t.recentAt = (t.recentAt + 1) % recentAnswers
}

// answeredBefore finds an answered request with the number, the newest first.
func (t *table) answeredBefore(seq, id uint32) *answeredRequest {
	var found *answeredRequest
	for i := range t.recent {
		a := &t.recent[i]
		if a.seq != seq || (id != dissect.CmdGenericNack && a.id|dissect.ResponseBit != id) {
			continue
		}
		if found == nil || a.number > found.number {
			found = a
		}
	}
	return found
}

// newRequest takes a request from the free list and fills it.
func (t *Tracker) newRequest(c *Conn, o *Observed) *Request {
	r := t.free
	if r == nil {
		r = new(Request)
	} else {
		t.free = r.next
	}
	raw := r.Raw[:0]
	raw = append(raw, o.PDU.Raw[:min(len(o.PDU.Raw), KeptOctets)]...)
	*r = Request{} // and filled in place, see Observe
	r.Conn, r.Session, r.Dir, r.From = c, o.Session, o.Dir, o.From
	r.Number, r.Frame, r.Time, r.began = o.Number, o.Frame.At.Frame, o.Time, min(o.Frame.Began.Time, o.Time)
	r.ID, r.Sequence, r.Command = o.PDU.ID, o.PDU.Sequence, o.PDU.Command
	r.Raw, r.State, r.Packing, r.AfterUnbind = raw, o.Before, o.Packing, o.AfterUnbind
	return r
}

// recycle gives a request back. The caller has unlinked it and nothing lent
// it any more; that is why it waits until the next call (Tracker.spent).
func (t *Tracker) recycle(r *Request) {
	r.next = t.spent
	t.spent = r
}

// reclaim moves what the last call lent to the free list.
func (t *Tracker) reclaim() {
	for r := t.spent; r != nil; {
		next := r.next
		if cap(r.Raw) > keptCapacity {
			r.Raw = nil
		}
		r.next, t.free = t.free, r
		r = next
	}
	t.spent = nil
}

// register enters a new request and arms the timer of its table.
func (t *Tracker) register(c *Conn, o *Observed) {
	tab := &c.tables[o.Dir]
	r := t.newRequest(c, o)
	r.deadline = o.Time + t.responseTime(o.From)
	if old := tab.link(r); old != nil {
		t.emit(Event{Kind: EventReused, Conn: c, Session: o.Session, Req: r, OldReq: old, PDU: o.PDU, Time: o.Time})
	}
	t.outstanding++
	s := &c.Sides[o.Dir]
	s.Outstanding++
	s.MaxOutstanding = max(s.MaxOutstanding, s.Outstanding)
	r.Open = int32(s.Outstanding)
	t.arm(c, o.Dir)
	t.evict(c, o.Dir)
	t.matchEarly(c, r)
}

// responseTime is how long the other side may take to answer a request of
// from.
func (t *Tracker) responseTime(from dissect.Side) int64 {
	if from == dissect.SMSC {
		return int64(t.opt.ResponseESME)
	}
	return int64(t.opt.ResponseSMSC)
}

// evict drops the oldest requests beyond the caps.
func (t *Tracker) evict(c *Conn, dir stream.Dir) {
	for c.Sides[dir].Outstanding > t.opt.MaxOutstanding {
		tab := &c.tables[dir]
		r := tab.overdue.first
		if r == nil {
			r = tab.waiting.first
		}
		t.evictOne(r)
	}
	if t.outstanding > t.opt.MaxTotal {
		t.evictOldest()
	}
}

func (t *Tracker) evictOne(r *Request) {
	t.drop(r)
	r.Doubt |= DoubtEvicted
	t.emit(Event{Kind: EventEvicted, Conn: r.Conn, Session: r.Session, Req: r, Time: t.now, Doubt: r.Doubt})
}

// evictOldest drops the oldest requests of all connections, so many at once
// that looking for them costs little a request.
func (t *Tracker) evictOldest() {
	var all []*Request
	for _, c := range t.conns {
		for dir := range c.tables {
			for _, l := range [...]*list{&c.tables[dir].overdue, &c.tables[dir].waiting} {
				for r := l.first; r != nil; r = r.next {
					all = append(all, r)
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b *Request) int { return cmp.Compare(a.Number, b.Number) })
	for _, r := range all[:len(all)-t.opt.MaxTotal+t.opt.MaxTotal/64] {
		t.evictOne(r)
	}
}

// drop takes a request out of its table; it stays lent until the next call.
func (t *Tracker) drop(r *Request) {
	r.Conn.tables[r.Dir].unlink(r)
	r.Conn.Sides[r.Dir].Outstanding--
	t.outstanding--
	t.recycle(r)
}

// timer is the tracker's heap entry for one table.
type timer struct {
	at   int64
	conn *Conn
	dir  stream.Dir
}

type timers []timer

func (h timers) Len() int           { return len(h) }
func (h timers) Less(i, j int) bool { return h[i].at < h[j].at }
func (h timers) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *timers) Push(x any)        { *h = append(*h, x.(timer)) }
func (h *timers) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// arm puts the table on the heap unless it is there. An entry is not moved
// when its request is answered: it fires, finds the next one and is put back,
// which costs once per response time instead of once per request.
func (t *Tracker) arm(c *Conn, dir stream.Dir) {
	tab := &c.tables[dir]
	if tab.armed || tab.waiting.first == nil {
		return
	}
	tab.armed = true
	heap.Push(&t.timers, timer{tab.waiting.first.deadline, c, dir})
}

// Expire tells that time has come to now (nanoseconds since 1970 UTC) and
// raises what silence caused. The events are lent until the next call.
func (t *Tracker) Expire(now int64) []Event {
	t.begin(now)
	t.expire()
	return t.events
}

// expire raises what is over: an answer at the deadline itself is in time.
func (t *Tracker) expire() {
	for len(t.timers) > 0 && t.timers[0].at < t.now {
		x := heap.Pop(&t.timers).(timer)
		tab := &x.conn.tables[x.dir]
		tab.armed = false
		if x.conn.closed {
			continue
		}
		for r := tab.waiting.first; r != nil && r.deadline < t.now; r = tab.waiting.first {
			tab.waiting.remove(r)
			tab.overdue.push(r)
			r.TimedOut = true
			r.Doubt |= x.conn.answerDoubt(r)
			t.emit(Event{Kind: EventTimeout, Conn: x.conn, Session: r.Session, Req: r, Time: r.deadline, Doubt: r.Doubt})
		}
		t.arm(x.conn, x.dir)
	}
}

// answerDoubt says why the response to r may have come unseen. A hole in r
// itself makes its time that of what came behind the hole.
func (c *Conn) answerDoubt(r *Request) (d Doubt) {
	if c.Sides[r.Dir.Other()].GapAt >= max(r.began, 1) {
		d |= DoubtGap
	}
	if c.OneSided() {
		d |= DoubtOneSided
	}
	if c.Unordered {
		d |= DoubtOrder
	}
	if fin := c.Sides[r.Dir.Other()].FINAt; fin != 0 && r.Time > fin {
		d |= DoubtClosed
	}
	return d
}
