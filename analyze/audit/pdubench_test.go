package audit

import (
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// BenchmarkPDURules is what the rules of single PDUs and of the provider cost
// for a submit_sm and its response; budget: 200 ns a PDU with session and all
// other rules.
func BenchmarkPDURules(b *testing.B) {
	for _, c := range []struct {
		name string
		f    fields
	}{{"clean", nil}, {"faulty", fields{"data_coding": 1, "source_addr_ton": 0}}} {
		b.Run(c.name, func(b *testing.B) {
			r := newRig(b, "kaleyra")
			r.bound()
			submit := build("submit_sm", 2, submitFields(c.f), smpptest.TLV16(0x0204, 7))
			answer := build("submit_sm_resp", 2, fields{"message_id": "0a1b2c3d"})
			r.esme(submit)
			r.smsc(answer)
			var p, q dissect.PDU
			dissect.Decode(&p, submit)
			dissect.Decode(&q, answer)
			st := r.audit.state(r.conn)
			pair := [2]*observation{r.observed(&p, stream.FromA), r.observed(&q, stream.FromB)}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				o := &pair[i&1].Observed
				i++
				r.audit.take(o, nil)
				r.audit.checkBody(st, o)
				r.audit.checkHeader(st, o)
				r.audit.checkTLVs(st, o)
				r.audit.checkProvider(st, o)
			}
		})
	}
}
