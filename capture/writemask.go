package capture

import (
	"encoding/binary"

	"smpptap/dissect"
	"smpptap/stream"
)

const (
	maskConns = 1 << 16
	maskSpans = 32 // remembered of a direction
)

// packetMask overwrites passwords in packets before they are written, without
// changing their lengths.
//
// It follows every direction by sequence number and PDU by PDU: of a bind only
// the password is masked, wherever packets cut it (see openBind), and the same
// octets again when they are sent again. What comes late into a hole goes on
// where the hole began. Octets that are in no PDU are masked whole: what came
// behind a hole or before the first header, up to the next believable header,
// and everything that is not SMPP. So are the bodies of unknown commands until
// a bind has succeeded. Packets whose octets cannot be placed are cut behind
// their headers (packetWriter.packet). So in doubt an octet is masked, not
// shown.
type packetMask struct {
	conns map[key]*maskConn
	order queue[maskConn]
	open  []*openBind
	held  *holding
	now   int64
}

type maskConn struct {
	key    key
	bound  bool // a bind succeeded
	halves [2]maskHalf
	place  node[maskConn]
}

// maskHalf is what is known of one direction.
type maskHalf struct {
	c       *maskConn
	m       *packetMask
	isn     uint32
	synSeen bool
	from    uint32    // the first octet seen
	walk    *maskWalk // at the newest octet; nil: not begun
	late    *maskWalk // at a hole before it; nil: there is none
	holeEnd uint32    // of that hole
	masked  []seqSpan // what was masked
	forgot  bool      // there was more: all before floor counts as masked
	floor   uint32
}

// maskWalk is a place in a direction's PDUs.
type maskWalk struct {
	next      uint32 // the octet to come
	searching bool   // no boundary is known
	head      []byte // of the PDU under way, up to 16 octets
	left      int    // octets of its body to come
	cover     bool   // mask them
	bind      *openBind
}

type seqSpan struct{ from, to uint32 }

// packet masks b, a segment's payload in the copy to be written.
func (m *packetMask) packet(s *segment, b []byte, now int64) {
	m.now = now
	h := m.half(s)
	seq := s.seq
	if s.flags&flagSYN != 0 {
		h.syn(s)
		seq++
	}
	if len(b) == 0 {
		return
	}
	if h.walk == nil {
		h.from, h.walk = seq, &maskWalk{next: seq, searching: true}
	}
	if back := int32(h.walk.next - seq); back > 0 {
		n := min(len(b), int(back))
		h.old(seq, b[:n])
		b = b[n:]
		seq += uint32(n)
	}
	if len(b) == 0 {
		return
	}
	if seq != h.walk.next {
		h.lose(seq)
	}
	h.take(h.walk, b)
}

// half finds the direction of a segment.
func (m *packetMask) half(s *segment) *maskHalf {
	k, second := s.key()
	c := m.conns[k]
	if c == nil {
		if m.conns == nil {
			m.conns = map[key]*maskConn{}
		}
		if m.order.len >= maskConns {
			old := m.order.front().of
			m.order.remove(&old.place)
			delete(m.conns, old.key)
		}
		c = &maskConn{key: k}
		for i := range c.halves {
			c.halves[i] = maskHalf{c: c, m: m}
		}
		m.conns[k] = c
		m.order.push(&c.place, c, 0)
	}
	if second {
		return &c.halves[1]
	}
	return &c.halves[0]
}

// syn begins a direction, and the connection when it is the first SYN.
func (h *maskHalf) syn(s *segment) {
	if h.synSeen && h.isn == s.seq {
		return
	}
	if s.flags&flagACK == 0 {
		h.c.bound = false
		for i := range h.c.halves {
			h.c.halves[i].reset()
		}
	}
	h.reset()
	h.synSeen, h.isn, h.from = true, s.seq, s.seq+1
	h.walk = &maskWalk{next: s.seq + 1}
}

