//go:build linux && cgo

package analyze_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// fault is what happens behind the relay while traffic passes.
type fault struct {
	name string
	// begin makes it and waits until it shows; end takes it back.
	begin func(r *rig) (end func())
	// sheds waits under the fault until it has cost what it must cost.
	sheds func(r *rig)
	// disk wants the database on a small disk of its own.
	disk bool
	// once: it cannot be made twice in a run. stays: the connections are not
	// analysed any more, whatever follows.
	once, stays bool
}

var faults = []fault{
	{name: "analysis blocked", begin: blocked, sheds: losesOctets},
	{name: "analysis panics", begin: panics, sheds: losesOctets, once: true, stays: true},
	{name: "database locked", begin: locked, sheds: dropsRecords},
	{name: "disk full", begin: diskFull, sheds: dropsRecords, disk: true},
	{name: "database deleted", begin: deleted, sheds: recordsAnew, once: true},
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

func panics(r *rig) func() {
	r.panics.Store(true)
	r.until("panics", func() bool { return r.gaveUp.Load() == sessions })
	return func() { r.panics.Store(false) }
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
	return end
}

func reading(r *rig) func() { return transaction(r, "BEGIN", "SELECT count(*) FROM pdus") }

func diskFull(r *rig) func() {
	var s syscall.Statfs_t
	r.must(syscall.Statfs(r.dir, &s))
	used := (s.Blocks - s.Bfree) * uint64(s.Bsize)
	resize := func(octets uint64) {
		r.must(syscall.Mount("", r.dir, "", syscall.MS_REMOUNT, fmt.Sprint("size=", octets)))
	}
	for ; ; used += 64 << 10 { // it grows meanwhile
		if syscall.Mount("", r.dir, "", syscall.MS_REMOUNT, fmt.Sprint("size=", used)) == nil {
			break
		}
	}
	r.awayFor("full")
	return func() { resize(diskSize) }
}

// deleted unlinks the database; away keeps the file to be looked at.
func deleted(r *rig) func() {
	r.away = filepath.Join(r.dir, "away.db")
	r.must(os.Link(r.db, r.away))
	for _, end := range []string{"", "-wal", "-shm", "-lock"} {
		r.must(os.Remove(r.db + end))
	}
	return func() {}
}

// covered puts a mount that cannot be written over the database's directory.
func covered(r *rig) func() {
	r.must(syscall.Mount("none", r.dir, "tmpfs", syscall.MS_RDONLY, ""))
	r.awayFor("readonly")
	return func() { r.must(syscall.Unmount(r.dir, syscall.MNT_DETACH)) }
}

// diskSize is a small disk's, in octets.
const diskSize = 48 << 20

// smallDisk mounts one. It needs root.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, fmt.Sprint("size=", diskSize)); err != nil {
		if os.Getenv("CI") == "" {
			t.Skip("cannot mount: ", err)
		}
		t.Fatal("cannot mount: ", err)
	}
	t.Cleanup(func() {
		for syscall.Unmount(dir, syscall.MNT_DETACH) == nil { // a cover, too
		}
	})
	return dir
}

// How throughput is compared: the same sessions are measured for a stretch with
// the fault and for one without it before and after, several times in turn.
// The median of the ratios must reach wantRatio; while it does not there are more rounds, as
// the machine may have others to serve.
const (
	wantRatio = 0.95
	turns     = 7 // of a round
	fewest    = 3 // ratios
	most      = 48
	stretch   = 80 * time.Millisecond
	// What happens once has its cost at once, too; it is compared over longer.
	onceStretch = 400 * time.Millisecond
)

// TestFaults: whatever happens behind the relay, the traffic passes as fast as
// without it, no connection is lost, every request is answered, what was not
// analysed or recorded is counted, and recording goes on afterwards.
func TestFaults(t *testing.T) {
	favoured(t)
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			var ratios []float64
			for len(ratios) < fewest || median(ratios) < wantRatio && len(ratios) < most && !t.Failed() {
				ratios = append(ratios, f.round(t)...)
			}
			t.Logf("relayed under the fault, against without it: median %.3f of %.3f", median(ratios), ratios)
			if got := median(ratios); got < wantRatio {
				t.Errorf("the relay has %.3f of its throughput under the fault, want %.2f", got, wantRatio)
			}
		})
	}
}

// round is one run with the fault.
func (f *fault) round(t *testing.T) (ratios []float64) {
	dir := ""
	if f.disk {
		dir = smallDisk(t)
	} else {
		dir = t.TempDir()
	}
	r := newRig(t, dir)
	r.until("a first commit", func() bool { return r.live.Place().Capture != 0 })
	length := stretch
	if f.once {
		length = onceStretch
	}
	before := r.pace(length)
	for len(ratios) < turns && (len(ratios) == 0 || !f.once) {
		end := f.begin(r)
		with := r.pace(length)
		if len(ratios) == 0 {
			f.sheds(r)
		}
		end()
		after := before
		if !f.stays {
			after = r.pace(length)
		}
		ratios = append(ratios, 2*with/(before+after))
		before = after
	}
	r.finish(!f.stays)
	t.Logf("%d octets relayed, %d of them lost to the analysis; %d PDUs, %d records dropped",
		r.relayed(), r.tally.lost.Load(), r.tally.pdus.Load(), r.dropped())
	return ratios
}

func median(of []float64) float64 {
	s := slices.Sorted(slices.Values(of))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
