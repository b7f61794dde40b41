package session

import (
	"smpptap/dissect"
	"smpptap/stream"
)

// maxEarly bounds the responses of one direction that wait for a request,
// maxEarlyTotal those of all connections.
const (
	maxEarly      = 4096
	maxEarlyTotal = 65_536
)

// early is a response whose request has not been seen yet.
type early struct {
	resp    Response
	session *Session
	raw     []byte
	taken   bool // its request came
}

// earlies are the responses of one direction that wait for their requests, in
// the order in which they came. No operation costs more than the responses it
// removes, but for find, which looks through them when the number fits.
type earlies struct {
	list  []early
	head  int            // those before it are gone
	bySeq map[uint32]int // how many wait with a number
}

func (q *earlies) len() int { return len(q.list) - q.head }

func (q *earlies) push(e early) {
	if q.head > 0 && q.head >= len(q.list)/2 {
		n := copy(q.list, q.list[q.head:])
		clear(q.list[n:])
		q.list, q.head = q.list[:n], 0
	}
	if q.bySeq == nil {
		q.bySeq = make(map[uint32]int)
	}
	q.list = append(q.list, e)
	q.bySeq[e.resp.Sequence]++
}

// first gives the oldest; nil: there is none. It is lent until the next push.
func (q *earlies) first() *early {
	for ; q.head < len(q.list); q.head++ {
		if e := &q.list[q.head]; !e.taken {
			return e
		}
	}
	return nil
}

// pop takes the oldest out, which first gave.
func (q *earlies) pop() {
	q.forget(&q.list[q.head])
	q.head++
}

// find gives the oldest that answers a request with the number and
// command_id.
func (q *earlies) find(seq, id uint32) *early {
	if q.bySeq[seq] == 0 {
		return nil
	}
	for i := q.head; i < len(q.list); i++ {
		e := &q.list[i]
		if !e.taken && e.resp.Sequence == seq && (e.resp.ID == id|dissect.ResponseBit || e.resp.ID == dissect.CmdGenericNack) {
			return e
		}
	}
	return nil
}

func (q *earlies) has(seq, id uint32) bool { return q.find(seq, id) != nil }

// take takes out what find gives.
func (q *earlies) take(seq, id uint32) *early {
	e := q.find(seq, id)
	if e != nil {
		q.forget(e)
	}
	return e
}

func (q *earlies) forget(e *early) {
	e.taken = true
	if n := q.bySeq[e.resp.Sequence]; n > 1 {
		q.bySeq[e.resp.Sequence] = n - 1
	} else {
		delete(q.bySeq, e.resp.Sequence)
	}
}

// keepEarly holds a response whose request may still come.
func (t *Tracker) keepEarly(c *Conn, o *Observed, resp Response) {
	q := &c.early[resp.Dir]
	if q.len() >= maxEarly || t.early >= maxEarlyTotal && q.first() != nil {
		t.giveUpEarly(c, q)
	}
	raw := append([]byte(nil), o.PDU.Raw[:min(len(o.PDU.Raw), KeptOctets)]...)
	q.push(early{resp: resp, session: o.Session, raw: raw})
	t.early++
}

// giveUpEarly tells that the oldest of q answers nothing; false: q is empty.
func (t *Tracker) giveUpEarly(c *Conn, q *earlies) bool {
	e := q.first()
	if e == nil {
		return false
	}
	t.unmatched(c, e)
	q.pop()
	t.early--
	return true
}

// matchEarly lets a response that came before r answer it.
func (t *Tracker) matchEarly(c *Conn, r *Request) {
	e := c.early[r.Dir.Other()].take(r.Sequence, r.ID)
	if e == nil {
		return
	}
	t.early--
	dissect.Decode(&t.scratchPDU, e.raw)
	t.paired = append(t.paired, Pair{Request: r.Number, Response: e.resp.Number, Latency: -1})
	t.settle(c, r, e.resp, &t.scratchPDU, EventAnswered, -1)
}

// matchEarlyNack lets a generic_nack that came before r, a request of a command
// that nobody knows, answer it: the framer may hold such a request until the
// next header shows that it is one.
func (t *Tracker) matchEarlyNack(c *Conn, r *Request) bool {
	e := c.early[r.Dir.Other()].take(r.Sequence, r.ID)
	if e == nil {
		return false
	}
	t.early--
	dissect.Decode(&t.scratchPDU, e.raw)
	r.answered, r.answer = true, e.resp
	t.paired = append(t.paired, Pair{Request: r.Number, Response: e.resp.Number, Latency: -1})
	t.emit(Event{Kind: EventAnswered, Conn: c, Session: r.Session, Req: r, Resp: e.resp, PDU: &t.scratchPDU, Time: e.resp.Time, Latency: -1})
	t.recycle(r)
	return true
}

// passEarly gives up on responses that the requester's direction has passed.
// Where that stands behind the other one nobody knows by how much.
func (t *Tracker) passEarly(c *Conn, requester stream.Dir, at int64) {
	if c.Unordered {
		return
	}
	q := &c.early[requester.Other()]
	for e := q.first(); e != nil && at-e.resp.Time >= int64(t.opt.EarlyWait); e = q.first() {
		t.giveUpEarly(c, q)
	}
}

// endEarly gives up on all.
func (t *Tracker) endEarly(c *Conn) {
	for dir := range c.early {
		for t.giveUpEarly(c, &c.early[dir]) {
		}
	}
	c.early = [2]earlies{}
}
