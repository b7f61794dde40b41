package report

import (
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

const lowerHex = "0123456789abcdef"

// Safe makes text safe for a terminal; see AppendSafe.
func Safe(s string) string {
	if isPlain(s) {
		return s
	}
	return string(AppendSafe(nil, s))
}

// AppendSafe appends s so that no terminal acts on it and no eye is deceived:
// control characters, escape sequences, direction marks, zero-width and
// unassigned characters and octets that are no UTF-8 become visible escapes
// (\n, \x1b, \u202e). The result is one line of valid UTF-8. A backslash
// stays as it is: texts are to be read, not to be parsed back.
func AppendSafe(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			b = appendSafeASCII(b, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b = appendByteEscape(b, s[i])
		case isVisible(r):
			b = append(b, s[i:i+n]...)
		default:
			b = appendRuneEscape(b, r)
		}
		i += n
	}
	return b
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func appendSafeASCII(b []byte, c byte) []byte {
	switch {
	case c >= ' ' && c != 0x7f:
		return append(b, c)
	case c == '\n':
		return append(b, '\\', 'n')
	case c == '\r':
		return append(b, '\\', 'r')
	case c == '\t':
		return append(b, '\\', 't')
	}
	return appendByteEscape(b, c)
}

func appendByteEscape(b []byte, c byte) []byte {
	return append(b, '\\', 'x', lowerHex[c>>4], lowerHex[c&15])
}

func appendRuneEscape(b []byte, r rune) []byte {
	digits := 4
	b = append(b, '\\', 'u')
	if r > 0xFFFF {
		b[len(b)-1], digits = 'U', 8
	}
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		b = append(b, lowerHex[r>>shift&15])
	}
	return b
}

// isVisible tells whether a terminal shows r as a character of its own or as
// a mark on one. Format characters (Cf: direction marks, joiners, the byte
// order mark, tags) and line and paragraph separators are not printable in
// Unicode's sense; the fillers below are, and yet show nothing.
func isVisible(r rune) bool {
	switch r {
	case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0:
		return false
	}
	return unicode.IsPrint(r) || unicode.Is(unicode.Zs, r)
}

// Width is how many columns safe text takes.
func Width(s string) int {
	if isPlain(s) {
		return len(s)
	}
	return displaywidth.String(s)
}

// Truncate cuts safe text to a width in columns and marks the cut with '…'.
// It never cuts inside a character. Width zero or less: no limit.
func Truncate(s string, width int) string {
	if width <= 0 || Width(s) <= width {
		return s
	}
	return displaywidth.TruncateString(s, width, "…")
}

// appendPadded appends safe text and blanks up to width; text that is longer
// stays whole.
func appendPadded(b []byte, s string, width int, right bool) []byte {
	fill := width - Width(s)
	if right {
		b = appendBlanks(b, fill)
	}
	b = append(b, s...)
	if !right {
		b = appendBlanks(b, fill)
	}
	return b
}

func appendBlanks(b []byte, n int) []byte {
	for ; n > 0; n-- {
		b = append(b, ' ')
	}
	return b
}
