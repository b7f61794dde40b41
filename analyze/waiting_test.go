package analyze_test

import (
	"runtime"
	"testing"

	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/internal/cost"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// TestMillionWaiting: memory stays as Caps say with a million accepted messages
// whose receipts never come, and the scorecard counts each that was dropped.
func TestMillionWaiting(t *testing.T) {
	messages := 1_000_000
	if cost.Race {
		messages = 2 * session.MaxWaiting
	}
	for name, waiting := range map[string]int{"by default": 0, "--cap receipts=10000": 10_000} {
		t.Run(name, func(t *testing.T) {
			h, x := newHotPath(t, "smpp34"), newExchange()
			p, err := profile.Load("smpp34")
			if err != nil {
				t.Fatal(err)
			}
			h.auditor = audit.New(p, audit.Options{MaxWaiting: waiting})
			h.tracker = session.New(session.Options{})
			h.conn = h.tracker.Open(h.conn.Conn)
			h.tracker.Decide(h.conn, stream.FromA, session.BasisSYN)
			h.push(stream.FromA, bind)
			h.push(stream.FromB, bindResp)
			before := heap()
			for range messages {
				x.next()
				h.push(stream.FromA, x.submit)
				h.push(stream.FromB, x.resp)
			}
			used := (heap() - before) >> 20
			kept, most := waiting, int64(24)
			if kept == 0 {
				kept, most = session.MaxWaiting, 40
			}
			t.Logf("%d MiB for %d of %d messages", used, kept, messages)
			if used > most {
				t.Errorf("%d MiB, at most %d are wanted", used, most)
			}
			if c := h.auditor.Checks()[audit.RuleReceiptUnmatched]; c.Unchecked != int64(messages-kept) {
				t.Errorf("%d messages given up, want %d", c.Unchecked, messages-kept)
			}
			// One that was dropped accuses nobody, one that was kept is found.
			for i, id := range []uint32{2, x.n} {
				h.push(stream.FromB, receiptOf(uint32(i+1), id))
			}
			for range 200 { // a receipt waits for a response that is late
				h.number += 1000
				x.next()
				h.push(stream.FromA, x.submit)
				h.push(stream.FromB, x.resp)
			}
			h.auditor.Finish(h.number * 1_000_000)
			for _, f := range h.auditor.Findings() {
				if f.Rule == audit.RuleReceiptUnmatched {
					t.Errorf("%s: %s", f.Severity, f.Message)
				}
			}
		})
	}
}

func receiptOf(sequence, n uint32) []byte {
	id := []byte("0000000000")
	digits(id, n)
	return smpptest.Build("deliver_sm", sequence, smpptest.F{
		"source_addr": "919800000001", "destination_addr": "ACMECO", "esm_class": 4,
		"short_message": "id:" + string(id) + " sub:001 dlvrd:001 submit date:7001010000 done date:7001010000 stat:DELIVRD err:000 text:x",
	})
}

// heap gives the octets that are held.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
