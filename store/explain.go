package store

import (
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// errLeftover: a log that only a writable directory lets SQLite read.
var errLeftover = errors.New("a run that was cut off left a log beside it (-wal), which can be read only where files can be written: " +
	"copy the database and its -wal file together to a directory you can write to")

// Hints say what to do about an error of SQLite.
var hints = map[sqlite3.ErrNo]string{
	sqlite3.ErrNotADB:   "this is no SQLite database",
	sqlite3.ErrCorrupt:  "the database is damaged: analyse the capture again into a new one, or try 'sqlite3 FILE .recover'",
	sqlite3.ErrFull:     "no space is left on the device: make room, or choose another place with --db",
	sqlite3.ErrReadonly: "the file or its directory cannot be written",
	sqlite3.ErrCantOpen: "the file or its directory cannot be opened or written",
	sqlite3.ErrPerm:     "access is denied",
	sqlite3.ErrBusy:     "another program holds it locked: end that, then try again",
	sqlite3.ErrLocked:   "another program holds it locked: end that, then try again",
	sqlite3.ErrIoErr:    "the device failed to read or write, or a size limit was reached",
}

// explain says in one line which database failed, why, and what to do.
func explain(path string, err error) error {
	if err == nil {
		return nil
	}
	var se sqlite3.Error
	if !errors.As(err, &se) {
		return fmt.Errorf("database %s: %w", path, err)
	}
	hint, ok := hints[se.Code]
	if !ok {
		return fmt.Errorf("database %s: %w", path, err)
	}
	return fmt.Errorf("database %s: %s (%w)", path, hint, err)
}

// cannotOpen tells an error that a directory without the right to write
// causes.
func cannotOpen(err error) bool {
	var se sqlite3.Error
	return errors.As(err, &se) && (se.Code == sqlite3.ErrCantOpen || se.Code == sqlite3.ErrReadonly)
}
