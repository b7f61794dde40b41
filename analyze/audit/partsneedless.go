package audit

import (
	"bytes"
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// shape is how much of a segment a part of a long message fills.
type shape struct {
	units, word int // of the text, and of its first word
	header      int
}

// shapeOf measures a part; units 0: it is not judged. Only the alphabets count
// of which it is certain how many units a segment holds.
func (a *Auditor) shapeOf(m *content) (s shape) {
	if !m.submit || a.off[RulePartsNeedless] {
		return s
	}
	b := m.text()
	k := &a.contents.codings[m.coding]
	switch {
	case k.script == scriptGSM && k.judged && a.contents.gsm && eighthBit(b) < 0:
		s = shape{units: len(b), word: wordGSM(b), header: m.header}
	case k.script == scriptUCS2 && len(b)%2 == 0:
		s = shape{units: len(b) / 2, word: wordUCS2(b), header: m.header}
	}
	switch {
	case m.kind == dissect.ConcatUDH8 && m.header != 6, m.kind == dissect.ConcatUDH16 && m.header != 7, m.kind == dissect.ConcatSAR && m.header != 0:
		return shape{} // other elements want room too
	case m.kind == dissect.ConcatSAR:
		s.header = 7 // which the SMSC writes: 6 or 7
	}
	return s
}

// wordGSM is the number of septets before the first blank.
func wordGSM(b []byte) int {
	if i := bytes.IndexAny(b, " \r\n"); i >= 0 {
		return i
	}
	return len(b)
}

// wordUCS2 is the number of units before the first blank, or to the character
// behind the first ideograph or kana: lines may begin nearly everywhere there.
func wordUCS2(b []byte) int {
	for i := 0; i+1 < len(b); i += 2 {
		switch hi, lo := b[i], b[i+1]; {
		case hi == 0 && (lo == ' ' || lo == '\r' || lo == '\n'):
			return i / 2
		case hi >= 0x2E && hi <= 0x9F:
			return i/2 + 2
		}
	}
	return len(b) / 2
}

// room is how many units one segment holds behind a header.
func (a *Auditor) room(coding uint8, header int) int {
	n := max(0, a.contents.limit-header)
	if a.contents.codings[coding].script == scriptUCS2 {
		return n / 2
	}
	return n * 8 / 7
}

// partsNeedless: parts-needless, for a long message of which all parts were
// seen. Senders that split between words fill no part to its end: each part
// must have had room for the next word as well. Parts that are shorter yet are
// cut for some other reason than a limit that is too low. A unit of each part may be
// lost to keep an escape or a surrogate pair whole.
func (a *Auditor) partsNeedless(o *session.Observed, m *content, long *session.LongMessage) {
	total, n := 0, len(long.Parts)
	for i := range long.Parts {
		p := &long.Parts[i]
		if p.Units == 0 || p.Coding != m.coding || p.Header != long.Parts[0].Header {
			return
		}
		total += int(p.Units)
	}
	a.check(RulePartsNeedless)
	room := a.room(m.coding, int(long.Parts[0].Header))
	if room < 2 {
		return
	}
	enough, most := (total+room-2)/(room-1), 0
	alone := a.room(m.coding, 0)
	if total <= alone {
		enough = 1
	}
	if enough >= n {
		return
	}
	for i := 1; i < n; i++ {
		p, next := long.Part(uint8(i)), long.Part(uint8(i+1))
		if p == nil || next == nil {
			return
		}
		most = max(most, int(p.Units))
		if 100*int(p.Units) < a.limit.PartFilled*room || enough > 1 && int(p.Units)+1+int(next.Word) > room {
			return
		}
	}
	e := m.about(o, RulePartsNeedless)
	e.cause = kindText(m.kind)
	if a.folded(&e) {
		return
	}
	unit := "septet"
	if a.contents.codings[m.coding].script == scriptUCS2 {
		unit = "UCS-2 character"
	}
	e.seen, e.wanted = counted(int64(n), "part"), counted(int64(enough), "part")
	e.message = fmt.Sprintf("The ESME sends a long message of %s in %d parts of at most %d; ", counted(int64(total), unit), n, max(most, int(long.Part(uint8(n)).Units)))
	if enough == 1 {
		e.message += fmt.Sprintf("one message holds %d without a header, so 1 suffices.", alone)
	} else {
		header := fmt.Sprintf("a header of %d octets", long.Parts[0].Header)
		if m.kind == dissect.ConcatSAR {
			header = "the header that the SMSC writes"
		}
		e.message += fmt.Sprintf("%d fit behind %s, so %d suffice.", room, header, enough)
	}
	a.fail(e)
}
