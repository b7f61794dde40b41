package session

import (
	"time"

	"smpptap/dissect"
	"smpptap/stream"
)

const (
	genericNack uint32 = 0x80000000
	invalidID   uint32 = 0x00000003 // ESME_RINVCMDID
)

// earlyWait is how far the requester's direction must have passed a response
// before it counts as unmatched (rules.yaml, Order).
const earlyWait = int64(2 * time.Second)

// maxEarly bounds the responses of one connection that wait for a request.
const maxEarly = 4096

// doubtWindow is how long before a response a request may plausibly have
// stood unseen.
const doubtWindow = int64(10 * time.Minute)

// early is a response whose request has not been seen yet.
type early struct {
	resp    Response
	session *Session
	raw     []byte
}

// respond pairs a response with its request.
func (t *Tracker) respond(c *Conn, o *Observed) {
	tab := &c.tables[o.Dir.Other()]
	resp := responseOf(o)
	if r, right := tab.find(resp.Sequence, resp.ID); r != nil && (right || o.PDU.Command != nil) {
		t.answer(c, o, r, right || resp.ID == genericNack)
		return
	}
	switch {
	case resp.ID == genericNack && t.nackUnknown(c, o, tab):
	case resp.ID == genericNack && resp.Sequence == 0:
	case o.PDU.Command == nil: // of a command nobody knows: pairs with nothing
	case isBind(resp.ID&^dissect.ResponseBit) && t.bindAnyNumber(c, o, tab):
	case t.duplicate(c, o, tab):
	default:
		t.keepEarly(c, o, resp)
	}
	if isBind(resp.ID&^dissect.ResponseBit) && tab.bySeq == nil {
		t.boundUnseen(c, o)
	}
}

func responseOf(o *Observed) Response {
	return Response{
		Number: o.Number, Frame: o.Frame.At.Frame, Time: o.Time,
		ID: o.PDU.ID, Status: o.PDU.Status, Sequence: o.PDU.Sequence, Dir: o.Dir,
	}
}

// answer settles r with the response in hand.
func (t *Tracker) answer(c *Conn, o *Observed, r *Request, right bool) {
	o.Request, o.Latency = r.Number, o.Time-r.Time
	kind := EventAnswered
	switch {
	case !right:
		kind = EventWrongType
	case r.TimedOut:
		kind = EventAnsweredLate
	}
	t.settle(c, r, responseOf(o), o.PDU, kind, o.Latency)
}

// settle takes r out of its table and raises the events of its response.
func (t *Tracker) settle(c *Conn, r *Request, resp Response, p *dissect.PDU, kind EventKind, latency int64) {
	r.answered, r.answer = true, resp
	c.tables[r.Dir].remember(r)
	t.drop(r)
	t.emit(Event{Kind: kind, Conn: c, Session: r.Session, Req: r, Resp: resp, PDU: p, Time: resp.Time, Latency: latency})
	if isBind(r.ID) {
		t.bindAnswered(c, r, resp, p)
	}
	if r.ID == unbind && resp.ID != genericNack {
		t.unbound(r.Session, resp.Time)
	}
}

// nackUnknown lets a generic_nack answer the last request of an unknown
// command: by its number, or with ESME_RINVCMDID whatever the number.
func (t *Tracker) nackUnknown(c *Conn, o *Observed, tab *table) bool {
	r := tab.unknown
	if r == nil || r.Sequence != o.PDU.Sequence && o.PDU.Status != invalidID {
		return false
	}
	tab.unknown = nil
	r.answered, r.answer = true, responseOf(o)
	o.Request, o.Latency = r.Number, o.Time-r.Time
	t.emit(Event{Kind: EventAnswered, Conn: c, Session: r.Session, Req: r, Resp: r.answer, PDU: o.PDU, Time: o.Time, Latency: o.Latency})
	return true
}

// bindAnyNumber lets a bind response answer the pending bind whatever its
// number (rules.yaml, response-unmatched).
func (t *Tracker) bindAnyNumber(c *Conn, o *Observed, tab *table) bool {
	r := tab.waiting.first
	for r != nil && !isBind(r.ID) {
		r = r.next
	}
	if r == nil {
		return false
	}
	o.Request, o.Latency = r.Number, o.Time-r.Time
	t.settle(c, r, responseOf(o), o.PDU, EventUnmatched, o.Latency)
	return true
}

// duplicate tells a second response to one request.
func (t *Tracker) duplicate(c *Conn, o *Observed, tab *table) bool {
	a := tab.answeredBefore(o.PDU.Sequence, o.PDU.ID)
	if a == nil {
		return false
	}
	r := &t.scratchReq
	*r = Request{
		Conn: c, Session: o.Session, Dir: o.Dir.Other(), From: a.from, Number: a.number, Frame: a.frame, Time: a.time,
		ID: a.id, Sequence: a.seq, Command: a.command, answered: true, answer: a.answer,
	}
	t.emit(Event{Kind: EventDuplicate, Conn: c, Session: o.Session, Req: r, Resp: responseOf(o), PDU: o.PDU, Time: o.Time, Latency: -1})
	return true
}

// keepEarly holds a response whose request may still come.
func (t *Tracker) keepEarly(c *Conn, o *Observed, resp Response) {
	if len(c.early) >= maxEarly {
		t.unmatched(c, &c.early[0])
		c.early = append(c.early[:0], c.early[1:]...)
	}
	raw := append([]byte(nil), o.PDU.Raw[:min(len(o.PDU.Raw), KeptOctets)]...)
	c.early = append(c.early, early{resp, o.Session, raw})
}

// matchEarly lets a response that came before r answer it.
func (t *Tracker) matchEarly(c *Conn, r *Request) {
	for i := range c.early {
		e := &c.early[i]
		if e.resp.Dir == r.Dir || e.resp.Sequence != r.Sequence || e.resp.ID != r.ID|dissect.ResponseBit && e.resp.ID != genericNack {
			continue
		}
		resp, raw := e.resp, e.raw
		c.early = append(c.early[:i], c.early[i+1:]...)
		dissect.Decode(&t.scratchPDU, raw)
		t.paired = append(t.paired, Pair{Request: r.Number, Response: resp.Number, Latency: -1})
		t.settle(c, r, resp, &t.scratchPDU, EventAnswered, -1)
		return
	}
}

// passEarly gives up on responses that the requester's direction has passed.
func (t *Tracker) passEarly(c *Conn, requester stream.Dir, at int64) {
	n := 0
	for i := range c.early {
		e := &c.early[i]
		if e.resp.Dir != requester && at-e.resp.Time >= earlyWait {
			t.unmatched(c, e)
			continue
		}
		c.early[n] = *e
		n++
	}
	clear(c.early[n:])
	c.early = c.early[:n]
}

func (t *Tracker) unmatched(c *Conn, e *early) {
	t.emit(Event{
		Kind: EventUnmatched, Conn: c, Session: e.session, Resp: e.resp,
		Time: e.resp.Time, Latency: -1, Doubt: c.requestDoubt(e.resp),
	})
}

// requestDoubt says why the request of a response may have stood unseen.
func (c *Conn) requestDoubt(r Response) (d Doubt) {
	s := &c.Sides[r.Dir.Other()]
	if !c.SYN && r.Time-c.Opened.Time < doubtWindow {
		d |= DoubtStart
	}
	if s.GapAt != 0 && r.Time-s.GapAt < doubtWindow {
		d |= DoubtGap
	}
	if c.OneSided() {
		d |= DoubtOneSided
	}
	return d
}
