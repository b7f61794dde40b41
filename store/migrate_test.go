package store

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// ofSchema makes a database as a program of an older schema left it. The texts
// are never changed; each new schema adds one.
func ofSchema(t *testing.T, version int) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "schema", strings.Repeat("0", 4-len(strconv.Itoa(version)))+strconv.Itoa(version)+".sql"))
	must(t, err)
	path := filepath.Join(t.TempDir(), "old.db")
	db, err := sql.Open("sqlite3", path)
	must(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), string(text))
	must(t, err)
	return path
}

// shape is the schema without indices of bulk tables, which come and go.
func shape(t *testing.T, db *DB) string {
	t.Helper()
	return one(t, db, `SELECT group_concat(type || ' ' || name || ': ' || (SELECT group_concat(c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk)
		FROM pragma_table_info(s.name) AS c), char(10)) FROM (SELECT * FROM sqlite_schema
		WHERE name NOT LIKE 'pdus\_%' ESCAPE '\' AND name NOT LIKE 'tlvs\_%' ESCAPE '\' AND name NOT LIKE 'parts\_%' ESCAPE '\' ORDER BY type, name) AS s`)
}

// Databases of all schemas there ever were become what a new one is, with
// their rows, also when they are opened to be read.
func TestMigrations(t *testing.T) {
	fresh := filepath.Join(t.TempDir(), "new.db")
	simple(t, fresh, 1)
	want := shape(t, read(t, fresh))
	for version := 1; version <= schemaVersion; version++ {
		for how, open := range map[string]func(string) (*DB, error){
			"to write": func(path string) (*DB, error) { return Open(path, Options{}) },
			"to read":  OpenReadOnly,
		} {
			db, err := open(ofSchema(t, version))
			must(t, err)
			if got := shape(t, db); got != want {
				t.Errorf("schema %d, opened %s:\n%s\nwant\n%s", version, how, got, want)
			}
			checkMigrated(t, db, version)
			must(t, db.Close())
		}
	}
}

func checkMigrated(t *testing.T, db *DB, version int) {
	t.Helper()
	for query, want := range map[string]string{
		"PRAGMA integrity_check":                                                    "ok",
		"SELECT user_version FROM pragma_user_version":                              strconv.Itoa(schemaVersion),
		"SELECT command || ' ' || status || ' ' || time FROM pdu_list WHERE id = 2": "enquire_link_resp ESME_ROK 2026-11-03T10:02:11.000000002Z",
		"SELECT client || ' ' || state FROM session_list":                           "10.1.0.7:40112 bound_trx",
		"SELECT text FROM message_list":                                             "hello",
		"SELECT rule || count FROM finding_list":                                    "system-type2",
		"SELECT hex(value) FROM tlvs":                                               "00FF",
		"SELECT count(*) FROM parts":                                                strconv.Itoa(min(version-1, 1)),
	} {
		if got := one(t, db, query); got != want {
			t.Errorf("schema %d: %s: %s, want %s", version, query, got, want)
		}
	}
	ctx := context.Background()
	captures, err := db.Captures(ctx)
	must(t, err)
	if len(captures) != 2 || captures[0].Stats.Packets != 4 || captures[1].EndedAt != 0 || captures[1].FirstPDU != 3 {
		t.Errorf("schema %d: %+v", version, captures)
	}
	if p := pdus(t, db, Filter{Capture: 1}); len(p) != 2 || p[0].Response != 2 || p[1].LatencyUS != 812 || p[1].SystemID != "acme" {
		t.Errorf("schema %d: %+v", version, p)
	}
	f, err := db.Findings(ctx, Filter{Capture: 1})
	must(t, err)
	if len(f) != 1 || f[0].Seen != "cp" || f[0].Frame != 11 {
		t.Errorf("schema %d: %+v", version, f)
	}
}

// A capture is recorded behind those of an older program.
func TestMigratedGrows(t *testing.T) {
	for version := 1; version <= schemaVersion; version++ {
		path := ofSchema(t, version)
		simple(t, path, 2)
		if got := len(pdus(t, read(t, path), Filter{Capture: AllCaptures})); got != 6 {
			t.Errorf("schema %d: %d PDUs", version, got)
		}
	}
}
