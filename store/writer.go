package store

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"

	"smpptap/analyze"
)

// Writer records one run as a capture. It implements analyze.Sink.
//
// After an error it stores nothing more: the transaction that failed is
// undone, what was committed before stays, and Write and Close tell.
type Writer struct {
	db  *DB
	opt WriterOptions

	mu      sync.Mutex // for the goroutine that commits by time
	err     error
	told    bool // err was returned by Write
	closed  bool
	open    bool  // a transaction is
	rows    int   // in it
	records int64 // in it
	capture int64 // its id; zero before the first RecordCapture
	base    bases
	final   *analyze.Capture // as it was last seen
	started bool             // captures.started_at is set
	index   indexState

	tables tables

	stop    chan struct{}
	stopped chan struct{}
}

// WriterOptions bound a Writer. Zero values mean the stated default.
type WriterOptions struct {
	// Rows is how many rows make a transaction. Default 16,384.
	Rows int
	// Every is how long a row waits at most until it is committed. Default
	// 500 ms.
	Every time.Duration
}

// NewWriter begins a capture. A DB has one Writer at a time; the caller must
// Close it.
func (db *DB) NewWriter(opt WriterOptions) (*Writer, error) {
	if db.write == nil {
		return nil, fmt.Errorf("database %s: opened to read only", db.path)
	}
	if !db.writing.CompareAndSwap(false, true) {
		return nil, fmt.Errorf("database %s: a capture is being recorded already", db.path)
	}
	if opt.Rows == 0 {
		opt.Rows = 16_384
	}
	if opt.Every == 0 {
		opt.Every = 500 * time.Millisecond
	}
	w := &Writer{db: db, opt: opt, stop: make(chan struct{}), stopped: make(chan struct{})}
	if err := w.prepare(); err != nil {
		w.tables.close()
		db.writing.Store(false)
		return nil, explain(db.path, err)
	}
	go w.commitByTime()
	return w, nil
}

func (w *Writer) prepare() error {
	var err error
	if w.tables, err = newTables(w.db.write, ""); err != nil {
		return err
	}
	if w.base, err = readBases(w.db.write); err != nil {
		return err
	}
	w.index, err = readIndexState(w.db.write, slices.Concat(bulkIndices, messageIndices))
	return err
}

// commitByTime ends transactions that no further records end.
func (w *Writer) commitByTime() {
	defer close(w.stopped)
	t := time.NewTicker(w.opt.Every)
	defer t.Stop()
	for {
		select {
		case <-w.stop:
			return
		case <-t.C:
		}
		w.mu.Lock()
		if w.open && w.err == nil {
			if err := w.commit(); err != nil {
				_ = w.fail(err) // the next Write, or Close, returns it
			}
		}
		w.mu.Unlock()
	}
}

// Write implements analyze.Sink. It does not heed ctx: what the run has found
// is stored even when the run was interrupted.
func (w *Writer) Write(_ context.Context, r []analyze.Record) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil && len(r) > 0 {
		w.records += int64(len(r))
		if err := w.writeAll(r); err != nil {
			_ = w.fail(err)
		}
	}
	w.told = w.told || w.err != nil
	return w.err
}

func (w *Writer) writeAll(r []analyze.Record) error {
	if w.closed {
		return errors.New("the capture was closed")
	}
	if err := w.begin(); err != nil {
		return err
	}
	for i := range r {
		if err := w.add(&r[i]); err != nil {
			return err
		}
	}
	if err := w.dropIndices(); err != nil {
		return err
	}
	if w.rows >= w.opt.Rows {
		return w.commit()
	}
	return nil
}

func (w *Writer) exec(query string, args ...driver.Value) error {
	_, err := w.db.write.Exec(query, args)
	return err
}

func (w *Writer) begin() error {
	if w.open {
		return nil
	}
	if err := w.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	w.open = true
	return nil
}

func (w *Writer) commit() error {
	if err := w.tables.drainBulk(&w.base); err != nil {
		return err
	}
	if err := w.tables.drainUpserts(&w.base); err != nil {
		return err
	}
	if err := w.exec("COMMIT"); err != nil {
		return err
	}
	w.open, w.rows, w.records = false, 0, 0
	return nil
}

// fail undoes the transaction and ends the Writer's work.
func (w *Writer) fail(err error) error {
	if w.open {
		// SQLite has undone some failed transactions itself; then this fails.
		_ = w.exec("ROLLBACK")
		w.open = false
	}
	w.err = fmt.Errorf("%w; %d records not stored, all before them are", explain(w.db.path, err), w.records)
	return w.err
}

