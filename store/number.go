package store

import (
	"bytes"
	"slices"
	"strings"

	"smpptap/dissect"
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

// Chance would find short numbers among other octets, so these are looked for
// only from a number of digits on.
const (
	leastSpaced = 7 // with separators in it
	leastPacked = 6 // as septets
	leastNibble = 8 // as semi-octets
)

// wanted finds a number in octets: as ASCII, UCS-2 and packed GSM septets,
// where no other digit stands beside it but the 0 or 00 before it, and as
// semi-octets in either order, wherever they begin.
type wanted struct {
	forms []string // digits; with the country's code, and without it
	chars []byte   // of a view
}

// newWanted takes the digits of a number. country is the code that they begin
// with; empty: the number is looked for as a whole alone.
func newWanted(digits, country string) *wanted {
	w := &wanted{forms: []string{digits}}
	if country != "" {
		w.forms = append(w.forms, strings.TrimLeft(digits[len(country):], "0"))
	}
	return w
}

// plain are the digits as ASCII and as UCS-2.
func (w *wanted) plain() [][]byte {
	digits := []byte(w.forms[0])
	ucs2 := make([]byte, 0, 2*len(digits))
	for _, c := range digits {
		ucs2 = append(ucs2, 0, c)
	}
	return [][]byte{digits, ucs2}
}

// is tells whether an address as a whole is the number.
func (w *wanted) is(address []byte) bool {
	b := bytes.TrimLeft(bytes.TrimPrefix(address, []byte("+")), "0")
	return slices.Contains(w.forms, string(b))
}

// text covers the number in text, and tells whether it did.
func (w *wanted) text(b []byte) (found bool) { return w.look(b, octetView{}) }

// mask covers the number wherever it stands in octets, and tells whether it
// did.
func (w *wanted) mask(b []byte) (found bool) {
	found = w.text(b)
	for _, v := range views {
		found = w.look(b, v) || found
	}
	return found
}

// in tells whether the number stands in octets.
func (w *wanted) in(b []byte) bool { return w.mask(bytes.Clone(b)) }

// look covers the number in what a view makes of octets.
func (w *wanted) look(b []byte, v view) (found bool) {
	w.chars = v.read(w.chars[:0], b)
	for _, digits := range w.forms {
		if len(digits) < v.least() {
			continue
		}
		for i := 0; i < len(w.chars); i++ {
			from, to := match(w.chars, i, digits, v.alone())
			if to == 0 {
				continue
			}
			for j := from; j < to; j++ {
				v.cover(b, j)
			}
			clear(w.chars[from:to])
			i, found = to-1, true
		}
	}
	return found
}

// match gives where a number stands whose first digit is at i, with the zeros
// before it; zeros: nowhere. alone: no other digit may stand beside it, and
// separators may stand in it.
func match(chars []byte, i int, digits string, alone bool) (from, to int) {
	if chars[i] != digits[0] {
		return 0, 0
	}
	from, to = i, i
	for n, gap := 0, 0; n < len(digits); to++ {
		switch {
		case to == len(chars):
			return 0, 0
		case chars[to] == digits[n]:
			n, gap = n+1, 0
		case alone && len(digits) >= leastSpaced && gap < 3 && isSeparator(chars[to]):
			gap++
		default:
			return 0, 0
		}
	}
	if !alone {
		return from, to
	}
	for from > 0 && chars[from-1] == '0' {
		from--
	}
	if to < len(chars) && isDigit(chars[to]) || from > 0 && isDigit(chars[from-1]) {
		return 0, 0
	}
	return from, to
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isSeparator tells what may stand between digits, also the octets of a
// no-break space.
func isSeparator(c byte) bool { return strings.IndexByte(" -./()\xC2\xA0", c) >= 0 }

func cover(b []byte) {
	for i := range b {
		b[i] = dissect.MaskOctet
	}
}
