package report

import (
	"context"
	"errors"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/dissect"
)

// drawn writes lines of octets with the marks in brackets.
func drawn(lines []hexLine) string {
	var b strings.Builder
	for i := range lines {
		l := &lines[i]
		if l.Skipped != "" {
			b.WriteString("... " + l.Skipped + "\n")
			continue
		}
		b.WriteString(l.Offset + "  ")
		for j, all := range [][]piece{l.Hex, l.Text} {
			for _, s := range all {
				if s.Mark {
					b.WriteString("[" + s.Text + "]")
				} else {
					b.WriteString(s.Text)
				}
			}
			if j == 0 {
				b.WriteString(l.Fill + "   ")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func octets(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('A' + i%26)
	}
	return b
}

func TestMarkedHex(t *testing.T) {
	for _, c := range []struct {
		name           string
		size, off, len int
		whole          bool
		want           string
	}{
		{"none", 4, 0, 0, true, "0000  41 42 43 44                                       ABCD\n"},
		{"inside", 4, 1, 2, true, "0000  41 [42 43] 44                                       A[BC]D\n"},
		{"whole", 2, 0, 2, true, "0000  [41 42]                                             [AB]\n"},
		{"over a line", 18, 15, 2, true, "0000  41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f [50]   ABCDEFGHIJKLMNO[P]\n" +
			"0010  [51] 52                                             [Q]R\n"},
		{"past the end", 4, 2, 100, true, "0000  41 42 [43 44]                                       AB[CD]\n"},
		{"behind the end", 4, 4, 1, true, "0000  41 42 43 44                                       ABCD\n"},
		{"negative", 4, -1, 2, true, "0000  41 42 43 44                                       ABCD\n"},
		{"huge", 4, 3, 1 << 62, true, "0000  41 42 43 [44]                                       ABC[D]\n"},
		{"excerpt", 40, 17, 1, false, "0010  51 [52] 53 54 55 56 57 58 59 5a 41 42 43 44 45 46   Q[R]STUVWXYZABCDEF\n"},
		{"excerpt of nothing", 40, 17, 0, false, ""},
	} {
		if d := gocmp.Diff(c.want, drawn(markedHex(octets(c.size), c.off, c.len, c.whole))); d != "" {
			t.Errorf("%s: want (-) got (+):\n%s", c.name, d)
		}
	}
}

// TestMarkedHexIsBounded: of a large PDU its start and what the finding is
// about are shown, and what is left out is said.
func TestMarkedHexIsBounded(t *testing.T) {
	text := drawn(markedHex(octets(60_000), 30_000, 20_000, true))
	if n := strings.Count(text, "\n"); n > (shownHead+shownMark)/16+5 {
		t.Errorf("%d lines", n)
	}
	for _, want := range []string{"0000  41 ", "[", "... 28,9", " octets not shown"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func TestMarkedHexCarets(t *testing.T) {
	want := "0000  41 42 43 44                                       ABCD\n         ^^^^^\n"
	if d := gocmp.Diff(want, string(appendMarkedHex(nil, markedHex(octets(4), 1, 2, true)))); d != "" {
		t.Errorf("want (-) got (+):\n%s", d)
	}
}

// TestTreeMarks: the rows whose octets the finding is about are marked, and no
// note that happens to begin with a number.
func TestTreeMarks(t *testing.T) {
	tree := "PDU 1: submit_sm\n        0-3  command_length  70\n         16  service_type\n      17-20  source_addr\n" +
		"               17-18  note of a text\n"
	var marked []string
	for _, line := range treeLines([]byte(tree), 16, 2) {
		if line.Mark {
			marked = append(marked, strings.TrimSpace(line.Text))
		}
	}
	if d := gocmp.Diff([]string{"16  service_type", "17-20  source_addr"}, marked); d != "" {
		t.Errorf("want (-) got (+):\n%s", d)
	}
}

func passedPDU(number int64, size int) analyze.Record {
	raw := make([]byte, size)
	raw[2], raw[3], raw[7] = byte(size>>8), byte(size), 4
	p := &dissect.PDU{}
	dissect.Decode(p, raw)
	return analyze.Record{Kind: analyze.RecordPDU, PDU: &analyze.PDU{Number: number, P: p, Latency: -1}}
}

// TestRecentEvidence: of what is read once the last PDUs are kept, within
// bounds, for findings that name them soon.
func TestRecentEvidence(t *testing.T) {
	e := NewRecentEvidence(&Options{})
	finding := func(pdu int64) analyze.Record {
		return analyze.Record{Kind: analyze.RecordFinding, Finding: &audit.Finding{ID: pdu, PDU: pdu}}
	}
	const n = 3*ringPDUs + 7
	for i := int64(1); i <= n; i++ {
		record := []analyze.Record{passedPDU(i, 40)}
		if i == 5 {
			record = append(record, finding(5))
		}
		if err := e.Write(context.Background(), record); err != nil {
			t.Fatal(err)
		}
	}
	if kept := len(e.ring) - e.head; kept != ringPDUs || cap(e.ring) > 4*ringPDUs || e.octets != 40*ringPDUs {
		t.Errorf("the ring holds %d PDUs of %d octets in %d places", kept, e.octets, cap(e.ring))
	}
	_ = e.Write(context.Background(), []analyze.Record{finding(6), finding(n - ringPDUs), finding(n - ringPDUs + 1), finding(n)})
	for pdu, want := range map[int64]bool{5: true, 6: false, n - ringPDUs: false, n - ringPDUs + 1: true, n: true} {
		if got := e.kept[pdu] != nil; got != want {
			t.Errorf("PDU %d: kept %v, want %v", pdu, got, want)
		}
	}
	for i := int64(n + 1); i <= n+300; i++ {
		_ = e.Write(context.Background(), []analyze.Record{passedPDU(i, 65000)})
	}
	if e.octets > ringOctets {
		t.Errorf("the ring holds %d octets", e.octets)
	}
}

// TestWantedEvidence: the run ends with the last PDU that is wanted.
func TestWantedEvidence(t *testing.T) {
	e := NewEvidence(&Options{}, []int64{2, 3})
	for i, want := range []error{nil, nil, analyze.ErrStop} {
		if err := e.Write(context.Background(), []analyze.Record{passedPDU(int64(i+1), 40)}); !errors.Is(err, want) {
			t.Errorf("PDU %d: %v, want %v", i+1, err, want)
		}
	}
	if e.kept[1] != nil || e.kept[2] == nil || e.Wants(2) || e.kept[2].Command != "submit_sm" {
		t.Errorf("kept %v", e.kept)
	}
}
