package capture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"net/netip"
	"testing"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// wrap makes of an IP packet one of a link type.
type wrap struct {
	name string
	link uint32
	ip   func(ip []byte) []byte
}

func prefix(head ...byte) func([]byte) []byte {
	return func(ip []byte) []byte { return append(bytes.Clone(head), ip...) }
}

// typed puts head before and the EtherType at place of it.
func typed(place int, head ...byte) func([]byte) []byte {
	return func(ip []byte) []byte {
		b := append(bytes.Clone(head), ip...)
		binary.BigEndian.PutUint16(b[place:], smpptest.EtherType(ip))
		return b
	}
}

var (
	outer4 = [2]netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}
	outer6 = [2]netip.Addr{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")}
)

func inIPv4(proto uint8, head ...byte) func([]byte) []byte {
	return func(b []byte) []byte {
		return smpptest.Ethernet(smpptest.IPv4(outer4[0], outer4[1], 1, 64, proto, 0, append(bytes.Clone(head), b...)))
	}
}

func inUDP(port uint16, head ...byte) func([]byte) []byte {
	return func(b []byte) []byte {
		u := binary.BigEndian.AppendUint16([]byte{0x30, 0x39}, port)
		u = binary.BigEndian.AppendUint16(u, uint16(8+len(head)+len(b)))
		return inIPv4(17, append(append(u, 0, 0), head...)...)(b)
	}
}

// overEthernet has inner frames, not packets, in a tunnel.
func overEthernet(f func([]byte) []byte) func([]byte) []byte {
	return func(ip []byte) []byte { return f(smpptest.Ethernet(ip)) }
}

func plain(ip []byte) []byte { return smpptest.Ethernet(ip) }

func vlan(tags ...uint16) func([]byte) []byte {
	return func(ip []byte) []byte { return smpptest.Ethernet(ip, tags...) }
}

func family(v4, v6 []byte) func([]byte) []byte {
	return func(ip []byte) []byte {
		if ip[0]>>4 == 6 {
			return append(bytes.Clone(v6), ip...)
		}
		return append(bytes.Clone(v4), ip...)
	}
}

// etherTyped frames payload of any EtherType.
func etherTyped(t uint16, head ...byte) func([]byte) []byte {
	return func(b []byte) []byte {
		f := binary.BigEndian.AppendUint16(make([]byte, 12), t)
		return append(append(f, head...), b...)
	}
}

func tso(ip []byte) []byte {
	b := bytes.Clone(ip)
	if b[0]>>4 == 4 {
		b[2], b[3] = 0, 0
	} else {
		b[4], b[5] = 0, 0
	}
	// No padding: with length 0 nothing tells it from octets.
	return append(binary.BigEndian.AppendUint16(make([]byte, 12), smpptest.EtherType(b)), b...)
}

func extended(heads ...byte) func([]byte) []byte {
	return func(ip []byte) []byte {
		if ip[0]>>4 != 6 {
			return smpptest.Ethernet(ip)
		}
		b := append(bytes.Clone(ip[:40]), append(bytes.Clone(heads[1:]), ip[40:]...)...)
		b[6] = heads[0]
		binary.BigEndian.PutUint16(b[4:], uint16(len(b)-40))
		return smpptest.Ethernet(b)
	}
}

