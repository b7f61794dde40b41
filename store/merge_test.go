package store

import (
	"path/filepath"
	"testing"

	"smpptap/analyze"
)

// What a merge makes is what recording one run after the other makes.
func TestMerge(t *testing.T) {
	dir := t.TempDir()
	a, b, both, merged := filepath.Join(dir, "a.db"), filepath.Join(dir, "b.db"), filepath.Join(dir, "both.db"), filepath.Join(dir, "merged.db")
	runOf := func(n int) [][]analyze.Record {
		r := newRun()
		part := r.pdu(submit(999, "a", "b", "c"), 0)
		batch := append(r.begin("x"), r.exchange(n)...)
		batch = append(batch, part, r.finding(1, 0, 1), message(1, second), analyze.Record{Kind: analyze.RecordCheck, Check: checkOf()})
		return [][]analyze.Record{batch, {r.end("x")}}
	}
	record(t, a, runOf(3)...)
	record(t, b, runOf(5)...)
	record(t, b, runOf(2)...)
	for _, n := range []int{3, 5, 2} {
		record(t, both, runOf(n)...)
	}
	db, err := Open(merged, Options{})
	must(t, err)
	must(t, db.Merge(t.Context(), a, b))
	must(t, db.Close())
	for _, table := range []string{"captures", "connections", "sessions", "pdus", "tlvs", "findings", "checks", "messages", "parts"} {
		if x, y := dump(t, both, table), dump(t, merged, table); x != y || x == "" && table != "parts" {
			t.Errorf("%s:\n%s\n%s", table, x, y)
		}
	}
	rd := read(t, merged)
	faults, err := rd.Check(t.Context())
	if err != nil || len(faults) > 0 {
		t.Error(faults, err)
	}
	if got := one(t, rd, "SELECT count(*) FROM sqlite_schema WHERE name = 'pdus_time'"); got != "1" {
		t.Error("no indices")
	}
}

// Every column of every table is copied.
func TestMergeColumns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	simple(t, path, 1)
	db := read(t, path)
	for _, c := range tableColumns {
		if got := one(t, db, "SELECT count(*) FROM pragma_table_info('"+c.table+"') WHERE ', "+c.columns+",' NOT LIKE '%, ' || name || ',%'"); got != "0" {
			t.Errorf("%s of %s are not copied", got, c.table)
		}
	}
	if got := one(t, db, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('names') AND name NOT LIKE 'sqlite%'"); got != "11" {
		t.Errorf("%s tables, of which 11 are copied", got)
	}
}

// Check names rows whose others are missing.
func TestCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	simple(t, path, 2)
	db, err := Open(path, Options{})
	must(t, err)
	defer db.Close()
	for _, q := range []string{"DELETE FROM sessions", "INSERT INTO tlvs VALUES (77, 0, 1, NULL, x'')"} {
		_, err := db.write.Exec(q, nil)
		must(t, err)
	}
	faults, err := db.Check(t.Context())
	must(t, err)
	if len(faults) != 2 || faults[0] != "4 PDUs of no session that there is" || faults[1] != "1 TLVs of no PDU" {
		t.Error(faults)
	}
}

// A receipt that was looked for in vain in its own database finds its message
// in another.
func TestMergeLinks(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.db"), filepath.Join(dir, "b.db")
	r := newRun()
	m := message(1, second)
	m.Message.Account, m.Message.MessageID, m.Message.SubmitPDU, m.Message.Parts = "acme", "id-1", 1, 1
	record(t, a, append(append(r.begin("a"), r.exchange(1)...), m), []analyze.Record{r.end("a")})
	r = newRun()
	receipt := analyze.Record{Kind: analyze.RecordReceipt, Receipt: &analyze.Receipt{
		PDU: 1, Account: "acme", Kind: "receipt", ID: "id-1", State: "DELIVRD", Final: true, Time: second + 9,
	}}
	record(t, b, append(append(r.begin("b"), r.exchange(1)...), receipt), []analyze.Record{r.end("b")})
	if got := one(t, read(t, b), "SELECT candidates FROM open_receipts"); got != "0" {
		t.Fatalf("%s candidates", got)
	}
	if got := one(t, all(t, b, a), "SELECT receipt_state || ' ' || receipt_pdu_id FROM messages"); got != "DELIVRD 1" {
		t.Errorf("named the other way round: %s", got)
	}
	if got := one(t, all(t, a, b), "SELECT receipt_state || ' ' || receipt_pdu_id || ' ' || (SELECT count(*) FROM open_receipts) FROM messages"); got != "DELIVRD 3 0" {
		t.Error(got)
	}
}
