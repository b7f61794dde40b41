package store

import (
	"encoding/binary"
	"net/netip"
)

// row collects rows as octets: each value a tag and what follows, one value
// behind the other, all columns of each row. It owns what it holds, so rows
// wait in it as long as they must, at the price of their octets, and one call
// into SQLite stores as many as there are (bind_cgo.go).
type row []byte

// Tags of values. Integers are 8 octets, lengths 4, both little endian.
const (
	tagNull = iota
	tagInt
	tagText // length, octets
	tagBlob // length, octets
	tagRef  // and above: an integer that counts from bases[tag-tagRef]
)

func (r *row) null() { *r = append(*r, tagNull) }

func (r *row) int(n int64) {
	*r = binary.LittleEndian.AppendUint64(append(*r, tagInt), uint64(n))
}

// known is n, NULL where zero stands for "never" or "none".
func (r *row) known(n int64) {
	if n == 0 {
		r.null()
		return
	}
	r.int(n)
}

// ref is a number of the run, NULL for none.
func (r *row) ref(what ref, n int64) {
	if n == 0 {
		r.null()
		return
	}
	*r = binary.LittleEndian.AppendUint64(append(*r, tagRef+byte(what)), uint64(n))
}

func (r *row) bool(b bool) {
	if b {
		r.int(1)
	} else {
		r.int(0)
	}
}

// micros rounds down; a negative time is not known.
func (r *row) micros(ns int64) {
	if ns < 0 {
		r.null()
		return
	}
	r.int(ns / 1000)
}

// span is a duration up to an event, NULL when that did not happen.
func (r *row) span(ns, event int64) {
	if event == 0 {
		r.null()
		return
	}
	r.micros(ns)
}

func (r *row) text(s string) {
	*r = binary.LittleEndian.AppendUint32(append(*r, tagText), uint32(len(s)))
	*r = append(*r, s...)
}

// some is a text, NULL when it is empty.
func (r *row) some(s string) {
	if s == "" {
		r.null()
		return
	}
	r.text(s)
}

// octets is a field's text, NULL when the PDU lacks it.
func (r *row) octets(b []byte) {
	if b == nil {
		r.null()
		return
	}
	*r = binary.LittleEndian.AppendUint32(append(*r, tagText), uint32(len(b)))
	*r = append(*r, b...)
}

// blob is a BLOB, never NULL.
func (r *row) blob(b []byte) {
	*r = binary.LittleEndian.AppendUint32(append(*r, tagBlob), uint32(len(b)))
	*r = append(*r, b...)
}

// end writes the address and the port of one.
func (r *row) end(a netip.AddrPort) {
	if !a.IsValid() {
		r.null()
		r.null()
		return
	}
	r.text(a.Addr().String())
	r.int(int64(a.Port()))
}
