package stream

import "smpptap/dissect"

// liarRoom: a PDU of up to so many octets is not suspected. It spares nearly
// all PDUs the look at their bodies.
const liarRoom = 512

// swallowed tells where in b, a PDU on a boundary or the beginning of one at
// the end of the data, the first of several PDUs stands that its
// command_length reaches over; 0: nowhere. A body that reads well is
// believed, so that no text can pass for PDUs; otherwise one must stand whole
// in b, and the beginning of another, or the end, behind it.
func (f *Framer) swallowed(b []byte, h header, r row) int {
	n := int(h.length)
	complete := len(b) >= n
	if complete && n <= liarRoom {
		return 0
	}
	b = b[:min(n, len(b))]
	if shapeOf(r.cmd, b, complete) != broken {
		return 0
	}
	for i := dissect.HeaderLen; ; i++ {
		i += f.ahead(b[i:])
		if len(b)-i < dissect.HeaderLen {
			return 0
		}
		if !f.known(b[i:]) {
			continue
		}
		h := readHeader(b[i:])
		n := int(h.length)
		if n <= len(b)-i && strong(b[i:i+n], h, rowOf(h.id)) && f.follows(b[i+n:], true) == yes {
			return i
		}
	}
}

// lie makes garbage of a header and body with PDUs behind.
func (f *Framer) lie(dst []Frame, b []byte) []Frame {
	f.lose(GarbageLying)
	f.searching = false
	f.skip(b)
	return f.endRun(dst)
}
