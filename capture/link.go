package capture

import "encoding/binary"

// Link types (tcpdump.org/linktypes.html).
const (
	linkNull     = 0
	linkEthernet = 1
	linkPPP      = 9
	linkFDDI     = 10
	linkRawBSD   = 12
	linkRawOpen  = 14
	linkPPPHDLC  = 50
	linkRaw      = 101
	linkWiFi     = 105
	linkPFLog    = 117
	linkPrism    = 119
	linkRadio    = 127
	linkLoop     = 108
	linkSLL      = 113
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

// layer is a kind of header.
type layer uint8

const (
	layerEthernet layer = iota + 1
	layerVLAN
	layerSLL
	layerSLL2
	layerLoopback
	layerPPP
	layerMPLS
	layerPFLog
	layerFDDI
	layerPrism
	layerRadiotap
	layerWiFi
	layerIPv4
	layerIPv6
	layerAH
	layerGRE
	layerVXLAN
	layerGeneve
	layerUDP
	layerTCP
)

// EtherTypes (IEEE 802 numbers).
const (
	etherIPv4       = 0x0800
	etherBridged    = 0x6558 // transparent Ethernet bridging (RFC 1701)
	etherVLAN       = 0x8100
	etherIPv6       = 0x86dd
	etherPPP        = 0x880b
	etherMPLS       = 0x8847
	etherMPLSMulti  = 0x8848
	etherPPPoE      = 0x8864
	etherVLANOuter  = 0x88a8 // 802.1ad
	etherVLANOlder  = 0x9100 // before 802.1ad
	etherVLANOlder2 = 0x9200
)

// decoder finds the TCP segment in a packet, one header after the other,
// without allocation. It reads them itself: gopacket's layers index beyond
// short headers, decode what is not wanted here, and fill 7 MiB of tables when
// a program starts that imports them.
type decoder struct {
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
	next layer
	data []byte
	cut  int
	// trust: cut is not known, the next IP length tells.
	trust bool
	net   network
	inner bool // an IP header went before
}

// take gives the next n octets and moves behind them; nil: there are fewer.
func (w *walk) take(n int) []byte {
	if n > len(w.data) {
		return nil
	}
	h := w.data[:n:n]
	w.data = w.data[n:]
	return h
}

// decode fills d.seg. Its payload lies in p.data or in the defragmenter and is
// valid until the next packet.
func (d *decoder) decode(p *packet, now int64) reason {
	d.now = now
	d.cut = p.cut
	w := walk{data: p.data, cut: p.cut, trust: p.atSnap}
	if why := w.begin(p.link); why != usable {
		return why
	}
	for range maxLayers {
		var why reason
		switch w.next {
		case layerIPv4:
			why = d.ipv4(&w)
		case layerIPv6:
			why = d.ipv6(&w)
		case layerTCP:
			return d.segment(&w)
		default:
			why = w.step()
		}
		if why != usable {
			return why
		}
	}
	return badHeader
}

// step goes over a header that is neither IP nor TCP.
func (w *walk) step() reason {
	switch w.next {
	case layerEthernet:
		return w.typed(14, 12)
	case layerVLAN:
		return w.vlan()
	case layerSLL:
		return w.typed(16, 14)
	case layerSLL2:
		return w.typed(20, 0)
	case layerLoopback:
		return w.loopback()
	case layerPPP:
		return w.ppp()
	case layerMPLS:
		return w.mpls()
	case layerPFLog:
		return w.pflog()
	case layerFDDI:
		return w.fddi()
	case layerPrism:
		return w.prism()
	case layerRadiotap:
		return w.radiotap()
	case layerWiFi:
		return w.wifi()
	case layerAH:
		return w.authentication()
	case layerGRE:
		return w.gre()
	case layerVXLAN:
		return w.vxlan()
	case layerGeneve:
		return w.geneve()
	default:
		return w.udp()
	}
}

// begin sets out from a link type.
func (w *walk) begin(link uint32) reason {
	switch link {
	case linkEthernet:
		w.next = layerEthernet
	case linkNull, linkLoop:
		w.next = layerLoopback
	case linkSLL:
		w.next = layerSLL
	case linkSLL2:
		w.next = layerSLL2
	case linkIPv4:
		w.next = layerIPv4
	case linkIPv6:
		w.next = layerIPv6
	case linkRaw, linkRawBSD, linkRawOpen:
		return w.rawIP()
	case linkPPP, linkPPPHDLC:
		w.next = layerPPP
	case linkPFLog:
		w.next = layerPFLog
	case linkFDDI:
		w.next = layerFDDI
	case linkPrism:
		w.next = layerPrism
	case linkRadio:
		w.next = layerRadiotap
	case linkWiFi:
		w.next = layerWiFi
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
		w.next = layerIPv4
	case 6:
		w.next = layerIPv6
	default:
		return notIP
	}
	return usable
}

// typed goes over a header of n octets of which only an EtherType counts:
// Ethernet, Linux cooked capture and its second version.
func (w *walk) typed(n, place int) reason {
	h := w.take(n)
	if h == nil {
		return badHeader
	}
	return w.ether(binary.BigEndian.Uint16(h[place:]))
}

// vlan goes over a tag behind its EtherType: priority and number, the next
// EtherType.
func (w *walk) vlan() reason {
	h := w.take(4)
	if h == nil {
		return badHeader
	}
	w.net = w.net.through(viaVLAN, uint32(binary.BigEndian.Uint16(h)&0xfff))
	return w.ether(binary.BigEndian.Uint16(h[2:]))
}

// ether goes on by an EtherType.
func (w *walk) ether(t uint16) reason {
	switch t {
	case etherIPv4:
		w.next = layerIPv4
	case etherIPv6:
		w.next = layerIPv6
	case etherVLAN, etherVLANOuter, etherVLANOlder, etherVLANOlder2:
		w.next = layerVLAN
	case etherBridged:
		w.next = layerEthernet
	case etherMPLS, etherMPLSMulti:
		w.next = layerMPLS
	case etherPPP:
		w.next = layerPPP
	case etherPPPoE:
		if w.take(6) == nil { // the length in it lies where cards offload
			return badHeader
		}
		w.next = layerPPP
	default:
		return notIP
	}
	return usable
}
