package session

import (
	"bytes"
	"hash/maphash"
	"math/bits"
)

// Relation says how the id in a receipt is written beside the one in the
// submit's response (diagnoses.md D01).
type Relation uint8

// The relations, the nearest first.
const (
	RelationNone Relation = iota
	RelationEqual
	RelationCase
	RelationZeros    // leading zeros, and perhaps case
	RelationHexToDec // hexadecimal in the response, decimal in the receipt
	RelationDecToHex

	RelationCount
)

// Ambiguous tells that two ids may stand in the relation by chance: all their
// characters are decimal figures, and few. Such ids are decided over the
// whole account, never on one pair.
func (r Relation) Ambiguous(a, b []byte) bool {
	const few = 10
	return (r == RelationHexToDec || r == RelationDecToHex) && areFigures(a) && areFigures(b) && min(len(a), len(b)) < few
}

// Relate tells how the id in a receipt relates to the one in a response.
func Relate(response, receipt []byte) Relation {
	switch {
	case bytes.Equal(response, receipt):
		return RelationEqual
	case bytes.EqualFold(response, receipt):
		return RelationCase
	case bytes.EqualFold(stripped(response), stripped(receipt)):
		return RelationZeros
	}
	if v, ok := hexValue(response); ok {
		if w, ok := decValue(receipt); ok && v == w {
			return RelationHexToDec
		}
	}
	if v, ok := decValue(response); ok {
		if w, ok := hexValue(receipt); ok && v == w {
			return RelationDecToHex
		}
	}
	return RelationNone
}

// MaxID is how many octets of an id are kept; message_id holds 64 (v3.4
// 5.2.23).
const MaxID = 64

var idSeed = maphash.MakeSeed()

// HashID hashes an id without case and leading zeros.
func HashID(id []byte) uint64 {
	var low [MaxID]byte
	id = stripped(id[:min(len(id), MaxID)])
	for i, o := range id {
		if o >= 'A' && o <= 'Z' {
			o |= 0x20
		}
		low[i] = o
	}
	return maphash.Bytes(idSeed, low[:len(id)])
}

// hashOf hashes an id of an account.
func hashOf(account int32, id []byte) uint32 { return hashIn(account, HashID(id)) }

// hashIn makes the hash of an id of an account from that of the id.
func hashIn(account int32, id uint64) uint32 {
	return uint32((id ^ uint64(account)) * 0x9E3779B97F4A7C15 >> 32)
}

// otherBases gives how an id would read if its writer had taken the number
// that it stands for in hexadecimal from decimal, and the other way round; nil
// where it cannot. They are written into buf.
func otherBases(id []byte, buf *[2][MaxID]byte) (hex, dec []byte) {
	id = id[:min(len(id), MaxID)]
	v, ok := hexValue(id)
	if !ok {
		return nil, nil
	}
	if w, ok := decValue(id); ok {
		hex = w.text(16, &buf[0])
	}
	return hex, v.text(10, &buf[1])
}

// stripped is an id without leading zeros; one stays where nothing else is.
func stripped(id []byte) []byte {
	for len(id) > 1 && id[0] == '0' {
		id = id[1:]
	}
	return id
}

// number is the value of an id, which may be larger than 64 bits; 64 octets
// fit.
type number [4]uint64

// times multiplies by a factor and adds.
func (v *number) times(factor, add uint64) {
	for i := range v {
		hi, lo := bits.Mul64(v[i], factor)
		sum, carry := bits.Add64(lo, add, 0)
		v[i], add = sum, hi+carry
	}
}

// text writes the number in base 10 or 16; nil: it is longer than an id.
func (v number) text(base uint64, buf *[MaxID]byte) []byte {
	const figures = "0123456789abcdef"
	i, words := len(buf), len(v)
	for {
		if i == 0 {
			return nil
		}
		for words > 1 && v[words-1] == 0 {
			words--
		}
		i--
		buf[i] = figures[divide(v[:words], base)]
		if words == 1 && v[0] == 0 {
			return buf[i:]
		}
	}
}

// divide divides a number, the lowest word first, and gives the remainder.
func divide(v []uint64, by uint64) (rest uint64) {
	for i := len(v) - 1; i >= 0; i-- {
		v[i], rest = bits.Div64(rest, v[i], by)
	}
	return rest
}

// hexValue reads an id of hexadecimal figures.
func hexValue(id []byte) (v number, ok bool) {
	for _, o := range id {
		var d uint64
		switch {
		case o >= '0' && o <= '9':
			d = uint64(o - '0')
		case o|0x20 >= 'a' && o|0x20 <= 'f':
			d = uint64(o|0x20-'a') + 10
		default:
			return number{}, false
		}
		if v[0]>>60 != 0 || v[1] != 0 {
			v.times(16, d)
		} else {
			v[0] = v[0]<<4 | d
		}
	}
	return v, len(id) > 0
}

// decValue reads an id of decimal figures.
func decValue(id []byte) (v number, ok bool) {
	const most = 18 // figures in 64 bits
	var part, scale uint64 = 0, 1
	n := 0
	for _, o := range id {
		if o < '0' || o > '9' {
			return number{}, false
		}
		part, scale = part*10+uint64(o-'0'), scale*10
		if n++; n == most {
			v.times(scale, part)
			part, scale, n = 0, 1, 0
		}
	}
	if n > 0 {
		v.times(scale, part)
	}
	return v, len(id) > 0
}

func areFigures(id []byte) bool {
	for _, o := range id {
		if o < '0' || o > '9' {
			return false
		}
	}
	return true
}