var wraps = []wrap{
	{"Ethernet", 1, plain},
	{"802.1Q", 1, vlan(0x8100, 100)},
	{"802.1ad", 1, vlan(0x88a8, 5, 0x8100, 100)},
	{"QinQ 9100", 1, vlan(0x9100, 5, 0x8100, 100)},
	{"three tags", 1, vlan(0x9100, 5, 0x88a8, 6, 0x8100, 100)},
	{"raw 12", 12, prefix()},
	{"raw 14", 14, prefix()},
	{"raw 101", 101, prefix()},
	{"Null little endian", smpptest.NoLink, family([]byte{2, 0, 0, 0}, []byte{30, 0, 0, 0})},
	{"Null big endian", smpptest.NoLink, family([]byte{0, 0, 0, 2}, []byte{0, 0, 0, 28})},
	{"Loop", 108, family([]byte{0, 0, 0, 2}, []byte{0, 0, 0, 24})},
	{"SLL", 113, typed(14, 0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0)},
	{"SLL2", 276, typed(0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0)},
	{"SLL2 with tag", 276, typed(22, 0x81, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0)},
	{"PPP", 9, family([]byte{0xff, 3, 0, 0x21}, []byte{0xff, 3, 0, 0x57})},
	{"PPPoE", 1, func(ip []byte) []byte {
		n := binary.BigEndian.AppendUint16([]byte{0x11, 0, 0, 1}, uint16(len(ip)+2))
		return etherTyped(0x8864, n...)(family([]byte{0, 0x21}, []byte{0, 0x57})(ip))
	}},
	{"MPLS", 1, etherTyped(0x8847, 0, 1, 0, 64, 0, 2, 1, 64)},
	{"MPLS pseudowire", 1, overEthernet(etherTyped(0x8847, 0, 1, 1, 64, 0, 0, 0, 0))},
	{"MPLS in VLAN", 1, etherTyped(0x8100, 0, 100, 0x88, 0x47, 0, 2, 1, 64)},
	{"PPPoE in VLAN", 1, func(ip []byte) []byte {
		n := binary.BigEndian.AppendUint16([]byte{0, 100, 0x88, 0x64, 0x11, 0, 0, 1}, uint16(len(ip)+2))
		return etherTyped(0x8100, n...)(family([]byte{0, 0x21}, []byte{0, 0x57})(ip))
	}},
	{"PPP in HDLC", 50, family([]byte{0xff, 3, 0, 0x21}, []byte{0xff, 3, 0, 0x57})},
	{"SLL with tag", 113, typed(18, 0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0x81, 0, 0, 100, 0, 0)},
	{"IP in IPv4", 1, func(ip []byte) []byte {
		if ip[0]>>4 == 6 {
			return inIPv4(41)(ip)
		}
		return inIPv4(4)(ip)
	}},
	{"IP in IPv6", 1, func(ip []byte) []byte {
		next := uint8(4)
		if ip[0]>>4 == 6 {
			next = 41
		}
		return smpptest.Ethernet(smpptest.IPv6(outer6[0], outer6[1], 64, next, ip))
	}},
	{"GRE", 1, func(ip []byte) []byte {
		return inIPv4(47, binary.BigEndian.AppendUint16([]byte{0, 0}, smpptest.EtherType(ip))...)(ip)
	}},
	{"GRE with key", 1, func(ip []byte) []byte {
		return inIPv4(47, append(binary.BigEndian.AppendUint16([]byte{0x20, 0}, smpptest.EtherType(ip)), 0, 0, 0, 7)...)(ip)
	}},
	{"GRE with checksum, key, sequence", 1, func(ip []byte) []byte {
		return inIPv4(47, append(binary.BigEndian.AppendUint16([]byte{0xb0, 0}, smpptest.EtherType(ip)), 1, 2, 0, 0, 0, 0, 0, 7, 0, 0, 0, 9)...)(ip)
	}},
	{"GRE with key and bridging", 1, overEthernet(inIPv4(47, 0x20, 0, 0x65, 0x58, 0, 0, 0, 1))},
	{"ERSPAN I", 1, overEthernet(inIPv4(47, 0, 0, 0x88, 0xbe))},
	{"ERSPAN II", 1, overEthernet(inIPv4(47, 0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 0, 0, 0, 0, 0))},
	{"ERSPAN III", 1, overEthernet(inIPv4(47, append([]byte{0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20}, make([]byte, 11)...)...))},
	{"ERSPAN III with subheader", 1, overEthernet(inIPv4(47, append(append([]byte{0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20}, append(make([]byte, 10), 1)...), make([]byte, 8)...)...))},
	{"VXLAN", 1, overEthernet(inUDP(4789, 8, 0, 0, 0, 0, 0, 9, 0))},
	{"VXLAN of Linux", 1, overEthernet(inUDP(8472, 8, 0, 0, 0, 0, 0, 9, 0))},
	{"Geneve", 1, overEthernet(inUDP(6081, 0, 0, 0x65, 0x58, 0, 0, 9, 0))},
	{"GTP-U", 1, func(ip []byte) []byte {
		n := binary.BigEndian.AppendUint16([]byte{0x30, 0xff}, uint16(len(ip)))
		return inUDP(2152, append(n, 0, 0, 0, 1)...)(ip)
	}},
	{"Geneve with options, IP inside", 1, func(ip []byte) []byte {
		return inUDP(6081, append(binary.BigEndian.AppendUint16([]byte{2, 0}, smpptest.EtherType(ip)), 0, 0, 9, 0, 1, 2, 0x80, 1, 0, 0, 0, 0)...)(ip)
	}},
	{"GTP-U with sequence and extension", 1, func(ip []byte) []byte {
		n := binary.BigEndian.AppendUint16([]byte{0x36, 0xff}, uint16(len(ip)+8))
		return inUDP(2152, append(n, 0, 0, 0, 1, 0, 5, 0, 0x85, 1, 0, 9, 0)...)(ip)
	}},
	{"VXLAN in a tagged frame in ERSPAN", 1, func(ip []byte) []byte {
		inner := inUDP(4789, 8, 0, 0, 0, 0, 0, 9, 0)(smpptest.Ethernet(ip, 0x8100, 5))
		return inIPv4(47, 0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 0, 0, 0, 0, 0)(inner)
	}},
	{"length 0", 1, tso},
	{"hop-by-hop", 1, extended(0, 6, 0, 1, 4, 0, 0, 0, 0)},
	{"destination options and atomic fragment", 1, extended(60, 44, 0, 1, 4, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 7)},
	{"routing", 1, extended(43, 6, 0, 4, 0, 0, 0, 0, 0)},
	{"authentication", 1, extended(append([]byte{51, 6, 4}, make([]byte, 22)...)...)},
	{"authentication in IPv4", 1, func(ip []byte) []byte {
		next := byte(4)
		if ip[0]>>4 == 6 {
			next = 41
		}
		return inIPv4(51, append([]byte{next, 4}, make([]byte, 22)...)...)(ip)
	}},
	{"PPP, protocol of one octet", 9, family([]byte{0x21}, []byte{0x57})},
	{"PPP in GRE", 1, func(ip []byte) []byte {
		return inIPv4(47, 0x30, 0x81, 0x88, 0x0b, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 1)(family([]byte{0x21}, []byte{0x57})(ip))
	}},
	{"GRE with a source route", 1, func(ip []byte) []byte {
		return inIPv4(47, append(binary.BigEndian.AppendUint16([]byte{0x40, 0}, smpptest.EtherType(ip)), 0, 0, 0, 0, 8, 0, 0, 4, 1, 2, 3, 4, 0, 0, 0, 0)...)(ip)
	}},
	{"PFLog", 117, family(pflog(61, 2), pflog(61, 24))},
	{"802.3 with LLC and SNAP", 1, lengthed},
	{"LLC and SNAP in a tag", 1, func(ip []byte) []byte {
		llc := lengthed(ip)[12:]
		return etherTyped(0x8100, append([]byte{0, 5}, llc[:2]...)...)(llc[2:])
	}},
	{"SLL with LLC and SNAP", 113, func(ip []byte) []byte {
		return append([]byte{0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0, 4}, lengthed(ip)[14:]...)
	}},
	{"LLC on ATM", 100, func(ip []byte) []byte { return lengthed(ip)[14:] }},
	{"Cisco HDLC", 104, typed(2, 0x0f, 0, 0, 0)},
	{"Cisco HDLC told as PPP", 50, typed(2, 0x8f, 0, 0, 0)},
	{"PPP with direction", 204, family([]byte{1, 0xff, 3, 0, 0x21}, []byte{0, 0xff, 3, 0, 0x57})},
	{"PPPoE without Ethernet", 51, family([]byte{0x11, 0, 0, 1, 0, 0, 0, 0x21}, []byte{0x11, 0, 0, 1, 0, 0, 0, 0x57})},
	{"VXLAN-GPE, frames", 1, overEthernet(inUDP(4790, 0x0c, 0, 0, 3, 0, 0, 9, 0))},
	{"VXLAN-GPE, frames by default", 1, overEthernet(inUDP(4790, 8, 0, 0, 0, 0, 0, 9, 0))},
	{"VXLAN-GPE, packets", 1, nextNumber(func(n byte) func([]byte) []byte { return inUDP(4790, 0x0c, 0, 0, n, 0, 0, 9, 0) })},
	{"VXLAN-GPE, MPLS", 1, inUDP(4790, 0x0c, 0, 0, 5, 0, 0, 9, 0, 0, 1, 1, 64)},
	{"VXLAN-GPE, NSH", 1, nextNumber(func(n byte) func([]byte) []byte {
		return inUDP(4790, append([]byte{0x0c, 0, 0, 4, 0, 0, 9, 0, 0, 6, 1, n, 0, 0, 1, 255}, make([]byte, 16)...)...)
	})},
	{"NSH", 1, overEthernet(etherTyped(0x894f, 0, 2, 2, 3, 0, 0, 1, 255))},
	{"MPLS in UDP", 1, inUDP(6635, 0, 1, 1, 64)},
	{"MPLS in IP", 1, inIPv4(137, 0, 1, 1, 64)},
	{"Ethernet in IP", 1, overEthernet(inIPv4(97, 0x30, 0))},
	{"Ethernet behind a segment list", 1, overEthernet(func(frame []byte) []byte {
		route := append([]byte{143, 2, 4, 0, 0, 0, 0, 0}, outer6[0].AsSlice()...)
		return smpptest.Ethernet(smpptest.IPv6(outer6[0], outer6[1], 64, 43, append(route, frame...)))
	})},
	{"ERSPAN III under the number of II", 1, overEthernet(inIPv4(47, append([]byte{0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x20}, make([]byte, 11)...)...))},
	{"pseudowire without control word", 1, overEthernet(etherTyped(0x8847, 0, 1, 1, 64))},
	{"pseudowire, address like IPv4", 1, addressed(0x4c, etherTyped(0x8847, 0, 1, 1, 64))},
	{"pseudowire, address like IPv6", 1, addressed(0x68, etherTyped(0x8847, 0, 1, 1, 64))},
	{"pseudowire, address like neither", 1, addressed(0xd8, etherTyped(0x8847, 0, 1, 1, 64))},
	{"pseudowire with sequence, tagged", 1, func(ip []byte) []byte {
		return etherTyped(0x8847, 0, 1, 1, 64, 0, 0, 0x12, 0x34)(smpptest.Ethernet(ip, 0x8100, 5))
	}},
}

