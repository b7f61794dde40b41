package analyze

import (
	"errors"
	"sync/atomic"
	"unsafe"

	"smpptap/stream"
)

// RingOctets is how large the memory of a Ring's entries is: a power of two.
const RingOctets = 64 << 20

// Ring is memory in which what a live source tells waits for the analysis. One
// side only writes it and never waits, the other only reads, so that both may
// be processes of their own: what becomes of the reader cannot touch the
// writer, and when the writer dies, what it had told is there to be read.
//
// Positions count octets from the beginning; an entry lies at its position
// modulo the size, in one piece.
type Ring struct {
	in   *ringIn
	out  *ringOut
	data []byte
}

// ringIn is the writer's.
type ringIn struct {
	start atomic.Int64 // nothing before it waits
	head  atomic.Int64 // behind the last entry
}

// ringOut is the reader's; the writer believes nothing of it that cannot be.
type ringOut struct {
	taken atomic.Int64 // what is before it was read
}

// NewRing makes a Ring of memory that is zero or holds one: RingOctets for
// entries, and some for each side's counters, which is all that the reader
// writes. All must be aligned to 8 octets, and stay while the Ring is used.
func NewRing(entries, writers, readers []byte) *Ring {
	return &Ring{
		in: (*ringIn)(unsafe.Pointer(&writers[0])), out: (*ringOut)(unsafe.Pointer(&readers[0])), data: entries,
	}
}

// waiting is how many octets wait.
func (r *Ring) waiting() int64 {
	before := max(r.out.taken.Load(), r.in.start.Load())
	return max(0, r.in.head.Load()-before)
}

// ringKind says which call an entry stands for.
type ringKind uint8

const (
	ringOpen ringKind = iota + 1 // octets: the connection as JSON
	ringData
	ringGap
	ringEvent
	ringClose
	ringLost   // octets were lost of a connection of which nothing was told; octets: as ringOpen
	ringNotice // octets: the notice as JSON
	ringClock
	ringSkip // nothing, up to the end of the memory
)

// ringHead begins an entry; octets follow, and fill up to a multiple of 8.
type ringHead struct {
	size   uint32 // of the entry
	octets uint32
	kind   ringKind
	dir    stream.Dir
	code   uint8 // of ringEvent its kind, of ringClose the reason
	conn   int64 // the writer's number of a connection
	at     stream.Stamp
	n      int64 // of ringGap and ringLost how many octets, of ringEvent its N
	other  int64 // of ringEvent
}

const (
	ringCost = int(unsafe.Sizeof(ringHead{}))
	// skipCost is what of a head a ringSkip has.
	skipCost = 8
)

// ringSize is the size of an entry with so many octets.
func ringSize(octets int) int { return (ringCost + octets + 7) &^ 7 }

func (r *Ring) at(pos int64) *ringHead {
	return (*ringHead)(unsafe.Pointer(&r.data[pos&int64(len(r.data)-1)]))
}

// rest is how much lies between a position and the end of the memory.
func (r *Ring) rest(pos int64) int { return len(r.data) - int(pos&int64(len(r.data)-1)) }

// startAgain is how far into the memory entries go before they begin at its
// start again as soon as nothing waits: who is in time needs no more of it.
const startAgain = 1 << 20

// ringWriter is the writing side. It is not safe for several at once.
type ringWriter struct {
	*Ring
	head  int64 // as in.head
	freed int64 // entries before it were read, and forgotten by forget
}

// used is how many octets entries hold.
func (w *ringWriter) used() int64 { return w.head - w.freed }

// fits tells that entries of so many octets together have room.
func (w *ringWriter) fits(octets int) bool { return w.used()+2*int64(octets) <= int64(len(w.data)) }

// put appends an entry, which must fit.
func (w *ringWriter) put(h ringHead, octets []byte) {
	size := ringSize(len(octets))
	switch rest := w.rest(w.head); {
	case w.freed == w.head && len(w.data)-rest > startAgain:
		w.empty()
	case rest < size:
		skip := (*[2]uint32)(unsafe.Pointer(w.at(w.head)))
		skip[0], skip[1] = uint32(rest), skipMark
		w.head += int64(rest)
	}
	h.size, h.octets = uint32(size), uint32(len(octets))
	*w.at(w.head) = h
	begin := w.head&int64(len(w.data)-1) + int64(ringCost)
	copy(w.data[begin:], octets)
	w.head += int64(size)
	w.in.head.Store(w.head)
}

// skipMark is ringHead.octets of what reaches to the end of the memory and is
// no entry: there may be no room for a whole head.
const skipMark = 1<<32 - 1

// empty lets the next entry be at the start of the memory. Nothing may wait.
func (w *ringWriter) empty() {
	w.head += int64(w.rest(w.head))
	w.freed = w.head
	w.in.start.Store(w.head)
	w.in.head.Store(w.head)
}

// free gives up to most entries that were read to forget, and their room back.
func (w *ringWriter) free(most int, forget func(*ringHead)) {
	taken := w.out.taken.Load()
	if taken > w.head { // no reader of ours says so
		return
	}
	w.walk(taken, most, forget)
}

// walk frees entries before a position.
func (w *ringWriter) walk(to int64, most int, forget func(*ringHead)) {
	for n := 0; n < most && w.freed < to; n++ {
		h := w.at(w.freed)
		w.freed += int64(h.size)
		if h.octets != skipMark {
			forget(h)
		}
	}
}

// ringReader is the reading side.
type ringReader struct {
	*Ring
	pos int64
}

func (r *Ring) reader() *ringReader { return &ringReader{r, r.out.taken.Load()} }

// errRing tells of memory that no writer of ours leaves.
var errRing = errors.New("what waits for the analysis is damaged")

// next gives the first entry before end, and takes it; nil: there is none. It
// stays as it is until free.
func (d *ringReader) next(end int64) (*ringHead, []byte, error) {
	d.pos = max(d.pos, d.in.start.Load())
	for d.pos < end {
		h, rest := d.at(d.pos), d.rest(d.pos)
		if rest < skipCost || int64(h.size) > end-d.pos || int(h.size) > rest || h.size < skipCost {
			return nil, nil, errRing
		}
		begin := d.pos & int64(len(d.data)-1)
		d.pos += int64(h.size)
		if h.octets == skipMark {
			continue
		}
		if int(h.size) != ringSize(int(h.octets)) {
			return nil, nil, errRing
		}
		begin += int64(ringCost)
		return h, d.data[begin : begin+int64(h.octets)], nil
	}
	return nil, nil, nil
}

// free lets the writer have what was read.
func (d *ringReader) free() { d.out.taken.Store(d.pos) }
