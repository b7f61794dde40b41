package capture

import (
	"encoding/binary"
	"net/netip"
)

// TCP flags, as in the header.
const (
	flagFIN = 1 << iota
	flagSYN
	flagRST
	flagPSH
	flagACK
)

// addr is an IP address in IPv6 form, IPv4 mapped: made without allocation and
// compared quickly.
type addr struct{ hi, lo uint64 }

func addr4(b []byte) addr { return addr{lo: 0xffff<<32 | uint64(binary.BigEndian.Uint32(b))} }

func addr6(b []byte) addr {
	return addr{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

func (a addr) netip() netip.Addr {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], a.hi)
	binary.BigEndian.PutUint64(b[8:], a.lo)
	return netip.AddrFrom16(b).Unmap()
}

// segment is what one packet says of its TCP connection. payload is lent.
type segment struct {
	src, dst     addr
	sport, dport uint16
	seq, ack     uint32
	flags        uint8
	ttl          uint8
	window       uint16
	checksum     uint16
	ipid         uint32 // IPv4 identification; 0: none
	net          network
	payload      []byte
	// missing is how many octets of the payload's end were not captured.
	missing int
}

func (s *segment) length() int { return len(s.payload) + s.missing }

// acknowledges tells of an ACK that does not open the connection.
func (s *segment) acknowledges() bool { return s.flags&(flagSYN|flagACK) == flagACK }

// key names a four-tuple in a network, whichever end sends.
type key struct {
	a, b  addr
	ports uint32
	net   network
}

// key also says whether the sender is the key's second end.
func (s *segment) key() (k key, second bool) {
	if s.src.hi > s.dst.hi || s.src.hi == s.dst.hi && (s.src.lo > s.dst.lo || s.src.lo == s.dst.lo && s.sport > s.dport) {
		return key{s.dst, s.src, uint32(s.dport)<<16 | uint32(s.sport), s.net}, true
	}
	return key{s.src, s.dst, uint32(s.sport)<<16 | uint32(s.dport), s.net}, false
}
