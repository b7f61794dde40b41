package store

import (
	"fmt"
	"path/filepath"
	"testing"

	"smpptap/analyze"
)

// TestLinkAgain: a receipt that was in doubt while the run knew little of how
// its account writes ids finds its message in the end.
func TestLinkAgain(t *testing.T) {
	db, err := Open(filepath.Join(t.TempDir(), "x.db"), Options{})
	must(t, err)
	defer db.Close()
	exec := func(query string, args ...any) {
		t.Helper()
		_, err := db.write.Exec(fmt.Sprintf(query, args...), nil)
		must(t, err)
	}
	message := func(id int, messageID string, receipt string) {
		exec("INSERT INTO messages (id, capture_id, account, message_id, parts, submitted_at, receipt_pdu_id) VALUES (%d, 1, 'acme', '%s', 1, %d, %s)",
			id, messageID, id, receipt)
	}
	exec("INSERT INTO captures (id, kind, source, profile, version, started_at, first_pdu) VALUES (1, 'proxy', 'a', 'kaleyra', '1', 1, 1)")
	message(1, "61", "NULL")
	message(2, "97", "NULL")
	exec("INSERT INTO open_receipts (pdu_id, capture_id, account, kind, message_id, state, final, time) VALUES (9, 1, 'acme', 'receipt', '97', 'DELIVRD', 1, 9)")
	k := &keeper{live: &Live{first: new(analyze.Capture)}, db: db, capture: 1}
	must(t, k.linkSome())
	if got := one(t, db, "SELECT candidates FROM open_receipts"); got != "2" {
		t.Fatalf("%s candidates, want 2", got)
	}
	for i := 10; i < 20; i++ { // hexadecimal in responses, decimal in receipts
		exec(`INSERT INTO pdus (id, connection_id, time, direction, command_id, command_status, sequence_number, length, message_id, raw)
			VALUES (%d, 1, %d, 'to_esme', 5, 0, 1, 0, '%d', x'')`, i, i, 0xA0+i)
		message(i, fmt.Sprintf("%X", 0xA0+i), fmt.Sprint(i))
	}
	must(t, k.linkRest())
	if got := one(t, db, "SELECT group_concat(id || receipt_state || receipt_pdu_id) FROM messages WHERE receipt_state IS NOT NULL"); got != "1DELIVRD9" {
		t.Errorf("linked: %s", got)
	}
	if got := one(t, db, "SELECT count(*) FROM open_receipts"); got != "0" {
		t.Errorf("%s receipts are left", got)
	}
}
