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

// ID is an id of fixed size, so that entries hold no pointers.
type ID struct {
	n uint8
	b [MaxID]byte
}

func (id *ID) set(b []byte) {
	id.n = uint8(copy(id.b[:], b))
}

// Bytes is a view of the id.
func (id *ID) Bytes() []byte { return id.b[:id.n:id.n] }

func (id *ID) String() string { return string(id.Bytes()) }

// The three ways in which ids of a response and of a receipt meet.
const (
	keyText = iota // without case and leading zeros
	keyHex         // the response's as hexadecimal, the receipt's as decimal
	keyDec         // the other way round
	keyCount
)

// idKeys are hashes under which an id is entered; zero: none. Those of a
// response and of a receipt with the same message are equal in one place.
type idKeys [keyCount]uint64

var idSeed = maphash.MakeSeed()

// keysOf makes the keys of an id of an account.
func keysOf(account int64, id []byte, receipt bool) (k idKeys) {
	id = id[:min(len(id), MaxID)]
	k[keyText] = keyed(account, keyText, folded(id))
	hex, dec := keyHex, keyDec
	if receipt {
		hex, dec = keyDec, keyHex
	}
	if v, ok := hexValue(id); ok {
		k[hex] = v.key(account, hex)
		if v, ok := decValue(id); ok {
			k[dec] = v.key(account, dec)
		}
	}
	return k
}

func keyed(account int64, place int, hash uint64) uint64 {
	h := (hash ^ uint64(account)<<2 ^ uint64(place)) * 0x9E3779B97F4A7C15
	return max(h^h>>29, 1)
}

// folded hashes an id without case and leading zeros.
func folded(id []byte) uint64 {
	var low [MaxID]byte
	id = stripped(id)
	for i, o := range id {
		if o >= 'A' && o <= 'Z' {
			o |= 0x20
		}
		low[i] = o
	}
	return maphash.Bytes(idSeed, low[:len(id)])
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

func (v *number) key(account int64, place int) uint64 {
	h := v[0]
	for _, w := range v[1:] {
		h = bits.RotateLeft64(h, 23)*0xFF51AFD7ED558CCD ^ w
	}
	h ^= h >> 33
	return keyed(account, place, h*0xC4CEB9FE1A85EC53)
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
