package report

import (
	"context"
	"fmt"
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

func TestSummaryManyConnections(t *testing.T) {
	var out strings.Builder
	if err := summaryOf(t, 3000).Print(&out, &Options{Time: TimeUTC}, About{Profile: "kaleyra"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), fmt.Sprintf("\n  3000  %s", "10.0.0.1:40000")) {
		t.Error("the last connection is missing")
	}
}
