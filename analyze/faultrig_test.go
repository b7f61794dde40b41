//go:build linux && cgo

package analyze_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"smpptap/analyze"
	"smpptap/analyze/profile"
	"smpptap/proxy"
	"smpptap/store"
	"smpptap/stream"
)

// patience bounds what must happen; nothing is measured by it.
const patience = 3 * time.Minute

// rig is a relay at work, with the analysis and the recorder behind it as the
// program puts them together.
type rig struct {
	t        *testing.T
	dir, db  string   // the database, and its directory
	away     []string // where a fault put the databases before this one
	relay    *proxy.Server
	pipeline *analyze.Pipeline
	live     *store.Live
	tally    *tally
	gate     *gate
	panics   atomic.Bool // the analysis panics at the next PDUs
	gaveUp   atomic.Int64
	load     *load

	end  context.CancelFunc
	done chan error
}

// The bounds of a rig's queues are small, so that they are full soon.
const (
	rigQueue     = 1 << 20
	rigQueueConn = 256 << 10
	rigRecords   = 1 << 20
)

const rigWorkers = 2

// newRig starts one whose database is in a directory of its own in dir, with
// sessions bound.
func newRig(t *testing.T, dir string) *rig {
	t.Helper()
	dir = filepath.Join(dir, "db")
	r := &rig{t: t, dir: dir, db: filepath.Join(dir, "fault.db"), tally: &tally{}, gate: newGate(), done: make(chan error, 1)}
	r.must(os.Mkdir(dir, 0o700))
	db, err := store.Open(r.db, store.Options{})
	r.must(err)
	r.must(db.Close())
	r.load = newLoad(t)
	r.relay, err = proxy.Listen(proxy.Options{
		Links: []proxy.Link{{Name: "one", Listen: "127.0.0.1:0", Upstream: r.load.smsc.Addr().String()}}, Drain: patience,
	})
	r.must(err)
	r.live, err = store.OpenLive(r.db, store.LiveOptions{
		Queue: rigRecords, Every: 20 * time.Millisecond, BusyTimeout: 20 * time.Millisecond, Retry: 20 * time.Millisecond,
	})
	r.must(err)
	p, err := profile.Load("kaleyra")
	r.must(err)
	r.pipeline = analyze.New(analyze.Options{
		Kind: "proxy", Source: "one", Profile: p, Texts: true, Parts: true, Workers: rigWorkers,
		Sinks:  []analyze.Sink{r.tally, r.live, r.gate},
		Failed: r.failed,
	})
	r.pipeline.Bound(rigQueue, rigQueueConn)
	r.pipeline.PanicAt(r.panics.Load)
	ctx, end := context.WithCancel(t.Context())
	r.end = end
	go func() { r.done <- r.pipeline.Run(ctx, r.relay) }()
	t.Cleanup(r.abandon)
	r.load.bind(r.relay.Addr("one").String())
	return r
}

// abandon ends what a test left that failed.
func (r *rig) abandon() {
	if !r.t.Failed() {
		return
	}
	r.load.over.Store(true)
	if r.gate.isShut {
		r.gate.lift()
	}
	for _, c := range r.load.conns {
		_ = c.Close()
	}
	_ = r.load.smsc.Close()
	r.end()
	r.relay.Kill()
	r.load.esmes.Wait()
	r.load.servers.Wait()
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// failed is told of faults of the analysis.
func (r *rig) failed(err error) {
	var of *analyze.ConnError
	if !errors.As(err, &of) || of.Panic != "a fault at a PDU" {
		r.t.Error("not a fault of the test: ", err)
	}
	r.gaveUp.Add(1)
}

// until waits for a condition while the traffic goes on.
func (r *rig) until(what string, is func() bool) {
	r.t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("waited in vain: %s; database %+v", what, r.live.State())
		}
	}
}

func (r *rig) dropped() (n int64) { return r.live.State().Dropped }

// rested waits until nothing waits for the analysis or the database.
func (r *rig) rested() {
	r.t.Helper()
	// What is between the two is less than a batch, which ends every 50 ms.
	r.until("rest", func() bool {
		return r.pipeline.Waiting() == 0 && r.live.State().Waiting == 0 && r.tally.octets() == r.relayed()
	})
}

// relayed is how many octets were received from both sides.
func (r *rig) relayed() int64 {
	s := r.relay.Stats()[0]
	return s.Octets[0] + s.Octets[1]
}

