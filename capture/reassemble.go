package capture

import (
	"cmp"
	"errors"
	"net/netip"
	"slices"

	"smpptap/stream"
)

const (
	defaultMaxConns = 100_000
	defaultMaxHeld  = 64 << 20
	// maxEnded connections are remembered so that what trickles in after their
	// end opens no new ones.
	maxEnded = 16_384
	// loneWait: a connection with a FIN of one side only, the only one that is
	// captured, has ended when so long no data came.
	loneWait = 2 * second
	// lateWait: octets that come so soon after the end were still on their
	// way; later ones show that the connection lives.
	lateWait = 3 * second
	// resetWindow: a RST this far off was not accepted by its receiver.
	resetWindow = 16 << 20
)

// reassembler makes connections of segments and brings their octets in order.
//
// It orders segments itself instead of through gopacket/reassembly v1.1.19,
// which cannot do what is promised here (each shown by TestGopacketReassembly):
// of two copies of octets that wait behind a hole the later one wins, and
// nothing tells that they differ; its sequence arithmetic is off by one where
// numbers wrap; and a packet's missing tail cannot be told as lost, so every
// cut packet would wait as a hole. Its flushing also visits all connections.
type reassembler struct {
	handler stream.Handler
	ports   map[uint16]bool

	conns map[key]*conn
	live  queue[conn]
	ended queue[conn]
	lone  queue[conn] // a FIN of one side, by the time of the last data
	half  queue[conn] // of these, what the other side may still use
	holes queue[half]
	// claims: halves of which more was acknowledged than captured
	claims queue[half]
	nextID int64

	clock timeline
	past  history
	twice duplicates

	held, maxHeld int // octets that wait behind holes
	maxConns      int

	capped  int64 // holes given up early for want of memory
	evicted int64 // connections given up
	late    int64 // segments with octets after their connection's end
	stray   int64 // segments and RSTs far outside the window
}

// conn is a connection in the table. An ended one stays for a while.
type conn struct {
	key     key
	plain   bool      // known without a network
	also    []network // known in, beside the key's
	info    *stream.Conn
	tap     stream.Tap
	reverse bool // A is the key's second end
	over    bool
	overAt  int64
	at      stream.Stamp // last packet
	began   int64
	seen    int64
	halves  [2]half
	place   node[conn] // in live or ended
	lone    node[conn]
	half    node[conn]
	// doubted is a RST that its receiver may not have heeded; nil: none.
	doubted *doubtedReset
}

func newReassembler(h stream.Handler, o *Options) *reassembler {
	r := &reassembler{
		handler:  h,
		ports:    map[uint16]bool{},
		conns:    map[key]*conn{},
		maxConns: o.MaxConns,
		maxHeld:  o.MaxHeld,
	}
	if r.maxConns <= 0 {
		r.maxConns = defaultMaxConns
	}
	if r.maxHeld <= 0 {
		r.maxHeld = defaultMaxHeld
	}
	for _, p := range o.Ports {
		r.ports[p] = true
	}
	return r
}

// tick lets capture time reach the packet at, and ends what waited too long.
func (r *reassembler) tick(at stream.Stamp) {
	r.clock.tick(at)
	for n := r.claims.front(); n != nil && r.clock.now-n.at >= holeWait; n = r.claims.front() {
		h := n.of
		r.due(h)
		r.settle(h.c)
	}
	for n := r.holes.front(); n != nil && r.clock.now-n.at >= holeWait; n = r.holes.front() {
		h := n.of
		r.overdue(h)
		r.settle(h.c)
	}
	for n := r.lone.front(); n != nil && r.clock.now-n.at >= loneWait; n = r.lone.front() {
		if c := n.of; !r.livesOn(c) {
			r.halfClosed(c, n.at)
		}
	}
	for n := r.half.front(); n != nil && r.clock.now-n.at >= halfWait; n = r.half.front() {
		r.closeLone(n.of, n.at)
	}
}

