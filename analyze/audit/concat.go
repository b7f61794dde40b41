package audit

import (
	"fmt"
	"hash/maphash"
	"net/netip"
	"strconv"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// mixer spreads small numbers over a hash.
const mixer = 0x9E3779B97F4A7C15

// addressOctets are the octets of both addresses with their TON and NPI, which
// stand together in all messages; of submit_multi, all destinations.
func addressOctets(p *dissect.PDU) []byte {
	from, ok1 := p.Field(dissect.ParamSourceAddrTON)
	to, ok2 := p.Field(dissect.ParamDestinationAddr)
	if !ok2 {
		to, ok2 = p.Field(dissect.ParamDestAddress)
	}
	if !ok1 || !ok2 {
		return nil
	}
	return p.Raw[from.Off:to.End:to.End]
}

// receivers are the destination's octets.
func receivers(p *dissect.PDU) []byte {
	if b := p.Bytes(dissect.ParamDestinationAddr); b != nil {
		return b
	}
	return p.Bytes(dissect.ParamDestAddress)
}

// concatKey tells of which long message a part is.
func concatKey(acc *session.Account, p *dissect.PDU, from dissect.Side, m *content) session.ConcatKey {
	return session.ConcatKey{
		Account: acc, From: from, Kind: m.kind, Reference: m.ref,
		Destination: maphash.Bytes(idSeed, receivers(p)),
	}
}

// checkPart judges a part of a long message.
func (a *Auditor) checkPart(c *connState, o *session.Observed, m *content) {
	a.check(RuleConcatPartInvalid)
	acc := a.accountOf(c, o.Session)
	impossible := m.part == 0 || m.part > m.total
	if impossible {
		a.partInvalid(o, m)
	}
	if acc == nil {
		a.giveUp(RuleConcatPartMissing)
		return
	}
	k := &a.contents.concats
	key := concatKey(acc, o.PDU, o.From, m)
	if impossible {
		if k.Impossible(key, int(m.total), o.Time) {
			a.giveUp(RuleConcatPartMissing)
		}
		return
	}
	c.msg.parts = true
	if acc.Conn != 0 {
		a.contents.partUnnamed(endOf(c.conn, dissect.SMSC), o.Time)
	}
	source := o.PDU.Bytes(dissect.ParamSourceAddr)
	receipt, _ := o.PDU.U8(dissect.ParamRegisteredDelivery)
	b, s := m.text(), a.shapeOf(m)
	out := k.Add(key, session.Part{
		Number: m.part, Total: m.total, PDU: o.Number, Frame: o.Frame.At.Frame, Time: o.Time, Conn: o.Conn, Session: o.Session,
		Source: maphash.Bytes(idSeed, source), Content: maphash.Bytes(idSeed, b), Coding: m.coding, Receipt: receipt,
		EndsHigh: endsHigh(b), Units: uint16(s.units), Word: uint16(s.word), Header: uint8(s.header), Raw: o.PDU.Raw,
	}, source, receivers(o.PDU))
	m.long, a.contents.parts = out.Message, out.Parts()
	a.judgePart(o, m, &out)
}

// maxUnnamed bounds the addresses of contents.unnamed.
const maxUnnamed = 1024

// partUnnamed notes a part that may be of any account of an SMSC.
func (v *contents) partUnnamed(server netip.AddrPort, at int64) {
	if v.unnamed == nil {
		v.unnamed = make(map[netip.AddrPort]int64)
	}
	if _, ok := v.unnamed[server]; ok || len(v.unnamed) < maxUnnamed {
		v.unnamed[server] = max(v.unnamed[server], at)
	}
}

// elsewhere tells that parts of the message may have come over a connection of
// which no bind was seen.
func (v *contents) elsewhere(m *session.LongMessage) bool {
	at, ok := v.unnamed[endOf(m.Parts[0].Conn, dissect.SMSC)]
	return m.Account.Conn == 0 && ok && at >= m.Parts[0].Time-v.concats.Wait
}

// judgePart judges what a part did to its message.
func (a *Auditor) judgePart(o *session.Observed, m *content, out *session.Outcome) {
	if out.Evicted {
		a.giveUp(RuleConcatPartMissing)
	}
	if out.New {
		a.check(RuleConcatInconsistent)
		a.check(RuleConcatReferenceReused)
	}
	switch {
	case out.Reused:
		a.referenceReused(o, m, out)
	case out.Differs != 0:
		a.partsDiffer(o, m, out)
	}
	if !out.Complete {
		return
	}
	a.check(RuleConcatPartMissing)
	a.receiptsDiffer(o, m, out.Message)
	if m.submit && !a.off[RulePartsNeedless] {
		a.partsNeedless(o, m, out.Message)
	}
	a.contents.concats.Release(out.Message)
}

// about starts the evidence of a rule of long messages. Its occurrences fold
// over the account.
func (m *content) about(o *session.Observed, id RuleID) evidence {
	e := of(o, id)
	if m.long != nil {
		e.account = m.long.Account.Name
	}
	e.field, e.offset, e.length = m.field, m.off, m.header
	if m.kind == dissect.ConcatSAR {
		e.field, e.offset, e.length = "sar_segment_seqnum", m.sar.offs[2], 5
	}
	return e
}

// kindText says where a reference stands.
func kindText(k dissect.Concat) string {
	switch k {
	case dissect.ConcatUDH16:
		return "16-bit header"
	case dissect.ConcatSAR:
		return "sar TLVs"
	}
	return "8-bit header"
}

// partInvalid: concat-part-invalid.
func (a *Auditor) partInvalid(o *session.Observed, m *content) {
	e := m.about(o, RuleConcatPartInvalid)
	e.cause = o.PDU.Command.Name + " " + kindText(m.kind)
	if a.folded(&e) {
		return
	}
	e.seen = fmt.Sprintf("part %d of %d", m.part, m.total)
	e.wanted = "a part from 1 to the total, and a total of at least 1"
	e.message = fmt.Sprintf("%s sends %s as part %d of %d (reference %d, %s): there is no such part.",
		opening(o.From), o.PDU.Command.Name, m.part, m.total, m.ref, kindText(m.kind))
	a.fail(e)
}

// referenceReused: concat-reference-reused.
func (a *Auditor) referenceReused(o *session.Observed, m *content, out *session.Outcome) {
	old := out.Old
	e := m.about(o, RuleConcatReferenceReused)
	e.severity = lowered(Warning, old.Doubt(a.contents.concats.Wait, a.limit.HalfClose, a.now) != 0)
	unseen, _ := old.Missing()
	e.seen = fmt.Sprintf("reference %d again after %s", m.ref, inSeconds(o.Time-old.Parts[0].Time))
	e.wanted = "another reference while parts of the first message are missing"
	e.message = fmt.Sprintf("%s uses reference %d (%s) for another message to the same number %s after the first one began, of which part %s of %d had not come: the parts get mixed.",
		opening(o.From), m.ref, kindText(m.kind), inSeconds(o.Time-old.Parts[0].Time), numbers(unseen), old.Total)
	a.fail(e)
}

// partsDiffer: concat-inconsistent.
func (a *Auditor) partsDiffer(o *session.Observed, m *content, out *session.Outcome) {
	long := out.Message
	e := m.about(o, RuleConcatInconsistent)
	e.quiet, long.Said = long.Said, true
	first := &long.Parts[0]
	cause, seen := "", ""
	switch d := out.Differs; {
	case d&session.DiffersSource != 0:
		cause = "source_addr"
		seen = "the parts before it came from another source_addr"
	case d&session.DiffersTotal != 0:
		cause = "total"
		seen = fmt.Sprintf("it says %d parts, the first one seen says %d", m.total, first.Total)
	case d&session.DiffersCoding != 0:
		cause = "data_coding"
		seen = fmt.Sprintf("it has data_coding 0x%02X, the first one seen 0x%02X", m.coding, first.Coding)
	default:
		cause = "content"
		seen = "it came before with other content"
	}
	e.cause, e.seen, e.wanted = cause, seen, "parts that agree in total, data_coding and source_addr"
	e.message = fmt.Sprintf("Part %d of %d of a long message (reference %d, %s) does not fit the others: %s.",
		m.part, m.total, m.ref, kindText(m.kind), seen)
	a.fail(e)
}

// receiptsDiffer: the note of concat-inconsistent. Where one part alone asks
// for the receipt, that is how it is done.
func (a *Auditor) receiptsDiffer(o *session.Observed, m *content, long *session.LongMessage) {
	asks, differ := 0, false
	for i := range long.Parts {
		p := &long.Parts[i]
		if p.Receipt&0x03 != 0 {
			asks++
		}
		differ = differ || p.Receipt != long.Parts[0].Receipt
	}
	if !differ || asks == 1 {
		return
	}
	e := m.about(o, RuleConcatInconsistent)
	e.severity, e.cause = Note, "registered_delivery"
	e.quiet, long.Said = long.Said, true
	e.seen, e.wanted = fmt.Sprintf("%d of %d parts ask for a receipt", asks, len(long.Parts)), "one part that asks, or all alike"
	e.message = fmt.Sprintf("The parts of a long message (reference %d, %s) differ in registered_delivery.", m.ref, kindText(m.kind))
	a.fail(e)
}

// partRefused notes the refusal of a part.
func (a *Auditor) partRefused(c *connState, e *session.Event, p *dissect.PDU, m *content) {
	if m.fault != "" {
		return
	}
	m.takeSAR()
	if acc := a.accountOf(c, e.Req.Session); acc != nil && m.kind != "" {
		a.contents.concats.Refused(concatKey(acc, p, e.Req.From, m), e.Req.Number, e.Resp.Status)
	}
}

// expireParts judges the long messages whose wait is over. Others' packets
// may stand a little before their own in the input.
func (a *Auditor) expireParts(now int64) {
	k := &a.contents.concats
	if due := k.Due(); due == 0 || due+a.limit.Grace > now {
		return
	}
	for m := k.Expire(now - a.limit.Grace); m != nil; m = k.Expire(now - a.limit.Grace) {
		a.partMissing(m)
	}
}

// finishParts judges the long messages that the input's end leaves.
func (a *Auditor) finishParts() {
	k := &a.contents.concats
	for m, over := k.Rest(); m != nil; m, over = k.Rest() {
		if !over {
			a.giveUp(RuleConcatPartMissing)
			continue
		}
		a.partMissing(m)
	}
}

// partMissing: concat-part-missing.
func (a *Auditor) partMissing(m *session.LongMessage) {
	unseen, refused := m.Missing()
	doubt := m.Doubt(a.contents.concats.Wait, a.limit.HalfClose, a.now)
	if !m.Complete() {
		a.check(RuleConcatPartMissing)
	}
	first := &m.Parts[0]
	e := evidence{
		rule: RuleConcatPartMissing, conn: first.Conn, session: first.Session, pdu: first.PDU, frame: first.Frame, time: first.Time,
		account: m.Account.Name, cause: m.From.String(),
	}
	elsewhere := a.contents.elsewhere(m)
	e.severity = lowered(Warning, doubt != 0 || elsewhere)
	if doubt != 0 || elsewhere {
		e.cause += " in doubt"
	}
	e.seen = fmt.Sprintf("%d of %d parts", len(m.Parts)-len(refused), m.Total)
	e.wanted = "all parts"
	e.message = fmt.Sprintf("%s sent %d of the %d parts of a long message (reference %d, %s).",
		opening(m.From), len(m.Parts), m.Total, m.Reference, kindText(m.Kind))
	if len(unseen) > 0 {
		part := "Part"
		if len(unseen) > 1 {
			part = "Parts"
		}
		e.message += fmt.Sprintf(" %s %s never came.", part, numbers(unseen))
	}
	if len(refused) > 0 {
		name, _ := a.status(m.Part(uint8(refused[0])).Status)
		part, was := "Part", "was"
		if len(refused) > 1 {
			part, was = "Parts", "were"
		}
		e.message += fmt.Sprintf(" %s %s %s refused with %s and not sent again.", part, numbers(refused), was, name)
	}
	e.message += " The handset shows a fragment or nothing."
	e.message += lostWords(doubt)
	if elsewhere {
		e.message += " Parts came over a connection whose bind was not captured, too: it may be the account's."
	}
	a.fail(e)
}

// lostWords say why a part may have been sent unseen.
func lostWords(d session.Doubt) string {
	switch {
	case d&session.DoubtGap != 0:
		return " The capture lacks octets of the account's connections: they may hold it."
	case d&session.DoubtEnd != 0:
		return doubtWords(d)
	}
	return ""
}

// maxNumbers bounds the parts that are named.
const maxNumbers = 8

// numbers lists the numbers of parts.
func numbers(list []int) string {
	s := ""
	for i, n := range list {
		switch {
		case i == maxNumbers:
			return s + ", ..."
		case i > 0:
			s += ", "
		}
		s += strconv.Itoa(n)
	}
	return s
}
