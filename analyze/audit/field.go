package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// issue makes a finding of what dissect stated. Occurrences fold by command,
// field and, where there are few, value.
func (a *Auditor) issue(c *connState, o *session.Observed, rule RuleID, severity Severity, i *dissect.Issue, value string) {
	e := of(o, rule)
	e.severity = severity
	e.field, e.offset, e.length = i.Field, i.Offset, i.Length
	// A PDU is one check of most rules, whatever number of its fields is wrong.
	e.quiet = Rules[rule].Checks != "TLV" && slices.Contains(a.named, rule)
	cause := o.PDU.Command.Name + " " + i.Field
	if value != "" {
		cause = c.bounded(rule, cause+" "+value)
	}
	if rule == RuleTlvUnknown {
		cause = c.bounded(rule, i.Field) // once a tag, whatever carries it
	}
	e.cause = cause
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = i.Got, i.Want
	hidden := mayLeak[i.Code] && (carriesSecret(o.PDU) || o.Session.BoundAt == 0 && !o.Before.Bound())
	if hidden {
		e.seen = hiddenOctets(i)
	}
	e.message = issueWords(o, i, e.seen, hidden)
	a.fail(e)
}

// carriesSecret tells that the PDU holds a password, which stray octets may
// repeat. Before a bind succeeded a body under any command_id may be one.
func carriesSecret(p *dissect.PDU) bool {
	return p.ID == dissect.CmdOutbind || dissect.IsBind(p.ID)
}

// mayLeak are the issues whose Got shows octets.
var mayLeak = map[dissect.Code]bool{
	dissect.CodeBodyTrailing:  true,
	dissect.CodeStringCharset: true,
	dissect.CodeTLVUnknown:    true,
	dissect.CodeTLVValue:      true,
}

// hiddenOctets stands for octets that are not shown: how many they are.
func hiddenOctets(i *dissect.Issue) string {
	n := int64(i.Length)
	if i.Code == dissect.CodeTLVUnknown {
		n -= tlvHeader
	}
	return counted(n, "octet")
}

// tlvHeader is the size of a tag and a length.
const tlvHeader = 4

