package store

import (
	"fmt"
	"slices"

	"github.com/mattn/go-sqlite3"
)

// index is one that is dropped while much is recorded.
type index struct{ name, on string }

// bulkIndices are those of pdus and tlvs. Kept up to date while a capture is
// recorded they would take most of its time (dependencies.md, T7).
//
// They are made when a capture ends. A later capture in the same database
// begins with them; when it has added more than a twelfth of what was there
// before, they are dropped and made again at its end. To keep them costs some
// 22 us a PDU, to make them 1.9 us a PDU of all there are (500,000 PDUs), so
// what is spent before they are dropped is at most what making them costs.
var bulkIndices = []index{
	{"pdus_connection", "pdus (connection_id)"},
	{"pdus_time", "pdus (time)"},
	{"pdus_request", "pdus (request_id) WHERE request_id IS NOT NULL"},
	{"pdus_message_id", "pdus (message_id) WHERE message_id IS NOT NULL"},
	{"pdus_source", "pdus (source_addr) WHERE source_addr IS NOT NULL"},
	{"pdus_destination", "pdus (destination_addr) WHERE destination_addr IS NOT NULL"},
	{"tlvs_tag", "tlvs (tag)"},
	{"parts_first", "parts (first_pdu_id)"},
	{"messages_submit", "messages (submit_pdu_id)"},
}

// messageIndices find messages. A Writer drops them with the others: 4 million
// PDUs are recorded in six tenths of the time. A Live keeps them, for people
// ask for a message while it records, and it writes no faster than a link.
var messageIndices = []index{
	{"messages_message_id", "messages (message_id)"},
	{"messages_source", "messages (source_addr)"},
	{"messages_destination", "messages (destination_addr)"},
}

// indexFree is how many PDUs may be added in any case before indices are
// dropped.
const indexFree = 2000

// indexState is what decides about dropping indices.
type indexState struct {
	indices []index
	present bool
	before  int64 // PDUs before the capture
	added   int64 // PDUs by the capture
}

// readIndexState looks for indices, which drop may then drop.
func readIndexState(c *sqlite3.SQLiteConn, indices []index) (s indexState, err error) {
	s.indices = indices
	for _, x := range indices {
		n, err := integer(c, "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name = ?", x.name)
		if err != nil {
			return s, err
		}
		s.present = s.present || n > 0
	}
	s.before, err = integer(c, "SELECT coalesce(max(id), 0) FROM pdus")
	return s, err
}

// dropIndices does so, inside the open transaction, when it pays.
func (w *Writer) dropIndices() error { return w.index.drop(w.db.write) }

func (s *indexState) drop(c *sqlite3.SQLiteConn) error {
	if !s.present || s.added <= max(indexFree, s.before/12) {
		return nil
	}
	for _, x := range s.indices {
		if _, err := c.Exec("DROP INDEX IF EXISTS "+x.name, nil); err != nil {
			return err
		}
	}
	s.present = false
	return nil
}

// makeIndices makes those that are missing, each in its own transaction to
// bound the log.
func makeIndices(c *sqlite3.SQLiteConn) error {
	for _, x := range slices.Concat(bulkIndices, messageIndices) {
		if _, err := c.Exec("CREATE INDEX IF NOT EXISTS "+x.name+" ON "+x.on, nil); err != nil {
			return fmt.Errorf("index %s: %w", x.name, err)
		}
	}
	return nil
}
