package audit

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// onBind judges what the answer to a request tells about the request, and
// what ends with a connection.
func (a *Auditor) onBind(c *connState, e *session.Event) {
	switch e.Kind {
	case session.EventBind:
		a.judgeBind(e)
		a.maxBinds(c, e)
		a.tookBind(c, e)
	case session.EventBindRefused:
		a.judgeBind(e)
	case session.EventAbandoned, session.EventOpen, session.EventEvicted:
		if dissect.IsBind(e.Req.ID) {
			a.judgeBind(e)
		}
	case session.EventAnswered, session.EventAnsweredLate, session.EventWrongType:
		if e.Resp.Status != 0 {
			a.refused(c, e)
		}
	case session.EventUnmatched:
		a.unmatchedNumber(e)
	case session.EventConnEnd:
		a.refusalClosed(c)
	}
}

// bindNow judges what a bind says by itself.
func (a *Auditor) bindNow(o *session.Observed) {
	p := o.PDU
	if f, ok := p.Field(dissect.ParamSystemID); ok {
		a.check(RuleSystemIdEmpty)
		a.systemID(o, f)
	}
	if f, ok := p.Field(dissect.ParamPassword); ok && !a.off[RulePasswordEmpty] {
		a.check(RulePasswordEmpty)
		if f.End-f.Off <= 1 {
			e := of(o, RulePasswordEmpty)
			e.field, e.offset, e.length = "password", int(f.Off), 1
			e.seen, e.wanted = "empty", "the account's password"
			e.message = fmt.Sprintf("The password of %s is empty; %s requires one.", p.Command.Name, a.profile.Title)
			a.fail(e)
		}
	}
	if kind := bindKinds[p.ID]; !a.off[RuleBindTypeNotOffered] {
		a.check(RuleBindTypeNotOffered)
		if !slices.Contains(a.profile.Bind.Types, kind) {
			e := of(o, RuleBindTypeNotOffered)
			e.field, e.offset, e.length, e.cause = "command_id", 4, 4, p.Command.Name
			e.seen, e.wanted = kind, strings.Join(a.profile.Bind.Types, ", ")
			e.message = fmt.Sprintf("The ESME binds by %s, which %s does not offer.", p.Command.Name, a.profile.Title)
			a.fail(e)
		}
	}
}

var bindKinds = map[uint32]string{dissect.CmdBindTransmitter: "tx", dissect.CmdBindReceiver: "rx", dissect.CmdBindTransceiver: "trx"}

// systemID: system-id-empty.
func (a *Auditor) systemID(o *session.Observed, f dissect.Field) {
	id := o.PDU.Value(f)
	e := of(o, RuleSystemIdEmpty)
	e.field, e.offset, e.length = "system_id", int(f.Off), int(f.End-f.Off)
	switch {
	case len(id) == 0 && a.profile.Bind.SystemID.Required:
		e.cause, e.seen = "empty", "empty"
		e.message = fmt.Sprintf("The system_id of %s is empty.", o.PDU.Command.Name)
	case len(bytes.TrimSpace(id)) < len(id):
		e.severity, e.cause, e.seen = Warning, "white space", fmt.Sprintf("%q", id)
		e.message = fmt.Sprintf("The system_id of %s has white space around it.", o.PDU.Command.Name)
	default:
		return
	}
	e.wanted = "the account's name"
	a.fail(e)
}

// cleartext: cleartext-credentials.
func (a *Auditor) cleartext(o *session.Observed) {
	f, ok := o.PDU.Field(dissect.ParamPassword)
	if !ok {
		return
	}
	a.check(RuleCleartextCredentials)
	if f.End-f.Off <= 1 || o.Conn.TLS == "both" {
		return
	}
	e := of(o, RuleCleartextCredentials)
	e.field, e.offset, e.length = "password", int(f.Off), int(f.End-f.Off)
	e.seen, e.wanted = "a password in clear", "TLS, or a private line"
	e.message = fmt.Sprintf("%s carries the password in clear: whoever sees the traffic can read it.", o.PDU.Command.Name)
	a.fail(e)
}

