package stream

import "smpptap/dissect"

// DefaultMaxPDU is the largest believed command_length: a message_payload of
// 64 KiB and 4 KiB for the rest.
const DefaultMaxPDU = 69632

// DefaultSmallPDU is that of a command that carries neither message_payload
// nor an array (rule framing-length-large).
const DefaultSmallPDU = 4096

// FramerOptions set up a Framer.
type FramerOptions struct {
	// MaxPDU is the largest believed command_length; 0: DefaultMaxPDU.
	MaxPDU int
	// SmallPDU is that of a command that carries neither message_payload nor
	// an array; 0: DefaultSmallPDU.
	SmallPDU int
	// Midstream: the beginning of the stream was not seen, so that it need
	// not start on a boundary.
	Midstream bool
}

// Framer cuts the octets of one direction into frames.
//
// Frames depend on the octets and gaps alone, not on how the octets were cut
// into pushes. A frame comes out with the push of its last octet, but for the
// look-ahead: garbage comes out when its run ends, and up to command_length+8
// octets are awaited before believing a header (1) whose command_id the table
// does not know and whose other fields do not speak for it, or that follows
// no good PDU; (2) behind octets in no PDU, when the body does not read well.
// Gap and Close decide what is left; nothing is ever held back for longer
// than MaxPDU+8 octets.
//
// The time spent is linear in the octets, whatever they are. A Framer holds
// views of what it was pushed, and MaxPDU+8 octets of its own at most, twice
// that while growing.
type Framer struct {
	max, small uint32 // FramerOptions
	off        int64  // of the next undecided octet
	now        Stamp  // of the push at work
	hold       pending

	searching bool // no boundary is known
	sure      bool // the boundary lies behind a good PDU
	soft      bool // the boundary lies behind a hole: accuse nobody
	cause     GarbageCause
	run       run  // garbage that is being skipped
	hole      hole // PDU that is being skipped, after its first hole
	want      int  // octets to have before the next decision can be made
}

// NewFramer makes the framer of a direction that begins.
func NewFramer(o FramerOptions) *Framer {
	f := &Framer{max: DefaultMaxPDU, small: DefaultSmallPDU}
	if o.MaxPDU > 0 {
		f.max = uint32(max(o.MaxPDU, dissect.HeaderLen))
	}
	if o.SmallPDU > 0 {
		f.small = uint32(o.SmallPDU)
	}
	if o.Midstream {
		f.lose(GarbageMidstream)
	}
	return f
}

// room is the largest command_length of a command; 0: the table does not know
// it.
func (f *Framer) room(r row) uint32 {
	switch {
	case r.cmd == nil:
		return 0
	case r.much:
		return f.max
	}
	return min(f.small, f.max)
}

// Push takes the next octets and appends the frames that they complete to
// dst. p must stay unchanged as long as frames are in use: they are views of
// it, but for a PDU that spans pushes, which is joined (unless the pushes lie
// one behind the other in one array, and p's capacity says so).
func (f *Framer) Push(dst []Frame, at Stamp, p []byte) []Frame {
	f.now = at
	if f.hole.on() {
		var n int
		dst, n = f.pass(dst, p)
		p = p[n:]
	}
	taken := 0 // octets of p that stand in hold, too
	for f.hold.len() > 0 {
		n := min(f.want-f.hold.len(), len(p)-taken)
		f.hold.add(f.off, at, p[taken:taken+n], f.want)
		if taken += n; f.hold.len() < f.want {
			return dst
		}
		dst = f.work(dst, false)
		if n := f.hold.len(); n <= taken {
			// All octets of earlier pushes are decided: p's own will do.
			taken -= n
			f.hold.clear()
		}
	}
	n := 0
	dst, n = f.decide(dst, p[taken:], false)
	if taken += n; taken < len(p) {
		f.hold.view(f.off, at, p[taken:])
	}
	return dst
}

// Own copies what is held of the octets that were pushed, so that a beginning
// of a PDU that waits for its rest does not keep a whole chunk alive.
func (f *Framer) Own() {
	if f.hold.len() > 0 && !f.hold.own {
		f.hold.move(f.want)
	}
}

