//go:build linux && cgo

package main

import (
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestProxyKilled: killed in the middle of its traffic, the proxy leaves a
// database that is whole and lacks at most the last second; started again it
// relays and records on into the same one.
func TestProxyKilled(t *testing.T) {
	smsc, db := localSMSC(t, nil), filepath.Join(t.TempDir(), "killed.db")
	const kills = 3
	for range kills {
		r := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", smsc, "--db", db)
		r.db = db
		e := bound(t, r.addr("link1"))
		first := time.Now()
		for r.query("SELECT count(*) FROM pdus WHERE time > "+strconv.FormatInt(first.UnixNano(), 10)) == "0" {
			e.submits(1)
		}
		last := time.Now()
		for end := last.Add(time.Duration(rand.Int64N(int64(700 * time.Millisecond)))); last.Before(end); last = time.Now() {
			e.submits(1)
			time.Sleep(time.Millisecond)
		}
		r.signal(syscall.SIGKILL)
		<-r.done
		_ = r.cmd.Wait()
		if _, err := e.in.ReadByte(); err == nil {
			t.Error("the ESME hears more after the kill")
		}
		if got := r.query("PRAGMA integrity_check"); got != "ok" {
			t.Fatal("integrity_check: ", got)
		}
		stored, err := strconv.ParseInt(r.query("SELECT max(time) FROM pdus"), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		missing := time.Duration(last.UnixNano() - stored)
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
	if got := r.query("SELECT count(*) || ' ' || count(ended_at) FROM captures"); got != "4 1" {
		t.Errorf("captures, and those that ended in order: %s", got)
	}
	if got := r.query("SELECT count(*) FROM pdu_list WHERE capture = (SELECT max(id) FROM captures)"); got != "44" {
		t.Errorf("%s PDUs are recorded after the restart, want 44", got)
	}
}
