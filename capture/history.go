package capture

import "encoding/binary"

const (
	historySize   = 4 << 20
	historyHeader = 16
	// historySteps bounds how far back one look goes.
	historySteps = 256
)

// history keeps the octets that were delivered last, of all connections
// together, so that a retransmission can be compared with what it repeats. It
// is a ring of records, each linked to the one before of the same direction:
//
//	previous record (8) | sequence number (4) | length (4) | octets
//
// Places are counted from the beginning of time; a record lives until the ring
// has come round. Memory grows with use up to historySize and no further.
type history struct {
	buf []byte
	end int64 // place behind the last record; 0 is no record's place
}

// add remembers p and returns its place, to be given as prev the next time.
func (h *history) add(prev int64, seq uint32, p []byte) int64 {
	need := historyHeader + len(p)
	if need > historySize/16 {
		return prev // such a record would push out everything else
	}
	if h.end == 0 {
		h.end = historyHeader
	}
	at := int(h.end % historySize)
	if at+need > historySize {
		h.end += int64(historySize - at)
		at = 0
	}
	if at+need > len(h.buf) {
		h.grow(at + need)
	}
	b := h.buf[at : at+need]
	binary.LittleEndian.PutUint64(b, uint64(prev))
	binary.LittleEndian.PutUint32(b[8:], seq)
	binary.LittleEndian.PutUint32(b[12:], uint32(len(p)))
	copy(b[historyHeader:], p)
	place := h.end
	h.end += int64(need)
	return place
}

func (h *history) grow(n int) {
	size := max(64<<10, len(h.buf))
	for size < n {
		size *= 2
	}
	b := make([]byte, min(size, historySize))
	copy(b, h.buf)
	h.buf = b
}

// differ says how many octets of p, at seq, are not those delivered for their
// place. Octets that are no longer remembered count as equal.
func (h *history) differ(place int64, seq uint32, p []byte) (n int64) {
	for range historySteps {
		if place == 0 || place < h.end-historySize {
			return n
		}
		b := h.buf[place%historySize:]
		at := binary.LittleEndian.Uint32(b[8:])
		old := b[historyHeader : historyHeader+int(binary.LittleEndian.Uint32(b[12:]))]
		if int32(at+uint32(len(old))-seq) <= 0 {
			return n // delivered in order: all further records lie before p
		}
		n += differing(at, old, seq, p)
		place = int64(binary.LittleEndian.Uint64(b))
	}
	return n
}

// differing counts unlike octets where a at sequence number sa and b at sb
// overlap.
func differing(sa uint32, a []byte, sb uint32, b []byte) (n int64) {
	if d := int(int32(sb - sa)); d >= 0 {
		a = a[min(d, len(a)):]
	} else {
		b = b[min(-d, len(b)):]
	}
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}
