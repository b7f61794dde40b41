package dissect_test

import (
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

// usual is the submit_sm that most traffic consists of.
func usual() []byte {
	return smpptest.Build("submit_sm", 77, message)
}

func withTLVs() []byte {
	return smpptest.Build("deliver_sm", 77, with(message, "esm_class", 4),
		smpptest.TLVString(dissect.TagReceiptedMessageID, "c449ab9744f47b6af1879e49e75e4f40"),
		smpptest.TLV8(dissect.TagMessageState, 2),
		smpptest.TLV{Tag: dissect.TagNetworkErrorCode, Value: []byte{3, 0, 0}})
}

func BenchmarkDecode(b *testing.B) {
	for name, pdu := range map[string][]byte{
		"submit_sm": usual(), "receipt": withTLVs(),
		"submit_sm_resp": smpptest.Build("submit_sm_resp", 77, smpptest.F{"message_id": "c449ab9744f47b6a"}),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var p dissect.PDU
			for b.Loop() {
				dissect.Decode(&p, pdu)
			}
		})
	}
}

func BenchmarkValidate(b *testing.B) {
	for name, pdu := range map[string][]byte{"submit_sm": usual(), "receipt": withTLVs()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			p := decode(pdu)
			issues := make([]dissect.Issue, 0, 4)
			c := dissect.Context{Version: dissect.V34, From: p.Command.From}
			for b.Loop() {
				issues = dissect.Validate(issues[:0], p, c)
			}
			if len(issues) > 0 {
				b.Fatal(issues)
			}
		})
	}
}

func TestNothingIsAllocatedForWellFormedPDUs(t *testing.T) {
	var p dissect.PDU
	var spans []dissect.Span
	found := make([]dissect.Issue, 0, 4)
	dialect := &dissect.Dialect{TLVs: map[uint16]*dissect.TLVDef{0x1400: {Tag: 0x1400, Name: "PE_ID", Kind: dissect.Octets}}}
	versions(func(c *dissect.Command, v dissect.Version) {
		b := smpptest.Sample(c, v)
		dissect.Decode(&p, b) // grows the slices
		spans = dissect.Secrets(&p, dissect.Marked(&p, dissect.MarkText, spans[:0]))
		n := testing.AllocsPerRun(10, func() {
			dissect.Decode(&p, b)
			found = dissect.Validate(found[:0], &p, dissect.Context{Version: v, From: c.From, Dialect: dialect})
			spans = dissect.Secrets(&p, dissect.Marked(&p, dissect.MarkText, spans[:0]))
		})
		if n > 0 {
			t.Errorf("%s in %s: %v allocations (%v)", c.Name, v, n, issues(found))
		}
	})
}