// work decides on the octets in hold.
func (f *Framer) work(dst []Frame, end bool) []Frame {
	dst, n := f.decide(dst, f.hold.octets, end)
	f.hold.drop(n)
	return dst
}

// decide works through w and returns how many octets it decided; f.want is
// then how many it wants to see from there on. At the end of the data it
// leaves over only what begins a PDU.
func (f *Framer) decide(dst []Frame, w []byte, end bool) ([]Frame, int) {
	used := 0
	for {
		var n int
		var ok bool
		if f.searching {
			dst, n, ok = f.search(dst, w[used:], end)
		} else {
			dst, n, ok = f.cut(dst, w[used:], end)
		}
		used += n
		if !ok {
			return dst, used
		}
	}
}

// cut takes PDUs from w, which begins on a boundary; ok is false when it has
// to wait.
func (f *Framer) cut(dst []Frame, w []byte, end bool) (_ []Frame, used int, ok bool) {
	for len(w)-used >= dissect.HeaderLen {
		b := w[used:]
		h := readHeader(b)
		r := rowOf(h.id)
		if h.length < dissect.HeaderLen || h.length > f.room(r) {
			n, ok := 0, false
			dst, n, ok = f.odd(dst, b, h, r, end)
			if !ok || f.searching {
				return dst, used + n, ok
			}
			used += n
			continue
		}
		n := int(h.length)
		if len(b) < n && !end {
			f.want = n
			return dst, used, false
		}
		if q := f.swallowed(b, h, r); q > 0 {
			dst = f.lie(dst, b[:q])
			used += q
			continue
		}
		if len(b) < n {
			f.want = n
			return dst, used, false
		}
		dst = f.emit(dst, b[:n:n])
		f.sure = true
		used += n
	}
	f.want = dissect.HeaderLen
	return dst, used, false
}

// odd decides on a header on a boundary that is not simply one of a known
// command with a sane length. It takes either a PDU, or the first octet of
// garbage, or nothing (ok is false) while it has to wait.
func (f *Framer) odd(dst []Frame, b []byte, h header, r row, end bool) (_ []Frame, n int, ok bool) {
	cause := GarbageOctets
	switch {
	case r.cmd == nil:
		switch f.unknown(b, h, end) {
		case maybe:
			return dst, 0, false
		case yes:
			return f.emit(dst, b[:h.length:h.length]), int(h.length), true
		}
	case h.length < dissect.HeaderLen:
		cause = GarbageSmall
	default:
		cause = GarbageLarge
	}
	f.lose(cause)
	f.skip(b[:1])
	return dst, 1, true
}

// unknown decides whether a header with a command_id that the table does not
// know is one. While it may be, f.want octets are to be awaited.
func (f *Framer) unknown(b []byte, h header, end bool) answer {
	room := min(f.small, f.max)
	if dissect.IsVendorCommand(h.id) {
		room = f.max // it may carry anything
	}
	if h.length < dissect.HeaderLen || h.length > room {
		return no
	}
	n, sound := int(h.length), h.unknownButSound()
	switch {
	case len(b) < n && (!end || sound):
		f.want = n
		return maybe
	case len(b) < n:
		return no
	case sound && f.sure:
		return yes
	}
	a := f.follows(b[n:], end)
	if a == maybe {
		f.want = n + idLen
	}
	return a
}

// emit appends the PDU b.
func (f *Framer) emit(dst []Frame, b []byte) []Frame {
	n := int64(len(b))
	dst = append(dst, Frame{
		Kind: FramePDU, Octets: b, Offset: f.off, Length: n,
		Began: f.stamp(f.off), At: f.stamp(f.off + n - 1),
	})
	f.off += n
	f.soft = false
	return dst
}

// stamp is the stamp of the undecided octet at an offset.
func (f *Framer) stamp(off int64) Stamp {
	if len(f.hold.marks) == 0 {
		return f.now
	}
	return f.hold.stamp(off)
}

// lose gives the boundary up: the search for the next header begins.
func (f *Framer) lose(c GarbageCause) {
	if f.soft {
		c = GarbageMidstream
	}
	f.searching, f.cause = true, c
	f.sure, f.soft = false, false
}
