package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// Query runs one statement of the user's, which can only read: head is called
// once with the names of the columns, row for each row. Values are nil, int64,
// float64, string or []byte; they are lent for the call.
//
// Rows are streamed: a row function that is slow keeps a running writer's log
// from being moved into the database.
func (db *DB) Query(ctx context.Context, query string, head func(columns []string) error, row func(values []any) error) error {
	if err := single(query); err != nil {
		return err
	}
	c, err := db.read.Conn(ctx)
	if err != nil {
		return explain(db.path, err)
	}
	defer c.Close()
	if err := authorize(c, onlyReads); err != nil {
		return explain(db.path, err)
	}
	defer authorize(c, nil) //nolint:errcheck // the connection is broken then, and goes
	rows, err := c.QueryContext(ctx, query)
	if err != nil {
		return explainSQL(db.path, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return explain(db.path, err)
	}
	if err := head(columns); err != nil {
		return err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return explain(db.path, err)
		}
		if err := row(values); err != nil {
			return err
		}
	}
	return explainSQL(db.path, rows.Err())
}

// explainSQL leaves out the database where the statement is at fault.
func explainSQL(path string, err error) error {
	var se sqlite3.Error
	if errors.As(err, &se) && (se.Code == sqlite3.ErrError || se.Code == sqlite3.ErrAuth) {
		if se.Code == sqlite3.ErrAuth {
			return fmt.Errorf("sql: the database is read only: %w", err)
		}
		return fmt.Errorf("sql: %w", err)
	}
	return explain(path, err)
}

func authorize(c *sql.Conn, f func(op int, a, b, database string) int) error {
	return c.Raw(func(dc any) error {
		dc.(*sqlite3.SQLiteConn).RegisterAuthorizer(f)
		return nil
	})
}

// readPragmas are those that only tell.
var readPragmas = map[string]bool{
	"table_info": true, "table_xinfo": true, "table_list": true, "index_list": true, "index_info": true, "index_xinfo": true,
	"database_list": true, "function_list": true, "pragma_list": true, "collation_list": true, "compile_options": true,
	"integrity_check": true, "quick_check": true, "foreign_key_list": true,
}

// onlyReads lets pass what reads this database. The connection is opened to
// read only besides; this keeps a statement from changing that.
func onlyReads(op int, a, b, _ string) int {
	const recursive = 33 // SQLITE_RECURSIVE, which the driver does not name
	switch op {
	case sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, recursive:
		return sqlite3.SQLITE_OK
	case sqlite3.SQLITE_PRAGMA:
		if b == "" || readPragmas[strings.ToLower(a)] {
			return sqlite3.SQLITE_OK
		}
	}
	return sqlite3.SQLITE_DENY
}

// single refuses more than one statement: of several the driver would show
// the last one's result only.
func single(query string) error {
	rest := query
	for {
		i := strings.IndexAny(rest, ";'\"`[-/")
		if i < 0 {
			return nil
		}
		if rest[i] == ';' {
			if blank(rest[i+1:]) {
				return nil
			}
			return errors.New("sql: one statement at a time")
		}
		rest = skipQuoted(rest[i:])
	}
}

// skipQuoted returns what stands behind the string, name or comment that s
// begins with.
func skipQuoted(s string) string {
	end := s[:1]
	switch {
	case strings.HasPrefix(s, "--"):
		end = "\n"
	case strings.HasPrefix(s, "/*"):
		s, end = s[1:], "*/"
	case s[0] == '[':
		end = "]"
	case s[0] == '-' || s[0] == '/':
		return s[1:]
	}
	_, rest, _ := strings.Cut(s[1:], end)
	return rest
}

// blank tells that nothing but space, semicolons and comments follows.
func blank(s string) bool {
	for {
		s = strings.TrimLeft(s, " \t\r\n\f;")
		if !strings.HasPrefix(s, "--") && !strings.HasPrefix(s, "/*") {
			return s == ""
		}
		s = skipQuoted(s)
	}
}
