package main

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// TestMetricsSink: what no table names becomes `other`, findings are counted
// by occurrence, and gauges go back when a connection ends.
func TestMetricsSink(t *testing.T) {
	m := newMetrics(nil, "eth0")
	s := newMetricsSink(m)
	conn := &session.Conn{Conn: &stream.Conn{ID: 1}}
	conn.Session = &session.Session{ID: 1, Conn: conn, State: session.StateBoundRX, BindType: session.BindRX}
	pdu := func(id, status uint32, from dissect.Side) analyze.Record {
		raw := smpptest.Build("submit_sm_resp", 5, nil)
		for i := range 4 {
			raw[4+i], raw[8+i] = byte(id>>(24-8*i)), byte(status>>(24-8*i))
		}
		p := &analyze.PDU{Conn: conn, Session: conn.Session, From: from, P: &dissect.PDU{}, Latency: -1}
		dissect.Decode(p.P, raw)
		return analyze.Record{Kind: analyze.RecordPDU, PDU: p}
	}
	finding := func(count int64, rule audit.RuleID) analyze.Record {
		return analyze.Record{Kind: analyze.RecordFinding, Finding: &audit.Finding{ID: 1, Rule: rule, Severity: audit.Note, Connection: 1, Count: count}}
	}
	conn.Sides[0].Outstanding = 3
	write := func(r ...analyze.Record) {
		t.Helper()
		if err := s.Write(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	write(analyze.Record{Kind: analyze.RecordConn, Conn: conn},
		analyze.Record{Kind: analyze.RecordSession, Session: &analyze.SessionRecord{Session: conn.Session}},
		pdu(0x80000004, 0x0A, dissect.SMSC), pdu(0x80000004, 0xDEADBEEF, dissect.SMSC), pdu(0x12345678, 0, dissect.ESME),
		pdu(0x12345679, 0xCAFE0000, dissect.ESME), finding(2, audit.RuleSystemType), finding(5, audit.RuleSystemType),
		finding(1, audit.RuleThrottled), // took over the number
		analyze.Record{Kind: analyze.RecordFinding, Finding: &audit.Finding{ // of a connection that carries no SMPP
			ID: 2, Rule: audit.RuleFramingNotSmpp, Severity: audit.Error, Connection: 9, Count: 1, Where: audit.Where{Link: "two"},
		}},
		analyze.Record{Kind: analyze.RecordGap, Gap: &analyze.Gap{Conn: conn, Frame: stream.Frame{Kind: stream.FrameGap, Length: 77}}},
		analyze.Record{Kind: analyze.RecordGap, Gap: &analyze.Gap{Conn: conn, Frame: stream.Frame{Kind: stream.FrameGap, Length: -1}}},
		analyze.Record{Kind: analyze.RecordGap, Gap: &analyze.Gap{Conn: conn, Frame: stream.Frame{Kind: stream.FrameGarbage, Cause: stream.GarbageMidstream, Length: 5}}},
		analyze.Record{Kind: analyze.RecordGap, Gap: &analyze.Gap{Conn: conn, Frame: stream.Frame{Kind: stream.FrameGarbage, Cause: stream.GarbageOctets, Length: 9}}},
		analyze.Record{Kind: analyze.RecordLost, Lost: analyze.Lost{Conn: conn.Conn, Octets: 100}})
	want := func(text string, names ...string) {
		t.Helper()
		if err := testutil.GatherAndCompare(m.registry, strings.NewReader(text), names...); err != nil {
			t.Error(err)
		}
	}
	want(`# HELP smpptap_pdus_total PDUs analysed.
# TYPE smpptap_pdus_total counter
smpptap_pdus_total{command="other",direction="to_smsc",link="eth0",status="ESME_ROK"} 1
smpptap_pdus_total{command="other",direction="to_smsc",link="eth0",status="other"} 1
smpptap_pdus_total{command="submit_sm_resp",direction="to_esme",link="eth0",status="ESME_RINVSRCADR"} 1
smpptap_pdus_total{command="submit_sm_resp",direction="to_esme",link="eth0",status="other"} 1
`, "smpptap_pdus_total")
	want(`# HELP smpptap_findings_total Occurrences of faults; those of one cause are one finding elsewhere.
# TYPE smpptap_findings_total counter
smpptap_findings_total{link="eth0",rule="system-type",severity="note"} 5
smpptap_findings_total{link="eth0",rule="throttled",severity="note"} 1
smpptap_findings_total{link="two",rule="framing-not-smpp",severity="error"} 1
`, "smpptap_findings_total")
	const gauges = `# HELP smpptap_sessions Sessions bound now.
# TYPE smpptap_sessions gauge
smpptap_sessions{bind_type="rx",link="eth0"} RX
smpptap_sessions{bind_type="trx",link="eth0"} 0
smpptap_sessions{bind_type="tx",link="eth0"} 0
smpptap_sessions{bind_type="rx",link="two"} 0
smpptap_sessions{bind_type="trx",link="two"} 0
smpptap_sessions{bind_type="tx",link="two"} 0
# HELP smpptap_window Requests of both sides that wait for their response now.
# TYPE smpptap_window gauge
smpptap_window{link="eth0"} WINDOW
smpptap_window{link="two"} 0
`
	want(strings.NewReplacer("RX", "1", "WINDOW", "3").Replace(gauges), "smpptap_sessions", "smpptap_window")
	conn.EndedAt = 1
	write(analyze.Record{Kind: analyze.RecordConn, Conn: conn})
	want(strings.NewReplacer("RX", "0", "WINDOW", "0").Replace(gauges), "smpptap_sessions", "smpptap_window")
	if got := testutil.ToFloat64(m.lost.WithLabelValues("eth0")); got != 77+5+100 {
		t.Errorf("%v octets lost", got)
	}
	if len(s.conns) > 0 {
		t.Errorf("%d connections are remembered", len(s.conns))
	}
}
