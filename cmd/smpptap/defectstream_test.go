package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"smpptap/internal/smpptest"
)

// The tests of this file and of defectvalue_test.go are about what tshark 4.0.17
// gets wrong in SMPP, one for each line of tshark-defects.md in the
// specification: the value here is the right one.

// segments makes a capture of a connection that begins with a bind; each text
// is one segment of the ESME behind it. change may drop or move segments.
func segments(change func([]smpptest.Segment) []smpptest.Segment, texts ...string) []byte {
	bind, resp := bindExchange()
	tk := smpptest.NewTalk("10.0.0.1:40000", "10.0.0.2:2775").Open().Data(0, bind).Data(1, resp)
	first := len(tk.Segments)
	for _, s := range texts {
		tk.Data(0, s)
	}
	tk.Shut(0)
	if change != nil {
		head, tail := tk.Segments[:first:first], slices.Clone(tk.Segments[first:])
		tk.Segments = append(head, change(tail)...)
	}
	return smpptest.Pcap{Nano: true}.Write(smpptest.Packets(tk.Segments)...)
}

func link(seq uint32) string { return string(smpptest.Build("enquire_link", seq, nil)) }

func submit(seq uint32, text string) string {
	return string(smpptest.Build("submit_sm", seq, smpptest.F{"source_addr": "ACME", "destination_addr": "447700900123", "short_message": text}))
}

// TestDefectsOfStreams: PDUs that tshark loses.
func TestDefectsOfStreams(t *testing.T) {
	unknown := string(smpptest.Build("enquire_link", 7, nil, smpptest.ID(0x999)))
	long := string(smpptest.Build("data_sm", 7, smpptest.F{"source_addr": "ACME", "destination_addr": "447700900123"},
		smpptest.TLV{Tag: 0x0424, Value: []byte(strings.Repeat("x", 65_500))}))
	header := func(length uint32) string {
		return string(smpptest.Build("enquire_link", 7, nil, smpptest.SetLength(length)))
	}
	links := link(8) + link(9)
	for _, c := range []struct {
		line    string // of tshark-defects.md
		capture []byte
		want    string // sequence numbers behind the bind
	}{
		{"1: 1 octet of a PDU in its first segment", segments(nil, link(7)[:1], link(7)[1:], link(8)), "7 8"},
		{"1: 4 octets", segments(nil, link(7)[:4], link(7)[4:], link(8)), "7 8"},
		{"1: 12 octets", segments(nil, submit(7, "a")[:12], submit(7, "a")[12:], link(8)), "7 8"},
		{"1: 15 octets", segments(nil, submit(7, "a")[:15], submit(7, "a")[15:], link(8)), "7 8"},
		{"2: unknown command_id before good PDUs", segments(nil, unknown+links), "7 8 9"},
		{"3: longer than 65,536 octets", segments(nil, long[:30_000], long[30_000:60_000], long[60_000:], link(8)), "7 8"},
		{"4: command_length 0", segments(nil, header(0)+links, link(10)), "8 9 10"},
		{"4: command_length 15", segments(nil, header(15)+links, link(10)), "8 9 10"},
		{"5: garbage before a PDU", segments(nil, "garbage: x"+link(8), link(9)), "8 9"},
		{"6: bad large command_length", segments(nil, header(70_000), link(8), link(9)+link(10)), "8 9 10"},
		{"7: hole inside a PDU", segments(func(s []smpptest.Segment) []smpptest.Segment {
			return slices.Delete(s, 1, 2)
		}, submit(7, strings.Repeat("a", 100))[:60], submit(7, strings.Repeat("a", 100))[60:100],
			submit(7, strings.Repeat("a", 100))[100:], link(8), link(9)), "7 8 9"},
		{"8: segments out of order", segments(func(s []smpptest.Segment) []smpptest.Segment {
			s[0].Seq, s[1].Seq, s[0].Payload, s[1].Payload = s[1].Seq, s[0].Seq, s[1].Payload, s[0].Payload
			return s
		}, submit(7, "a"), submit(8, "longer"), link(9)), "7 8 9"},
		{"8: and a real hole", segments(func(s []smpptest.Segment) []smpptest.Segment {
			return slices.Delete(s, 1, 2)
		}, link(7), link(8), link(9), link(10)), "7 9 10"},
	} {
		code, out, errs := given(t, c.capture, "read", "--profile", "smpp34", "-T", "fields", "-e", "smpp.sequence_number",
			"-Y", "not smpp.system_id")
		if got := strings.Join(strings.Fields(out), " "); code != exitOK || got != c.want {
			t.Errorf("%s: PDUs %s, want %s; exit %d %s", c.line, got, c.want, code, errs)
		}
	}
}

// TestDefectsAreTold: what was lost or skipped is said, with its reason.
func TestDefectsAreTold(t *testing.T) {
	header := func(length uint32) string {
		return string(smpptest.Build("enquire_link", 7, nil, smpptest.SetLength(length)))
	}
	for line, c := range map[string]struct {
		capture []byte
		want    string
	}{
		"4: command_length 0": {segments(nil, header(0)+link(8)), "command_length is below 16"},
		"5: garbage":          {segments(nil, "garbage: x"+link(8)), "10 octets skipped"},
		"7: a hole": {segments(func(s []smpptest.Segment) []smpptest.Segment {
			return slices.Delete(s, 1, 2)
		}, link(7), link(8), link(9)), "16 octets lost by the capture"},
	} {
		if _, out, _ := given(t, c.capture, "read", "-V"); !strings.Contains(out, c.want) {
			t.Errorf("%s: %q is missing in:\n%s", line, c.want, out)
		}
	}
}

// TestLongPDUIsWhole: line 3, the value.
func TestLongPDUIsWhole(t *testing.T) {
	const octets = 65_535
	long := string(smpptest.Build("data_sm", 7, smpptest.F{"source_addr": "ACME", "destination_addr": "447700900123"},
		smpptest.TLV{Tag: 0x0424, Value: []byte(strings.Repeat("x", octets))}))
	_, out, _ := given(t, segments(nil, long[:40_000], long[40_000:]), "read", "-Y", "smpp.message_payload",
		"-T", "fields", "-e", "smpp.command_length", "-e", "smpp.opt_param_len")
	if want := fmt.Sprintf("%d\t%d\n", len(long), octets); out != want {
		t.Errorf("%q, want %q", out, want)
	}
}
