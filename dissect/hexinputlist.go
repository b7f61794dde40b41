package dissect

import (
	"bytes"
	"fmt"
	"regexp"
)

// Lists of numbers: plain hex however it is spaced, arrays of programs.

// numberList is a list of numbers read as octets.
type numberList struct {
	octets      []byte
	count       int
	solid, half bool
	digit       byte // with half, the digit behind the octets
	decimal     bool
	bad         int // of the first token that is no number; -1: none
}

// isNumberGap tells what stands between numbers.
func isNumberGap(c byte) bool {
	switch c {
	case ' ', '\t', ',', ';', ':', '-', '_', '|', '.', '"', '\'', '+', '\n':
		return true
	}
	return false
}

// readNumbers reads a text that holds nothing but numbers: hexadecimal ones in
// groups of any even number of digits, or decimal ones from -128 to 255. decimal
// says that the list began with decimal ones.
func readNumbers(text []byte, decimal bool) (numberList, bool) {
	n := numberList{decimal: decimal || isDecimal(text)}
	for i := 0; i < len(text); {
		if isNumberGap(text[i]) && !(text[i] == '-' && n.decimal && isMinus(text, i)) {
			i++
			continue
		}
		start := i
		for i++; i < len(text) && !isNumberGap(text[i]); {
			i++
		}
		if !n.token(text[start:i]) {
			n.bad = start
			return n, false
		}
	}
	n.solid = n.count == 1
	n.half = n.half && n.solid
	return n, n.count > 0
}

// token appends the octets of one number.
func (n *numberList) token(t []byte) bool {
	n.count++
	if n.decimal && !isPrefixed(t) {
		v, ok := decimalOctet(t)
		n.octets = append(n.octets, v)
		return ok
	}
	t = withoutPrefix(t)
	if len(t) == 0 || len(t) > 1 && len(t)%2 != 0 && n.count > 1 {
		return false
	}
	for _, c := range t {
		if !isHexDigit(c) {
			return false
		}
	}
	if n.half { // only a single token may end in half an octet
		return false
	}
	if len(t) == 1 {
		n.octets = append(n.octets, hexValue(t[0]))
		return true
	}
	for i := 0; i+1 < len(t); i += 2 {
		n.octets = append(n.octets, hexValue(t[i])<<4|hexValue(t[i+1]))
	}
	if len(t)%2 != 0 {
		n.half, n.digit = true, hexValue(t[len(t)-1])
	}
	return true
}

// isDecimal tells a list of decimal numbers: none has a letter or a prefix, and
// not all have two digits, as octets in hexadecimal have.
func isDecimal(text []byte) bool {
	tokens, telling := 0, false
	for i := 0; i < len(text); {
		if isNumberGap(text[i]) {
			telling = telling || text[i] == '-' && isMinus(text, i)
			i++
			continue
		}
		start := i
		for ; i < len(text) && !isNumberGap(text[i]); i++ {
			if !isDigit(text[i]) {
				return false
			}
		}
		if i-start > 3 {
			return false
		}
		tokens++
		telling = telling || i-start != 2
	}
	return telling && tokens > 1
}

// isMinus tells a minus from a dash between numbers.
func isMinus(text []byte, i int) bool {
	before := i == 0 || text[i-1] == ' ' || text[i-1] == ',' || text[i-1] == '\t'
	return before && i+1 < len(text) && isDigit(text[i+1])
}

func decimalOctet(t []byte) (byte, bool) {
	negative := t[0] == '-'
	if negative {
		t = t[1:]
	}
	if len(t) == 0 || len(t) > 3 {
		return 0, false
	}
	v := 0
	for _, c := range t {
		if !isDigit(c) {
			return 0, false
		}
		v = v*10 + int(c-'0')
	}
	if negative {
		return byte(-v), v <= 128
	}
	return byte(v), v <= 255
}

func isPrefixed(t []byte) bool { return len(t) > 2 && t[0] == '0' && t[1]|0x20 == 'x' }

// withoutPrefix takes 0x from the front, h from the end.
func withoutPrefix(t []byte) []byte {
	switch {
	case isPrefixed(t):
		return t[2:]
	case len(t) > 2 && t[len(t)-1]|0x20 == 'h':
		return t[:len(t)-1]
	case len(t) > 1 && t[0] == '#':
		return t[1:]
	}
	return t
}

