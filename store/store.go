package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/mattn/go-sqlite3"
)

// readers is how many connections read at once.
const readers = 4

// Options of Open. Zero values mean the stated default.
type Options struct {
	// BusyTimeout is how long to wait for another program's lock on the
	// database. Default 5 s.
	BusyTimeout time.Duration
	// Shrinks makes a new database one that gives back space when captures are
	// deleted from it (PRAGMA auto_vacuum).
	Shrinks bool
}

// DB is an open database.
type DB struct {
	path    string
	read    *sql.DB
	write   *sqlite3.SQLiteConn // nil: opened to read only
	lock    *fileLock           // nil: opened to read only
	tidy    string              // the real path, when Close has to tidy up
	scratch string              // a directory that goes with it
	writing atomic.Bool
}

// Open opens a database to record into it; a file that is not there is made,
// readable by its owner only. It fails when another process records into it,
// and leaves alone what is not smpptap's. The caller must Close it.
func Open(path string, opt Options) (*DB, error) {
	if opt.BusyTimeout == 0 {
		opt.BusyTimeout = 5 * time.Second
	}
	real, err := realPath(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	lock, err := lockFile(real)
	if err != nil {
		return nil, err
	}
	db := &DB{path: path, lock: lock}
	if err := db.openWrite(real, opt); err != nil {
		return nil, errors.Join(explain(path, err), db.Close())
	}
	db.read = newConnector(real, modeRead, opt.BusyTimeout).open(readers)
	return db, nil
}

func (db *DB) openWrite(real string, opt Options) error {
	if err := create(real); err != nil {
		return err
	}
	ctx := context.Background()
	if err := probe(ctx, real, opt.BusyTimeout); err != nil {
		return err
	}
	write := newConnector(real, modeWrite, opt.BusyTimeout)
	if opt.Shrinks {
		write.dsn += "&_auto_vacuum=incremental" // heeded before the first table
	}
	pool := write.open(1)
	defer pool.Close()
	if err := migrate(ctx, pool); err != nil {
		return err
	}
	// The Writer speaks to the driver: database/sql halves its speed.
	c, err := write.Connect(ctx)
	if err != nil {
		return err
	}
	db.write = c.(*sqlite3.SQLiteConn)
	// A reader that stays open lets the write-ahead log grow; it is cut to
	// this size at the next checkpoint.
	_, err = db.write.Exec("PRAGMA journal_size_limit = 67108864", nil)
	return err
}

// create makes the file when it is not there. An empty one is taken as new.
func create(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		return f.Close()
	}
	if err != nil {
		return err
	}
	if info.IsDir() {
		return errors.New("is a directory")
	}
	if info.Mode().IsRegular() && info.Size() == 0 {
		return os.Chmod(path, 0o600)
	}
	return nil
}

// probe looks at the file before the first setting that would change it.
func probe(ctx context.Context, path string, busy time.Duration) error {
	db := newConnector(path, modeProbe, busy).open(1)
	defer db.Close()
	_, err := identify(ctx, db)
	return err
}

// OpenReadOnly opens a database to read from it. It works while another
// process records, and never creates or changes the database. The caller must
// Close it.
func OpenReadOnly(path string) (*DB, error) {
	ctx := context.Background()
	real, err := realPath(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	info, err := os.Stat(real)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("database %s is not there: record one with 'smpptap analyze', or name another with --db (%w)", path, os.ErrNotExist)
	case err != nil:
		return nil, fmt.Errorf("open database: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("database %s: is a directory", path)
	case info.Size() == 0:
		return nil, fmt.Errorf("database %s: %w: run 'smpptap analyze' first", path, ErrEmpty)
	}
	pool, version, err := openRead(ctx, real)
	if err != nil {
		tidy(ctx, real)
		return nil, explain(path, err)
	}
	if version == schemaVersion {
		return &DB{path: path, read: pool, tidy: real}, nil
	}
	pool.Close()
	if version == 0 {
		return nil, fmt.Errorf("database %s: %w: run 'smpptap analyze' first", path, ErrEmpty)
	}
	// Written by an older program: bring it forward, then read it.
	db, err := Open(path, Options{})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return OpenReadOnly(path)
}

const busyRead = 5 * time.Second

// openRead opens a pool of readers and tells the schema.
func openRead(ctx context.Context, path string) (*sql.DB, int, error) {
	m := modeRead
	for {
		pool := newConnector(path, m, busyRead).open(readers)
		version, err := identify(ctx, pool)
		if err == nil {
			return pool, version, nil
		}
		pool.Close()
		if m == modeImmutable || !cannotOpen(err) {
			return nil, 0, err
		}
		// In a directory that cannot be written SQLite cannot make the file
		// by which readers and a writer agree. Without a log nobody writes.
		if info, serr := os.Stat(path + "-wal"); serr == nil && info.Size() > 0 {
			return nil, 0, errLeftover
		}
		m = modeImmutable
	}
}

// Path is the file's name as it was given.
func (db *DB) Path() string { return db.path }

// Close ends all use of the database. A Writer is closed before.
func (db *DB) Close() error {
	var errs []error
	if db.read != nil {
		errs = append(errs, db.read.Close())
	}
	if db.write != nil {
		// The last connection moves the log into the database and removes it.
		errs = append(errs, db.write.Close())
	}
	if db.lock != nil {
		errs = append(errs, db.lock.release())
		db.lock = nil
	}
	if db.tidy != "" {
		tidy(context.Background(), db.tidy)
	}
	if db.scratch != "" {
		errs = append(errs, os.RemoveAll(db.scratch))
	}
	return explain(db.path, errors.Join(errs...))
}

// tidy removes the two files that SQLite makes beside a database even to read
// it, and that only a connection with the right to write removes. It does so
// as any such connection does that is the last one to close. A log that holds
// something is left alone: moving it would change the database.
func tidy(ctx context.Context, path string) {
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() == 0 {
		_ = probe(ctx, path, 0)
	}
}

// IsDatabase tells whether a file that begins with head is an SQLite database.
func IsDatabase(head []byte) bool {
	const magic = "SQLite format 3\x00"
	return len(head) >= len(magic) && string(head[:len(magic)]) == magic
}

// realPath is absolute and free of symbolic links, so that one database has
// one lock. The file itself may be missing.
func realPath(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real, nil
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(abs))
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, filepath.Base(abs)), nil
}
