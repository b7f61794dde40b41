package stream

import (
	"bytes"
	"encoding/binary"

	"smpptap/dissect"
)

// answer is a decision, or that it cannot be made yet.
type answer uint8

const (
	no answer = iota
	maybe
	yes
)

// search skips octets up to the next believable header: known command_id,
// sane length, and either a body that reads to its last octet, or a second
// header or the end of the data behind it. ok is false when it has to wait.
//
// Each place is looked at once, and a look has a bound: the search is linear.
func (f *Framer) search(dst []Frame, w []byte, end bool) (_ []Frame, used int, ok bool) {
	for i := 0; ; i++ {
		i += f.ahead(w[i:])
		if len(w)-i < dissect.HeaderLen {
			if end {
				f.skip(w)
				return f.endRun(dst), len(w), false
			}
			f.want = dissect.HeaderLen
			f.skip(w[:i])
			return dst, i, false
		}
		h := readHeader(w[i:])
		r := rowOf(h.id)
		if h.length < dissect.HeaderLen || h.length > f.room(r) {
			continue
		}
		switch f.believe(w[i:], h, r, end) {
		case yes:
			f.skip(w[:i])
			f.searching = false
			return f.endRun(dst), i, true
		case maybe:
			f.skip(w[:i])
			return dst, i, false
		}
	}
}

// ahead is how far on in w a header may begin; behind the end: nowhere. It
// begins with 0, for MaxPDU lies below 1<<24 in practice.
func (f *Framer) ahead(w []byte) int {
	if f.max >= 1<<24 {
		return 0
	}
	if i := bytes.IndexByte(w, 0); i >= 0 {
		return i
	}
	return len(w)
}

// believe decides whether b, which begins with a known command_id and a sane
// length on no boundary, is a PDU. While it may be, f.want octets are to be
// awaited.
func (f *Framer) believe(b []byte, h header, r row, end bool) answer {
	n := int(h.length)
	if len(b) < n {
		switch {
		case !end:
			f.want = n
			return maybe
		case h.strict():
			return yes
		}
		return no
	}
	if strong(b[:n], h, r) {
		return yes
	}
	a := f.follows(b[n:], end)
	if a == maybe {
		f.want = n + idLen
	}
	return a
}

// strong tells whether a PDU is believable for itself.
func strong(b []byte, h header, r row) bool {
	return h.strict() && shapeOf(r.cmd, b, true) == whole
}

// follows decides whether b begins with a known command_id and a sane length,
// or is the end of the data.
func (f *Framer) follows(b []byte, end bool) answer {
	switch {
	case len(b) >= idLen:
		if f.known(b) {
			return yes
		}
	case !end:
		return maybe
	case f.begins(b):
		return yes
	}
	return no
}

// known wants idLen octets.
func (f *Framer) known(b []byte) bool {
	n := binary.BigEndian.Uint32(b)
	return n >= dissect.HeaderLen && n <= f.room(rowOf(binary.BigEndian.Uint32(b[4:])))
}

// begins tells whether fewer octets than a header can be its beginning; none
// can.
func (f *Framer) begins(b []byte) bool {
	switch {
	case len(b) >= idLen:
		return f.known(b)
	case len(b) >= 4:
		n := binary.BigEndian.Uint32(b)
		return n >= dissect.HeaderLen && n <= f.max
	}
	var top [4]byte
	copy(top[:], b)
	return binary.BigEndian.Uint32(top[:]) <= f.max
}