// issueWords says in one sentence what is wrong. Hidden octets are only counted.
func issueWords(o *session.Observed, i *dissect.Issue, got string, hidden bool) string {
	cmd, side := o.PDU.Command.Name, opening(o.From)
	switch i.Code {
	case dissect.CodeBodyTruncated:
		return fmt.Sprintf("%s of %s is cut off: it needs %s and %s are left.", i.Field, cmd, i.Want, got)
	case dissect.CodeStringUnterminated:
		return fmt.Sprintf("%s of %s has no NUL before the PDU ends.", i.Field, cmd)
	case dissect.CodeBodyTrailing:
		if _, octets, more := strings.Cut(got, ": "); more {
			got = octets // their count stands before
		}
		words := fmt.Sprintf("%s has %s behind its last parameter that %s no TLV", cmd, counted(int64(i.Length), "octet"), isOrAre(i.Length))
		if !hidden {
			words += ": " + strings.TrimSuffix(got, " ...")
		}
		words += "."
		if n, ok := o.PDU.U8(dissect.ParamSMLength); ok && n > 0 && int(n) == i.Length {
			words += fmt.Sprintf(" They are as many as sm_length says: it is %d where %d octets of text follow, as when it counts characters of two octets.", n, 2*int(n))
		}
		return words
	case dissect.CodeTLVTruncated:
		return fmt.Sprintf("%s in %s runs past the end of the PDU: %s announced, %s there.", i.Field, cmd, i.Want, got)
	case dissect.CodeStringTooLong:
		return fmt.Sprintf("%s of %s takes %s octets with its NUL, allowed are %s.", i.Field, cmd, got, strings.TrimSuffix(i.Want, " with the NUL"))
	case dissect.CodeStringCharset:
		return fmt.Sprintf("%s of %s holds octets that are no printable ASCII: %s.", i.Field, cmd, got)
	case dissect.CodeDataCodingReserved:
		words := fmt.Sprintf("%s sends %s with data_coding %s, which the specification reserves.", side, cmd, got)
		if dc, _ := o.PDU.U8(dissect.ParamDataCoding); dc>>4 == 1 {
			words += fmt.Sprintf(" GSM 03.38 has message class %d there, of the alphabet that bits 2 and 3 name.", dc&3)
		}
		return words
	case dissect.CodeTimeFormat:
		return fmt.Sprintf("%s of %s is no time as SMPP writes it: %s.", i.Field, cmd, got)
	case dissect.CodeSmLengthLarge:
		return fmt.Sprintf("sm_length of %s is %s; short_message holds at most 254 octets.", cmd, got)
	case dissect.CodeEsmClassDirection:
		return fmt.Sprintf("%s sends %s with esm_class %s, and of %s.", side, cmd, got, strings.Replace(i.Want, ": ", " only these have a meaning: ", 1))
	case dissect.CodeDestinationsCount:
		return fmt.Sprintf("%s of %s is %s, wanted is %s.", i.Field, cmd, got, i.Want)
	case dissect.CodeTLVLength:
		return fmt.Sprintf("%s in %s has %s, wanted are %s.", i.Field, cmd, got, i.Want)
	case dissect.CodeTLVValue:
		if i.Got == "none" {
			return fmt.Sprintf("%s of %s has no %s.", i.Field, cmd, strings.TrimPrefix(i.Want, "a "))
		}
		if hidden {
			return fmt.Sprintf("%s of %s has a value that is not shown here, wanted is %s.", i.Field, cmd, i.Want)
		}
	case dissect.CodeTLVNotAllowed:
		return fmt.Sprintf("%s stands in %s, which may not carry it.", i.Field, cmd)
	case dissect.CodeTLVRepeated:
		return fmt.Sprintf("%s stands more than once in %s.", i.Field, cmd)
	case dissect.CodeTLVMissing:
		if i.Got != "none" {
			return fmt.Sprintf("%s has %s of %s, wanted are %s.", cmd, got, i.Field, i.Want)
		}
		return fmt.Sprintf("%s lacks %s: it has to be %s.", cmd, i.Field, i.Want)
	case dissect.CodeTLVUnknown:
		return unknownWords(o, i, got, hidden)
	}
	return fmt.Sprintf("%s of %s is %s, wanted is %s.", i.Field, cmd, got, i.Want)
}

// addressEmpty: address-empty.
func (a *Auditor) addressEmpty(c *connState, o *session.Observed) {
	a.check(RuleAddressEmpty)
	if e, empty := emptyAddress(o.PDU, o.From); empty {
		a.addressEmptyFinding(c, o, e)
	}
}

// emptyAddress looks for an address that has to be there.
func emptyAddress(p *dissect.PDU, from dissect.Side) (f dissect.Field, empty bool) {
	id := dissect.ParamDestinationAddr
	if p.ID == dissect.CmdDeliverSM {
		id = dissect.ParamSourceAddr
	} else if p.ID == dissect.CmdDataSM && from == dissect.SMSC {
		return f, false
	}
	if f, ok := p.Field(id); ok {
		return f, f.End-f.Off == 1
	}
	for _, f := range p.Entries {
		if f.Param.ID == id && f.End-f.Off == 1 {
			return f, true
		}
	}
	return f, false
}

func (a *Auditor) addressEmptyFinding(c *connState, o *session.Observed, f dissect.Field) {
	e := of(o, RuleAddressEmpty)
	e.field, e.offset, e.length = f.Param.Name, int(f.Off), 1
	e.cause = o.PDU.Command.Name
	e.severity = Note
	if o.PDU.ID != dissect.CmdDeliverSM {
		e.severity = Warning
		c.pdus.suspect = true
	}
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = "empty", "an address"
	e.message = fmt.Sprintf("%s sends %s with an empty %s.", opening(o.From), o.PDU.Command.Name, f.Param.Name)
	a.fail(e)
}

