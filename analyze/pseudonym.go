package analyze

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"

	"smpptap/dissect"
)

// Lengths of what has a pseudonym. What is shorter could be guessed from it;
// what is longer is no address.
const (
	leastPseudonym = 4
	mostPseudonym  = 36
)

// keptPseudonyms bounds those that are remembered.
const keptPseudonyms = 65_536

// pseudonyms stand for addresses: of the same length, digits for digits and
// letters for letters, always the same for the same address, and not to be
// undone nor repeated without the key.
//
// Of a number the digits behind +, 00 or 0 are what counts: two spellings
// have the same pseudonym behind the same prefix. Two numbers of one length
// never share one. Names are told apart by their exact octets.
type pseudonyms struct {
	mac  hash.Hash
	sum  []byte
	kept map[string]string
}

// newPseudonyms makes them of a key; nil: no key.
func newPseudonyms(key []byte) *pseudonyms {
	if len(key) == 0 {
		return nil
	}
	return &pseudonyms{mac: hmac.New(sha256.New, key), kept: make(map[string]string)}
}

// put replaces what stands in spans of raw: addresses by pseudonyms, anything
// else by mask octets.
func (p *pseudonyms) put(raw []byte, spans []dissect.Span) {
	for _, s := range spans {
		b := raw[max(s.Off, 0):max(min(s.End, len(raw)), max(s.Off, 0))]
		if !p.replace(b) {
			dissect.Cover(raw, []dissect.Span{s})
		}
	}
}

// replace replaces an address in place; false: it is none.
func (p *pseudonyms) replace(b []byte) bool {
	digits, letters := 0, 0
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
			letters++
		case c == '+' && i == 0, c == ' ', c == '-', c == '.', c == '_', c == '&':
		default:
			return false
		}
	}
	number := b
	if letters == 0 {
		for len(number) > 0 && (number[0] == '+' || number[0] == '0') {
			number = number[1:]
		}
		if digits < len(b) && (b[0] != '+' || digits < len(b)-1) {
			return false // a number with separators, which is none on the wire
		}
	}
	if len(number) < leastPseudonym || len(number) > mostPseudonym {
		return false
	}
	from := string(number)
	to, ok := p.kept[from]
	if !ok {
		if letters == 0 {
			to = p.number(from)
		} else {
			to = p.name(from)
		}
		if len(p.kept) >= keptPseudonyms {
			clear(p.kept)
		}
		p.kept[from] = to
	}
	copy(number, to)
	return true
}

// number permutes the numbers of one length that do not begin with 0: an
// alternating Feistel network over the decimal halves, walked on until the
// result is such a number again.
func (p *pseudonyms) number(s string) string {
	half := len(s) / 2
	a, b := decimal(s[:half]), decimal(s[half:])
	sizes := [2]uint64{power(half), power(len(s) - half)}
	for {
		for round := range uint64(10) {
			to, from := &a, b
			if round%2 == 1 {
				to, from = &b, a
			}
			*to = (*to + p.round(uint64(len(s)), round, from)%sizes[round%2]) % sizes[round%2]
		}
		if a >= sizes[0]/10 { // its first digit is none of 0
			return pad(a, half) + pad(b, len(s)-half)
		}
	}
}

func (p *pseudonyms) round(words ...uint64) uint64 {
	p.mac.Reset()
	var b [8]byte
	for _, w := range words {
		binary.BigEndian.PutUint64(b[:], w)
		p.mac.Write(b[:])
	}
	p.sum = p.mac.Sum(p.sum[:0])
	return binary.BigEndian.Uint64(p.sum)
}

// name replaces letters by letters and digits by digits.
func (p *pseudonyms) name(s string) string {
	p.mac.Reset()
	p.mac.Write([]byte(s))
	p.sum = p.mac.Sum(p.sum[:0])
	key := append([]byte(nil), p.sum...)
	out := []byte(s)
	for i, c := range out {
		if i > 0 && i%len(key) == 0 { // longer than a sum
			p.mac.Reset()
			p.mac.Write(key)
			key = p.mac.Sum(key[:0])
		}
		r := key[i%len(key)]
		switch {
		case c >= '0' && c <= '9':
			out[i] = '0' + r%10
		case c >= 'A' && c <= 'Z':
			out[i] = 'A' + r%26
		case c >= 'a' && c <= 'z':
			out[i] = 'a' + r%26
		}
	}
	return string(out)
}

func decimal(s string) (n uint64) {
	for _, c := range []byte(s) {
		n = n*10 + uint64(c-'0')
	}
	return n
}

func power(n int) uint64 {
	out := uint64(1)
	for range n {
		out *= 10
	}
	return out
}

// pad writes n with a number of digits.
func pad(n uint64, digits int) string {
	out := make([]byte, digits)
	for i := range out {
		out[digits-1-i] = byte('0' + n%10)
		n /= 10
	}
	return string(out)
}
