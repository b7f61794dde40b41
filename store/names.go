package store

import (
	"context"
	"maps"

	"smpptap/dissect"
)

// nameKey is a row of the table names without its name.
type nameKey struct {
	kind  string
	value int64
}

// protocolNames gives the names that the views show, from dissect's table.
func protocolNames() map[nameKey]string {
	out := make(map[nameKey]string)
	for _, c := range dissect.Commands() {
		key := nameKey{"command", int64(c.ID)}
		if _, ok := out[key]; !ok { // a vendor's command yields to the standard's
			out[key] = c.Name
		}
	}
	for _, s := range dissect.Statuses() {
		out[nameKey{"status", int64(s.Value)}] = s.Name
	}
	return out
}

// fillNames makes the table names equal to the program's, and writes nothing
// when it is: views of an old database then show what this program shows.
func fillNames(ctx context.Context, q querier) error {
	want := protocolNames()
	have, err := readNames(ctx, q)
	if err != nil || maps.Equal(want, have) {
		return err
	}
	if _, err := q.ExecContext(ctx, "DELETE FROM names"); err != nil {
		return err
	}
	for k, name := range want {
		if _, err := q.ExecContext(ctx, "INSERT INTO names (kind, value, name) VALUES (?, ?, ?)", k.kind, k.value, name); err != nil {
			return err
		}
	}
	return nil
}

func readNames(ctx context.Context, q querier) (map[nameKey]string, error) {
	rows, err := q.QueryContext(ctx, "SELECT kind, value, name FROM names")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[nameKey]string)
	for rows.Next() {
		var k nameKey
		var name string
		if err := rows.Scan(&k.kind, &k.value, &name); err != nil {
			return nil, err
		}
		out[k] = name
	}
	return out, rows.Err()
}
