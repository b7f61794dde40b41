package audit

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"smpptap/analyze/session"
)

// checkText judges the octets of a text by the alphabet that data_coding
// names. A receipt repeats what others wrote, and a text for an application's
// port may be binary whatever it says: their septets are not judged.
func (a *Auditor) checkText(o *session.Observed, m *content) {
	k := &a.contents.codings[m.coding]
	switch {
	case k.script == scriptUCS2:
		a.checkUCS2(o, m)
	case m.ports || m.receipt:
	case k.script == scriptGSM && k.judged:
		a.checkGSM(o, m)
	case k.script == scriptASCII:
		a.check(RuleTextNotAscii)
		if i := eighthBit(m.text()); i >= 0 {
			a.notASCII(o, m, i)
		}
	case k.script == scriptLatin1:
		a.check(RuleTextWindows1252)
		for i, x := range m.text() {
			if x >= 0x80 && x < 0xA0 {
				a.windows1252(o, m, i)
				return
			}
		}
	}
}

// eighthBit finds the first octet from 0x80 on; -1: none.
func eighthBit(b []byte) int {
	const eighth = 0x8080808080808080
	i := 0
	for i+8 <= len(b) && binary.LittleEndian.Uint64(b[i:])&eighth == 0 {
		i += 8
	}
	for ; i < len(b); i++ {
		if b[i] >= utf8.RuneSelf {
			return i
		}
	}
	return -1
}

func (a *Auditor) checkGSM(o *session.Observed, m *content) {
	if a.off[RuleTextNotGsm] && a.off[RuleTextAsciiAsGsm] {
		return
	}
	a.check(RuleTextNotGsm)
	a.check(RuleTextAsciiAsGsm)
	b := m.text()
	if i := eighthBit(b); i >= 0 {
		a.notGSM(o, m, i)
		return
	}
	if bytes.IndexByte(b, '@') >= 0 || bytes.IndexByte(b, '$') >= 0 || bytes.IndexByte(b, '_') >= 0 {
		if what := onlyASCII(b); what.kind != "" {
			a.asciiAsGSM(o, m, what)
		}
	}
}

// place starts the evidence of a rule about octet i of the text.
func (m *content) place(o *session.Observed, id RuleID, i, n int) evidence {
	e := of(o, id)
	e.field, e.offset, e.length = m.field, m.off+m.header+i, n
	return e
}

// reading is how octets that are no GSM 03.38 make sense.
type reading string

const (
	readsUTF8   reading = "UTF-8"
	readsASCII  reading = "ASCII"
	readsLatin1 reading = "Latin-1"
	readsPacked reading = "packed septets"
	readsOther  reading = "no text in UTF-8, Latin-1 or packed septets"
)

// readingOf guesses the alphabet that the sender had in mind.
func readingOf(b []byte, l *Limits) reading {
	switch {
	case utf8.Valid(b):
		return readsUTF8
	case latinText(b):
		return readsLatin1
	case packedText(b, l):
		return readsPacked
	}
	return readsOther
}

// latinText tells text of which most is ASCII, with letters of Latin-1.
func latinText(b []byte) bool {
	plain := 0
	for _, x := range b {
		switch {
		case x >= ' ' && x <= '~' || x == '\n' || x == '\r':
			plain++
		case x < 0xA0:
			return false
		}
	}
	return 2*plain >= len(b)
}

// packedText tells octets that hold readable septets.
func packedText(b []byte, l *Limits) bool {
	var word uint
	n, good, all := 0, 0, 0
	for _, x := range b {
		word |= uint(x) << n
		for n += 8; n >= 7; n -= 7 {
			c := byte(word & 0x7F)
			word >>= 7
			all++
			if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= ' ' && c <= '?' && c != '$' || c == '\n' || c == '\r' {
				good++
			}
		}
	}
	return all >= l.PackedSeptets && good*100 >= all*l.PackedShare
}

// notGSM: text-not-gsm.
func (a *Auditor) notGSM(o *session.Observed, m *content, i int) {
	b := m.text()
	as := readingOf(b, &a.limit)
	e := m.place(o, RuleTextNotGsm, i, 1)
	e.cause = string(as)
	if a.folded(&e) {
		return
	}
	high := 0
	for _, x := range b {
		if x >= utf8.RuneSelf {
			high++
		}
	}
	e.seen = fmt.Sprintf("%d of %s from 0x80 on, the first 0x%02X", high, counted(int64(len(b)), "octet"), b[i])
	e.wanted = "septets of GSM 03.38, 0x00 to 0x7F"
	e.message = fmt.Sprintf("%s sends data_coding 0x%02X, which is GSM 03.38, and the text has octets that it lacks", opening(o.From), m.coding)
	switch as {
	case readsUTF8:
		r, n := utf8.DecodeRune(b[i:])
		e.length = n
		e.message += fmt.Sprintf(". It reads as UTF-8: % X is %q.", b[i:i+n], r)
	case readsOther:
		e.message += ", and it is " + string(as) + " either."
	default:
		e.message += fmt.Sprintf(". It reads as %s.", as)
	}
	a.fail(e)
}

// notASCII: text-not-ascii.
func (a *Auditor) notASCII(o *session.Observed, m *content, i int) {
	e := m.place(o, RuleTextNotAscii, i, 1)
	as := readingOf(m.text(), &a.limit)
	e.cause = string(as)
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = hexOctets[m.text()[i]], "octets of ASCII, 0x00 to 0x7F"
	e.message = fmt.Sprintf("%s sends data_coding 0x%02X, which is IA5 (ASCII), and the text has octet %s.", opening(o.From), m.coding, e.seen)
	if as != readsOther {
		e.message += fmt.Sprintf(" It reads as %s.", as)
	}
	a.fail(e)
}

// windows1252: text-windows-1252.
func (a *Auditor) windows1252(o *session.Observed, m *content, i int) {
	e := m.place(o, RuleTextWindows1252, i, 1)
	b := m.text()
	utf := utf8.Valid(b)
	if utf {
		e.cause = string(readsUTF8)
	}
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = hexOctets[b[i]], "octets of Latin-1, in which 0x80 to 0x9F are no characters"
	as := "Windows-1252"
	if utf {
		as = e.cause
	}
	e.message = fmt.Sprintf("%s sends data_coding 0x%02X, which is Latin-1, and the text has octet %s: it looks like %s.", opening(o.From), m.coding, e.seen, as)
	a.fail(e)
}
