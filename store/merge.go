package store

import (
	"database/sql/driver"
	"fmt"
	"strings"
)

// tableColumns are the tables that a merge copies, with the columns that
// refer to others, or are ids themselves.
var tableColumns = []struct {
	table, columns string
	refs           map[string]ref
}{
	{"captures", "id, kind, source, profile, started_at, ended_at, version, stats, first_pdu", map[string]ref{"id": refCapture, "first_pdu": refPDU}},
	{"connections", connectionColumns, map[string]ref{"id": refConn, "capture_id": refCapture}},
	{"sessions", sessionColumns, map[string]ref{"id": refSession, "connection_id": refConn}},
	{"pdus", pduColumns, map[string]ref{"id": refPDU, "connection_id": refConn, "session_id": refSession, "request_id": refPDU}},
	{"tlvs", tlvColumns, map[string]ref{"pdu_id": refPDU}},
	{"parts", partColumns, map[string]ref{"pdu_id": refPDU, "first_pdu_id": refPDU}},
	{"findings", findingColumns, map[string]ref{
		"id": refFinding, "capture_id": refCapture, "connection_id": refConn, "session_id": refSession, "pdu_id": refPDU, "last_pdu_id": refPDU,
	}},
	{"checks", checkColumns, map[string]ref{"capture_id": refCapture}},
	{"open_receipts", openColumns, map[string]ref{"pdu_id": refPDU, "capture_id": refCapture}},
	{"part_ids", partIDColumns, map[string]ref{"response_pdu_id": refPDU, "message_ref": refMessage}},
	{"messages", messageColumns, map[string]ref{
		"id": refMessage, "capture_id": refCapture, "submit_session_id": refSession,
		"submit_pdu_id": refPDU, "response_pdu_id": refPDU, "receipt_pdu_id": refPDU,
	}},
}

// Merge copies all captures of another database behind those that db has,
// which it numbers anew. It is all or nothing. MakeIndices comes when all are
// copied.
func (db *DB) Merge(path string) error {
	from, err := OpenReadOnly(path) // which brings it to this schema, and tells what is wrong with it
	if err != nil {
		return err
	}
	if err := from.Close(); err != nil {
		return err
	}
	real, err := realPath(path)
	if err != nil {
		return fmt.Errorf("database %s: %w", path, err)
	}
	w := db.write
	if _, err := w.Exec("ATTACH ? AS source", []driver.Value{newConnector(real, modeRead, busyRead).dsn}); err != nil {
		return explain(path, err)
	}
	err = db.copyAll()
	if _, e := w.Exec("DETACH source", nil); err == nil {
		err = e
	}
	return explain(path, err)
}

func (db *DB) copyAll() error {
	w := db.write
	base, err := readBases(w)
	if err != nil {
		return err
	}
	if _, err := w.Exec("BEGIN IMMEDIATE", nil); err != nil {
		return err
	}
	for _, t := range tableColumns {
		var values []string
		for _, c := range strings.Split(t.columns, ", ") {
			if r, ok := t.refs[c]; ok {
				c += fmt.Sprintf(" + %d", base[r])
			}
			values = append(values, c)
		}
		query := "INSERT INTO main." + t.table + " (" + t.columns + ") SELECT " + strings.Join(values, ", ") + " FROM source." + t.table + " ORDER BY 1"
		if _, err := w.Exec(query, nil); err != nil {
			_, _ = w.Exec("ROLLBACK", nil)
			return err
		}
	}
	_, err = w.Exec("COMMIT", nil)
	return err
}

// MakeIndices makes those of queries (index.go), where they are missing.
func (db *DB) MakeIndices() error { return explain(db.path, makeIndices(db.write)) }