// Close ends the capture: it stores what is left, marks the capture as ended
// and makes the indices that queries use. A capture whose end did not come as
// a record, or that failed, stays marked as cut off.
func (w *Writer) Close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	w.mu.Unlock()
	close(w.stop)
	<-w.stopped

	defer w.db.writing.Store(false)
	defer w.tables.close()
	if w.err == nil {
		if err := w.finish(); err != nil {
			return w.fail(err)
		}
		if err := makeIndices(w.db.write); err != nil {
			return fmt.Errorf("%w; all records are stored, but without indices lists will be slow", explain(w.db.path, err))
		}
		if err := w.link(); err != nil {
			return fmt.Errorf("%w; all records are stored, but receipts of earlier captures' messages are not linked", explain(w.db.path, err))
		}
		// A reader may be at work: then the log is cut another time.
		_ = w.exec("PRAGMA wal_checkpoint(TRUNCATE)")
		return nil
	}
	if w.told {
		return nil
	}
	return w.err
}

// link finds messages of earlier captures that this one's receipts are about.
func (w *Writer) link() error {
	if w.capture == 0 {
		return nil
	}
	return linkCapture(&linker{conn: w.db.write}, w.capture, w.base[refPDU]+1, w.final.StartedAt)
}

// finish stores what is pending and the capture's end.
func (w *Writer) finish() error {
	if err := w.begin(); err != nil {
		return err
	}
	if c := w.final; c != nil {
		stats, err := json.Marshal(c.Stats)
		if err != nil {
			return fmt.Errorf("statistics of the capture: %w", err)
		}
		err = w.exec(endCapture, c.Source, c.Profile, c.StartedAt, c.EndedAt, string(stats), w.capture)
		if err != nil {
			return err
		}
	}
	return w.commit()
}

// add takes one record.
func (w *Writer) add(r *analyze.Record) error {
	if w.capture == 0 && r.Kind != analyze.RecordCapture {
		return errors.New("a record came before the capture's own")
	}
	w.rows++
	t := &w.tables
	switch r.Kind {
	case analyze.RecordCapture:
		return w.addCapture(r.Capture)
	case analyze.RecordConn:
		t.conns.put(r.Conn.ID, func(to *row) { to.conn(r.Conn) })
	case analyze.RecordSession:
		t.sessions.put(r.Session.ID, func(to *row) { to.session(r.Session) })
	case analyze.RecordPDU:
		return w.addPDU(r.PDU)
	case analyze.RecordPair:
		t.pairs.pair(r.Pair)
	case analyze.RecordFinding:
		t.findings.put(r.Finding.ID, func(to *row) { to.finding(r.Finding) })
	case analyze.RecordMessage:
		t.messages.put(r.Message.ID, func(to *row) { to.message(r.Message) })
	case analyze.RecordReceipt:
		t.open.open(r.Receipt)
	case analyze.RecordPartID:
		t.partIDs.partID(r.PartID)
	case analyze.RecordCheck:
		t.checks.put(int64(r.Check.Rule), func(to *row) { to.check(r.Check, r.Off) })
	case analyze.RecordGap: // connections count them
	}
	return nil
}

// addCapture makes the capture's row; what a later record says of it is
// stored by finish.
func (w *Writer) addCapture(c *analyze.Capture) error {
	copied := *c
	w.final = &copied
	if w.capture != 0 {
		return nil
	}
	w.started = c.StartedAt != 0
	var err error
	w.capture, err = insertCapture(w.db.write, c, &w.base)
	return err
}

// insertCapture makes the row of a capture, whose numbers count from b.
func insertCapture(conn *sqlite3.SQLiteConn, c *analyze.Capture, b *bases) (int64, error) {
	var started driver.Value
	if c.StartedAt != 0 {
		started = c.StartedAt
	}
	id := b[refCapture] + 1
	_, err := conn.Exec("INSERT INTO captures (id, kind, source, profile, started_at, version, first_pdu) VALUES (?, ?, ?, ?, ?, ?, ?)",
		[]driver.Value{id, c.Kind, c.Source, c.Profile, started, c.Version, b[refPDU] + 1})
	return id, err
}

func (w *Writer) addPDU(p *analyze.PDU) error {
	if !w.started {
		// So that a capture that is cut off has a beginning all the same.
		if err := w.exec("UPDATE captures SET started_at = ? WHERE id = ?", p.At.Time, w.capture); err != nil {
			return err
		}
		w.started = true
	}
	w.index.added++
	t := &w.tables
	t.pdus.pdu(p)
	w.rows += t.tlvs.tlvs(p)
	t.parts.part(p)
	if len(t.pdus.row)+len(t.tlvs.row) < bulkOctets {
		return nil
	}
	return t.drainBulk(&w.base)
}

// endCapture stores what is known at a capture's end.
const endCapture = `UPDATE captures SET source = ?, profile = ?, started_at = coalesce(nullif(?, 0), started_at),
	ended_at = nullif(?, 0), stats = ? WHERE id = ?`

// CaptureID is the capture's id in the database; zero before its first record.
func (w *Writer) CaptureID() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.capture
}