// lengthed frames an IP packet as IEEE 802.3 does, with LLC and SNAP.
func lengthed(ip []byte) []byte {
	snap := append([]byte{0xaa, 0xaa, 3, 0, 0, 0}, binary.BigEndian.AppendUint16(nil, smpptest.EtherType(ip))...)
	return etherTyped(uint16(8+len(ip)), snap...)(ip)
}

// nextNumber wraps by the number that VXLAN-GPE and NSH have for the packet.
func nextNumber(w func(byte) func([]byte) []byte) func([]byte) []byte {
	return func(ip []byte) []byte { return w(map[byte]byte{4: 1, 6: 2}[ip[0]>>4])(ip) }
}

// addressed has inner frames whose receiver's address begins with an octet.
func addressed(first byte, w func([]byte) []byte) func([]byte) []byte {
	return overEthernet(func(frame []byte) []byte {
		copy(frame, []byte{first, 0x1b, 0x21, 0xaa, 0xbb, 0xcc})
		return w(frame)
	})
}

func pflog(size, family byte) []byte {
	h := make([]byte, (size+3)&^3)
	h[0], h[1] = size, family
	return h
}

// TestLinks reads one connection in every dress, IPv4 and IPv6.
func TestLinks(t *testing.T) {
	for _, ends := range [][2]string{{"10.0.0.1:40000", "10.0.0.2:2775"}, {"[fd00::1]:40000", "[fd00::2]:2775"}} {
		tk := smpptest.NewTalk(ends[0], ends[1]).Open().Data(0, "request").Data(1, "response").Shut(0)
		for _, w := range wraps {
			var packets []smpptest.Packet
			for _, s := range tk.Segments {
				packets = append(packets, smpptest.Packet{Time: s.Time, Data: w.ip(s.IP())})
			}
			rec := readBytes(t, smpptest.Pcap{Link: w.link}.Write(packets...))
			if len(rec.conns) != 1 {
				t.Errorf("%s %s: %d connections; %v", w.name, ends[0], len(rec.conns), rec.skipped())
				continue
			}
			rec.only().want(talkLog...)
			if c := rec.only().info; c.A.String() != ends[0] || c.B.String() != ends[1] || !c.SYN {
				t.Errorf("%s: %+v", w.name, c)
			}
			if t.Failed() {
				t.Fatal(w.name, ends[0])
			}
		}
	}
}

