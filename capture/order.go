package capture

import (
	"smpptap/stream"
)

const (
	// A hole waits this long in capture time, or for so many segments.
	holeWait     = second
	holeSegments = 64
	// oldWindow: a segment so far behind repeats old octets; one further
	// behind is of another sequence space.
	oldWindow = 64 << 20
	// farWindow: a segment further ahead is stray, until nothing but such
	// comes; the number of lost octets is then not believed.
	farWindow = 256 << 20
)

// half is one direction of a connection: its octets brought into order.
type half struct {
	c    *conn
	dir  stream.Dir
	next uint32 // sequence number of the next octet to deliver
	isn  uint32
	// synSeen: isn is certain. Otherwise first is where the capture came in.
	synSeen bool
	started bool
	spoke   bool   // a packet of it was seen
	fin     bool   // delivered
	rival   uint32 // another initial sequence number than isn, which may count
	rivals  bool
	reset   bool // its sender reset the connection
	data    bool // an octet or a gap was delivered
	first   uint32
	// early: the capture came in with the segment that waits; another one may
	// belong before it.
	early bool
	// from is what the other side acknowledged of this direction before any
	// packet of it was captured.
	from     uint32
	fromSeen bool
	ttl      uint8
	past     int64 // the newest record in history
	waiting  []piece
	held     int // segments that came since the first hole is there
	hole     node[half]
	claim    *claim
	// deaf: acknowledgements stand far from what they acknowledge, and prove
	// nothing.
	deaf  bool
	quiet quiet
	stall stall
	// gone: octets from goneFrom to goneTo were declared lost by their ACK.
	gone             bool
	goneFrom, goneTo uint32
	owed             debt
	behind           bool // EventBehind was told
	absent           bool // it was waited for in vain, before anything of it was captured
}

// piece is a part of a segment that waits behind a hole. Data and what follows
// it in the segment (octets not captured, FIN) are pieces of their own, so
// that another copy's octets can fill in what the first lacks.
type piece struct {
	seq     uint32
	data    []byte // own copy
	missing int
	fin     bool
	at      stream.Stamp
	since   int64
	after   cause
}

func (p *piece) end() uint32 { return p.seq + uint32(len(p.data)) }

func (h *half) start(seq uint32) {
	h.started, h.next, h.first = true, seq, seq
}

// arrive takes a segment of h's direction, sent after what it acknowledges. It
// says whether octets contradict those that were there before.
func (r *reassembler) arrive(h *half, seq uint32, p []byte, missing int, fin bool, at stream.Stamp, after cause) (conflict bool) {
	var differ int64
	if seq == h.next && len(h.waiting) == 0 && !h.fin && !after.known {
		r.inOrder(h, p, missing, fin, at)
		return false
	}
	if back := h.next - seq; back != 0 && back <= oldWindow {
		total := uint32(len(p) + missing)
		h.belied(seq, int(total), at)
		if back == 1 && total <= 1 && !fin {
			return false // keep-alive: one octet of the past, of any value
		}
		old := min(back, uint32(len(p)))
		differ = r.past.differ(h.past, seq, p[:old])
		p = p[old:]
		if old < back {
			missing -= int(back - old)
		}
		seq = h.next
		if fin && missing == -1 && h.gone && h.goneTo == h.next && !h.fin {
			// The last octet that was acknowledged and lost was this FIN.
			h.next--
			seq, missing = h.next, 0
		}
		if missing < 0 {
			missing, fin = 0, false
		}
	}
	if h.fin {
		p, missing, fin = nil, 0, false
	}
	if seq == h.next && len(h.waiting) > 0 {
		r.dropStray(h)
	}
	if len(p) > 0 || missing > 0 || fin {
		differ += r.hold(h, piece{seq: seq, data: p, missing: missing, fin: fin, at: at, since: r.clock.now, after: after})
		r.drain(h)
	}
	if differ > 0 {
		r.tap(h).Event(h.dir, at, stream.Event{Kind: stream.EventConflict, N: differ})
	}
	r.bound(h)
	return differ > 0
}

