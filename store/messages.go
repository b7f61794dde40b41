package store

import (
	"context"
	"database/sql"

	"smpptap/analyze"
)

// Message is a message with ids of the database. Latency and ReceiptDelay are
// whole microseconds in nanoseconds, negative where they are not known.
type Message struct {
	analyze.Message
	Capture int64
}

const messageSelect = `SELECT m.id, m.capture_id, coalesce(m.account, ''), coalesce(m.system_id, ''), coalesce(m.message_id, ''),
	coalesce(m.source_addr, ''), coalesce(m.destination_addr, ''), coalesce(m.text, ''), coalesce(m.encoding, ''),
	m.parts, m.parts_seen, coalesce(m.submitted_at, 0), coalesce(m.accepted_at, 0), m.status,
	coalesce(m.receipt_state, ''), coalesce(m.receipt_err, ''), coalesce(m.done_at, 0),
	coalesce(m.latency_us * 1000, -1), coalesce(m.receipt_delay_us * 1000, -1), coalesce(m.submit_session_id, 0),
	coalesce(m.submit_pdu_id, 0), coalesce(m.response_pdu_id, 0), coalesce(m.receipt_pdu_id, 0)
	FROM messages AS m`

func scanMessage(r *sql.Rows) (m Message, err error) {
	var status sql.NullInt64
	err = r.Scan(&m.ID, &m.Capture, &m.Account, &m.SystemID, &m.MessageID, &m.Source, &m.Destination, &m.Text, &m.Encoding,
		&m.Parts, &m.PartsSeen, &m.SubmittedAt, &m.AcceptedAt, &status, &m.ReceiptState, &m.ReceiptErr, &m.DoneAt,
		&m.Latency, &m.ReceiptDelay, &m.SubmitSession, &m.SubmitPDU, &m.ResponsePDU, &m.ReceiptPDU)
	m.Answered, m.Status = status.Valid, uint32(status.Int64)
	return m, err
}

// Messages gives messages by id to fn, which may take its time. An error of
// fn ends the list and is returned as it is.
func (db *DB) Messages(ctx context.Context, f Filter, fn func(*Message) error) error {
	return pages(f, func(f Filter) ([]Message, error) {
		var w where
		w.messages(&f)
		var page []Message
		query := messageSelect + w.String() + " ORDER BY m.id" + limit(&f)
		err := db.each(ctx, query, w.tail(&f), func(r *sql.Rows) error {
			m, err := scanMessage(r)
			page = append(page, m)
			return err
		})
		return page, err
	}, func(m *Message) int64 { return m.ID }, fn)
}

func (w *where) messages(f *Filter) {
	w.capture(f, "m.capture_id")
	equal(w, "m.submit_session_id", f.Session)
	if f.Connection != 0 {
		w.add("m.submit_session_id IN (SELECT id FROM sessions WHERE connection_id = ?)", f.Connection)
	}
	w.oneOf("m.message_id", f.MessageIDs)
	w.oneOf("m.source_addr", f.Sources)
	w.oneOf("m.destination_addr", f.Destinations)
	w.oneOf("upper(m.receipt_state)", f.ReceiptStates)
	if f.Status != nil {
		w.add("m.status = ?", *f.Status)
	}
	if f.Unreceipted {
		w.add("m.status = 0 AND (m.receipt_state IS NULL OR upper(m.receipt_state) IN ('ENROUTE', 'ACCEPTD', 'ACCEPTED', 'SCHEDULED'))")
	}
	if f.OlderThan != 0 {
		w.add("m.submitted_at < ?", f.OlderThan)
	}
	w.within(f, "coalesce(m.submitted_at, m.accepted_at, m.done_at, 0)", "coalesce(m.done_at, m.accepted_at, m.submitted_at, 0)")
	w.named(f, "coalesce(m.submit_pdu_id, m.receipt_pdu_id)", "pdu_id", "last_pdu_id")
	after(w, f, "m.id")
}

// pageRows is how many rows of a long list are held at once. A query that
// stayed open while its reader takes its time would keep the writer's log from
// being moved into the database, and the log would grow without end.
const pageRows = 2048

// pages reads a list page by page: read gives the next page of at most
// f.Limit rows behind f.After.
func pages[T any](f Filter, read func(Filter) ([]T, error), id func(*T) int64, fn func(*T) error) error {
	left := f.Limit
	for {
		f.Limit = pageRows
		if left > 0 {
			f.Limit = min(left, pageRows)
		}
		page, err := read(f)
		if err != nil {
			return err
		}
		for i := range page {
			if err := fn(&page[i]); err != nil {
				return err
			}
		}
		if len(page) == 0 || left > 0 && len(page) >= left {
			return nil
		}
		if left > 0 {
			left -= len(page)
		}
		f.After = id(&page[len(page)-1])
	}
}
