package audit

import (
	"fmt"
	"hash/maphash"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// udh is what the user data header says (3GPP TS 23.040 9.2.3.24), and of what
// long message the text is a part.
type udh struct {
	header int    // octets, the length octet included; zero: none
	fault  string // why it does not parse
	ports  bool   // it addresses an application: the text may be binary
	kind   dissect.Concat
	ref    uint16
	total  uint8
	part   uint8
}

// Faults of a header.
const (
	faultEmpty   = "no octet follows"
	faultLength  = "its length octet runs past the message"
	faultElement = "an element runs past the header"
	faultConcat  = "its concatenation element has the wrong length"
)

// read splits the header off.
func (h *udh) read(b []byte) {
	switch {
	case len(b) == 0:
		h.fault = faultEmpty
		return
	case 1+int(b[0]) > len(b):
		h.fault = faultLength
		return
	}
	h.header = 1 + int(b[0])
	for e := b[1:h.header]; len(e) > 0; {
		if len(e) < 2 || 2+int(e[1]) > len(e) {
			h.fault = faultElement
			return
		}
		h.element(e[0], e[2:2+int(e[1])])
		e = e[2+int(e[1]):]
	}
}

func (h *udh) element(iei uint8, d []byte) {
	switch iei {
	case dissect.IEIConcat8:
		if len(d) != 3 {
			h.fault = faultConcat
			return
		}
		h.kind, h.ref, h.total, h.part = dissect.ConcatUDH8, uint16(d[0]), d[1], d[2]
	case dissect.IEIConcat16:
		if len(d) != 4 {
			h.fault = faultConcat
			return
		}
		h.kind, h.ref, h.total, h.part = dissect.ConcatUDH16, uint16(d[0])<<8|uint16(d[1]), d[2], d[3]
	case dissect.IEIPort8, dissect.IEIPort16:
		h.ports = true
	}
}

// sarTLVs are the three sar TLVs, as far as they are there.
type sarTLVs struct {
	n           int // different ones
	tags        [3]bool
	offs        [3]int // in the PDU
	ref         uint16
	total, part uint8
}

func (s *sarTLVs) read(p *dissect.PDU, t *dissect.TLV) {
	v, i := p.TLVUint(*t), 0
	switch t.Tag {
	case dissect.TagSARMsgRefNum:
		s.ref = uint16(v)
	case dissect.TagSARTotalSegments:
		i, s.total = 1, uint8(v)
	case dissect.TagSARSegmentSeqnum:
		i, s.part = 2, uint8(v)
	}
	if !s.tags[i] {
		s.tags[i], s.offs[i] = true, int(t.Off)
		s.n++
	}
}

// first is where the first of those that are there stands, in their order.
func (s *sarTLVs) first() int {
	for i, there := range s.tags {
		if there {
			return s.offs[i]
		}
	}
	return 0
}

// takeSAR lets the sar TLVs say what the header does not.
func (m *content) takeSAR() {
	if m.kind == "" && m.sar.n == 3 {
		m.kind, m.ref, m.total, m.part = dissect.ConcatSAR, m.sar.ref, m.sar.total, m.sar.part
	}
}

var sarNames = [3]string{"sar_msg_ref_num", "sar_total_segments", "sar_segment_seqnum"}

func (s *sarTLVs) names(there bool) (list string) {
	for i, name := range sarNames {
		if s.tags[i] != there {
			continue
		}
		if list != "" {
			list += " and "
		}
		list += name
	}
	return list
}

// udhMalformed: udh-malformed.
func (a *Auditor) udhMalformed(o *session.Observed, m *content) {
	e := of(o, RuleUdhMalformed)
	e.cause = o.PDU.Command.Name + " " + m.fault
	e.field, e.offset, e.length = m.field, m.off, min(max(m.header, 1), len(m.octets))
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = "an empty message", "a header whose elements fill it exactly, or esm_class without 0x40"
	if len(m.octets) > 0 {
		e.seen = fmt.Sprintf("UDHL %d, %s there: % X", m.octets[0], counted(int64(len(m.octets)-1), "octet"), m.octets[:min(len(m.octets), 16)])
	}
	e.message = fmt.Sprintf("%s sends %s with esm_class 0x%02X, which announces a user data header, and it does not parse: %s.",
		opening(o.From), o.PDU.Command.Name, m.class, m.fault)
	a.fail(e)
}

// unflagged remembers the last messages that looked like parts without
// esm_class saying so.
type unflagged struct {
	seen [64]unflaggedPart
	next int
}

// unflaggedPart is one of them: the message it would be of, and what it says.
type unflaggedPart struct {
	of          uint64
	head        [7]byte
	octets      int // of head
	total, part uint8
	class       uint8
	e           evidence
}

// another gives the first part of the same message that was seen before, of
// another number; nil: none.
func (u *unflagged) another(p *unflaggedPart) *unflaggedPart {
	for i := range u.seen {
		if q := &u.seen[i]; q.of == p.of && q.part != p.part {
			return q
		}
	}
	u.seen[u.next%len(u.seen)] = *p
	u.next++
	return nil
}

// read takes what begins like a concatenation header.
func (p *unflaggedPart) read(b []byte) bool {
	switch {
	case b[0] == 5 && b[1] == dissect.IEIConcat8 && b[2] == 3:
		p.octets, p.total, p.part = 6, b[4], b[5]
	case b[0] == 6 && b[1] == dissect.IEIConcat16 && b[2] == 4 && len(b) > 6:
		p.octets, p.total, p.part = 7, b[5], b[6]
	default:
		return false
	}
	copy(p.head[:], b[:p.octets])
	return p.part > 0 && p.part <= p.total
}

// udhNotFlagged: udh-not-flagged. What a second part makes certain is told of
// the first.
func (a *Auditor) udhNotFlagged(c *connState, o *session.Observed, m *content) {
	p := unflaggedPart{class: m.class, e: of(o, RuleUdhNotFlagged)}
	if !p.read(m.octets) {
		return
	}
	m.unflagged = p.octets
	p.e.cause, p.e.field, p.e.offset, p.e.length = o.PDU.Command.Name, m.field, m.off, p.octets
	acc := a.accountOf(c, o.Session)
	p.of = maphash.Bytes(idSeed, p.head[:p.octets-1]) ^ maphash.Bytes(idSeed, addressOctets(o.PDU))
	if acc != nil {
		p.of ^= uint64(acc.ID) * mixer
	}
	first, e := a.contents.unflagged.another(&p), p.e
	if first != nil {
		e.severity = Error
	}
	if a.folded(&e) {
		return
	}
	if first == nil || first.e.key() != e.key() {
		p.words(&e, o.From, first != nil)
		a.fail(e)
		return
	}
	a.occurred(&e)
	e = first.e
	e.severity, e.quiet = Error, true
	first.words(&e, o.From, true)
	if f := a.fail(e); f != nil && o.Time >= f.LastTime {
		f.LastTime, f.LastPDU = o.Time, o.Number
	}
}

func (p *unflaggedPart) words(e *evidence, from dissect.Side, second bool) {
	e.seen = fmt.Sprintf("esm_class 0x%02X, the text begins with % X", p.class, p.head[:p.octets])
	e.wanted = fmt.Sprintf("esm_class 0x%02X", p.class|dissect.EsmUDHI)
	e.message = fmt.Sprintf("%s sends %s whose text begins like the header of part %d of %d, but esm_class 0x%02X does not announce a header: the handset shows it as text.",
		opening(from), e.cause, p.part, p.total, p.class)
	if second {
		e.message += " Another part with the same reference begins alike, so it is no chance."
	}
}

// sarIncomplete: sar-incomplete.
func (a *Auditor) sarIncomplete(o *session.Observed, m *content) {
	e := of(o, RuleSarIncomplete)
	e.field = m.sar.names(false)
	e.cause = o.PDU.Command.Name + " " + e.field
	e.offset, e.length = m.sar.first(), 4
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = "only "+m.sar.names(true), "all three sar TLVs, or none"
	e.message = fmt.Sprintf("%s sends %s with %s, but without %s: a receiver ignores them, and the parts are not put together.",
		opening(o.From), o.PDU.Command.Name, m.sar.names(true), e.field)
	a.fail(e)
}

// sarAndUDH: sar-and-udh.
func (a *Auditor) sarAndUDH(o *session.Observed, m *content) {
	e := of(o, RuleSarAndUdh)
	e.cause = o.PDU.Command.Name
	e.field, e.offset, e.length = m.sar.names(true), m.sar.first(), 4
	if a.folded(&e) {
		return
	}
	e.seen = fmt.Sprintf("a header with part %d of %d, and %s", m.part, m.total, m.sar.names(true))
	e.wanted = "one way of segmentation"
	e.message = fmt.Sprintf("%s sends %s with a concatenation header and sar TLVs at once: a receiver may put the parts together twice, or not at all.",
		opening(o.From), e.cause)
	a.fail(e)
}
