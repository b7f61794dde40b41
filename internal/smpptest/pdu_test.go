package smpptest_test

import (
	"encoding/hex"
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

// The octets here are written by hand, so that table and builder cannot agree
// on a common error.
func TestBuild(t *testing.T) {
	for _, tt := range []struct {
		name string
		got  []byte
		want string
	}{
		{"header only", smpptest.Build("enquire_link", 7, nil),
			"00000010" + "00000015" + "00000000" + "00000007"},
		{"bind", smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": "ab", "password": "c", "system_type": "d",
			"interface_version": 0x34, "addr_ton": 1, "addr_npi": 2, "address_range": "e"}),
			"0000001c" + "00000009" + "00000000" + "00000001" + "616200" + "6300" + "6400" + "34" + "01" + "02" + "6500"},
		{"text", smpptest.Build("submit_sm", 2, smpptest.F{"source_addr_ton": 5, "source_addr": "A", "short_message": "hi"},
			smpptest.TLV16(dissect.TagUserMessageReference, 0x0102)),
			"0000002a" + "00000004" + "00000000" + "00000002" + "00" + "05" + "00" + "4100" + "00" + "00" + "00" +
				"00" + "00" + "00" + "00" + "00" + "00" + "00" + "00" + "00" + "02" + "6869" + "020400020102"},
		{"several destinations", smpptest.Build("submit_multi", 3, smpptest.F{
			"dest_address": []smpptest.F{{"destination_addr": "1"}, {"dl_name": "x"}}}),
			"00000027" + "00000021" + "00000000" + "00000003" + "00" + "00" + "00" + "00" +
				"02" + "01" + "00" + "00" + "3100" + "02" + "7800" + "00000000" + "00" + "00000000" + "00"},
		{"status and mutations", smpptest.Build("submit_sm_resp", 4, smpptest.F{"message_id": smpptest.Raw("9")},
			smpptest.Status(0x58), smpptest.Trailing{0xAB}, smpptest.SetLength(0x20), smpptest.Cut(17)),
			"00000020" + "80000004" + "00000058" + "00000004" + "39"},
	} {
		if got := hex.EncodeToString(tt.got); got != tt.want {
			t.Errorf("%s:\n%s, not\n%s", tt.name, got, tt.want)
		}
	}
}

func TestBuildPanicsOnUnknownNames(t *testing.T) {
	for _, f := range []func(){
		func() { smpptest.Build("submit", 1, nil) },
		func() { smpptest.Build("submit_sm", 1, smpptest.F{"source": "1"}) },
		func() { smpptest.Build("submit_sm", 1, smpptest.F{"source_addr": 1}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		}()
	}
}
