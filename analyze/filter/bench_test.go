package filter

import "testing"

func BenchmarkMatch(b *testing.B) {
	row := submitRow(b)
	for _, bb := range []struct{ name, filter string }{
		{"header", "smpp.command_id == submit_sm"},
		{"parameter", "smpp.data_coding == 8"},
		{"bits", "smpp.esm.submit.features == 1"},
		{"string", `smpp.source_addr == "ACME"`},
		{"several", `smpp.destination_addr == "393331234567"`},
		{"tlv", "smpp.network_error.code == 42"},
		{"absent", "smpp.message_state == 2"},
		{"and_contains", `smpp.command_id == 4 and smpp.message contains "Abc"`},
		{"in", "smpp.command_id in {4, 5, 0x103}"},
		{"in_many", "smpp.sequence_number in {1,3,5,9,11,13,15,17,19,21,23}"},
		{"slice", "smpp.message[0:3] == 05:00:03"},
		{"address", "ip.addr == 10.2.0.0/16"},
		{"latency", "smpptap.latency > 5ms"},
		{"severity", "smpptap.severity >= warning"},
		{"lower", `lower(smpp.source_addr) == "acme"`},
		{"matches", `smpp.destination_addr matches "^39\d+7$"`},
	} {
		f, err := Parse(bb.filter)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.Match(row)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(`smpp.command_id == submit_sm and smpp.source_addr contains "AC"`); err != nil {
			b.Fatal(err)
		}
	}
}