// add takes one segment; tick went before.
func (r *reassembler) add(s *segment, at stream.Stamp) {
	twice := r.twice.again(s, at.Time)
	k, second := s.key()
	c := r.lookup(k, s, second)
	switch {
	case c == nil:
		c = r.open(k, s, second, at)
	case c.over:
		if !r.revives(c, c.dir(second), s) {
			r.afterEnd(c, c.dir(second), s, twice)
			return
		}
		r.forget(c)
		c = r.open(k, s, second, at)
	case s.flags&flagSYN != 0 && c.opensAnew(c.dir(second), s):
		r.close(c, c.at, stream.ErrReused)
		r.forget(c)
		c = r.open(k, s, second, at)
	}
	c.at, c.seen = at, r.clock.now
	conflict := r.segment(&c.halves[c.dir(second)], s, at)
	if twice && !conflict {
		r.twice.count++
	}
}

func (c *conn) dir(second bool) stream.Dir {
	if second != c.reverse {
		return stream.FromB
	}
	return stream.FromA
}

// open begins a connection. Who answers a SYN did not open it.
func (r *reassembler) open(k key, s *segment, second bool, at stream.Stamp) *conn {
	if r.live.len >= r.maxConns {
		r.evict()
	}
	r.nextID++
	src := netip.AddrPortFrom(s.src.netip(), s.sport)
	dst := netip.AddrPortFrom(s.dst.netip(), s.dport)
	c := &conn{key: k, reverse: second, began: r.clock.now, seen: r.clock.now, at: at}
	c.halves[stream.FromA] = half{c: c, dir: stream.FromA}
	c.halves[stream.FromB] = half{c: c, dir: stream.FromB}
	if s.flags&(flagSYN|flagACK) == flagSYN|flagACK {
		c.reverse = !second
		src, dst = dst, src
		a := &c.halves[stream.FromA]
		a.start(s.ack)
		a.isn, a.synSeen = s.ack-1, true
	}
	c.info = &stream.Conn{
		ID: r.nextID, A: src, B: dst, Opened: at,
		SYN:      s.flags&(flagSYN|flagRST) == flagSYN,
		Expected: r.ports[s.sport] || r.ports[s.dport],
	}
	r.enter(c)
	r.live.push(&c.place, c, r.clock.now)
	if c.tap = r.handler.Open(c.info); c.tap == nil {
		c.tap = noTap{}
	}
	return c
}

// evict closes the connection that was silent longest. The queue is in order
// of opening; who had traffic since is hung in again, so that no packet pays.
func (r *reassembler) evict() {
	for {
		n := r.live.front()
		c := n.of
		if c.seen <= n.at {
			r.evicted++
			r.close(c, c.at, stream.ErrEvicted)
			r.forget(c)
			return
		}
		r.live.push(n, c, c.seen)
	}
}

// segment does what a segment of h says, in a connection that lives.
func (r *reassembler) segment(h *half, s *segment, at stream.Stamp) (conflict bool) {
	c := h.c
	if !h.spoke {
		r.speaks(h, s, at)
	}
	c.tellQuiet(at)
	if s.flags&flagRST != 0 {
		r.reset(c, h, s, at)
		return false
	}
	if c.doubted != nil {
		r.goesOnAfterReset(h, s)
	}
	h.ttl = s.ttl
	if s.flags&flagSYN != 0 && !h.started {
		h.start(s.seq + 1)
		h.isn, h.synSeen = s.seq, true
	}
	r.answers(h, s, at)
	fin := s.flags&flagFIN != 0
	if s.length() == 0 && !fin {
		h.stood(s)
		return false
	}
	conflict = r.octets(h, s, at)
	if fin || h.fin || h.other().fin {
		if s.length() > 0 {
			r.stillSpeaks(c)
		}
		r.settle(c)
	}
	return conflict
}

// speaks takes the first packet of a direction.
func (r *reassembler) speaks(h *half, s *segment, at stream.Stamp) {
	h.spoke, h.deaf = true, r.lateStart(h, s)
	r.tap(h).Event(h.dir, at, stream.Event{Kind: stream.EventSeen})
	if h.deaf && s.flags&flagSYN != 0 {
		h.tellBehind(at)
	}
}

// answers takes what a segment of h says of the other direction.
func (r *reassembler) answers(h *half, s *segment, at stream.Stamp) {
	o := h.other()
	if o.rivals && s.acknowledges() {
		o.chosen(s.ack)
	}
	if o.early && s.flags&flagACK != 0 {
		r.acknowledged(o, s.ack)
	}
	if s.ack-o.next-1 < farWindow {
		r.proven(o, s, at)
	}
	o.heed(s, at)
	if s.window == 0 || h.stall.since != 0 || o.stall.since != 0 {
		h.heedWindow(o, s, at)
	}
	o.promise(h, s)
}

