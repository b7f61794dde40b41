package store

import (
	"database/sql/driver"
	"errors"
	"io"

	"github.com/mattn/go-sqlite3"
)

// eachRow runs a query at driver level. The values are lent for the call.
func eachRow(c *sqlite3.SQLiteConn, query string, args []driver.Value, row func(v []driver.Value)) error {
	rows, err := c.Query(query, args)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // it was read
	v := make([]driver.Value, len(rows.Columns()))
	for {
		switch err := rows.Next(v); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		row(v)
	}
}

// integer runs a query that gives one integer; 0: it gave no row, or NULL.
func integer(c *sqlite3.SQLiteConn, query string, args ...driver.Value) (n int64, err error) {
	err = eachRow(c, query, args, func(v []driver.Value) { n, _ = v[0].(int64) })
	return n, err
}

// inTransaction makes the changes of fn, all or none.
func inTransaction(c *sqlite3.SQLiteConn, fn func() error) error {
	if _, err := c.Exec("BEGIN IMMEDIATE", nil); err != nil {
		return err
	}
	err := fn()
	if err == nil {
		_, err = c.Exec("COMMIT", nil)
	}
	if err != nil {
		// SQLite has undone some failed transactions itself; then this fails.
		_, _ = c.Exec("ROLLBACK", nil)
	}
	return err
}
