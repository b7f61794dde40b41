package main

import (
	"encoding/json"
	"strings"
	"testing"

	"smpptap/internal/smpptest"
)

// valueDefect is a PDU of which tshark shows a wrong value or none.
type valueDefect struct {
	line  string // of tshark-defects.md
	pdu   []byte
	names string // fields
	want  string // their values, a tab between
}

type f = smpptest.F

// textOf is a submit_sm with a text.
func textOf(coding int, esm int, text string) []byte {
	return smpptest.Build("submit_sm", 7, f{"esm_class": esm, "data_coding": coding, "short_message": text})
}

func validity(s string) []byte { return smpptest.Build("submit_sm", 7, f{"validity_period": s}) }

func withTLVs(tlvs ...smpptest.Part) []byte { return smpptest.Build("submit_sm", 7, nil, tlvs...) }

// otherLengths are TLVs of other lengths than expected, each before one by
// which to see whether the reader still has its place.
func otherLengths() (list []valueDefect) {
	for tag, size := range map[uint16]int{
		0x0005: 1, 0x0006: 1, 0x0007: 1, 0x0008: 2, 0x000D: 1, 0x000E: 1, 0x000F: 1, 0x0010: 1, 0x0017: 4, 0x0019: 1,
		0x0030: 1, 0x0201: 1, 0x0204: 2, 0x0205: 1, 0x020A: 2, 0x020C: 2, 0x020D: 1, 0x020E: 1, 0x020F: 1, 0x0210: 1,
		0x0302: 1, 0x0304: 1, 0x0420: 1, 0x0421: 1, 0x0422: 1, 0x0423: 3, 0x0425: 1, 0x0426: 1, 0x0427: 1, 0x0428: 1,
		0x0501: 1, 0x0600: 1, 0x0601: 3, 0x0603: 1, 0x0604: 2, 0x0605: 3, 0x0607: 4, 0x0608: 1, 0x0611: 1, 0x1201: 1,
		0x1203: 2, 0x1204: 1, 0x1380: 1, 0x1383: 2,
	} {
		for _, n := range []int{0, size + 1, size + 4} {
			list = append(list, valueDefect{
				"12: a TLV of another length",
				withTLVs(smpptest.TLV{Tag: tag, Value: make([]byte, n)}, smpptest.TLV16(0x020B, 5505)),
				"smpp.destination_port", "0x1581",
			})
		}
	}
	return list
}

// TestDefectsOfValues: fields that tshark shows wrongly or not at all.
func TestDefectsOfValues(t *testing.T) {
	multi := smpptest.Build("submit_multi", 7, f{
		"dest_address":    []f{{"dest_flag": 1, "destination_addr": "4477"}, {"dest_flag": 2, "dl_name": "friends"}},
		"validity_period": "000001000000000R",
	})
	defects := append(otherLengths(), []valueDefect{
		{"9: a month", validity("000100000000000R"), "smpp.validity_period_r", "2592000.000000000"},
		{"9: a year", validity("010000000000000R"), "smpp.validity_period_r", "31536000.000000000"},
		{"9: the specification's example", validity("020610233429000R"), "smpp.validity_period_r", "79572869.000000000"},
		{"9: a month and a week", validity("000107120000000R"), "smpp.validity_period_r", "3240000.000000000"},
		{"10: month 13", validity("261325000000000+"), "smpp.validity_period smpp.validity_period_r", "\t"},
		{"10: hour 25", validity("261103250000000+"), "smpp.validity_period smpp.validity_period_r", "\t"},
		{"10: letters", validity("26XX03100000000+"), "smpp.validity_period smpp.validity_period_r", "\t"},
		{"10: a bad sign", validity("261103100000000X"), "smpp.validity_period smpp.validity_period_r", "\t"},
		{
			"11: broadcast_rep_num", withTLVs(smpptest.TLV16(0x0604, 10), smpptest.TLV{Tag: 0x0424, Value: []byte("hi")}),
			"smpp.broadcast_rep_num smpp.opt_param_tag smpp.message_payload", "10\t0x0604,0x0424\t6869",
		},
		{
			"13: validity_period of submit_multi", multi,
			"smpp.validity_period_r smpp.schedule_delivery_time_r", "86400.000000000\t0.000000000",
		},
		{"14: surrogate pairs", textOf(8, 0, "\xd8\x3d\xde\x00 ok"[:4]+"\x00!"), "smpp.message_text", "😀!"},
		{
			"15: status of a request", smpptest.Build("enquire_link", 7, nil, smpptest.Status(8)),
			"smpp.command_status", "0x00000008",
		},
		{
			"16: body of an error", smpptest.Build("submit_sm_resp", 7, f{"message_id": "m1"}, smpptest.Status(0x58)),
			"smpp.command_status smpp.message_id", "0x00000058\tm1",
		},
		{
			"16: system_id in a refusal", smpptest.Build("bind_transmitter_resp", 7, f{"system_id": "SMSC"}, smpptest.Status(0x0E)),
			"smpp.command_status smpp.system_id", "0x0000000e\tSMSC",
		},
		{"18: destinations", multi, "smpptap.number_of_dests smpptap.dest_flag smpp.dl_name", "2\t1,2\tfriends"},
		{
			"18: no_unsuccess", smpptest.Build("submit_multi_resp", 7, f{"message_id": "m1", "no_unsuccess": 0}),
			"smpptap.no_unsuccess", "0",
		},
		{"20: text of data_coding 0", textOf(0, 0, "\x00 \x1b\x65 \x02"), "smpptap.text", "@ € $"},
		{
			"20: a Turkish table", textOf(0, 0x40, "\x03\x25\x01\x01\x0c\x1d\x0b"),
			"smpptap.text smpptap.encoding", "ğşĞ\tgsm0338",
		},
		{"20: JIS", textOf(5, 0, "\x1b$B%F%9%H\x1b(B"), "smpptap.text", "テスト"},
		{
			"20: replace_sm", smpptest.Build("replace_sm", 7, f{"message_id": "m1", "short_message": "new"}),
			"smpptap.text", "new",
		},
		{
			"23: broadcast_end_time without NUL", withTLVs(smpptest.TLV{Tag: 0x0609, Value: []byte("261103100000000+")}),
			"smpp.broadcast_end_time", "Nov  3, 2026 10:00:00.000000000 UTC",
		},
		{
			"24: a receipt", smpptest.Build("deliver_sm", 7, f{"esm_class": 4, "short_message": "id:0a1 sub:001 dlvrd:001 submit date:2611031000 done date:2611031001 stat:DELIVRD err:000 text:hi"}),
			"smpptap.receipt.id smpptap.receipt.stat smpptap.receipt.err", "0a1\tDELIVRD\t000",
		},
	}...)
	for _, d := range defects {
		args := []string{"read", "--profile", "smpp34", "-q", "-T", "fields", "-Y", "smpp.sequence_number == 7"}
		for _, name := range strings.Fields(d.names) {
			args = append(args, "-e", name)
		}
		code, out, errs := given(t, segments(nil, string(d.pdu)), args...)
		if got := strings.TrimSuffix(out, "\n"); code != exitOK || got != d.want {
			t.Errorf("%s: %s is %q, want %q; exit %d %s", d.line, d.names, got, d.want, code, errs)
		}
	}
}

