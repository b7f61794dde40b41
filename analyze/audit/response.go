package audit

import (
	"fmt"
	"math/bits"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// ofResponse starts evidence from a response.
func ofResponse(e *session.Event, id RuleID) evidence {
	r := &e.Resp
	return evidence{rule: id, conn: e.Conn, session: e.Session, pdu: r.Number, frame: r.Frame, time: r.Time}
}

// unmatched: response-unmatched. With a request it is a bind response under
// another number.
func (a *Auditor) unmatched(c *connState, e *session.Event) {
	r := &e.Resp
	if r.ID == dissect.CmdGenericNack && r.Sequence == 0 {
		return
	}
	if e.Req == nil && r.ID == dissect.CmdGenericNack && c.req.echoed(r.Number) {
		a.check(RuleResponseUnmatched)
		return
	}
	if e.Req == nil && (e.Doubt&session.DoubtOneSided != 0 || c.req.sides[r.Dir.Other()].evicted) {
		a.giveUp(RuleResponseUnmatched)
		return
	}
	if e.Req != nil {
		a.settled(c, e.Req)
	}
	a.check(RuleResponseUnmatched)
	ev := ofResponse(e, RuleResponseUnmatched)
	ev.cause = commandName(r.ID)
	ev.severity = lowered(Error, e.Doubt != 0)
	ev.field, ev.offset, ev.length = "sequence_number", 12, 4
	ev.seen = fmt.Sprint(r.Sequence)
	ev.wanted = "the number of a request"
	who := opening(c.conn.Sender(r.Dir))
	switch {
	case e.Req != nil:
		ev.wanted = fmt.Sprint(e.Req.Sequence)
		ev.message = fmt.Sprintf("%s answered bind %d under number %d; it has to echo the request's number.", who, e.Req.Sequence, r.Sequence)
	case e.Doubt == session.DoubtOrder:
		ev.message = fmt.Sprintf("%s sent %s %d, which answers no request.", who, ev.cause, r.Sequence) + doubtWords(e.Doubt)
		ev.cause += " in doubt"
	case e.Doubt != 0:
		ev.cause += " in doubt"
		ev.message = fmt.Sprintf("%s sent %s %d and no such request was seen; it may have stood where the capture has nothing.",
			who, ev.cause[:len(ev.cause)-len(" in doubt")], r.Sequence)
	default:
		ev.message = fmt.Sprintf("%s sent %s %d, which answers no request.", who, ev.cause, r.Sequence)
		if hint := c.req.sides[r.Dir.Other()].seen.hint(r.Sequence); hint != "" {
			ev.message += " " + hint
		}
	}
	a.fail(ev)
	if r.ID == dissect.CmdEnquireLink|dissect.ResponseBit && e.Doubt == 0 {
		p := &c.req.sides[r.Dir.Other()].probes
		p.strayAt, p.stray = r.Time, r.Sequence
	}
}

// oddNack: a generic_nack that answers an unknown command under another
// number than its.
func (a *Auditor) oddNack(c *connState, e *session.Event) {
	if e.Resp.Sequence == 0 {
		return
	}
	ev := ofResponse(e, RuleResponseUnmatched)
	ev.cause = commandName(e.Resp.ID)
	ev.field, ev.offset, ev.length = "sequence_number", 12, 4
	ev.seen, ev.wanted = fmt.Sprint(e.Resp.Sequence), fmt.Sprint(e.Req.Sequence)
	ev.message = fmt.Sprintf("%s refused %s under number %d; the request has number %d.",
		opening(c.conn.Sender(e.Resp.Dir)), commandName(e.Req.ID), e.Resp.Sequence, e.Req.Sequence)
	a.fail(ev)
}

// hint says how a number that no request has may have come about.
func (h *headerRing) hint(seq uint32) string {
	for i := range h.at {
		x := &h.at[i]
		if seq != 0 && bits.ReverseBytes32(x.seq) == seq && x.id&dissect.ResponseBit == 0 {
			return fmt.Sprintf("With its octets swapped it is %d, the number of a %s.", x.seq, commandName(x.id))
		}
	}
	return ""
}

// wrongType: response-wrong-type. A response that its side may never send is
// command-direction's.
func (a *Auditor) wrongType(c *connState, e *session.Event) {
	if againstDirection(c, e.Resp) {
		return
	}
	ev := ofResponse(e, RuleResponseWrongType)
	got, want := commandName(e.Resp.ID), commandName(e.Req.ID|dissect.ResponseBit)
	ev.cause = got + " for " + want
	ev.field, ev.offset, ev.length = "command_id", 4, 4
	ev.seen, ev.wanted = got, want
	ev.message = fmt.Sprintf("%s answered %s %d with %s.", opening(c.conn.Sender(e.Resp.Dir)), commandName(e.Req.ID), e.Req.Sequence, got)
	a.fail(ev)
}

// againstDirection tells a response that its side may never send.
func againstDirection(c *connState, r session.Response) bool {
	cmd := dissect.CommandByID(r.ID)
	return cmd != nil && cmd.From&c.conn.Sender(r.Dir) == 0
}

// duplicateResponse: response-duplicate. The first response that its side may
// send is no second one: what was wrong is the one before.
func (a *Auditor) duplicateResponse(c *connState, e *session.Event) {
	first, _ := e.Req.Answer()
	if againstDirection(c, first) && e.Resp.ID == e.Req.ID|dissect.ResponseBit {
		return
	}
	ev := ofResponse(e, RuleResponseDuplicate)
	ev.cause = commandName(e.Resp.ID)
	ev.seen, ev.wanted = "a second response", "one response"
	ev.message = fmt.Sprintf("%s answered %s %d twice, the second time %s later.", opening(c.conn.Sender(e.Resp.Dir)),
		commandName(e.Req.ID), e.Req.Sequence, inSeconds(e.Resp.Time-first.Time))
	ev.severity = Error
	a.holdDuplicate(c, ev, e)
}

// reusedNumber: sequence-reused.
func (a *Auditor) reusedNumber(c *connState, e *session.Event) {
	r, old := e.Req, e.OldReq
	ev := ofRequest(r, RuleSequenceReused)
	ev.cause = r.From.String()
	ev.severity = Error
	ev.field, ev.offset, ev.length = "sequence_number", 12, 4
	ev.seen = fmt.Sprint(r.Sequence)
	ev.wanted = "a number that is not in use"
	ev.message = fmt.Sprintf("%s numbered %s %d although its %s with this number was still unanswered after %s.",
		opening(r.From), commandName(r.ID), r.Sequence, commandName(old.ID), inSeconds(r.Time-old.Time))
	a.holdReused(c, ev, e)
}
