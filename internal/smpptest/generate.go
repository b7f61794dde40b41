package smpptest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
)

// Generate writes a capture of about pdus PDUs in sessions at once, each with
// up to window submit_sm outstanding. The same arguments give the same octets.
// Each session binds as transceiver, submits, gets receipts and unbinds; all
// is as the specification and Kaleyra want it.
func Generate(w io.Writer, pdus, sessions, window int) error {
	g := &generator{
		w: bufio.NewWriterSize(w, 1<<20), rnd: rand.New(rand.NewPCG(1, 2)),
		now: 1_770_000_000_000_000_000, window: window,
	}
	g.w.Write(binary.LittleEndian.AppendUint32(nil, 0xA1B23C4D)) // nanoseconds; the Writer keeps its error for Flush
	g.w.Write([]byte{2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0})
	list := make([]*genSession, sessions)
	for i := range list {
		list[i] = newGenSession(i)
		g.open(list[i])
	}
	for g.pdus < pdus-2*sessions {
		s := list[g.rnd.IntN(sessions)]
		g.step(s)
	}
	for _, s := range list {
		g.close(s)
	}
	return g.w.Flush()
}

// genSession is one connection; [0] is the ESME's half, [1] the SMSC's.
type genSession struct {
	ip        [2][4]byte
	port      [2]uint16
	tcpSeq    [2]uint32
	smppSeq   [2]uint32
	submitted []uint32 // numbers that wait for their response
	nextID    int
	due       int // the message that gets the next receipt; zero: none
	last      int64
}

func newGenSession(i int) *genSession {
	return &genSession{
		ip: [2][4]byte{{10, 1, byte(i >> 8), byte(i)}, {10, 2, 0, 1}}, port: [2]uint16{uint16(40_000 + i), 2775},
		tcpSeq: [2]uint32{uint32(i) * 7919, uint32(i) * 104_729}, nextID: i * 1_000_000,
	}
}

type generator struct {
	w      *bufio.Writer
	rnd    *rand.Rand
	now    int64
	pdus   int
	window int
	packet []byte
}

func (g *generator) open(s *genSession) {
	g.segment(s, 0, 0x02, nil)
	g.segment(s, 1, 0x12, nil)
	g.segment(s, 0, 0x10, nil)
	body := cat(cstr("acme"), cstr("secret"), cstr("smpp"), []byte{0x34, 0, 0, 0})
	seq := s.number(0)
	g.send(s, 0, genPDU(0x09, seq, body))
	g.send(s, 1, genPDU(0x80000009, seq, cat(cstr("SMSC"), []byte{0x02, 0x10, 0, 1, 0x34})))
	s.last = g.now
}

func (g *generator) close(s *genSession) {
	for len(s.submitted) > 0 {
		g.answer(s)
	}
	seq := s.number(0)
	g.send(s, 0, genPDU(0x06, seq, nil))
	g.send(s, 1, genPDU(0x80000006, seq, nil))
	g.segment(s, 0, 0x11, nil)
	g.segment(s, 1, 0x11, nil)
	g.segment(s, 0, 0x10, nil)
}

// step lets one thing happen on a session.
func (g *generator) step(s *genSession) {
	switch {
	case g.now-s.last > 30_000_000_000:
		seq := s.number(0)
		g.send(s, 0, genPDU(0x15, seq, nil))
		g.send(s, 1, genPDU(0x80000015, seq, nil))
		s.last = g.now
	case len(s.submitted) < g.window && g.rnd.IntN(3) > 0:
		g.submit(s)
	case len(s.submitted) > 0:
		g.answer(s)
		if g.rnd.IntN(2) == 0 {
			g.receipt(s)
			s.due = s.nextID
		}
	}
}

func (g *generator) submit(s *genSession) {
	seq := s.number(0)
	text := fmt.Sprintf("Your code is %06d. It is valid for 10 minutes; do not share it.", g.rnd.IntN(1_000_000))
	body := cat(cstr(""), []byte{5, 0}, cstr("ACMECO"), []byte{1, 1}, cstr(fmt.Sprintf("9198%08d", g.rnd.IntN(100_000_000))),
		[]byte{0, 0, 0, 0, 0, 1, 0, 0, 0, byte(len(text))}, []byte(text))
	s.submitted = append(s.submitted, seq)
	g.send(s, 0, genPDU(0x04, seq, body))
}