func (h *maskHalf) reset() {
	h.m.abandon(h.walk)
	h.m.abandon(h.late)
	*h = maskHalf{c: h.c, m: h.m}
}

// lose goes on at seq behind a hole. Should its octets come late, they are
// masked unless they go on where it begins.
func (h *maskHalf) lose(seq uint32) {
	h.m.abandon(h.late)
	h.late, h.holeEnd = h.walk, seq
	h.remember(h.walk.next, seq)
	h.walk = &maskWalk{next: seq, searching: true}
}

// old takes octets before the newest.
func (h *maskHalf) old(seq uint32, b []byte) {
	if h.late == nil || seq != h.late.next || int32(h.holeEnd-seq) < int32(len(b)) {
		h.again(seq, b)
		return
	}
	h.forget(seq, seq+uint32(len(b)))
	if h.take(h.late, b); h.late.next == h.holeEnd {
		h.m.abandon(h.late)
		h.late = nil
	}
}

// take works on the octets at w.next.
func (h *maskHalf) take(w *maskWalk, b []byte) {
	for len(b) > 0 {
		var n int
		switch {
		case w.searching:
			n = search(b)
			w.searching = n == len(b)
			h.hide(w.next, b[:n])
		case w.left > 0:
			n = min(w.left, len(b))
			h.body(w, b[:n])
		default:
			n = h.header(w, b)
		}
		w.next += uint32(n)
		b = b[n:]
	}
}

// hide masks octets and remembers it.
func (h *maskHalf) hide(seq uint32, b []byte) {
	coverAll(b)
	h.remember(seq, seq+uint32(len(b)))
}

// header takes octets of a PDU's header.
func (h *maskHalf) header(w *maskWalk, b []byte) int {
	before := len(w.head)
	n := min(dissect.HeaderLen-before, len(b))
	w.head = append(w.head, b[:n]...)
	if !likeHeader(w.head) {
		w.head, w.searching = w.head[:0], true
		return 0
	}
	if len(w.head) < dissect.HeaderLen {
		return n
	}
	id, status := binary.BigEndian.Uint32(w.head[4:]), binary.BigEndian.Uint32(w.head[8:])
	length := int(binary.BigEndian.Uint32(w.head))
	cmd := dissect.CommandByID(id)
	w.left = length - dissect.HeaderLen
	w.cover = cmd == nil && !h.c.bound
	switch {
	case status == 0 && dissect.IsBindResponse(id):
		h.c.bound = true
	case id&^dissect.ResponseBit == dissect.CmdUnbind:
		h.c.bound = false
	}
	if w.left > 0 && cmd != nil && cmd.Param(dissect.ParamPassword) != nil {
		if w.cover = length > holdBind; !w.cover {
			w.bind = &openBind{
				in: w, start: w.next - uint32(before), length: length, since: h.m.now,
				raw: append(make([]byte, 0, length), w.head...),
			}
			h.m.open = append(h.m.open, w.bind)
		}
	}
	w.head = w.head[:0]
	return n
}

// body takes octets of a PDU's body.
func (h *maskHalf) body(w *maskWalk, b []byte) {
	w.left -= len(b)
	switch o := w.bind; {
	case o != nil && o.take(b):
		secrets := o.secrets()
		o.restore(secrets)
		h.forget(o.start, o.start+uint32(o.length))
		for _, s := range secrets {
			h.remember(o.start+uint32(s.Off), o.start+uint32(s.End))
		}
		h.m.drop(o)
		w.bind = nil
	case o != nil || w.cover:
		h.hide(w.next, b)
	}
}

