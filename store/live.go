package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"smpptap/analyze"
	"smpptap/analyze/session"
)

// Live records a run that cannot wait: of an interface, of a proxy. It
// implements analyze.Sink.
//
// Write copies records into a queue in memory and never waits for the
// database nor fails because of it. One goroutine stores them. While the
// database is locked, full, read-only or gone the queue fills; what it has no
// room for is dropped and counted, by link and reason. When the database is
// back recording goes on, in the same capture unless another one has begun
// meanwhile. A file that was deleted is made anew, with the capture, the
// connections and sessions that are open, and the findings.
//
// The newest are dropped, so that what the outage began with is kept, and
// PDUs before messages before the rest: PDUs have three quarters of the queue,
// messages seven eighths.
type Live struct {
	path string
	opt  LiveOptions

	wake    chan struct{}
	stop    chan struct{}
	stopped chan struct{}

	mu       sync.Mutex
	closed   bool
	first    *analyze.Capture // as the run began
	last     *analyze.Capture // as it ended
	bundles  []*bundle
	octets   int64 // all that waits, also in a transaction
	scratch  row
	touched  []*session.Session // by PDUs, in one call of Write
	sessions newest
	conns    newest
	findings newest
	messages newest
	checks   newest
	counts   map[int64]severities // of sessions that are open
	over     []int64              // sessions that ended in the batch in hand
	dropped  map[Drop]int64
	total    int64 // of dropped
	away     string
	lacking  bool // rows that are kept were refused
	place    Place

	keeper keeper // of the goroutine
}

// LiveOptions are those of a Live. Zero values mean the stated default.
type LiveOptions struct {
	// Queue bounds what waits in memory, in octets of rows. Default 64 MiB.
	Queue int64
	// Every is how long a record waits at most until it is committed, while
	// the database works. Default 400 ms.
	Every time.Duration
	// BusyTimeout is how long another program's lock is waited for before
	// the database counts as away. Default 1 s.
	BusyTimeout time.Duration
	// Retry is the longest pause between two attempts on a database that is
	// away. The first is a sixteenth of it. Default 2 s.
	Retry time.Duration
	// Patience is how long OpenLive waits for another writer to end. Default
	// not at all.
	Patience time.Duration
	// Grace is how long Close tries to store what waits. Default 5 s.
	Grace time.Duration
	// Keep bounds what is kept of the past.
	Keep Keep
	// Rotate begins new files. It goes without Keep, which looks at one file.
	Rotate Rotate
	// Changed is told when the database goes away and when it is back. It is
	// called by the goroutine that stores, and must not call the Live.
	Changed func(LiveState)
}

// LiveState is the state of a Live's database.
type LiveState struct {
	Away    string // why: a reason of Drop; empty: it works
	Err     error  // what failed
	Waiting int64  // octets
	Dropped int64  // records, in all
}

// Drop names dropped records.
type Drop struct {
	Link   string // connections.link; empty: none, or not known any more
	Reason string // locked, full, readonly, gone, io, damaged, error; slow: it works, but not as fast as records come
}

// Place tells where a run is recorded: the capture, and what the database
// adds to the run's own numbers. Capture is zero before the first commit;
// all are before the database could be opened.
type Place struct {
	Capture, Conn, Session, PDU int64
}

// OpenLive begins to record into the database at path, which is made when it
// is not there. It fails where the path itself is at fault: something that is
// not ours, a newer schema, another writer, no such directory. Trouble that
// may pass does not hinder it. The caller must Close it.
func OpenLive(path string, opt LiveOptions) (*Live, error) {
	opt.defaults()
	l := &Live{
		path: path, opt: opt,
		wake: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{}),
		counts: make(map[int64]severities), dropped: make(map[Drop]int64),
	}
	for _, n := range []*newest{&l.conns, &l.sessions, &l.findings, &l.messages, &l.checks} {
		n.rows = make(map[int64]*state)
	}
	l.keeper.live = l
	l.beginRotation()
	err := l.keeper.attach()
	for end := time.Now().Add(opt.Patience); isLocked(err) && time.Now().Before(end); err = l.keeper.attach() {
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		if !mayPass(err) {
			return nil, err
		}
		l.keeper.failed(err)
	}
	go l.keeper.run()
	return l, nil
}

