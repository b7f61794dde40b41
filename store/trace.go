package store

import (
	"context"
	"database/sql"
)

// IDPair is a message's id as its response gave it and as its receipt did.
type IDPair struct{ Response, Receipt string }

// pairsAround is how many messages before and behind one are looked at for how
// an account writes its ids.
const pairsAround = 2000

// IDPairs gives ids of messages recorded near m, of its account, that have a
// receipt. By them a trace knows how the account writes ids in receipts.
func (db *DB) IDPairs(ctx context.Context, m *Message) (pairs []IDPair, err error) {
	const query = `SELECT m.message_id, p.message_id FROM messages AS m JOIN pdus AS p ON p.id = m.receipt_pdu_id
		WHERE m.id BETWEEN ? AND ? AND m.account IS ? AND m.message_id IS NOT NULL AND p.message_id IS NOT NULL
		AND p.command_id IN (5, 0x103) AND m.parts = 1`
	args := []any{m.ID - pairsAround, m.ID + pairsAround, nullable(m.Account)}
	err = db.each(ctx, query, args, func(r *sql.Rows) error {
		var p IDPair
		err := r.Scan(&p.Response, &p.Receipt)
		pairs = append(pairs, p)
		return err
	})
	return pairs, err
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// MessageOf gives the message that a submit belongs to as its first or as a
// further part; nil: none is recorded.
func (db *DB) MessageOf(ctx context.Context, submit int64) (m *Message, err error) {
	first, _, err := db.LongMessage(ctx, submit)
	if err != nil {
		return nil, err
	}
	for _, id := range []int64{submit, first} {
		if id == 0 || m != nil {
			continue
		}
		err := db.each(ctx, messageSelect+" WHERE m.submit_pdu_id = ? LIMIT 1", []any{id}, func(r *sql.Rows) error {
			found, err := scanMessage(r)
			m = &found
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

// End is the time up to which something was recorded.
func (db *DB) End(ctx context.Context) (at int64, err error) {
	const query = `SELECT max(coalesce((SELECT max(ended_at) FROM captures), 0),
		coalesce((SELECT time FROM pdus ORDER BY id DESC LIMIT 1), 0))`
	err = db.read.QueryRowContext(ctx, query).Scan(&at)
	return at, explain(db.path, err)
}

// MessagesEndingIn gives messages of which source or destination ends with
// digits, the newest first. It reads all messages.
func (db *DB) MessagesEndingIn(ctx context.Context, f Filter, digits string, destination bool) ([]Message, error) {
	var w where
	w.messages(&f)
	column := "m.source_addr"
	if destination {
		column = "m.destination_addr"
	}
	w.add("substr("+column+", ?) = ?", -len(digits), digits)
	return db.newestMessages(ctx, &f, &w)
}

// MessagesAbout gives the newest messages that the filter selects, and of
// which the text contains a word, whatever its case; empty: any.
func (db *DB) MessagesAbout(ctx context.Context, f Filter, text string) ([]Message, error) {
	var w where
	w.messages(&f)
	if text != "" {
		w.add("instr(lower(m.text), lower(?)) > 0", text)
	}
	return db.newestMessages(ctx, &f, &w)
}

func (db *DB) newestMessages(ctx context.Context, f *Filter, w *where) (out []Message, err error) {
	query := messageSelect + w.String() + " ORDER BY m.id DESC" + limit(f)
	err = db.each(ctx, query, w.tail(f), func(r *sql.Rows) error {
		m, err := scanMessage(r)
		out = append(out, m)
		return err
	})
	return out, err
}