// finish ends the traffic and the run in order, and checks that nothing that
// passed is unaccounted for.
func (r *rig) finish() {
	r.t.Helper()
	r.load.pause()
	r.rested()
	before := r.stored("SELECT count(*) FROM pdus")
	r.load.leave()
	r.end()
	if err := <-r.done; err != nil {
		r.t.Error("the run says ", err)
	}
	r.must(r.live.Close())
	if undelivered := r.relay.Stats()[0].Undelivered; undelivered != [2]int64{} {
		r.t.Errorf("octets that did not arrive: %v", undelivered)
	}
	if got, want := r.tally.octets(), r.relayed(); got != want {
		r.t.Errorf("%d octets are analysed or counted as lost, %d were relayed (lost: %d)", got, want, r.tally.lost.Load())
	}
	if got := r.stored("PRAGMA integrity_check"); got != "ok" {
		r.t.Error("integrity_check: ", got)
	}
	r.records()
	after := r.stored("SELECT count(*) FROM pdus")
	if number(after) < number(before)+sessions {
		r.t.Errorf("%s PDUs were recorded before the end, %s after it: recording does not go on", before, after)
	}
}

// records checks that all records are stored or counted as dropped.
func (r *rig) records() {
	r.t.Helper()
	stored := number(r.stored("SELECT count(*) FROM pdus"))
	if r.away != nil { // the last commit may be in both
		stored = r.union()
	}
	if made := r.tally.pdus.Load(); stored+r.dropped() != made {
		r.t.Errorf("%d PDUs are stored, %d records counted as dropped, %d were made", stored, r.dropped(), made)
	}
}

// stored asks the database for one value.
func (r *rig) stored(query string) string { return r.ask(r.db, query)[0] }

func (r *rig) ask(path, query string) (values []string) {
	r.t.Helper()
	db, err := store.OpenReadOnly(path)
	r.must(err)
	defer db.Close()
	r.must(db.Query(context.Background(), query, func([]string) error { return nil }, func(v []any) error {
		values = append(values, fmt.Sprint(v[0]))
		return nil
	}))
	return values
}

// union counts the PDUs that the deleted databases or the new one have.
func (r *rig) union() int64 {
	r.t.Helper()
	const key = "SELECT time || ' ' || session_id || ' ' || sequence_number || ' ' || command_id FROM pdus"
	seen := make(map[string]bool)
	for _, path := range append(r.away, r.db) {
		for _, k := range r.ask(path, key) {
			seen[k] = true
		}
	}
	return int64(len(seen))
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

// tally counts what reaches the sinks.
type tally struct{ pdus, read, lost atomic.Int64 }

// octets are those that were analysed or counted as lost.
func (c *tally) octets() int64 { return c.read.Load() + c.lost.Load() }

// Write implements analyze.Sink.
func (c *tally) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		switch r := &records[i]; r.Kind {
		case analyze.RecordPDU:
			c.pdus.Add(1)
			c.read.Add(int64(len(r.PDU.P.Raw)))
			c.lost.Add(int64(r.PDU.P.Length) - int64(len(r.PDU.P.Raw)))
		case analyze.RecordGap:
			f := &r.Gap.Frame
			if f.Kind != stream.FrameGap && f.Cause != stream.GarbageMidstream {
				c.read.Add(f.Length - f.Missing)
				c.lost.Add(f.Missing)
				continue
			}
			c.lost.Add(f.Length)
		case analyze.RecordLost:
			c.lost.Add(r.Lost.Octets)
		case analyze.RecordPair:
			panic("no response should overtake its request")
		}
	}
	return nil
}

// Close implements analyze.Sink.
func (*tally) Close() error { return nil }

// gate is a Sink that blocks while it is shut.
type gate struct {
	open   atomic.Pointer[chan struct{}]
	isShut bool
}

func newGate() *gate {
	g := &gate{}
	g.shut()
	g.lift()
	return g
}

func (g *gate) shut() {
	c := make(chan struct{})
	g.open.Store(&c)
	g.isShut = true
}

func (g *gate) lift() {
	close(*g.open.Load())
	g.isShut = false
}

// Write implements analyze.Sink.
func (g *gate) Write(context.Context, []analyze.Record) error {
	<-*g.open.Load()
	return nil
}

// Close implements analyze.Sink.
func (*gate) Close() error { return nil }

// passes waits until traffic has flowed for a while.
func (r *rig) passes() {
	r.t.Helper()
	begin, before := time.Now(), r.load.answered.Load()
	r.until("traffic", func() bool { return time.Since(begin) > stretch && r.load.answered.Load() > before+window })
}
