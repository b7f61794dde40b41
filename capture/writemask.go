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
// octets again when they are sent again. Octets that are in no PDU are masked
// whole unless a bind succeeded on the connection before: what came behind a
// hole or before the first header, unknown commands, everything that is not
// SMPP. Packets whose octets cannot be placed are cut behind their headers
// (packetWriter.packet). So in doubt an octet is masked, not shown.
type packetMask struct {
	conns map[key]*maskConn
	order queue[maskConn]
	open  []*openBind
	held  *holding
	now   int64
}

type maskConn struct {
	key    key
	bound  bool // a bind succeeded: no password is to be expected
	halves [2]maskHalf
	place  node[maskConn]
}

// maskHalf is the place in one direction.
type maskHalf struct {
	c         *maskConn
	m         *packetMask
	started   bool
	isn       uint32
	synSeen   bool
	next      uint32 // the octet to come
	from      uint32 // the first octet seen
	masked    []seqSpan
	forgot    bool // masked is not all: earlier than floor all counts as masked
	floor     uint32
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
	if !h.started {
		h.started, h.next, h.from, h.searching = true, seq, seq, true
	}
	if back := int32(h.next - seq); back > 0 {
		n := min(len(b), int(back))
		h.again(seq, b[:n])
		b = b[n:]
		seq += uint32(n)
	}
	if len(b) == 0 {
		return
	}
	if seq != h.next {
		h.lose(seq)
	}
	for len(b) > 0 {
		n := h.take(b)
		h.next += uint32(n)
		b = b[n:]
	}
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
	h.started, h.synSeen, h.isn = true, true, s.seq
	h.next, h.from = s.seq+1, s.seq+1
}

func (h *maskHalf) reset() {
	h.abandon()
	*h = maskHalf{c: h.c, m: h.m}
}

// abandon gives up a bind that is not whole: its body stays masked.
func (h *maskHalf) abandon() {
	if h.bind != nil {
		h.m.drop(h.bind)
		h.bind = nil
	}
	h.head, h.left, h.cover = h.head[:0], 0, false
}

// lose goes on at seq behind a hole.
func (h *maskHalf) lose(seq uint32) {
	if !h.c.bound {
		h.remember(h.next, seq) // should it come late
	}
	h.abandon()
	h.next, h.searching = seq, true
}

// take works on the octets at h.next; it returns how many it took.
func (h *maskHalf) take(b []byte) int {
	switch {
	case h.searching:
		n := search(b)
		h.searching = n == len(b)
		h.doubtful(h.next, b[:n])
		return n
	case h.left > 0:
		n := min(h.left, len(b))
		h.body(b[:n])
		return n
	default:
		return h.header(b)
	}
}

// doubtful masks octets that are in no PDU.
func (h *maskHalf) doubtful(seq uint32, b []byte) {
	from := 0
	if h.c.bound {
		from = findBind(b)
	}
	coverAll(b[from:])
	h.remember(seq+uint32(from), seq+uint32(len(b)))
}

// header takes octets of a PDU's header.
func (h *maskHalf) header(b []byte) int {
	before := len(h.head)
	n := min(dissect.HeaderLen-before, len(b))
	h.head = append(h.head, b[:n]...)
	if !likeHeader(h.head) {
		h.abandon()
		h.searching = true
		return 0
	}
	if len(h.head) < dissect.HeaderLen {
		return n
	}
	id := binary.BigEndian.Uint32(h.head[4:])
	status := binary.BigEndian.Uint32(h.head[8:])
	length := int(binary.BigEndian.Uint32(h.head))
	cmd := dissect.CommandByID(id)
	h.left = length - dissect.HeaderLen
	h.cover = cmd == nil && !h.c.bound
	if status == 0 && isBindResponse(id) {
		h.c.bound = true
	}
	if h.left > 0 && cmd != nil && cmd.Param(dissect.ParamPassword) != nil {
		if h.cover = length > holdBind; !h.cover {
			h.bind = &openBind{
				half: h, start: h.next - uint32(before), length: length, since: h.m.now,
				raw: append(make([]byte, 0, length), h.head...),
			}
			h.m.open = append(h.m.open, h.bind)
		}
	}
	h.head = h.head[:0]
	return n
}

// body takes octets of a PDU's body.
func (h *maskHalf) body(b []byte) {
	h.left -= len(b)
	switch o := h.bind; {
	case o != nil && o.take(b):
		secrets := o.secrets()
		o.restore(secrets)
		h.forget(o.start)
		for _, s := range secrets {
			h.remember(o.start+uint32(s.Off), o.start+uint32(s.End))
		}
		h.m.drop(o)
		h.bind = nil
	case o != nil:
		h.remember(h.next, h.next+uint32(len(b)))
	case h.cover:
		coverAll(b)
		h.remember(h.next, h.next+uint32(len(b)))
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
		h.forgot, h.floor = true, h.masked[0].to
		h.masked = append(h.masked[:0], h.masked[1:]...)
	}
	h.masked = append(h.masked, seqSpan{from, to})
}

// forget takes back what was noted from a place on.
func (h *maskHalf) forget(from uint32) {
	for n := len(h.masked) - 1; n >= 0 && int32(h.masked[n].to-from) > 0; n-- {
		if int32(h.masked[n].from-from) < 0 {
			h.masked[n].to = from
			return
		}
		h.masked = h.masked[:n]
	}
}

// again masks octets that were sent before as they were masked then.
func (h *maskHalf) again(seq uint32, b []byte) {
	if h.forgot {
		h.within(seq, b, seqSpan{seq, h.floor})
	}
	for _, s := range h.masked {
		h.within(seq, b, s)
	}
	if unknown := int(int32(h.from - seq)); unknown > 0 {
		b = b[:min(unknown, len(b))]
		if !h.c.bound {
			coverAll(b)
		}
	}
	if h.c.bound {
		coverAll(b[findBind(b):])
	}
}

// within masks the part of b, which begins at seq, that lies in a span.
func (h *maskHalf) within(seq uint32, b []byte, s seqSpan) {
	from, to := int(int32(s.from-seq)), int(int32(s.to-seq))
	from, to = max(from, 0), min(to, len(b))
	if from < to {
		coverAll(b[from:to])
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
		h := m.open[0].half
		left := h.left
		h.abandon()
		h.left, h.cover = left, true
	}
	return true
}

func isBindResponse(id uint32) bool {
	return id == 0x80000001 || id == 0x80000002 || id == 0x80000009
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

func believable(b []byte) bool {
	if !likeHeader(b[:dissect.HeaderLen]) || dissect.CommandByID(binary.BigEndian.Uint32(b[4:])) == nil {
		return false
	}
	status, number := binary.BigEndian.Uint32(b[8:]), binary.BigEndian.Uint32(b[12:])
	if b[4]&0x80 == 0 && status != 0 || status > 0xffff || number == 0 || number > 0x7fffffff {
		return false
	}
	n := int(binary.BigEndian.Uint32(b))
	return n >= len(b) || likeHeader(b[n:min(len(b), n+dissect.HeaderLen)])
}

// findBind finds where the body of a bind may begin, in octets without a
// boundary.
func findBind(b []byte) int {
	for i := 0; i+dissect.HeaderLen < len(b); i++ {
		if b[i] != 0 || b[i+4] != 0 || !likeHeader(b[i:i+dissect.HeaderLen]) {
			continue
		}
		if c := dissect.CommandByID(binary.BigEndian.Uint32(b[i+4:])); c != nil && c.Param(dissect.ParamPassword) != nil {
			return i + dissect.HeaderLen
		}
	}
	return len(b)
}
