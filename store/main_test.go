package store

import (
	"encoding/binary"
	"net/netip"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("SMPPTAP_STORE_CHILD"); path != "" {
		writeForEver(path)
	}
	goleak.VerifyTestMain(m)
}

// patience bounds what must happen; nothing is measured by it.
const patience = 2 * time.Minute

// second is the time of test records: 2026-11-03 10:02:11 UTC.
const second = int64(1_793_700_131_000_000_000)

// pduOf frames a body.
func pduOf(id, status, seq uint32, body string) []byte {
	b := make([]byte, 16, 16+len(body))
	binary.BigEndian.PutUint32(b, uint32(16+len(body)))
	binary.BigEndian.PutUint32(b[4:], id)
	binary.BigEndian.PutUint32(b[8:], status)
	binary.BigEndian.PutUint32(b[12:], seq)
	return append(b, body...)
}

// submit is a submit_sm with two TLVs.
func submit(seq uint32, from, to, text string) []byte {
	return pduOf(dissect.CmdSubmitSM, 0, seq, "\x00\x05\x00"+from+"\x00\x01\x01"+to+"\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00"+
		string(rune(len(text)))+text+"\x02\x04\x00\x02\x00\x07"+"\x14\x00\x00\x03a\x00b")
}

func submitResp(seq uint32, id string) []byte {
	return pduOf(dissect.CmdSubmitSMResp, 0, seq, id+"\x00")
}

// run makes the records of a run: one connection, one session.
type run struct {
	conn    *session.Conn
	session *analyze.SessionRecord
	n       int64
}

func newRun() *run {
	c := &session.Conn{Conn: &stream.Conn{
		ID: 1, A: netip.MustParseAddrPort("10.1.0.7:40112"), B: netip.MustParseAddrPort("[2001:db8::1]:2775"),
		Opened: stream.Stamp{Time: second, Frame: 1}, SYN: true, TLS: "none",
	}, ESME: stream.FromA, Decided: true}
	s := &session.Session{
		ID: 1, Conn: c, State: session.StateBoundTRX, BindSeen: true, SystemID: "acme", SystemType: "smpp",
		InterfaceVersion: 0x34, BindType: session.BindTRX, BindAnswered: true, StartedAt: second, BoundAt: second + 5,
	}
	c.Session = s
	return &run{conn: c, session: &analyze.SessionRecord{Session: s}}
}

// begin gives the records that stand first.
func (r *run) begin(source string) []analyze.Record {
	return []analyze.Record{
		{Kind: analyze.RecordCapture, Capture: &analyze.Capture{Kind: "pcap", Source: source, Profile: "kaleyra", Version: "test"}},
		{Kind: analyze.RecordConn, Conn: r.conn},
		{Kind: analyze.RecordSession, Session: r.session},
	}
}

// end gives the record that stands last.
func (r *run) end(source string) analyze.Record {
	return analyze.Record{Kind: analyze.RecordCapture, Capture: &analyze.Capture{
		Kind: "pcap", Source: source, Profile: "kaleyra", Version: "test",
		StartedAt: second, EndedAt: second + r.n, Stats: analyze.Stats{Packets: r.n, Inputs: []string{source}},
	}}
}

// pdu makes the record of a PDU.
func (r *run) pdu(b []byte, request int64) analyze.Record {
	r.n++
	p := &dissect.PDU{}
	dissect.Decode(p, b)
	rec := &analyze.PDU{
		Number: r.n, Conn: r.conn, Session: r.session.Session, SystemID: "acme", BindType: session.BindTRX,
		From: dissect.ESME, At: stream.Stamp{Time: second + r.n, Frame: r.n + 10}, P: p, Request: request, Latency: -1,
	}
	if p.IsResponse() {
		rec.Dir, rec.From, rec.Latency = stream.FromB, dissect.SMSC, 812_999
		r.session.PDUsToESME++
	} else {
		r.session.PDUsToSMSC++
	}
	return analyze.Record{Kind: analyze.RecordPDU, PDU: rec}
}

// exchange makes n submits, each with its response.
func (r *run) exchange(n int) []analyze.Record {
	var out []analyze.Record
	for range n {
		seq := uint32(r.n/2 + 1)
		out = append(out, r.pdu(submit(seq, "acme", "393331234567", "hello"), 0))
		out = append(out, r.pdu(submitResp(seq, "id-1"), r.n))
	}
	return append(out, analyze.Record{Kind: analyze.RecordSession, Session: r.session})
}

func (r *run) finding(id int64, rule audit.RuleID, s audit.Severity) analyze.Record {
	return analyze.Record{Kind: analyze.RecordFinding, Finding: &audit.Finding{
		ID: id, Rule: rule, Severity: s, Connection: 1, Session: 1, PDU: 1, LastPDU: 2, Time: second, LastTime: second + 1,
		Count: 2, Field: "system_type", Offset: 31, Length: 3, Seen: "cp", Wanted: "smpp", Message: "m", Remedy: "r", Reference: "ref",
	}}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// record writes records as one capture.
func record(t testing.TB, path string, batches ...[]analyze.Record) {
	t.Helper()
	db, err := Open(path, Options{})
	must(t, err)
	w, err := db.NewWriter(WriterOptions{})
	must(t, err)
	for _, b := range batches {
		must(t, w.Write(t.Context(), b))
	}
	must(t, w.Close())
	must(t, db.Close())
}

// simple records a capture of n exchanges.
func simple(t testing.TB, path string, n int) {
	t.Helper()
	r := newRun()
	record(t, path, r.begin("a.pcap"), r.exchange(n), []analyze.Record{r.end("a.pcap")})
}

func checkOf() *audit.Check { return &audit.Check{Rule: 3, Checked: 5, Failed: 2, Unchecked: 1} }
