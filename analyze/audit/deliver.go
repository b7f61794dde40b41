package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// isDeliver tells what the SMSC delivers; of a deliver_sm of the ESME
// command-direction says enough.
func isDeliver(r *session.Request) bool {
	return r.ID == dissect.CmdDeliverSM && r.From != dissect.ESME || r.ID == dissect.CmdDataSM && r.From == dissect.SMSC
}

// deliverAnswered takes the answer to a deliver_sm, or a data_sm of the SMSC.
func (a *Auditor) deliverAnswered(c *connState, e *session.Event) {
	r := e.Req
	if e.Kind != session.EventAnsweredLate && !r.AfterUnbind {
		a.check(RuleDeliverUnanswered)
	}
	if e.Kind == session.EventAnsweredLate {
		a.deliverLate(c, e)
	}
	refused := e.Resp.Status != 0
	a.receiptAnswered(c, e, refused)
	if r.ID == dissect.CmdDeliverSM && e.Kind != session.EventWrongType && e.Resp.ID != dissect.CmdGenericNack {
		a.check(RuleDeliverRefused)
		if refused {
			a.deliverRefused(c, e)
		}
	}
	a.deliverDone(c, r, refused)
}

// receiptAnswered notes how a receipt was answered, in case it comes again.
func (a *Auditor) receiptAnswered(c *connState, e *session.Event, refused bool) {
	if c.jour.sent == nil {
		return
	}
	slot, ok := c.jour.sent.recent.take(e.Req.Number)
	if !ok {
		return
	}
	if t := a.journeys.Told(a.journeys.Slot(slot)); t != nil && t.Receipt == e.Req.Number {
		t.Answer = max(e.Latency, 1)
		if refused {
			t.Answer = -1
		}
	}
}

// deliverRefused: deliver-refused.
func (a *Auditor) deliverRefused(c *connState, e *session.Event) {
	ev := ofResponse(e, RuleDeliverRefused)
	ev.status = e.Resp.Status
	ev.field, ev.offset, ev.length = "command_status", 8, 4
	name, def := a.status(e.Resp.Status)
	ev.seen, ev.wanted = name, "0x00 (ESME_ROK)"
	t := c.req.tallyOf(RuleDeliverRefused, e.Resp.Status, "")
	a.grow(t, ev, func(t *tally) string {
		s := fmt.Sprintf("The ESME refused %s with %s", several(t.n, "deliver_sm"), name)
		if m := meaning(t.id, def); m != "" {
			s += ": " + m
		}
		return s + "."
	})
}

// deliverOpen takes a delivery that has no answer: in time, when the
// connection ended, or when the input did.
func (a *Auditor) deliverOpen(c *connState, e *session.Event) {
	r := e.Req
	if e.Doubt == 0 || !r.TimedOut || e.Kind == session.EventTimeout {
		a.deliverDone(c, r, e.Doubt == 0) // what may have been answered did not fail
	}
	if r.AfterUnbind {
		return
	}
	doubt := e.Doubt
	switch e.Kind {
	case session.EventTimeout:
		if doubt&^session.DoubtGap != 0 {
			a.giveUp(RuleDeliverUnanswered)
			return
		}
		a.unanswered(c, e, doubt, false)
	case session.EventAbandoned:
		judged := r.TimedOut
		if doubt&session.DoubtOneSided != 0 && !c.conn.OneSided() {
			doubt &^= session.DoubtOneSided // its end shows that the direction was captured
			if judged {
				a.checks[RuleDeliverUnanswered].Unchecked--
			}
			judged = false
		}
		esme := c.conn.Of(dissect.ESME)
		closed := esme.FINAt
		if closed == 0 || esme.RSTAt != 0 && esme.RSTAt < closed {
			closed = esme.RSTAt
		}
		switch {
		case judged:
		case doubt&^(session.DoubtGap|session.DoubtEnd) != 0 || closed == 0:
			a.giveUp(RuleDeliverUnanswered)
		case r.Time <= closed:
			a.unanswered(c, e, doubt, true)
		}
	default:
		if !r.TimedOut {
			a.giveUp(RuleDeliverUnanswered)
		}
	}
}

// unanswered: deliver-unanswered.
func (a *Auditor) unanswered(c *connState, e *session.Event, doubt session.Doubt, ended bool) {
	r := e.Req
	a.check(RuleDeliverUnanswered)
	ev := ofRequest(r, RuleDeliverUnanswered)
	ev.severity = lowered(Warning, doubt != 0)
	ev.during(r.Time, e.Time)
	if doubt != 0 {
		ev.cause = "in doubt"
	}
	t := c.req.tallyOf(RuleDeliverUnanswered, r.ID, ev.cause)
	if ended {
		t.ended++
		t.longest = max(t.longest, e.Time-r.Time)
	}
	ev.cause = commandName(r.ID) + ev.cause
	ev.seen, ev.wanted = "no response", commandName(r.ID|dissect.ResponseBit)+" within "+inSeconds(a.responseTime(dissect.SMSC))
	a.grow(t, ev, func(t *tally) string { return a.missingWords(c, t, dissect.SMSC, doubt) })
	if !ended && doubt == 0 {
		c.onSilence(t, r.Dir.Other())
	}
}

// deliverLate completes the words of a delivery that had timed out.
func (a *Auditor) deliverLate(c *connState, e *session.Event) {
	t := c.req.tallyOf(RuleDeliverUnanswered, e.Req.ID, "")
	if t.n == 0 {
		return
	}
	t.late++
	t.longest = max(t.longest, e.Latency)
	if milestone(t.late) {
		a.reword(t.finding, a.missingWords(c, t, dissect.SMSC, 0))
	}
}
