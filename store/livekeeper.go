package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"time"

	"smpptap/analyze"
)

// keeper stores what a Live queues. It belongs to one goroutine.
type keeper struct {
	live *Live

	db      *DB    // nil: not open
	name    string // of the file: the path given, or a part's
	path    string // the same, free of symbolic links
	file    os.FileInfo
	wal     os.FileInfo // its log, as of the last commit; nil: not known
	shm     os.FileInfo // the log's index, likewise
	tables  tables
	base    bases
	capture int64 // its id; zero: has no row yet
	index   indexState
	told    int64 // dropped records that the capture's row tells
	log     logState
	pruned  pruneState
	links   *linker // nil: not yet needed

	rotation rotation
	firstPDU int64 // captures.first_pdu

	pending *batch // that failed
	away    string
	err     error
	pause   time.Duration
	next    time.Time // of the next attempt

	end error // what Close returns
}

// run works until the Live is closed.
func (k *keeper) run() {
	defer close(k.live.stopped)
	t := time.NewTicker(k.live.opt.Every)
	defer t.Stop()
	for {
		select {
		case <-k.live.stop:
			k.finish()
			return
		case <-t.C:
		case <-k.live.wake:
		}
		if k.away != "" && time.Now().Before(k.next) {
			continue
		}
		if k.work() {
			k.idle()
		}
	}
}

// work stores what waits; true: all of it.
func (k *keeper) work() bool {
	for {
		full, err := k.step()
		if err != nil {
			k.failed(err)
			return false
		}
		k.works()
		if !full {
			return true
		}
	}
}

// step stores one batch; full: there may be more.
func (k *keeper) step() (full bool, err error) {
	if err := k.attach(); err != nil {
		return false, err
	}
	behind := k.pending != nil // what came behind a batch that failed waits, too
	if !behind {
		k.pending = k.live.takeBatch(k.told)
	}
	// Looking costs three system calls; a batch that goes into a file that
	// nobody will find has to be stored twice.
	if err := k.present(); err != nil {
		return false, err
	}
	if k.pending == nil {
		return false, k.rotate()
	}
	b := k.pending
	if err := k.store(b); err != nil {
		return false, err
	}
	k.pending = nil
	k.live.stored(b, k.place())
	k.log.checkpoint(k, b.octets)
	return behind || b.octets >= batchOctets, k.rotate()
}

// attach opens the database unless it is open. Recording goes on in the
// capture that it has when nothing came after that one.
func (k *keeper) attach() (err error) {
	if k.db != nil {
		return nil
	}
	db, err := Open(k.name, Options{BusyTimeout: k.live.opt.BusyTimeout, Shrinks: k.live.opt.Keep.bounded()})
	if err != nil {
		return err
	}
	if err = k.take(db); err != nil {
		k.tables.close()
		_ = db.Close()
		return explain(k.name, err)
	}
	k.db = db
	return nil
}

func (k *keeper) take(db *DB) error {
	if err := k.prepare(db, k.name); err != nil {
		return err
	}
	k.live.mu.Lock()
	k.live.place = k.place()
	k.live.again()
	k.live.mu.Unlock()
	return nil
}

