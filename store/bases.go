package store

import "github.com/mattn/go-sqlite3"

// ref names what a number of a run counts. The database adds what it held
// before the run.
type ref uint8

const (
	refCapture ref = iota
	refConn
	refSession
	refPDU
	refFinding
	refMessage
	refs
)

// bases are what is added to a run's numbers, which count from 1, so that
// they are unique over all captures of the database.
type bases [refs]int64

// readBases finds the largest ids in use.
func readBases(c *sqlite3.SQLiteConn) (b bases, err error) {
	for what, table := range [...]string{
		refCapture: "captures", refConn: "connections", refSession: "sessions", refPDU: "pdus",
		refFinding: "findings", refMessage: "messages",
	} {
		if b[what], err = integer(c, "SELECT coalesce(max(id), 0) FROM "+table); err != nil {
			return b, err
		}
	}
	// Where a capture's PDUs were deleted its place stays taken.
	first, err := integer(c, "SELECT coalesce(max(first_pdu), 1) FROM captures")
	b[refPDU] = max(b[refPDU], first-1)
	return b, err
}

// beyond moves numbers behind those of a database. One that cannot be read
// moves none.
func (b *bases) beyond(path string) {
	_ = lookInto(path, func(c *sqlite3.SQLiteConn) error {
		used, err := readBases(c)
		if err != nil {
			return err
		}
		for i := range b {
			b[i] = max(b[i], used[i])
		}
		return nil
	})
}
