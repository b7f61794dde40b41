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

// run is a run of garbage.
type run struct {
	off, n    int64
	shown     []byte
	began, at Stamp
}

// search skips octets up to the next believable header: known command_id,
// sane length, and either a body that reads to its last octet, or a second
// header or the end of the data behind it. ok is false when it has to wait.
//
// Each place is looked at once, and a look has a bound: the search is linear.
func (f *Framer) search(dst []Frame, w []byte, end bool) (_ []Frame, used int, ok bool) {
	for i := 0; ; i++ {
		// MaxPDU lies below 1<<24 in practice, so a header begins with 0.
		if f.max < 1<<24 {
			i += zero(w[i:])
		}
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

// zero is where the first 0 stands; behind the end if nowhere.
func zero(w []byte) int {
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

// liarRoom: a PDU of up to so many octets is not suspected. It spares nearly
// all PDUs the look at their bodies.
const liarRoom = 512

// swallowed tells where in b, a PDU on a boundary or the beginning of one at
// the end of the data, the first of several PDUs stands that its
// command_length reaches over; 0: nowhere. A body that reads well is
// believed, so that no text can pass for PDUs; otherwise one must stand whole
// in b, and the beginning of another, or the end, behind it.
func (f *Framer) swallowed(b []byte, h header, r row) int {
	n := int(h.length)
	complete := len(b) >= n
	if complete && n <= liarRoom {
		return 0
	}
	b = b[:min(n, len(b))]
	if shapeOf(r.cmd, b, complete) != broken {
		return 0
	}
	for i := dissect.HeaderLen; ; i++ {
		if f.max < 1<<24 {
			i += zero(b[i:])
		}
		if len(b)-i < dissect.HeaderLen {
			return 0
		}
		if !f.known(b[i:]) {
			continue
		}
		h := readHeader(b[i:])
		n := int(h.length)
		if n <= len(b)-i && strong(b[i:i+n], h, rowOf(h.id)) && f.follows(b[i+n:], true) == yes {
			return i
		}
	}
}

// lie makes garbage of a header and body with PDUs behind.
func (f *Framer) lie(dst []Frame, b []byte) []Frame {
	f.lose(GarbageLying)
	f.searching = false
	f.skip(b)
	return f.endRun(dst)
}

// skip adds octets to the run of garbage.
func (f *Framer) skip(b []byte) {
	if len(b) == 0 {
		return
	}
	r := &f.run
	if r.n == 0 {
		r.off, r.began = f.off, f.stamp(f.off)
	}
	if k := min(MaxGarbageShown-len(r.shown), len(b)); k > 0 {
		r.shown = append(r.shown, b[:k]...)
	}
	r.n += int64(len(b))
	f.off += int64(len(b))
	r.at = f.stamp(f.off - 1)
}

// endRun appends the run of garbage, if there is one.
func (f *Framer) endRun(dst []Frame) []Frame {
	r := &f.run
	if r.n == 0 {
		return dst
	}
	c := f.cause
	if r.off == 0 && c != GarbageMidstream && isProxyHeader(r.shown) {
		c = GarbagePreamble
	}
	dst = append(dst, Frame{
		Kind: FrameGarbage, Cause: c, Octets: r.shown, Offset: r.off, Length: r.n,
		Began: r.began, At: r.at,
	})
	*r = run{}
	return dst
}
