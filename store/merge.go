package store

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"smpptap/analyze"
)

// tableColumns are the tables that a merge copies, with the columns that
// refer to others, or are ids themselves. The first keys columns identify rows
// that change; zero: what was written stays as it is.
var tableColumns = []struct {
	table, columns string
	keys           int
	refs           map[string]ref
}{
	{"captures", "id, kind, source, profile, started_at, ended_at, version, stats, first_pdu", 1, map[string]ref{"id": refCapture, "first_pdu": refPDU}},
	{"connections", connectionColumns, 1, map[string]ref{"id": refConn, "capture_id": refCapture}},
	{"sessions", sessionColumns, 1, map[string]ref{"id": refSession, "connection_id": refConn}},
	{"pdus", pduColumns, 0, map[string]ref{"id": refPDU, "connection_id": refConn, "session_id": refSession, "request_id": refPDU}},
	{"tlvs", tlvColumns, 0, map[string]ref{"pdu_id": refPDU}},
	{"parts", partColumns, 0, map[string]ref{"pdu_id": refPDU, "first_pdu_id": refPDU}},
	{"findings", findingColumns, 1, map[string]ref{
		"id": refFinding, "capture_id": refCapture, "connection_id": refConn, "session_id": refSession, "pdu_id": refPDU, "last_pdu_id": refPDU,
	}},
	{"checks", checkColumns, 2, map[string]ref{"capture_id": refCapture}},
	{"open_receipts", openColumns, 0, map[string]ref{"pdu_id": refPDU, "capture_id": refCapture}},
	{"part_ids", partIDColumns, 0, map[string]ref{"response_pdu_id": refPDU, "message_ref": refMessage}},
	{"messages", messageColumns, 1, map[string]ref{
		"id": refMessage, "capture_id": refCapture, "submit_session_id": refSession,
		"submit_pdu_id": refPDU, "response_pdu_id": refPDU, "receipt_pdu_id": refPDU,
	}},
}

// Merge copies all captures of other databases behind those that db has, in the
// order given, makes indices, and links receipts of one with messages of
// another. It numbers anew what has no numbers beyond those that are there.
// Parts of one run (Rotate) become one capture, at the place of the first that
// is named. What is empty adds nothing. After an error some may be copied.
func (db *DB) Merge(ctx context.Context, paths ...string) error {
	runs, err := runsOf(ctx, paths)
	if err != nil {
		return err
	}
	for _, parts := range runs {
		m := merging{db: db, ctx: ctx}
		for i, path := range parts {
			if err := m.file(path, i > 0); err != nil {
				return cmp.Or(ctx.Err(), explain(path, err))
			}
		}
	}
	if err := makeIndices(db.write); err != nil {
		return explain(db.path, err)
	}
	return cmp.Or(ctx.Err(), db.Link())
}

// runsOf groups databases: those of one run together, in order.
func runsOf(ctx context.Context, paths []string) (groups [][]string, err error) {
	group, part := make(map[string]int), make(map[string]int64)
	empty := error(nil)
	for _, path := range paths {
		s, err := lastStats(ctx, path)
		if errors.Is(err, ErrEmpty) {
			empty = err
			continue
		}
		if err != nil {
			return nil, err
		}
		at, known := group[s.Run]
		if s.Run == "" || !known {
			at = len(groups)
			groups = append(groups, nil)
			group[s.Run] = at
		}
		groups[at] = append(groups[at], path)
		part[path] = s.Part
	}
	if groups == nil {
		return nil, empty
	}
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b string) int { return cmp.Compare(part[a], part[b]) })
	}
	return groups, nil
}

// lastStats are those of a database's last capture; a part of a run has no
// other.
func lastStats(ctx context.Context, path string) (s analyze.Stats, err error) {
	db, err := OpenReadOnly(path) // which brings it to this schema, and tells what is wrong with it
	if err != nil {
		return s, err
	}
	all, err := db.Captures(ctx)
	if n := len(all); n > 0 {
		s = all[n-1].Stats
	}
	return s, errors.Join(err, db.Close())
}

// merging copies the parts of one run, or a database that is none.
type merging struct {
	db   *DB
	ctx  context.Context
	base bases // of all parts
}

func (m *merging) exec(query string, args ...driver.Value) error {
	named := make([]driver.NamedValue, len(args))
	for i := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: args[i]}
	}
	_, err := m.db.write.ExecContext(m.ctx, query, named)
	return err
}

// file copies a database; later: it is a later part of the one before.
func (m *merging) file(path string, later bool) error {
	real, err := realPath(path)
	if err != nil {
		return err
	}
	if err := m.exec("ATTACH ? AS source", newConnector(real, modeRead, busyRead).dsn); err != nil {
		return err
	}
	err = inTransaction(m.db.write, func() error { return m.tables(later) })
	if _, e := m.db.write.Exec("DETACH source", nil); err == nil {
		err = e
	}
	return err
}

func (m *merging) tables(later bool) (err error) {
	if !later {
		if m.base, err = m.numbers(); err != nil {
			return err
		}
	}
	for _, t := range tableColumns {
		insert := "INSERT INTO main." + t.table + " (" + t.columns + ") SELECT " + m.values(t.columns, t.refs) + " FROM source." + t.table + " WHERE true ORDER BY 1"
		switch {
		case later && t.keys > 0: // what was open in the part before is there: this is its newer state
			insert += onConflict(t.table, t.columns, t.keys)
		case later:
			insert += " ON CONFLICT DO NOTHING"
		}
		if later && t.table == "captures" {
			err = m.goOn()
		} else {
			err = m.exec(insert)
		}
		if err != nil {
			return err
		}
	}
	// Behind other captures its numbers may not be the run's any more: nothing
	// can be joined to it later.
	return m.exec("UPDATE main.captures SET stats = json_remove(stats, '$.Run', '$.Part') WHERE stats IS NOT NULL")
}

// values are a table's columns with the numbers that they get.
func (m *merging) values(columns string, refs map[string]ref) string {
	values := strings.Split(columns, ", ")
	for i, c := range values {
		if r, ok := refs[c]; ok {
			values[i] = fmt.Sprintf("%s + %d", c, m.base[r])
		}
	}
	return strings.Join(values, ", ")
}

// numbers is what is added to those of the source: nothing where all are
// beyond those in use, as with runs that were recorded one after the other with
// Rotate.
func (m *merging) numbers() (bases, error) {
	used, err := readBases(m.db.write)
	if err != nil {
		return used, err
	}
	beyond := int64(1)
	for what, first := range [...]string{
		refCapture: "min(id) FROM source.captures", refConn: "min(id) FROM source.connections", refSession: "min(id) FROM source.sessions",
		refPDU: "min(first_pdu) FROM source.captures", refFinding: "min(id) FROM source.findings", refMessage: "min(id) FROM source.messages",
	} {
		if beyond == 1 {
			beyond, err = integer(m.db.write, fmt.Sprintf("SELECT coalesce(%s, %d) > %d", "(SELECT "+first+")", used[what]+1, used[what]))
		}
	}
	if err != nil || beyond == 0 {
		return used, err
	}
	return bases{}, nil
}

// goOn has a capture end as its later part does.
func (m *merging) goOn() error {
	return m.exec(`UPDATE main.captures SET (source, profile, ended_at, stats) =
		(SELECT source, profile, ended_at, stats FROM source.captures AS s WHERE s.id + ?1 = main.captures.id)
		WHERE id IN (SELECT id + ?1 FROM source.captures)`, m.base[refCapture])
}
