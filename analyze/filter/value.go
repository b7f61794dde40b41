package filter

import (
	"net/netip"
	"unsafe"
)

// Type says how a field compares.
type Type uint8

// The types.
const (
	Label    Type = iota // is there or not; nothing to compare
	Uint                 // unsigned integer, value names where the field has some
	String               // text
	Bytes                // octets
	Address              // IPv4 or IPv6 address
	Time                 // point in time
	Duration             // amount of time
)

var typeNames = [...]string{"a label", "an unsigned integer", "a string", "a byte string", "an address", "a time", "a duration"}

// String names the type as messages do, with its article.
func (t Type) String() string { return typeNames[t] }

// numeric tells that values of the type are in value.n.
func (t Type) numeric() bool { return t == Uint || t == Time || t == Duration }

// octets tells that values of the type are in value.b.
func (t Type) octets() bool { return t == String || t == Bytes }

// value is one value of a field. Which part holds it, its type says.
type value struct {
	n int64 // integers; nanoseconds of times and durations
	b []byte
	a netip.Addr
}

// getter yields the values of a field one by one: the first for position 0, and
// with each the position of the next; 0 says that there is none at this
// position, last that there is none behind it. Values come by return and not by
// a callback, so that nothing escapes to the heap. b is lent until the next call.
type getter func(r *Row, pos int) (v value, next int)

const last = -1

// one wraps a field that has at most one value.
func one(get func(r *Row) (value, bool)) getter {
	return func(r *Row, _ int) (value, int) {
		v, ok := get(r)
		if !ok {
			return value{}, 0
		}
		return v, last
	}
}

// second is the position at which either goes over to its second getter; no PDU
// has that many values.
const second = 1 << 30

// either yields the values of a, then those of b.
func either(a, b getter) getter {
	return func(r *Row, pos int) (value, int) {
		if pos < second {
			v, next := a(r, pos)
			if next > 0 {
				return v, next
			}
			if next == last {
				return v, second
			}
			pos = second
		}
		v, next := b(r, pos-second)
		if next > 0 {
			next += second
		}
		return v, next
	}
}

// never is the getter of a field that is known and not filled.
func never(*Row, int) (value, int) { return value{}, 0 }

func number(n int64) (value, bool) { return value{n: n}, true }

// counted is a number for which zero means unknown.
func counted(n int64) (value, bool) { return value{n: n}, n != 0 }

// filled is a text for which empty means unknown.
func filled(s string) (value, bool) { return value{b: view(s)}, s != "" }

// view lends a string's octets to code that only reads them; a conversion would
// allocate at every match.
func view(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
