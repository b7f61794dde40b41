package stream

// pending are octets that wait for a decision, and when they came.
type pending struct {
	octets []byte
	own    bool // octets are the framer's, to be appended to
	marks  []mark
}

// mark says that the octets from off on came at a time.
type mark struct {
	off int64
	at  Stamp
}

const (
	// maxMarks bounds the marks: a sender of single octets shall not cost
	// more memory for stamps than for octets.
	maxMarks = 1024
	// headRoom is allocated when a header has to be joined, and the length of
	// its PDU is not known yet; most PDUs then fit.
	headRoom = 256
)

func (h *pending) len() int { return len(h.octets) }

// clear forgets all octets.
func (h *pending) clear() {
	h.octets, h.own, h.marks = nil, false, h.marks[:0]
}

// view holds p, which begins at off, without copying it.
func (h *pending) view(off int64, at Stamp, p []byte) {
	h.octets, h.own, h.marks = p, false, append(h.marks[:0], mark{off, at})
}

// drop forgets the first n octets. Octets of them may be in use in frames, so
// their memory is not used again.
func (h *pending) drop(n int) {
	h.octets = h.octets[n:]
	if len(h.octets) == 0 {
		h.clear()
	}
}

// add appends octets that follow on those held, which begin at off. want is
// how many are going to be needed.
func (h *pending) add(off int64, at Stamp, p []byte, want int) {
	if len(p) == 0 {
		return
	}
	n := len(h.octets)
	h.mark(off, off+int64(n), at)
	if cap(h.octets)-n < len(p) {
		h.move(want)
	}
	if h.own {
		h.octets = append(h.octets, p...)
		return
	}
	if next := h.octets[:n+1]; &next[n] == &p[0] {
		// p lies right behind in the same array: the view gets longer.
		h.octets = h.octets[:n+len(p)]
		return
	}
	h.move(want)
	h.octets = append(h.octets, p...)
}

// move copies the octets to an array with room for want, but no more than
// twice what came and headRoom: a header that lies about its length shall not
// cost memory. A second time it takes twice the room, lest a chain of such
// headers make it copy each time.
func (h *pending) move(want int) {
	if h.own {
		want = max(want, 2*len(h.octets))
	}
	if len(h.octets) < idLen {
		want = max(want, headRoom)
	}
	want = max(min(want, 2*len(h.octets)+headRoom), len(h.octets))
	h.octets = append(make([]byte, 0, want), h.octets...)
	h.own = true
}

// mark notes that the octets from end on came at a time; those before off are
// decided.
func (h *pending) mark(off, end int64, at Stamp) {
	if n := len(h.marks); n > 0 && h.marks[n-1].at == at {
		return
	}
	if len(h.marks) >= maxMarks {
		h.thin(off)
	}
	h.marks = append(h.marks, mark{end, at})
}

// thin drops the marks of decided octets, or if that is not enough every
// second one: some octets then seem to have come somewhat later.
func (h *pending) thin(off int64) {
	first := 0
	for first+1 < len(h.marks) && h.marks[first+1].off <= off {
		first++
	}
	kept := h.marks[:0]
	step := 1
	if first < len(h.marks)/2 {
		step = 2
	}
	for i := first; i < len(h.marks); i += step {
		m := h.marks[i]
		if i+step-1 < len(h.marks) {
			m.at = h.marks[i+step-1].at
		}
		kept = append(kept, m)
	}
	h.marks = kept
}

// stamp is when the octet at an offset came; there is at least one mark.
func (h *pending) stamp(off int64) Stamp {
	// Nearly always it is the first or the last mark.
	n := len(h.marks)
	if last := h.marks[n-1]; off >= last.off {
		return last.at
	}
	lo, hi := 0, n-1 // marks[lo].off <= off < marks[hi].off
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; h.marks[mid].off <= off {
			lo = mid
		} else {
			hi = mid
		}
	}
	return h.marks[lo].at
}
