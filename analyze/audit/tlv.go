package audit

import (
	"fmt"
	"strings"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// checkTLVs judges the optional parameters. What Validate found wrong in them
// stands in a.issues.
func (a *Auditor) checkTLVs(c *connState, o *session.Observed) {
	p := o.PDU
	if p.Command == nil {
		return
	}
	a.check(RuleTlvMissing)
	below := o.Session.Version != 0 && o.Session.Version < dissect.V34 && !a.profile.TLV.AllowedBelow34
	if below {
		a.check(RuleTlvBeforeV34)
	}
	if n := int64(len(p.TLVs)); n > 0 {
		a.check(RuleTlvTruncated)
		for _, rule := range [...]RuleID{RuleTlvLength, RuleTlvValue, RuleTlvNotAllowed, RuleTlvRepeated, RuleTlvUnknown} {
			a.checks[rule].Checked += n
		}
		if below && !answersBind34(o) {
			a.tlvBeforeV34(o)
		}
	} else if a.broken {
		a.check(RuleTlvTruncated)
	}
	for i := range a.issues {
		a.tlvIssue(c, o, &a.issues[i], below)
	}
}

// isReceiptByTLV tells a receipt that needs no text.
func isReceiptByTLV(p *dissect.PDU) bool {
	_, id := p.TLV(dissect.TagReceiptedMessageID)
	_, state := p.TLV(dissect.TagMessageState)
	return id && state
}

// tlvIssue judges one fact about a TLV.
func (a *Auditor) tlvIssue(c *connState, o *session.Observed, i *dissect.Issue, below bool) {
	rule, known := issueRule[i.Code]
	if !known || Rules[rule].Group != "TLVs" {
		return
	}
	severity, value := Rules[rule].Severity, ""
	switch i.Code {
	case dissect.CodeTLVNotAllowed:
		if below || a.version {
			return // tlv-before-v34 and command-id-version say it
		}
	case dissect.CodeTLVMissing:
		if a.demandsTLV(i.Field) || below && o.From == dissect.ESME {
			return // required-tlv says it; or it must not be there
		}
		if i.Minor {
			if isReceiptByTLV(o.PDU) {
				return // it says all by its TLVs
			}
			severity = Warning // message_payload in data_sm
			a.issue(c, o, rule, severity, i, "")
			return
		}
	case dissect.CodeTLVLength, dissect.CodeTLVValue:
		if a.demandsTLV(i.Field) {
			return
		}
		if i.Code == dissect.CodeTLVValue {
			value = i.Got
		}
	}
	if i.Minor {
		severity = Note
	}
	a.issue(c, o, rule, severity, i, value)
}

// demandsTLV tells that the profile demands the TLV, and required-tlv judges
// it.
func (a *Auditor) demandsTLV(name string) bool {
	for i := range a.profile.TLVs {
		t := &a.profile.TLVs[i]
		if t.Required != "never" && t.Required != "alike" && t.Name == name {
			return true
		}
	}
	return false
}

// tlvBeforeV34: tlv-before-v34.
func (a *Auditor) tlvBeforeV34(o *session.Observed) {
	p, s := o.PDU, o.Session
	e := of(o, RuleTlvBeforeV34)
	if o.From != dissect.ESME || s.Offered >= dissect.V34 {
		e.severity = Note
	}
	t := &p.TLVs[0]
	e.cause = p.Command.Name
	e.offset, e.length = int(t.Off), 4+int(t.Len)
	if a.folded(&e) {
		return
	}
	names := make([]string, 0, len(p.TLVs))
	for i := range p.TLVs[:min(len(p.TLVs), 6)] {
		names = append(names, a.tlvName(&p.TLVs[i]))
	}
	e.field = names[0]
	e.seen, e.wanted = strings.Join(names, ", "), "no TLV in a session of version "+s.Version.String()
	e.message = fmt.Sprintf("%s sends %s with TLVs in a session of version %s, which has none.", opening(o.From), p.Command.Name, s.Version)
	if longByTLV(p) {
		e.message += " Long messages by TLV need a bind with 0x34; a user data header works in both."
	}
	a.fail(e)
}

// answersBind34 tells that a server answers a bind of 3.4 or more. It may tell
// there, by sc_interface_version, that it speaks less.
func answersBind34(o *session.Observed) bool {
	return o.From == dissect.SMSC && o.Session.InterfaceVersion >= 0x34 && dissect.IsBind(o.PDU.ID&^dissect.ResponseBit)
}

// longByTLV tells that the TLVs carry a long message (kaleyra.md K06).
func longByTLV(p *dissect.PDU) bool {
	for i := range p.TLVs {
		switch p.TLVs[i].Tag {
		case dissect.TagMessagePayload, dissect.TagSARMsgRefNum, dissect.TagSARTotalSegments, dissect.TagSARSegmentSeqnum:
			return true
		}
	}
	return false
}

func (a *Auditor) tlvName(t *dissect.TLV) string {
	if d := a.dialect.TLV(t.Tag); d != nil {
		return d.Name
	}
	return fmt.Sprintf("0x%04X", t.Tag)
}

// unknownWords words tlv-unknown: who uses the tag, and the value in two
// views.
func unknownWords(o *session.Observed, i *dissect.Issue, got string, hidden bool) string {
	tag, text := "", ""
	for j := range o.PDU.TLVs {
		if t := &o.PDU.TLVs[j]; int(t.Off) == i.Offset {
			tag = fmt.Sprintf("0x%04X", t.Tag)
			if !hidden {
				text = textView(o.PDU.TLVValue(*t))
			}
		}
	}
	s := fmt.Sprintf("%s carries TLV %s, which neither the specification nor the profile names", o.PDU.Command.Name, tag)
	if _, users, found := strings.Cut(i.Want, "used by "); found {
		s += "; it is used by " + users
	} else if strings.Contains(i.Want, "reserved") {
		s += "; its tag lies in a reserved range"
	}
	s += ". Value: " + got
	if text != "" {
		s += fmt.Sprintf(" (%q)", text)
	}
	return s + "."
}

// textView shows octets as text where most of them are printable.
func textView(b []byte) string {
	const limit = 32
	out := make([]byte, 0, limit)
	odd := 0
	for _, x := range b[:min(len(b), limit)] {
		if x < ' ' || x > '~' {
			odd++
			x = '.'
		}
		out = append(out, x)
	}
	if odd*4 > len(out) {
		return ""
	}
	return string(out)
}
