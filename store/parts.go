package store

import (
	"context"
	"database/sql"
	"errors"
)

// Part is a PDU that carries a part of a long message.
type Part struct {
	PDU           int64
	Number, Total int
	Direction     string
	Raw           []byte // masked
}

// ToESME tells that the SMSC sent the part.
func (p *Part) ToESME() bool { return isToESME(p.Direction) }

// LongMessage gives the parts of the long message that a PDU carries one of,
// by part and PDU, and the PDU of the one seen first, which names the message;
// zero and none when it carries none.
func (db *DB) LongMessage(ctx context.Context, pdu int64) (first int64, parts []Part, err error) {
	if has, err := db.hasTable(ctx, "parts"); err != nil || !has {
		return 0, nil, err // recorded by an older program
	}
	err = db.read.QueryRowContext(ctx, "SELECT first_pdu_id FROM parts WHERE pdu_id = ?", pdu).Scan(&first)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, explain(db.path, err)
	}
	query := `SELECT t.pdu_id, t.part, t.parts, p.direction, p.raw FROM parts AS t JOIN pdus AS p ON p.id = t.pdu_id
		WHERE t.first_pdu_id = ?`
	args := []any{first}
	indexed, err := db.hasIndex(ctx, "parts_first")
	if err != nil {
		return 0, nil, err
	}
	if !indexed {
		query += " AND t.pdu_id BETWEEN ? AND ?"
		args = append(args, first, first+responseWindow)
	}
	err = db.each(ctx, query+" ORDER BY t.part, t.pdu_id", args, func(r *sql.Rows) error {
		var p Part
		err := r.Scan(&p.PDU, &p.Number, &p.Total, &p.Direction, &p.Raw)
		parts = append(parts, p)
		return err
	})
	return first, parts, err
}

func (db *DB) hasTable(ctx context.Context, name string) (bool, error) {
	var n int
	err := db.read.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", name).Scan(&n)
	return n > 0, explain(db.path, err)
}
