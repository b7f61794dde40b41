//go:build linux && cgo

package analyze_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

// fault is what happens behind the relay while traffic passes.
type fault struct {
	name string
	// begin makes it and waits until it shows; end takes it back, and waits
	// until the database is recorded into again.
	begin func(r *rig) (end func())
	// sheds waits under the fault until it has cost what it must cost.
	sheds func(r *rig)
	// disk wants the database on a small disk of its own.
	disk bool
}

var faults = []fault{
	{name: "analysis blocked", begin: blocked, sheds: losesOctets},
	{name: "analysis panics", begin: panics, sheds: losesOctets},
	{name: "database locked", begin: locked, sheds: dropsRecords},
	{name: "disk full", begin: diskFull, sheds: dropsRecords, disk: true},
	{name: "database deleted", begin: deleted, sheds: recordsAnew},
	{name: "read-only mount", begin: covered, sheds: dropsRecords, disk: true},
	{name: "long reader", begin: reading, sheds: func(*rig) {}},
}

func losesOctets(r *rig) {
	r.until("lost octets", func() bool { return r.panics.Load() && r.tally.lost.Load() > 0 || r.pipeline.Waiting() > rigQueue*9/10 })
}

func dropsRecords(r *rig) {
	before := r.dropped()
	r.until("dropped records", func() bool { return r.dropped() > before })
}

func recordsAnew(r *rig) {
	r.until("a new database", func() bool {
		_, err := os.Stat(r.db)
		return err == nil && r.live.State().Away == ""
	})
}

// recovered makes an end of a fault wait for the database.
func (r *rig) recovered(end func()) func() {
	return func() {
		end()
		r.awayFor("")
	}
}

// awayFor waits until the database is away for a reason.
func (r *rig) awayFor(reason string) {
	r.t.Helper()
	r.until("away: "+reason, func() bool { return r.live.State().Away == reason })
}

func blocked(r *rig) func() {
	r.gate.shut()
	losesOctets(r)
	return r.gate.lift
}

// panics ends the analysis of the connections that there are, whatever
// follows; the next ones are analysed.
func panics(r *rig) func() {
	all := r.gaveUp.Load() + sessions
	r.panics.Store(true)
	r.until("panics", func() bool { return r.gaveUp.Load() == all })
	return func() {
		r.panics.Store(false)
		r.load.pause()
		// A connection that finds the queue full is not analysed.
		r.until("an empty queue", func() bool { return r.pipeline.Waiting() == 0 })
		r.load.again()
	}
}

// transaction holds one of another connection to the database.
func transaction(r *rig, statements ...string) (end func()) {
	r.t.Helper()
	db, err := sql.Open("sqlite3", r.db+"?_busy_timeout=60000")
	r.must(err)
	c, err := db.Conn(r.t.Context())
	r.must(err)
	for _, s := range statements {
		_, err := c.ExecContext(r.t.Context(), s)
		r.must(err)
	}
	return func() {
		_, err := c.ExecContext(context.Background(), "ROLLBACK")
		r.must(err)
		r.must(c.Close())
		r.must(db.Close())
	}
}

func locked(r *rig) func() {
	end := transaction(r, "BEGIN EXCLUSIVE")
	r.awayFor("locked")
	return r.recovered(end)
}

func reading(r *rig) func() { return transaction(r, "BEGIN", "SELECT count(*) FROM pdus") }

func diskFull(r *rig) func() {
	var s syscall.Statfs_t
	disk := filepath.Dir(r.dir)
	r.must(syscall.Statfs(disk, &s))
	used := (s.Blocks - s.Bfree) * uint64(s.Bsize)
	resize := func(octets uint64) {
		r.must(syscall.Mount("", disk, "", syscall.MS_REMOUNT, fmt.Sprint("size=", octets)))
	}
	for ; ; used += 64 << 10 { // it grows meanwhile
		if syscall.Mount("", disk, "", syscall.MS_REMOUNT, fmt.Sprint("size=", used)) == nil {
			break
		}
	}
	r.awayFor("full")
	return r.recovered(func() { resize(diskSize) })
}

// deleted takes the database and what belongs to it from its place, in one
// step, and keeps it to be looked at.
func deleted(r *rig) func() {
	away := fmt.Sprint(r.dir, len(r.away))
	r.must(os.Rename(r.dir, away))
	r.must(os.Mkdir(r.dir, 0o700))
	r.away = append(r.away, filepath.Join(away, filepath.Base(r.db)))
	return func() { recordsAnew(r) }
}

// covered puts a mount that cannot be written over the database's directory.
func covered(r *rig) func() {
	r.must(syscall.Mount("none", r.dir, "tmpfs", syscall.MS_RDONLY, ""))
	r.awayFor("readonly")
	return r.recovered(func() { r.must(syscall.Unmount(r.dir, syscall.MNT_DETACH)) })
}

// diskSize is a small disk's, in octets.
const diskSize = 96 << 20

// TestFaults: whatever happens behind the relay, no connection is lost, every
// request is answered, what was not analysed or recorded is counted, and
// recording goes on afterwards. (What it costs the traffic is compared where
// the analysis has a process of its own, as in the program: cmd/smpptap.)
func TestFaults(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, f.round)
	}
}

// turns are how often a fault is made, and stretch how long it stays each time.
const (
	turns   = 3
	stretch = 200 * time.Millisecond
)

// round is one run, with the fault for some stretches and without it between
// them.
func (f *fault) round(t *testing.T) {
	dir := ""
	if f.disk {
		dir = smpptest.SmallDisk(t, diskSize)
	} else {
		dir = t.TempDir()
	}
	r := newRig(t, dir)
	r.until("a first commit", func() bool { return r.live.Place().Capture != 0 })
	for turn := range turns {
		end := f.begin(r)
		r.passes()
		if turn == 0 {
			f.sheds(r)
		}
		end()
		r.passes()
	}
	r.finish()
	t.Logf("%d octets relayed, %d of them lost to the analysis; %d PDUs, %d records dropped",
		r.relayed(), r.tally.lost.Load(), r.tally.pdus.Load(), r.dropped())
}
