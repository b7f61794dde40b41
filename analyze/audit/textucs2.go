package audit

import (
	"fmt"
	"math/bits"
	"unicode/utf8"

	"smpptap/analyze/session"
)

// checkUCS2 judges text in big-endian units of two octets.
func (a *Auditor) checkUCS2(o *session.Observed, m *content) {
	a.check(RuleTextOddOctets)
	a.check(RuleTextByteOrder)
	a.check(RuleTextByteOrderMark)
	a.check(RuleTextSurrogate)
	a.check(RuleTextNotConverted)
	b := m.text()
	switch {
	case len(b) > 1 && b[0] == 0xFF && b[1] == 0xFE:
		a.littleEndian(o, m, Error)
		return
	case looksSwapped(b, &a.limit) && !singleOctets(b) && !m.cutUnit():
		a.littleEndian(o, m, Warning)
		return
	case len(b)%2 != 0:
		a.oddOctets(o, m)
		return
	case !m.ports && a.notConverted(o, m):
		return
	}
	if len(b) > 1 && b[0] == 0xFE && b[1] == 0xFF {
		a.byteOrderMark(o, m)
	}
	if at := m.halfPair(); at >= 0 {
		a.surrogate(o, m, at)
	}
}

// cutUnit tells that a part may begin with the second octet of a unit, as each
// second one does of a long text that was cut every 133 octets: it reads as
// little-endian, and is not.
func (m *content) cutUnit() bool {
	return m.part > 1 && len(m.text())%2 != 0
}

// singleOctets tells octets that are text in ASCII or UTF-8 as well: figures of
// which each second one is 0 are kana when swapped. Text that is little-endian
// has NULs or other controls, or soon an octet that is no UTF-8.
func singleOctets(b []byte) bool {
	return !hasControl(b) && utf8.Valid(b)
}

// oddOctets: text-odd-octets.
func (a *Auditor) oddOctets(o *session.Observed, m *content) {
	b := m.text()
	e := m.place(o, RuleTextOddOctets, 0, len(b))
	e.cause = o.PDU.Command.Name
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = counted(int64(len(b)), "octet"), "an even number of octets"
	e.message = fmt.Sprintf("%s sends %s with data_coding 0x%02X and %s of text; characters take two octets each.",
		opening(o.From), e.cause, m.coding, e.seen)
	if eighthBit(b) < 0 && latinText(b) {
		e.message += " The octets read as ASCII: the text was not converted."
	} else if readsAsUTF8(b) {
		e.message += " The octets read as UTF-8: the text was not converted."
	}
	a.fail(e)
}

// readsAsUTF8 tells UTF-8 with characters beyond ASCII, and without controls.
func readsAsUTF8(b []byte) bool {
	return eighthBit(b) >= 0 && !hasControl(b) && utf8.Valid(b)
}

// hasControl tells a control other than those that end lines.
func hasControl(b []byte) bool {
	for _, o := range b {
		if o < ' ' && o != '\n' && o != '\r' {
			return true
		}
	}
	return false
}

// littleEndian: text-byte-order.
func (a *Auditor) littleEndian(o *session.Observed, m *content, severity Severity) {
	b := m.text()
	e := m.place(o, RuleTextByteOrder, 0, len(b))
	e.severity, e.cause = severity, "plausible"
	if severity == Error {
		e.cause = "mark"
	}
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = fmt.Sprintf("% X", b[:min(len(b), 8)]), "big-endian units: the high octet first"
	e.message = fmt.Sprintf("%s sends data_coding 0x%02X with text that makes sense only with its octets swapped: it is little-endian.", opening(o.From), m.coding)
	if severity == Error {
		e.message = fmt.Sprintf("%s sends data_coding 0x%02X with text that begins with FF FE, the mark of little-endian order; receivers read big-endian.", opening(o.From), m.coding)
	}
	a.fail(e)
}

// byteOrderMark: text-byte-order-mark.
func (a *Auditor) byteOrderMark(o *session.Observed, m *content) {
	e := m.place(o, RuleTextByteOrderMark, 0, 2)
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = "FE FF", "text without a mark"
	e.message = fmt.Sprintf("%s sends text with a byte order mark, FE FF: it takes the room of a character, and some handsets show it.", opening(o.From))
	a.fail(e)
}

