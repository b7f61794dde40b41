package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// failedResponse is one with a body, or without one, until its receiver
// reacts.
type failedResponse struct {
	e      evidence // body-on-error's or body-expected's; time 0: judged
	seq    uint32
	status uint32
	// took: the receiver went on after an earlier one without a body, or with
	// one.
	took [2]bool
}

// kind is the place in took.
func (b *failedResponse) kind() int {
	if b.e.rule == RuleBodyOnError {
		return 1
	}
	return 0
}

// taken tells that the receiver, whose last PDU came at last, went on after the
// response or an earlier one of its kind.
func (b *failedResponse) taken(last int64) bool {
	return b.took[b.kind()] || b.e.time != 0 && last > b.e.time
}

// awaitReaction remembers a failed response. A bind's is the last word for
// some receivers, whatever it looks like.
func (c *connState) awaitReaction(o *session.Observed, e evidence) {
	if dissect.IsBind(o.PDU.ID &^ dissect.ResponseBit) {
		return
	}
	b := c.pdus.failed[o.Dir]
	if b == nil {
		b = new(failedResponse)
		c.pdus.failed[o.Dir] = b
	}
	b.took[b.kind()] = b.taken(c.conn.Sides[o.Dir.Other()].LastPDU)
	b.e, b.seq, b.status = e, o.PDU.Sequence, o.PDU.Status
}

// reactedTo gives the failed response that a reaction at a time may be about;
// nil: none.
func (a *Auditor) reactedTo(b *failedResponse, at int64) *failedResponse {
	if b == nil || b.e.time == 0 || at < b.e.time || at-b.e.time > a.limit.Reaction {
		return nil
	}
	return b
}

// refusalNacked takes a generic_nack: its sender may have choked on a failed
// response. One with a request of its own, or that names another PDU, is not
// about it.
func (a *Auditor) refusalNacked(c *connState, o *session.Observed) {
	dir := o.Dir.Other()
	b := a.reactedTo(c.pdus.failed[dir], o.Time)
	if b == nil || o.Request != 0 {
		return
	}
	named := o.PDU.Sequence == b.seq
	if x, _ := c.req.sides[dir].seen.culprit(o.PDU.Sequence); x != nil && x.number != b.e.pdu || !named && gapSince(c.conn, b.e.time) {
		return
	}
	who, after := party(o.From), inSeconds(o.Time-b.e.time)
	switch {
	case b.e.rule == RuleBodyOnError:
		a.bodyReaction(b, fmt.Sprintf("%s sent generic_nack %s later", who, after))
	case named:
		a.bodyExpected(b, Warning, fmt.Sprintf("%s sent generic_nack for it %s later", who, after))
	}
}

// refusalClosed takes the end of a connection for the same question. A receiver
// that went on, after this failed response or after an earlier one, takes
// them; and an unbind may be among octets that were lost.
func (a *Auditor) refusalClosed(c *connState) {
	conn := c.conn
	if conn.End != session.EndFIN && conn.End != session.EndHalf && conn.End != session.EndRST {
		return
	}
	if s := conn.Session; s != nil && s.UnbindBy != dissect.SideUnknown {
		return
	}
	b := a.reactedTo(c.pdus.failed[conn.EndedBy.Other()], conn.EndedAt)
	if b == nil || b.taken(conn.Sides[conn.EndedBy].LastPDU) || conn.OneSided() || gapSince(conn, b.e.time) {
		return
	}
	who, after := party(conn.Sender(conn.EndedBy)), inSeconds(conn.EndedAt-b.e.time)
	if b.e.rule == RuleBodyOnError {
		a.bodyReaction(b, fmt.Sprintf("%s closed the connection without unbind %s later", who, after))
		return
	}
	a.bodyExpected(b, Note, fmt.Sprintf("%s sent nothing more and closed the connection without unbind %s later", who, after))
}

// bodyReaction raises body-on-error.
func (a *Auditor) bodyReaction(b *failedResponse, what string) {
	e := b.e
	b.e.time = 0
	e.severity = Warning
	e.seen, e.wanted = counted(int64(e.length), "octet"), "no body when the status is not 0"
	e.message = fmt.Sprintf("A failed %s carried a body, where the specification has none, and %s.", e.cause, what)
	a.raise(&e)
}

// bodyExpected: body-expected. Who only closed may just have been done, or end
// at the first refusal, whatever it looks like.
func (a *Auditor) bodyExpected(b *failedResponse, severity Severity, what string) {
	e := b.e
	b.e.time = 0
	e.severity = severity
	name, _ := a.status(b.status)
	e.seen, e.wanted = "a reaction to a header alone", "a receiver that takes a failed response without a body"
	e.message = fmt.Sprintf("A %s that refuses with %s came without a body, as the specification has it, and %s.", e.cause, name, what)
	a.fail(e)
}

// bareRefusal remembers a failed response that is a header alone, as the
// specification has it: there are receivers that want a body all the same.
func (a *Auditor) bareRefusal(c *connState, o *session.Observed) {
	p := o.PDU
	if len(p.Command.Params) == 0 || dissect.IsBind(p.ID&^dissect.ResponseBit) || len(p.Raw) < dissect.HeaderLen {
		return
	}
	a.check(RuleBodyExpected)
	e := of(o, RuleBodyExpected)
	e.cause = p.Command.Name
	c.awaitReaction(o, e)
}
