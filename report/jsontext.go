package report

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// Pieces of JSON, appended by hand: a listing writes a thousand objects where
// encoding/json writes a hundred, and keys keep their order.

// object appends the members of one JSON object.
type object struct {
	b     []byte
	empty bool
}

func openObject(b []byte) object { return object{append(b, '{'), true} }

func (o *object) key(name string) {
	if !o.empty {
		o.b = append(o.b, ',')
	}
	o.empty = false
	o.b = append(o.b, '"')
	o.b = append(o.b, name...)
	o.b = append(o.b, '"', ':')
}

func (o *object) close() []byte { return append(o.b, '}') }

func (o *object) int(name string, v int64) {
	o.key(name)
	o.b = strconv.AppendInt(o.b, v, 10)
}

// some leaves the key out when v is zero.
func (o *object) some(name string, v int64) {
	if v != 0 {
		o.int(name, v)
	}
}

func (o *object) str(name, v string) {
	o.key(name)
	o.b = appendJSONString(o.b, v)
}

// text leaves the key out when v is empty.
func (o *object) text(name, v string) {
	if v != "" {
		o.str(name, v)
	}
}

func (o *object) hex(name string, v []byte) {
	o.key(name)
	o.b = appendHexString(o.b, v)
}

func (o *object) time(name string, ns int64) {
	o.key(name)
	o.b = append(o.b, '"')
	o.b = appendTimeUTC(o.b, ns)
	o.b = append(o.b, '"')
}

// list appends an array of n elements.
func (o *object) list(name string, n int, element func(b []byte, i int) []byte) {
	o.key(name)
	o.b = append(o.b, '[')
	for i := range n {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = element(o.b, i)
	}
	o.b = append(o.b, ']')
}

// plainJSON marks the octets that stand in a JSON string as they are.
var plainJSON = func() (t [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// appendJSONString appends s as a JSON string. Octets that are no UTF-8
// become U+FFFD; the hex beside them tells what they were. Control, direction
// and separator characters are escaped, so that the line is safe to print.
func appendJSONString[T string | []byte](b []byte, s T) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		start := i
		for i < len(s) && plainJSON[s[i]] {
			i++
		}
		b = append(b, s[start:i]...)
		if i == len(s) {
			break
		}
		if s[i] < utf8.RuneSelf {
			b = appendJSONEscape(b, s[i])
			i++
			continue
		}
		end := min(len(s), i+utf8.UTFMax)
		r, n := utf8.DecodeRuneInString(string(s[i:end]))
		b = appendJSONRune(b, r)
		i += n
	}
	return append(b, '"')
}

func appendJSONEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', '0', '0', lowerHex[c>>4], lowerHex[c&15])
}

func appendJSONRune(b []byte, r rune) []byte {
	if isVisible(r) {
		return utf8.AppendRune(b, r)
	}
	if r < 0x10000 {
		return appendRuneEscape(b, r)
	}
	r -= 0x10000
	b = appendRuneEscape(b, 0xD800+r>>10)
	return appendRuneEscape(b, 0xDC00+r&0x3FF)
}

func appendHexString(b, v []byte) []byte {
	b = append(b, '"')
	b = appendHex(b, v)
	return append(b, '"')
}

func appendHex(b, v []byte) []byte {
	for _, c := range v {
		b = append(b, lowerHex[c>>4], lowerHex[c&15])
	}
	return b
}

// appendTimeUTC appends a time as RFC 3339 with nine digits of a second.
func appendTimeUTC(b []byte, ns int64) []byte {
	return time.Unix(0, ns).UTC().AppendFormat(b, "2006-01-02T15:04:05.000000000Z")
}
