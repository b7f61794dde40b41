package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"github.com/mattn/go-sqlite3"
)

// mode says how a connection opens its file.
type mode uint8

const (
	modeProbe     mode = iota // read and write an existing file, change nothing
	modeWrite                 // the writer's
	modeRead                  // read only; a writer may be at work
	modeImmutable             // read only, of a file that nobody can change
)

// connector opens connections to one file. The settings of each are in its
// DSN, and read back, for the driver ignores what it does not know.
type connector struct {
	dsn string
	drv *sqlite3.SQLiteDriver
}

func newConnector(path string, m mode, busy time.Duration) connector {
	q := url.Values{"_busy_timeout": {strconv.FormatInt(busy.Milliseconds(), 10)}}
	want := map[string]string{"busy_timeout": q.Get("_busy_timeout")}
	switch m {
	case modeProbe:
		q.Set("mode", "rw")
	case modeWrite:
		q.Set("mode", "rw")
		q.Set("_journal_mode", "WAL")
		q.Set("_synchronous", "NORMAL")
		q.Set("_txlock", "immediate")
		q.Set("_cache_size", "-65536") // KiB; index builds gain from it
		want["journal_mode"], want["synchronous"], want["cache_size"] = "wal", "1", "-65536"
	case modeRead, modeImmutable:
		q.Set("mode", "ro")
		q.Set("_query_only", "true")
		want["query_only"] = "1"
	}
	if m == modeImmutable {
		q.Set("immutable", "1")
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	hook := func(c *sqlite3.SQLiteConn) error {
		if m == modeRead || m == modeImmutable {
			// No ATTACH, and so no VACUUM INTO: nothing else is opened either.
			c.SetLimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
		}
		return checkPragmas(c, want)
	}
	return connector{u.String(), &sqlite3.SQLiteDriver{ConnectHook: hook}}
}

// Connect implements driver.Connector.
func (c connector) Connect(context.Context) (driver.Conn, error) { return c.drv.Open(c.dsn) }

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return c.drv }

// open makes a pool of at most n connections; it connects at first use.
func (c connector) open(n int) *sql.DB {
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db
}

// checkPragmas fails when a setting did not take.
func checkPragmas(c *sqlite3.SQLiteConn, want map[string]string) error {
	for name, value := range want {
		got, err := pragma(c, name)
		if err != nil {
			return err
		}
		if got != value {
			return fmt.Errorf("PRAGMA %s is %q, not %q", name, got, value)
		}
	}
	return nil
}

func pragma(c *sqlite3.SQLiteConn, name string) (string, error) {
	rows, err := c.Query("PRAGMA "+name, nil)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	v := make([]driver.Value, 1)
	if err := rows.Next(v); err != nil {
		return "", err
	}
	return fmt.Sprint(v[0]), nil
}
