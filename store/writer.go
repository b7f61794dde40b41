package store

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

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
	pairs  []analyze.Pair

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

// bases are what is added to a run's numbers, which count from 1, so that
// they are unique over all captures of the database.
type bases struct{ conn, session, pdu, finding, message int64 }

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
	if w.tables, err = newTables(w.db.write); err != nil {
		return err
	}
	if w.base, err = readBases(w.db.write); err != nil {
		return err
	}
	w.index, err = readIndexState(w.db.write)
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
	// What add kept are views that the caller lent for this call.
	if err := w.tables.drainBulk(); err != nil {
		return err
	}
	for _, p := range w.pairs {
		err := w.exec("UPDATE pdus SET request_id = ?, latency_us = ? WHERE id = ?",
			w.pdu(p.Request), micros(p.Latency), w.base.pdu+p.Response)
		if err != nil {
			return err
		}
	}
	w.pairs = w.pairs[:0]
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
	if err := w.tables.drainUpserts(); err != nil {
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
		if err := w.makeIndices(); err != nil {
			return fmt.Errorf("%w; all records are stored, but without indices lists will be slow", explain(w.db.path, err))
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
		err = w.exec(`UPDATE captures SET source = ?, profile = ?, started_at = coalesce(?, started_at),
			ended_at = ?, stats = ? WHERE id = ?`,
			c.Source, c.Profile, known(c.StartedAt), known(c.EndedAt), string(stats), w.capture)
		if err != nil {
			return err
		}
	}
	return w.commit()
}

// CaptureID is the capture's id in the database; zero before its first record.
func (w *Writer) CaptureID() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.capture
}
