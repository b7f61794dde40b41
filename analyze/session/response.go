package session

import (
	"time"

	"smpptap/dissect"
)

// doubtWindow is how long before a response a request may plausibly have
// stood unseen.
const doubtWindow = int64(10 * time.Minute)

// respond pairs a response with its request.
func (t *Tracker) respond(c *Conn, o *Observed) {
	tab := &c.tables[o.Dir.Other()]
	resp := responseOf(o)
	if r, right := tab.find(resp.Sequence, resp.ID, c.Sides[o.Dir].GapAt); r != nil && (right || o.PDU.Command != nil) {
		t.answer(c, o, r, right || resp.ID == dissect.CmdGenericNack)
		return
	}
	switch {
	case resp.ID == dissect.CmdGenericNack && t.nackUnknown(c, o, tab):
	case resp.ID == dissect.CmdGenericNack && resp.Sequence == 0:
	case o.PDU.Command == nil: // of a command nobody knows: pairs with nothing
	case dissect.IsBindResponse(resp.ID) && t.bindAnyNumber(c, o, tab):
	case t.duplicate(c, o, tab):
	default:
		t.keepEarly(c, o, resp)
	}
	if dissect.IsBindResponse(resp.ID) && tab.bySeq.slots == nil {
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
	t.events = append(t.events, Event{}) // filled in place, see Observe
	e := &t.events[len(t.events)-1]
	e.Kind, e.Conn, e.Session, e.Req = kind, c, r.Session, r
	e.Resp, e.PDU, e.Time, e.Latency = resp, p, resp.Time, latency
	if dissect.IsBind(r.ID) {
		t.bindAnswered(c, r, resp, p)
	}
	if r.ID == dissect.CmdUnbind && resp.ID != dissect.CmdGenericNack {
		t.unbound(r.Session, resp.Time)
	}
}

// nackUnknown lets a generic_nack answer the last request of an unknown
// command: by its number, or with ESME_RINVCMDID whatever the number.
func (t *Tracker) nackUnknown(c *Conn, o *Observed, tab *table) bool {
	r := tab.unknown
	if r == nil || r.Sequence != o.PDU.Sequence && o.PDU.Status != dissect.StatusInvalidCommandID {
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
	r := tab.pendingBind()
	if r == nil {
		return false
	}
	o.Request, o.Latency = r.Number, o.Time-r.Time
	t.settle(c, r, responseOf(o), o.PDU, EventUnmatched, o.Latency)
	return true
}

// duplicate tells a second response to one request. Behind one of another
// command the right one takes its place: it is the one that later ones repeat.
func (t *Tracker) duplicate(c *Conn, o *Observed, tab *table) bool {
	a := tab.answeredBefore(o.PDU.Sequence, o.PDU.ID)
	if a == nil {
		return false
	}
	r := &t.scratchReq
	*r = Request{
		Conn: c, Session: o.Session, Dir: o.Dir.Other(), From: c.Sender(o.Dir.Other()), Number: a.number, Frame: a.frame, Time: a.time,
		ID: a.id, Sequence: a.seq, Command: dissect.CommandByID(a.id), answered: true, answer: Response{Time: a.answered, ID: a.answer, Status: a.status, Dir: o.Dir},
	}
	e := Event{Kind: EventDuplicate, Conn: c, Session: o.Session, Req: r, Resp: responseOf(o), PDU: o.PDU, Time: o.Time, Latency: -1}
	if a.answered < a.time {
		e.Doubt = c.requestDoubt(r.answer) // the first may belong to a request that was not seen
	}
	t.emit(e)
	if right := a.id | dissect.ResponseBit; a.answer != right && o.PDU.ID == right {
		a.answered, a.answer, a.status = o.Time, o.PDU.ID, o.PDU.Status
	}
	return true
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
	if c.Unordered {
		d |= DoubtOrder
	}
	return d
}
