package capture

import (
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"

	"smpptap/stream"
)

// keeperRetry is how long a Keeper waits after a failure until it begins
// another file.
const keeperRetry = 5 * second

// Keeper is a stream.Handler that writes what it is told to files, through a
// Synth. It never fails: what cannot be written is counted, and tried again
// with a new file when time has passed, as the stamps tell it. Its calls come
// from one goroutine; Lost may be called from anywhere.
type Keeper struct {
	s      *Synth // its writer is replaced after a failure
	log    *slog.Logger
	failed int64 // when; zero: all is well
	lost   atomic.Int64
}

// keeperSize is how large a file becomes if nothing else ends it.
const keeperSize = 100_000_000

// NewKeeper makes the directory of o.Path and opens the first file; there are
// always several, see WriteOptions.Path. The caller must Close.
func NewKeeper(o WriteOptions, log *slog.Logger) (*Keeper, error) {
	if o.MaxSize == 0 && o.MaxTime == 0 {
		o.MaxSize = keeperSize
	}
	if err := os.MkdirAll(filepath.Dir(o.Path), 0o700); err != nil {
		return nil, err
	}
	s, err := NewSynth(&o)
	if err != nil {
		return nil, err
	}
	return &Keeper{s: s, log: log}, nil
}

// Lost is how many calls' octets could not be written.
func (k *Keeper) Lost() int64 { return k.lost.Load() }

// Close ends the files.
func (k *Keeper) Close() error {
	if k.failed != 0 {
		return nil // it was told
	}
	return k.s.Close()
}

// ready tells whether there is a file to write to; after a while it tries to
// begin one.
func (k *Keeper) ready(now int64) bool {
	switch {
	case k.failed == 0:
		return true
	case now-k.failed < keeperRetry:
		return false
	}
	if err := k.s.w.restart(now); err != nil {
		k.failed = now
		return false
	}
	k.log.Info("packets are kept again", "calls_lost", k.Lost())
	k.failed = 0
	return true
}

// result takes the outcome of a write.
func (k *Keeper) result(now int64, err error) {
	if err == nil {
		return
	}
	k.lost.Add(1)
	k.failed = max(now, 1)
	k.log.Error("packets are not kept for now; the traffic is not touched", "error", err)
}

// Open implements stream.Handler.
func (k *Keeper) Open(c *stream.Conn) stream.Tap {
	t := &keeperTap{k: k, conn: c}
	if !c.A.IsValid() || !c.B.IsValid() {
		return t
	}
	if k.ready(c.Opened.Time) {
		t.open(c.Opened.Time)
	}
	return t
}

// Notice implements stream.Handler.
func (*Keeper) Notice(stream.Notice) {}

// Clock implements stream.Clocked.
func (k *Keeper) Clock(at stream.Stamp) {
	if k.ready(at.Time) {
		k.result(at.Time, k.s.Beat(at.Time))
	}
}

// keeperTap is one connection.
type keeperTap struct {
	k    *Keeper
	conn *stream.Conn
	c    *SynthConn // nil: not begun
}

func (t *keeperTap) open(now int64) {
	link := t.conn.Link
	if link == "" {
		link = "proxy"
	}
	c, err := t.k.s.Open(link, t.conn.A, t.conn.B, now)
	t.c = c
	t.k.result(now, err)
}

// Data implements stream.Tap.
func (t *keeperTap) Data(dir stream.Dir, at stream.Stamp, p []byte) {
	switch {
	case !t.k.ready(at.Time):
		t.k.lost.Add(1)
		t.Gap(dir, at, int64(len(p)))
	case t.c != nil:
		t.k.result(at.Time, t.c.Data(dir, at.Time, p, ""))
	}
}

// Gap implements stream.Tap.
func (t *keeperTap) Gap(dir stream.Dir, _ stream.Stamp, n int64) {
	if t.c != nil {
		t.c.Gap(dir, n)
	}
}

// Event implements stream.Tap.
func (t *keeperTap) Event(dir stream.Dir, at stream.Stamp, e stream.Event) {
	if t.c == nil || !t.k.ready(at.Time) {
		return
	}
	switch e.Kind {
	case stream.EventFIN:
		t.k.result(at.Time, t.c.FIN(dir, at.Time))
	case stream.EventRST:
		t.k.result(at.Time, t.c.RST(dir, at.Time))
	}
}

// Close implements stream.Tap.
func (*keeperTap) Close(stream.Stamp, error) {}
