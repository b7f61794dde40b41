package analyze

import (
	"bytes"
	"encoding/binary"
	"strings"

	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// headShown is how much of octets that are no well-formed PDU may stay.
const headShown = 16

// masker makes the copies of PDUs and garbage that leave the pipeline.
// Decoded copies are used again for the next batch.
type masker struct {
	pdus  []*dissect.PDU
	used  int
	spans []dissect.Span
	// pseudonyms take the place of addresses, in the spans from addresses on;
	// nil: they are masked.
	pseudonyms *pseudonyms
	addresses  int
}

func (m *masker) reset() { m.used = 0 }

// take gives a PDU for a masked copy.
func (m *masker) take() *dissect.PDU {
	if m.used == len(m.pdus) {
		m.pdus = append(m.pdus, new(dissect.PDU))
	}
	m.used++
	return m.pdus[m.used-1]
}

// pdu gives the PDU as it may leave: itself when nothing in it is secret,
// else one decoded from a masked copy of its octets. plain is the PDU as it
// may leave without redaction; nil: it is the same.
func (m *masker) pdu(o *session.Observed, r Redact) (masked, plain *dissect.PDU) {
	p := o.PDU
	m.spans = m.spans[:0]
	if !wellFormed(o) && !bound(o.Session, o.Before) {
		m.spans = append(m.spans, dissect.Span{Off: dissect.HeaderLen, End: len(p.Raw)})
	}
	m.spans = dissect.Secrets(p, m.spans)
	secret := len(m.spans)
	m.redact(p, r)
	switch {
	case len(m.spans) == 0:
		return p, nil
	case len(m.spans) == secret:
	case secret == 0:
		plain = p
	default:
		raw := bytes.Clone(p.Raw)
		dissect.Cover(raw, m.spans[:secret])
		plain = m.copied(raw, p.Issues)
	}
	raw := bytes.Clone(p.Raw)
	m.cover(raw)
	return m.copied(raw, p.Issues), plain
}

// copied decodes a masked copy. What could not be read is told of the PDU, not
// of its copy, which may break where the PDU does not.
func (m *masker) copied(raw []byte, issues []dissect.Issue) *dissect.PDU {
	p := m.take()
	dissect.Decode(p, raw)
	p.Issues = MaskIssues(p.Issues[:0], issues, m.spans)
	return p
}

// wellFormed tells that a PDU's body is what its header says. Of binds
// dissect.Secrets knows where the password stands, whatever is wrong.
func wellFormed(o *session.Observed) bool {
	p := o.PDU
	return p.Command != nil && !o.Cut && (len(p.Issues) == 0 || p.ID == dissect.CmdOutbind || dissect.IsBind(p.ID))
}

// issues gives issues of the PDU masked last as they may leave.
func (m *masker) issues(dst, issues []dissect.Issue) []dissect.Issue {
	return MaskIssues(dst, issues, m.spans)
}

// MaskIssues appends issues of a PDU as they may leave: what they quote of
// masked octets stays. How long a string is, is told.
func MaskIssues(dst, issues []dissect.Issue, spans []dissect.Span) []dissect.Issue {
	for _, i := range issues {
		for _, s := range spans {
			if i.Offset < s.End && i.Offset+max(i.Length, 1) > s.Off {
				maskIssue(&i)
			}
		}
		dst = append(dst, i)
	}
	return dst
}

func maskIssue(i *dissect.Issue) {
	switch i.Code {
	case dissect.CodeStringUnterminated, dissect.CodeStringTooLong, dissect.CodeBodyTruncated:
		return // they count octets
	case dissect.CodeTLVTruncated:
		i.Want = "" // the length, as it stands there
	}
	if strings.HasPrefix(i.Field, "0x") { // so does a tag without a name
		i.Field = ""
	}
	i.Got = "masked"
}

// redact adds what redaction covers.
func (m *masker) redact(p *dissect.PDU, r Redact) {
	if r&RedactText != 0 {
		m.spans = dissect.Marked(p, dissect.MarkText, m.spans)
	}
	m.addresses = len(m.spans)
	if r&RedactAddresses != 0 {
		m.spans = dissect.Marked(p, dissect.MarkAddress, m.spans)
	}
}

// cover masks what pdu or redact found. What is secret or text as well is
// masked, whatever else it looks like.
func (m *masker) cover(raw []byte) {
	if m.pseudonyms == nil {
		dissect.Cover(raw, m.spans)
		return
	}
	m.pseudonyms.put(raw, m.spans[m.addresses:])
	dissect.Cover(raw, m.spans[:m.addresses])
}

// parts masks the octets of a long message's parts as pdu does those of each.
// They are messages, in which no password stands.
func (m *masker) parts(all *session.PartMap, r Redact) {
	if r == RedactNone {
		return
	}
	var p dissect.PDU
	for i := range all.Seen {
		x := &all.Seen[i]
		dissect.Decode(&p, x.Raw)
		m.spans = m.spans[:0]
		m.redact(&p, r)
		x.Raw = bytes.Clone(x.Raw)
		m.cover(x.Raw)
	}
}

// RedactFinding gives a finding as it may leave. Its words may quote addresses
// and texts, so under redaction only those about a number stay.
func RedactFinding(f *audit.Finding, r Redact) *audit.Finding {
	if r == RedactNone || numeric(f.Field) {
		return f
	}
	out := *f
	out.Message = f.Of().Title
	if f.Field != "command_status" { // which is a number too
		out.Seen = ""
	}
	return &out
}

// RedactOctets gives a recorded PDU's octets as they may leave: what is asked
// for is masked in a copy. Nothing to mask: raw itself.
func RedactOctets(raw []byte, r Redact) []byte {
	var p dissect.PDU
	dissect.Decode(&p, raw)
	var m masker
	m.redact(&p, r)
	if len(m.spans) == 0 {
		return raw
	}
	out := bytes.Clone(raw)
	dissect.Cover(out, m.spans)
	return out
}

// numeric tells whether a field is an integer parameter, whose value names
// nobody.
func numeric(field string) bool {
	id, ok := dissect.ParamByName(field)
	if !ok {
		return false
	}
	commands := dissect.Commands()
	for i := range commands {
		if p := commands[i].Param(id); p != nil {
			return p.Kind.Size() > 0
		}
	}
	return false
}

// bound tells whether a bind succeeded before, so that no password is to be
// expected any more.
func bound(s *session.Session, before session.State) bool {
	return before.Bound() || before == session.StateUnbound && s.BoundAt != 0
}

// frame gives the octets of a frame that is no PDU as they may leave.
func (m *masker) frame(c *session.Conn, f *stream.Frame) []byte {
	if len(f.Octets) == 0 || c.FollowsBind(f) {
		return f.Octets
	}
	out := bytes.Clone(f.Octets)
	from := 0
	if tellingHead(out) {
		from = headShown
	}
	dissect.Cover(out, []dissect.Span{{Off: from, End: len(out)}})
	return out
}

// tellingHead tells whether the first octets read as TLS, HTTP or an SMPP
// header: then they say what the octets are and hold no password.
func tellingHead(b []byte) bool {
	if len(b) >= 3 && b[0] == 0x16 && b[1] == 0x03 {
		return true
	}
	for _, word := range [...]string{"GET ", "POST ", "PUT ", "HEAD ", "OPTIONS ", "CONNECT ", "HTTP/1."} {
		if bytes.HasPrefix(b, []byte(word)) {
			return true
		}
	}
	return len(b) >= headShown && dissect.CommandByID(binary.BigEndian.Uint32(b[4:])) != nil
}
