package smpptest

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Packet is one packet for a capture file.
type Packet struct {
	Time  int64 // nanoseconds since 1970 UTC
	Data  []byte
	Orig  int // length on the wire; zero: that of Data
	Iface int // interface of a pcapng section
}

func (p *Packet) orig() uint32 {
	if p.Orig != 0 {
		return uint32(p.Orig)
	}
	return uint32(len(p.Data))
}

// Clip gives the packet as a snap length leaves it.
func (p Packet) Clip(snaplen int) Packet {
	if len(p.Data) > snaplen {
		p.Orig = int(p.orig())
		p.Data = p.Data[:snaplen:snaplen]
	}
	return p
}

// Pcap says how a pcap file is written. The zero value: little endian,
// microseconds, Ethernet, snap length 262144.
type Pcap struct {
	Big, Nano, Modified bool
	Link                uint32 // zero: Ethernet (1); NoLink: 0
	Snaplen             uint32 // zero: 262144
}

// NoLink stands for link type 0 in Pcap.
const NoLink = 1 << 31

// Write makes the file.
func (f Pcap) Write(packets ...Packet) []byte {
	o := byteOrder(f.Big)
	magic, unit := uint32(0xa1b2c3d4), int64(1000)
	switch {
	case f.Nano:
		magic, unit = 0xa1b23c4d, 1
	case f.Modified:
		magic = 0xa1b2cd34
	}
	link, snaplen := f.Link, f.Snaplen
	if link == 0 {
		link = 1
	}
	if snaplen == 0 {
		snaplen = 262144
	}
	b := o.AppendUint32(nil, magic)
	b = o.AppendUint16(b, 2)
	b = o.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = o.AppendUint32(b, snaplen)
	b = o.AppendUint32(b, link&^NoLink)
	for _, p := range packets {
		b = o.AppendUint32(b, uint32(p.Time/1e9))
		b = o.AppendUint32(b, uint32(p.Time%1e9/unit))
		b = o.AppendUint32(b, uint32(len(p.Data)))
		b = o.AppendUint32(b, p.orig())
		if f.Modified {
			b = append(b, make([]byte, 8)...)
		}
		b = append(b, p.Data...)
	}
	return b
}