// TestShortLinks cuts every dress at every octet: nothing panics or hangs,
// and what is cut by the snap length is told as such.
func TestShortLinks(t *testing.T) {
	tk := talk()
	for _, w := range wraps {
		for _, s := range tk.Segments[3:4] {
			data := w.ip(s.IP())
			for i := range len(data) {
				p := smpptest.Packet{Time: s.Time, Data: data, Orig: len(data)}.Clip(i)
				rec := readBytes(t, smpptest.Pcap{Link: w.link}.Write(p))
				skipped := int64(0)
				for _, n := range rec.skipped() {
					skipped += n
				}
				if len(rec.conns)+int(skipped) != 1 {
					t.Errorf("%s cut to %d: %d connections, skipped %v", w.name, i, len(rec.conns), rec.skipped())
				}
			}
		}
	}
}

func TestOtherPackets(t *testing.T) {
	udp := inUDP(53)([]byte("query"))
	arp := etherTyped(0x0806)(make([]byte, 28))
	icmp := inIPv4(1)(make([]byte, 16))
	bad := smpptest.Ethernet([]byte{0x4f, 0, 0, 20, 0, 0})
	rec := readPackets(t, smpptest.Packet{Data: udp}, smpptest.Packet{Data: arp}, smpptest.Packet{Data: icmp}, smpptest.Packet{Data: bad})
	if s := rec.skipped(); s["not TCP"] != 2 || s["not IP"] != 1 || s["bad header"] != 1 || len(rec.conns) != 0 {
		t.Errorf("skipped %v, %d connections", s, len(rec.conns))
	}
	rec = readBytes(t, smpptest.Pcap{Link: 9999}.Write(smpptest.Packet{Data: arp}))
	if s := rec.skipped(); s["unknown link type 9999"] != 1 {
		t.Errorf("skipped %v", s)
	}
}

