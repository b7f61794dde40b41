package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// pduState is what the rules of single PDUs keep of a connection.
type pduState struct {
	causes map[causeKey]bool
	// failed is the last failed response that had a body, or lacked one, by the
	// direction in which it was sent; nil: none.
	failed [2]*failedResponse
	// suspect: a rule spoke whose severity depends on the answer.
	suspect bool
	account *audience
	session *session.Session // whose account it is
	whose   audienceKey
	zero    *zeroes
	// mixtures are those of the TLVs looked at last.
	mixtures [2]struct {
		key mixtureKey
		of  *mixture
	}
}

// checkBody judges the fixed parameters. Of a command that it does not know
// only the issues are kept, for the record.
func (a *Auditor) checkBody(c *connState, o *session.Observed) {
	p := o.PDU
	if o.Clean&o.From == 0 || o.Session.Version != dissect.V34 {
		a.issues = dissect.Validate(a.issues[:0], p, dissect.Context{
			Version: o.Session.Version, Offered: o.Session.Offered, From: o.From, Dialect: a.dialect,
		})
	}
	if p.Command == nil {
		return
	}
	a.countBody(o)
	for i := range p.Issues {
		a.structure(c, o, &p.Issues[i])
	}
	for i := range a.issues {
		a.value(c, o, &a.issues[i])
	}
	if len(p.Fields) > 0 {
		a.checkTimes(c, o)
	}
	if p.ID&dissect.ResponseBit != 0 {
		a.checkResponseBody(c, o)
		return
	}
	switch p.ID {
	case dissect.CmdSubmitSM, dissect.CmdDeliverSM, dissect.CmdDataSM, dissect.CmdSubmitMulti:
		a.addressEmpty(c, o)
	}
}

// countBody counts the checks that concern this command.
func (a *Auditor) countBody(o *session.Observed) {
	k := a.checks
	k[RuleBodyTruncated].Checked++
	k[RuleBodyTrailing].Checked++
	k[RuleStringUnterminated].Checked++
	k[RuleStringTooLong].Checked++
	k[RuleStringCharset].Checked++
	k[RuleFieldReserved].Checked++
	switch o.PDU.ID {
	case dissect.CmdSubmitSM, dissect.CmdDeliverSM, dissect.CmdSubmitMulti:
		k[RuleEsmClassDirection].Checked++
		k[RuleDataCodingReserved].Checked++
		k[RuleSmLengthLarge].Checked++
	case dissect.CmdDataSM:
		k[RuleEsmClassDirection].Checked++
		k[RuleDataCodingReserved].Checked++
	case dissect.CmdReplaceSM:
		k[RuleSmLengthLarge].Checked++
	case dissect.CmdBroadcastSM:
		k[RuleDataCodingReserved].Checked++
	}
	switch o.PDU.ID {
	case dissect.CmdSubmitMulti, dissect.CmdSubmitMultiResp, dissect.CmdQueryLastMsgsResp:
		k[RuleDestinationsCount].Checked++
	}
}

// structure judges what Decode could not read.
func (a *Auditor) structure(c *connState, o *session.Observed, i *dissect.Issue) {
	switch i.Code {
	case dissect.CodeBodyTruncated, dissect.CodeStringUnterminated, dissect.CodeTLVTruncated:
		a.broken = true
		a.issue(c, o, issueRule[i.Code], Error, i, "")
	case dissect.CodeBodyTrailing:
		a.issue(c, o, RuleBodyTrailing, Warning, i, "")
	case dissect.CodeDestinationsCount:
		a.issue(c, o, RuleDestinationsCount, Error, i, "")
	case dissect.CodeFieldReserved: // dest_flag
		a.broken = a.broken || o.PDU.Broken
		a.issue(c, o, RuleFieldReserved, Warning, i, i.Got)
	}
}

// value judges a parameter's value.
func (a *Auditor) value(c *connState, o *session.Observed, i *dissect.Issue) {
	rule, known := issueRule[i.Code]
	if !known || Rules[rule].Group != "body" {
		return // the header's and the TLVs' are judged elsewhere
	}
	severity, cause := Rules[rule].Max, ""
	switch i.Code {
	case dissect.CodeStringTooLong:
		if i.Field == "password" || i.Field == "message_id" {
			severity = Warning
			c.pdus.suspect = c.pdus.suspect || !o.PDU.IsResponse()
		}
	case dissect.CodeDataCodingReserved:
		if dc, _ := o.PDU.U8(dissect.ParamDataCoding); dc >= 0xE0 && dc <= 0xEF {
			return // message waiting with UCS-2, in practice
		}
		cause = i.Got
	case dissect.CodeFieldReserved, dissect.CodeEsmClassDirection:
		if i.Field == "interface_version" && !a.off[RuleInterfaceVersion] {
			return
		}
		if i.Want != "empty" { // how long a text is that has no place is no cause of its own
			cause = i.Got
		}
	}
	if i.Minor {
		severity = Note
	}
	a.issue(c, o, rule, severity, i, cause)
}

