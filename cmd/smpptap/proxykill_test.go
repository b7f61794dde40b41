//go:build linux && cgo

package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestProxyKilled: killed in the middle of its traffic, the proxy leaves a
// database that is whole. When the process that relays is killed, the one that
// analyses stores all that passed, and ends; one that is started meanwhile goes
// on into the same database. Where both are killed at most the last second is
// missing.
func TestProxyKilled(t *testing.T) {
	smsc, db := localSMSC(t, nil), filepath.Join(t.TempDir(), "killed.db")
	for _, both := range []bool{true, false, true, false} {
		r := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", smsc, "--db", db)
		r.db = db
		e := bound(t, r.addr("link1"))
		first := time.Now()
		for r.query("SELECT count(*) FROM pdus WHERE time > "+strconv.FormatInt(first.UnixNano(), 10)) == "0" {
			e.submits(1)
		}
		submitted := []int64{time.Now().UnixNano()}
		for end := time.Now().Add(time.Duration(rand.Int64N(int64(700 * time.Millisecond)))); time.Now().Before(end); {
			e.submits(1)
			time.Sleep(time.Millisecond)
			submitted = append(submitted, time.Now().UnixNano())
		}
		if both {
			r.toAnalysis(syscall.SIGKILL)
		}
		r.signal(syscall.SIGKILL)
		_ = r.cmd.Process.Release()
		if _, err := e.in.ReadByte(); err == nil {
			t.Error("the ESME hears more after the kill")
		}
		if !both {
			next := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", smsc, "--db", db) // at once
			next.stop()
		}
		<-r.done
		if got := r.query("PRAGMA integrity_check"); got != "ok" {
			t.Fatal("integrity_check: ", got)
		}
		if !both {
			if got := r.query("SELECT count(*) FROM pdu_list WHERE capture = (SELECT max(id) - 1 FROM captures)"); got != fmt.Sprint(2*e.n) {
				t.Errorf("%s PDUs are recorded of %d requests and their responses", got, e.n)
			}
			continue
		}
		stored, err := strconv.ParseInt(r.query("SELECT max(time) FROM pdus"), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		var missing time.Duration
		for i, at := range submitted[1:] { // a millisecond apart; beyond that the machine stood still
			if at > stored {
				missing += min(time.Duration(at-submitted[i]), 50*time.Millisecond)
			}
		}
		t.Logf("the last %v are missing", missing)
		if missing > time.Second {
			t.Errorf("the last %v are missing", missing)
		}
	}
	r := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", smsc, "--db", db)
	r.db = db
	e := bound(t, r.addr("link1"))
	e.submits(20)
	e.leave()
	r.stop()
	if got := r.query("SELECT count(*) || ' ' || count(ended_at) FROM captures"); got != "7 5" {
		t.Errorf("captures, and those that ended in order: %s", got)
	}
	if got := r.query("SELECT count(*) FROM pdu_list WHERE capture = (SELECT max(id) FROM captures)"); got != "44" {
		t.Errorf("%s PDUs are recorded after the restart, want 44", got)
	}
	if who := blamed(t, db); len(who) > 0 {
		t.Errorf("somebody is accused: %s", who)
	}
}
