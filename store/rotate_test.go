package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"smpptap/analyze"
	"smpptap/internal/smpptest"
)

// rotating is a run whose files change at every occasion.
type rotating struct {
	*liveRun
	path string
	done chan string // files that are whole; what failed begins with "!"
}

func newRotating(t *testing.T, path string, r Rotate) *rotating {
	t.Helper()
	out := &rotating{path: path, done: make(chan string, 1000)}
	r.Done = func(path string, err error) {
		if err != nil {
			path = "!" + err.Error()
		}
		out.done <- path
	}
	out.liveRun = newLive(t, path, LiveOptions{Rotate: r})
	return out
}

// next waits for a file that is whole.
func (r *rotating) next() string {
	r.t.Helper()
	select {
	case name := <-r.done:
		return name
	case <-time.After(patience):
		r.t.Fatal("no new file is begun")
		return ""
	}
}

// part writes records into the newest file, and has it end.
func (r *rotating) part(records []analyze.Record) string {
	r.t.Helper()
	r.write(records)
	name := r.next()
	if strings.HasPrefix(name, "!") {
		r.t.Fatal(name)
	}
	return name
}

func (r *rotating) end() {
	r.t.Helper()
	r.write([]analyze.Record{r.run.end("eth0")})
	must(r.t, r.l.Close())
}

// all opens a name with its parts.
func all(t *testing.T, paths ...string) *DB {
	t.Helper()
	db, err := OpenAll(t.Context(), paths...)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	faults, err := db.Check(t.Context())
	must(t, err)
	if len(faults) > 0 {
		t.Error(faults)
	}
	return db
}

// story are the records of a run, as they come: what is open stays so over
// parts, and what changes does so in a later one.
func story(r *run) [][]analyze.Record {
	state := func(m *analyze.Message) analyze.Record {
		return analyze.Record{Kind: analyze.RecordMessage, Message: m}
	}
	found := func(count int64) analyze.Record {
		f := r.finding(1, 0, 1)
		f.Finding.Count, f.Finding.LastPDU = count, r.n
		return f
	}
	var out [][]analyze.Record
	out = append(out, append(r.exchange(20), found(1), state(&analyze.Message{ID: 1, SubmitSession: 1, SubmitPDU: 1, Text: "x"})))
	out = append(out, append(r.exchange(3), state(&analyze.Message{ID: 2, SubmitSession: 1, SubmitPDU: 41, Text: "y"})))
	out = append(out, append(r.exchange(200), found(7), state(&analyze.Message{ID: 1, SubmitSession: 1, SubmitPDU: 1, Text: "x", DoneAt: second, ReceiptState: "DELIVRD", ReceiptPDU: r.n})))
	r.conn.EndedAt, r.session.EndedAt = second+9, second+9
	return append(out, append(r.exchange(1), analyze.Record{Kind: analyze.RecordCheck, Check: checkOf()}))
}

// however it is rotated: one database of the parts is what one file would be,
// and each part is whole for itself.
func TestRotate(t *testing.T) {
	for name, bound := range map[string]Rotate{"size": {Size: 1}, "time": {Time: time.Millisecond}} {
		t.Run(name, func(t *testing.T) {
			path, straight := filepath.Join(t.TempDir(), "x.db"), filepath.Join(t.TempDir(), "y.db")
			s := newLive(t, straight, LiveOptions{})
			for _, records := range story(s.run) {
				s.write(records)
				s.stored()
			}
			s.close(straight)
			r := newRotating(t, path, bound)
			var files []string
			for _, records := range story(r.run) {
				files = append(files, r.part(records))
			}
			r.end()
			if got := Files(path); len(got) < 4 || strings.Join(got[:4], " ") != strings.Join(files, " ") {
				t.Fatalf("%q, told %q", got, files)
			}
			for i, name := range files {
				db := read(t, name)
				faults, err := db.Check(t.Context())
				if err != nil || len(faults) > 0 {
					t.Error(name, faults, err)
				}
				if got := one(t, db, "SELECT json_extract(stats, '$.Part') || ' ' || (ended_at > 0 AND started_at > 0) FROM captures"); got != strconv.Itoa(i+1)+" 1" {
					t.Errorf("%s: %s", name, got)
				}
				if got := one(t, db, "SELECT count(*) FROM sqlite_schema WHERE name = 'pdus_time'"); got != "1" {
					t.Errorf("%s: no indices", name)
				}
			}
			all(t, path)
			merged := filepath.Join(t.TempDir(), "m.db")
			db, err := Open(merged, Options{})
			must(t, err)
			must(t, db.Merge(t.Context(), Files(path)...))
			must(t, db.Close())
			for _, c := range tableColumns {
				if x, y := dump(t, straight, c.table), dump(t, merged, c.table); x != y {
					t.Errorf("%s: straight\n%.2000s\nrotated\n%.2000s", c.table, x, y)
				}
			}
		})
	}
}

