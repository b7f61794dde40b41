package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// Every question is answered: those that the samples have an answer to, by rows.
func TestQuestions(t *testing.T) {
	db := filepath.Join(t.TempDir(), "x.db")
	for _, s := range []string{"clean_trx", "refused_throttled", "clean_tx_rx"} {
		smpptap(t, "analyze", "-q", "--db", db, "samples/"+s+".pcap")
	}
	if len(questions) != 10 {
		t.Errorf("%d questions", len(questions))
	}
	answered := 0
	for _, q := range questions {
		if out := smpptap(t, "sql", "--db", db, "-T", "csv", q.sql); strings.Count(out, "\n") > 1 {
			answered++
		} else {
			t.Logf("no row: %s", q.asked)
		}
	}
	if answered < 8 {
		t.Errorf("%d questions have an answer", answered)
	}
}
