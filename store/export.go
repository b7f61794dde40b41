package store

import (
	"context"
	"database/sql"
)

// LastOn gives when the last PDU of a connection was recorded; zero: there is
// none, or no index to find it by (in a capture that still runs or was cut off).
func (db *DB) LastOn(ctx context.Context, connection int64) (at int64, err error) {
	if indexed, err := db.hasIndex(ctx, "pdus_connection"); err != nil || !indexed {
		return 0, err
	}
	const query = "SELECT time FROM pdus WHERE connection_id = ? ORDER BY id DESC LIMIT 1"
	err = db.each(ctx, query, []any{connection}, func(r *sql.Rows) error { return r.Scan(&at) })
	return at, err
}

// Between gives how many octets went either way in the PDUs of a connection
// that were recorded behind one PDU and before another; after is zero: before
// the latter.
func (db *DB) Between(ctx context.Context, connection, after, before int64) (toSMSC, toESME int64, err error) {
	const query = `SELECT coalesce(sum(length) FILTER (WHERE direction = 'to_smsc'), 0), coalesce(sum(length) FILTER (WHERE direction <> 'to_smsc'), 0)
		FROM pdus WHERE connection_id = ? AND id > ? AND id < ?`
	err = db.each(ctx, query, []any{connection, after, before}, func(r *sql.Rows) error { return r.Scan(&toSMSC, &toESME) })
	return toSMSC, toESME, err
}
