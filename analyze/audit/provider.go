package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// provider is what the rules of the provider keep beyond one connection, and
// what they look up for every PDU.
type provider struct {
	use       [0x200]commandUse // by command_id of the request
	codings   [256]Severity     // of data_coding-not-offered
	audiences map[audienceKey]*audience
	ids       int         // message_ids kept, of all audiences
	zeroes    int         // connections that they remember
	again     dissect.PDU // a request decoded once more
}

// commandUse says what the provider thinks of a command.
type commandUse uint8

const (
	useForbidden commandUse = 1 << iota
	useUndocumented
)

func (v *provider) init(p *profile.Profile) {
	for _, cmd := range dissect.Commands() {
		if cmd.ID >= uint32(len(v.use)) {
			continue
		}
		allowed := p.PDUs.ClientAllowed
		if slices.Contains(p.PDUs.Forbidden, cmd.Name) ||
			len(allowed) > 0 && cmd.From&dissect.ESME != 0 && !slices.Contains(allowed, cmd.Name) {
			v.use[cmd.ID] |= useForbidden
		}
		if slices.Contains(p.PDUs.Undocumented, cmd.Name) {
			v.use[cmd.ID] |= useUndocumented
		}
	}
	for dc := range v.codings {
		v.codings[dc] = codingSeverity(p, uint8(dc))
	}
}

// codingSeverity says how grave a data_coding is to the provider.
func codingSeverity(p *profile.Profile, dc uint8) Severity {
	c, listed := p.Encoding.Coding[dc]
	switch {
	case listed && (c.Use == profile.UseDefault || c.Use == profile.UseAllowed):
		return SeverityNone
	case listed:
		return Warning
	case p.Encoding.Other == profile.LevelOff:
		return SeverityNone
	case dc>>4 == 0x1 || dc>>4 == 0xF: // message classes
		return Note
	}
	severity, _ := ParseSeverity(string(p.Encoding.Other))
	return severity
}

// checkProvider judges a request by the provider's own rules.
func (a *Auditor) checkProvider(c *connState, o *session.Observed) {
	p := o.PDU
	if p.Command == nil || p.IsResponse() {
		return
	}
	a.commandOffered(o)
	switch p.ID {
	case dissect.CmdBindReceiver, dissect.CmdBindTransmitter, dissect.CmdBindTransceiver:
		a.bindNow(o)
		a.cleartext(o)
	case dissect.CmdOutbind:
		a.cleartext(o)
	case dissect.CmdSubmitSM, dissect.CmdSubmitMulti, dissect.CmdDataSM:
		if o.From == dissect.ESME {
			a.checkSubmit(c, o)
		}
	case dissect.CmdQuerySM, dissect.CmdCancelSM, dissect.CmdReplaceSM:
		if o.From == dissect.ESME {
			a.messageIDKnown(c, o)
		}
	}
}

func (v *provider) useOf(id uint32) commandUse {
	if id < uint32(len(v.use)) {
		return v.use[id]
	}
	return 0
}

// commandOffered: command-not-offered and command-undocumented.
func (a *Auditor) commandOffered(o *session.Observed) {
	use := a.useOf(o.PDU.ID)
	if o.From == dissect.ESME {
		a.check(RuleCommandNotOffered)
		if use&useForbidden != 0 {
			e := of(o, RuleCommandNotOffered)
			e.field, e.offset, e.length, e.cause = "command_id", 4, 4, o.PDU.Command.Name
			if !a.folded(&e) {
				e.seen, e.wanted = e.cause, "a command that "+a.profile.Title+" supports"
				e.message = fmt.Sprintf("The ESME sends %s, which %s does not support.", e.cause, a.profile.Title)
				a.fail(e)
			}
		}
	}
	a.check(RuleCommandUndocumented)
	if use&useUndocumented != 0 {
		e := of(o, RuleCommandUndocumented)
		e.cause = o.PDU.Command.Name
		if !a.folded(&e) {
			a.undocumented(&e, o.From)
			e.message += "."
			a.fail(e)
		}
	}
}

func (a *Auditor) undocumented(e *evidence, from dissect.Side) {
	e.field, e.offset, e.length = "command_id", 4, 4
	e.seen, e.wanted = e.cause, "a command that "+a.profile.Title+" documents"
	e.message = fmt.Sprintf("%s sends %s, which %s does not mention", opening(from), e.cause, a.profile.Title)
}

// checkSubmit judges what the ESME submits.
func (a *Auditor) checkSubmit(c *connState, o *session.Observed) {
	p := o.PDU
	if dc, ok := p.Field(dissect.ParamDataCoding); ok {
		a.check(RuleDataCodingNotOffered)
		if severity := a.codings[p.Raw[dc.Off]]; severity != SeverityNone {
			a.codingNotOffered(o, dc, severity)
		}
	}
	if !a.off[RuleSourceAddress] {
		a.sourceAddress(c, o)
	}
	if !a.off[RuleDestinationAddress] {
		a.destinations(o)
	}
	if !a.off[RuleRegisteredDeliveryNotOffered] {
		a.registered(c, o)
	}
	a.requiredTLVs(c, o)
}