// A new run's numbers come after those of the files that there are, so that a
// PDU has one number in all of them; it is another capture.
func TestRotateRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	simple(t, path, 2) // one that was recorded before
	for range 2 {
		r := newRotating(t, path, Rotate{Size: 1})
		for range 2 {
			r.part(append(r.exchange(5), message(r.n, second)))
		}
		if p := r.l.Place(); p.Capture != 0 && p.PDU == 0 {
			t.Errorf("%+v", p)
		}
		r.end()
	}
	want := ""
	for _, name := range Files(path) {
		db := read(t, name)
		must(t, db.Query(t.Context(), "SELECT id, connection_id, hex(raw) FROM pdus ORDER BY id", func([]string) error { return nil },
			func(v []any) error { want += fmt.Sprintln(v...); return nil }))
	}
	db := all(t, path)
	got := ""
	must(t, db.Query(t.Context(), "SELECT id, connection_id, hex(raw) FROM pdus ORDER BY id", func([]string) error { return nil },
		func(v []any) error { got += fmt.Sprintln(v...); return nil }))
	if got != want {
		t.Errorf("in one\n%s\nin their files\n%s", got, want)
	}
	if got := one(t, db, "SELECT group_concat(c) FROM (SELECT capture || ':' || count(*) AS c FROM pdu_list GROUP BY capture)"); got != "1:4,2:20,3:20" {
		t.Error(got)
	}
	if _, err := os.Stat(db.scratch); err != nil {
		t.Error(err)
	}
	must(t, db.Close())
	if _, err := os.Stat(db.scratch); err == nil {
		t.Errorf("%s is left", db.scratch)
	}
}

// The newest stay; also one that another process records into, and what only
// looks alike.
func TestRotateFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	foreign := []string{"x.db", "x-20261123T100000.bak.db", "x-2026.db", "x-20261123T100000.db-journal", "xx-20261123T100000.db", "-20261123T100000.db", "x-20261123T100000.5.db"}
	for _, name := range foreign {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600))
	}
	held := filepath.Join(dir, "x-20200101T000000.db")
	other, err := Open(held, Options{})
	must(t, err)
	backup := filepath.Join(dir, "x-20200102T000000.db")
	simple(t, backup, 1)
	must(t, os.WriteFile(filepath.Join(dir, "x-20200103T000000.db"), nil, 0o600)) // a run that was killed as it began
	r := newRotating(t, path, Rotate{Size: 1, Files: 2})
	r.part(r.exchange(1))
	second := r.part(r.exchange(1))
	third := r.part(r.exchange(1))
	r.end()
	got := Files(path)
	if want := []string{path, held, backup, third}; len(got) != 5 || strings.Join(got[:4], " ") != strings.Join(want, " ") {
		t.Errorf("%q are left, not %q and the newest; %s was the second", got, want, second)
	}
	for _, name := range foreign {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != "mine" {
			t.Errorf("%s: %q %v", name, b, err)
		}
	}
	must(t, other.Close())
}

