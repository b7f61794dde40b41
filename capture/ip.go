package capture

import "encoding/binary"

// Protocols inside IP (IANA protocol numbers).
const (
	protoHopByHop    = 0
	protoIPv4        = 4
	protoTCP         = 6
	protoUDP         = 17
	protoIPv6        = 41
	protoRouting     = 43
	protoFragment    = 44
	protoGRE         = 47
	protoAH          = 51
	protoDestination = 60
	protoMobility    = 135
	protoHIP         = 139
	protoShim6       = 140
)

// limit leaves of an IP packet of total octets what was captured: without the
// padding that Ethernet adds, and knowing what the snap length cut off. An IP
// length beyond the packet's length on the wire lies.
func (d *decoder) limit(w *walk, total int) {
	missing := max(0, total-len(w.data))
	if missing == 0 {
		w.data = w.data[:total]
	}
	if !w.trust {
		missing = min(missing, w.cut)
	}
	w.cut, w.trust = missing, false
	d.cut = missing
}

// address notes an IP packet's addresses. Those of the packet around it were a
// tunnel's ends, the same in both directions.
func (d *decoder) address(w *walk, src, dst addr) {
	if s := &d.seg; w.inner {
		ends := mix(s.src.hi+s.dst.hi, 0x9e3779b97f4a7c15) ^ (s.src.lo + s.dst.lo)
		w.net = w.net.through(viaIP, uint32(ends^ends>>32))
	}
	w.inner = true
	d.seg.src, d.seg.dst = src, dst
}

// ipv4 reads the header. Options are passed over, whatever they say.
func (d *decoder) ipv4(w *walk) reason {
	if len(w.data) < 20 || w.data[0]>>4 != 4 {
		return badHeader
	}
	size, total := 4*int(w.data[0]&15), int(binary.BigEndian.Uint16(w.data[2:]))
	if size < 20 || total > 0 && total < size {
		return badHeader
	}
	if total > 0 { // else left to the card (TSO): the packet is as long as it is
		d.limit(w, total)
	}
	w.trust = false
	h := w.take(size)
	if h == nil {
		return badHeader
	}
	d.address(w, addr4(h[12:]), addr4(h[16:]))
	id, place, proto := binary.BigEndian.Uint16(h[4:]), binary.BigEndian.Uint16(h[6:]), h[9]
	d.seg.ttl, d.seg.ipid = h[8], uint32(id)
	if more, off := place&0x2000 != 0, int(place&0x1fff)*8; more || off > 0 {
		k := fragKey{d.seg.src, d.seg.dst, w.net, uint32(id), proto}
		if why := d.fragment(w, k, off, more, proto); why != usable {
			return why
		}
	}
	return w.protocol(proto)
}

// fragment gives w the whole payload when this was its last missing piece.
func (d *decoder) fragment(w *walk, k fragKey, off int, more bool, next uint8) reason {
	if w.cut > 0 {
		return cutFragment // its datagram stays incomplete: a hole in the stream
	}
	p, _ := d.frags.add(d.now, k, off, more, next, w.data)
	if p == nil {
		return heldFragment
	}
	w.data = p
	return usable
}

// ipv6 reads the fixed header. Length 0 is what offloading cards leave.
func (d *decoder) ipv6(w *walk) reason {
	if len(w.data) < 40 || w.data[0]>>4 != 6 {
		return badHeader
	}
	if n := int(binary.BigEndian.Uint16(w.data[4:])); n > 0 {
		d.limit(w, 40+n)
	}
	w.trust = false
	h := w.take(40)
	d.address(w, addr6(h[8:]), addr6(h[24:]))
	d.seg.ttl, d.seg.ipid = h[7], 0
	return d.extensions(w, h[6])
}

func (d *decoder) extensions(w *walk, next uint8) reason {
	for range maxLayers {
		size := 0
		switch next {
		case protoHopByHop, protoRouting, protoDestination, protoMobility, protoHIP, protoShim6:
			if len(w.data) >= 2 {
				size = 8 + 8*int(w.data[1])
			}
		case protoAH:
			if len(w.data) >= 2 {
				size = 8 + 4*int(w.data[1])
			}
		case protoFragment:
			size = 8
		default:
			return w.protocol(next)
		}
		if size == 0 || size > len(w.data) {
			return badHeader
		}
		head := w.data[:size]
		w.data = w.data[size:]
		if next != protoFragment {
			next = head[0]
			continue
		}
		next = head[0]
		place := binary.BigEndian.Uint16(head[2:])
		off, more := int(place&^7), place&1 != 0
		if off == 0 && !more {
			continue // an atomic fragment (RFC 6946)
		}
		k := fragKey{d.seg.src, d.seg.dst, w.net, binary.BigEndian.Uint32(head[4:]), 6}
		if w.cut > 0 {
			return cutFragment
		}
		p, first := d.frags.add(d.now, k, off, more, next, w.data)
		if p == nil {
			return heldFragment
		}
		w.data, next = p, first
	}
	return badHeader
}

func (w *walk) protocol(p uint8) reason {
	switch p {
	case protoTCP:
		w.next = layerTCP
	case protoUDP:
		w.next = layerUDP
	case protoGRE:
		w.next = layerGRE
	case protoIPv4:
		w.next = layerIPv4
	case protoIPv6:
		w.next = layerIPv6
	case protoAH:
		w.next = layerAH
	default:
		return notTCP
	}
	return usable
}

// authentication goes over an authentication header (RFC 4302 2), whose length
// counts in units of four octets, less two.
func (w *walk) authentication() reason {
	if len(w.data) < 12 {
		return badHeader
	}
	h := w.take(8 + 4*int(w.data[1]))
	if len(h) < 12 {
		return badHeader
	}
	return w.protocol(h[0])
}

// segment reads the TCP header. Neither odd options nor options cut by the
// snap length spoil a segment.
func (d *decoder) segment(w *walk) reason {
	if len(w.data) < 20 {
		return badHeader
	}
	h := w.data
	header := int(h[12]>>4) * 4
	missing := w.cut
	if header < 20 || header > len(h)+w.cut {
		return badHeader
	}
	if header > len(h) {
		missing -= header - len(h)
		header = len(h)
	}
	s := &d.seg
	s.payload, s.missing = h[header:], missing
	s.sport, s.dport = binary.BigEndian.Uint16(h), binary.BigEndian.Uint16(h[2:])
	s.seq, s.ack = binary.BigEndian.Uint32(h[4:]), binary.BigEndian.Uint32(h[8:])
	s.net, s.flags = w.net, h[13]
	s.window, s.checksum = binary.BigEndian.Uint16(h[14:]), binary.BigEndian.Uint16(h[16:])
	return usable
}