// checkTimes: time-format is counted and time-order judged.
func (a *Auditor) checkTimes(c *connState, o *session.Observed) {
	if a.digest.good&goodTimes != 0 {
		return
	}
	p := o.PDU
	sent := holds(p, dissect.ParamScheduleDeliveryTime) || holds(p, dissect.ParamValidityPeriod)
	a.check(RuleTimeFormat)
	if !sent || p.IsResponse() {
		return
	}
	a.check(RuleTimeOrder)
	e := of(o, RuleTimeOrder)
	if a.timesOutOfOrder(&e, o.PDU) {
		c.pdus.suspect = c.pdus.suspect || e.severity == Note
		a.fail(e)
	}
}

// holds tells that a string is there and not empty.
func holds(p *dissect.PDU, id dissect.ParamID) bool {
	f, ok := p.Field(id)
	return ok && f.End-f.Off > 1
}

// timesOutOfOrder completes the evidence when a time lies in the past or the
// validity ends before the scheduled time.
func (a *Auditor) timesOutOfOrder(e *evidence, p *dissect.PDU) bool {
	schedule, s := sentTime(p, dissect.ParamScheduleDeliveryTime)
	validity, v := sentTime(p, dissect.ParamValidityPeriod)
	if s && v && a.validityEnds(e, p, schedule, validity) {
		return true
	}
	for _, x := range [...]struct {
		id dissect.ParamID
		at dissect.Time
	}{{dissect.ParamScheduleDeliveryTime, schedule}, {dissect.ParamValidityPeriod, validity}} {
		if past := e.time - x.at.At.UnixNano(); x.at.Kind == dissect.TimeAbsolute && past > a.limit.Past {
			e.severity = Note
			a.timeEvidence(e, p, x.id, x.id.String())
			e.seen, e.wanted = clock(x.at.At), "after "+clock(time.Unix(0, e.time).UTC())
			e.message = fmt.Sprintf("%s of %s is %s, %s before it was sent by the capture's clock.", x.id, p.Command.Name, e.seen, inMinutes(past))
			return true
		}
	}
	return false
}

// validityEnds tells a validity that ends before the scheduled time. Relative
// times count from when the SMSC takes the message (v3.4 7.1.1.2); against an
// absolute one its clock is not known to the minute. A relative time of 0 asks
// for nothing.
func (a *Auditor) validityEnds(e *evidence, p *dissect.PDU, schedule, validity dissect.Time) bool {
	sent := time.Unix(0, e.time).UTC()
	due, ends := schedule.After(sent), validity.After(sent)
	least := time.Duration(1)
	if schedule.Kind != validity.Kind {
		least = time.Duration(a.limit.Past)
	}
	if due.Sub(ends) < least || validity.Kind == dissect.TimeRelative && ends.Equal(sent) {
		return false
	}
	e.severity = Warning
	a.timeEvidence(e, p, dissect.ParamValidityPeriod, "ends before the scheduled time")
	e.seen, e.wanted = timeWords(validity, ends), "after "+timeWords(schedule, due)
	e.message = fmt.Sprintf("The validity of %s ends at %s, before the delivery that is scheduled for %s.", p.Command.Name, e.seen, timeWords(schedule, due))
	return true
}

// timeWords writes a time and says when it was reckoned from the sending.
func timeWords(t dissect.Time, at time.Time) string {
	if t.Kind == dissect.TimeRelative {
		return clock(at) + " (a relative time, from the sending)"
	}
	return clock(at)
}

func (a *Auditor) timeEvidence(e *evidence, p *dissect.PDU, id dissect.ParamID, cause string) {
	f, _ := p.Field(id)
	e.field, e.offset, e.length, e.cause = id.String(), int(f.Off), int(f.End-f.Off), cause
}

// sentTime reads an absolute or relative time.
func sentTime(p *dissect.PDU, id dissect.ParamID) (dissect.Time, bool) {
	t, fault := dissect.ParseTime(p.Bytes(id))
	if fault != "" || t.Kind != dissect.TimeAbsolute && t.Kind != dissect.TimeRelative {
		return dissect.Time{}, false
	}
	return t, true
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