// inOrder is the usual case: nothing waits, and this is what comes next.
func (r *reassembler) inOrder(h *half, p []byte, missing int, fin bool, at stream.Stamp) {
	r.deliver(h, p, at)
	r.lose(h, missing, at)
	if fin {
		r.finish(h, at)
	}
	if o := h.other(); len(o.waiting) > 0 {
		r.drain(o)
	}
}

// hold puts what is new in p among the waiting pieces, in order; where another
// copy waits already, that one stays. It counts unlike octets.
func (r *reassembler) hold(h *half, p piece) (differ int64) {
	tail := piece{seq: p.end(), missing: p.missing, fin: p.fin, at: p.at, since: p.since, after: p.after}
	before := len(h.waiting)
	i := 0
	for len(p.data) > 0 {
		for i < len(h.waiting) && int32(h.waiting[i].end()-p.seq) <= 0 {
			i++
		}
		free := len(p.data)
		if i < len(h.waiting) {
			free = min(free, max(0, int(int32(h.waiting[i].seq-p.seq))))
		}
		if free > 0 {
			r.insert(h, i, p, free)
			i++
		} else {
			w := &h.waiting[i]
			free = min(len(p.data), int(w.end()-p.seq))
			differ += differing(w.seq, w.data, p.seq, p.data[:free])
		}
		p.data = p.data[free:]
		p.seq += uint32(free)
	}
	if tail.missing > 0 {
		r.mark(h, piece{seq: tail.seq, missing: tail.missing, at: p.at, since: p.since, after: p.after})
	}
	if tail.fin {
		r.mark(h, piece{seq: tail.seq + uint32(tail.missing), fin: true, at: p.at, since: p.since, after: p.after})
	}
	if len(h.waiting) > before {
		h.held++
	}
	return differ
}

// insert copies the first n octets of p into a piece before place i.
func (r *reassembler) insert(h *half, i int, p piece, n int) {
	p.data = append([]byte(nil), p.data[:n]...)
	p.missing, p.fin = 0, false
	r.held += n
	h.waiting = append(h.waiting, piece{})
	copy(h.waiting[i+1:], h.waiting[i:])
	h.waiting[i] = p
}

// mark puts a piece without data in its place, before data that begins there.
func (r *reassembler) mark(h *half, p piece) {
	i := len(h.waiting)
	for i > 0 && int32(h.waiting[i-1].seq-p.seq) >= 0 {
		if i--; h.waiting[i].seq == p.seq && h.waiting[i].missing == p.missing && h.waiting[i].fin == p.fin {
			return // that segment once more
		}
	}
	h.waiting = append(h.waiting, piece{})
	copy(h.waiting[i+1:], h.waiting[i:])
	h.waiting[i] = p
}

// drain delivers all that waits and now has its turn, in the other direction
// too where that waits for h.
func (r *reassembler) drain(h *half) {
	for o := h.other(); r.bring(h) && len(o.waiting) > 0; {
		h, o = o, h
	}
}

// bring delivers what of h waits and now has its turn, and says whether
// anything had.
func (r *reassembler) bring(h *half) (moved bool) {
	for h.reached() {
		i := r.ready(h)
		p := h.waiting[i]
		if h.other().lacks(&p.after) {
			break
		}
		moved = true
		skip := int(h.next - p.seq)
		if n := p.missing - skip; n > 0 {
			// Not captured, as far as no other copy has it.
			n = min(n, h.untilData(i+1))
			if skip+n >= p.missing {
				r.remove(h, i)
			}
			r.lose(h, n, p.at)
			continue
		}
		r.remove(h, i)
		if len(p.data) > 0 {
			r.deliver(h, p.data[min(skip, len(p.data)):], p.at)
		} else if p.fin && skip == 0 {
			r.finish(h, p.at)
		}
	}
	if moved {
		h.held = len(h.waiting)
	}
	r.watch(h)
	return moved
}

// reached tells that no hole stands before what waits first.
func (h *half) reached() bool {
	return len(h.waiting) > 0 && int32(h.waiting[0].seq-h.next) <= 0 && h.next-h.waiting[0].seq <= oldWindow
}

