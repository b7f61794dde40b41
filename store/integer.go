package store

import (
	"database/sql/driver"
	"errors"
	"io"

	"github.com/mattn/go-sqlite3"
)

// integer runs a query that gives one integer; 0: it gave no row, or NULL.
func integer(c *sqlite3.SQLiteConn, query string, args ...driver.Value) (int64, error) {
	rows, err := c.Query(query, args)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	v := make([]driver.Value, 1)
	if err := rows.Next(v); err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	n, _ := v[0].(int64)
	return n, nil
}
