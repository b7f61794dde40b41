package report

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// submit is a submit_sm with a text, two TLVs (one unknown) and an address
// that is hostile to terminals.
const submit = "00000055 00000004 00000000 00000005 00 05 00 1b5b33316d00 01 01 33393132333400 40 00 00 00 00 01 00 08 00" +
	"08 0500034d0301 0041 0424 0002 6869 1400 0003 ff0a00"

// testPDU decodes octets as the pipeline would.
func testPDU(t testing.TB, octets []byte) *analyze.PDU {
	p := &dissect.PDU{}
	dissect.Decode(p, octets)
	conn := &session.Conn{
		Conn: &stream.Conn{
			ID: 1, A: netip.MustParseAddrPort("10.1.0.7:40112"), B: netip.MustParseAddrPort("[2001:db8::1]:2775"),
		},
		Decided: true, Basis: session.BasisBind,
	}
	x := &analyze.PDU{
		Number: 17, Conn: conn, Session: &session.Session{ID: 1, Conn: conn, Version: dissect.V34},
		SystemID: "ac\x1bme", BindType: session.BindTRX, From: dissect.ESME,
		At: stream.Stamp{Time: 1793700131123456789, Frame: 23}, P: p,
		Request: 15, Latency: 812_999, Findings: []*audit.Rule{&audit.Rules[audit.RuleSystemType]},
		Issues: dissect.Validate(append([]dissect.Issue(nil), p.Issues...), p, dissect.Context{Version: dissect.V34, From: dissect.ESME}),
	}
	x.Message, x.Receipt = dissect.ReadMessage(p, dissect.ESME, nil)
	return x
}

func octetsOf(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	b[3] = byte(len(b))
	return b
}

// golden compares with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestGolden(t *testing.T) {
	p := testPDU(t, octetsOf(t, submit))
	opt := &Options{Time: TimeUTC, Hex: true, Response: 18}
	var b []byte
	b = opt.AppendLine(b, p)
	b = append(b, '\n')
	b = opt.AppendTree(b, p)
	b = append(b, '\n')
	b = AppendHexdump(b, p.P.Raw)
	golden(t, "submit.txt", string(b))
	golden(t, "submit.json", string(append(opt.AppendJSON(nil, p), '\n')))
}

// FuzzPDU writes whatever decodes: JSON stays JSON, text stays harmless.
func FuzzPDU(f *testing.F) {
	f.Add(octetsOf(f, submit))
	f.Add([]byte{0, 0, 0, 16, 0x80, 0, 0, 21, 0, 0, 0, 13, 0, 0, 0, 1})
	f.Add([]byte{0, 0})
	for i := range dissect.Commands() {
		id := dissect.Commands()[i].ID
		b := append([]byte{0, 0, 0, 80, byte(id >> 24), byte(id >> 16), byte(id >> 8), byte(id)}, make([]byte, 72)...)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		p := testPDU(t, octets)
		opt := &Options{Time: TimeUTC, Hex: true}
		object := opt.AppendJSON(nil, p)
		if !json.Valid(object) || !utf8.Valid(object) || strings.ContainsAny(string(object), "\n\x1b") {
			t.Fatalf("no JSON: %q", object)
		}
		text := opt.AppendTree(opt.AppendLine(nil, p), p)
		for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
			if Safe(line) != line {
				t.Fatalf("unsafe line %q", line)
			}
		}
	})
}

