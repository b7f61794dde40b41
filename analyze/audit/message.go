package audit

import (
	"fmt"
	"net/netip"

	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// contents is what the rules of message content keep beyond one connection,
// and what they look up for every message.
type contents struct {
	accounts  session.Accounts
	concats   session.Concats
	submits   submitTable
	unflagged unflagged
	codings   [256]coding
	limit     int  // octets of one segment; zero: not known
	gsm       bool // the provider says that its default alphabet is GSM 03.38
	vendor    [2]uint32
	parts     *session.PartMap // of the PDU in hand
	// unnamed is when a part last came over a connection of which no bind was
	// seen, by the SMSC's address: it may be any account's.
	unnamed map[netip.AddrPort]int64
}

// maxLong bounds the long messages that are followed.
const maxLong = 16_384

func (v *contents) init(p *profile.Profile, limit *Limits) {
	v.concats = session.Concats{Wait: int64(p.Long.Wait), Restart: limit.Restart, Max: maxLong}
	v.accounts.BySystemID = p.Account.By == "system_id"
	v.limit = p.Long.LimitOctets
	v.gsm = p.IsSet("encoding.default_alphabet") && p.Vouched("encoding.default_alphabet") && p.Encoding.Default == dissect.AlphabetGSM
	v.vendor = p.Status.VendorRange
	for dc := range v.codings {
		v.codings[dc] = codingOf(p, uint8(dc))
	}
}

// messageState is what the rules of message content keep of a connection.
type messageState struct {
	account *session.Account
	session *session.Session // whose account it is
	system  string
	long    bool // message-too-long spoke: its answer may tell more
	parts   bool // parts of long messages were seen: one may be refused
	open    openSubmits
}

// accountOf finds the account of a session on its connection; nil when there
// are too many accounts.
func (a *Auditor) accountOf(c *connState, s *session.Session) *session.Account {
	m := &c.msg
	if m.account != nil && m.session == s && m.system == s.SystemID {
		return m.account
	}
	old := m.account
	m.account = a.contents.accounts.Of(c.conn, s)
	m.session, m.system = s, s.SystemID
	if old != nil && old != m.account {
		old.Leave(c.conn)
	}
	return m.account
}

// content is the user data of the message in hand. Its slices are views.
type content struct {
	octets  []byte // of the user data, its header included
	off     int    // of octets in the PDU
	field   string
	submit  bool // the ESME sends it
	receipt bool // esm_class says receipt or notification
	class   uint8
	coding  uint8
	payload *dissect.TLV
	sar     sarTLVs
	udh
	unflagged int                  // octets of a header that esm_class does not announce
	long      *session.LongMessage // it is a part of; nil: of none that is followed
}

// text is the user data behind its header.
func (m *content) text() []byte { return m.octets[m.header:] }

// read takes a message apart without a copy.
func (m *content) read(p *dissect.PDU, from dissect.Side) {
	m.submit = isSubmit(p.ID, from)
	m.class, _ = p.U8(dissect.ParamEsmClass)
	m.coding, _ = p.U8(dissect.ParamDataCoding)
	kind := m.class & dissect.EsmTypeMask
	m.receipt = !m.submit && (kind == dissect.EsmReceipt || kind == dissect.EsmIntermediate)
	m.field = "short_message"
	if f, ok := p.Field(dissect.ParamShortMessage); ok {
		m.octets, m.off = p.Value(f), int(f.Off)
	}
	for i := range p.TLVs {
		switch t := &p.TLVs[i]; t.Tag {
		case dissect.TagMessagePayload:
			if m.payload == nil {
				m.payload = t
			}
		case dissect.TagSARMsgRefNum, dissect.TagSARTotalSegments, dissect.TagSARSegmentSeqnum:
			m.sar.read(p, t)
		case dissect.TagSourcePort, dissect.TagDestinationPort:
			m.ports = true
		}
	}
	if m.payload != nil && len(m.octets) == 0 {
		m.octets, m.off, m.field = p.TLVValue(*m.payload), int(m.payload.Off)+4, "message_payload"
	}
	if m.class&dissect.EsmUDHI != 0 {
		m.udh.read(m.octets)
	}
}

// checkMessage judges what a message holds.
func (a *Auditor) checkMessage(c *connState, o *session.Observed) {
	p := o.PDU
	switch p.ID {
	case dissect.CmdSubmitSM, dissect.CmdDeliverSM, dissect.CmdSubmitMulti, dissect.CmdDataSM, dissect.CmdReplaceSM:
	default:
		return
	}
	if a.broken || a.direction {
		return
	}
	var m content
	m.read(p, o.From)
	a.check(RulePayloadAndText)
	if m.payload != nil && m.field == "short_message" {
		a.payloadAndText(o, &m)
	}
	if p.ID == dissect.CmdReplaceSM {
		return // how its text is meant stands in the message that it replaces
	}
	if m.submit {
		a.check(RuleMessageEmpty)
		if len(m.octets) == 0 {
			a.messageEmpty(o, &m)
		}
	}
	a.checkHeaders(c, o, &m)
	if m.fault == "" && len(m.octets) > m.header {
		a.checkLength(c, o, &m)
		header := m.header
		if m.header = max(header, m.unflagged); len(m.octets) > m.header {
			a.checkText(o, &m)
		}
		m.header = header
	}
	if m.submit {
		a.checkDuplicate(c, o, &m)
	}
}

// checkHeaders judges the user data header and what says that the message is
// a part of a long one.
func (a *Auditor) checkHeaders(c *connState, o *session.Observed, m *content) {
	if m.class&dissect.EsmUDHI != 0 {
		a.check(RuleUdhMalformed)
		if m.fault != "" && (len(m.octets) > 0 || o.PDU.ID != dissect.CmdDataSM) {
			a.udhMalformed(o, m)
		}
		if m.submit && m.fault == "" {
			a.check(RuleEsmClassMixed)
			a.classMixed(c, o, m)
		}
	} else {
		a.check(RuleUdhNotFlagged)
		if len(m.octets) > 5 && (m.octets[0] == 5 || m.octets[0] == 6) && m.coding != 2 && m.coding != 4 {
			a.udhNotFlagged(c, o, m)
		}
	}
	if m.sar.n > 0 {
		a.check(RuleSarIncomplete)
		if m.sar.n < 3 {
			a.sarIncomplete(o, m)
		}
	}
	if m.kind != "" || m.sar.n > 0 {
		a.check(RuleSarAndUdh)
		if m.kind != "" && m.sar.n > 0 {
			a.sarAndUDH(o, m)
		}
		m.takeSAR()
	}
	if m.kind != "" && m.fault == "" && !m.receipt {
		a.checkPart(c, o, m)
	}
}

// payloadAndText: payload-and-text.
func (a *Auditor) payloadAndText(o *session.Observed, m *content) {
	e := of(o, RulePayloadAndText)
	e.cause = o.PDU.Command.Name
	e.field, e.offset, e.length = "message_payload", int(m.payload.Off), 4+int(m.payload.Len)
	if a.folded(&e) {
		return
	}
	e.seen = fmt.Sprintf("sm_length %d and message_payload of %s", len(m.octets), counted(int64(m.payload.Len), "octet"))
	e.wanted = "sm_length 0, or no message_payload"
	e.message = fmt.Sprintf("%s sends %s with text in both places: %s in short_message and %d in message_payload. A receiver takes either one.",
		opening(o.From), e.cause, counted(int64(len(m.octets)), "octet"), m.payload.Len)
	a.fail(e)
}

// messageEmpty: message-empty. What lacks a payload it must have is
// tlv-missing; a header without octets is udh-malformed.
func (a *Auditor) messageEmpty(o *session.Observed, m *content) {
	p := o.PDU
	if p.ID == dissect.CmdDataSM && m.payload == nil || m.class&dissect.EsmUDHI != 0 {
		return
	}
	if v, _ := p.U8(dissect.ParamSMDefaultMsgID); v != 0 {
		return
	}
	if _, ok := p.TLV(dissect.TagUSSDServiceOp); ok {
		return
	}
	e := of(o, RuleMessageEmpty)
	e.cause = p.Command.Name
	e.field, e.offset, e.length = m.field, m.off, 0
	if f, ok := p.Field(dissect.ParamSMLength); ok {
		e.field, e.offset, e.length = "sm_length", int(f.Off), 1
	}
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = "no text", "text in short_message or message_payload"
	e.message = fmt.Sprintf("The ESME sends %s without any text, and without a default message to send in its place.", e.cause)
	a.fail(e)
}

// onMessage takes what became of a message.
func (a *Auditor) onMessage(c *connState, e *session.Event) {
	switch e.Kind {
	case session.EventAnswered, session.EventAnsweredLate, session.EventWrongType:
		a.submitAnswered(c, e)
		if e.Resp.Status != 0 && (c.msg.long || c.msg.parts) {
			a.messageRefused(c, e)
		}
	case session.EventAbandoned, session.EventEvicted:
		a.submitLost(c, e)
	case session.EventConnEnd:
		if m := &c.msg; m.account != nil {
			m.account.Leave(c.conn)
		}
	}
}

// messageRefused takes the refusal of a message.
func (a *Auditor) messageRefused(c *connState, e *session.Event) {
	switch e.Req.ID {
	case dissect.CmdSubmitSM, dissect.CmdDeliverSM, dissect.CmdSubmitMulti, dissect.CmdDataSM, dissect.CmdReplaceSM:
	default:
		return
	}
	p := &a.again
	dissect.Decode(p, e.Req.Raw)
	if p.Command == nil {
		return
	}
	var m content
	m.read(p, e.Req.From)
	if c.msg.long && m.submit {
		a.tooLongMessageRefused(e, p, &m)
	}
	if c.msg.parts {
		a.partRefused(c, e, p, &m)
	}
}