// plainLine reads a line that holds nothing but numbers, or escapes like \x00
// and %00 for each octet.
func plainLine(line []byte, b *hexBlock) (hexPart, bool) {
	text := withoutComments(line)
	for _, escape := range [...]string{`\x`, `%`} {
		if bytes.Contains(text, []byte(escape)) {
			text = bytes.ReplaceAll(text, []byte(escape), []byte(" "))
		}
	}
	text = bytes.TrimRight(text, ` \`)
	continued := b.format == HexPlain && b.decimal
	n, ok := readNumbers(text, continued)
	if !ok || isStamp(line) {
		return hexPart{}, false
	}
	if n.solid && len(n.octets) == 1 && b.half && len(bytes.TrimSpace(text)) == 1 {
		n.octets, n.half, n.digit = nil, true, n.octets[0] // the last digit, wrapped to a line of its own
	}
	column := 1 + len(line) - len(bytes.TrimLeft(line, " \t"))
	return hexPart{format: HexPlain, column: column, octets: n.octets,
		solid: n.solid, half: n.half, digit: n.digit, decimal: n.decimal}, true
}

var stampLine = regexp.MustCompile(`^\s*(?:\d{4}[-/.]\d\d[-/.]\d\d[ T]*)?(?:\d{1,2}:\d\d:\d\d(?:[.,]\d+)?)?\s*$`)

// isStamp tells that a line is only a date or a time of day.
func isStamp(line []byte) bool { return stampLine.Match(line) }

var commentParts = regexp.MustCompile(`/\*.*?\*/|//.*$`)

func withoutComments(line []byte) []byte {
	if !bytes.Contains(line, []byte("/")) {
		return line
	}
	return commentParts.ReplaceAll(line, []byte(" "))
}

// hexOpen is an array whose end is still to come.
type hexOpen struct {
	on           bool
	close        byte
	line, column int
	format       HexFormat
	text         []byte
}

func (o *hexOpen) reset() { *o = hexOpen{text: o.text[:0]} }

// minNumbers is how many numbers make an array worth a look; a log has
// process numbers in brackets.
const minNumbers = 8

var (
	arrayWord  = regexp.MustCompile(`(?i)buffer|byte|char|uint8|data|array|octets?|pdu|\[\]`)
	nodeBuffer = regexp.MustCompile(`<Buffer ((?:[0-9a-fA-F]{2} ?)+)(?:\.\.\. (\d+) more bytes?)?>?`)
)

// bufferLine reads what Node prints of a Buffer, at most 50 octets.
func bufferLine(line []byte) (hexPart, bool) {
	m := nodeBuffer.FindSubmatchIndex(line)
	if m == nil {
		return hexPart{}, false
	}
	n, ok := readNumbers(line[m[2]:m[3]], false)
	p := hexPart{format: HexBuffer, column: m[2] + 1, octets: n.octets}
	if m[4] > 0 {
		for _, c := range line[m[4]:m[5]] {
			p.more = min(p.more*10+int(c-'0'), maxHexPDU)
		}
	}
	return p, ok
}

// bracketLine reads an array in brackets or braces, or its beginning.
func (s *HexScanner) bracketLine(line []byte) (hexPart, lineKind) {
	text := withoutComments(line)
	for i, c := range text {
		if c != '[' && c != '{' {
			continue
		}
		closing := c + 2 // ']' and '}' in ASCII
		rest := text[i+1:]
		// Up to the next bracket only: a line of nothing else is read once, not
		// from each of them to its end.
		if end := bytes.IndexAny(rest, "[{"+string(rune(closing))); end >= 0 {
			n, ok := readNumbers(rest[:end], false)
			if ok && n.count >= minNumbers && rest[end] == closing {
				return hexPart{format: HexArray, column: i + 2, octets: n.octets, last: true}, lineOctets
			}
			continue
		}
		if n, ok := readNumbers(rest, false); !ok && n.count > 0 || n.count < minNumbers && !arrayWord.Match(text) {
			continue
		}
		s.open = hexOpen{on: true, close: closing, line: s.line, column: i + 2, format: HexArray,
			text: append(append(s.open.text[:0], rest...), '\n')}
		return hexPart{}, lineOpened
	}
	return hexPart{}, 0
}

// openLine goes on with an array; false when the line is not of it.
func (s *HexScanner) openLine(line []byte) bool {
	o := &s.open
	text := withoutComments(line)
	end := bytes.IndexByte(text, o.close)
	inner := text
	if end >= 0 {
		inner = text[:end]
	}
	if n, ok := readNumbers(inner, true); !ok && n.count > 0 {
		if _, ok := readNumbers(inner, false); !ok {
			s.closeOpen()
			return false
		}
	}
	if len(o.text)+len(inner) > MaxHexLine {
		s.failAt(o.line, o.column, fmt.Sprintf("an array of more than %d characters", MaxHexLine))
		o.reset()
		return true
	}
	o.text = append(append(o.text, inner...), '\n')
	if end >= 0 {
		s.closeOpen()
	}
	return true
}

// closeOpen reads the array that has ended.
func (s *HexScanner) closeOpen() {
	o := &s.open
	n, ok := readNumbers(o.text, false)
	if ok {
		line := s.line
		s.line, s.text = o.line, true
		s.add(&hexPart{format: o.format, column: o.column, octets: n.octets, last: true})
		s.line = line
	}
	o.reset()
}
