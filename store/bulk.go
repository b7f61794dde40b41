package store

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// statement is a prepared statement at driver level, which takes whole rows.
type statement struct {
	stmt *sqlite3.SQLiteStmt
	cols int // arguments of one run
}

func prepare(c *sqlite3.SQLiteConn, query string) (statement, error) {
	s, err := c.Prepare(query)
	if err != nil {
		return statement{}, err
	}
	stmt := s.(*sqlite3.SQLiteStmt)
	return statement{stmt, stmt.NumInput()}, nil
}

func (s statement) close() error {
	if s.stmt == nil {
		return nil
	}
	return s.stmt.Close()
}

// runEach is run by the driver's own means, at a third of the speed.
//
// It takes QueryContext although there are no rows: the driver then resets,
// binds and steps in one call into C, where ExecContext makes a call for each
// argument. The driver documents that the first step is taken at once.
func (s statement) runEach(rows row, b *bases) error {
	args := make([]driver.NamedValue, s.cols)
	for len(rows) > 0 {
		for i := range args {
			args[i].Ordinal = i + 1
			args[i].Value, rows = value(rows, b)
		}
		r, err := s.stmt.QueryContext(context.Background(), args)
		if err != nil {
			return err
		}
		if err := r.Close(); err != nil {
			return err
		}
	}
	return nil
}

// value reads the first value of rows and gives what stands behind it.
func value(rows row, b *bases) (driver.Value, row) {
	tag, rest := rows[0], rows[1:]
	switch tag {
	case tagNull:
		return nil, rest
	case tagText, tagBlob:
		n := binary.LittleEndian.Uint32(rest)
		octets := rest[4 : 4+n : 4+n]
		if tag == tagText {
			return string(octets), rest[4+n:]
		}
		return []byte(octets), rest[4+n:]
	}
	n := int64(binary.LittleEndian.Uint64(rest))
	if tag >= tagRef {
		n += b[tag-tagRef]
	}
	return n, rest[8:]
}

// bulkOctets is how much of rows waits for one call into SQLite.
const bulkOctets = 128 << 10

// bulk runs a statement for many rows, most often an insert. Rows wait in it
// until drain.
type bulk struct {
	statement
	row
}

// newBulk prepares inserts into the columns of a table. A conflict clause says
// what becomes of a row that is there already.
func newBulk(c *sqlite3.SQLiteConn, table, columns, conflict string) (*bulk, error) {
	cols := strings.Count(columns, ",") + 1
	s, err := prepare(c, "INSERT INTO "+table+" ("+columns+") VALUES (?"+strings.Repeat(",?", cols-1)+")"+conflict)
	return &bulk{statement: s}, err
}

// drain stores what waits.
func (b *bulk) drain(base *bases) error {
	err := b.run(b.row, base)
	b.row = b.row[:0]
	return err
}

// upserts keep the newest state of rows until they are written: what changes
// ten thousand times in a transaction is written once.
type upserts struct {
	statement
	pending map[int64]row
	free    []row
	all     row // of one drain
}

// newUpserts prepares an insert that replaces the columns behind the first
// keys ones, which identify the row.
func newUpserts(c *sqlite3.SQLiteConn, table, columns string, keys int) (*upserts, error) {
	cols := strings.Count(columns, ",") + 1
	s, err := prepare(c, "INSERT INTO "+table+" ("+columns+") VALUES (?"+strings.Repeat(",?", cols-1)+")"+onConflict(table, columns, keys))
	return &upserts{statement: s, pending: make(map[int64]row)}, err
}

// onConflict is the end of an insert that replaces the columns behind the first
// keys ones.
func onConflict(table, columns string, keys int) string {
	names := strings.Split(columns, ", ")
	var q strings.Builder
	q.WriteString(" ON CONFLICT (" + strings.Join(names[:keys], ", ") + ") DO UPDATE SET ")
	for i, name := range names[keys:] {
		if i > 0 {
			q.WriteString(", ")
		}
		if table == "messages" && slices.Contains(receiptColumns, name) {
			q.WriteString(name + keepsReceipt(name))
		} else {
			q.WriteString(name + " = excluded." + name)
		}
	}
	return q.String()
}

// receiptColumns of messages may know more than the run: link.go has found the
// receipt.
var receiptColumns = []string{"receipt_state", "receipt_err", "done_at", "receipt_delay_us", "receipt_pdu_id"}

func keepsReceipt(column string) string {
	return " = CASE WHEN excluded.receipt_pdu_id IS NULL OR done_at > excluded.done_at THEN " + column + " ELSE excluded." + column + " END"
}

// put notes the state of the row that id stands for; fill writes it.
func (u *upserts) put(id int64, fill func(*row)) {
	r := u.pending[id]
	if r == nil && len(u.free) > 0 {
		n := len(u.free) - 1
		r, u.free = u.free[n], u.free[:n]
	}
	r = r[:0]
	fill(&r)
	u.pending[id] = r
}

// drain writes the rows, in order of their ids.
func (u *upserts) drain(base *bases) error {
	u.all = u.all[:0]
	for _, id := range slices.Sorted(maps.Keys(u.pending)) {
		r := u.pending[id]
		u.all = append(u.all, r...)
		u.free = append(u.free, r)
	}
	clear(u.pending)
	return u.run(u.all, base)
}
