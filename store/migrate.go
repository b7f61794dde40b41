package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
)

// applicationID marks a database as smpptap's: "SMPT" (PRAGMA application_id).
const applicationID = 0x534D5054

// schemaVersion is the newest schema this program knows (PRAGMA user_version):
// the number of files in migrations.
const schemaVersion = 5

//go:embed migrations/*.sql
var migrations embed.FS

// Errors of a database that this program cannot use.
var (
	errNotOurs = errors.New("not written by smpptap: name another file with --db")
	// ErrEmpty: a run that was cut off as it began leaves such a one.
	ErrEmpty = errors.New("holds no capture yet")
)

// newerError is a database of a later program.
type newerError struct{ version int }

func (e newerError) Error() string {
	return fmt.Sprintf("written by a newer smpptap (schema %d, this one knows up to %d): use that version", e.version, schemaVersion)
}

// querier is what a connection and a transaction share.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// identify tells the schema of a database, zero for an empty one. It fails
// for what this program must not touch.
func identify(ctx context.Context, q querier) (int, error) {
	var app, version, objects int
	row := q.QueryRowContext(ctx, `SELECT (SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)`)
	if err := row.Scan(&app, &version, &objects); err != nil {
		return 0, err
	}
	switch {
	case app == 0 && version == 0 && objects == 0:
		return 0, nil
	case app != applicationID:
		return 0, errNotOurs
	case version > schemaVersion:
		return 0, newerError{version}
	}
	return version, nil
}

// migrate brings a database to schemaVersion, all or nothing, and
// fills the table of names.
func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it has nothing to do
	version, err := identify(ctx, tx)
	if err != nil {
		return err
	}
	for n := version + 1; n <= schemaVersion; n++ {
		text, err := migrations.ReadFile(fmt.Sprintf("migrations/%04d.sql", n))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("migration %d: %w", n, err)
		}
	}
	if version != schemaVersion {
		pragmas := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, schemaVersion)
		if _, err := tx.ExecContext(ctx, pragmas); err != nil {
			return err
		}
	}
	if err := fillNames(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}
