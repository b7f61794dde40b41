package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
)

// Info is what a database holds.
type Info struct {
	Path       string           `json:"path"`
	Schema     int              `json:"schema"`
	Octets     int64            `json:"octets"`      // of the file
	LogOctets  int64            `json:"log_octets"`  // of the log beside it
	FreeOctets int64            `json:"free_octets"` // of the file, to be used again
	Shrinks    bool             `json:"shrinks"`     // free space can be given back while recording
	Rows       []TableRows      `json:"rows"`
	Captures   []Capture        `json:"-"`
	First      int64            `json:"-"` // times of PDUs, nanoseconds since 1970 UTC; zero: none
	Last       int64            `json:"-"`
	Missing    map[string]int64 `json:"missing,omitempty"` // what captures tell that was dropped
}

// TableRows is a table's number of rows.
type TableRows struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
}

// Info tells what the database holds. It counts all rows.
func (db *DB) Info(ctx context.Context) (*Info, error) {
	real, err := realPath(db.path)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", db.path, err)
	}
	out := &Info{Path: db.path, Missing: make(map[string]int64)}
	if info, err := os.Stat(real); err == nil {
		out.Octets = info.Size()
	}
	if info, err := os.Stat(real + "-wal"); err == nil {
		out.LogOctets = info.Size()
	}
	row := db.read.QueryRowContext(ctx, `SELECT (SELECT user_version FROM pragma_user_version),
		(SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size),
		(SELECT auto_vacuum FROM pragma_auto_vacuum) = 2, coalesce((SELECT min(time) FROM pdus), 0), coalesce((SELECT max(time) FROM pdus), 0)`)
	if err := row.Scan(&out.Schema, &out.FreeOctets, &out.Shrinks, &out.First, &out.Last); err != nil {
		return nil, explain(db.path, err)
	}
	for _, table := range []string{"captures", "connections", "sessions", "pdus", "tlvs", "parts", "findings", "checks", "messages", "open_receipts", "part_ids"} {
		n := TableRows{Table: table}
		if err := db.read.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n.Rows); err != nil {
			return nil, explain(db.path, err)
		}
		out.Rows = append(out.Rows, n)
	}
	if out.Captures, err = db.Captures(ctx); err != nil {
		return nil, err
	}
	for i := range out.Captures {
		for what, n := range out.Captures[i].Stats.Caps {
			out.Missing[what] += n
		}
	}
	return out, nil
}

// links are what rows say of others: nothing in the schema holds them
// together, so that recording never waits to look them up.
var links = []struct{ text, query string }{
	{"connections of no capture", "SELECT count(*) FROM connections WHERE capture_id NOT IN (SELECT id FROM captures)"},
	{"sessions of no connection", "SELECT count(*) FROM sessions WHERE connection_id NOT IN (SELECT id FROM connections)"},
	{"PDUs of no connection", "SELECT count(*) FROM pdus WHERE connection_id NOT IN (SELECT id FROM connections)"},
	{"PDUs of no session that there is", "SELECT count(*) FROM pdus WHERE session_id IS NOT NULL AND session_id NOT IN (SELECT id FROM sessions)"},
	{"TLVs of no PDU", "SELECT count(*) FROM tlvs WHERE pdu_id NOT IN (SELECT id FROM pdus)"},
	{"parts of no PDU", "SELECT count(*) FROM parts WHERE pdu_id NOT IN (SELECT id FROM pdus)"},
	{"findings of no capture", "SELECT count(*) FROM findings WHERE capture_id NOT IN (SELECT id FROM captures)"},
	{"messages of no capture", "SELECT count(*) FROM messages WHERE capture_id NOT IN (SELECT id FROM captures)"},
	{"checks of no capture", "SELECT count(*) FROM checks WHERE capture_id NOT IN (SELECT id FROM captures)"},
}

// Check reads the whole database and gives what is wrong with it, a line a
// fault.
func (db *DB) Check(ctx context.Context) (faults []string, err error) {
	err = db.each(ctx, "PRAGMA integrity_check", nil, func(r *sql.Rows) error {
		var line string
		err := r.Scan(&line)
		if line != "ok" {
			faults = append(faults, line)
		}
		return err
	})
	if err != nil || len(faults) > 0 {
		return faults, err
	}
	for _, l := range links {
		var n int64
		if err := db.read.QueryRowContext(ctx, l.query).Scan(&n); err != nil {
			return faults, explain(db.path, err)
		}
		if n > 0 {
			faults = append(faults, fmt.Sprintf("%d %s", n, l.text))
		}
	}
	return faults, nil
}
