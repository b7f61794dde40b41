package stream

import "smpptap/dissect"

// hole is a PDU with a hole in it, whose end is known and not reached yet.
type hole struct {
	octets  []byte // up to the first hole
	passed  int64  // octets of the PDU so far, lost ones too
	left    int64  // octets still to come; 0: there is no such PDU
	missing int64
	began   Stamp
	at      Stamp // of the last octet, or the gap, so far
}

func (h *hole) on() bool { return h.left > 0 }

// Gap tells that n octets are lost here, an unknown number if n < 0, and
// appends the frames that this decides. A PDU whose header came before the
// gap, and whose end lies in it or behind it, comes out with Missing set; a
// longer gap makes a FrameGap of the rest, and the search for a header begins.
func (f *Framer) Gap(dst []Frame, at Stamp, n int64) []Frame {
	if n == 0 {
		return dst
	}
	if !f.hole.on() {
		dst = f.settle(dst)
	}
	if f.hole.on() {
		dst, n = f.widen(dst, at, n)
	}
	if n == 0 {
		return dst
	}
	f.soft = false
	f.lose(GarbageMidstream)
	dst = append(dst, Frame{Kind: FrameGap, Offset: f.off, Length: max(n, -1), Began: at, At: at})
	f.off += max(n, 0)
	return dst
}

// settle decides all octets before a gap; what is left of a PDU becomes a
// PDU with a hole.
func (f *Framer) settle(dst []Frame) []Frame {
	dst = f.work(dst, true)
	if f.hold.len() < dissect.HeaderLen {
		return f.scrap(dst, GarbageMidstream)
	}
	b := f.hold.octets
	n := int64(len(b))
	f.hole = hole{
		octets: b[:n:n], passed: n, left: int64(readHeader(b).length) - n,
		began: f.stamp(f.off), at: f.stamp(f.off + n - 1),
	}
	f.hold.clear()
	return dst
}

// scrap makes garbage of the octets in hold, fewer than a header; of cause c
// if they can be the beginning of one.
func (f *Framer) scrap(dst []Frame, c GarbageCause) []Frame {
	b := f.hold.octets
	if len(b) == 0 {
		return dst
	}
	if !f.begins(b) && !(c == GarbageMidstream && f.mayBeUnknown(b)) {
		c = f.fault(b)
	}
	f.lose(c)
	f.skip(b)
	f.hold.clear()
	return f.endRun(dst)
}

// mayBeUnknown tells whether fewer octets than a header, which a gap cut off,
// can be those of a sound header with a command_id that the table does not
// know. What the gap took of its number is none of theirs.
func (f *Framer) mayBeUnknown(b []byte) bool {
	full := [dissect.HeaderLen]byte{dissect.HeaderLen - 1: 1}
	copy(full[:], b)
	h := readHeader(full[:])
	return f.sure && rowOf(h.id).cmd == nil && f.unknown(full[:], h, true) != no
}

// fault is what is wrong with octets that are fewer than a header.
func (f *Framer) fault(b []byte) GarbageCause {
	if len(b) < idLen {
		return GarbageOctets
	}
	var full [dissect.HeaderLen]byte
	copy(full[:], b)
	h := readHeader(full[:])
	switch {
	case rowOf(h.id).cmd == nil:
		return GarbageOctets
	case h.length < dissect.HeaderLen:
		return GarbageSmall
	}
	return GarbageLarge
}

// widen puts a gap into the PDU with the hole; it returns what of the gap
// lies behind the PDU.
func (f *Framer) widen(dst []Frame, at Stamp, n int64) ([]Frame, int64) {
	h := &f.hole
	k := h.left
	if n >= 0 {
		k = min(k, n)
	}
	h.missing += k
	dst = f.move(dst, at, k)
	if n < 0 {
		return dst, n
	}
	return dst, n - k
}

// pass skips octets of the PDU with the hole and returns how many.
func (f *Framer) pass(dst []Frame, p []byte) ([]Frame, int) {
	n := min(f.hole.left, int64(len(p)))
	if n == 0 {
		return dst, 0
	}
	return f.move(dst, f.now, n), int(n)
}

// move goes on by n octets in the PDU with the hole, to its end perhaps.
func (f *Framer) move(dst []Frame, at Stamp, n int64) []Frame {
	h := &f.hole
	h.at = at
	h.passed += n
	if h.left -= n; h.left > 0 {
		return dst
	}
	return f.endHole(dst, FramePDU, false)
}

func (f *Framer) endHole(dst []Frame, k FrameKind, ended bool) []Frame {
	h := &f.hole
	dst = append(dst, Frame{
		Kind: k, Octets: h.octets, Offset: f.off, Length: h.passed, Missing: h.missing,
		Ended: ended, Began: h.began, At: h.at,
	})
	f.off += h.passed
	f.sure, f.soft = false, true
	f.hole = hole{}
	return dst
}

// Close ends the direction and appends what is left. ended: the sender ended
// it (FIN, RST), so that a PDU that breaks off is truncated; otherwise only
// the capture ends. The Framer is of no use afterwards.
func (f *Framer) Close(dst []Frame, at Stamp, ended bool) []Frame {
	f.now = at
	if f.hole.on() {
		return f.endHole(dst, FrameTail, ended)
	}
	dst = f.work(dst, true)
	n := int64(f.hold.len())
	if n == 0 {
		return f.endRun(dst)
	}
	b := f.hold.octets
	if n < dissect.HeaderLen && !f.begins(b) {
		return f.scrap(dst, GarbageOctets)
	}
	dst = append(dst, Frame{
		Kind: FrameTail, Octets: b[:n:n], Offset: f.off, Length: n, Ended: ended,
		Began: f.stamp(f.off), At: f.stamp(f.off + n - 1),
	})
	f.off += n
	f.hold.clear()
	return dst
}