func (o *LiveOptions) defaults() {
	set := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	if o.Queue == 0 {
		o.Queue = 64 << 20
	}
	set(&o.Every, 400*time.Millisecond)
	set(&o.BusyTimeout, time.Second)
	set(&o.Retry, 2*time.Second)
	set(&o.Grace, 5*time.Second)
}

// Write implements analyze.Sink. It fails only where the order of calls is
// wrong.
func (l *Live) Write(_ context.Context, r []analyze.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return errors.New("the capture was closed")
	}
	if l.first == nil && len(r) > 0 && r[0].Kind != analyze.RecordCapture {
		return errors.New("a record came before the capture's own")
	}
	for i := range r {
		l.add(&r[i])
	}
	for _, s := range l.touched {
		l.addSession(&analyze.SessionRecord{Session: s})
	}
	clear(l.touched)
	l.touched = l.touched[:0]
	for _, id := range l.over {
		delete(l.counts, id)
	}
	l.over = l.over[:0]
	if l.octets >= batchOctets && l.away == "" {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
	return nil
}

// add takes one record.
func (l *Live) add(r *analyze.Record) {
	switch r.Kind {
	case analyze.RecordCapture:
		l.addCapture(r.Capture)
	case analyze.RecordConn:
		l.addConn(r.Conn)
	case analyze.RecordSession:
		l.counts[r.Session.ID] = severities{r.Session.Errors, r.Session.Warnings, r.Session.Notes}
		l.addSession(r.Session)
		l.addConn(r.Session.Conn) // which side is the ESME is known by now
	case analyze.RecordPDU:
		l.addPDU(r.PDU)
	case analyze.RecordPair:
		if b := l.room(pduShare, ""); b != nil {
			n := len(b.pairs)
			b.pairs.pair(r.Pair)
			l.octets += b.count("", len(b.pairs)-n)
		}
	case analyze.RecordFinding:
		f := r.Finding
		l.scratch = l.scratch[:0]
		l.scratch.finding(f)
		l.put(&l.findings, f.ID, l.conns.link(f.Connection), len(l.findings.rows) >= keptFindings, otherShare)
		if s := l.findings.rows[f.ID]; s != nil {
			s.at = f.LastTime
		}
	case analyze.RecordMessage:
		m := r.Message
		l.scratch = l.scratch[:0]
		l.scratch.message(m)
		l.put(&l.messages, m.ID, l.sessions.link(m.SubmitSession), true, messageShare)
	case analyze.RecordReceipt:
		if b := l.room(messageShare, ""); b != nil {
			n := len(b.open)
			b.open.open(r.Receipt)
			l.octets += b.count("", len(b.open)-n)
		}
	case analyze.RecordPartID:
		if b := l.room(messageShare, ""); b != nil {
			n := len(b.partIDs)
			b.partIDs.partID(r.PartID)
			l.octets += b.count("", len(b.partIDs)-n)
		}
	case analyze.RecordCheck:
		l.scratch = l.scratch[:0]
		l.scratch.check(r.Check, r.Off)
		l.put(&l.checks, int64(r.Check.Rule), "", true, otherShare)
	case analyze.RecordGap: // connections count them
	}
}

// severities are the findings of a session.
type severities struct{ errors, warnings, notes int64 }

func (l *Live) addCapture(c *analyze.Capture) {
	copied := cloneCapture(c)
	if l.first == nil {
		l.first = copied
	}
	if c.EndedAt != 0 {
		l.last = copied
	}
}

// cloneCapture is a capture of which nothing is lent.
func cloneCapture(c *analyze.Capture) *analyze.Capture {
	out := *c
	out.Stats = analyze.Stats{}
	if stats, err := json.Marshal(c.Stats); err == nil {
		_ = json.Unmarshal(stats, &out.Stats)
	}
	return &out
}

