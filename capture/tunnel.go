package capture

import "encoding/binary"

// udp follows the tunnels that run over UDP, by their well-known ports; any
// other datagram is of no interest.
func (w *walk) udp() reason {
	if len(w.data) < 8 {
		return badHeader
	}
	switch binary.BigEndian.Uint16(w.data[2:]) {
	case 4789, 8472: // VXLAN; 8472 is Linux's own choice
		w.next = layerVXLAN
	case 6081:
		w.next = layerGeneve
	case 2152:
		return w.gtp()
	default:
		return notTCP
	}
	w.data = w.data[8:]
	if len(w.data) >= 8 { // the network's number; an octet more is the same in all its packets
		w.net = w.net.through(viaUDP, binary.BigEndian.Uint32(w.data[4:]))
	}
	return usable
}

// What leads into another network.
const (
	viaVLAN = iota + 1
	viaIP
	viaUDP
	viaGRE
)

const (
	greERSPAN    = 0x88be // types I and II
	greERSPANIII = 0x22eb
)

// vxlan goes over the header of VXLAN (RFC 7348 5).
func (w *walk) vxlan() reason {
	if w.take(8) == nil {
		return badHeader
	}
	w.next = layerEthernet
	return usable
}

// geneve goes over the header of Geneve (RFC 8926 3.4) and its options, whose
// length counts in units of four octets.
func (w *walk) geneve() reason {
	if len(w.data) < 8 {
		return badHeader
	}
	h := w.take(8 + 4*int(w.data[0]&0x3f))
	if h == nil {
		return badHeader
	}
	return w.ether(binary.BigEndian.Uint16(h[2:]))
}

// gre follows GRE (RFC 2784, 2890, 1701; 2637 for PPP). Remote mirror ports
// send ERSPAN: type I has no header of its own (and no GRE sequence number),
// II one of 8 octets, III one of 12 and, where its last bit says so, 8 more.
func (w *walk) gre() reason {
	const (
		hasChecksum = 1 << 15
		hasRouting  = 1 << 14
		hasKey      = 1 << 13
		hasSequence = 1 << 12
		hasAck      = 1 << 7
	)
	h := w.take(4)
	if h == nil {
		return badHeader
	}
	flags, protocol := binary.BigEndian.Uint16(h), binary.BigEndian.Uint16(h[2:])
	if flags&(hasChecksum|hasRouting) != 0 && w.take(4) == nil {
		return badHeader
	}
	if flags&hasKey != 0 {
		k := w.take(4)
		if k == nil {
			return badHeader
		}
		w.net = w.net.through(viaGRE, binary.BigEndian.Uint32(k))
	}
	if flags&hasSequence != 0 && w.take(4) == nil || flags&hasRouting != 0 && !w.routes() || flags&hasAck != 0 && w.take(4) == nil {
		return badHeader
	}
	skip := 0
	switch protocol {
	case greERSPAN:
		if flags&hasSequence != 0 {
			skip = 8
		}
	case greERSPANIII:
		if skip = 12; len(w.data) >= 12 && w.data[11]&1 != 0 {
			skip = 20
		}
	default:
		return w.ether(protocol)
	}
	if w.take(skip) == nil {
		return badHeader
	}
	w.next = layerEthernet
	return usable
}

// routes goes over GRE's source routes: each a family, an offset and a length,
// the last one empty.
func (w *walk) routes() bool {
	for {
		h := w.take(4)
		if h == nil || w.take(int(h[3])) == nil {
			return false
		}
		if h[0] == 0 && h[1] == 0 && h[3] == 0 {
			return true
		}
	}
}

// gtp follows user data in GTP-U (3GPP TS 29.281 5.1): 8 octets, 4 more when
// one of three flags is set, and extension headers.
func (w *walk) gtp() reason {
	b := w.data[8:]
	if len(b) < 8 || b[0]>>4 != 3 {
		return notTCP // of version 1, protocol GTP
	}
	if b[1] != 255 {
		return notTCP // an echo or the like; user data is a G-PDU
	}
	w.net = w.net.through(viaUDP, binary.BigEndian.Uint32(b[4:]))
	size := 8
	if b[0]&7 != 0 {
		size = 12
	}
	for extended := b[0]&4 != 0; extended && size <= len(b) && b[size-1] != 0; {
		if size >= len(b) || b[size] == 0 {
			return badHeader
		}
		size += 4 * int(b[size])
	}
	if size > len(b) {
		return badHeader
	}
	w.data = b[size:]
	return w.rawIP()
}
