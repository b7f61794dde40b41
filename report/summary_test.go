package report

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// summaryOf feeds a summary with n connections of one session and one
// submit_sm_resp each, a finding and a capture.
func summaryOf(t *testing.T, n int64) *Summary {
	t.Helper()
	s := NewSummary()
	var records []analyze.Record
	for id := int64(1); id <= n; id++ {
		c := &session.Conn{
			Conn:    &stream.Conn{ID: id, A: netip.MustParseAddrPort("10.0.0.1:40000"), B: netip.MustParseAddrPort("10.0.0.2:2775")},
			Decided: true, End: session.EndFIN,
		}
		c.Sides[0] = session.SideState{PDUs: 1, MaxOutstanding: 7}
		x := &session.Session{
			ID: id, Conn: c, BindSeen: true, BindAnswered: true, BindType: session.BindTRX,
			SystemID: "evil\x1b[31m", PDUsToSMSC: 1, PDUsToESME: 1, Version: dissect.V34,
		}
		p := &dissect.PDU{}
		dissect.Decode(p, []byte{0, 0, 0, 18, 0x80, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 1, '1', 0})
		records = append(records,
			analyze.Record{Kind: analyze.RecordConn, Conn: c},
			analyze.Record{Kind: analyze.RecordSession, Session: &analyze.SessionRecord{Session: x}},
			analyze.Record{Kind: analyze.RecordPDU, PDU: &analyze.PDU{
				Number: 2 * id, Conn: c, Session: x, From: dissect.SMSC, P: p, Request: 2*id - 1, Latency: int64(time.Millisecond),
			}})
	}
	at := time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC)
	records = append(records,
		analyze.Record{Kind: analyze.RecordFinding, Finding: &audit.Finding{
			ID: 1, Rule: audit.RuleBindRefused, Severity: audit.Error, Connection: 1, PDU: 2, Time: at.UnixNano(), Count: 3,
			Message: "refused\x1b]0;x\a", Remedy: "ask the provider",
		}},
		analyze.Record{Kind: analyze.RecordCheck, Check: &audit.Check{Rule: audit.RuleResponseMissing, Checked: 9, Unchecked: 4}},
		analyze.Record{Kind: analyze.RecordCapture, Capture: &analyze.Capture{Source: "a.pcap", Stats: analyze.Stats{
			Inputs: []string{"a.pcap"}, Packets: 10, Octets: 2000, First: at, Last: at.Add(time.Minute), Connections: n, PDUs: n,
			CutPackets: 2, CutOctets: 99, Other: map[string]int64{"tls": 2, "": 1},
		}}})
	if err := s.Write(context.Background(), records); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSummary(t *testing.T) {
	var out strings.Builder
	err := summaryOf(t, 2).Print(&out, &Options{Time: TimeUTC}, About{
		Profile: "kaleyra", Database: "smpptap.db", Version: "1", Capture: 4, PDUOffset: 100, ConnOffset: 10, SessionOffset: 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "summary.txt", out.String())
	if strings.Contains(out.String(), "\x1b") {
		t.Error("an escape sequence came through")
	}
}

func TestSummaryWraps(t *testing.T) {
	s := summaryOf(t, 1)
	s.findings.all[0].Message = strings.Repeat("many words of a long explanation ", 20)
	var out strings.Builder
	if err := s.Print(&out, &Options{Time: TimeUTC, Width: 100}, About{Profile: "kaleyra"}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if n := Width(strings.TrimSuffix(line, "\n")); n > 100 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

// Of many connections the worst are listed, all are counted.
func TestSummaryManyConnections(t *testing.T) {
	s := summaryOf(t, maxLines+10)
	s.findings.finding(&audit.Finding{ID: 2, Rule: audit.RuleSystemType, Severity: audit.Warning, Connection: 3000})
	s.findings.finding(&audit.Finding{ID: 3, Rule: audit.RuleThrottled, Severity: audit.Error, Connection: 4000})
	text := printed(t, s, About{Profile: "kaleyra", Database: "x.db"})
	for _, want := range []string{
		"65,546 connections, 65,546 sessions, 65,546 PDUs",
		"65,446 connections more; these are the worst by their findings, then the first. All: smpptap sessions --db x.db\n",
		"of the connections listed above alone\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	_, table, _ := strings.Cut(text, "\nConnections\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")
	if len(rows) != 2+maxShown+1 {
		t.Fatalf("%d lines", len(rows))
	}
	var order []string
	for _, row := range rows[2:7] {
		order = append(order, strings.Fields(row)[0])
	}
	if got := strings.Join(order, " "); got != "1 4000 3000 2 3" {
		t.Error(got)
	}
	if text := printed(t, summaryOf(t, maxShown), About{}); strings.Contains(text, "listed above alone") || strings.Contains(text, " more; ") {
		t.Error("something seems to be missing")
	}
	if text := printed(t, summaryOf(t, maxShown+1), About{}); !strings.Contains(text, "1 connection more; ") ||
		!strings.Contains(text, "run again without --no-db, then smpptap sessions") {
		t.Error("one is not told of")
	}
}

func printed(t *testing.T, s *Summary, about About) string {
	t.Helper()
	var out strings.Builder
	if err := s.Print(&out, &Options{Time: TimeUTC}, about); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// What the summary says where times, packets, PDUs or a file are missing.
func TestSummaryOfLittle(t *testing.T) {
	zero, later := time.Unix(0, 0), time.Unix(60, 0)
	lossy := audit.Finding{ID: 1, Rule: audit.RuleCaptureLossy, Severity: audit.Note, Count: 1, Remedy: "larger buffer"}
	for name, c := range map[string]struct {
		capture  analyze.Capture
		finding  *audit.Finding
		about    About
		has, not string
	}{
		"time 0": {
			capture: analyze.Capture{Stats: analyze.Stats{Packets: 2, First: zero, Last: later}},
			has:     "time       1970-01-01 00:00:00.000 to 1970-01-01 00:01:00.000, 60.0 s\n",
		},
		"no times":  {capture: analyze.Capture{Stats: analyze.Stats{Packets: 2, First: zero, Last: zero}}, has: "time       the capture tells none\n"},
		"no packet": {has: "time       no packet\n"},
		"unreadable": {
			capture: analyze.Capture{Stats: analyze.Stats{Damaged: []string{"x: no capture file"}}}, finding: &lossy,
			has: "Nothing could be checked: no packet could be read.\n  note        1×  -  ", not: "1970",
		},
		"its remedy": {
			capture: analyze.Capture{Stats: analyze.Stats{Damaged: []string{"x: no capture file"}}}, finding: &lossy,
			has: "→ Check the file", not: "larger buffer",
		},
		"another remedy": {
			capture: analyze.Capture{Stats: analyze.Stats{Packets: 9, Dropped: 1, Damaged: []string{"x"}}}, finding: &lossy,
			has: "→ larger buffer",
		},
		"no PDU":   {capture: analyze.Capture{Stats: analyze.Stats{Packets: 2}}, has: "Nothing could be checked: there is no PDU.\n"},
		"all well": {capture: analyze.Capture{Stats: analyze.Stats{Packets: 2, PDUs: 1}}, has: "every check that could be made passed"},
		"limits": {
			capture: analyze.Capture{Stats: analyze.Stats{Caps: map[string]int64{"findings": 1200}}},
			has:     "lost       1,200 findings not kept: there are too many\n",
		},
		"standard input": {
			about: About{Inputs: []string{"a.pcap", "-"}, Once: true},
			has:   "Next  smpptap analyze a.pcap -   without --no-db records ",
		},
		"standard input, recorded": {
			about: About{Inputs: []string{"-"}, Once: true, Database: "smpptap.db"}, finding: &audit.Finding{Severity: audit.Error},
			has: "Next  smpptap findings",
		},
		"one of a limit": {
			capture: analyze.Capture{Stats: analyze.Stats{Caps: map[string]int64{
				"connections refused: more than 9 at once": 1, "IP datagrams given up: too many incomplete ones": 1, "holes given up early": 2,
			}}},
			has: "lost       1 IP datagram given up: too many incomplete ones\n" +
				"  lost       1 connection refused: more than 9 at once\n" +
				"  lost       2 holes given up early\n",
		},
		"live":          {capture: analyze.Capture{Kind: "live", Source: "eth0 lo"}, has: "  interfaces eth0 lo\n"},
		"live, no file": {capture: analyze.Capture{Kind: "live", Source: "eth0 lo"}, has: "Next  smpptap live -i eth0 -i lo -w capture.pcapng   "},
		"live, a file": {
			capture: analyze.Capture{Kind: "live", Source: "eth0"}, about: About{Inputs: []string{"k.pcapng"}},
			has: "Next  smpptap read k.pcapng   ",
		},
		"live, a ring": {
			capture: analyze.Capture{Kind: "live", Source: "eth0"}, about: About{Inputs: []string{"/a b/k.pcapng"}, Ring: true},
			has: "Next  smpptap read '/a b/k'_*.pcapng   ",
		},
		"live, a ring of findings": {
			capture: analyze.Capture{Kind: "live"}, about: About{Inputs: []string{"k"}, Ring: true}, finding: &audit.Finding{Severity: audit.Error},
			has: "Next  smpptap audit k_*   ",
		},
	} {
		s := NewSummary()
		s.capture = c.capture
		if c.finding != nil {
			s.findings.finding(c.finding)
		}
		text := printed(t, s, c.about)
		if !strings.Contains(text, c.has) || c.not != "" && strings.Contains(text, c.not) {
			t.Errorf("%s: want %q, not %q, in:\n%s", name, c.has, c.not, text)
		}
	}
}
