package main

import (
	"cmp"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/internal/smpptest"
)

// longParts are the PDUs of the test, in order of time: which connection, which
// octets.
func longParts() []struct {
	conn int
	pdu  []byte
} {
	udh := func(coding int, header, text string) []byte {
		return smpptest.Build("submit_sm", 7, smpptest.F{"source_addr": "ACME", "destination_addr": "123", "esm_class": 0x40,
			"data_coding": coding, "short_message": header + text})
	}
	sar := func(part uint8, text string) []byte {
		return smpptest.Build("deliver_sm", 8, smpptest.F{"source_addr": "123", "destination_addr": "ACME"},
			smpptest.TLV16(0x020C, 300), smpptest.TLV8(0x020E, 2), smpptest.TLV8(0x020F, part),
			smpptest.TLV{Tag: 0x0424, Value: []byte(text)})
	}
	return []struct {
		conn int
		pdu  []byte
	}{
		{0, udh(8, "\x05\x00\x03\x09\x03\x03", "\x00!")},
		{1, udh(8, "\x05\x00\x03\x09\x03\x01", "\x00A\xd8\x3d")}, // half of U+1F600
		{0, udh(0, "\x06\x08\x04\x01\x00\x02\x01", "5 \x1b")},
		{1, sar(2, "two")},
		{0, udh(8, "\x05\x00\x03\x09\x03\x02", "\xde\x00\x00B")},
		{1, udh(0, "\x06\x08\x04\x01\x00\x02\x02", "e")},
		{1, udh(0, "\x05\x00\x03\x0a\x02\x01", "alone")},
		{1, sar(1, "one ")},
		{0, udh(8, "\x05\x00\x03\x09\x03\x02", "\xde\x00\x00B")}, // again
	}
}

// longCapture has them over two binds of one account.
func longCapture() []byte {
	bind, resp := bindExchange()
	talks := []*smpptest.Talk{
		smpptest.NewTalk("10.0.0.1:40000", "10.0.0.2:2775").Open().Data(0, bind).Data(1, resp),
		smpptest.NewTalk("10.0.0.3:40000", "10.0.0.2:2775").Open().Data(0, bind).Data(1, resp),
	}
	for _, p := range longParts() {
		dir := 0
		if p.pdu[7] == 5 { // deliver_sm
			dir = 1
		}
		for j, t := range talks {
			if t.Wait(time.Second); j == p.conn {
				t.Data(dir, string(p.pdu))
			} else {
				t.Wait(talks[p.conn].Step)
			}
		}
	}
	segments := slices.Concat(talks[0].Segments, talks[1].Segments)
	slices.SortStableFunc(segments, func(a, b smpptest.Segment) int { return cmp.Compare(a.Time, b.Time) })
	return smpptest.Pcap{Nano: true}.Write(smpptest.Packets(segments)...)
}

// longTexts gives "pdu: text | own text | map | missing" of each part.
func longTexts(t *testing.T, ndjson string) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(ndjson) {
		var p struct {
			PDU     int64
			Message struct {
				Text     *string
				PartText string                      `json:"part_text"`
				PartMap  []struct{ Part, PDU int64 } `json:"part_map"`
				Missing  []int
			}
		}
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		if p.Message.PartMap == nil {
			continue
		}
		text := "-"
		if p.Message.Text != nil {
			text = *p.Message.Text
		}
		b, _ := json.Marshal([]any{p.PDU, text, p.Message.PartText, p.Message.PartMap, p.Message.Missing})
		out = append(out, strings.NewReplacer(`"Part":`, "", `"PDU":`, "").Replace(string(b)))
	}
	return out
}

func TestLongMessages(t *testing.T) {
	capture := longCapture()
	code, out, errs := given(t, capture, "read", "-T", "ndjson", "--profile", "smpp34")
	if code != 0 {
		t.Fatal(errs)
	}
	stream := []string{
		`[5,"-","!",[{3,5}],[1,2]]`,
		`[6,"-","A�",[{1,6},{3,5}],[2]]`,
		`[7,"-","5 �",[{1,7}],[2]]`,
		`[8,"-","two",[{2,8}],[1]]`,
		`[9,"A😀B!","�B",[{1,6},{2,9},{3,5}],null]`,
		`[10,"5 €","e",[{1,7},{2,10}],null]`,
		`[11,"-","alone",[{1,11}],[2]]`,
		`[12,"one two","one ",[{1,12},{2,8}],null]`,
		`[13,"-","�B",[{1,6},{2,13},{3,5}],null]`,
	}
	if diff := gocmp.Diff(stream, longTexts(t, out)); diff != "" {
		t.Error(diff)
	}

	db := filepath.Join(t.TempDir(), "x.db")
	if code, _, errs := given(t, capture, "analyze", "--profile", "smpp34", "-q", "--db", db); code != 0 {
		t.Fatal(errs)
	}
	recorded := []string{
		`[5,"A😀B!","!",[{1,6},{2,9},{2,13},{3,5}],null]`,
		`[6,"A😀B!","A�",[{1,6},{2,9},{2,13},{3,5}],null]`,
		`[7,"5 €","5 �",[{1,7},{2,10}],null]`,
		`[8,"one two","two",[{1,12},{2,8}],null]`,
		`[9,"A😀B!","�B",[{1,6},{2,9},{2,13},{3,5}],null]`,
		`[10,"5 €","e",[{1,7},{2,10}],null]`,
		`[11,"alone…","alone",[{1,11}],[2]]`,
		`[12,"one two","one ",[{1,12},{2,8}],null]`,
		`[13,"A😀B!","�B",[{1,6},{2,9},{2,13},{3,5}],null]`,
	}
	if diff := gocmp.Diff(recorded, longTexts(t, smpptap(t, "pdus", "--db", db, "-T", "ndjson"))); diff != "" {
		t.Error(diff)
	}
	if diff := gocmp.Diff(recorded[1:2], longTexts(t, smpptap(t, "show", "--db", db, "-T", "json", "6"))); diff != "" {
		t.Error(diff)
	}
	tree := smpptap(t, "show", "--db", db, "11")
	for _, want := range []string{"parts                     1: pdu 11\n", "missing                   2\n", "whole text                \"alone…\"\n"} {
		if !strings.Contains(tree, want) {
			t.Errorf("no %q in\n%s", want, tree)
		}
	}
	tree = smpptap(t, "show", "--db", db, "6")
	for _, want := range []string{"parts                     1: pdu 6, 2: pdu 9 and 13, 3: pdu 5\n", "whole text                \"A😀B!\"\n"} {
		if !strings.Contains(tree, want) {
			t.Errorf("no %q in\n%s", want, tree)
		}
	}
	_, out, _ = given(t, capture, "read", "-V", "--profile", "smpp34", "-Y", "smpptap.text contains B")
	if !strings.Contains(out, "parts                     1: pdu 6, 2: pdu 9, 3: pdu 5\n") || !strings.Contains(out, "whole text                \"A😀B!\"\n") {
		t.Errorf("%s", out)
	}
	_, out, _ = given(t, capture, "read", "-T", "ndjson", "--profile", "smpp34", "--redact", "text")
	if strings.Contains(out, "one") || strings.Contains(out, "A😀") {
		t.Errorf("redacted text is shown:\n%s", out)
	}
}
