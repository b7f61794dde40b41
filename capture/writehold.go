package capture

import (
	"bytes"
	"cmp"
	"slices"
	"sort"

	"smpptap/dissect"
)

// Bounds of what waits for the rest of a bind. Beyond, its body stays masked.
const (
	holdTime    = second
	holdOctets  = 1 << 20
	holdPackets = 1024
	holdBind    = 4096 // no bind is longer
)

// keptPacket is a packet about to be written.
type keptPacket struct {
	iface string
	link  uint32
	time  int64
	orig  int
	data  []byte // own
	// made: the packet never was on a network, see Synth.
	made    bool
	comment string
}

// holding are the packets that wait, in order, until the passwords in them are
// known.
type holding struct {
	packets []keptPacket
	octets  int64
}

func (h *holding) add(k keptPacket) {
	h.packets = append(h.packets, k)
	h.octets += int64(len(k.data))
}

// sortedPackets is how many packets wait to be put in order of time.
const sortedPackets = 2048

// sorted writes held packets in order of time, when there are so many: those
// that no later one can come before, or half of them; with least 1 all.
func (w *packetWriter) sorted(least int) error {
	h := &w.held
	if len(h.packets) < least {
		return nil
	}
	slices.SortStableFunc(h.packets, func(a, b keptPacket) int { return cmp.Compare(a.time, b.time) })
	n := len(h.packets)
	if least > 1 {
		newest := h.packets[n-1].time - int64(w.o.Sort)
		n = max(n/2, sort.Search(n, func(i int) bool { return h.packets[i].time > newest }))
	}
	for i := range h.packets[:n] {
		if err := w.put(&h.packets[i]); err != nil {
			return err
		}
	}
	h.packets = slices.Delete(h.packets, 0, n)
	return nil
}

func (h *holding) clear() {
	clear(h.packets)
	h.packets, h.octets = h.packets[:0], 0
}

// openBind is a bind of which not all octets were seen. All of its body is
// masked in the packets that are held; when it is whole, what is no secret is
// put back.
type openBind struct {
	in     *maskWalk
	start  uint32 // sequence number of its first octet
	raw    []byte // its octets so far, not masked
	length int
	pieces []bindPiece
	since  int64
}

// bindPiece is a part of its body in a packet.
type bindPiece struct {
	at     int // offset in the PDU
	octets []byte
}

// take adds octets of the body and masks them where they lie. It says whether
// the bind is whole.
func (o *openBind) take(b []byte) bool {
	o.pieces = append(o.pieces, bindPiece{len(o.raw), b})
	o.raw = append(o.raw, b...)
	coverAll(b)
	return len(o.raw) >= o.length
}

// secrets are the spans of a whole bind that stay masked.
func (o *openBind) secrets() []dissect.Span {
	var p dissect.PDU
	dissect.Decode(&p, o.raw)
	return dissect.Secrets(&p, nil)
}

// restore puts back what is no secret.
func (o *openBind) restore(secrets []dissect.Span) {
	shown := bytes.Clone(o.raw)
	dissect.Cover(shown, secrets)
	for _, p := range o.pieces {
		copy(p.octets, shown[p.at:])
	}
}

func coverAll(b []byte) {
	for i := range b {
		b[i] = dissect.MaskOctet
	}
}
