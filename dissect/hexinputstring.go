package dissect

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"unicode/utf8"
)

// Strings of programming languages, and base64.

var (
	// An escape that is no word of a path or a pattern.
	escapeMark = regexp.MustCompile(`\\(?:x[0-9A-Fa-f]{2}|0|u00[0-9A-Fa-f]{2}|[0-7]{3})`)
	bare       = regexp.MustCompile(`^[\s+;,)(bB]*$`)
	b64        = regexp.MustCompile(`(?:^|[^0-9A-Za-z+/])(AAAA[0-9A-Za-z+/_-]{12,}={0,2})`)
)

// escapedLine reads a string with escapes: Python's b'\x00...', C's, Go's or
// JSON's "\u0000...", with or without its quotes.
func escapedLine(line []byte) (hexPart, bool) {
	m := escapeMark.FindAllIndex(line, 4)
	if len(m) < 3 {
		return hexPart{}, false
	}
	first := m[0][0]
	start, end := first, len(line)
	for i := first - 1; i >= 0; i-- {
		if line[i] == '\'' || line[i] == '"' {
			start = i + 1
			end = closingQuote(line, start, line[i])
			break
		}
	}
	before := bytes.TrimRight(line[:start], `'"`)
	after := bytes.TrimLeft(line[end:], `'"`)
	p := hexPart{format: HexString, column: start + 1, prose: !bare.Match(before) || !bare.Match(after)}
	if start == first {
		// No quote: it ends with the line or the log's bracket.
		end = len(bytes.TrimRight(line, " ])>'\""))
	}
	p.octets = unescapeString(line[start:end])
	if p.prose && !startsPDU(p.octets) {
		return hexPart{}, false
	}
	return p, len(p.octets) > 0
}

// closingQuote finds the quote that ends a string.
func closingQuote(line []byte, from int, quote byte) int {
	for i := from; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case quote:
			return i
		}
	}
	return len(line)
}

var simpleEscapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'a': 7, 'b': 8, 'v': 11, 'f': 12, 'e': 27}

// unescapeString reads the octets of a string's text. A character above 0x7F that is
// written as itself keeps the octets it has in the text.
func unescapeString(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out = append(out, text[i])
			continue
		}
		i++
		c := text[i]
		switch {
		case c|0x20 == 'x' && i+2 < len(text) && isHexDigit(text[i+1]) && isHexDigit(text[i+2]):
			out = append(out, hexValue(text[i+1])<<4|hexValue(text[i+2]))
			i += 2
		case c == 'u' && i+4 < len(text):
			out = appendUnit(out, text[i+1:i+5])
			i += 4
		case c >= '0' && c <= '7':
			v, n := 0, 0
			for ; n < 3 && i+n < len(text) && text[i+n] >= '0' && text[i+n] <= '7'; n++ {
				v = v*8 + int(text[i+n]-'0')
			}
			out = append(out, byte(v))
			i += n - 1
		default:
			if v, ok := simpleEscapes[c]; ok {
				c = v
			}
			out = append(out, c)
		}
	}
	return out
}

// appendUnit appends \u escapes: below 0x100 they stand for an octet.
func appendUnit(out, digits []byte) []byte {
	v := hexNumber(digits)
	if v < 0x100 {
		return append(out, byte(v))
	}
	return utf8.AppendRune(out, rune(v))
}

// base64Line reads a line of base64. Its digits may also be hex or a word, so
// it must begin as a PDU does, or go on with one.
func base64Line(line []byte, b *hexBlock) (hexPart, bool) {
	text := bytes.Trim(bytes.TrimSpace(line), `"',`)
	if len(text) < 4 || !isBase64(text) {
		return hexPart{}, false
	}
	p := hexPart{format: HexBase64, column: 1 + len(line) - len(bytes.TrimLeft(line, " \t")), width: len(text)}
	// Wrapped lines are of one width; the last one is shorter.
	p.last = b.format == HexBase64 && len(text) < b.width
	if b.format == HexBase64 && len(b.carry) > 0 {
		if alone, err := decodeBase64(text[:len(text)/4*4]); err != nil || !startsPDU(alone) {
			text = append(bytes.Clone(b.carry), text...)
		}
	}
	whole := text
	if !bytes.HasSuffix(text, []byte("=")) {
		whole = text[:len(text)/4*4]
		p.carry = bytes.Clone(text[len(whole):])
	}
	octets, err := decodeBase64(whole)
	if err != nil {
		return hexPart{}, false
	}
	p.octets = octets
	going := b.format == HexBase64 && len(b.octets) > b.at && p.width <= b.width
	return p, going || startsPDU(octets) || lacksLength(octets)
}

// proseBase64 finds base64 in a log line: a PDU begins with zeros.
func proseBase64(line []byte) (hexPart, bool) {
	if !bytes.Contains(line, []byte("AAAA")) {
		return hexPart{}, false
	}
	m := b64.FindSubmatchIndex(line)
	if m == nil {
		return hexPart{}, false
	}
	octets, err := decodeBase64(line[m[2]:m[3]])
	if err != nil || !startsPDU(octets) {
		return hexPart{}, false
	}
	return hexPart{format: HexBase64, column: m[2] + 1, octets: octets, prose: true}, true
}

func isBase64(text []byte) bool {
	body := bytes.TrimRight(text, "=")
	if len(text)-len(body) > 2 {
		return false
	}
	for _, c := range body {
		if !isAlnum(c) && c != '+' && c != '/' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// decodeBase64 reads both alphabets, with and without padding.
func decodeBase64(text []byte) ([]byte, error) {
	text = bytes.TrimRight(text, "=")
	encoding := base64.RawStdEncoding
	if bytes.ContainsAny(text, "-_") {
		encoding = base64.RawURLEncoding
	}
	out := make([]byte, encoding.DecodedLen(len(text)))
	n, err := encoding.Decode(out, text)
	return out[:n], err
}