func (l *Live) addConn(c *session.Conn) {
	l.scratch = l.scratch[:0]
	l.scratch.conn(c)
	l.put(&l.conns, c.ID, c.Link, c.EndedAt != 0, otherShare)
}

func (l *Live) addSession(s *analyze.SessionRecord) {
	n := l.counts[s.ID]
	l.scratch = l.scratch[:0]
	l.scratch.session(&analyze.SessionRecord{Session: s.Session, Errors: n.errors, Warnings: n.warnings, Notes: n.notes})
	ended := s.EndedAt != 0 || s.Conn.EndedAt != 0
	l.put(&l.sessions, s.ID, s.Conn.Link, ended, otherShare)
	if s.Conn.EndedAt != 0 {
		l.over = append(l.over, s.ID) // a PDU of the same batch asks once more
	}
}

func (l *Live) addPDU(p *analyze.PDU) {
	b := l.room(pduShare, p.Conn.Link)
	if b != nil {
		n := b.len()
		b.n++
		b.pdus.pdu(p)
		b.tlvs.tlvs(p)
		b.parts.part(p)
		l.octets += b.count(p.Conn.Link, b.len()-n)
	}
	// Its session counts it also when it was dropped.
	if s := p.Session; s != nil && !slices.Contains(l.touched, s) {
		l.touched = append(l.touched, s)
	}
}

// Shares of the queue, in eighths.
const (
	pduShare     = 6
	messageShare = 7
	otherShare   = 8
)

// full tells that what has a share of the queue has no room any more.
func (l *Live) full(share int64) bool { return l.octets >= l.opt.Queue/8*share }

// room gives the bundle that rows go to; nil: there is no room, and the record
// is dropped.
func (l *Live) room(share int64, link string) *bundle {
	if l.full(share) {
		l.drop(link, 1)
		return nil
	}
	if n := len(l.bundles); n > 0 && l.bundles[n-1].len() < bundleOctets {
		return l.bundles[n-1]
	}
	b := new(bundle)
	l.bundles = append(l.bundles, b)
	return b
}

// put keeps l.scratch as the newest state of a row. There is always room for
// a row that waits already.
func (l *Live) put(n *newest, id int64, link string, ended bool, share int64) {
	waits := n.waits(id)
	if !waits && l.full(share) {
		l.drop(link, 1)
		// What is open is written again when there is room.
		if !ended && len(n.rows) < keptRows {
			n.set(id, link, l.scratch, false)
			l.lacking = true
		} else {
			n.forget(id)
		}
		return
	}
	l.octets += n.put(id, link, l.scratch, ended)
}

func (l *Live) drop(link string, records int64) {
	reason := l.away
	if reason == "" {
		reason = reasonSlow
	}
	l.dropped[Drop{link, reason}] += records
	l.total += records
}

// NotStored gives how many records were dropped, by reason in words, as the
// capture's Stats.Caps tell it.
func (l *Live) NotStored() map[string]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.caps()
}

// Dropped gives how many records were dropped so far. It may be called at any
// time.
func (l *Live) Dropped() map[Drop]int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.dropped)
}

// State tells how the database is. It may be called at any time.
func (l *Live) State() LiveState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return LiveState{Away: l.away, Waiting: l.octets, Dropped: l.total}
}

// Place tells where the run is recorded. It may be called at any time.
func (l *Live) Place() Place {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.place
}

// Path is the name that was given. With Rotate it stands for several files
// (Files).
func (l *Live) Path() string { return l.path }

// Close stores what waits, marks the capture as ended and makes the indices
// that queries use. Its error counts the records that were still waiting when
// the time given for that was over; Dropped counts them too.
func (l *Live) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.mu.Unlock()
	close(l.stop)
	<-l.stopped
	return l.keeper.end
}

// caps are the dropped records as the statistics of a capture tell them.
func (l *Live) caps() map[string]int64 {
	out := make(map[string]int64)
	for d, n := range l.dropped {
		out[fmt.Sprintf("records not stored (%s)", reasonText[d.Reason])] += n
	}
	return out
}