// TestDefectsOfTrees: what tshark shows as octets, or as a label only.
func TestDefectsOfTrees(t *testing.T) {
	for _, c := range []struct {
		line    string
		pdu     []byte
		profile string
		want    []string
	}{
		{"10: an impossible time is told", validity("261325000000000+"), "smpp34", []string{"! validity_period: time-format"}},
		{
			"17: empty is not missing", smpptest.Build("bind_transmitter", 7, f{"system_id": "x"}), "smpp34",
			[]string{`system_type                 ""`, `address_range               ""`},
		},
		{
			"19: callback_num", withTLVs(smpptest.TLV{Tag: 0x0381, Value: []byte("\x01\x01\x01447700900123")}), "smpp34",
			[]string{"digit_mode                1  ascii", "ton                       1  international", `"447700900123"`},
		},
		{
			"19: callback_num_atag", withTLVs(smpptest.TLV{Tag: 0x0303, Value: []byte("\x00Home")}), "smpp34",
			[]string{`"Home"`},
		},
		{
			"21: source_subaddress", withTLVs(smpptest.TLV{Tag: 0x0202, Value: []byte("\xa0123")}), "smpp34",
			[]string{"user_specified", `"123"`},
		},
		{
			"21: a broadcast area's name", withTLVs(smpptest.TLV{Tag: 0x0606, Value: []byte("\x00London")}), "smpp34",
			[]string{`"London"`},
		},
		{
			"22: a vendor's TLV", withTLVs(smpptest.TLVString(0x1400, "1101234567890")), "kaleyra",
			[]string{"PE_ID (India DLT)", `"1101234567890"`},
		},
	} {
		code, out, errs := given(t, segments(nil, string(c.pdu)), "read", "--profile", c.profile, "-V", "-Y", "smpp.sequence_number == 7")
		for _, want := range c.want {
			if code != exitOK || !strings.Contains(out, want) {
				t.Errorf("%s: %q is missing; exit %d %s in\n%s", c.line, want, code, errs, out)
			}
		}
	}
}

// TestDefectEmptyIsAskedFor: line 17, in a filter.
func TestDefectEmptyIsAskedFor(t *testing.T) {
	bind := string(smpptest.Build("bind_transmitter", 7, f{"system_id": "x"}))
	_, out, _ := given(t, segments(nil, bind), "read", "-T", "fields", "-e", "smpp.sequence_number", "-Y", `smpp.system_type == ""`)
	if out != "7\n" {
		t.Errorf("%q", out)
	}
}

// TestDefectControlCharacters: line 25. What a text holds cannot break the
// formats that programs read.
func TestDefectControlCharacters(t *testing.T) {
	var all strings.Builder
	for c := range 256 {
		all.WriteByte(byte(c))
	}
	for _, coding := range []int{0, 1, 3, 4, 8} {
		capture := segments(nil, string(textOf(coding, 0, all.String()[:254])))
		for _, format := range []string{"json", "ndjson", "ek"} {
			_, out, _ := given(t, capture, "read", "-T", format)
			documents := []string{out}
			if format != "json" {
				documents = strings.Split(strings.TrimSpace(out), "\n")
			}
			for _, d := range documents {
				if !json.Valid([]byte(d)) {
					t.Errorf("data_coding %d: no valid %s: %s", coding, format, d)
				}
			}
		}
		_, out, _ := given(t, capture, "read", "-T", "fields", "-e", "smpptap.text", "-e", "smpp.sequence_number", "-Y", "smpp.sequence_number == 7")
		if strings.Count(out, "\n") != 1 || strings.Count(out, "\t") != 1 || strings.ContainsAny(out, "\x1b\r\x00") {
			t.Errorf("data_coding %d: a row is broken: %q", coding, out)
		}
	}
}
