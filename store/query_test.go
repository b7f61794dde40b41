package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"smpptap/analyze"
	"smpptap/analyze/audit"
)

// two records two captures: 3 exchanges, then 2 with findings and checks.
func two(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	simple(t, path, 3)
	r := newRun()
	var checks []analyze.Record
	for i := range audit.Rules {
		checks = append(checks, analyze.Record{Kind: analyze.RecordCheck, Off: i%7 == 0,
			Check: &audit.Check{Rule: audit.RuleID(i), Checked: int64(i), Failed: int64(i / 2), Unchecked: 1}})
	}
	r.session.Errors = 1
	record(t, path, r.begin("b.pcap"), r.exchange(2),
		[]analyze.Record{r.finding(1, audit.RuleSystemType, audit.Error), r.finding(2, audit.RuleThrottled, audit.Note)},
		checks, []analyze.Record{
			{Kind: analyze.RecordSession, Session: r.session},
			{Kind: analyze.RecordMessage, Message: &analyze.Message{ID: 1, MessageID: "id-1", Source: "acme", Text: "h\x00i", Latency: 812_999,
				AcceptedAt: second, Answered: true, SubmitPDU: 1, ResponsePDU: 2, SubmitSession: 1, ReceiptDelay: -1, Parts: 1, PartsSeen: 1}},
			r.end("b.pcap")})
	return path
}