// TestOddTCPHeader: options that lie do not spoil a segment.
func TestOddTCPHeader(t *testing.T) {
	tk := talk()
	tk.Segments[3].Options = []byte{8, 1, 0, 0} // a time stamp of length 1
	tk.Segments[4].Options = []byte{8, 40, 0, 0}
	readSegments(t, tk.Segments).only().want(talkLog...)
}

// TestSnaplen: what a snap length cuts off is a gap at once.
func TestSnaplen(t *testing.T) {
	tk := smpptest.NewTalk("10.0.0.1:40000", "10.0.0.2:2775").Open().Data(0, "0123456789").Data(1, "answer").Data(0, "abcdefghij").Shut(0)
	for i := range tk.Segments {
		tk.Segments[i].Options = make([]byte, 12)
	}
	var packets []smpptest.Packet
	for _, p := range smpptest.Packets(tk.Segments) {
		packets = append(packets, p.Clip(14+20+32+4))
	}
	rec := readPackets(t, packets...)
	rec.only().want(`A"0123"@4`, "Agap6@4", `B"answ"@5`, "Bgap2@5", `A"abcd"@6`, "Agap6@6", "AFIN@7", "BFIN@8")
	if n := rec.notice(stream.NoticeCut); n.Count != 3 || n.Octets != 14 {
		t.Errorf("%+v", n)
	}
	packets = nil
	for _, p := range smpptest.Packets(tk.Segments) {
		packets = append(packets, p.Clip(14+20+20)) // inside the TCP options
	}
	rec = readPackets(t, packets...)
	rec.only().want("Agap10@4", "Bgap6@5", "Agap10@6", "AFIN@7", "BFIN@8")

	// Writers that lose the length on the wire: the header's snap length tells.
	for i := range packets {
		packets[i].Orig = 0
	}
	rec = readBytes(t, smpptest.Pcap{Snaplen: 54}.Write(packets...))
	rec.only().want("Agap10@4", "Bgap6@5", "Agap10@6", "AFIN@7", "BFIN@8")
}

