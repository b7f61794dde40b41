package capture

import "encoding/binary"

// loopback reads BSD's loopback header, an address family in the order of the
// writer's octets. Families are below 256.
func (w *walk) loopback() reason {
	h := w.take(4)
	if h == nil {
		return badHeader
	}
	f := binary.LittleEndian.Uint32(h)
	if h[0] == 0 && h[1] == 0 {
		f = binary.BigEndian.Uint32(h)
	}
	if f > 255 {
		return badHeader
	}
	return w.family(uint8(f))
}

// family goes on by an address family: IPv6 has another number on each system.
func (w *walk) family(f uint8) reason {
	switch f {
	case 2:
		w.next = layerIPv4
	case 10, 24, 28, 30: // Linux, NetBSD and OpenBSD, FreeBSD, macOS
		w.next = layerIPv6
	default:
		return notIP
	}
	return usable
}

// ppp reads the protocol, behind address and control where the link has them.
// It has two octets, the second odd; links may leave out a first of zero
// (RFC 1661 2 and 6.5).
func (w *walk) ppp() reason {
	if len(w.data) >= 2 && w.data[0] == 0xff && w.data[1] == 3 {
		w.data = w.data[2:]
	}
	h := w.take(1)
	if h == nil {
		return badHeader
	}
	protocol := uint16(h[0])
	if protocol&1 == 0 {
		if h = w.take(1); h == nil || h[0]&1 == 0 {
			return badHeader
		}
		protocol = protocol<<8 | uint16(h[0])
	}
	switch protocol {
	case 0x21:
		w.next = layerIPv4
	case 0x57:
		w.next = layerIPv6
	case 0x281, 0x283:
		w.next = layerMPLS
	default:
		return notIP
	}
	return usable
}

// mpls reads an entry of the label stack (RFC 3032 2.1). What follows the
// bottom is not named: the first four bits are an IP version, or zero in the
// control word of an Ethernet pseudowire (RFC 4448 4.6).
func (w *walk) mpls() reason {
	h := w.take(4)
	switch {
	case h == nil:
		return badHeader
	case h[2]&1 == 0:
		return usable // not the bottom
	case len(w.data) >= 4 && w.data[0]>>4 == 0:
		w.next, w.data = layerEthernet, w.data[4:]
		return usable
	}
	return w.rawIP()
}

// pflog goes over the header of BSD's packet filter: its length without the
// padding to four octets, an address family, and what is of no interest.
func (w *walk) pflog() reason {
	if len(w.data) < 2 {
		return badHeader
	}
	h := w.take((int(w.data[0]) + 3) &^ 3)
	if len(h) < 4 {
		return badHeader
	}
	return w.family(h[1])
}

// fddi goes over frame control and two addresses. Only LLC frames carry IP.
func (w *walk) fddi() reason {
	h := w.take(13)
	switch {
	case h == nil:
		return badHeader
	case h[0]&0xf8 != 0x50:
		return notIP
	}
	return w.llc()
}

// llc reads the header of IEEE 802.2, of three octets or, where the control
// field tells that the frame is numbered, four; and SNAP's behind it: an
// organisation and an EtherType.
func (w *walk) llc() reason {
	h := w.take(3)
	switch {
	case h == nil:
		return badHeader
	case h[0]&^1 != 0xaa || h[1]&^1 != 0xaa:
		return notIP
	case h[2]&3 != 3:
		w.take(1)
	}
	return w.typed(5, 3)
}
