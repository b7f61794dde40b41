package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// bareRefusal remembers a failed response that is a header alone, as the
// specification has it: there are receivers that want a body all the same.
func (a *Auditor) bareRefusal(c *connState, o *session.Observed) {
	p := o.PDU
	if len(p.Command.Params) == 0 || isBindRequest(p.ID&^dissect.ResponseBit) || len(p.Raw) < dissect.HeaderLen {
		return
	}
	a.check(RuleBodyExpected)
	b := c.pdus.errorBody[o.Dir]
	if b == nil {
		b = new(errorBody)
		c.pdus.errorBody[o.Dir] = b
	}
	took := b.took || b.e.time != 0 && c.conn.Sides[o.Dir.Other()].LastPDU > b.e.time
	*b = errorBody{of(o, RuleBodyExpected), p.Sequence, p.Status, took}
	b.e.cause = p.Command.Name
}

// bareNack: body-expected, for a generic_nack that bears the response's number.
func (a *Auditor) bareNack(b *errorBody, o *session.Observed) {
	if o.PDU.Sequence == b.seq {
		a.bodyExpected(b, Warning, fmt.Sprintf("%s sent generic_nack for it %s later", party(o.From), inSeconds(o.Time-b.e.time)))
	}
}

// bareClose: body-expected, for a receiver that sent nothing more and closed.
// It may just have been done, or end at the first refusal, whatever it looks
// like; one that went on after an earlier refusal takes them.
func (a *Auditor) bareClose(c *connState, b *errorBody, after int64) {
	conn := c.conn
	if b.took || conn.Sides[conn.EndedBy].LastPDU > b.e.time || conn.OneSided() || gapSince(conn, b.e.time) {
		return
	}
	a.bodyExpected(b, Note, fmt.Sprintf("%s sent nothing more and closed the connection without unbind %s later", party(conn.Sender(conn.EndedBy)), inSeconds(after)))
}

func (a *Auditor) bodyExpected(b *errorBody, severity Severity, what string) {
	e := b.e
	b.e.time = 0
	e.severity = severity
	name, _ := a.status(b.status)
	e.seen, e.wanted = "a reaction to a header alone", "a receiver that takes a failed response without a body"
	e.message = fmt.Sprintf("A %s that refuses with %s came without a body, as the specification has it, and %s.", e.cause, name, what)
	a.fail(e)
}
