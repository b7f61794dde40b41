package session

import (
	"smpptap/dissect"
	"smpptap/stream"
)

// Doubt says why something that was not seen may have been there all the
// same (rules.yaml, Evidence). Zero: no doubt.
type Doubt uint8

// Reasons for doubt.
const (
	DoubtStart    Doubt = 1 << iota // the capture began inside the connection
	DoubtGap                        // octets of the direction were lost meanwhile
	DoubtOneSided                   // the direction was not captured
	DoubtEnd                        // still running when the capture ended
	DoubtEvicted                    // a table was full
	DoubtOrder                      // which of two came first is not known
	DoubtClosed                     // who is asked had closed its direction (FIN) before
)

// Request is a request that waits, or waited, for its response. The tracker
// owns it; it is valid during the call that brings it.
type Request struct {
	Conn     *Conn
	Session  *Session
	Dir      stream.Dir
	From     dissect.Side
	Number   int64 // of the PDU
	Frame    int64
	Time     int64
	ID       uint32
	Sequence uint32
	Command  *dissect.Command // nil: unknown
	// Raw is a copy of the PDU's octets (the first KeptOctets of it).
	Raw []byte
	// Open is how many requests of this side had no answer when it was sent,
	// itself among them.
	Open int32
	// State is the session's state before the request.
	State State
	// Packing is how its octets lay in the packets.
	Packing Packing
	// TimedOut: EventTimeout was raised for it.
	TimedOut bool
	// AfterUnbind: sent after an unbind of the same session was answered.
	AfterUnbind bool
	Doubt       Doubt

	began    int64 // when its first octet came
	deadline int64
	answered bool
	answer   Response

	older, newer *Request // with the same number
	newest       *Request // of the number; only the oldest knows it
	prev, next   *Request // in the table's order of sending
}

// Packing is how a PDU lies in the packets that carried it, where there are
// packets.
type Packing uint8

// Bits of a Packing.
const (
	PackedBehind Packing = 1 << iota // it begins in the packet in which the PDU before it ends
	PackedSplit                      // it ends in another packet than it begins in
)

// Answer gives the response seen; ok is false while there is none.
func (r *Request) Answer() (Response, bool) { return r.answer, r.answered }

// Response identifies a response PDU.
type Response struct {
	Number, Frame int64
	Time          int64
	ID, Status    uint32
	Sequence      uint32
	Dir           stream.Dir
}

// EventKind is the kind of an Event.
type EventKind uint8

// Kinds of events. What each brings beside Conn, Session and Time stands
// behind it.
const (
	// EventAnswered: a response came in time. Req, Resp, PDU, Latency. A
	// generic_nack answers too (Resp.ID tells). Where the response stood
	// before its request, PDU is the response all the same and Latency -1.
	EventAnswered EventKind = iota + 1
	// EventAnsweredLate: a response came after EventTimeout. Req, Resp, PDU,
	// Latency.
	EventAnsweredLate
	// EventWrongType: the response's number matches a request of another
	// command; the request counts as answered. Req, Resp, PDU, Latency.
	EventWrongType
	// EventDuplicate: a second response to an answered request. Req, Resp, PDU.
	// Of the first response Req's Answer tells its time, command, status and
	// direction alone.
	EventDuplicate
	// EventUnmatched: a response that belongs to no request. Raised when that
	// is certain, so later than the response. Resp; Doubt: its request may
	// have stood where the capture has nothing. A bind response with a wrong
	// number while a bind is pending: Req is that bind, PDU the response,
	// and EventBind or EventBindRefused follows.
	EventUnmatched
	// EventReused: Req is a new request with the number of OldReq, which is
	// unanswered. PDU.
	EventReused
	// EventTimeout: no response within the response time. Req (its Doubt
	// tells whether one may have been lost).
	EventTimeout
	// EventAbandoned: the connection ended with Req unanswered. Raised for
	// each, after EventTimeout where that was raised. Doubt as in Req.
	EventAbandoned
	// EventOpen: the input ended with Req unanswered and its time not over.
	EventOpen
	// EventEvicted: Req was dropped because a table was full.
	EventEvicted
	// EventBind: a bind was answered with status 0 (Req, Resp, PDU). Comes
	// behind EventAnswered, EventAnsweredLate, EventWrongType or
	// EventUnmatched. Req is nil when the bind itself was not seen.
	EventBind
	// EventBindRefused: with another status (Req, Resp, PDU).
	EventBindRefused
	// EventSessionStart, EventSessionEnd: a session's first PDU; its end (by
	// the next bind after unbind_resp, or the connection's end).
	EventSessionStart
	EventSessionEnd
	// EventConnEnd: the connection has ended (Conn.End says how), or the
	// input has (Conn.End is EndNone). Comes last for a connection, after
	// EventAbandoned, EventOpen and EventSessionEnd.
	EventConnEnd
)

// Event is something the tracker found out. It is lent for the call.
type Event struct {
	Kind    EventKind
	Conn    *Conn
	Session *Session
	Req     *Request
	OldReq  *Request
	Resp    Response
	PDU     *dissect.PDU
	Time    int64
	Latency int64 // nanoseconds; negative: unknown
	Doubt   Doubt
}

// Observed is what the tracker makes of one PDU. It is lent for the call.
type Observed struct {
	Conn    *Conn
	Session *Session
	Dir     stream.Dir
	From    dissect.Side
	Number  int64
	Frame   *stream.Frame
	Time    int64
	PDU     *dissect.PDU
	// Before is the session's state before the PDU.
	Before State
	// Request is the number of the request that this response answers; zero:
	// none, or not known yet.
	Request int64
	Latency int64 // nanoseconds; negative: unknown
	// Packing is how the PDU lay in the packets.
	Packing Packing
	// Cut: octets of the PDU are missing; no one is to be accused of it.
	Cut bool
	// Clean: dissect.Validate finds nothing in the PDU where one of these
	// sides sends it in a 3.4 session under the run's dialect. Zero: not known.
	Clean dissect.Side
	// SessionStart: the PDU opened Session.
	SessionStart bool
	// AfterUnbind: Session's unbind was answered before.
	AfterUnbind bool
}
