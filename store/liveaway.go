package store

import (
	"errors"
	"os"
	"time"
)

// present fails when the path does not name the open file any more. Nor may its
// log be another one or none: what is in it would be found by nobody, and be
// lost with the process.
func (k *keeper) present() error {
	for _, f := range []struct {
		suffix string
		open   os.FileInfo
	}{{"", k.file}, {"-wal", k.wal}, {"-shm", k.shm}} {
		if f.open == nil {
			continue
		}
		now, err := os.Stat(k.path + f.suffix)
		if err == nil && !os.SameFile(now, f.open) || errors.Is(err, os.ErrNotExist) {
			return errGone
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// failed notes that the database is away, and when to try again.
func (k *keeper) failed(err error) {
	l := k.live
	reason := reasonOf(err)
	if errors.Is(err, errGone) {
		k.leave()
	}
	if reopen(reason) {
		k.detach()
	}
	k.err = err
	k.pause = min(max(2*k.pause, l.opt.Retry/16), l.opt.Retry)
	k.next = time.Now().Add(k.pause)
	if k.away != reason {
		k.change(reason, explain(k.name, err))
	}
}

// works notes that the database is back.
func (k *keeper) works() {
	k.pause = 0
	if k.away != "" {
		k.change("", nil)
	}
}

func (k *keeper) change(reason string, err error) {
	l := k.live
	k.away = reason
	l.mu.Lock()
	l.away = reason
	s := LiveState{Away: reason, Err: err, Waiting: l.octets, Dropped: l.total}
	l.mu.Unlock()
	if l.opt.Changed != nil {
		l.opt.Changed(s)
	}
}

// detach closes the database.
func (k *keeper) detach() {
	if k.db == nil {
		return
	}
	k.tables.close()
	_ = k.db.Close() // what failed before says more
	k.db, k.wal, k.shm, k.links = nil, nil, nil, nil
}

// leave parts the log from a path that names another file now, or none: SQLite
// would take it for the log of whatever it finds there. What the log holds
// goes into the file that it belongs to, wherever that is.
func (k *keeper) leave() {
	if k.db == nil {
		return
	}
	wal := k.wal
	_ = k.exec("PRAGMA wal_checkpoint(TRUNCATE)")
	k.detach()
	if now, err := os.Stat(k.path + "-wal"); err == nil && wal != nil && os.SameFile(now, wal) {
		_, _ = os.Remove(k.path+"-wal"), os.Remove(k.path+"-shm")
	}
}