// remember notes that octets are masked.
func (h *maskHalf) remember(from, to uint32) {
	if int32(to-from) <= 0 {
		return
	}
	if n := len(h.masked); n > 0 && h.masked[n-1].to == from {
		h.masked[n-1].to = to
		return
	}
	if len(h.masked) == maskSpans {
		if !h.forgot || int32(h.masked[0].to-h.floor) > 0 {
			h.forgot, h.floor = true, h.masked[0].to
		}
		h.masked = append(h.masked[:0], h.masked[1:]...)
	}
	h.masked = append(h.masked, seqSpan{from, to})
}

// forget takes back what was noted of some octets.
func (h *maskHalf) forget(from, to uint32) {
	var left []seqSpan
	for _, s := range h.masked {
		if int32(s.to-from) <= 0 || int32(to-s.from) <= 0 {
			left = append(left, s)
			continue
		}
		if int32(from-s.from) > 0 {
			left = append(left, seqSpan{s.from, from})
		}
		if int32(s.to-to) > 0 {
			left = append(left, seqSpan{to, s.to})
		}
	}
	h.masked = left
}

// again masks octets that were sent before as they were masked then.
func (h *maskHalf) again(seq uint32, b []byte) {
	if h.forgot {
		within(seq, b, seqSpan{seq, h.floor})
	}
	for _, s := range h.masked {
		within(seq, b, s)
	}
	within(seq, b, seqSpan{seq, h.from}) // nothing is known of them
}

// within masks the part of b, which begins at seq, that lies in a span.
func within(seq uint32, b []byte, s seqSpan) {
	from, to := int(int32(s.from-seq)), int(int32(s.to-seq))
	from, to = max(from, 0), min(to, len(b))
	if from < to {
		coverAll(b[from:to])
	}
}

// abandon gives up a bind that is not whole: its body stays masked.
func (m *packetMask) abandon(w *maskWalk) {
	if w != nil && w.bind != nil {
		m.drop(w.bind)
		w.bind, w.cover = nil, true
	}
}

// drop takes a bind out of those that packets wait for.
func (m *packetMask) drop(o *openBind) {
	for i := range m.open {
		if m.open[i] == o {
			m.open = append(m.open[:i], m.open[i+1:]...)
			return
		}
	}
}

// settled tells that the packets held may be written: no bind is open in them,
// or it was waited for long enough.
func (m *packetMask) settled(now int64, all bool) bool {
	if len(m.open) == 0 {
		return true
	}
	if !all && now-m.open[0].since < holdTime && m.held.octets < holdOctets && len(m.held.packets) < holdPackets {
		return false
	}
	for len(m.open) > 0 {
		m.abandon(m.open[0].in)
	}
	return true
}

// likeHeader tells that octets may be the first of a header, so that they may
// be shown: no text reads like this.
func likeHeader(b []byte) bool {
	for i, c := range b {
		switch {
		case i == 0 && c != 0, i == 1 && c > 1, i == 4 && c&0x7f != 0, i == 5 && c > 1, i == 6 && c > 2:
			return false
		}
	}
	if len(b) < dissect.HeaderLen {
		return true
	}
	n := binary.BigEndian.Uint32(b)
	return n >= dissect.HeaderLen && n <= stream.DefaultMaxPDU
}

// search finds the first believable header; len(b): none.
func search(b []byte) int {
	for i := 0; i+dissect.HeaderLen <= len(b); i++ {
		if b[i] == 0 && believable(b[i:]) {
			return i
		}
	}
	return len(b)
}

// believable tells whether b begins with the header of a PDU that is known, and
// with another one behind it as far as b goes. Octets are shown on its word
// alone, so the sequence_number counts, too.
func believable(b []byte) bool {
	id, status, number := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:]), binary.BigEndian.Uint32(b[12:])
	if !likeHeader(b[:dissect.HeaderLen]) || dissect.CommandByID(id) == nil ||
		!dissect.SoundStatus(id, status) || !dissect.SoundSequence(number) {
		return false
	}
	n := int(binary.BigEndian.Uint32(b))
	return n >= len(b) || likeHeader(b[n:min(len(b), n+dissect.HeaderLen)])
}
