package capture

import (
	"encoding/binary"

	"github.com/google/gopacket/layers"
)

// etherTypeNSH has a network service header (RFC 8300) behind it.
const etherTypeNSH = 0x894f

// gpe follows VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe): VXLAN whose fourth octet,
// where a flag says so, tells what is inside.
func (w *walk) gpe() reason {
	b := w.data[8:]
	if len(b) < 8 {
		return badHeader
	}
	w.net = w.net.through(viaUDP, binary.BigEndian.Uint32(b[4:]))
	w.data = b[8:]
	switch {
	case b[0]&4 == 0:
		w.kind = layers.LayerTypeEthernet
		return usable
	case b[3] == 4:
		return w.nsh()
	}
	return w.numbered(b[3])
}

// nsh follows a network service header: its length in words of 4 octets stands
// in the second octet, what is behind in the fourth. One in another is not
// followed.
func (w *walk) nsh() reason {
	if len(w.data) < 8 {
		return badHeader
	}
	size, next := 4*int(w.data[1]&0x3f), w.data[3]
	if size < 8 || size > len(w.data) {
		return badHeader
	}
	w.data = w.data[size:]
	return w.numbered(next)
}

// numbered goes on by the numbers that VXLAN-GPE and NSH have for protocols.
func (w *walk) numbered(n byte) reason {
	switch n {
	case 1:
		w.kind = layers.LayerTypeIPv4
	case 2:
		w.kind = layers.LayerTypeIPv6
	case 3:
		w.kind = layers.LayerTypeEthernet
	case 5:
		w.kind, w.by = 0, layers.EthernetTypeMPLSUnicast
	default:
		return notIP
	}
	return usable
}

// mplsPayload: MPLS names no protocol. The first four bits are an IP version,
// or zero in the control word of an Ethernet pseudowire (RFC 4448 4.6). A
// pseudowire may go without that word; then they are those of an address, which
// can be any, and what the frame holds tells.
func (w *walk) mplsPayload() reason {
	b := w.data
	zero := len(b) >= 4 && b[0]>>4 == 0
	switch {
	case holdsIP(b) && !(zero && holdsIP(b[4:])) && !w.fitsIP():
		w.kind = layers.LayerTypeEthernet
	case zero:
		w.kind, w.data = layers.LayerTypeEthernet, b[4:]
	default:
		return w.rawIP()
	}
	return usable
}

// holdsIP tells whether an Ethernet frame has IP in it, or further tags or labels.
func holdsIP(frame []byte) bool {
	if len(frame) < 15 {
		return false
	}
	switch version := frame[14] >> 4; layers.EthernetType(binary.BigEndian.Uint16(frame[12:])) {
	case layers.EthernetTypeIPv4:
		return version == 4
	case layers.EthernetTypeIPv6:
		return version == 6
	case layers.EthernetTypeDot1Q, layers.EthernetTypeQinQ, 0x9100, layers.EthernetTypeMPLSUnicast, layers.EthernetTypePPPoESession:
		return true
	}
	return false
}

// fitsIP tells whether the octets read as an IP packet that is not longer than
// they are.
func (w *walk) fitsIP() bool {
	b, room := w.data, len(w.data)+w.cut
	switch {
	case len(b) < 20:
		return false
	case b[0]>>4 == 4:
		return b[0]&15 >= 5 && int(binary.BigEndian.Uint16(b[2:])) <= room
	}
	return b[0]>>4 == 6 && 40+int(binary.BigEndian.Uint16(b[4:])) <= room
}
