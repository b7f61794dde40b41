package capture

import "encoding/binary"

const (
	ipv4Len, ipv6Len, tcpLen = 20, 40, 20

	protocolTCP = 6
	hopLimit    = 64
)

// synOptions are those of a SYN: MSS, no operation, window scale.
var synOptions = [...]byte{2, 4, madeMSS >> 8, madeMSS & 0xff, 1, 3, 3, madeWindow}

// appendMade appends a packet of IP and TCP without checksums, see sumMade.
// lost octets more of payload were in it. place is where its payload begins.
func appendMade(b []byte, s *segment, lost int, v4 bool) (_ []byte, place int) {
	start, head := len(b), tcpLen
	if s.flags&flagSYN != 0 {
		head += len(synOptions)
	}
	n := head + len(s.payload) + lost
	if v4 {
		b = append(b, 0x45, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(ipv4Len+n))
		b = append(b, 0, 0, 0x40, 0, hopLimit, protocolTCP, 0, 0) // do not fragment
		b = binary.BigEndian.AppendUint32(b, uint32(s.src.lo))
		b = binary.BigEndian.AppendUint32(b, uint32(s.dst.lo))
	} else {
		b = append(b, 0x60, 0, 0, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(n))
		b = append(b, protocolTCP, hopLimit)
		for _, half := range []uint64{s.src.hi, s.src.lo, s.dst.hi, s.dst.lo} {
			b = binary.BigEndian.AppendUint64(b, half)
		}
	}
	b = binary.BigEndian.AppendUint16(b, s.sport)
	b = binary.BigEndian.AppendUint16(b, s.dport)
	b = binary.BigEndian.AppendUint32(b, s.seq)
	b = binary.BigEndian.AppendUint32(b, s.ack)
	b = append(b, byte(head/4)<<4, s.flags, 0xff, 0xff, 0, 0, 0, 0)
	if s.flags&flagSYN != 0 {
		b = append(b, synOptions[:]...)
	}
	b = append(b, s.payload...)
	return b, len(b) - start - len(s.payload)
}

// sumMade puts the checksums into a packet of appendMade.
func sumMade(b []byte) {
	ip, addresses := ipv6Len, b[8:ipv6Len]
	if b[0]>>4 == 4 {
		ip, addresses = ipv4Len, b[12:ipv4Len]
		binary.BigEndian.PutUint16(b[10:], 0)
		binary.BigEndian.PutUint16(b[10:], ^fold(sum(0, b[:ipv4Len])))
	}
	tcp := b[ip:]
	binary.BigEndian.PutUint16(tcp[16:], 0)
	pseudo := sum(uint64(protocolTCP)+uint64(len(tcp)), addresses)
	binary.BigEndian.PutUint16(tcp[16:], ^fold(sum(pseudo, tcp)))
}

// sum adds 16-bit words (RFC 1071).
func sum(n uint64, b []byte) uint64 {
	for len(b) >= 2 {
		n += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		n += uint64(b[0]) << 8
	}
	return n
}

func fold(n uint64) uint16 {
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	return uint16(n)
}
