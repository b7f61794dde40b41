package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// refused raises what was found in a request when its answer confirms it.
// Nothing is counted: the request was judged when it came.
func (a *Auditor) refused(c *connState, e *session.Event) {
	r := e.Req
	if r.Command == nil {
		return
	}
	if a.useOf(r.ID)&useUndocumented != 0 {
		a.undocumentedRefused(e)
	}
	if !c.pdus.suspect || r.From != dissect.ESME {
		return
	}
	p := &a.again
	dissect.Decode(p, r.Raw)
	switch r.ID {
	case dissect.CmdSubmitSM, dissect.CmdSubmitMulti, dissect.CmdDataSM:
		a.sourceRefused(e, p)
		a.emptyRefused(e, p)
		a.timeRefused(e, p)
	default:
		a.tooLongRefused(e, p)
	}
}

func (a *Auditor) undocumentedRefused(e *session.Event) {
	ev := ofRequest(e.Req, RuleCommandUndocumented)
	ev.severity, ev.cause = Warning, e.Req.Command.Name
	a.undocumented(&ev, e.Req.From)
	name, _ := a.status(e.Resp.Status)
	ev.message += fmt.Sprintf(", and it was refused with %s.", name)
	a.raise(&ev)
}

func (a *Auditor) sourceRefused(e *session.Event, p *dissect.PDU) {
	f, ok := p.Field(dissect.ParamSourceAddr)
	if !ok || a.off[RuleSourceAddress] || !a.blames(e.Resp.Status, dissect.StatusInvalidSource, dissect.StatusInvalidSourceTON, dissect.StatusInvalidSourceNPI) {
		return
	}
	fault := a.sourceFault(p, f)
	if fault.severity != Warning {
		return
	}
	ev := ofRequest(e.Req, RuleSourceAddress)
	fault.severity = Error
	fault.mark(&ev, f)
	fault.words(&ev, p, f)
	a.andRefused(&ev, e.Resp.Status)
}

func (a *Auditor) emptyRefused(e *session.Event, p *dissect.PDU) {
	f, empty := emptyAddress(p, dissect.ESME)
	if !empty || !a.blames(e.Resp.Status, dissect.StatusInvalidDestination, dissect.StatusInvalidDestCount, dissect.StatusInvalidDestFlag,
		dissect.StatusInvalidDestTON, dissect.StatusInvalidDestNPI) {
		return
	}
	ev := ofRequest(e.Req, RuleAddressEmpty)
	ev.severity, ev.cause = Error, p.Command.Name
	ev.field, ev.offset, ev.length = f.Param.Name, int(f.Off), 1
	ev.seen, ev.wanted = "empty", "an address"
	ev.message = fmt.Sprintf("The ESME sends %s with an empty %s.", p.Command.Name, f.Param.Name)
	a.andRefused(&ev, e.Resp.Status)
}

func (a *Auditor) timeRefused(e *session.Event, p *dissect.PDU) {
	if e.Resp.Status != dissect.StatusInvalidSchedule && e.Resp.Status != dissect.StatusInvalidExpiry {
		return
	}
	ev := ofRequest(e.Req, RuleTimeOrder)
	if a.timesOutOfOrder(&ev, p) {
		ev.severity = Warning
		a.andRefused(&ev, e.Resp.Status)
	}
}

// tooLongRefused: a password or message_id over the limit.
func (a *Auditor) tooLongRefused(e *session.Event, p *dissect.PDU) {
	s := e.Req.Session
	issues := dissect.Validate(nil, p, dissect.Context{Version: s.Version, Offered: s.Offered, From: e.Req.From, Dialect: a.dialect})
	for i := range issues {
		x := &issues[i]
		if x.Code != dissect.CodeStringTooLong || x.Minor || x.Field != "password" && x.Field != "message_id" {
			continue
		}
		ev := ofRequest(e.Req, RuleStringTooLong)
		ev.severity, ev.cause = Error, p.Command.Name+" "+x.Field
		ev.field, ev.offset, ev.length, ev.seen, ev.wanted = x.Field, x.Offset, x.Length, x.Got, x.Want
		ev.message = issueWords(&session.Observed{PDU: p, From: e.Req.From}, x, x.Got, false)
		a.andRefused(&ev, e.Resp.Status)
	}
}

// andRefused adds the refusal to the words and raises the finding.
func (a *Auditor) andRefused(e *evidence, status uint32) {
	name, _ := a.status(status)
	e.message = e.message[:len(e.message)-1] + fmt.Sprintf("; it was refused with %s.", name)
	a.raise(e)
}

// blames tells whether a refusal may be put down to a field: by a status that
// names it, or by one that gives no reason.
func (a *Auditor) blames(status uint32, named ...uint32) bool {
	for _, s := range named {
		if s == status {
			return true
		}
	}
	vendor := a.profile.Status.VendorRange
	return status == 0x45 || status == 0xFF || status >= vendor[0] && status <= vendor[1]
}
