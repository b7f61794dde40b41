//go:build linux && cgo

package main

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestExportProxy: a proxy's record has no packets and is exported as packets
// all the same.
func TestExportProxy(t *testing.T) {
	r := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", localSMSC(t, nil))
	e := bound(t, r.addr("link1"))
	e.submits(5)
	e.leave()
	r.stop()
	again := recordedIn(t, exported(t, r.db))
	want, got := tells(t, "pdus", "--db", r.db, "-T", "ndjson", "-x"), tells(t, "pdus", "--db", again, "-T", "ndjson", "-x")
	if diff := gocmp.Diff(exportedPDUs(t, want), exportedPDUs(t, got)); diff != "" || strings.Count(got, "\n") != 14 {
		t.Errorf("recorded (-) against exported (+):\n%s", diff)
	}
	if diff := gocmp.Diff(exportFindings(t, r.db, ""), exportFindings(t, again, "")); diff != "" {
		t.Errorf("findings of the record (-) and of its packets (+):\n%s", diff)
	}
}