func TestListing(t *testing.T) {
	p := testPDU(t, octetsOf(t, submit))
	records := []analyze.Record{{Kind: analyze.RecordPDU, PDU: p}, {Kind: analyze.RecordPDU, PDU: p}, {Kind: analyze.RecordPDU, PDU: p}}
	var out strings.Builder
	l := NewListing(&out, &Options{}, ListingOptions{Format: FormatJSON, Limit: 2})
	if err := l.Write(context.Background(), records); err != analyze.ErrStop {
		t.Fatalf("Write gave %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var array []map[string]any
	if err := json.Unmarshal([]byte(out.String()), &array); err != nil || len(array) != 2 {
		t.Fatalf("%d objects, %v: %s", len(array), err, out.String())
	}
	out.Reset()
	l = NewListing(&out, &Options{}, ListingOptions{Format: FormatJSON})
	if err := l.Close(); err != nil || !json.Valid([]byte(out.String())) {
		t.Fatalf("an empty array is %q (%v)", out.String(), err)
	}
}

// A listing writes hundreds of thousands of PDUs: it may not allocate for each.
func TestAllocations(t *testing.T) {
	p := testPDU(t, octetsOf(t, strings.Replace(submit, "1b5b33316d", "41434d4531", 1)))
	opt := &Options{Time: TimeUTC, Hex: true}
	buf := make([]byte, 0, 64<<10)
	for name, write := range map[string]func(){
		"JSON": func() { buf = opt.AppendJSON(buf[:0], p) },
		"line": func() { buf = opt.AppendLine(buf[:0], p) },
	} {
		if n := testing.AllocsPerRun(100, write); n > 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkJSON(b *testing.B) {
	p := testPDU(b, octetsOf(b, submit))
	opt := &Options{}
	buf := make([]byte, 0, 64<<10)
	b.ReportAllocs()
	for b.Loop() {
		buf = opt.AppendJSON(buf[:0], p)
	}
}

func TestCauses(t *testing.T) {
	finding := func(id int64, rule audit.RuleID, severity audit.Severity, conn, time, count int64) audit.Finding {
		return audit.Finding{ID: id, Rule: rule, Severity: severity, Connection: conn, Time: time, Count: count, Remedy: "r"}
	}
	causes := causesOf([]audit.Finding{
		finding(1, audit.RuleCleartextCredentials, audit.Note, 1, 1, 9),
		finding(2, audit.RuleSystemType, audit.Error, 1, 2, 5),
		finding(3, audit.RuleThrottled, audit.Warning, 1, 3, 100),
		finding(4, audit.RuleBindRefused, audit.Error, 2, 5, 1),
		finding(5, audit.RuleBindRefused, audit.Error, 1, 4, 1),
	})
	var got []string
	for _, c := range causes {
		got = append(got, c.First.Rule.String())
	}
	if diff := cmp.Diff([]string{"bind-refused", "system-type", "throttled", "cleartext-credentials"}, got); diff != "" {
		t.Error(diff)
	}
	if c := causes[0]; c.Count != 2 || c.Connections != 2 || c.First.ID != 5 {
		t.Errorf("bind-refused: %+v", c)
	}
}

func TestAuditJSON(t *testing.T) {
	a := &Audit{Profile: "kaleyra", Source: []string{"a\x1b.pcap"}, From: 1, To: 2}
	a.AddCheck(&audit.Check{Rule: audit.RuleSystemType, Checked: 3, Failed: 1}, false)
	a.AddCheck(&audit.Check{Rule: audit.RuleMaxBinds}, true)
	a.AddFinding(&audit.Finding{ID: 1, Rule: audit.RuleSystemType, Severity: audit.Error, Count: 1, Message: "\xff"})
	var got struct {
		Totals struct{ Findings map[string]int }
		Rules  []struct{ ID, Severity, Status string }
	}
	if err := json.Unmarshal(a.AppendJSON(nil), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Rules) != len(audit.Rules) || got.Totals.Findings["error"] != 1 {
		t.Errorf("%d rules, totals %v", len(got.Rules), got.Totals)
	}
	status := make(map[string]string)
	for _, r := range got.Rules {
		status[r.ID] = r.Status + " " + r.Severity
	}
	for id, want := range map[string]string{"system-type": "fail error", "max-binds": "off warning", "sequence-zero": "not-observed error"} {
		if status[id] != want {
			t.Errorf("%s is %q, want %q", id, status[id], want)
		}
	}
}

// A rule explained, on a terminal of 100 columns.
func TestRuleText(t *testing.T) {
	r, _ := audit.RuleByName("enquire-link-missing")
	o := &Options{Width: 100}
	golden(t, "rule.txt", string(o.AppendRuleText(nil, r, nil)))
	golden(t, "rule.json", string(AppendRule(nil, r, nil))+"\n")
	for i := range audit.Rules {
		if text := (&Options{}).AppendRuleText(nil, &audit.Rules[i], nil); !json.Valid(AppendRule(nil, &audit.Rules[i], nil)) || len(text) < 200 {
			t.Errorf("%s: %s", audit.Rules[i].Name, text)
		}
	}
}
