package audit

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"smpptap/analyze/session"
)

// Octets of ASCII are units of UCS-2 as well: U+2020 to U+7E7E, of which the
// ideographs from U+4E00 on are common. What a text is, its octets tell
// together. Each has a weight, by where it stands in its unit: twice the
// logarithm, to the base of two, of how much more often it stands there in
// words than in text of Chinese, Japanese or symbols, whichever has it more
// often. impossible ones are in no text of ASCII.
type weights [128]int8

const impossible = -128

// unitWeights are those of the first and of the second octet.
var unitWeights = [2]weights{weigh(firstWeight), weigh(secondWeight)}

func weigh(of func(o byte) int8) (w weights) {
	for o := range w {
		switch {
		case o == '\n' || o == '\r':
			w[o] = -6
		case o < ' ' || o == 0x7F:
			w[o] = impossible
		default:
			w[o] = of(byte(o))
		}
	}
	return w
}

func firstWeight(o byte) int8 {
	switch {
	case o >= 'a' && o <= 'z':
		return 3 // a third of the ideographs
	case o == ' ':
		return 2 // U+20xx: signs, of which the second octet is none of a letter but in superscripts
	case o < '0':
		return -6 // arrows, lines, hearts
	case o <= '3':
		return -11 // kana, jamo
	case o <= '9':
		return 2 // rare ideographs
	case o <= '@':
		return 0
	case o <= 'M':
		return 4 // rare ideographs
	case o <= 'Z':
		return -6
	}
	return -9
}

// superscript tells the second octet of a superscript figure or sign.
func superscript(lo byte) bool { return lo >= 'p' && lo <= 'z' }

func secondWeight(o byte) int8 {
	if o >= 'a' && o <= 'z' || o == ' ' {
		return 6 // in ideographs as often as any other
	}
	return -2
}

// A character of several octets in UTF-8 is that by chance in one of eight
// pairs of hangul; longer ones are in the private area or none.
const (
	weightTwo  = 6
	weightMore = 8
)

// unconverted tells text of data_coding 8 whose octets make sense as ASCII or
// UTF-8 only; readsOther: they may be UCS-2. It stops at the first octet that
// no such text has: in UCS-2 of letters that is the first one.
func unconverted(b []byte, l *Limits) reading {
	as := readsASCII
	score := 0
	for i := 0; i < len(b); i++ {
		o := b[i]
		if o >= utf8.RuneSelf {
			if as == readsASCII && !utf8.Valid(b) {
				return readsOther
			}
			as = readsUTF8
			_, n := utf8.DecodeRune(b[i:])
			score += weightTwo
			if n > 2 {
				score += weightMore - weightTwo
			}
			i += n - 1
			continue
		}
		w := unitWeights[i&1][o]
		if w == impossible {
			return readsOther
		}
		if i&1 == 0 && o == ' ' && i+1 < len(b) && superscript(b[i+1]) {
			i++ // U+2070 to U+207A as well as the beginning of a word
			continue
		}
		if i&1 == 0 && i >= 2 && i+1 < len(b) && o == b[i-2] && b[i+1] == b[i-1] {
			i++ // a row of one sign says no more than the sign
			continue
		}
		score += int(w)
	}
	if score < l.UnconvertedAt {
		return readsOther
	}
	return as
}

// receiptOctets tells the octets of a receipt that is no UCS-2: no chance
// writes its keys.
func receiptOctets(b []byte) bool {
	return bytes.Contains(b, []byte("id:")) && bytes.Contains(b, []byte("stat:"))
}

// notConverted: text-not-converted; false: the text may be UCS-2.
func (a *Auditor) notConverted(o *session.Observed, m *content) bool {
	b := m.text()
	receipt := m.receipt && b[0] >= ' ' && receiptOctets(b)
	as := readsASCII
	if !receipt {
		if as = unconverted(b, &a.limit); as == readsOther {
			return false
		}
	}
	e := m.place(o, RuleTextNotConverted, 0, len(b))
	e.cause = string(as)
	if receipt {
		e.cause = "receipt"
	}
	if a.folded(&e) {
		return true
	}
	e.seen, e.wanted = fmt.Sprintf("% X", b[:min(len(b), 8)]), "UCS-2: units of two octets"
	e.message = fmt.Sprintf("%s sends data_coding 0x%02X with octets that make sense as %s only: the text was not converted.", opening(o.From), m.coding, as)
	if receipt {
		e.message = fmt.Sprintf("Receipts have data_coding 0x%02X, and the keys in their text are ASCII: a client that obeys data_coding reads other characters, mostly Chinese ones, and finds no receipt in them.", m.coding)
		e.remedy = "Have the SMSC send receipts with data_coding 0; until then read the octets of a receipt as ASCII where they begin with a key."
	}
	a.fail(e)
	return true
}
