package store

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"smpptap/analyze"
	"smpptap/dissect"
)

const indices = "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name IN ('pdus', 'tlvs') AND sql IS NOT NULL"

// pdus and tlvs get their indices when the capture ends; a small capture
// behind a large one keeps them, a larger one makes them again.
func TestIndices(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	for _, c := range []struct {
		exchanges    int
		during, want string
	}{
		{100, "0", "7"},
		{100, "7", "7"},
		{indexFree, "0", "7"},
	} {
		db, err := Open(path, Options{})
		must(t, err)
		w, err := db.NewWriter(WriterOptions{Rows: 1})
		must(t, err)
		r := newRun()
		must(t, w.Write(t.Context(), append(r.begin("a"), r.exchange(c.exchanges)...)))
		if got := one(t, db, indices); got != c.during {
			t.Errorf("%s indices while recording, want %s", got, c.during)
		}
		must(t, w.Close())
		if got := one(t, db, indices); got != c.want {
			t.Errorf("%s indices, want %s", got, c.want)
		}
		must(t, db.Close())
	}
}

// What queries rely on is used.
func TestPlans(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	simple(t, path, 1)
	db := read(t, path)
	for query, want := range map[string]string{
		"SELECT id FROM pdus WHERE message_id = 'a'":               "pdus_message_id",
		"SELECT id FROM pdus WHERE request_id BETWEEN 1 AND 5":     "pdus_request",
		"SELECT id FROM pdus WHERE destination_addr IN ('a', 'b')": "pdus_destination",
		// What a trace asks, and linking.
		messageSelect + " WHERE m.message_id IN ('a', 'b') ORDER BY m.id DESC LIMIT 11":       "messages_message_id",
		messageSelect + " WHERE m.destination_addr IN ('a', 'b') ORDER BY m.id DESC LIMIT 11": "messages_destination",
		messageSelect + " WHERE m.submit_pdu_id = 5":                                          "messages_submit",
		"SELECT pdu_id FROM parts WHERE first_pdu_id = 5":                                     "parts_first",
		linkCandidates:                                                   "messages_key",
		"SELECT * FROM (" + linkCandidates + ")":                         "part_ids_key",
		"SELECT * FROM pdu_list WHERE id = 5":                            "PRIMARY KEY",
		"SELECT * FROM findings WHERE pdu_id = 1 OR last_pdu_id = 1":     "findings_last_pdu",
		"SELECT id FROM pdus WHERE id >= (SELECT 5) AND connection_id=1": "pdus_connection",
		"SELECT system_id, errors FROM session_list WHERE capture = 1":   "connections_capture",
	} {
		plan := ""
		must(t, db.Query(t.Context(), "EXPLAIN QUERY PLAN "+strings.ReplaceAll(query, "?", "1"), func([]string) error { return nil },
			func(v []any) error { plan += v[3].(string) + "\n"; return nil }))
		if !strings.Contains(plan, want) {
			t.Errorf("%s:\n%s", query, plan)
		}
	}
}

// A response that came before its request is joined later, also when it was
// committed meanwhile.
func TestPair(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newRun()
	early := r.pdu(submitResp(7, "x"), 0)
	late := r.pdu(submit(7, "a", "b", "c"), 0)
	pair := analyze.Record{Kind: analyze.RecordPair, Pair: &analyze.Pair{Request: 2, Response: 1, Latency: 1999}}
	simple(t, path, 1) // so that ids and numbers differ
	record(t, path, append(r.begin("a"), early), []analyze.Record{late, pair})
	p := pdus(t, read(t, path), Filter{})
	if p[0].Request != p[1].ID || p[1].Response != p[0].ID || p[0].LatencyUS != 1 {
		t.Errorf("%+v", p)
	}
}

func TestDestinations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newRun()
	multi := pduOf(dissect.CmdSubmitMulti, 0, 1, "\x00\x01\x01src\x00\x03\x02list\x00\x01\x01\x01111\x00\x01\x01\x01222\x00"+
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01x")
	receipt := pduOf(dissect.CmdDeliverSM, 0, 2, "\x00\x01\x01111\x00\x01\x01src\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00"+
		"\x00\x1e\x00\x05abcd\x00")
	record(t, path, append(r.begin("a"), r.pdu(multi, 0), r.pdu(receipt, 0), r.pdu(pduOf(0x999, 3, 3, "\xff\xff"), 0)))
	db := read(t, path)
	p := pdus(t, db, Filter{})
	if p[0].DestinationAddr != "111" || p[0].SourceAddr != "src" || p[1].MessageID != "abcd" {
		t.Errorf("%+v", p)
	}
	if got := one(t, db, "SELECT command || ' ' || status || ' ' || (message_id IS NULL) FROM pdu_list WHERE id = 3"); got != "unknown_0x00000999 ESME_RINVCMDID 1" {
		t.Error(got)
	}
}