// judgeBind judges a bind by its answer; by the milder reading when none came.
func (a *Auditor) judgeBind(e *session.Event) {
	if e.Req == nil {
		return
	}
	p := &a.again
	dissect.Decode(p, e.Req.Raw)
	b := bindCase{e: e, p: p, answered: e.PDU != nil, refused: e.Kind == session.EventBindRefused}
	if e.PDU != nil {
		if t, ok := e.PDU.TLV(dissect.TagSCInterfaceVersion); ok {
			if v := e.PDU.TLVValue(t); len(v) == 1 {
				b.sc = v[0]
			}
		}
	}
	if !a.off[RuleSystemType] {
		a.systemType(&b)
	}
	iv, ok := p.Field(dissect.ParamInterfaceVersion)
	if !ok {
		return
	}
	if !a.off[RuleInterfaceVersion] {
		a.interfaceVersion(&b, iv)
	}
	if p.ID == dissect.CmdBindTransceiver {
		a.transceiver(&b, iv)
	}
}

// bindCase is a bind and its answer.
type bindCase struct {
	e                 *session.Event
	p                 *dissect.PDU
	answered, refused bool
	sc                uint8 // sc_interface_version; zero: none
}

// systemType: system-type.
func (a *Auditor) systemType(b *bindCase) {
	f, ok := b.p.Field(dissect.ParamSystemType)
	if !ok {
		return
	}
	a.check(RuleSystemType)
	got, want := string(b.p.Value(f)), &a.profile.Bind.SystemType
	severity := systemTypeFault(want, got)
	if severity == SeverityNone {
		return
	}
	status := b.e.Resp.Status
	vendor := a.profile.Status.VendorRange
	if b.refused && (status == dissect.StatusInvalidSystemType ||
		severity > Note && (status == dissect.StatusBindFailed || status >= vendor[0] && status <= vendor[1])) {
		severity = Error
	}
	e := ofRequest(b.e.Req, RuleSystemType)
	e.severity, e.field, e.offset, e.length = severity, "system_type", int(f.Off), int(f.End-f.Off)
	e.seen, e.wanted = got, strings.Join(want.Values, " or ")
	if want.Compare == profile.CompareEmpty {
		e.wanted = "empty"
	}
	if len(b.p.Issues) > 0 { // fields may be out of place: a password may stand here
		e.seen = "another value"
	}
	e.remedy = fmt.Sprintf("Set system_type in the bind to %q.", e.wanted)
	if e.wanted == "empty" {
		e.remedy = "Leave system_type in the bind empty."
	}
	wants := fmt.Sprintf("%s wants %q", a.profile.Title, e.wanted)
	if want.Compare == profile.CompareEmpty {
		wants = a.profile.Title + " wants it empty"
	}
	e.message = fmt.Sprintf("The bind has system_type %q; %s.", e.seen, wants)
	if b.refused {
		name, _ := a.status(status)
		e.message = fmt.Sprintf("The bind has system_type %q, %s, and it was refused with %s.", e.seen, wants, name)
	}
	e.seen = cmp.Or(e.seen, "empty")
	a.fail(e)
}

// systemTypeFault gives a note when only the case differs.
func systemTypeFault(want *profile.SystemType, got string) Severity {
	if want.Compare == profile.CompareEmpty {
		if got == "" {
			return SeverityNone
		}
		return Warning
	}
	if slices.Contains(want.Values, got) || want.Compare == profile.CompareOptional && got == "" {
		return SeverityNone
	}
	for _, v := range want.Values {
		if strings.EqualFold(v, got) {
			if want.Compare == profile.CompareFold {
				return SeverityNone
			}
			return Note
		}
	}
	return Warning
}

