package capture

const (
	maxDatagrams  = 1024
	maxFragOctets = 8 << 20
	fragWait      = 30 * second // RFC 791's and Linux's time to give up
	fragUnits     = 65536 / 8
)

// defragmenter joins fragments of IPv4 and IPv6 datagrams. It stands in place
// of gopacket's ip4defrag because that knows no IPv6, no bound on memory but
// time, refuses a last fragment below 8 octets and adds offset and length in
// 16 bits. The first copy of an octet wins.
type defragmenter struct {
	open   map[fragKey]*datagram
	order  queue[datagram]
	octets int
	lost   int64 // datagrams whose rest never came
	capped int64 // of these, given up for want of room
	twice  int64 // fragments of a datagram that was complete
}

type fragKey struct {
	src, dst addr
	net      network
	id       uint32
	proto    uint8
}

type datagram struct {
	key   fragKey
	buf   []byte
	have  [fragUnits / 64]uint64 // which units of 8 octets are there
	count int
	total int   // octets; 0 until the last fragment came
	next  uint8 // IPv6: what follows the fragment header of the first fragment
	done  bool
	place node[datagram]
}

// add takes the fragment at offset off and returns the whole payload once it
// is there; it is the caller's until the next add.
func (d *defragmenter) add(now int64, k fragKey, off int, more bool, next uint8, p []byte) ([]byte, uint8) {
	d.expire(now)
	g := d.open[k]
	if g == nil {
		g = d.begin(now, k)
	} else if g.done {
		d.twice++
		return nil, 0
	}
	end := off + len(p)
	if end > 65535 || more && len(p)%8 != 0 || len(p) == 0 {
		return nil, 0 // nonsense; the datagram expires
	}
	if g.total > 0 && end > g.total || !more && end < len(g.buf) {
		return nil, 0 // of another length: it would fill up places of octets that never came
	}
	if off == 0 {
		g.next = next
	}
	if !more && g.total == 0 {
		g.total = end
	}
	if grow := end - len(g.buf); grow > 0 {
		d.octets += grow
		g.buf = append(g.buf, make([]byte, grow)...)
	}
	for i := 0; i < len(p); i += 8 {
		unit := (off + i) / 8
		if bit := uint64(1) << (unit % 64); g.have[unit/64]&bit == 0 {
			g.have[unit/64] |= bit
			g.count++
			copy(g.buf[off+i:], p[i:min(i+8, len(p))])
		}
	}
	if g.total > 0 && g.count >= (g.total+7)/8 {
		return d.finish(g)
	}
	for d.octets > maxFragOctets && d.order.len > 1 {
		d.drop(d.order.front().of, true)
	}
	return nil, 0
}

func (d *defragmenter) begin(now int64, k fragKey) *datagram {
	if d.open == nil {
		d.open = map[fragKey]*datagram{}
	}
	if d.order.len >= maxDatagrams {
		d.drop(d.order.front().of, true)
	}
	g := &datagram{key: k}
	d.open[k] = g
	d.order.push(&g.place, g, now)
	return g
}

// finish keeps the datagram's name for a second: a mirror port's second copies
// of its fragments begin no new one.
func (d *defragmenter) finish(g *datagram) ([]byte, uint8) {
	b := g.buf[:min(g.total, len(g.buf))]
	d.octets -= len(g.buf)
	g.buf, g.done = nil, true
	return b, g.next
}

func (d *defragmenter) expire(now int64) {
	for n := d.order.front(); n != nil; n = d.order.front() {
		g := n.of
		wait := fragWait
		if g.done {
			wait = second
		}
		if now-n.at <= wait {
			return
		}
		d.drop(g, false)
	}
}

func (d *defragmenter) drop(g *datagram, capped bool) {
	if !g.done {
		d.lost++
		if capped {
			d.capped++
		}
	}
	d.octets -= len(g.buf)
	delete(d.open, g.key)
	d.order.remove(&g.place)
}

// end counts what is still incomplete when the input ends.
func (d *defragmenter) end() {
	for n := d.order.front(); n != nil; n = d.order.front() {
		d.drop(n.of, false)
	}
}
