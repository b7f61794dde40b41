package capture

import (
	"encoding/binary"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
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

func (d *decoder) ipv4(w *walk) reason {
	if len(w.data) < 20 || w.data[0]>>4 != 4 {
		return badHeader
	}
	head := w.data
	whole := binary.BigEndian.Uint16(head[2:]) == 0
	if whole { // left to the card (TSO): the packet is as long as it is
		head = head[:min(len(head), 65535)] // gopacket counts in 16 bits
	}
	ip := &d.ip4
	if ip.DecodeFromBytes(head, gopacket.NilDecodeFeedback) != nil {
		return badHeader
	}
	if !whole {
		d.limit(w, int(ip.Length))
	}
	w.trust = false
	w.data = w.data[int(ip.IHL)*4:]
	d.address(w, addr4(ip.SrcIP), addr4(ip.DstIP))
	d.seg.ttl, d.seg.ipid = ip.TTL, uint32(ip.Id)
	if more := ip.Flags&layers.IPv4MoreFragments != 0; more || ip.FragOffset > 0 {
		k := fragKey{d.seg.src, d.seg.dst, w.net, uint32(ip.Id), uint8(ip.Protocol)}
		if why := d.fragment(w, k, int(ip.FragOffset)*8, more, uint8(ip.Protocol)); why != usable {
			return why
		}
	}
	return w.protocol(ip.Protocol)
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

// ipv6 decodes the fixed header through gopacket and walks over the extension
// headers itself: gopacket takes an extension header for a truncated packet
// and refuses length 0, which offloading cards leave.
func (d *decoder) ipv6(w *walk) reason {
	if len(w.data) < 40 || w.data[0]>>4 != 6 {
		return badHeader
	}
	ip := &d.ip6
	// It fails on what lies behind the fixed header, which it is not given.
	_ = ip.DecodeFromBytes(w.data[:40:40], gopacket.NilDecodeFeedback)
	if ip.Length > 0 {
		d.limit(w, 40+int(ip.Length))
	}
	w.trust = false
	w.data = w.data[40:]
	d.address(w, addr6(ip.SrcIP), addr6(ip.DstIP))
	d.seg.ttl, d.seg.ipid = ip.HopLimit, 0
	return d.extensions(w, ip.NextHeader)
}

func (d *decoder) extensions(w *walk, next layers.IPProtocol) reason {
	for range maxLayers {
		size := 0
		switch next {
		case layers.IPProtocolIPv6HopByHop, layers.IPProtocolIPv6Routing, layers.IPProtocolIPv6Destination, 135, 139, 140:
			if len(w.data) >= 2 {
				size = 8 + 8*int(w.data[1])
			}
		case layers.IPProtocolAH:
			if len(w.data) >= 2 {
				size = 8 + 4*int(w.data[1])
			}
		case layers.IPProtocolIPv6Fragment:
			size = 8
		default:
			return w.protocol(next)
		}
		if size == 0 || size > len(w.data) {
			return badHeader
		}
		head := w.data[:size]
		w.data = w.data[size:]
		if next != layers.IPProtocolIPv6Fragment {
			next = layers.IPProtocol(head[0])
			continue
		}
		next = layers.IPProtocol(head[0])
		place := binary.BigEndian.Uint16(head[2:])
		off, more := int(place&^7), place&1 != 0
		if off == 0 && !more {
			continue // an atomic fragment (RFC 6946)
		}
		k := fragKey{d.seg.src, d.seg.dst, w.net, binary.BigEndian.Uint32(head[4:]), 6}
		if w.cut > 0 {
			return cutFragment
		}
		p, first := d.frags.add(d.now, k, off, more, uint8(next), w.data)
		if p == nil {
			return heldFragment
		}
		w.data, next = p, layers.IPProtocol(first)
	}
	return badHeader
}

// ipProtocolEthernet has frames in IP (RFC 8986 10.1).
const ipProtocolEthernet = 143

func (w *walk) protocol(p layers.IPProtocol) reason {
	switch p {
	case layers.IPProtocolTCP:
		w.kind = layers.LayerTypeTCP
	case layers.IPProtocolUDP:
		w.kind = layers.LayerTypeUDP
	case layers.IPProtocolGRE:
		w.kind = layers.LayerTypeGRE
	case layers.IPProtocolIPv4:
		w.kind = layers.LayerTypeIPv4
	case layers.IPProtocolIPv6:
		w.kind = layers.LayerTypeIPv6
	case layers.IPProtocolAH, layers.IPProtocolEtherIP, layers.IPProtocolMPLSInIP:
		w.kind, w.by = 0, p
	case ipProtocolEthernet:
		w.kind = layers.LayerTypeEthernet
	default:
		return notTCP
	}
	return usable
}

// segment reads the TCP header. gopacket's error is not the last word: it has
// filled in the fixed fields before it looks at the options, and neither odd
// options nor options cut by the snap length spoil a segment.
func (d *decoder) segment(w *walk) reason {
	if len(w.data) < 20 {
		return badHeader
	}
	t := &d.tcp
	_ = t.DecodeFromBytes(w.data, gopacket.NilDecodeFeedback)
	header := int(t.DataOffset) * 4
	missing := w.cut
	if header < 20 || header > len(w.data)+w.cut {
		return badHeader
	}
	if header > len(w.data) {
		missing -= header - len(w.data)
		header = len(w.data)
	}
	s := &d.seg
	s.payload, s.missing = w.data[header:], missing
	s.sport, s.dport = uint16(t.SrcPort), uint16(t.DstPort)
	s.seq, s.ack = t.Seq, t.Ack
	s.net, s.flags = w.net, w.data[13]
	s.window, s.checksum = t.Window, t.Checksum
	return usable
}
