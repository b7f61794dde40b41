package store

import (
	"bytes"
	"strings"
)

// Digits gives what makes a number the same however it is written: its digits
// without separators, and without the +, 00 or 0 before them. ok is false for
// what is no number of four digits or more.
func Digits(number string) (digits string, ok bool) {
	rest := strings.TrimPrefix(strings.TrimSpace(number), "+")
	var b strings.Builder
	for _, c := range rest {
		switch {
		case c >= '0' && c <= '9':
			b.WriteRune(c)
		case !strings.ContainsRune(" -./()", c):
			return "", false
		}
	}
	digits = strings.TrimLeft(b.String(), "0")
	return digits, len(digits) >= 4
}

// wanted finds a number in octets: as ASCII, as UCS-2, and as swapped
// semi-octets. It is found where no other digit stands beside it, but the 0 or
// 00 before it.
type wanted struct {
	digits string
	ucs2   []byte
	bcd    []byte // nil: it has an odd number of digits, or too few to be told from chance
}

func newWanted(digits string) *wanted {
	w := &wanted{digits: digits}
	for _, c := range []byte(digits) {
		w.ucs2 = append(w.ucs2, 0, c)
	}
	if len(digits) >= 8 {
		padded := digits
		if len(padded)%2 == 1 {
			padded += "?" // whose low half is 0xF
		}
		for i := 0; i < len(padded); i += 2 {
			w.bcd = append(w.bcd, padded[i]&0xF|padded[i+1]<<4)
		}
	}
	return w
}

// is tells whether an address as a whole is the number.
func (w *wanted) is(address []byte) bool {
	b := bytes.TrimLeft(bytes.TrimPrefix(address, []byte("+")), "0")
	return string(b) == w.digits
}

// mask covers the number wherever it stands in b, and tells whether it did.
func (w *wanted) mask(b []byte) (found bool) {
	for i := 0; ; {
		at := bytes.Index(b[i:], []byte(w.digits))
		if at < 0 {
			break
		}
		from, to := i+at, i+at+len(w.digits)
		i = from + 1
		if to < len(b) && isDigit(b[to]) {
			continue
		}
		for from > 0 && b[from-1] == '0' {
			from--
		}
		if from > 0 && isDigit(b[from-1]) {
			continue
		}
		cover(b[from:to])
		i, found = to, true
	}
	for i := 0; ; {
		at := bytes.Index(b[i:], w.ucs2)
		if at < 0 {
			break
		}
		from, to := i+at, i+at+len(w.ucs2)
		i = from + 1
		if to+1 < len(b) && b[to] == 0 && isDigit(b[to+1]) {
			continue
		}
		for from > 1 && b[from-2] == 0 && b[from-1] == '0' {
			from -= 2
		}
		if from > 1 && b[from-2] == 0 && isDigit(b[from-1]) {
			continue
		}
		for j := from + 1; j < to; j += 2 {
			b[j] = '*'
		}
		i, found = to, true
	}
	for w.bcd != nil {
		at := bytes.Index(b, w.bcd)
		if at < 0 {
			break
		}
		cover(b[at : at+len(w.bcd)])
		found = true
	}
	return found
}

func cover(b []byte) {
	for i := range b {
		b[i] = '*'
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