// interfaceVersion: interface-version.
func (a *Auditor) interfaceVersion(b *bindCase, f dissect.Field) {
	a.check(RuleInterfaceVersion)
	want := &a.profile.Bind.InterfaceVersion
	got := b.p.Raw[f.Off]
	if got == want.Recommended || want.Recommended == 0 && (len(want.Accepted) == 0 || accepts(want, got)) {
		return
	}
	e := ofRequest(b.e.Req, RuleInterfaceVersion)
	e.field, e.offset, e.length, e.cause = "interface_version", int(f.Off), 1, hexOctets[got]
	e.seen, e.wanted = hexOctets[got], hexOctets[want.Recommended]
	least := want.Recommended
	if least == 0 {
		e.wanted = versionsText(want.Accepted)
		least = want.Accepted[len(want.Accepted)-1][1]
	}
	e.severity = Note
	assumed := ""
	if want.Fallback != 0 {
		assumed = fmt.Sprintf(" and treats every other value as %s", dissect.Version(want.Fallback))
	}
	e.remedy = fmt.Sprintf("Set interface_version in the bind to %s (decimal %d).", hexOctets[least], least)
	e.message = fmt.Sprintf("The bind has interface_version %s; %s wants %s%s.", e.seen, a.profile.Title, e.wanted, assumed)
	switch {
	case b.sc != 0 && b.sc >= least:
		e.message = fmt.Sprintf("The bind has interface_version %s, %s wants %s; the server answers that it speaks %s.", e.seen, a.profile.Title, e.wanted, hexOctets[b.sc])
	case got == a.limit.DecimalSlip:
		e.message += " " + hexOctets[got] + " is 34 in decimal: version 3.4 is written 0x34."
		fallthrough
	case !accepts(want, got):
		if b.answered {
			e.severity = Warning
		}
	}
	a.fail(e)
}

// versionsText lists values and ranges of them.
func versionsText(ranges [][2]uint8) string {
	var out []string
	for _, r := range ranges {
		s := hexOctets[r[0]]
		if r[1] != r[0] {
			s += " to " + hexOctets[r[1]]
		}
		out = append(out, s)
	}
	return strings.Join(out, " or ")
}

// accepts tells whether the provider takes the value for what it says; where
// it does not list them, those up to 0x33 (v3.4 5.2.4).
func accepts(want *profile.InterfaceVersion, got uint8) bool {
	for _, r := range want.Accepted {
		if got >= r[0] && got <= r[1] {
			return true
		}
	}
	return len(want.Accepted) == 0 && got <= uint8(dissect.V33)
}

// transceiver: transceiver-before-v34.
func (a *Auditor) transceiver(b *bindCase, f dissect.Field) {
	a.check(RuleTransceiverBeforeV34)
	least := a.profile.Bind.TRXMinVersion
	got := b.p.Raw[f.Off]
	if got >= least {
		return
	}
	e := ofRequest(b.e.Req, RuleTransceiverBeforeV34)
	e.field, e.offset, e.length, e.cause = "interface_version", int(f.Off), 1, hexOctets[got]
	e.severity = Warning
	if b.sc >= uint8(dissect.V34) || !b.answered {
		e.severity = Note
	}
	e.seen, e.wanted = hexOctets[got], hexOctets[least]+" or more"
	e.message = fmt.Sprintf("The ESME binds as transceiver with interface_version %s; transceivers came with version 3.4 (0x34).", e.seen)
	a.fail(e)
}

// maxBinds: max-binds.
func (a *Auditor) maxBinds(c *connState, e *session.Event) {
	limit := a.profile.Bind.Max
	if a.off[RuleMaxBinds] || limit == 0 || !e.Session.BindSeen {
		return
	}
	acc := a.audienceOf(c, e.Session)
	if acc == nil {
		a.giveUp(RuleMaxBinds)
		return
	}
	if !acc.judged {
		acc.judged = true
		a.check(RuleMaxBinds)
	}
	acc.bound = slices.DeleteFunc(acc.bound, func(b *session.Conn) bool {
		return b == c.conn || b.End != session.EndNone || b.Session == nil || !b.Session.State.Bound()
	})
	if len(acc.bound) < maxBound {
		acc.bound = append(acc.bound, c.conn)
	}
	held, key := len(acc.bound), a.keyOf(c.conn, e.Session)
	if a.profile.Bind.MaxScope == "server" {
		key = serverKeyOf(c.conn, e.Session)
		for _, b := range acc.bound {
			if endOf(b, dissect.SMSC) != key.server {
				held--
			}
		}
	}
	if held <= limit {
		return
	}
	ev := evidence{
		rule: RuleMaxBinds, conn: c.conn, session: e.Session,
		pdu: e.Resp.Number, frame: e.Resp.Frame, time: e.Resp.Time,
		account: key.String(),
	}
	ev.seen, ev.wanted = counted(int64(held), "bind"), fmt.Sprintf("at most %d", limit)
	ev.message = fmt.Sprintf("%d sessions of %q are bound at once; %s allows %d.", held, e.Session.SystemID, a.profile.Title, limit)
	a.fail(ev)
}
