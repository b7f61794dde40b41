package report

import "unicode/utf8"

// csvText makes a text a cell of CSV. A file or the next program gets the text
// as it is, line breaks and direction marks too, but always in UTF-8 and
// without control characters, which a terminal behind a pipe would act on; a
// terminal gets what AppendSafe makes of it.
func csvText(s string, screen bool) string {
	switch {
	case isPlain(s):
		return noFormula(s)
	case screen:
		return noFormula(Safe(s))
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			b = appendByteEscape(b, s[i])
		case r == '\n' || r == '\t' || r == '\r' || r >= ' ' && r < 0x7f || r > 0x9f:
			b = append(b, s[i:i+n]...)
		case r < utf8.RuneSelf:
			b = appendByteEscape(b, s[i])
		default:
			b = appendRuneEscape(b, r)
		}
		i += n
	}
	return noFormula(string(b))
}