// issueRule gives the rule of an issue; code and rule are the same word.
var issueRule = func() map[dissect.Code]RuleID {
	m := make(map[dissect.Code]RuleID, len(Rules))
	for i := range Rules {
		m[dissect.Code(Rules[i].Name)] = Rules[i].ID
	}
	return m
}()

// checkResponseBody judges whether a response has the body it should have.
func (a *Auditor) checkResponseBody(c *connState, o *session.Observed) {
	p := o.PDU
	if p.Status != 0 {
		a.check(RuleBodyOnError)
		a.bodyOnError(c, o)
		return
	}
	if len(p.Command.Params) == 0 {
		return
	}
	a.check(RuleBodyMissing)
	if p.NoBody {
		a.bodyMissing(o)
	}
	switch p.ID {
	case dissect.CmdSubmitSMResp, dissect.CmdSubmitMultiResp, dissect.CmdDataSMResp:
		if o.From == dissect.SMSC {
			a.messageID(c, o)
		}
	}
}

// bodyMissing: body-missing.
func (a *Auditor) bodyMissing(o *session.Observed) {
	p := o.PDU
	e := of(o, RuleBodyMissing)
	e.severity, e.cause = Error, p.Command.Name
	if p.ID == dissect.CmdDeliverSMResp || p.ID == dissect.CmdDataSMResp && o.From == dissect.ESME {
		e.severity = Note
	}
	if a.folded(&e) {
		return
	}
	first := p.Command.Params[0].Name
	e.field, e.offset = first, dissect.HeaderLen
	e.seen, e.wanted = "16 octets, a header alone", "a body that begins with "+first
	e.message = fmt.Sprintf("%s answers with status 0 and %s ends behind the header: %s is missing.", opening(o.From), p.Command.Name, first)
	a.fail(e)
}

// bodyOnError: body-on-error.
func (a *Auditor) bodyOnError(c *connState, o *session.Observed) {
	p := o.PDU
	if !noBodyOnError(p.Command, o.Session.Version) {
		return
	}
	if len(p.Raw) <= dissect.HeaderLen {
		a.bareRefusal(c, o)
		return
	}
	e := of(o, RuleBodyOnError)
	e.cause = p.Command.Name
	e.offset, e.length = dissect.HeaderLen, len(p.Raw)-dissect.HeaderLen
	c.awaitReaction(o, e)
	if a.folded(&e) {
		return
	}
	name, _ := a.status(p.Status)
	e.seen, e.wanted = counted(int64(e.length), "octet"), "no body when the status is not 0"
	e.message = fmt.Sprintf("%s refuses with %s and sends a body in %s, where the specification has none.", opening(o.From), name, p.Command.Name)
	a.fail(e)
}

// noBodyOnError tells that the version's document has a failed response
// without a body. What v3.3 says is not known.
func noBodyOnError(cmd *dissect.Command, v dissect.Version) bool {
	at := 1
	switch {
	case v == dissect.V33:
		return false
	case v >= dissect.V50:
		at = 2
	}
	return cmd.OnError[at] == dissect.BodyOmitted || cmd.OnError[at] == dissect.BodyShouldOmit
}

// messageID: message-id-empty and message-id-v33.
func (a *Auditor) messageID(c *connState, o *session.Observed) {
	a.check(RuleMessageIdEmpty)
	s := o.Session // one that bound as 3.4 takes long ids, whatever the server speaks
	below := s.Version != 0 && s.Version < dissect.V34 && s.InterfaceVersion < 0x34
	if below {
		a.check(RuleMessageIdV33)
	}
	id, ok := o.PDU.Field(dissect.ParamMessageID)
	if !ok {
		return
	}
	n := int(id.End-id.Off) - 1
	if n > 0 {
		a.gaveID(c, o, o.PDU.Value(id))
	}
	switch {
	case n == 0 && a.profile.Response.MessageIDRequired:
		e := of(o, RuleMessageIdEmpty)
		e.cause, e.field, e.offset, e.length = o.PDU.Command.Name, "message_id", int(id.Off), 1
		if a.folded(&e) {
			return
		}
		e.seen, e.wanted = "empty", "an identifier"
		e.message = fmt.Sprintf("The SMSC accepts the message with status 0, and %s has no message_id: no receipt can be matched to it.", o.PDU.Command.Name)
		a.fail(e)
	case n > a.limit.OldIDMax && below:
		e := of(o, RuleMessageIdV33)
		e.field, e.offset, e.length = "message_id", int(id.Off), n+1
		if o.Session.Offered >= dissect.V34 {
			e.severity = Note
		}
		if a.folded(&e) {
			return
		}
		e.seen, e.wanted = counted(int64(n), "character"), "at most "+counted(int64(a.limit.OldIDMax), "character")
		e.message = fmt.Sprintf("The SMSC gives a message_id of %d characters to an ESME that bound below 0x34 and may hold only %d.", n, a.limit.OldIDMax)
		a.fail(e)
	}
}
