package dissect

import (
	"encoding/binary"
	"fmt"
)

// Pasted packets: what stands in front of the PDU is stepped over.

// findSMPP finds the PDUs in a packet that begins with the headers of lower
// layers: where they begin and end, and what was left out.
func findSMPP(b []byte) (off, end int, note string, ok bool) {
	link, from, to, isTCP := tcpPayload(b)
	if isTCP {
		if startsPDU(b[from:to]) {
			return from, to, fmt.Sprintf("behind %d octets of %s headers", from, link), true
		}
		b = b[:to]
	}
	// A segment that begins inside a PDU, or headers of another layer.
	for i := from + 1; i+HeaderLen <= len(b) && i <= from+maxHexSearch; i++ {
		if startsPDU(b[i:]) && pdusChain(b[i:]) {
			if isTCP {
				return i, len(b), fmt.Sprintf(
					"behind %d octets of %s headers and %d octets of an earlier PDU", from, link, i-from), true
			}
			return i, len(b), fmt.Sprintf("behind %d octets that are no PDU", i), true
		}
	}
	return 0, 0, "", false
}

// isSegment tells whether octets are a packet with a TCP segment.
func isSegment(b []byte) bool {
	_, _, _, ok := tcpPayload(b)
	return ok
}

// emptySegment tells a TCP segment without data: an acknowledgement, which is
// no PDU and nothing to complain about.
func emptySegment(b []byte) bool {
	_, from, to, isTCP := tcpPayload(b)
	return isTCP && from == to
}

// tcpPayload finds the data of a TCP segment, whatever the link layer.
func tcpPayload(b []byte) (link string, from, to int, ok bool) {
	for _, l := range [...]struct {
		name string
		len  int
		kind int // offset of the EtherType; -1: none
	}{
		{"IP and TCP", 0, -1},
		{"Ethernet, IP and TCP", 14, 12},
		{"Ethernet, VLAN, IP and TCP", 18, 16},
		{"Linux cooked, IP and TCP", 16, 14},
		{"Linux cooked, IP and TCP", 20, 0},
		{"loopback, IP and TCP", 4, -1},
	} {
		if len(b) < l.len+20 {
			continue
		}
		if l.kind >= 0 {
			if t := binary.BigEndian.Uint16(b[l.kind:]); t != 0x0800 && t != 0x86DD {
				continue
			}
		}
		if from, to, ok := ipPayload(b[l.len:]); ok {
			return l.name, l.len + from, l.len + to, true
		}
	}
	return "", 0, 0, false
}

func ipPayload(b []byte) (from, to int, ok bool) {
	const tcp = 6
	switch b[0] >> 4 {
	case 4:
		header, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
		if header < 20 || b[9] != tcp || total < header+20 {
			return 0, 0, false
		}
		return tcpData(b, header, min(total, len(b)))
	case 6:
		const header = 40
		if len(b) < header || b[6] != tcp {
			return 0, 0, false
		}
		return tcpData(b, header, min(header+int(binary.BigEndian.Uint16(b[4:])), len(b)))
	}
	return 0, 0, false
}

func tcpData(b []byte, at, end int) (from, to int, ok bool) {
	if at+20 > end {
		return 0, 0, false
	}
	from = at + int(b[at+12]>>4)*4
	return from, end, from >= at+20 && from <= end
}