func byteOrder(big bool) interface {
	binary.ByteOrder
	binary.AppendByteOrder
} {
	if big {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// NG writes pcapng block by block.
type NG struct {
	Big bool
	Out []byte
}

// Block adds a block of any type.
func (n *NG) Block(kind uint32, body []byte) *NG {
	o := byteOrder(n.Big)
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	n.Out = o.AppendUint32(n.Out, kind)
	n.Out = o.AppendUint32(n.Out, uint32(len(body)+12))
	n.Out = append(n.Out, body...)
	n.Out = o.AppendUint32(n.Out, uint32(len(body)+12))
	return n
}

// Section begins a section in n's byte order, of unknown length.
func (n *NG) Section() *NG {
	o := byteOrder(n.Big)
	b := o.AppendUint32(nil, 0x1a2b3c4d)
	b = o.AppendUint16(b, 1)
	b = o.AppendUint16(b, 0)
	return n.Block(0x0a0d0d0a, o.AppendUint64(b, ^uint64(0)))
}

// Option is an option of a block.
type Option struct {
	Code  uint16
	Value []byte
}

// Iface describes an interface.
func (n *NG) Iface(link uint16, snaplen uint32, options ...Option) *NG {
	o := byteOrder(n.Big)
	b := o.AppendUint16(nil, link)
	b = o.AppendUint16(b, 0)
	b = o.AppendUint32(b, snaplen)
	return n.Block(1, n.options(b, options))
}

func (n *NG) options(b []byte, options []Option) []byte {
	o := byteOrder(n.Big)
	for _, opt := range options {
		b = o.AppendUint16(b, opt.Code)
		b = o.AppendUint16(b, uint16(len(opt.Value)))
		b = append(b, opt.Value...)
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
	}
	if len(options) > 0 {
		b = append(b, 0, 0, 0, 0)
	}
	return b
}

// Stats adds interface statistics with a count of drops.
func (n *NG) Stats(iface uint32, dropped uint64) *NG {
	o := byteOrder(n.Big)
	b := append(o.AppendUint32(nil, iface), make([]byte, 8)...)
	return n.Block(5, n.options(b, []Option{{5, o.AppendUint64(nil, dropped)}}))
}

// Enhanced adds an enhanced packet block with the time given in ticks.
func (n *NG) Enhanced(p Packet, ticks uint64, options ...Option) *NG {
	o := byteOrder(n.Big)
	b := o.AppendUint32(nil, uint32(p.Iface))
	b = n.body(b, p, ticks)
	return n.Block(6, n.options(b, options))
}

// Old adds an obsolete packet block.
func (n *NG) Old(p Packet, ticks uint64) *NG {
	o := byteOrder(n.Big)
	b := o.AppendUint16(nil, uint16(p.Iface))
	return n.Block(2, n.body(o.AppendUint16(b, 0xffff), p, ticks))
}

func (n *NG) body(b []byte, p Packet, ticks uint64) []byte {
	o := byteOrder(n.Big)
	b = o.AppendUint32(b, uint32(ticks>>32))
	b = o.AppendUint32(b, uint32(ticks))
	b = o.AppendUint32(b, uint32(len(p.Data)))
	b = append(o.AppendUint32(b, p.orig()), p.Data...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// Simple adds a simple packet block, which has no time.
func (n *NG) Simple(p Packet) *NG {
	return n.Block(3, append(byteOrder(n.Big).AppendUint32(nil, p.orig()), p.Data...))
}

// Flags of a TCP segment.
const (
	FIN = 1 << iota
	SYN
	RST
	PSH
	ACK
)

// Segment is a TCP segment with what belongs around it. Tests may change,
// repeat, drop and move segments before they become packets.
type Segment struct {
	From, To netip.AddrPort
	Time     int64
	Seq, Ack uint32
	Flags    uint8
	TTL      uint8
	ID       uint16 // IPv4 identification
	Window   uint16 // zero: 64,000; NoWindow: 0
	Options  []byte // of the TCP header, a multiple of 4
	Payload  []byte
}

// Talk makes the segments of a TCP connection. Next* are the sequence numbers
// that come next; Step is the time between segments.
type Talk struct {
	Ends     [2]netip.AddrPort
	Next     [2]uint32
	ID       [2]uint16
	Now      int64
	Step     time.Duration
	Segments []Segment
}

// NewTalk begins a connection from client to server, with nothing sent.
func NewTalk(client, server string) *Talk {
	return &Talk{
		Ends: [2]netip.AddrPort{netip.MustParseAddrPort(client), netip.MustParseAddrPort(server)},
		Next: [2]uint32{1000, 500_000},
		ID:   [2]uint16{1, 30_000},
		Now:  1_790_000_000_000_000_000,
		Step: time.Millisecond,
	}
}

// Send adds a segment from end dir (0: the client).
func (t *Talk) Send(dir int, flags uint8, payload string) *Talk {
	s := Segment{
		From: t.Ends[dir], To: t.Ends[dir^1], Time: t.Now,
		Seq: t.Next[dir], Flags: flags, TTL: 64, ID: t.ID[dir], Payload: []byte(payload),
	}
	if flags&ACK != 0 {
		s.Ack = t.Next[dir^1]
	}
	t.Next[dir] += uint32(len(payload))
	if flags&(SYN|FIN) != 0 {
		t.Next[dir]++
	}
	t.ID[dir]++
	t.Now += int64(t.Step)
	t.Segments = append(t.Segments, s)
	return t
}

// Open adds the three segments of the handshake.
func (t *Talk) Open() *Talk { return t.Send(0, SYN, "").Send(1, SYN|ACK, "").Send(0, ACK, "") }

// Data adds a segment with octets.
func (t *Talk) Data(dir int, payload string) *Talk { return t.Send(dir, PSH|ACK, payload) }

// Shut adds FIN of both ends, dir first, and the last ACK.
func (t *Talk) Shut(dir int) *Talk {
	return t.Send(dir, FIN|ACK, "").Send(dir^1, FIN|ACK, "").Send(dir, ACK, "")
}

// Wait lets time pass.
func (t *Talk) Wait(d time.Duration) *Talk {
	t.Now += int64(d)
	return t
}

// NoWindow stands for a window of 0.
const NoWindow = 0xffff

func (s *Segment) window() uint16 {
	switch s.Window {
	case 0:
		return 64_000
	case NoWindow:
		return 0
	}
	return s.Window
}

// TCP makes the segment's header and payload.
func (s *Segment) TCP() []byte {
	o := binary.BigEndian
	b := o.AppendUint16(nil, s.From.Port())
	b = o.AppendUint16(b, s.To.Port())
	b = o.AppendUint32(b, s.Seq)
	b = o.AppendUint32(b, s.Ack)
	b = append(b, byte(5+len(s.Options)/4)<<4, s.Flags)
	b = o.AppendUint16(b, s.window())
	b = append(b, 0, 0, 0, 0) // checksum, urgent pointer
	b = append(append(b, s.Options...), s.Payload...)
	var sum uint32
	for i, c := range b {
		sum += uint32(c) << (8 * uint(1-i%2))
	}
	o.PutUint16(b[16:], ^uint16(sum+sum>>16))
	return b
}

// IP makes the whole IP packet, of the family of the segment's addresses.
func (s *Segment) IP() []byte {
	if s.From.Addr().Is4() {
		return IPv4(s.From.Addr(), s.To.Addr(), s.ID, s.TTL, 6, 0x4000, s.TCP())
	}
	return IPv6(s.From.Addr(), s.To.Addr(), s.TTL, 6, s.TCP())
}

// IPv4 makes an IPv4 packet; place is the field of flags and fragment offset.
func IPv4(src, dst netip.Addr, id uint16, ttl, proto uint8, place uint16, payload []byte) []byte {
	o := binary.BigEndian
	b := o.AppendUint16([]byte{0x45, 0}, uint16(20+len(payload)))
	b = o.AppendUint16(b, id)
	b = o.AppendUint16(b, place)
	b = append(b, ttl, proto, 0, 0)
	b = append(append(b, src.AsSlice()...), dst.AsSlice()...)
	return append(b, payload...)
}

// IPv6 makes an IPv6 packet; extension headers are the payload's business.
func IPv6(src, dst netip.Addr, ttl, next uint8, payload []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0x60, 0, 0, 0}, uint16(len(payload)))
	b = append(b, next, ttl)
	b = append(append(b, src.AsSlice()...), dst.AsSlice()...)
	return append(b, payload...)
}

// EtherType of an IP packet.
func EtherType(ip []byte) uint16 {
	if ip[0]>>4 == 6 {
		return 0x86dd
	}
	return 0x0800
}

// Ethernet puts an IP packet into a frame, with VLAN tags as given in pairs of
// EtherType and tag, padded to 60 octets as a card does.
func Ethernet(ip []byte, tags ...uint16) []byte {
	b := []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}
	for _, t := range tags {
		b = binary.BigEndian.AppendUint16(b, t)
	}
	b = binary.BigEndian.AppendUint16(b, EtherType(ip))
	b = append(b, ip...)
	for len(b) < 60 {
		b = append(b, 0xee)
	}
	return b
}

// Packets puts segments into Ethernet frames.
func Packets(segments []Segment) []Packet {
	packets := make([]Packet, len(segments))
	for i := range segments {
		packets[i] = Packet{Time: segments[i].Time, Data: Ethernet(segments[i].IP())}
	}
	return packets
}
