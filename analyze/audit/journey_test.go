package audit

import (
	"bytes"
	"fmt"
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// cycle is a message, its response, its receipt and the answer to it.
type cycle struct {
	*hot
	deliver, answer []byte
	n, idAt         int
	only            bool // the rules of flow and receipts
}

const cycleText = "id:%08x sub:001 dlvrd:001 submit date:2611031002 done date:2611031003 stat:DELIVRD err:000 text:hello"

func newCycle(tb testing.TB) *cycle {
	c := &cycle{hot: newHot(tb), n: 1 << 24}
	c.req = smpptest.Build("submit_sm", 2, smpptest.F{"source_addr": "ACME", "source_addr_ton": 5,
		"destination_addr": "393331234567", "registered_delivery": 1, "short_message": "hello"})
	c.resp = smpptest.Build("submit_sm_resp", 2, smpptest.F{"message_id": "00000000"})
	c.deliver = smpptest.Build("deliver_sm", 2, smpptest.F{"source_addr": "393331234567", "destination_addr": "ACME",
		"esm_class": 4, "short_message": fmt.Sprintf(cycleText, 0)})
	c.idAt = bytes.Index(c.deliver, []byte("id:")) + 3
	c.answer = smpptest.Build("deliver_sm_resp", 2, nil)
	return c
}

// mark writes the message's id into a PDU.
func (c *cycle) mark(b []byte, at int) []byte {
	const figures = "0123456789abcdef"
	for i := range 8 {
		b[at+i] = figures[c.n>>(28-4*i)&15]
	}
	return c.number(b)
}

func (c *cycle) pass(dir stream.Dir, b []byte) {
	o, events := c.observe(dir, b)
	if !c.only {
		c.a.Observe(o, nil, events)
		return
	}
	a := c.a
	a.now = o.Time
	a.take(o, nil)
	st := a.state(o.Conn)
	if isSubmit(o.PDU.ID, o.From) {
		a.noteTraits(st, o) // is response-refused's
	}
	for i := range events {
		a.onFlow(st, &events[i])
		a.onJourney(st, &events[i])
	}
	a.checkFlow(st, o)
	a.checkReceipt(st, o)
}

func (c *cycle) turn() {
	c.seq++
	c.n++
	c.pass(stream.FromA, c.number(c.req))
	c.pass(stream.FromB, c.mark(c.resp, dissect.HeaderLen))
	c.pass(stream.FromB, c.mark(c.deliver, c.idAt))
	c.pass(stream.FromA, c.number(c.answer))
}

func TestJourneyAllocatesNothing(t *testing.T) {
	c := newCycle(t)
	c.only = true
	for range 3000 {
		c.turn()
	}
	if n := testing.AllocsPerRun(1000, c.turn); n > 0.5 {
		t.Errorf("%v allocations a cycle", n)
	}
	if x := c.a.Checks()[RuleReceiptUnmatched]; x.Checked < 3000 || x.Failed+x.Unchecked > 0 {
		t.Errorf("%+v", x)
	}
}

// What was dropped accuses nobody: the table is bounded, the scorecard says
// how many checks were given up.
func TestWaitingBounded(t *testing.T) {
	s := play(t, "kaleyra")
	l := s.bound("bind_transceiver")
	s.a.journeys.MaxWaiting = 10
	for i := range 30 {
		l.accept(fmt.Sprint("a", i))
	}
	for i := range 30 {
		l.receipt(fmt.Sprint("a", i), "DELIVRD")
	}
	s.end().silent("receipt-unmatched", "receipt-before-response")
	if c := s.a.Checks()[RuleReceiptUnmatched]; c.Checked != 10 || c.Unchecked != 40 || s.a.journeys.Waiting() != 0 {
		t.Errorf("%+v, %d wait", c, s.a.journeys.Waiting())
	}
}

// BenchmarkReceipts is what the rules of flow and of receipts cost for four
// PDUs, with session and decoding; BenchmarkReceiptsWithout is the cost of
// these alone.
func BenchmarkReceipts(b *testing.B) {
	c := newCycle(b)
	c.only = true
	b.ReportAllocs()
	for b.Loop() {
		c.turn()
	}
}

func BenchmarkReceiptsWithout(b *testing.B) {
	c := newCycle(b)
	for b.Loop() {
		c.seq++
		c.n++
		c.observe(stream.FromA, c.number(c.req))
		c.observe(stream.FromB, c.mark(c.resp, dissect.HeaderLen))
		c.observe(stream.FromB, c.mark(c.deliver, c.idAt))
		c.observe(stream.FromA, c.number(c.answer))
	}
}
