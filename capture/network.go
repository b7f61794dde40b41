package capture

import "smpptap/stream"

// One four-tuple may be there several times: as copies of one connection that
// a mirror gives with and without a tag, inside and outside a tunnel, with
// another tag in each direction; or as connections of networks that use the
// same addresses. Tags and tunnels alone do not tell which. So the first
// segment that comes from another network than the connection is known in is
// compared with it: where its numbers go on, it belongs to it, and the network
// is noted; otherwise it is another connection's.

// network names the VLANs and tunnels that a packet came through; 0: none.
type network uint32

// maxNetworks bounds the networks noted for a connection. Segments of further
// ones are compared one by one.
const maxNetworks = 8

// nearWindow: numbers as near as this go on; by chance one in 1,000 does.
const nearWindow = 2 << 20

// through gives the network inside n by what names it there: a tag, a key.
func (n network) through(kind, id uint32) network {
	h := mix(uint64(n)^0x9e3779b97f4a7c15, uint64(kind)<<32|uint64(id)^0xd6e8feb86659fd93)
	return network(h | 1)
}

// lookup finds the connection of a segment, also one that has ended.
func (r *reassembler) lookup(k key, s *segment, second bool) *conn {
	c := r.conns[k]
	if c != nil && (k.net != 0 || c.plain) {
		return c
	}
	if c == nil && k.net != 0 {
		c = r.conns[k.in(0)]
	}
	if c == nil || !c.goesOn(c.dir(second), s) {
		return nil
	}
	r.note(c, k)
	return c
}

func (k key) in(n network) key {
	k.net = n
	return k
}

// note lets c be found under one more network.
func (r *reassembler) note(c *conn, k key) {
	switch {
	case k.net == 0:
		c.plain = true
	case len(c.also) < maxNetworks:
		c.also = append(c.also, k.net)
		r.conns[k] = c
	}
}

// enter puts a new connection into the table. Whatever its network, it is
// found by the bare four-tuple too, if no other is, or one that has ended.
func (r *reassembler) enter(c *conn) {
	c.plain = c.key.net == 0
	r.conns[c.key] = c
	if bare := c.key.in(0); !c.plain {
		if o := r.conns[bare]; o == nil || o.over {
			r.conns[bare] = c
		}
	}
}

// leave takes a connection out of the table under all its names.
func (r *reassembler) leave(c *conn) {
	drop := func(n network) {
		if k := c.key.in(n); r.conns[k] == c {
			delete(r.conns, k)
		}
	}
	drop(c.key.net)
	drop(0)
	for _, n := range c.also {
		drop(n)
	}
}

// goesOn says whether a segment's numbers continue those of a connection that
// is known in another network.
func (c *conn) goesOn(dir stream.Dir, s *segment) bool {
	h, o := &c.halves[dir], &c.halves[dir^1]
	syn := s.flags&flagSYN != 0
	switch {
	case syn && h.synSeen:
		return s.seq == h.isn
	case h.started:
		return near(s.seq, h.next)
	case s.flags&flagACK != 0 && o.started:
		return near(s.ack, o.next)
	}
	return !syn // nothing contradicts
}

func near(a, b uint32) bool { return a-b < nearWindow || b-a < nearWindow }
