package dissect

import (
	"bytes"
	"regexp"
)

// lineKind is what a line turned out to be.
type lineKind uint8

const (
	lineOctets  lineKind = iota + 1
	lineNothing          // a log's words
	lineOpened           // the beginning of an array over several lines
	lineWrong            // no PDU: note says why
)

// How a log names what it is about, in front of or between octets.
var (
	logTime  = regexp.MustCompile(`\d{1,2}:\d{2}:\d{2}|\d{4}[-/]\d{2}[-/]\d{2}`)
	logWords = regexp.MustCompile(`(?i)\b(?:debug|info|warn|warning|error|trace|notice|fatal|severe)\b|` +
		`\b\d+ (?:bytes|octets)\b|octet string|(?:send|read|sending|receiving|received|write|got|sent) (?:pdu|data|bytes?)\b`)
	logField    = regexp.MustCompile(`^\s*([A-Za-z_]+)[ _]?([A-Za-z]*)\s*[:=]`)
	commentLine = regexp.MustCompile(`^\s*(?://|#|/\*|\*|--|;;|>>> |\.\.\. |\$ )`)
)

// isLogLine tells whether a line without octets reads as part of a log or a
// program, where it is nothing to complain about.
func isLogLine(line []byte) bool {
	if logTime.Match(line) || logWords.Match(line) || commentLine.Match(line) || isBare(line) {
		return true
	}
	m := logField.FindSubmatch(line)
	if m == nil {
		return false
	}
	name := string(bytes.ToLower(m[1]))
	if len(m[2]) > 0 {
		name += "_" + string(bytes.ToLower(m[2]))
	}
	switch name {
	case "len", "size", "immutable", "data", "type_name", "type", "pdu",
		"command_id", "command_status", "command_length", "sequence_number", "sequence":
		return true
	}
	_, known := ParamByName(name)
	return known || TLVByName(name) != nil
}

// isBare tells that a line has neither letters nor digits: rules, brackets.
func isBare(line []byte) bool {
	for _, c := range line {
		if isAlnum(c) || c >= 0x80 {
			return false
		}
	}
	return true
}

// recognise reads the octets of one line.
func (s *HexScanner) recognise(line []byte) (hexPart, lineKind) {
	b := &s.block
	if p, ok := kannelRow(line); ok {
		return p, lineOctets
	}
	if p, ok := dumpRow(line, b); ok {
		return p, lineOctets
	}
	if bytes.TrimSpace(line)[0] == '*' && b.format == HexDump {
		b.star = true // the dump leaves out rows equal to the last one
		return hexPart{}, 0
	}
	if p, ok := bufferLine(line); ok {
		return p, lineOctets
	}
	if p, ok := escapedLine(line); ok {
		return p, lineOctets
	}
	if p, ok := plainLine(line, b); ok {
		if isRuler(p.octets) {
			return hexPart{}, lineNothing
		}
		return p, lineOctets
	}
	if p, ok := base64Line(line, b); ok {
		return p, lineOctets
	}
	if p, kind := s.bracketLine(line); kind != 0 {
		return p, kind
	}
	if p, ok := proseLine(line); ok {
		return p, lineOctets
	}
	if s.isLog || isLogLine(line) {
		return hexPart{}, lineNothing
	}
	return wrongLine(line), lineWrong
}

// isRuler tells the line above a dump that counts its columns.
func isRuler(octets []byte) bool {
	for i, c := range octets {
		if int(c) != i {
			return false
		}
	}
	return len(octets) == 16
}

// wrongLine says what is wrong with a line that should have been octets.
func wrongLine(line []byte) hexPart {
	p := hexPart{column: 1 + len(line) - len(bytes.TrimLeft(line, " \t")),
		note: "neither hexadecimal digits nor an array, a dump or base64"}
	digits, letters, at := 0, 0, -1
	for i, c := range line {
		switch {
		case isHexDigit(c):
			digits++
		case !isNumberGap(c):
			letters++
			if at < 0 {
				at = i
			}
		}
	}
	if at < 0 || digits < 8 || letters*8 > digits {
		return p
	}
	p.column = at + 1
	p.note = "'" + string(line[at:at+1]) + "' is no hexadecimal digit"
	switch c := line[at]; {
	case c >= 0x80 || c < ' ':
		p.note = "a character that is no hexadecimal digit"
	case c == 'O' || c == 'o':
		p.note += " (the letter, not zero?)"
	case c == 'l' || c == 'I':
		p.note += " (the letter, not one?)"
	}
	return p
}

// The forms of hex that stand in the middle of a line of a log.
var proseForms = [...]*regexp.Regexp{
	regexp.MustCompile(`(?:^|[^0-9A-Za-z]|0[xX])([0-9A-Fa-f]{32,})(?:[^0-9A-Za-z]|$)`),
	regexp.MustCompile(`(?:^|[^0-9A-Za-z])((?:[0-9A-Fa-f]{2}[ :,-]){15,}[0-9A-Fa-f]{2})(?:[^0-9A-Za-z]|$)`),
	regexp.MustCompile(`(?:^|[^0-9A-Za-z])((?:[0-9A-Fa-f]{8} ){3,}[0-9A-Fa-f]{2,8})(?:[^0-9A-Za-z]|$)`),
	regexp.MustCompile(`(?:^|[^0-9A-Za-z])((?:[0-9A-Fa-f]{4} ){7,}[0-9A-Fa-f]{2,4})(?:[^0-9A-Za-z]|$)`),
	regexp.MustCompile(`(?:^|[^0-9A-Za-z])((?:0[xX][0-9A-Fa-f]{1,2}[ ,]+){15,}0[xX][0-9A-Fa-f]{1,2})(?:[^0-9A-Za-z]|$)`),
}

// proseDigits is how many hexadecimal digits each of these forms has, at least.
const proseDigits = 26

// hasDigits tells whether a line has that many between which nothing stands that
// the forms do not allow. Most of a log's lines do not, and trying five
// expressions on them is slow.
func hasDigits(line []byte) bool {
	n := 0
	for _, c := range line {
		switch {
		case isHexDigit(c):
			if n++; n == proseDigits {
				return true
			}
		case c != ' ' && c != ':' && c != ',' && c != '-' && c|0x20 != 'x':
			n = 0
		}
	}
	return false
}

// proseLine finds a PDU in the middle of a log line.
func proseLine(line []byte) (hexPart, bool) {
	if !hasDigits(line) {
		return proseBase64(line)
	}
	for _, form := range proseForms {
		for _, m := range form.FindAllSubmatchIndex(line, -1) {
			n, ok := readNumbers(line[m[2]:m[3]], false)
			if !ok {
				continue
			}
			// Digits of a time of day may stand directly before it.
			for i := 0; i <= 16 && i+HeaderLen <= len(n.octets); i++ {
				if startsPDU(n.octets[i:]) {
					return hexPart{format: HexLog, column: m[2] + 1, octets: n.octets[i:], prose: true, half: n.half, digit: n.digit}, true
				}
			}
		}
	}
	return proseBase64(line)
}

func isAlnum(c byte) bool { return isLetter(c) || isDigit(c) }

func isHexDigit(c byte) bool { return hexValue(c) < 16 }

// hexValue is 16 for what is no digit.
func hexValue(c byte) byte {
	switch {
	case isDigit(c):
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 16
}
