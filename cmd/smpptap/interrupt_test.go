package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// interrupting stands for a user who has seen enough.
type interrupting struct {
	strings.Builder
	interrupt func()
}

// Write implements io.Writer.
func (w *interrupting) Write(p []byte) (int, error) {
	w.interrupt()
	return w.Builder.Write(p)
}

// TestInterrupted: a question to a database without an end is ended by an
// interrupt, and what was written until then is whole.
func TestInterrupted(t *testing.T) {
	db := filepath.Join(t.TempDir(), "a.db")
	smpptap(t, "analyze", "-q", "--db", db, "samples/clean_trx.pcap")
	ctx, interrupt := context.WithCancel(t.Context())
	out, errs := &interrupting{interrupt: interrupt}, &strings.Builder{}
	code := run(ctx, []string{
		"sql", "--db", db, "-T", "json", "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT n FROM x",
	}, strings.NewReader(""), out, errs)
	if want := "smpptap: interrupted: not all was given\n"; code != exitFailed || errs.String() != want {
		t.Errorf("exit %d, %q", code, errs)
	}
	var rows []struct{ N int64 }
	if err := json.Unmarshal([]byte(out.String()), &rows); err != nil || len(rows) == 0 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