// fragments cuts the payload of an IP packet into pieces of n octets.
func fragments(ip []byte, n int) (out [][]byte) {
	head, size := 20, 20
	if ip[0]>>4 == 6 {
		head, size = 40, 48
	}
	for off := 0; off < len(ip)-head; off += n {
		end := min(off+n, len(ip)-head)
		more := uint16(0)
		if end < len(ip)-head {
			more = 1
		}
		f := append(bytes.Clone(ip[:head]), make([]byte, size-head)...)
		f = append(f, ip[head+off:head+end]...)
		if head == 20 {
			binary.BigEndian.PutUint16(f[2:], uint16(len(f)))
			binary.BigEndian.PutUint16(f[6:], more<<13|uint16(off/8))
		} else {
			f[40], f[6] = f[6], 44
			binary.BigEndian.PutUint16(f[4:], uint16(len(f)-40))
			binary.BigEndian.PutUint16(f[42:], uint16(off)|more)
			binary.BigEndian.PutUint32(f[44:], crc32.ChecksumIEEE(ip)) // an id
		}
		out = append(out, f)
	}
	return out
}

func TestFragments(t *testing.T) {
	for _, ends := range [][2]string{{"10.0.0.1:40000", "10.0.0.2:2775"}, {"[fd00::1]:40000", "[fd00::2]:2775"}} {
		tk := smpptest.NewTalk(ends[0], ends[1]).Open().Data(0, "a longer request in pieces").Data(1, "response").Shut(0)
		for name, order := range map[string]func([][]byte) [][]byte{
			"in order":  func(f [][]byte) [][]byte { return f },
			"backwards": func(f [][]byte) [][]byte { return reversed(f) },
			"doubled":   func(f [][]byte) [][]byte { return append(f, f...) },
			"each twice": func(f [][]byte) (out [][]byte) {
				for _, b := range f {
					out = append(out, b, b)
				}
				return out
			},
		} {
			var packets []smpptest.Packet
			for _, s := range tk.Segments {
				for _, f := range order(fragments(s.IP(), 16)) {
					packets = append(packets, smpptest.Packet{Time: s.Time, Data: smpptest.Ethernet(f)})
				}
			}
			rec := readPackets(t, packets...)
			c := rec.only()
			if string(c.data[0]) != "a longer request in pieces" || string(c.data[1]) != "response" || len(rec.skipped()) > 0 {
				t.Errorf("%s %s: %v, skipped %v", name, ends[0], c.log, rec.skipped())
			}
		}
		var packets []smpptest.Packet
		for i, s := range tk.Segments {
			for j, f := range fragments(s.IP(), 16) {
				if i != 3 || j != 1 {
					packets = append(packets, smpptest.Packet{Time: s.Time, Data: smpptest.Ethernet(f)})
				}
			}
		}
		rec := readPackets(t, packets...)
		if rec.skipped()["IP datagram of which fragments are missing"] != 1 || len(rec.only().gaps[0]) != 1 {
			t.Errorf("a lost fragment: %v, skipped %v", rec.only().log, rec.skipped())
		}
	}
}

func reversed(f [][]byte) [][]byte {
	out := make([][]byte, 0, len(f))
	for i := len(f) - 1; i >= 0; i-- {
		out = append(out, f[i])
	}
	return out
}

// TestFragmentLengths: fragments behind the end that another one tells are
// none of the datagram, and do not stand in for one that is missing.
func TestFragmentLengths(t *testing.T) {
	type piece struct {
		off  int
		more bool
		n    int
	}
	for name, pieces := range map[string][]piece{
		"an end before what is there": {{80, true, 80}, {8, false, 8}},
		"more behind the end":         {{8, false, 8}, {80, true, 80}},
		"an end before the end":       {{16, false, 8}, {8, false, 4}, {0, true, 8}},
	} {
		var d defragmenter
		for _, p := range pieces {
			if whole, _ := d.add(0, fragKey{id: 1}, p.off, p.more, 6, make([]byte, p.n)); whole != nil {
				t.Errorf("%s: %d octets, though some never came", name, len(whole))
			}
		}
	}
}

// TestFragmentFlood: memory for fragments is bounded although time stands.
func TestFragmentFlood(t *testing.T) {
	var d defragmenter
	p := make([]byte, 1400)
	for i := range 3_000 {
		d.add(0, fragKey{id: uint32(i)}, 60_000, true, 0, p)
		if d.octets > maxFragOctets || d.order.len > maxDatagrams || len(d.open) != d.order.len {
			t.Fatalf("%d octets in %d datagrams", d.octets, d.order.len)
		}
	}
	d.end()
	if d.lost != 3_000 || d.octets != 0 || len(d.open) != 0 {
		t.Errorf("lost %d, %d octets left", d.lost, d.octets)
	}
}
