package audit

import (
	"math/rand/v2"
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

// Damaged PDUs of every command make no rule panic, and no rule fails more
// often than it checks.
func TestDamaged(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"kaleyra", "smpp34"} {
		r := newRig(t, name)
		r.bound()
		for i := range uint32(4000) {
			cmd := dissect.Commands()[rnd.IntN(len(dissect.Commands()))]
			b := build(cmd.Name, i%50, nil, smpptest.TLV16(uint16(rnd.IntN(0x1500)), 7), smpptest.Status(rnd.IntN(3)*0x45))
			for range rnd.IntN(4) {
				b[16*min(len(b)/17, 1)+rnd.IntN(max(len(b)-16, 1))] = byte(rnd.Uint32())
			}
			if i%500 == 499 {
				r.fin(0)
				r.open()
				r.bound()
			}
			if rnd.IntN(2) == 0 {
				r.esme(b)
			} else {
				r.smsc(b)
			}
		}
		r.end()
		for _, c := range r.audit.Checks() {
			if g := Rules[c.Rule].Group; c.Failed > c.Checked && (g == "header" || g == "body" || g == "TLVs" || g == "the provider's own rules" || g == "security") {
				t.Errorf("%s: %d failed of %d checked", c.Rule, c.Failed, c.Checked)
			}
		}
		if len(r.audit.Findings()) == 0 {
			t.Error("nothing found")
		}
	}
}
