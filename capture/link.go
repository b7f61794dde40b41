package capture

import (
	"bytes"
	"encoding/binary"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// Link types (tcpdump.org/linktypes.html). gopacket's own have 8 bits, so that
// 276 becomes 20, and lack 228, 229 and 276.
const (
	linkNull     = 0
	linkEthernet = 1
	linkPPP      = 9
	linkFDDI     = 10
	linkRawBSD   = 12
	linkRawOpen  = 14
	linkPPPHDLC  = 50
	linkPPPoE    = 51
	linkRFC1483  = 100 // LLC on ATM
	linkRaw      = 101
	linkHDLC     = 104 // Cisco's
	linkWiFi     = 105
	linkPFLog    = 117
	linkPrism    = 119
	linkRadio    = 127
	linkLoop     = 108
	linkSLL      = 113
	linkPPPDir   = 204 // an octet for the direction, then PPP
	linkIPv4     = 228
	linkIPv6     = 229
	linkSLL2     = 276
)

// maxLayers bounds how many headers a packet may nest.
const maxLayers = 24

// reason says what became of a packet that gave no segment.
type reason uint8

const (
	usable reason = iota
	notIP
	notTCP
	badHeader
	unknownLink
	heldFragment // kept until its datagram is complete: not skipped
	cutFragment
	noInterface
	reasons
)

func (r reason) String() string {
	return [...]string{
		notIP:       "not IP",
		notTCP:      "not TCP",
		badHeader:   "bad header",
		unknownLink: "unknown link type",
		cutFragment: "IP fragment cut by the snap length",
		noInterface: "interface not described in the file",
		reasons:     "",
	}[r]
}

// decoder finds the TCP segment in a packet, through gopacket's layers. The
// layers of nearly all packets are decoded by direct calls into structs used
// again and again: no allocation. All others go through step.
type decoder struct {
	eth  layers.Ethernet
	vlan layers.Dot1Q
	sll  layers.LinuxSLL
	null layers.Loopback
	ip4  layers.IPv4
	ip6  layers.IPv6
	gre  layers.GRE
	tcp  layers.TCP
	step stepper

	frags defragmenter
	now   int64 // for frags
	seg   segment
	// cut is how many octets the packet lacks: by its IP length, or as the
	// file says where there is none.
	cut int
}

// walk is the place in a packet: what comes next, its octets, and how many
// octets of its end were not captured.
type walk struct {
	kind gopacket.LayerType
	by   gopacket.Decoder // where no kind tells
	data []byte
	cut  int
	// trust: cut is not known, the next IP length tells.
	trust bool
	net   network
	inner bool // an IP header went before
}

// decode fills d.seg. Its payload lies in p.data or in the defragmenter and is
// valid until the next packet.
func (d *decoder) decode(p *packet, now int64) (why reason) {
	defer func() {
		// gopacket's decoders of v1.1.19 index beyond short headers (GRE, SLL).
		if recover() != nil {
			why = badHeader
		}
	}()
	d.now = now
	d.cut = p.cut
	w := walk{data: p.data, cut: p.cut, trust: p.atSnap}
	if why = w.begin(p.link); why != usable {
		return why
	}
	for range maxLayers {
		switch w.kind {
		case layers.LayerTypeEthernet:
			why = d.ethernet(&w)
		case layers.LayerTypeDot1Q:
			if d.vlan.DecodeFromBytes(w.data, gopacket.NilDecodeFeedback) != nil {
				return badHeader
			}
			w.net = w.net.through(viaVLAN, uint32(d.vlan.VLANIdentifier))
			why = w.ether(d.vlan.Type, d.vlan.Payload)
		case layers.LayerTypeIPv4:
			why = d.ipv4(&w)
		case layers.LayerTypeIPv6:
			why = d.ipv6(&w)
		case layers.LayerTypeTCP:
			return d.segment(&w)
		case layers.LayerTypeUDP:
			why = w.udp()
		case layers.LayerTypeGRE:
			why = d.greTunnel(&w)
		case layers.LayerTypeLinuxSLL:
			if d.sll.DecodeFromBytes(w.data, gopacket.NilDecodeFeedback) != nil {
				return badHeader
			}
			why = w.ether(d.sll.EthernetType, d.sll.Payload)
		case layers.LayerTypeLoopback:
			if d.null.DecodeFromBytes(w.data, gopacket.NilDecodeFeedback) != nil {
				return badHeader
			}
			w.kind, w.data = d.null.NextLayerType(), d.null.Payload
		default:
			why = d.step.take(&w)
		}
		if why != usable {
			return why
		}
	}
	return badHeader
}

// begin sets out from a link type.
func (w *walk) begin(link uint32) reason {
	switch link {
	case linkEthernet:
		w.kind = layers.LayerTypeEthernet
	case linkNull, linkLoop:
		w.kind = layers.LayerTypeLoopback
	case linkSLL:
		w.kind = layers.LayerTypeLinuxSLL
	case linkSLL2:
		return w.sll2()
	case linkIPv4:
		w.kind = layers.LayerTypeIPv4
	case linkIPv6:
		w.kind = layers.LayerTypeIPv6
	case linkRaw, linkRawBSD, linkRawOpen:
		return w.rawIP()
	case linkPPPHDLC:
		if len(w.data) > 0 && (w.data[0] == hdlcUnicast || w.data[0] == hdlcMulticast) {
			return w.hdlc()
		}
		w.by = layers.LinkTypePPP
	case linkPPP:
		w.by = layers.LinkTypePPP
	case linkPPPDir:
		w.by, w.data = layers.LinkTypePPP, w.data[min(1, len(w.data)):]
	case linkHDLC:
		return w.hdlc()
	case linkPPPoE:
		return w.ether(layers.EthernetTypePPPoESession, w.data)
	case linkRFC1483:
		w.kind = layers.LayerTypeLLC
	case linkFDDI, linkWiFi, linkPFLog, linkPrism, linkRadio:
		w.by = layers.LinkType(link)
	default:
		return unknownLink
	}
	return usable
}

// rawIP goes by the version, the first four bits.
func (w *walk) rawIP() reason {
	if len(w.data) == 0 {
		return badHeader
	}
	switch w.data[0] >> 4 {
	case 4:
		w.kind = layers.LayerTypeIPv4
	case 6:
		w.kind = layers.LayerTypeIPv6
	default:
		return notIP
	}
	return usable
}

// sll2 reads Linux cooked capture v2: protocol, reserved, interface index,
// ARPHRD type, packet type, address length, address: 20 octets.
func (w *walk) sll2() reason {
	if len(w.data) < 20 {
		return badHeader
	}
	return w.ether(layers.EthernetType(binary.BigEndian.Uint16(w.data)), w.data[20:])
}

// The address of a frame of Cisco HDLC, its first octet. PPP begins with 0xff.
const (
	hdlcUnicast   = 0x0f
	hdlcMulticast = 0x8f
)

// hdlc reads Cisco HDLC: address, control and EtherType: 4 octets.
func (w *walk) hdlc() reason {
	if len(w.data) < 4 {
		return badHeader
	}
	return w.ether(layers.EthernetType(binary.BigEndian.Uint16(w.data[2:])), w.data[4:])
}

func (d *decoder) ethernet(w *walk) reason {
	if d.eth.DecodeFromBytes(w.data, gopacket.NilDecodeFeedback) != nil {
		return badHeader
	}
	return w.ether(d.eth.EthernetType, d.eth.Payload)
}

// snap begins an LLC header with an EtherType behind (RFC 1042).
var snap = []byte{0xaa, 0xaa, 3}

// ether goes on by an EtherType.
func (w *walk) ether(t layers.EthernetType, payload []byte) reason {
	w.data = payload
	switch t {
	case layers.EthernetTypeIPv4:
		w.kind = layers.LayerTypeIPv4
	case layers.EthernetTypeIPv6:
		w.kind = layers.LayerTypeIPv6
	case layers.EthernetTypeDot1Q, layers.EthernetTypeQinQ, 0x9100, 0x9200:
		w.kind = layers.LayerTypeDot1Q
	case layers.EthernetTypeTransparentEthernetBridging:
		w.kind = layers.LayerTypeEthernet
	case layers.EthernetTypeMPLSUnicast, layers.EthernetTypeMPLSMulticast, layers.EthernetTypePPP:
		w.kind, w.by = 0, t
	case layers.EthernetTypePPPoESession:
		if len(payload) < 6 { // gopacket insists on the length that it tells
			return badHeader
		}
		w.kind, w.by, w.data = 0, layers.LinkTypePPP, payload[6:]
	case etherTypeNSH:
		return w.nsh()
	default:
		// Below 0x600 it is a length (IEEE 802.3), or Linux's mark of LLC.
		if t >= 0x600 || !bytes.HasPrefix(payload, snap) {
			return notIP
		}
		w.kind = layers.LayerTypeLLC
	}
	return usable
}