// looksSwapped tells that a text makes sense only with its octets swapped.
//
// Letters of one script share their high octets, which are small: in the wrong
// order they stand second, and the text reads as characters from all over the
// table. Few ideographs may look like letters when swapped, but then like those
// of several scripts. Ideographs fill half the table, so all of many must fit
// swapped, and some not as they are. A row of stars or lines makes sense as it
// is.
func looksSwapped(b []byte, l *Limits) bool {
	n := len(b) / 2
	if n < l.SwappedUnits {
		return false
	}
	letters, lettersSwapped, signs, signsSwapped, symbols := 0, 0, 0, 0, 0
	scripts := uint64(0) // of the letters when swapped, by their high octets
	for i := 0; i+1 < len(b); i += 2 {
		hi, lo := b[i], b[i+1]
		if letterBlock(hi, lo) {
			letters++
		}
		if letterBlock(lo, hi) {
			lettersSwapped++
			scripts |= 1 << lo
		}
		if signBlock(hi) || letterBlock(hi, lo) {
			signs++
		}
		if signBlock(lo) || letterBlock(lo, hi) {
			signsSwapped++
		}
		if hi >= 0x20 && hi <= 0x2B { // punctuation, arrows, lines, stars
			symbols++
		}
	}
	if symbols == n {
		return false
	}
	many := n >= l.SignsTimes*l.SwappedUnits
	if 100*lettersSwapped >= l.LettersSwapped*n && 100*letters <= l.LettersAsSent*n {
		return many || bits.OnesCount64(scripts&^latin) <= 1
	}
	return many && signsSwapped == n && 100*signs <= l.SignsAsSent*n
}

// latin are the high octets of the Latin letters, which stand beside those of
// other scripts.
const latin = 1<<0x00 | 1<<0x01 | 1<<0x02

// letterBlock tells a unit of the alphabets: U+0020 to U+0EFF, and kana. NUL
// and most controls are no text.
func letterBlock(hi, lo byte) bool {
	return hi == 0 && (lo >= ' ' && lo < 0x7F || lo >= 0xA0 || lo == '\n' || lo == '\r') || hi > 0 && hi <= 0x0E || hi == 0x30
}

// signBlock tells a unit of the ideographs, of hangul or of full width forms.
func signBlock(hi byte) bool {
	return hi >= 0x4E && hi <= 0x9F || hi >= 0xAC && hi <= 0xD7 || hi == 0xFF
}

// Halves of a surrogate pair (Unicode 3.8).
func highHalf(hi byte) bool { return hi >= 0xD8 && hi <= 0xDB }
func lowHalf(hi byte) bool  { return hi >= 0xDC && hi <= 0xDF }

// endsHigh tells that a text ends with the first half of a pair.
func endsHigh(b []byte) bool {
	n := len(b)
	return n >= 2 && n%2 == 0 && highHalf(b[n-2])
}

// halfPair finds the first half of a surrogate pair without the other; -1:
// none. A second half that begins a part was told with the part before it, or
// will be.
func (m *content) halfPair() int {
	b := m.text()
	for i := 0; i < len(b); i += 2 {
		switch {
		case lowHalf(b[i]):
			if i == 0 && m.part > 1 && !m.startsAlone() {
				continue
			}
			return i
		case highHalf(b[i]):
			if i+2 >= len(b) || !lowHalf(b[i+2]) {
				return i
			}
			i += 2
		}
	}
	return -1
}

// startsAlone tells that the part before is known not to have begun a pair.
func (m *content) startsAlone() bool {
	if m.long == nil {
		return false
	}
	before := m.long.Part(m.part - 1)
	return before != nil && !before.EndsHigh
}

// surrogate: text-surrogate.
func (a *Auditor) surrogate(o *session.Observed, m *content, at int) {
	b := m.text()
	e := m.place(o, RuleTextSurrogate, at, 2)
	split := m.kind != "" && at == len(b)-2 && m.part < m.total && highHalf(b[at])
	e.cause = "unpaired"
	if split {
		e.cause = "split"
	}
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = fmt.Sprintf("% X", b[at:at+2]), "both halves of the pair in one part"
	e.message = fmt.Sprintf("%s sends text with half a surrogate pair, %s: that character is lost.", opening(o.From), e.seen)
	if split {
		e.message = fmt.Sprintf("Part %d of %d of a long message ends with the first half of a surrogate pair, %s: the character is split across two parts.", m.part, m.total, e.seen)
	}
	a.fail(e)
}
