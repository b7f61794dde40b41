package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// checkHeader judges the header; the only part of a cut PDU that is judged.
func (a *Auditor) checkHeader(c *connState, o *session.Observed) {
	p := o.PDU
	if len(p.Raw) < dissect.HeaderLen {
		return // the capture has not even the header
	}
	a.check(RuleCommandIdUnknown)
	if p.Command == nil {
		a.unknownCommand(c, o)
	} else {
		a.commandVersion(o)
	}
	if p.ID&dissect.ResponseBit != 0 {
		a.check(RuleStatusReserved)
		if p.Status != 0 {
			a.statusReserved(c, o)
			if p.ID == dissect.CmdGenericNack {
				a.refusalNacked(c, o)
			}
		}
		return
	}
	a.check(RuleStatusInRequest)
	a.check(RuleSequenceZero)
	a.check(RuleSequenceRange)
	if p.Status != 0 && p.Command != nil {
		a.statusInRequest(o)
	}
	if p.Sequence-1 >= a.limit.SequenceMax {
		a.badSequence(of(o, sequenceRule(p.Sequence)), o.From, p.ID, p.Sequence)
	}
}

// unknownCommand: command-id-unknown.
func (a *Auditor) unknownCommand(c *connState, o *session.Observed) {
	id := o.PDU.ID
	if dissect.IsVendorCommand(id) {
		return
	}
	e := of(o, RuleCommandIdUnknown)
	e.field, e.offset, e.length = "command_id", 4, 4
	e.cause = c.bounded(RuleCommandIdUnknown, hex32(id))
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = hex32(id), "a command of the specification"
	e.message = fmt.Sprintf("%s sends command_id %s, which no version of SMPP defines.", opening(o.From), hex32(id))
	if name := smpp40[id&^dissect.ResponseBit]; name != "" {
		e.message = fmt.Sprintf("%s sends command_id %s, %s of the withdrawn SMPP 4.0.", opening(o.From), hex32(id), name)
	}
	a.fail(e)
}

// smpp40 are the commands of SMPP 4.0 under numbers that no other version
// uses.
var smpp40 = map[uint32]string{0x0000000A: "enquire_link"}

// commandVersion: command-id-version.
func (a *Auditor) commandVersion(o *session.Observed) {
	cmd, s := o.PDU.Command, o.Session
	spec := a.profile.Spec
	if s.Version == 0 && spec == 0 || cmd.Vendor != "" || o.PDU.ID&^dissect.ResponseBit == dissect.CmdBindTransceiver {
		return
	}
	a.check(RuleCommandIdVersion)
	inSession := s.Version == 0 || cmd.Versions.Has(s.Version)
	if inSession && (spec == 0 || cmd.Versions.Has(spec)) {
		return
	}
	a.version = true
	e := of(o, RuleCommandIdVersion)
	e.field, e.offset, e.length = "command_id", 4, 4
	e.cause = cmd.Name
	// The server itself offers or speaks a version that has the command.
	if s.HasSC && s.Version != 0 && inSession || s.Offered != 0 && cmd.Versions.Has(s.Offered) {
		e.severity = Note
	}
	if a.folded(&e) {
		return
	}
	e.seen = cmd.Name
	if inSession {
		e.wanted = "a command of " + spec.String()
		e.message = fmt.Sprintf("%s sends %s, which %s does not speak: its service is SMPP %s.", opening(o.From), cmd.Name, a.profile.Title, spec)
	} else {
		e.wanted = "a command of " + s.Version.String()
		e.message = fmt.Sprintf("%s sends %s in a session of version %s, which has no such command.", opening(o.From), cmd.Name, s.Version)
	}
	a.fail(e)
}

// statusInRequest: status-in-request.
func (a *Auditor) statusInRequest(o *session.Observed) {
	e := of(o, RuleStatusInRequest)
	e.field, e.offset, e.length = "command_status", 8, 4
	e.cause = o.PDU.Command.Name
	if a.folded(&e) {
		return
	}
	name, _ := a.status(o.PDU.Status)
	e.seen, e.wanted = name, "0"
	e.message = fmt.Sprintf("%s sends %s with command_status %s; only responses carry a status.", opening(o.From), o.PDU.Command.Name, name)
	a.fail(e)
}