// ready is the waiting piece whose turn it is: data before a mark that begins
// no later.
func (r *reassembler) ready(h *half) int {
	for i := range h.waiting {
		p := &h.waiting[i]
		if int32(p.seq-h.next) > 0 {
			break
		}
		if len(p.data) > 0 {
			return i
		}
		if p.fin && p.seq != h.next || p.missing > 0 && int32(p.seq+uint32(p.missing)-h.next) <= 0 {
			return i // void
		}
	}
	return 0
}

// untilData is how far the next waiting data lies ahead, from place i on.
func (h *half) untilData(i int) int {
	for ; i < len(h.waiting); i++ {
		if len(h.waiting[i].data) > 0 {
			return int(h.waiting[i].seq - h.next)
		}
	}
	return maxPacket
}

func (r *reassembler) remove(h *half, i int) {
	r.held -= len(h.waiting[i].data)
	copy(h.waiting[i:], h.waiting[i+1:])
	last := len(h.waiting) - 1
	h.waiting[last] = piece{}
	h.waiting = h.waiting[:last]
	if last == 0 {
		h.waiting = nil // the next hole is rare enough to allocate
	}
}

// watch keeps h in the queue of holes while one is there.
func (r *reassembler) watch(h *half) {
	if len(h.waiting) == 0 {
		r.holes.remove(&h.hole)
		h.held = 0
	} else if since := h.waiting[0].since; !h.hole.queued() || h.hole.at != since {
		r.holes.push(&h.hole, h, since)
	}
}

// bound gives up a hole that waits for too many segments, and the oldest ones
// of all connections when too much waits.
func (r *reassembler) bound(h *half) {
	for h.held > holeSegments && len(h.waiting) > 0 && (h.held > causeSegments || !h.reached()) {
		r.giveUp(h)
	}
	for r.held > r.maxHeld && r.holes.len > 0 {
		r.capped++
		other := r.holes.front().of
		r.giveUp(other)
		r.settle(other.c)
	}
}

// giveUp declares the first hole lost and goes on behind it. Where there is
// none, it waits no more for the other direction.
func (r *reassembler) giveUp(h *half) {
	if h.early {
		r.settleStart(h)
		return
	}
	if h.reached() {
		r.goOn(h)
		return
	}
	p := &h.waiting[0]
	n := int64(p.seq - h.next)
	if n > farWindow {
		n = -1
	}
	r.tap(h).Gap(h.dir, p.at, n)
	h.data = true
	h.next = p.seq
	r.drain(h)
}

// dropStray: octets came in order, so what waits far off was none of this
// stream.
func (r *reassembler) dropStray(h *half) {
	for i := len(h.waiting) - 1; i >= 0; i-- {
		if h.waiting[i].seq-h.next > farWindow {
			r.stray++
			r.remove(h, i)
		}
	}
	r.watch(h)
}

func (r *reassembler) deliver(h *half, p []byte, at stream.Stamp) {
	if len(p) == 0 {
		return
	}
	h.data = true
	if h.owed.some {
		h.pays(at)
	}
	r.tap(h).Data(h.dir, at, p)
	h.past = r.past.add(h.past, h.next, p)
	h.next += uint32(len(p))
}

// lose tells of octets that are known not to be in the capture.
func (r *reassembler) lose(h *half, n int, at stream.Stamp) {
	if n <= 0 {
		return
	}
	h.data = true
	r.tap(h).Gap(h.dir, at, int64(n))
	h.next += uint32(n)
}

// finish delivers FIN; what claims to lie behind it is dropped.
func (r *reassembler) finish(h *half, at stream.Stamp) {
	for len(h.waiting) > 0 {
		r.remove(h, len(h.waiting)-1)
	}
	h.fin = true
	h.next++
	r.tap(h).Event(h.dir, at, stream.Event{Kind: stream.EventFIN})
}

func (r *reassembler) tap(h *half) stream.Tap { return h.c.tap }

func (h *half) other() *half { return &h.c.halves[h.dir^1] }
