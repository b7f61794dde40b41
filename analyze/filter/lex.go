package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind of a token.
type kind uint8

const (
	tokEnd    kind = iota
	tokWord        // field, number, address, name, word operator
	tokString      // "…" or r"…"
	tokChar        // '…'
	tokSymbol
)

// token is a piece of the source. text is the symbol or word; of a string what
// stands between the quotes, escapes unread.
type token struct {
	kind     kind
	raw      bool // r"…": no escapes
	text     string
	off, end int
}

func (t token) is(symbol string) bool { return t.kind == tokSymbol && t.text == symbol }

func (t token) word(w string) bool { return t.kind == tokWord && t.text == w }

// lexer cuts the source into tokens.
type lexer struct {
	src string
	pos int
	// operand: the last token may end an operand, so a minus behind it is an
	// operator and not a sign.
	operand bool
}

// symbols, longer ones before those they begin with.
var symbols = []string{
	"===", "!==", "==", "!=", "~=", "<=", ">=", "&&", "||", "..",
	"<", ">", "~", "!", "(", ")", "{", "}", "[", "]", ",", "&", "+", "-", "*", "/", "%",
}

func (l *lexer) next() (token, *SyntaxError) {
	for l.pos < len(l.src) && strings.IndexByte(" \t\r\n", l.src[l.pos]) >= 0 {
		l.pos++
	}
	t, err := l.scan()
	l.operand = t.kind == tokWord || t.kind == tokString || t.kind == tokChar || t.is("]") || t.is(")")
	return t, err
}

func (l *lexer) scan() (token, *SyntaxError) {
	rest := l.src[l.pos:]
	switch {
	case rest == "":
		return token{off: l.pos, end: l.pos}, nil
	case rest[0] == '"' || rest[0] == '\'':
		return l.quoted(0)
	case strings.HasPrefix(rest, `r"`) || strings.HasPrefix(rest, `R"`):
		return l.quoted(1)
	case !l.operand && rest[0] == '-' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		return l.word(1), nil
	case !strings.HasPrefix(rest, "..") && wordLen(rest) > 0:
		return l.word(0), nil
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			l.pos += len(s)
			return token{kind: tokSymbol, text: s, off: l.pos - len(s), end: l.pos}, nil
		}
	}
	_, n := utf8.DecodeRuneInString(rest)
	err := fault(l.src, l.pos, l.pos+n, "unexpected %q", rest[:n])
	if rest[0] == '=' {
		err = err.near("==")
	}
	return token{}, err
}

// word takes a word behind sign octets of sign.
func (l *lexer) word(sign int) token {
	off := l.pos
	l.pos += sign + wordLen(l.src[off+sign:])
	return token{kind: tokWord, text: l.src[off:l.pos], off: off, end: l.pos}
}

// wordLen is the length of the word at the start: letters, digits and what
// stands inside names, numbers, addresses and octets. Two dots end it, as they
// are a range; a hyphen and a slash do not begin it.
func wordLen(s string) int {
	for i, r := range s {
		switch {
		case unicode.IsLetter(r) || r >= '0' && r <= '9' || r == '_' || r == ':':
		case (r == '-' || r == '/') && i > 0:
		case r == '.' && !strings.HasPrefix(s[i:], ".."):
		default:
			return i
		}
	}
	return len(s)
}

// quoted takes a string or character behind skip octets.
func (l *lexer) quoted(skip int) (token, *SyntaxError) {
	off := l.pos
	quote := l.src[off+skip]
	for i := off + skip + 1; i < len(l.src); i++ {
		switch {
		case l.src[i] == '\\' && skip == 0:
			i++
		case l.src[i] == quote:
			l.pos = i + 1
			k := tokString
			if quote == '\'' {
				k = tokChar
			}
			return token{kind: k, raw: skip > 0, text: l.src[off+skip+1 : i], off: off, end: l.pos}, nil
		}
	}
	return token{}, fault(l.src, off, len(l.src), "the string has no closing %c", quote)
}

// inBrackets takes what stands up to the bracket that closes a slice.
func (l *lexer) inBrackets() (string, *SyntaxError) {
	n := strings.IndexByte(l.src[l.pos:], ']')
	if n < 0 {
		return "", fault(l.src, l.pos-1, len(l.src), "the slice has no closing ]")
	}
	s := l.src[l.pos : l.pos+n]
	l.pos += n + 1
	l.operand = true
	return s, nil
}