// A reader of a file that is left, and then removed, reads on; the writer does
// not wait for it.
func TestRotateReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newRotating(t, path, Rotate{Time: time.Hour, Files: 2})
	r.write(r.exchange(3))
	r.stored()
	name := Files(path)[0]
	rd := read(t, name)
	tx, err := rd.read.BeginTx(t.Context(), nil)
	must(t, err)
	var n int
	must(t, tx.QueryRow("SELECT count(*) FROM pdus").Scan(&n))
	r.write(r.exchange(4))
	r.stored()
	must(t, r.l.Close())
	r = newRotating(t, path, Rotate{Size: 1, Files: 2})
	for range 3 {
		r.part(r.exchange(2))
	}
	if _, err := os.Stat(name); err == nil {
		t.Errorf("%s is left", name)
	}
	must(t, tx.QueryRow("SELECT count(*) FROM pdus").Scan(&n))
	if n != 6 {
		t.Errorf("%d PDUs in the reader's moment, want 6", n)
	}
	must(t, tx.Rollback())
	r.end()
	all(t, path)
}

// The device has no room for a new file: the old one goes on, and the next
// attempt succeeds.
func TestRotateDiskFull(t *testing.T) {
	dir := smpptest.SmallDisk(t, 2<<20)
	path := filepath.Join(dir, "x.db")
	r := newRotating(t, path, Rotate{Time: 200 * time.Millisecond})
	r.write(r.exchange(1))
	r.stored()
	ballast := filepath.Join(dir, "ballast")
	f, err := os.Create(ballast)
	must(t, err)
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	must(t, f.Close())
	if got := r.next(); !strings.Contains(got, "no new database could be begun, the old one goes on") || !strings.Contains(got, "no space") {
		t.Error(got)
	}
	if got := Files(path); len(got) != 1 {
		t.Errorf("%q are there", got)
	}
	must(t, os.Remove(ballast))
	r.write(r.exchange(1))
	for strings.HasPrefix(r.next(), "!") {
	}
	r.write(r.exchange(1))
	r.end()
	if got := one(t, all(t, path), "SELECT count(*) FROM pdus"); got != "6" {
		t.Errorf("%s PDUs, want 6", got)
	}
	if len(r.l.Dropped()) > 0 {
		t.Error(r.l.Dropped())
	}
}

// rotateForEver is the body of a child process that records with files that
// change at every occasion.
func rotateForEver(path string) error {
	l, err := OpenLive(path, LiveOptions{Every: 10 * time.Millisecond, Rotate: Rotate{Size: 1}})
	if err != nil {
		return err
	}
	return feed(l)
}

// Killed at any moment, also in the middle of a rotation: what is there is
// whole and reads as one, without a hole, at most the last second is missing,
// and the next start goes on.
func TestRotateKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	recorded, files := 0, 0
	for i := range kills(t) / 2 {
		cmd, lines := child(t, path, "SMPPTAP_STORE_ROTATE=1")
		delay := time.Duration(rand.Int64N(int64(400 * time.Millisecond)))
		said := killedAfter(t, delay, cmd, lines)
		if len(said) == 0 || len(Files(path)) == 1 {
			continue
		}
		recorded++
		files = len(Files(path))
		db, err := OpenAll(context.Background(), path)
		must(t, err)
		for query, want := range map[string]string{
			"PRAGMA integrity_check": "ok",
			"SELECT count(*) FROM pdus WHERE NOT EXISTS (SELECT 1 FROM sessions AS s JOIN connections AS c ON c.id = connection_id WHERE s.id = session_id)": "0",
			"SELECT count(*) FROM (SELECT 1 FROM pdus GROUP BY connection_id HAVING max(id) - min(id) + 1 <> count(*))":                                      "0", // a run has no holes
		} {
			if got := one(t, db, query); got != want {
				t.Errorf("run %d, killed after %v: %s: %s", i, delay, query, got)
			}
		}
		if d := missing(t, db, said); d > time.Second {
			t.Errorf("run %d, killed after %v: the last %v are missing", i, delay, d)
		}
		must(t, db.Close())
	}
	if recorded == 0 {
		t.Error("no run came so far as to record")
	}
	t.Logf("%d runs recorded, %d files", recorded, files)
	r := newRotating(t, path, Rotate{Size: 1})
	r.part(r.exchange(10))
	r.end()
	r.wantPDUs(all(t, path), 20)
}