// statusReserved: status-reserved.
func (a *Auditor) statusReserved(c *connState, o *session.Observed) {
	v := o.PDU.Status
	vendor := a.profile.Status.VendorRange
	if a.dialect.Statuses[v] != nil || v >= vendor[0] && v <= vendor[1] {
		return
	}
	e := of(o, RuleStatusReserved)
	if def := dissect.StatusByValue(v); def != nil {
		// A name of 5.0 in a session of 3.4 is no fault at a provider
		// (kaleyra.md K61); the bare specification has it reserved.
		if a.profile.Spec != 0 || o.Session.Version != dissect.V34 || def.Versions.Has(dissect.V34) {
			return
		}
		e.severity = Note
	}
	e.field, e.offset, e.length = "command_status", 8, 4
	e.cause = c.bounded(RuleStatusReserved, hex32(v))
	if a.folded(&e) {
		return
	}
	name, _ := a.status(v)
	e.seen, e.wanted = name, "a defined status, or one from 0x400 to 0x4FF"
	what := "answers " + commandName(o.PDU.ID&^dissect.ResponseBit)
	if o.PDU.ID == dissect.CmdGenericNack {
		what = "sends generic_nack"
	}
	e.message = fmt.Sprintf("%s %s with command_status %s, which the specification reserves.", opening(o.From), what, name)
	if hint, ok := dissect.StatusHintFor(v); ok && hint.Name != "" {
		e.message += fmt.Sprintf(" Older systems call it %s.", hint.Name)
	}
	a.fail(e)
}

func sequenceRule(seq uint32) RuleID {
	if seq == 0 {
		return RuleSequenceZero
	}
	return RuleSequenceRange
}

// badSequence: sequence-zero and sequence-range.
func (a *Auditor) badSequence(e evidence, from dissect.Side, id, seq uint32) {
	e.field, e.offset, e.length = "sequence_number", 12, 4
	e.cause = party(from) // each side has numbers of its own
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = hex32(seq), "1 to 0x7FFFFFFF"
	e.message = fmt.Sprintf("%s of %s has sequence_number %s; it runs from 1 to 0x7FFFFFFF.", commandName(id), e.cause, hex32(seq))
	a.fail(e)
}

// unmatchedNumber judges the number of a response that echoes no request. A
// bind response answers the pending bind whatever its number, and only
// response-unmatched is raised for it.
func (a *Auditor) unmatchedNumber(e *session.Event) {
	seq := e.Resp.Sequence
	if seq-1 < a.limit.SequenceMax || e.Req != nil || e.Doubt != 0 || seq == 0 && e.Resp.ID == dissect.CmdGenericNack {
		return
	}
	rule := sequenceRule(seq)
	a.check(rule)
	a.badSequence(evidence{
		rule: rule, conn: e.Conn, session: e.Session,
		pdu: e.Resp.Number, frame: e.Resp.Frame, time: e.Resp.Time,
	}, e.Conn.Sender(e.Resp.Dir), e.Resp.ID, seq)
}

func hex32(v uint32) string { return fmt.Sprintf("0x%08X", v) }

// hexOctets are "0x00" to "0xFF": causes of findings that cost nothing.
var hexOctets = func() (s [256]string) {
	for i := range s {
		s[i] = fmt.Sprintf("0x%02X", i)
	}
	return s
}()

// maxCauses is how many values of one field become findings of their own on a
// connection.
const maxCauses = 24

type causeKey struct {
	rule  RuleID
	value string
}

// bounded gives the value as a finding's cause, or "other values" once the
// connection has shown too many.
func (c *connState) bounded(rule RuleID, value string) string {
	k := causeKey{rule, value}
	if c.pdus.causes[k] {
		return value
	}
	n := 0
	for other := range c.pdus.causes {
		if other.rule == rule {
			n++
		}
	}
	if n >= maxCauses {
		return "other values"
	}
	if c.pdus.causes == nil {
		c.pdus.causes = make(map[causeKey]bool)
	}
	c.pdus.causes[k] = true
	return value
}

// folded counts one more occurrence of a finding that exists and needs no new
// words, so that a fault in every message stays cheap. It is fail otherwise.
func (a *Auditor) folded(e *evidence) bool {
	if a.off[e.rule] {
		return true
	}
	a.grade(e)
	f := a.byKey[e.key()]
	if f == nil || e.severity > f.Severity {
		return false
	}
	a.occurred(e)
	f.add(e)
	a.touch(f)
	return true
}

// raise makes a finding more severe by what became known later; it counts
// nothing.
func (a *Auditor) raise(e *evidence) {
	if a.off[e.rule] {
		return
	}
	a.grade(e)
	f := a.byKey[e.key()]
	if f == nil || e.severity <= f.Severity {
		return
	}
	f.add(e)
	f.Count--
	a.touch(f)
}