// A database that stays locked ends the Writer with an error that counts what
// is not stored; what was committed stays.
func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := Open(path, Options{BusyTimeout: 20 * time.Millisecond})
	must(t, err)
	w, err := db.NewWriter(WriterOptions{Rows: 1})
	must(t, err)
	r := newRun()
	must(t, w.Write(t.Context(), append(r.begin("a"), r.exchange(1)...)))
	other, err := sql.Open("sqlite3", path+"?_txlock=immediate")
	must(t, err)
	tx, err := other.Begin()
	must(t, err)
	err = w.Write(t.Context(), r.exchange(2))
	if err == nil || !strings.Contains(err.Error(), "another program") || !strings.Contains(err.Error(), "5 records not stored") {
		t.Error(err)
	}
	must(t, tx.Rollback())
	must(t, other.Close())
	if again := w.Write(t.Context(), r.exchange(1)); !errors.Is(again, err) {
		t.Error(again)
	}
	must(t, w.Close())
	must(t, db.Close())
	ro := read(t, path)
	caps, err := ro.Captures(t.Context())
	must(t, err)
	if got := ids(pdus(t, ro, Filter{})); got != "1 2 " || caps[0].EndedAt != 0 || caps[0].StartedAt != second+1 {
		t.Errorf("%s, %+v", got, caps[0])
	}
}

// What is written is committed without more records coming.
func TestCommitByTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	synctest.Test(t, func(t *testing.T) {
		db, err := Open(path, Options{})
		must(t, err)
		w, err := db.NewWriter(WriterOptions{})
		must(t, err)
		r := newRun()
		must(t, w.Write(t.Context(), append(r.begin("a"), r.exchange(1)...)))
		if got := one(t, db, "SELECT count(*) FROM pdus"); got != "0" {
			t.Error(got)
		}
		time.Sleep(501 * time.Millisecond)
		synctest.Wait()
		if got := one(t, db, "SELECT count(*) || ' ' || (SELECT sum(pdus_to_esme) FROM sessions) FROM pdus"); got != "2 1" {
			t.Error(got)
		}
		must(t, w.Close())
		must(t, db.Close())
	})
}

func TestWriterMisuse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := Open(path, Options{})
	must(t, err)
	w, err := db.NewWriter(WriterOptions{})
	must(t, err)
	r := newRun()
	if err := w.Write(t.Context(), r.exchange(1)); err == nil {
		t.Error("PDUs without a capture")
	}
	must(t, w.Close())
	must(t, db.Close())
	if _, err := read(t, path).NewWriter(WriterOptions{}); err == nil {
		t.Error("a Writer of a database opened to read")
	}
}

// A page ends at its octets as well as at its rows, and the list goes on.
func TestPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newRun()
	records := r.begin("a")
	big := pduOf(0x999, 0, 1, strings.Repeat("x", 60_000))
	for range 200 {
		records = append(records, r.pdu(big, 0))
	}
	record(t, path, records, r.exchange(pageRows))
	db := read(t, path)
	for _, limit := range []int{0, 1, 150, pageRows + 201} {
		n := 0
		var last int64
		must(t, db.PDUs(t.Context(), Filter{Limit: limit}, func(p *PDU) error {
			if p.ID != last+1 {
				t.Fatalf("%d follows %d", p.ID, last)
			}
			n, last = n+1, p.ID
			return nil
		}))
		if want := min(limit, 200+2*pageRows); limit > 0 && n != want || limit == 0 && n != 200+2*pageRows {
			t.Errorf("limit %d: %d PDUs", limit, n)
		}
	}
	stop := errors.New("stop")
	if err := db.PDUs(t.Context(), Filter{}, func(*PDU) error { return stop }); err != stop {
		t.Error(err)
	}
}
