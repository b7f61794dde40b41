package store

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"smpptap/analyze"
)

// contract is interfaces.md, SQLite: the columns in order. Columns behind the
// bar were added.
var contract = map[string]string{
	"captures": "id, kind, source, profile, started_at, ended_at, version| stats, first_pdu",
	"connections": "id, capture_id, link, client_addr, client_port, server_addr, server_port, opened_by, " +
		"opened_at, closed_at, close_reason, tls, lost_octets, gaps, complete| closed_by",
	"sessions": "id, connection_id, system_id, system_type, interface_version, bind_type, bind_status, " +
		"bound_at, ended_at, state, pdus_to_smsc, pdus_to_esme, errors, warnings, notes| version, offered",
	"pdus": "id, connection_id, session_id, frame, time, direction, command_id, command_status, " +
		"sequence_number, length, request_id, latency_us, source_addr, destination_addr, message_id, raw",
	"tlvs": "pdu_id, position, tag, name, value",
	"findings": "id, capture_id, connection_id, session_id, pdu_id, last_pdu_id, rule, severity, time, last_time, count, " +
		"field, offset, length, seen, wanted, message, remedy, reference",
	"checks": "capture_id, rule, checked, failed, unchecked| off, severity, title, reference",
	"messages": "id, capture_id, account, system_id, message_id, source_addr, destination_addr, text, encoding, parts, " +
		"parts_seen, submitted_at, accepted_at, status, receipt_state, receipt_err, done_at, latency_us, " +
		"receipt_delay_us, submit_session_id, submit_pdu_id, response_pdu_id, receipt_pdu_id",
	"names":         "| kind, value, name",
	"parts":         "| pdu_id, first_pdu_id, part, parts",
	"open_receipts": "| pdu_id, capture_id, account, kind, message_id, other_id, state, err, final, time, candidates",
	"part_ids":      "| response_pdu_id, message_ref, message_id",
}

func TestSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	simple(t, path, 1)
	db := read(t, path)
	tables := make(map[string]string)
	must(t, db.Query(t.Context(), "SELECT m.name, c.name, c.type FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' ORDER BY m.name, c.cid",
		func([]string) error { return nil }, func(v []any) error {
			tables[v[0].(string)] += ", " + v[1].(string)
			if kind := v[2].(string); kind != "INTEGER" && kind != "TEXT" && kind != "BLOB" {
				t.Errorf("%v: the driver may read a %s as it likes", v, kind)
			}
			return nil
		}))
	for name, columns := range contract {
		want := ", " + strings.TrimPrefix(strings.Replace(columns, "|", ",", 1), ", ")
		if tables[name] != want {
			t.Errorf("%s:\n%s, want\n%s", name, tables[name], want)
		}
		delete(tables, name)
	}
	if len(tables) != 0 {
		t.Errorf("more tables: %v", tables)
	}
	for query, want := range map[string]string{
		"PRAGMA user_version": "5", "PRAGMA journal_mode": "wal", "PRAGMA query_only": "1",
		"PRAGMA application_id": fmt.Sprint(applicationID),
		"SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name)": "connection_list,finding_list,message_list,pdu_list,session_list",
	} {
		if got := one(t, db, query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

func files(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	out := ""
	for _, e := range entries {
		info, err := e.Info()
		must(t, err)
		out += fmt.Sprintf("%s %o ", e.Name(), info.Mode().Perm())
	}
	return out
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a ?&#%41ü.db")
	db, err := Open(path, Options{})
	must(t, err)
	w, err := db.NewWriter(WriterOptions{})
	must(t, err)
	r := newRun()
	must(t, w.Write(t.Context(), append(r.begin("a"), r.exchange(10)...)))
	name := filepath.Base(path)
	if got, want := files(t, dir), name+" 600 "+name+"-lock 600 "+name+"-shm 600 "+name+"-wal 600 "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	must(t, w.Close())
	must(t, db.Close())
	if got, want := files(t, dir), name+" 600 "; got != want {
		t.Errorf("left behind: %s", got)
	}
	ro, err := OpenReadOnly(path)
	must(t, err)
	must(t, ro.Close())
	if got, want := files(t, dir), name+" 600 "; got != want {
		t.Errorf("a reader left behind: %s", got)
	}
}

func TestSecondWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := Open(path, Options{})
	must(t, err)
	link := filepath.Join(t.TempDir(), "link.db")
	must(t, os.Symlink(path, link))
	for _, name := range []string{path, link} {
		_, err = Open(name, Options{})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) || !strings.Contains(err.Error(), path) {
			t.Error(err)
		}
	}
	cmd, lines := child(t, path)
	lines.Scan()
	if !strings.Contains(lines.Text(), "is being written by another smpptap") {
		t.Error(lines.Text())
	}
	_ = cmd.Wait()
	w, err := db.NewWriter(WriterOptions{})
	must(t, err)
	if _, err := db.NewWriter(WriterOptions{}); err == nil {
		t.Error("two Writers of one DB")
	}
	must(t, w.Close())
	must(t, w.Close())
	must(t, db.Close())
	db, err = Open(path, Options{})
	must(t, err)
	must(t, db.Close())
}

func TestReadWhileWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := Open(path, Options{})
	must(t, err)
	w, err := db.NewWriter(WriterOptions{Rows: 500})
	must(t, err)
	r := newRun()
	must(t, w.Write(t.Context(), append(r.begin("a"), r.exchange(200)...)))
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for _, reader := range []*DB{read(t, path), db} {
		wg.Go(func() {
			for last := 0; ; {
				select {
				case <-stop:
					return
				default:
				}
				n := 0
				if err := reader.PDUs(t.Context(), Filter{}, func(*PDU) error { n++; return nil }); err != nil || n < last {
					t.Errorf("%d PDUs after %d: %v", n, last, err)
					return
				}
				last = n
			}
		})
	}
	for range 50 {
		must(t, w.Write(t.Context(), r.exchange(100)))
	}
	close(stop)
	wg.Wait()
	must(t, w.Close())
	must(t, db.Close())
}

// alter changes a database behind the package's back.
func alter(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	must(t, err)
	_, err = db.Exec(query)
	must(t, err)
	must(t, db.Close())
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		make   func(t *testing.T, path string)
		is     error
		want   string
		onlyRO bool // to record, such a file is fine
	}{
		{"missing", func(*testing.T, string) {}, os.ErrNotExist, "smpptap analyze", true},
		{"empty", func(t *testing.T, p string) { must(t, os.WriteFile(p, nil, 0o644)) }, ErrEmpty, "smpptap analyze", true},
		{"directory", func(t *testing.T, p string) { must(t, os.Mkdir(p, 0o700)) }, nil, "is a directory", false},
		{"text", func(t *testing.T, p string) { must(t, os.WriteFile(p, []byte(strings.Repeat("hello\n", 999)), 0o600)) }, nil, "no SQLite database", false},
		{"foreign", func(t *testing.T, p string) { alter(t, p, "CREATE TABLE a (b)") }, errNotOurs, "", false},
		{"foreign id", func(t *testing.T, p string) { alter(t, p, "PRAGMA application_id = 7") }, errNotOurs, "", false},
		{"newer", func(t *testing.T, p string) { simple(t, p, 1); alter(t, p, "PRAGMA user_version = 9") }, newerError{9}, "newer smpptap (schema 9", false},
		{"damaged", func(t *testing.T, p string) {
			simple(t, p, 1)
			b, err := os.ReadFile(p)
			must(t, err)
			copy(b[100:3000], strings.Repeat("\xff", 2900))
			must(t, os.WriteFile(p, b, 0o600))
		}, nil, "damaged", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			c.make(t, path)
			before, _ := os.ReadFile(path)
			check := func(err error) {
				t.Helper()
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) ||
					strings.Contains(err.Error(), "\n") || c.is != nil && !errors.Is(err, c.is) {
					t.Error(err)
				}
			}
			_, err := OpenReadOnly(path)
			check(err)
			if c.onlyRO {
				simple(t, path, 1)
				if got := files(t, filepath.Dir(path)); got != "x.db 600 " {
					t.Error(got)
				}
				return
			}
			_, err = Open(path, Options{})
			check(err)
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("it was changed")
			}
			if got := files(t, filepath.Dir(path)); strings.Contains(got, "-") {
				t.Errorf("left behind: %s", got)
			}
		})
	}
}

// A damage that shows only when the place is read is told with what to do.
func TestDamagedInside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	simple(t, path, 2000)
	info, err := os.Stat(path)
	must(t, err)
	must(t, os.Truncate(path, info.Size()/2))
	db, err := OpenReadOnly(path)
	if err == nil {
		err = db.PDUs(t.Context(), Filter{}, func(*PDU) error { return nil })
		must(t, db.Close())
	}
	if err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Error(err)
	}
}

// Opening an older database to read brings it forward.
func TestMigration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	simple(t, path, 1)
	alter(t, path, "DELETE FROM names WHERE kind = 'command'; UPDATE names SET name = 'x'")
	record(t, path, newRun().begin("b"))
	if got := one(t, read(t, path), "SELECT group_concat(command) FROM pdu_list"); got != "submit_sm,submit_sm_resp" {
		t.Error(got)
	}
}

var hostile = []string{"", "\x00", "a\x00b", "'; DROP TABLE pdus; --", `"`, "\xff\xfe\x80", "\x1b[31m", "ü😀", strings.Repeat("x", 70_000)}

func TestHostileStrings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := newRun()
	records := r.begin(hostile[6])
	for i, s := range hostile {
		f := r.finding(int64(i+1), 0, 1)
		f.Finding.Seen, f.Finding.Message = s, s
		m := &analyze.Message{ID: int64(i + 1), Text: s, Source: s, MessageID: s}
		records = append(records, f, analyze.Record{Kind: analyze.RecordMessage, Message: m})
	}
	records = append(records, r.pdu(submit(1, "a'\"\xff", "\x1b[0m", "x\x00y"), 0))
	record(t, path, records)
	db := read(t, path)
	findings, err := db.Findings(t.Context(), Filter{})
	must(t, err)
	var texts []string
	must(t, db.Messages(t.Context(), Filter{}, func(m *Message) error { texts = append(texts, m.Text); return nil }))
	for i, s := range hostile {
		if findings[i].Seen != s || findings[i].Message != s || texts[i] != s {
			t.Errorf("%q came back as %q, %q", s, findings[i].Seen, texts[i])
		}
	}
	p := pdus(t, db, Filter{Sources: []string{"a'\"\xff"}})
	if len(p) != 1 || p[0].DestinationAddr != "\x1b[0m" || string(p[0].Raw) != string(submit(1, "a'\"\xff", "\x1b[0m", "x\x00y")) {
		t.Errorf("%+v", p)
	}
}