// prepare makes all ready to store into a database that was opened.
func (k *keeper) prepare(db *DB, name string) (err error) {
	if k.path, err = realPath(name); err != nil {
		return err
	}
	if k.file, err = os.Stat(k.path); err != nil {
		return err
	}
	// When the log is moved into the database is this goroutine's to say.
	if _, err := db.write.Exec("PRAGMA wal_autocheckpoint = 0", nil); err != nil {
		return err
	}
	if k.tables, err = newTables(db.write, " ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	goes, err := k.goesOn(db)
	if err != nil {
		return err
	}
	if !goes {
		if k.rotation.part == 0 { // else numbers go on
			if k.base, err = readBases(db.write); err != nil {
				return err
			}
		}
		k.capture, k.told = 0, 0
	}
	k.index, err = readIndexState(db.write, bulkIndices)
	return err
}

// goesOn tells that the database holds the run's capture as its last.
func (k *keeper) goesOn(db *DB) (bool, error) {
	if k.capture == 0 {
		return false, nil
	}
	k.live.mu.Lock()
	c := k.live.first
	k.live.mu.Unlock()
	n, err := integer(db.write, `SELECT count(*) FROM captures WHERE id = ? AND id = (SELECT max(id) FROM captures)
		AND first_pdu = ? AND kind = ? AND source = ? AND version = ? AND ended_at IS NULL`,
		k.capture, k.firstPDU, c.Kind, c.Source, c.Version)
	return n == 1, err
}

// store is one transaction.
func (k *keeper) store(b *batch) error {
	base, capture, index := k.base, k.capture, k.index
	if err := inTransaction(k.db.write, func() error { return k.storeAll(b) }); err != nil {
		k.base, k.capture, k.index = base, capture, index
		return err
	}
	if b.stats != nil {
		k.told = k.live.droppedInAll()
	}
	if k.wal == nil {
		k.wal, _ = os.Stat(k.path + "-wal")
		k.shm, _ = os.Stat(k.path + "-shm")
	}
	// What was committed into a file that nobody will find is not stored.
	return k.present()
}

func (k *keeper) storeAll(b *batch) error {
	if err := k.begin(); err != nil {
		return err
	}
	for _, x := range b.bundles {
		k.index.added += x.n
		rows := x.rows()
		for i, t := range k.tables.bulk() {
			if err := t.run(rows[i], &k.base); err != nil {
				return err
			}
		}
	}
	rows := b.rows()
	for i, t := range k.tables.changing() {
		if err := t.run(rows[i], &k.base); err != nil {
			return err
		}
	}
	if b.stats != nil {
		if err := k.exec("UPDATE captures SET stats = ? WHERE id = ?", string(b.stats), k.capture); err != nil {
			return err
		}
	}
	return k.index.drop(k.db.write)
}

// begin makes the capture's row unless it is there.
func (k *keeper) begin() (err error) {
	if k.capture != 0 {
		return nil
	}
	k.live.mu.Lock()
	c := k.live.first
	k.live.mu.Unlock()
	if k.capture, err = insertCapture(k.db.write, c, &k.base); err != nil {
		return err
	}
	if k.rotation.part < 2 {
		k.firstPDU = k.base[refPDU] + 1
	}
	return k.markPart(c)
}

func (k *keeper) exec(query string, args ...driver.Value) error {
	_, err := k.db.write.Exec(query, args)
	return err
}

// idle is the work that waits for time.
func (k *keeper) idle() {
	err := k.linkSome()
	if err == nil {
		err = k.prune()
	}
	if err != nil {
		k.failed(err)
	}
}

// finish stores what is left, within the time given, and the capture's end.
func (k *keeper) finish() {
	l := k.live
	if k.rotation.finished != nil {
		defer func() { <-k.rotation.finished }()
	}
	deadline := time.Now().Add(l.opt.Grace)
	for !k.work() || !k.ended() {
		if !time.Now().Before(deadline) {
			break
		}
		time.Sleep(min(k.pause, time.Until(deadline)))
	}
	if k.away != "" {
		if n := l.abandon(k.pending); n > 0 {
			k.end = fmt.Errorf("%w; %d records at the end of the run not stored", explain(k.name, k.err), n)
		}
		k.detach()
		return
	}
	if err := makeIndices(k.db.write); err != nil {
		k.end = fmt.Errorf("%w; all records are stored, but without indices lists will be slow", explain(k.name, err))
	}
	if err := k.linkRest(); err != nil && k.end == nil {
		k.end = fmt.Errorf("%w; all records are stored, but receipts of earlier captures' messages are not linked", explain(k.name, err))
	}
	// A reader may be at work: then the log is cut another time.
	_ = k.exec("PRAGMA wal_checkpoint(TRUNCATE)")
	k.tables.close()
	if err := k.db.Close(); k.end == nil {
		k.end = err
	}
}

// ended stores the capture's end.
func (k *keeper) ended() bool {
	err := k.endCapture()
	if err != nil {
		k.failed(err)
	}
	return err == nil
}

func (k *keeper) endCapture() error {
	k.live.mu.Lock()
	c, caps := k.live.last, k.live.caps()
	k.live.mu.Unlock()
	if c == nil {
		return nil // cut off, or nothing was recorded
	}
	capture, base := k.capture, k.base
	if err := k.begin(); err != nil {
		k.capture, k.base = capture, base
		return err
	}
	started := c.StartedAt
	if k.rotation.part > 1 {
		started = 0 // it is the run's
	}
	err := k.exec(endCapture, c.Source, c.Profile, started, c.EndedAt, string(k.stats(c, caps)), k.capture)
	if err != nil {
		return err
	}
	k.live.stored(new(batch), k.place())
	return k.present()
}

func (k *keeper) place() Place {
	return Place{k.capture, k.base[refConn], k.base[refSession], k.base[refPDU]}
}

func (l *Live) droppedInAll() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}

// statsOf is a capture's statistics with what was dropped.
func statsOf(s *analyze.Stats, dropped map[string]int64) []byte {
	all := *s
	if len(dropped) > 0 {
		all.Caps = maps.Clone(all.Caps)
		if all.Caps == nil {
			all.Caps = make(map[string]int64)
		}
		maps.Copy(all.Caps, dropped)
	}
	out, err := json.Marshal(all)
	if err != nil { // strings and numbers: it cannot
		return []byte("{}")
	}
	return out
}