// octets takes the octets and the FIN of a segment.
func (r *reassembler) octets(h *half, s *segment, at stream.Stamp) (conflict bool) {
	seq, fin := s.seq, s.flags&flagFIN != 0
	if s.flags&flagSYN != 0 {
		seq++
	}
	if !h.started {
		return r.comeIn(h, seq, s, fin, at, h.other().causeOf(s))
	}
	if h.early {
		r.comeAfter(h, seq, s.length())
	}
	h.sentAgain(seq, s.length(), at)
	return r.arrive(h, seq, s.payload, s.missing, fin, at, h.other().causeOf(s))
}

// settle ends a connection whose sides both sent FIN and waits for the other
// side's after the first.
func (r *reassembler) settle(c *conn) {
	a, b := c.halves[stream.FromA].fin, c.halves[stream.FromB].fin
	switch {
	case c.over:
	case a && b:
		c.doubted = nil
		r.close(c, c.at, nil)
	case (a || b) && !c.lone.queued() && !c.half.queued():
		r.lone.push(&c.lone, c, r.clock.now)
	}
}

// reset ends a connection by RST. One that answers a SYN refuses it.
func (r *reassembler) reset(c *conn, h *half, s *segment, at stream.Stamp) {
	o := &c.halves[h.dir^1]
	if h.started {
		if off := int32(s.seq - h.next); (off > resetWindow || off < -resetWindow) && len(h.waiting) == 0 {
			r.stray++
			return
		}
		if s.seq != h.captured() {
			r.doubtReset(h, s, at)
			return
		}
	}
	r.flush(c)
	e := stream.Event{Kind: stream.EventRST, N: int64(s.ttl), Other: int64(h.ttl)}
	if !h.started && o.synSeen && !o.data && !o.fin {
		e = stream.Event{Kind: stream.EventRefused, N: int64(s.ttl)}
	}
	c.doubted = nil
	c.tap.Event(h.dir, at, e)
	h.reset = true
	r.close(c, at, nil)
}

// flush gives up all holes of a connection, and takes for lost what was
// acknowledged and did not come.
func (r *reassembler) flush(c *conn) {
	for h := c.longest(); h != nil; h = c.longest() {
		r.overdue(h)
	}
	for i := range c.halves {
		r.balance(&c.halves[i])
	}
}

// close ends a connection; it stays in the table as over.
func (r *reassembler) close(c *conn, at stream.Stamp, reason error) {
	r.flush(c)
	if d := c.doubted; d != nil && !d.news && !errors.Is(reason, stream.ErrEvicted) {
		c.tellReset(d)
		reason = nil
	}
	c.tellQuiet(at)
	c.tellMissed(at)
	for i := range c.halves {
		c.halves[i].tellStall(at)
	}
	r.lone.remove(&c.lone)
	r.half.remove(&c.half)
	r.live.remove(&c.place)
	c.tap.Close(at, reason)
	c.tap, c.info = nil, nil
	c.over, c.overAt = true, r.clock.now
	if r.ended.len >= maxEnded {
		r.forget(r.ended.front().of)
	}
	r.ended.push(&c.place, c, r.clock.now)
}

// forget takes an ended connection out of the table.
func (r *reassembler) forget(c *conn) {
	r.ended.remove(&c.place)
	r.leave(c)
}

// end closes what is open at the end of the input, in order of opening.
func (r *reassembler) end() {
	open := make([]*conn, 0, r.live.len)
	for n := r.live.front(); n != nil && n != &r.live.root; n = n.next {
		open = append(open, n.of)
	}
	slices.SortFunc(open, func(a, b *conn) int { return cmp.Compare(a.info.ID, b.info.ID) })
	for _, c := range open {
		r.flush(c) // which may bring both FINs
		switch r.settle(c); {
		case c.over:
		case c.half.queued():
			r.close(c, c.at, nil)
		default:
			r.close(c, r.clock.last, stream.ErrInputEnd)
		}
	}
}

// noTap is for connections that the handler does not want.
type noTap struct{}

func (noTap) Data(stream.Dir, stream.Stamp, []byte)        {}
func (noTap) Gap(stream.Dir, stream.Stamp, int64)          {}
func (noTap) Event(stream.Dir, stream.Stamp, stream.Event) {}
func (noTap) Close(stream.Stamp, error)                    {}
