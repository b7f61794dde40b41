package capture

import (
	"encoding/binary"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// udp follows the tunnels that run over UDP, by their well-known ports; any
// other datagram is of no interest.
func (w *walk) udp() reason {
	if len(w.data) < 8 {
		return badHeader
	}
	switch binary.BigEndian.Uint16(w.data[2:]) {
	case 4789, 8472: // VXLAN; 8472 is Linux's own choice
		w.kind = layers.LayerTypeVXLAN
	case 6081:
		w.kind = layers.LayerTypeGeneve
	case 2152:
		return w.gtp()
	case 4790:
		return w.gpe()
	case 6635:
		return w.ether(layers.EthernetTypeMPLSUnicast, w.data[8:])
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

// greTunnel follows GRE. Remote mirror ports send ERSPAN: type I has no header
// of its own (and no GRE sequence number), II one of 8 octets, III one of 12
// and, where its last bit says so, 8 more.
func (d *decoder) greTunnel(w *walk) reason {
	if d.gre.DecodeFromBytes(w.data, gopacket.NilDecodeFeedback) != nil {
		return badHeader
	}
	if d.gre.KeyPresent {
		w.net = w.net.through(viaGRE, d.gre.Key)
	}
	p := d.gre.Payload
	skip := 0
	switch t := d.gre.Protocol; {
	case t != greERSPAN && t != greERSPANIII:
		return w.ether(t, p)
	case t == greERSPAN && !d.gre.SeqPresent:
	case t == greERSPAN && (len(p) == 0 || p[0]>>4 != 2):
		skip = 8
	default: // its version, 2, is also seen under the number of type II
		if skip = 12; len(p) >= 12 && p[11]&1 != 0 {
			skip = 20
		}
	}
	if len(p) < skip {
		return badHeader
	}
	w.kind, w.data = layers.LayerTypeEthernet, p[skip:]
	return usable
}

// stepper decodes one layer of any kind that gopacket knows. It stands in for
// the packet that gopacket would build and, unlike NewPacket, stops behind the
// layer: what follows is decoded on the usual way again, with its care for
// lengths and fragments.
type stepper struct {
	layer gopacket.Layer
	next  gopacket.Decoder
}

var _ gopacket.PacketBuilder = (*stepper)(nil)

func (s *stepper) AddLayer(l gopacket.Layer)                     { s.layer = l }
func (s *stepper) NextDecoder(next gopacket.Decoder) error       { s.next = next; return nil }
func (s *stepper) SetLinkLayer(gopacket.LinkLayer)               {}
func (s *stepper) SetNetworkLayer(gopacket.NetworkLayer)         {}
func (s *stepper) SetTransportLayer(gopacket.TransportLayer)     {}
func (s *stepper) SetApplicationLayer(gopacket.ApplicationLayer) {}
func (s *stepper) SetErrorLayer(gopacket.ErrorLayer)             {}
func (s *stepper) DumpPacketData()                               {}
func (s *stepper) SetTruncated()                                 {}
func (s *stepper) DecodeOptions() *gopacket.DecodeOptions {
	return &gopacket.DecodeOptions{Lazy: true, NoCopy: true}
}

// take decodes w's next layer and moves w behind it.
func (s *stepper) take(w *walk) reason {
	by := w.by
	if w.kind != 0 {
		by = w.kind
	}
	if by == nil || w.kind == gopacket.LayerTypePayload || w.kind == gopacket.LayerTypeFragment {
		return notTCP
	}
	s.layer, s.next = nil, nil
	if by.Decode(w.data, s) != nil {
		return badHeader
	}
	if s.layer == nil {
		return notTCP
	}
	switch kind := s.layer.LayerType(); kind {
	case layers.LayerTypeIPv4, layers.LayerTypeIPv6, layers.LayerTypeEthernet:
		if kind != w.kind { // a decoder that guessed: now on the usual way
			w.kind, w.by = kind, nil
			return usable
		}
	}
	w.data = s.layer.LayerPayload()
	w.kind, w.by = 0, nil
	switch next := s.next.(type) {
	case nil:
		return notTCP
	case layers.EthernetType:
		return w.ether(next, w.data)
	case layers.IPProtocol:
		return w.protocol(next)
	case gopacket.LayerType:
		w.kind = next
	case layers.ProtocolGuessingDecoder:
		return w.mplsPayload()
	default:
		w.by = next
	}
	return usable
}

// gtp follows user data in GTP-U (3GPP TS 29.281 5.1): 8 octets, 4 more when
// one of three flags is set, and extension headers. gopacket's decoder writes
// to standard output when an extension is cut.
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
