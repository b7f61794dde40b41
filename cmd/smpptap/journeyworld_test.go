package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smpptap/internal/cost"
	"smpptap/internal/smpptest"
)

// worldMessages is how large the generated world is.
func worldMessages() int {
	if cost.Race || testing.Short() {
		return 5_000
	}
	return 100_000
}

// Every message that can be told has its receipts, whatever the account's way
// to write ids, over connections and captures; none has another's, and what
// cannot be told is.
func TestJourneysOfAWorld(t *testing.T) {
	w := smpptest.NewWorld(worldMessages())
	dir := t.TempDir()
	db := filepath.Join(dir, "x.db")
	for capture := range 2 {
		path := filepath.Join(dir, fmt.Sprint(capture, ".pcap"))
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Pcap(f, capture); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"analyze", "-q", "--db", db, path}, strings.NewReader(""), &out, &errs); code != 0 {
			t.Fatalf("exit %d: %s", code, errs.String())
		}
	}
	checkWorld(t, db, w)
}

// checkWorld compares a database with what is known of a world.
func checkWorld(t *testing.T, path string, w *smpptest.World) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	got := make(map[string][]string)
	rows, err := db.QueryContext(t.Context(), `SELECT m.destination_addr, coalesce(m.receipt_state, ''), coalesce(m.status, -1), m.parts = m.parts_seen,
		coalesce(p.source_addr, m.destination_addr) FROM messages AS m LEFT JOIN pdus AS p ON p.id = m.receipt_pdu_id ORDER BY m.submitted_at, m.id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var to, state, of string
		var status int64
		var whole bool
		if err := rows.Scan(&to, &state, &status, &whole, &of); err != nil {
			t.Fatal(err)
		}
		if of != to {
			t.Errorf("the message to %s has the receipt of %s", to, of)
		}
		if !whole {
			t.Errorf("the message to %s lacks parts", to)
		}
		got[to] = append(got[to], state)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	wrong, late, n := 0, 0, 0
	for i := range w.Truth {
		f := &w.Truth[i]
		states := got[f.Destination]
		if len(states) == 0 {
			t.Fatalf("%s: no message", f)
		}
		if states[0] != f.State {
			if wrong++; wrong < 20 {
				t.Errorf("%s: state %q", f, states[0])
			}
		}
		got[f.Destination] = states[1:]
		n++
		if f.Late {
			late++
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d messages are wrong", wrong, n)
	}
	for to, states := range got {
		if len(states) > 0 {
			t.Errorf("%d more messages to %s", len(states), to)
		}
	}
	var stray, doubt int
	row := db.QueryRowContext(t.Context(), "SELECT coalesce(sum(candidates = 0), 0), coalesce(sum(candidates > 0), 0) FROM open_receipts")
	if err := row.Scan(&stray, &doubt); err != nil {
		t.Fatal(err)
	}
	if stray != w.Stray || doubt != w.Doubtful || late == 0 || stray == 0 || doubt == 0 {
		t.Errorf("%d receipts of no message, %d in doubt, want %d and %d; %d late", stray, doubt, w.Stray, w.Doubtful, late)
	}
}

// What cancel_sm ended is told by its message's row.
func TestJourneyCancelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"analyze", "-q", "--db", path, capturePath(t, "s07_ancillary.pcap")}, strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var state string
	var command int64
	row := db.QueryRowContext(t.Context(), "SELECT m.receipt_state, p.command_id FROM messages AS m JOIN pdus AS p ON p.id = m.receipt_pdu_id WHERE m.message_id = '700'")
	if err := row.Scan(&state, &command); err != nil || state != "DELETED" || command != 0x80000008 {
		t.Errorf("%s by 0x%08X, %v", state, command, err)
	}
}