func read(t *testing.T, path string) *DB {
	t.Helper()
	db, err := OpenReadOnly(path)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

func pdus(t *testing.T, db *DB, f Filter) []PDU {
	t.Helper()
	var out []PDU
	must(t, db.PDUs(t.Context(), f, func(p *PDU) error { out = append(out, *p); return nil }))
	return out
}

func ids(p []PDU) string {
	s := ""
	for i := range p {
		s += fmt.Sprint(p[i].ID, " ")
	}
	return s
}

func TestSecondCapture(t *testing.T) {
	db := read(t, two(t))
	caps, err := db.Captures(t.Context())
	must(t, err)
	if len(caps) != 2 || caps[1].Source != "b.pcap" || caps[1].FirstPDU != 7 || caps[1].EndedAt != second+4 || caps[1].Stats.Packets != 4 {
		t.Errorf("captures: %+v", caps)
	}
	for _, c := range []struct {
		f    Filter
		want string
	}{
		{Filter{}, "7 8 9 10 "},
		{Filter{Capture: 1}, "1 2 3 4 5 6 "},
		{Filter{Capture: AllCaptures, Limit: 3, After: 5}, "6 7 8 "},
		{Filter{Session: 2, Connection: 2}, "7 8 9 10 "},
		{Filter{Session: 1}, ""},
		{Filter{Rule: "system-type"}, "7 8 "},
		{Filter{Severity: audit.Warning}, "7 8 "},
		{Filter{Severity: audit.Warning, Capture: 1}, ""},
		{Filter{Since: second + 2, Until: second + 3}, "8 9 "},
		{Filter{MessageIDs: []string{"id-1", "x"}}, "8 10 "},
		{Filter{Destinations: []string{"393331234567", "x"}, Sources: []string{"acme"}, Capture: AllCaptures}, "1 3 5 7 9 "},
		{Filter{Rule: "' OR 1=1 --"}, ""},
	} {
		if got := ids(pdus(t, db, c.f)); got != c.want {
			t.Errorf("%+v: %q, want %q", c.f, got, c.want)
		}
	}
	p := pdus(t, db, Filter{})
	if p[0].Response != 8 || p[1].Request != 7 || p[1].LatencyUS != 812 || p[0].LatencyUS != -1 ||
		p[0].ExchangeUS() != 812 || p[1].ExchangeUS() != 812 || p[1].ResponseLatencyUS != -1 || p[1].Source() != "[2001:db8::1]:2775" {
		t.Errorf("pairs: %+v", p[:2])
	}
	if _, err := db.Capture(t.Context(), 9); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestDetail(t *testing.T) {
	db := read(t, two(t))
	d, err := db.PDU(t.Context(), 7)
	must(t, err)
	want := []TLV{{0, 0x0204, "user_message_reference", []byte{0, 7}}, {1, 0x1400, "", []byte("a\x00b")}}
	if diff := cmp.Diff(want, d.TLVs); diff != "" {
		t.Error(diff)
	}
	if d.Exchange == nil || d.Exchange.ID != 8 || d.Session.SystemID != "acme" || d.Connection.Client() != "10.1.0.7:40112" ||
		len(d.Findings) != 2 || d.Findings[0].Frame != 11 || d.Session.Errors != 1 {
		t.Errorf("%+v", d)
	}
	if _, err := db.PDU(t.Context(), 11); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

// What the audit of a database needs comes back as it was written.
func TestAuditInputs(t *testing.T) {
	db := read(t, two(t))
	checks, err := db.Checks(t.Context(), LastCapture)
	must(t, err)
	if len(checks) != len(audit.Rules) {
		t.Fatalf("%d checks", len(checks))
	}
	for i, c := range checks {
		want := Check{audit.Check{Rule: audit.RuleID(i), Checked: int64(i), Failed: int64(i / 2), Unchecked: 1}, audit.Rules[i].Name, true, i%7 == 0}
		if c != want {
			t.Errorf("%+v, want %+v", c, want)
		}
	}
	findings, err := db.Findings(t.Context(), Filter{})
	must(t, err)
	want := *newRun().finding(1, audit.RuleSystemType, audit.Error).Finding
	want.Connection, want.Session, want.PDU, want.LastPDU, want.Frame = 2, 2, 7, 8, 11
	if len(findings) != 2 || findings[0].Finding != want || !findings[0].Known || findings[0].Capture != 2 {
		t.Errorf("%+v", findings)
	}
	only, err := db.Findings(t.Context(), Filter{Severity: audit.Warning})
	must(t, err)
	if len(only) != 1 {
		t.Errorf("%+v", only)
	}
	var messages []Message
	must(t, db.Messages(t.Context(), Filter{MessageIDs: []string{"id-1"}}, func(m *Message) error { messages = append(messages, *m); return nil }))
	if len(messages) != 1 || messages[0].SubmitPDU != 7 || messages[0].Text != "h\x00i" || messages[0].Latency != 812_000 || messages[0].ReceiptDelay != -1 {
		t.Errorf("%+v", messages)
	}
	sessions, err := db.Sessions(t.Context(), Filter{Rule: "system-type"})
	must(t, err)
	if len(sessions) != 1 || sessions[0].ID != 2 || sessions[0].PDUsToESME != 2 || sessions[0].Connection.OpenedBy != "esme" {
		t.Errorf("%+v", sessions)
	}
}

func TestViews(t *testing.T) {
	db := read(t, two(t))
	for query, want := range map[string]string{
		"select system_id, bind_type, pdus_to_smsc, errors from session_list where capture = 2":                                "[acme trx 2 1]",
		"select client, server, state, bound_at, ended_at, presumed, bind_status, interface_version from session_list limit 1": "[10.1.0.7:40112 [2001:db8::1]:2775 bound_trx 2026-11-03T10:02:11.000000005Z <nil> 0 ESME_ROK 0x34]",
		"select command, status, source, destination, time, request from pdu_list where id = 8":                                "[submit_sm_resp ESME_ROK [2001:db8::1]:2775 10.1.0.7:40112 2026-11-03T10:02:11.000000002Z 7]",
		"select rule, severity, system_id, time, pdu from finding_list where rule = 'system-type'":                             "[system-type error acme 2026-11-03T10:02:11.000000000Z 7]",
		"select status, accepted_at, done_at, submit_pdu from message_list":                                                    "[ESME_ROK 2026-11-03T10:02:11.000000000Z <nil> 7]",
		"select count(*) from connection_list":                                                                                 "[2]",
	} {
		got := ""
		err := db.Query(t.Context(), query, func([]string) error { return nil }, func(v []any) error { got += fmt.Sprint(v); return nil })
		if err != nil || got != want {
			t.Errorf("%s:\n%s, want\n%s (%v)", query, got, want, err)
		}
	}
}

func TestQueryOnlyReads(t *testing.T) {
	path := two(t)
	db := read(t, path)
	other := filepath.Join(t.TempDir(), "other.db")
	none := func([]string) error { return nil }
	row := func([]any) error { return nil }
	for _, q := range []string{
		"DELETE FROM pdus", "INSERT INTO names VALUES ('a', 1, 'b')", "DROP TABLE pdus", "CREATE TEMP TABLE x (a)",
		"ATTACH '" + other + "' AS o", "ATTACH 'file:" + other + "?mode=rwc' AS o", "VACUUM INTO '" + other + "'", "PRAGMA query_only = 0",
		"PRAGMA writable_schema = 1", "PRAGMA user_version = 9", "PRAGMA journal_mode = DELETE", "BEGIN", "REINDEX", "ANALYZE",
		"SELECT 1; DELETE FROM pdus", "SELECT load_extension('x')", "selec 1",
	} {
		if err := db.Query(t.Context(), q, none, row); err == nil {
			t.Errorf("%s: no error", q)
		} else {
			t.Logf("%s: %v", q, err)
		}
	}
	for _, q := range []string{
		"SELECT ';', \"id\", [id] FROM pdus -- ; ; \n", "SELECT 1 /* ; */ ;; -- end", "PRAGMA table_info(pdus)", "PRAGMA user_version",
		"WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM x WHERE n < 5) SELECT sum(n) FROM x", "EXPLAIN QUERY PLAN SELECT * FROM pdu_list",
		"SELECT hex(raw), 7/2-1 FROM pdus WHERE time > strftime('%s', 'now') - 1", "",
	} {
		if err := db.Query(t.Context(), q, none, row); err != nil {
			t.Errorf("%s: %v", q, err)
		}
	}
}
