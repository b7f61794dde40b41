package audit

import (
	"testing"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// content plays ordinary messages through the rules of message content alone.
type contentRig struct {
	*rig
	st   *connState
	o    *observation
	p    dissect.PDU
	resp session.Event
	raw  []byte
	text []byte // of raw
}

func newContentRig(t testing.TB, f fields) *contentRig {
	h := &contentRig{rig: newRig(t, "kaleyra")}
	h.bound()
	h.raw = build("submit_sm", 2, submitFields(with(fields{"short_message": "Your code is 00000000. It is valid for 10 minutes; do not share it."}, f)))
	dissect.Decode(&h.p, h.raw)
	ff, _ := h.p.Field(dissect.ParamShortMessage)
	h.text = h.p.Value(ff)
	h.st = h.audit.state(h.conn)
	h.o = h.observed(&h.p, stream.FromA)
	h.resp = session.Event{Kind: session.EventAnswered, Conn: h.conn, Session: h.conn.Session, Req: &session.Request{
		Conn: h.conn, Session: h.conn.Session, ID: dissect.CmdSubmitSM, From: dissect.ESME,
	}}
	return h
}

// exchange is a message that no other is like, and its answer.
func (h *contentRig) exchange() {
	h.now += second / 1000
	h.number++
	h.p.Sequence++
	for i, n := 20, h.number; i > 12; i, n = i-1, n/10 {
		h.text[i] = '0' + byte(n%10)
	}
	h.o.Observed.Number, h.o.Observed.Time = h.number, h.now
	h.audit.take(&h.o.Observed, nil)
	h.audit.checkMessage(h.st, &h.o.Observed)
	h.resp.Req.Number, h.resp.Req.Sequence = h.number, h.p.Sequence
	h.audit.onMessage(h.st, &h.resp)
}

func TestOrdinaryMessagesAllocateNothing(t *testing.T) {
	for _, f := range []fields{nil, {"data_coding": 8}} {
		h := newContentRig(t, f)
		for range 2 * maxSubmits {
			h.exchange()
		}
		if n := testing.AllocsPerRun(1000, h.exchange); n != 0 {
			t.Errorf("%v allocations for a message and its answer", n)
		}
		h.silent(RuleDuplicateSubmit, RuleTextNotGsm, RuleMessageTooLong)
	}
}

// BenchmarkMessage is what the rules of message content cost for a submit_sm
// and its response; budget: 100 ns.
func BenchmarkMessage(b *testing.B) {
	h := newContentRig(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		h.exchange()
	}
}
