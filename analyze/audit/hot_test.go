package audit

import (
	"testing"

	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// hot is a bound connection with the octets of an ordinary exchange.
type hot struct {
	a     *Auditor
	t     *session.Tracker
	c     *session.Conn
	frame stream.Frame
	p     dissect.PDU
	req   []byte
	resp  []byte
	n     int64
	seq   uint32
}

func newHot(tb testing.TB) *hot {
	p, err := profile.Load("kaleyra")
	if err != nil {
		tb.Fatal(err)
	}
	h := &hot{a: New(p, Options{}), t: session.New(session.Options{})}
	h.c = h.t.Open(&stream.Conn{ID: 1, SYN: true, Opened: stream.Stamp{Time: 1}})
	h.t.Decide(h.c, stream.FromA, session.BasisBind)
	h.put(stream.FromA, smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": "a", "password": "b", "system_type": "smpp", "interface_version": 0x34}))
	h.put(stream.FromB, smpptest.Build("bind_transceiver_resp", 1, nil))
	h.seq = 1
	h.req = smpptest.Build("submit_sm", 2, smpptest.F{"source_addr": "ACME", "source_addr_ton": 5, "destination_addr": "393331234567", "short_message": "hello"})
	h.resp = smpptest.Build("submit_sm_resp", 2, smpptest.F{"message_id": "12345"})
	return h
}

func (h *hot) observe(dir stream.Dir, b []byte) (*session.Observed, []session.Event) {
	h.n++
	h.frame = stream.Frame{Kind: stream.FramePDU, Octets: b, Length: int64(len(b)), At: stream.Stamp{Time: h.n * second / 1000, Frame: h.n}}
	dissect.Decode(&h.p, b)
	return h.t.Observe(h.c, dir, h.n, &h.frame, &h.p)
}

func (h *hot) put(dir stream.Dir, b []byte) {
	o, events := h.observe(dir, b)
	h.a.Observe(o, nil, events)
}

// dialogue runs the rules of requests, states and timers alone.
func (h *hot) dialogue(o *session.Observed, events []session.Event) {
	h.a.now = o.Time
	h.a.verdict = verdict{}
	c := h.a.state(o.Conn)
	h.a.checkState(c, o)
	for i := range events {
		h.a.onRequest(c, &events[i])
		h.a.onSession(c, &events[i])
	}
	h.a.checkTiming(c, o)
}

func (h *hot) number(b []byte) []byte {
	b[12], b[13], b[14], b[15] = byte(h.seq>>24), byte(h.seq>>16), byte(h.seq>>8), byte(h.seq)
	return b
}

// exchange is a submit_sm and its response.
func (h *hot) exchange() {
	h.seq++
	h.dialogue(h.observe(stream.FromA, h.number(h.req)))
	h.dialogue(h.observe(stream.FromB, h.number(h.resp)))
}

func TestOrdinaryPDUsAllocateNothing(t *testing.T) {
	h := newHot(t)
	for range 300 {
		h.exchange()
	}
	if n := testing.AllocsPerRun(1000, h.exchange); n != 0 {
		t.Errorf("%v allocations for a request and its response", n)
	}
}

// BenchmarkTracker is what BenchmarkDialogue costs without the rules.
func BenchmarkTracker(b *testing.B) {
	h := newHot(b)
	for b.Loop() {
		h.seq++
		h.observe(stream.FromA, h.number(h.req))
		h.observe(stream.FromB, h.number(h.resp))
	}
}

// BenchmarkDialogue counts two PDUs a turn.
func BenchmarkDialogue(b *testing.B) {
	h := newHot(b)
	for b.Loop() {
		h.exchange()
	}
}
