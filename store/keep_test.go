package store

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"smpptap/analyze"
)

// message is the record of a submitted message.
func message(id, at int64) analyze.Record {
	return analyze.Record{Kind: analyze.RecordMessage, Message: &analyze.Message{ID: id, SubmitSession: 1, SubmittedAt: at, Text: "x"}}
}

// gone waits until a query gives what is wanted.
func gone(t *testing.T, path, query, want string) {
	t.Helper()
	db := read(t, path)
	for end := time.Now().Add(patience); one(t, db, query) != want; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: %s, not %s", query, one(t, db, query), want)
		}
	}
}

// What is too old goes, and captures of which nothing is left; what is young
// stays.
func TestKeepAge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	old := newRun()
	record(t, path, old.begin("old"), append(old.exchange(3000), old.finding(1, 0, 1), message(1, second)), []analyze.Record{old.end("old")})
	r := newLive(t, path, LiveOptions{Keep: Keep{Age: time.Hour}})
	batch := append(r.exchange(20), r.finding(1, 0, 1), message(1, second), message(2, time.Now().UnixNano()))
	for i := range 20 { // the first twenty are old
		batch[20+i].PDU.At.Time = time.Now().UnixNano()
	}
	r.write(batch)
	gone(t, path, "SELECT (SELECT count(*) FROM pdus) || ' ' || (SELECT count(*) FROM captures)", "20 1")
	for query, want := range map[string]string{
		"SELECT count(*) FROM tlvs":                       "20",
		"SELECT group_concat(id) FROM messages":           "3",
		"SELECT count(*) FROM findings":                   "0",
		"SELECT count(*) FROM sessions":                   "1",
		"SELECT count(*) FROM connections":                "1",
		"SELECT min(id) FROM pdus":                        "6021",
		"SELECT count(*) FROM pdu_list WHERE capture = 2": "20",
	} {
		gone(t, path, query, want)
	}
	for i := range batch {
		if p := batch[i].PDU; p != nil {
			p.At.Time = time.Now().UnixNano()
		}
	}
	r.close(path)
}

// The file keeps to its size while records go on coming, and the newest are
// there.
func TestKeepSize(t *testing.T) {
	const size = 4 << 20
	path := filepath.Join(t.TempDir(), "x.db")
	r := newLive(t, path, LiveOptions{Keep: Keep{Size: size}})
	for range 60 {
		r.write(r.exchange(500))
		r.stored()
	}
	if n := r.l.State().Dropped; n != 0 {
		t.Errorf("%d dropped", n)
	}
	pages := "SELECT ((SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count)) * 4096 <= " + strconv.Itoa(size)
	gone(t, path, pages, "1")
	gone(t, path, "SELECT max(id) FROM pdus", strconv.Itoa(r.sent))
	// The rest of the free pages is given back.
	gone(t, path, "SELECT freelist_count <= "+strconv.Itoa(spare+256)+" FROM pragma_freelist_count", "1")
	db := r.close(path)
	if got := one(t, db, "SELECT count(*) FROM pdus AS p WHERE command_id = 4 AND (SELECT count(*) FROM tlvs WHERE pdu_id = p.id) <> 2"); got != "0" {
		t.Errorf("%s PDUs lost their TLVs", got)
	}
	info, err := os.Stat(path)
	must(t, err)
	if info.Size() > 3*size { // with the indices of what is left
		t.Errorf("the file has %d octets", info.Size())
	}
}
