package main

import (
	"bytes"
	"io"
	"testing"
	"time"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/stream"
)

// TestStatusLine: the line tells what was counted, and is cleared before
// anything else is written.
func TestStatusLine(t *testing.T) {
	conn := &session.Conn{Conn: &stream.Conn{ID: 7, Link: "a"}}
	conn.Session = &session.Session{ID: 1, Conn: conn, State: session.StateBoundTRX, BindType: session.BindTRX}
	records := []analyze.Record{
		{Kind: analyze.RecordSession, Session: &analyze.SessionRecord{Session: conn.Session}},
		{Kind: analyze.RecordFinding, Finding: &audit.Finding{ID: 1, Rule: audit.RuleSystemType, Connection: 7}},
		{Kind: analyze.RecordFinding, Finding: &audit.Finding{ID: 1, Rule: audit.RuleSystemType, Connection: 7, Count: 2}},
		{Kind: analyze.RecordFinding, Finding: &audit.Finding{ID: 1, Rule: audit.RuleThrottled, Connection: 7}}, // took the other's place
	}
	for i := range 1500 {
		records = append(records, analyze.Record{Kind: analyze.RecordPDU, PDU: &analyze.PDU{Conn: conn, Request: 1, Latency: int64(i+1) * 1000}})
	}
	var out bytes.Buffer
	s := &statusLine{w: &out, fd: -1, links: 2, dropped: func() int64 { return 1234 }}
	s.pulse.at = time.Now().Add(-time.Hour) // so that the rate is 0
	if err := s.pulse.Write(t.Context(), records); err != nil {
		t.Fatal(err)
	}
	s.draw()
	const line = "\r\x1b[Klinks 2  sessions 1  PDU/s 0  p99 1.49 ms  findings 2  dropped 1,234"
	if out.String() != line {
		t.Errorf("%q, want %q", out.String(), line)
	}
	if _, err := io.WriteString(s.dress(&out), "a finding\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(s.dress(&out), "another\n"); err != nil {
		t.Fatal(err)
	}
	if want := line + "\r\x1b[Ka finding\nanother\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}

	conn.EndedAt = 1
	if err := s.pulse.Write(t.Context(), []analyze.Record{{Kind: analyze.RecordConn, Conn: conn}}); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	s.pulse.at, s.pulse.before = now.Add(-2*time.Second), 1000
	if got, want := s.pulse.text(now, 1, 0), "links 1  sessions 0  PDU/s 250  p99 1.49 ms  findings 2  dropped 0"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if quiet := newStatusLine(&out, false); quiet.dress(&out) != io.Writer(&out) || quiet.sinks() != nil {
		t.Error("there is a line although it is no terminal")
	}
}

// TestLinkLabel: a label is UTF-8 without control characters.
func TestLinkLabel(t *testing.T) {
	for name, want := range map[string]string{"eth0 lo": "eth0 lo", "a\xff\x00b\n": "a__b_", "": ""} {
		if got := linkLabel(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
