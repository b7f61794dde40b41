package store

import (
	"context"
	"database/sql"
	"strconv"
)

// ids adds a condition unless there are no ids. They are one parameter, so
// there may be any number of them.
func (w *where) ids(column string, ids []int64) {
	if len(ids) == 0 {
		return
	}
	list := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(list, id, 10)
	}
	w.add(column+" IN (SELECT value FROM json_each(?))", string(append(list, ']')))
}

// LastOn gives when and in which direction the last PDU of a connection was
// recorded; ok is false where there is none, or no index to find it by (in a
// capture that still runs or was cut off).
func (db *DB) LastOn(ctx context.Context, connection int64) (at int64, direction string, ok bool, err error) {
	if indexed, err := db.hasIndex(ctx, "pdus_connection"); err != nil || !indexed {
		return 0, "", false, err
	}
	const query = "SELECT time, direction FROM pdus WHERE connection_id = ? ORDER BY id DESC LIMIT 1"
	err = db.each(ctx, query, []any{connection}, func(r *sql.Rows) error {
		ok = true
		return r.Scan(&at, &direction)
	})
	return at, direction, ok, err
}
