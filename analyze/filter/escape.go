package filter

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// escapes of one letter.
var escapes = map[byte]byte{
	'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v',
	'\\': '\\', '"': '"', '\'': '\'',
}

// unescape reads the escapes of a string. In a pattern only those of backslash
// and quotes: "\\d", which Wireshark wants, and "\d" are both \d.
func (p *parser) unescape(t token, pattern bool) (string, *SyntaxError) {
	if t.raw || !strings.Contains(t.text, `\`) {
		return t.text, nil
	}
	start := t.off + 1
	var out strings.Builder
	for i := 0; i < len(t.text); i++ {
		if t.text[i] != '\\' {
			out.WriteByte(t.text[i])
			continue
		}
		off := i
		i++
		c := t.text[i] // a backslash is never the last octet: it would hide the quote
		switch {
		case pattern && c != '\\' && c != '"' && c != '\'':
			out.WriteString(t.text[off : i+1])
		case escapes[c] != 0:
			out.WriteByte(escapes[c])
		case c == 'x' || c == 'u' || c == 'U' || c >= '0' && c <= '7':
			r, n, ok := numberEscape(t.text[off+1:])
			if !ok {
				return "", p.fault(start+off, start+i+1, "\\%c is not followed by the digits of a character", c)
			}
			if c == 'u' || c == 'U' {
				out.WriteRune(r)
			} else {
				out.WriteByte(byte(r))
			}
			i = off + n
		default:
			_, n := utf8.DecodeRuneInString(t.text[i:])
			return "", p.fault(start+off, start+i+n, "%q is no escape; a raw string r\"...\" has none", t.text[off:i+n])
		}
	}
	return out.String(), nil
}

// numberEscape reads xHH, ooo, uHHHH or UHHHHHHHH and returns the octets it takes.
func numberEscape(s string) (r rune, n int, ok bool) {
	base, from, most := 8, 0, 3
	switch s[0] {
	case 'x':
		base, from, most = 16, 1, 3
	case 'u':
		base, from, most = 16, 1, 5
	case 'U':
		base, from, most = 16, 1, 9
	}
	n = from
	for n < most && n < len(s) {
		if _, err := strconv.ParseUint(s[n:n+1], base, 8); err != nil {
			break
		}
		n++
	}
	v, err := strconv.ParseUint(s[from:n], base, 32)
	wide := s[0] == 'u' || s[0] == 'U'
	ok = err == nil && (!wide && v <= 0xFF || wide && n == most && v <= utf8.MaxRune)
	return rune(v), n, ok
}
