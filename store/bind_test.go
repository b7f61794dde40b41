package store

import (
	"errors"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/mattn/go-sqlite3"
)

// Both ways to run a statement store the same: NULs, broken UTF-8, empty and
// absent values, numbers of the run.
func TestRun(t *testing.T) {
	db, err := Open(filepath.Join(t.TempDir(), "x.db"), Options{})
	must(t, err)
	defer db.Close()
	_, err = db.write.Exec("CREATE TABLE t (a, b, c)", nil)
	must(t, err)
	s, err := prepare(db.write, "INSERT INTO t VALUES (?, ?, ?)")
	must(t, err)
	defer s.close()
	b := &bases{refPDU: 1000, refMessage: -5}
	var r row
	r.text("a\x00b\xff")
	r.blob([]byte("\x00\x01"))
	r.null()
	r.text("")
	r.blob(nil)
	r.octets(nil)
	r.ref(refPDU, 7)
	r.ref(refPDU, 0)
	r.ref(refMessage, 1<<40)
	r.int(-1 << 63)
	r.micros(-1)
	r.some("")
	read := func() (out [][]any) {
		must(t, db.Query(t.Context(), "SELECT a, typeof(a), b, typeof(b), c, typeof(c) FROM t ORDER BY rowid",
			func([]string) error { return nil }, func(v []any) error {
				kept := make([]any, len(v))
				for i := range v {
					if o, ok := v[i].([]byte); ok {
						v[i] = string(o)
					}
					kept[i] = v[i]
				}
				out = append(out, kept)
				return nil
			}))
		_, err := db.write.Exec("DELETE FROM t", nil)
		must(t, err)
		return out
	}
	must(t, s.run(r, b))
	fast := read()
	must(t, s.runEach(r, b))
	slow := read()
	if !reflect.DeepEqual(fast, slow) || len(fast) != 4 {
		t.Errorf("at once %v\neach %v", fast, slow)
	}
	want := []any{int64(1007), "integer", nil, "null", int64(1<<40 - 5), "integer"}
	if !reflect.DeepEqual(fast[2], want) {
		t.Errorf("%v, want %v", fast[2], want)
	}
	must(t, s.run(nil, b))
}

// A row that fails ends the run with SQLite's own error.
func TestRunFails(t *testing.T) {
	db, err := Open(filepath.Join(t.TempDir(), "x.db"), Options{})
	must(t, err)
	defer db.Close()
	_, err = db.write.Exec("CREATE TABLE t (a INTEGER PRIMARY KEY)", nil)
	must(t, err)
	s, err := prepare(db.write, "INSERT INTO t VALUES (?)")
	must(t, err)
	defer s.close()
	var r row
	for _, n := range []int64{1, 2, 1, 3} {
		r.int(n)
	}
	var se sqlite3.Error
	err = s.run(r, &bases{})
	if !errors.As(err, &se) || se.Code != sqlite3.ErrConstraint || se.ExtendedCode != sqlite3.ErrConstraintPrimaryKey {
		t.Error(err)
	}
	if got := one(t, db, "SELECT count(*) FROM t"); got != "2" {
		t.Errorf("%s rows", got)
	}
	must(t, s.run(r[len(r)-9:], &bases{})) // the statement goes on working
}