func (g *generator) answer(s *genSession) {
	seq := s.submitted[0]
	s.submitted = s.submitted[1:]
	s.nextID++
	g.send(s, 1, genPDU(0x80000004, seq, cstr(fmt.Sprintf("%010d", s.nextID))))
}

// receipt sends that of a message which was answered some milliseconds ago.
func (g *generator) receipt(s *genSession) {
	if s.due == 0 {
		return
	}
	seq := s.number(1)
	id := fmt.Sprintf("%010d", s.due)
	text := "id:" + id + " sub:001 dlvrd:001 submit date:2602020240 done date:2602020241 stat:DELIVRD err:000 text:Your code is"
	body := cat(cstr(""), []byte{1, 1}, cstr(fmt.Sprintf("9198%08d", s.due%100_000_000)), []byte{5, 0}, cstr("ACMECO"),
		[]byte{4, 0, 0, 0, 0, 0, 0, 0, 0, byte(len(text))}, []byte(text),
		[]byte{0x00, 0x1E, 0, byte(len(id) + 1)}, cstr(id), []byte{0x04, 0x27, 0, 1, 2})
	g.send(s, 1, genPDU(0x05, seq, body))
	g.send(s, 0, genPDU(0x80000005, seq, []byte{0}))
}

func (s *genSession) number(side int) uint32 {
	s.smppSeq[side]++
	return s.smppSeq[side]
}

func (g *generator) send(s *genSession, from int, p []byte) {
	g.pdus++
	g.segment(s, from, 0x18, p)
}

// segment writes one Ethernet frame with an IPv4 TCP segment.
func (g *generator) segment(s *genSession, from int, flags byte, payload []byte) {
	g.now += int64(20_000 + g.rnd.IntN(60_000))
	to := 1 - from
	p := g.packet[:0]
	p = append(p, 2, 0, 0, 0, 0, byte(to), 2, 0, 0, 0, 0, byte(from), 0x08, 0x00)
	ip := len(p)
	p = append(p, 0x45, 0)
	p = binary.BigEndian.AppendUint16(p, uint16(40+len(payload)))
	p = append(p, byte(g.now>>24), byte(g.now>>16), 0x40, 0, 64, 6, 0, 0)
	p = append(append(p, s.ip[from][:]...), s.ip[to][:]...)
	binary.BigEndian.PutUint16(p[ip+10:], checksum(p[ip:ip+20], 0))
	tcp := len(p)
	p = binary.BigEndian.AppendUint16(p, s.port[from])
	p = binary.BigEndian.AppendUint16(p, s.port[to])
	p = binary.BigEndian.AppendUint32(p, s.tcpSeq[from])
	p = binary.BigEndian.AppendUint32(p, s.tcpSeq[to])
	p = append(p, 0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0)
	p = append(p, payload...)
	pseudo := uint32(6+len(p)-tcp) + sum(p[ip+12:ip+20])
	binary.BigEndian.PutUint16(p[tcp+16:], checksum(p[tcp:], pseudo))
	s.tcpSeq[from] += uint32(len(payload))
	if flags&0x03 != 0 { // SYN and FIN take a number
		s.tcpSeq[from]++
	}
	g.packet = p
	var head [16]byte
	binary.LittleEndian.PutUint32(head[0:], uint32(g.now/1e9))
	binary.LittleEndian.PutUint32(head[4:], uint32(g.now%1e9))
	binary.LittleEndian.PutUint32(head[8:], uint32(len(p)))
	binary.LittleEndian.PutUint32(head[12:], uint32(len(p)))
	g.w.Write(head[:])
	g.w.Write(p)
}

func sum(b []byte) (n uint32) {
	for i := 0; i+1 < len(b); i += 2 {
		n += uint32(b[i])<<8 | uint32(b[i+1])
	}
	if len(b)%2 == 1 {
		n += uint32(b[len(b)-1]) << 8
	}
	return n
}

func checksum(b []byte, n uint32) uint16 {
	n += sum(b)
	for n > 0xFFFF {
		n = n>>16 + n&0xFFFF
	}
	return ^uint16(n)
}

func genPDU(id, seq uint32, body []byte) []byte {
	b := make([]byte, 16, 16+len(body))
	binary.BigEndian.PutUint32(b[0:], uint32(16+len(body)))
	binary.BigEndian.PutUint32(b[4:], id)
	binary.BigEndian.PutUint32(b[12:], seq)
	return append(b, body...)
}

func cstr(s string) []byte { return append([]byte(s), 0) }

func cat(parts ...[]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}
