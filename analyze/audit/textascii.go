package audit

import (
	"bytes"
	"fmt"

	"smpptap/analyze/session"
)

// asciiTrace is what makes sense only as ASCII: an octet and where it stands.
type asciiTrace struct {
	kind string
	at   int
}

// onlyASCII looks for an octet that GSM 03.38 reads as another character in a
// place where only ASCII makes sense. A text that has the septets of @ $ _ or
// an escape was converted, so what it holds is meant.
func onlyASCII(b []byte) asciiTrace {
	for _, x := range b {
		switch x {
		case 0x00, 0x02, 0x11, 0x1B:
			return asciiTrace{}
		}
	}
	for i, x := range b {
		switch {
		case x == '@' && inAddress(b, i):
			return asciiTrace{"an e-mail address", i}
		case x == '$' && inPrice(b, i):
			return asciiTrace{"a price", i}
		case x == '_' && inURL(b, i):
			return asciiTrace{"a URL", i}
		}
	}
	return asciiTrace{}
}

func alnum(x byte) bool {
	return x >= '0' && x <= '9' || x|0x20 >= 'a' && x|0x20 <= 'z'
}

// inAddress tells name@host.domain.
func inAddress(b []byte, i int) bool {
	if i == 0 || !alnum(b[i-1]) {
		return false
	}
	host := b[i+1:]
	n := 0
	for n < len(host) && (alnum(host[n]) || host[n] == '.' || host[n] == '-') {
		n++
	}
	host = bytes.TrimRight(host[:n], ".-")
	dot := bytes.LastIndexByte(host, '.')
	if dot < 1 || len(host)-dot < 3 {
		return false
	}
	for _, x := range host[dot+1:] {
		if x >= '0' && x <= '9' {
			return false
		}
	}
	return true
}

// inPrice tells $5 and US$ 5.
func inPrice(b []byte, i int) bool {
	rest := b[i+1:]
	if len(rest) > 1 && rest[0] == ' ' {
		rest = rest[1:]
	}
	return len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9'
}

// inURL tells a word that is a URL.
func inURL(b []byte, i int) bool {
	from := 1 + bytes.LastIndexAny(b[:i], " \r\n")
	word := b[from:]
	if n := bytes.IndexAny(word, " \r\n"); n >= 0 {
		word = word[:n]
	}
	dot := bytes.IndexByte(word, '.')
	return bytes.Contains(word, []byte("://")) || bytes.HasPrefix(bytes.ToLower(word), []byte("www.")) ||
		dot > 0 && bytes.IndexByte(word[dot:], '/') > 0
}

// gsmReads says what GSM 03.38 makes of the octets, and where it has the
// character that was meant.
var gsmReads = map[byte]struct{ as, right string }{
	'@': {"\u00A1", "0x00"}, '$': {"\u00A4", "0x02"}, '_': {"\u00A7", "0x11"},
}

// asciiAsGSM: text-ascii-as-gsm.
func (a *Auditor) asciiAsGSM(o *session.Observed, m *content, t asciiTrace) {
	x := m.text()[t.at]
	e := m.place(o, RuleTextAsciiAsGsm, t.at, 1)
	e.cause = string(rune(x))
	if a.folded(&e) {
		return
	}
	e.seen = fmt.Sprintf("%s in what looks like %s", hexOctets[x], t.kind)
	e.wanted = fmt.Sprintf("%s, which is %c in GSM 03.38", gsmReads[x].right, x)
	e.message = fmt.Sprintf("%s sends data_coding 0x%02X, which is GSM 03.38, with octet %s in %s: it is %s there, %c is %s. The text looks like ASCII that was not converted.",
		opening(o.From), m.coding, hexOctets[x], t.kind, gsmReads[x].as, x, gsmReads[x].right)
	a.fail(e)
}
