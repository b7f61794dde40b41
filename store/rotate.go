package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"smpptap/analyze"
)

// Rotate has a Live begin a new file now and then. Zero values: one file, the
// one that its path names.
//
// With it every file is named after the time (UTC) at which it began: for
// smpptap.db, smpptap-20261123T100000.db. Each holds one capture, a part of
// the run. Numbers go on from part to part and from run to run, and what is
// open when a part begins stands in it as well, under the same number:
// connections, sessions, and findings and messages when they change. Merge
// puts parts together. One thing is lost between parts: a response that came
// before its request, the one in the old file and the other in the new, is not
// joined to it.
type Rotate struct {
	Time time.Duration
	// Size is that of a file, in octets, without the indices that it gets at
	// its end; it is passed by at most what one transaction adds.
	Size int64
	// Files is how many are kept, the newest, of all runs.
	Files int
	// Done is told of each file that is whole, or why it is not, and why none
	// could be begun. It may be called by two goroutines at once.
	Done func(path string, err error)
}

func (r *Rotate) wanted() bool { return r.Time > 0 || r.Size > 0 }

// rotation is how far it has come. Its goroutine finishes one file at a time.
type rotation struct {
	run      string // names the run in all parts
	part     int64  // from 1; zero: there is no rotation
	since    time.Time
	next     time.Time     // of the next attempt, after one that failed
	finished chan struct{} // nil: no file was left yet
}

// finishing tells that a file that was left is not whole yet.
func (r *rotation) finishing() bool {
	if r.finished == nil {
		return false
	}
	select {
	case <-r.finished:
		return false
	default:
		return true
	}
}

func (l *Live) stopping() bool {
	select {
	case <-l.stop:
		return true
	default:
		return false
	}
}

// beginRotation names the first file. Its numbers come after those of the
// files that there are.
func (l *Live) beginRotation() {
	k, r := &l.keeper, &l.opt.Rotate
	k.name = l.path
	if !r.wanted() {
		return
	}
	if r.Done == nil {
		r.Done = func(string, error) {}
	}
	for _, name := range Files(l.path) {
		k.base.beyond(name)
	}
	k.rotation = rotation{run: rand.Text(), part: 1, since: time.Now()}
	k.name = partName(l.path, k.rotation.since)
}

// due tells that it is time for a new file. The old one has PDUs then, and the
// one before it is finished.
func (k *keeper) due(now time.Time) (bool, error) {
	r := &k.live.opt.Rotate
	if k.rotation.part == 0 || k.capture == 0 || now.Before(k.rotation.next) {
		return false, nil
	}
	if k.rotation.finishing() || k.live.stopping() {
		return false, nil
	}
	due := r.Time > 0 && now.Sub(k.rotation.since) >= r.Time
	if !due && r.Size > 0 {
		octets, err := integer(k.db.write, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
		if err != nil {
			return false, err
		}
		due = octets >= r.Size
	}
	if !due {
		return false, nil
	}
	n, err := integer(k.db.write, "SELECT EXISTS (SELECT 1 FROM pdus)")
	return n == 1, err
}

// rotate goes on in a new file when it is time. The old one ends only when the
// new one is open; its indices are made beside.
func (k *keeper) rotate() error {
	now := time.Now()
	if due, err := k.due(now); !due {
		return err
	}
	last, err := integer(k.db.write, "SELECT max(id) FROM pdus")
	if err != nil {
		return err
	}
	old := *k
	if err := k.openPart(now, last+1); err != nil {
		*k = old
		k.rotation.next = now.Add(max(k.live.opt.Retry, time.Second))
		k.live.opt.Rotate.Done(old.name, fmt.Errorf("no new database could be begun, the old one goes on: %w", err))
		return nil
	}
	k.live.moved(k.place())
	done := make(chan struct{})
	k.rotation.finished = done
	go func() {
		defer close(done)
		old.part(now)
	}()
	return nil
}

// openPart opens the next file, whose PDUs begin with first.
func (k *keeper) openPart(now time.Time, first int64) error {
	name := partName(k.live.path, now)
	db, err := Open(name, Options{BusyTimeout: k.live.opt.BusyTimeout})
	if busy := (*lockedError)(nil); errors.As(err, &busy) {
		return err // another process was faster: the file is its own
	}
	if err != nil {
		return errors.Join(err, remove(name))
	}
	k.tables, k.wal, k.shm, k.capture, k.told, k.log, k.links = tables{}, nil, nil, 0, 0, logState{}, nil
	k.firstPDU = first
	k.rotation.part, k.rotation.since = k.rotation.part+1, now
	if err = k.prepare(db, name); err != nil {
		k.tables.close()
		return errors.Join(err, db.Close(), remove(name))
	}
	k.db, k.name = db, name
	return nil
}

// moved tells where the run goes on, and has what is open written there.
func (l *Live) moved(p Place) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.place = p
	l.octets += l.conns.again() + l.sessions.again()
}

// part ends a file that was left. It is the work of a goroutine of its own,
// which has the old keeper to itself.
func (k *keeper) part(ended time.Time) {
	r := &k.live.opt.Rotate
	err := k.exec("UPDATE captures SET ended_at = ? WHERE id = ?", ended.UnixNano(), k.capture)
	if err == nil {
		err = makeIndices(k.db.write)
	}
	if err == nil {
		err = k.linkRest()
	}
	if err == nil {
		_ = k.exec("PRAGMA wal_checkpoint(TRUNCATE)") // a reader may be at work
	}
	k.tables.close()
	if e := k.db.Close(); err == nil {
		err = e
	}
	if r.Files > 0 {
		removeParts(k.live.path, r)
	}
	r.Done(k.name, explain(k.name, err))
}

// removeParts removes the oldest files when there are too many, but none that
// is being recorded into, and none that only has such a name.
func removeParts(path string, r *Rotate) {
	all := parts(path)
	for _, name := range all[:max(0, len(all)-r.Files)] {
		lock, err := lockFile(name)
		var busy *lockedError
		if errors.As(err, &busy) {
			continue
		}
		if err == nil {
			ours, e := isPart(name)
			if ours {
				e = remove(name)
			}
			err = errors.Join(e, lock.release())
		}
		if err != nil {
			r.Done(name, fmt.Errorf("an old database cannot be removed: %w", err))
		}
	}
}

// markPart notes in the capture's row that it is part of a run. One that is not
// the first begins with itself and not with the run.
func (k *keeper) markPart(c *analyze.Capture) error {
	if k.rotation.part == 0 {
		return nil
	}
	if err := k.exec("UPDATE captures SET stats = ? WHERE id = ?", string(k.stats(c, nil)), k.capture); err != nil || k.rotation.part == 1 {
		return err
	}
	return k.exec("UPDATE captures SET started_at = ?, first_pdu = ? WHERE id = ?", k.rotation.since.UnixNano(), k.firstPDU, k.capture)
}

// stats is a capture's statistics with what was dropped, and of which run it is
// a part.
func (k *keeper) stats(c *analyze.Capture, dropped map[string]int64) []byte {
	all := c.Stats
	all.Run, all.Part = k.rotation.run, k.rotation.part
	return statsOf(&all, dropped)
}