// codingNotOffered: data-coding-not-offered.
func (a *Auditor) codingNotOffered(o *session.Observed, f dissect.Field, severity Severity) {
	dc := o.PDU.Raw[f.Off]
	e := of(o, RuleDataCodingNotOffered)
	e.severity, e.cause = severity, hexOctets[dc]
	e.field, e.offset, e.length = "data_coding", int(f.Off), 1
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = e.cause, a.codingsWanted()
	e.remedy = "Send " + e.wanted + ", unless agreed otherwise."
	why := "does not document it"
	switch c := a.profile.Encoding.Coding[dc]; c.Use {
	case profile.UseDiscouraged:
		why = "advises against it"
		if c.Alphabet != "" {
			why = fmt.Sprintf("advises against it (it reads it as %s)", c.Alphabet)
		}
	case profile.UseOnRequest:
		why = "offers it only by arrangement"
	case profile.UseForbidden:
		why = "does not accept it"
	}
	e.message = fmt.Sprintf("The ESME sends %s with data_coding %s; %s %s.", o.PDU.Command.Name, e.cause, a.profile.Title, why)
	a.fail(e)
}

func (a *Auditor) codingsWanted() string {
	var good []string
	for dc := range a.codings {
		if c, ok := a.profile.Encoding.Coding[uint8(dc)]; ok && a.codings[dc] == SeverityNone {
			if c.Alphabet == "" {
				good = append(good, hexOctets[dc])
				continue
			}
			good = append(good, fmt.Sprintf("%s (%s)", hexOctets[dc], c.Alphabet))
		}
	}
	return strings.Join(good, " or ")
}

// requiredTLVs: required-tlv, one check a PDU.
func (a *Auditor) requiredTLVs(c *connState, o *session.Observed) {
	p := o.PDU
	looked, failed := false, false
	for i := range a.profile.TLVs {
		t := &a.profile.TLVs[i]
		if t.Required == "never" || t.Direction == "to_esme" || !slices.Contains(t.PDUs, p.Command.Name) || a.broken || !concerns(t, p) {
			continue
		}
		if !looked {
			a.check(RuleRequiredTlv)
			looked = true
		}
		if t.Required == "alike" {
			a.alikeTLV(c, o, t)
			continue
		}
		failed = a.requiredTLV(o, t, failed) || failed
	}
}

// requiredTLV judges one demand; quiet: the PDU's check has failed already.
func (a *Auditor) requiredTLV(o *session.Observed, t *profile.TLVRule, quiet bool) (failed bool) {
	p := o.PDU
	e := of(o, RuleRequiredTlv)
	e.quiet = quiet
	e.field, e.offset = t.Name, len(p.Raw)
	tlv, there := p.TLV(t.Tag)
	fault := ""
	if there {
		e.offset, e.length = int(tlv.Off), 4+int(tlv.Len)
		fault = malformed(t, p.TLVValue(tlv))
	}
	switch {
	case t.Required == "absent" && !there:
		return false
	case t.Required == "absent":
		e.severity, e.cause = Warning, t.Name+" present"
	case !there:
		e.cause = t.Name + " missing"
	case fault == "":
		return false
	default:
		e.cause = t.Name + " malformed"
	}
	if a.folded(&e) {
		return true
	}
	e.wanted = fmt.Sprintf("TLV 0x%04X (%s)", t.Tag, t.Name)
	switch {
	case t.Required == "absent":
		e.seen, e.wanted = tlvView(p.TLVValue(tlv)), "no "+e.wanted
		e.message = fmt.Sprintf("%s carries TLV 0x%04X (%s), which %s adds by itself on this account.", p.Command.Name, t.Tag, t.Name, a.profile.Title)
		e.remedy = "Leave it out, or have the platform's own tagging switched off."
	case there:
		v := p.TLVValue(tlv)
		e.seen = tlvView(v)
		e.message = fmt.Sprintf("TLV 0x%04X (%s) in %s is malformed: %s.", t.Tag, t.Name, p.Command.Name, fault)
		if t.Type == "text" && len(v) == 8 && textView(v) == "" {
			e.message += " It looks like a number packed as an integer; its decimal figures as text are wanted."
		}
	default:
		e.seen = "none"
		e.message = fmt.Sprintf("%s demands TLV 0x%04X (%s) here, and %s has none.", a.profile.Title, t.Tag, t.Name, p.Command.Name)
	}
	a.fail(e)
	return true
}

// tlvView shows a value as text where it is one, else in hexadecimal.
func tlvView(b []byte) string {
	if s := textView(b); s != "" || len(b) == 0 {
		return cmp.Or(s, "empty")
	}
	return fmt.Sprintf("hex %x", b[:min(len(b), 32)])
}

// concerns tells whether a demand holds for this message.
func concerns(t *profile.TLVRule, p *dissect.PDU) bool {
	if t.Required == "always" {
		return true
	}
	if re := t.When.SourceRe; re != nil && !re.Match(p.Bytes(dissect.ParamSourceAddr)) {
		return false
	}
	if len(t.When.DestPrefix) == 0 {
		return true
	}
	to := p.Bytes(dissect.ParamDestinationAddr)
	if hasPrefix(to, "+") {
		to = to[1:] // the same number in another spelling; destination-address judges that
	}
	for _, prefix := range t.When.DestPrefix {
		if hasPrefix(to, prefix) {
			return true
		}
	}
	return false
}

// malformed says what is wrong with a value; a NUL behind text is let pass.
func malformed(t *profile.TLVRule, b []byte) string {
	if n := len(b); n > 0 && b[n-1] == 0 && (t.Type == "text" || t.Type == "cstring") {
		b = b[:n-1]
	}
	switch {
	case len(b) < t.Len[0] || len(b) > t.Len[1]:
		return fmt.Sprintf("%s, wanted are %d to %d", counted(int64(len(b)), "octet"), t.Len[0], t.Len[1])
	case t.Pattern != nil && !t.Pattern.Match(b):
		return "it does not match " + t.Pattern.String()
	case len(t.Values) > 0 && !slices.Contains(t.Values, string(b)):
		return "it is none of " + strings.Join(t.Values, ", ")
	}
	return ""
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}
