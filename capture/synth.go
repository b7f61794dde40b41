package capture

import (
	"net/netip"
	"strings"
	"unicode/utf8"

	"smpptap/stream"
)

const (
	madeMSS    = 1460
	madeWindow = 14 // scale: no window is ever full
	// maxComment bounds a packet's comment; an option holds 64 KiB.
	maxComment = 16 << 10
	// madeSpacing sets the initial sequence numbers of connections apart, so
	// that a four-tuple used again is not taken for the same connection.
	madeSpacing = 0x9E3779B1
)

// Synth writes connections of which there are the octets and no packets: what
// a proxy relayed, or what a database holds. It makes packets of IP and TCP
// around them, with a handshake, sequence numbers and checksums, in pcapng, so
// that a reader of captures sees the same octets. Their sizes and
// acknowledgements are made up.
//
// Passwords are masked as in every file of packets, unless they are already. One
// goroutine at a time may use a Synth and its connections.
type Synth struct {
	w     *packetWriter
	conns uint32
	seg   segment // scratch
}

// NewSynth opens the file. The caller must Close.
func NewSynth(o *WriteOptions) (*Synth, error) {
	w, err := newPacketWriter(o)
	if err != nil {
		return nil, err
	}
	return &Synth{w: w}, nil
}

// Close writes what is held back and ends the file.
func (s *Synth) Close() error { return s.w.close() }

// Beat is to be called every now and then, so that the file can be followed.
// now is nanoseconds since 1970 UTC, as all times here.
func (s *Synth) Beat(now int64) error { return s.w.beat(now) }

// SynthConn is one connection of a Synth.
type SynthConn struct {
	s     *Synth
	iface string
	ends  [2]netip.AddrPort // by the direction in which they send
	next  [2]uint32         // sequence numbers
	over  [2]bool           // a FIN was sent
	reset bool
}

// Open begins a connection, which a opened, with its handshake. iface names
// the interface it shall have come through. Both addresses must be valid; when
// one is IPv4 and the other IPv6, it is written in IPv6.
func (s *Synth) Open(iface string, a, b netip.AddrPort, at int64) (*SynthConn, error) {
	c := s.Join(iface, a, b)
	for _, step := range []struct {
		dir   stream.Dir
		flags uint8
	}{{stream.FromA, flagSYN}, {stream.FromB, flagSYN | flagACK}, {stream.FromA, flagACK}} {
		if err := c.packet(step.dir, at, step.flags, nil, 0, ""); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Join begins a connection as Open does, without its handshake: it was opened
// before what is written.
func (s *Synth) Join(iface string, a, b netip.AddrPort) *SynthConn {
	s.conns++
	if a.Addr().Is4() != b.Addr().Is4() {
		a = netip.AddrPortFrom(netip.AddrFrom16(a.Addr().As16()), a.Port())
		b = netip.AddrPortFrom(netip.AddrFrom16(b.Addr().As16()), b.Port())
	}
	c := &SynthConn{s: s, iface: iface, ends: [2]netip.AddrPort{a, b}}
	c.next[stream.FromA] = s.conns * madeSpacing
	c.next[stream.FromB] = s.conns*madeSpacing + madeSpacing/2
	return c
}

// Data writes octets of a direction, in as many packets as they need. comment
// is put on the last of them; empty: none. After an error the octets count as
// lost, and what follows as behind a gap.
func (c *SynthConn) Data(dir stream.Dir, at int64, p []byte, comment string) error {
	for len(p) > 0 {
		n := min(len(p), madeMSS)
		flags, text := uint8(flagACK), ""
		if n == len(p) {
			flags, text = flagACK|flagPSH, comment
		}
		err := c.packet(dir, at, flags, p[:n], 0, text)
		if err != nil {
			c.next[dir] += uint32(len(p) - n)
			return err
		}
		p = p[n:]
	}
	return nil
}

// Gap leaves out n octets of a direction; n < 0, an unknown number, leaves out
// one.
func (c *SynthConn) Gap(dir stream.Dir, n int64) {
	if n < 0 {
		n = 1
	}
	c.next[dir] += uint32(n)
}

// Ack lets who receives a direction acknowledge all of it.
func (c *SynthConn) Ack(dir stream.Dir, at int64) error {
	return c.packet(dir.Other(), at, flagACK, nil, 0, "")
}

// FIN ends a direction.
func (c *SynthConn) FIN(dir stream.Dir, at int64) error {
	if c.over[dir] || c.reset {
		return nil
	}
	c.over[dir] = true
	return c.packet(dir, at, flagFIN|flagACK, nil, 0, "")
}

// RST ends the connection by a reset that the sender of dir sent.
func (c *SynthConn) RST(dir stream.Dir, at int64) error {
	if c.reset {
		return nil
	}
	c.reset = true
	return c.packet(dir, at, flagRST|flagACK, nil, 0, "")
}

// Cut writes octets of a direction of which the last n are lost, as a capture
// does that does not keep whole packets. What no packet holds is left out.
func (c *SynthConn) Cut(dir stream.Dir, at int64, p []byte, n int64, comment string) error {
	if whole := (len(p) - 1) / madeMSS * madeMSS; whole > 0 {
		if err := c.Data(dir, at, p[:whole], ""); err != nil {
			return err
		}
		p = p[whole:]
	}
	lost := int(min(n, madeMSS-int64(len(p))))
	err := c.packet(dir, at, flagACK|flagPSH, p, lost, comment)
	if n > int64(lost) {
		c.Gap(dir, n-int64(lost))
	}
	return err
}

// packet makes and keeps one packet, of which lost octets at its end were not
// captured. The sequence number goes on also when that fails.
func (c *SynthConn) packet(dir stream.Dir, at int64, flags uint8, payload []byte, lost int, comment string) error {
	seg := &c.s.seg
	from, to := c.ends[dir], c.ends[dir.Other()]
	*seg = segment{
		src: addrOf(from.Addr()), dst: addrOf(to.Addr()), sport: from.Port(), dport: to.Port(),
		seq: c.next[dir], ack: c.next[dir.Other()], flags: flags, payload: payload,
	}
	if flags&flagACK == 0 {
		seg.ack = 0
	}
	c.next[dir] += uint32(len(payload) + lost)
	if flags&(flagSYN|flagFIN) != 0 {
		c.next[dir]++
	}
	w := c.s.w
	if _, err := w.release(at, false); err != nil {
		return err
	}
	data, place := appendMade(w.spare[:0], seg, lost, from.Addr().Is4())
	if !w.o.Masked {
		w.mask.packet(seg, data[place:], at)
	}
	return w.keep(keptPacket{
		iface: c.iface, link: linkRaw, time: at, orig: len(data) + lost, data: data, made: true, comment: commentText(comment),
	})
}

func addrOf(ip netip.Addr) addr {
	b := ip.As16()
	return addr6(b[:])
}

// commentText makes a text fit for a comment.
func commentText(s string) string {
	if len(s) > maxComment {
		s = s[:maxComment]
		for len(s) > 0 && !utf8.ValidString(s[max(0, len(s)-utf8.UTFMax):]) {
			s = s[:len(s)-1]
		}
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
