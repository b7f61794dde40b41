//go:build linux && cgo

package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"smpptap/internal/cost"
	"smpptap/internal/smpptest"
)

// fault is what happens behind the relay of a proxy while traffic passes.
type fault struct {
	name string
	// begin makes it and waits until it shows; end takes it back.
	begin func(r *proxyRun) (end func())
	// disk wants the database on a small disk of its own.
	disk bool
	// rare: every time costs more than the one before, so there are few, and
	// more only where these look bad.
	rare bool
}

var faults = []fault{
	{name: "analysis stopped", begin: stopped},
	{name: "analysis killed", begin: killed(syscall.SIGKILL), rare: true},
	{name: "analysis panics", begin: killed(syscall.SIGABRT), rare: true}, // Go's runtime ends it as by a panic
	{name: "database locked", begin: locked},
	{name: "database deleted", begin: deleted},
	{name: "disk full", begin: diskFull, disk: true},
}

func stopped(r *proxyRun) func() {
	r.toAnalysis(syscall.SIGSTOP)
	return func() { r.toAnalysis(syscall.SIGCONT) }
}

func killed(sig syscall.Signal) func(r *proxyRun) func() {
	return func(r *proxyRun) func() {
		before := r.analysis()
		r.toAnalysis(sig)
		return func() {
			r.t.Helper()
			r.patiently("another analysis", func() bool {
				all := children(r.t, r.cmd.Process.Pid)
				return len(all) == 1 && all[0] != before
			})
			r.recorded()
		}
	}
}

// locked holds a transaction that lets nobody else write.
func locked(r *proxyRun) func() {
	r.t.Helper()
	db, err := sql.Open("sqlite3", r.db+"?_busy_timeout=60000")
	r.must(err)
	c, err := db.Conn(r.t.Context())
	r.must(err)
	_, err = c.ExecContext(r.t.Context(), "BEGIN EXCLUSIVE")
	r.must(err)
	r.until(`^smpptap_database_up 0`)
	return func() {
		_, err := c.ExecContext(context.Background(), "ROLLBACK")
		r.must(err)
		r.must(c.Close())
		r.must(db.Close())
		r.until(`^smpptap_database_up 1`)
	}
}

// deleted takes the database from its place, and what belongs to it.
func deleted(r *proxyRun) func() {
	r.t.Helper()
	dir := filepath.Dir(r.db)
	away, err := os.MkdirTemp(filepath.Dir(dir), "away")
	r.must(err)
	r.must(os.Rename(dir, filepath.Join(away, "db")))
	r.must(os.Mkdir(dir, 0o700))
	return r.recorded
}

// diskFull leaves its disk no room, and waits until the analysis has found out,
// with pauses of the traffic, in which it would hold back.
func diskFull(r *proxyRun) func() {
	r.t.Helper()
	var s syscall.Statfs_t
	disk := filepath.Dir(filepath.Dir(r.db))
	r.must(syscall.Statfs(disk, &s))
	used := (s.Blocks - s.Bfree) * uint64(s.Bsize)
	for syscall.Mount("", disk, "", syscall.MS_REMOUNT, fmt.Sprint("size=", used)) != nil {
		used += 64 << 10 // it grows meanwhile
	}
	r.patiently("a full disk", func() (full bool) {
		r.load.gate.Lock()
		defer r.load.gate.Unlock()
		for end := time.Now().Add(2 * time.Second); !full && time.Now().Before(end); {
			_, text := r.get("/metrics")
			full = strings.Contains(text, "\nsmpptap_database_up 0\n")
		}
		return full
	})
	return func() {
		r.must(syscall.Mount("", disk, "", syscall.MS_REMOUNT, fmt.Sprint("size=", diskSize)))
		r.until(`^smpptap_database_up 1`)
	}
}

// diskSize is a small disk's, in octets.
const diskSize = 512 << 20

func (r *proxyRun) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// patiently waits for a condition.
func (r *proxyRun) patiently(what string, is func() bool) {
	r.t.Helper()
	for end := time.Now().Add(longWait); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("waited in vain: %s\n%s", what, &r.errs)
		}
	}
}

// recorded waits until records are in the database again.
func (r *proxyRun) recorded() {
	r.t.Helper()
	r.until(`^smpptap_database_up 1`)
	r.patiently("a database", func() bool {
		_, err := os.Stat(r.db)
		return err == nil
	})
}

// TestProxyFaults: whatever happens behind the relay, all passes as fast as
// without it, and no connection is lost. (What is counted then, to the octet
// and the record, is looked at in analyze.) The race detector slows the program
// down and not SQLite and the kernel: nothing is compared then.
func TestProxyFaults(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, f.test)
	}
}

// comparing is how long a fault's throughput is compared, at most.
const comparing = 30 * time.Second

func (f *fault) test(t *testing.T) {
	dir := t.TempDir()
	if f.disk {
		dir = smpptest.SmallDisk(t, diskSize)
	}
	dir = filepath.Join(dir, "db")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	l, upstream := newLoad(t)
	db := filepath.Join(dir, "fault.db")
	r := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", upstream, "--db", db)
	r.db, r.load = db, l
	l.begin(r.addr("link1"))
	r.until(`^smpptap_pdus_total\{command="submit_sm",.*\} [1-9]`)
	var c comparison
	// A slow machine needs seconds for a pair, and has them for a few.
	until := time.Now().Add(comparing)
	wanted := func() bool {
		n := len(c.with)
		return n == 0 || !cost.Race && c.open() && !(f.rare && c.enough()) && time.Now().Before(until)
	}
	for before := l.pace(); wanted(); {
		end := f.begin(r)
		early, late := l.pace(), l.pace()
		end()
		after := l.pace()
		c.add(early, before)
		c.add(late, after)
		before = after
	}
	t.Log("relayed under the fault, against before and after: ", &c)
	if len(c.with) >= 2*fewest && !c.holds() {
		t.Errorf("throughput: %s, want %.2f", &c, wantRatio)
	}
	l.end()
	r.toAnalysis(syscall.SIGKILL) // it would be long in storing what waits
	r.signal(syscall.SIGKILL)
	<-r.done
	if got := r.query("PRAGMA integrity_check"); got != "ok" {
		t.Error("integrity_check: ", got)
	}
}
