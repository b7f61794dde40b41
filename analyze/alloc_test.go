package analyze_test

import (
	"net/netip"
	"testing"

	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/internal/cost"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// hotPath is what every PDU of a session goes through between the reassembled
// octets and the records: framer, decoder, tracker, rules.
type hotPath struct {
	framers [2]*stream.Framer
	tracker *session.Tracker
	auditor *audit.Auditor
	conn    *session.Conn
	pdu     dissect.PDU
	frames  []stream.Frame
	number  int64
}

func newHotPath(tb testing.TB, profileName string) *hotPath {
	p, err := profile.Load(profileName)
	if err != nil {
		tb.Fatal(err)
	}
	h := &hotPath{tracker: session.New(session.Options{}), auditor: audit.New(p, audit.Options{})}
	for i := range h.framers {
		h.framers[i] = stream.NewFramer(stream.FramerOptions{})
	}
	h.conn = h.tracker.Open(&stream.Conn{
		ID: 1, A: netip.MustParseAddrPort("10.1.0.7:40000"), B: netip.MustParseAddrPort("10.2.0.1:2775"), SYN: true,
		Opened: stream.Stamp{Time: 1},
	})
	h.tracker.Decide(h.conn, stream.FromA, session.BasisSYN)
	h.push(stream.FromA, bind)
	h.push(stream.FromB, bindResp)
	return h
}

func (h *hotPath) push(dir stream.Dir, octets []byte) {
	h.number++
	at := stream.Stamp{Time: h.number * 1_000_000, Frame: h.number}
	h.frames = h.framers[dir].Push(h.frames[:0], at, octets)
	for i := range h.frames {
		dissect.Decode(&h.pdu, h.frames[i].Octets)
		o, events := h.tracker.Observe(h.conn, dir, h.number, &h.frames[i], &h.pdu)
		h.auditor.Observe(o, nil, events)
	}
}

// exchange is a submit_sm and its response, each time with another number,
// text and message_id as on a real link.
type exchange struct {
	submit, resp []byte
	n            uint32
}

func newExchange() *exchange {
	return &exchange{
		submit: smpptest.Build("submit_sm", 2, smpptest.F{
			"source_addr": "ACMECO", "source_addr_ton": 5, "destination_addr": "919800000001", "dest_addr_ton": 1,
			"dest_addr_npi": 1, "registered_delivery": 1, "short_message": "Your code is 00000000",
		}),
		resp: smpptest.Build("submit_sm_resp", 2, smpptest.F{"message_id": "0000000000"}),
		n:    1,
	}
}

func (x *exchange) next() {
	x.n++
	for _, b := range [...][]byte{x.submit, x.resp} {
		b[12], b[13], b[14], b[15] = byte(x.n>>24), byte(x.n>>16), byte(x.n>>8), byte(x.n)
	}
	digits(x.submit[len(x.submit)-8:], x.n)
	digits(x.resp[16:26], x.n)
}

func digits(b []byte, n uint32) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i], n = '0'+byte(n%10), n/10
	}
}

// TestHotPathAllocatesNothing: a well-formed PDU costs no allocation in
// framer, decoder, tracker and rules together. Tables grow to their size
// first.
func TestHotPathAllocatesNothing(t *testing.T) {
	for _, name := range []string{"smpp34", "kaleyra"} {
		h, x := newHotPath(t, name), newExchange()
		run := func() {
			x.next()
			h.push(stream.FromA, x.submit)
			h.push(stream.FromB, x.resp)
		}
		for range warmUp() {
			run()
		}
		if n := testing.AllocsPerRun(2000, run); n != 0 {
			t.Errorf("%s: %v allocations for a submit_sm and its response", name, n)
		}
	}
}

// warmUp is how many exchanges fill the tables.
func warmUp() int {
	if cost.Race {
		return 100_000
	}
	return 300_000
}

// BenchmarkHotPath reports the cost of one PDU.
func BenchmarkHotPath(b *testing.B) {
	h, x := newHotPath(b, "kaleyra"), newExchange()
	b.ReportAllocs()
	for b.Loop() {
		x.next()
		h.push(stream.FromA, x.submit)
		h.push(stream.FromB, x.resp)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(2*b.N), "ns/PDU")
}
