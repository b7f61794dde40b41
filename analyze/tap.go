package analyze

import (
	"bytes"
	"fmt"
	"time"

	"smpptap/analyze/audit"
	"smpptap/stream"
)

const (
	// undecidedOctets bounds what all connections together hold while it is
	// not clear whether they carry SMPP.
	undecidedOctets = 32 << 20
	// heldCost is what an entry costs beside its octets.
	heldCost = 256
)

// feeder is stage A: it takes octets from the source, copies them once into
// chunks, recognises SMPP, frames, and fills batches. It runs on the source's
// goroutine.
type feeder struct {
	out       func(*batch) // takes a full batch
	next      func() *batch
	batch     *batch
	chunks    chunks
	chunk     *chunk // in which octets are put; nil: none yet
	laneOf    func(link string) *lane
	undecided int            // octets held by all connections
	capped    int64          // connections given up for it
	frames    []stream.Frame // scratch
	as        DecodeAs
	owned     bool              // octets come in chunks already, see drain
	awaited   map[*tap]struct{} // see await
}

// keep copies p into the current chunk and gives the copy, which lasts as long
// as the batches that its frames are added to before the next call.
func (f *feeder) keep(p []byte) []byte {
	if f.owned {
		return p
	}
	k := f.chunk
	if k == nil || len(p) > cap(k.octets)-len(k.octets) {
		if k != nil {
			f.chunks.leave(k)
		}
		k = f.chunks.take(len(p))
		f.chunk = k
	}
	n := len(k.octets)
	k.octets = append(k.octets, p...)
	return k.octets[n:len(k.octets):len(k.octets)]
}

func (f *feeder) add(it item) {
	f.batch.add(it)
	if f.chunk != nil {
		f.batch.use(f.chunk)
	}
	if len(f.batch.items) == batchSize {
		f.flush()
	}
}

func (f *feeder) flush() {
	if len(f.batch.items) > 0 {
		f.out(f.batch)
		f.batch = f.next()
	}
}

// end tells what was given up, and hands on what is left.
func (f *feeder) end() {
	if f.capped > 0 {
		f.Notice(stream.Notice{
			Kind: stream.NoticeCap, Count: f.capped,
			Text: fmt.Sprintf("connections settled early: more than %d octets waited to be recognised as SMPP", undecidedOctets),
		})
	}
	f.flush()
}

// Idle implements capture.Idler: who watches a growing file or a pipe sees at
// once what came. In a pause of a second stage C waits for nothing further
// (interfaces.md, direction).
func (f *feeder) Idle(waited time.Duration) {
	if waited >= time.Second {
		f.add(item{kind: itemPause})
	}
	f.flush()
}

// Open implements stream.Handler.
func (f *feeder) Open(c *stream.Conn) stream.Tap {
	t := &tap{feeder: f, link: &link{conn: c, lane: f.laneOf(c.Link)}}
	if smpp, told := f.as.of(c); told {
		t.forced, t.not = smpp, !smpp
		t.ignored = t.not
	}
	f.await(t)
	return t
}

// Notice implements stream.Handler.
func (f *feeder) Notice(n stream.Notice) {
	f.add(item{kind: itemNotice, at: n.Last, rare: &rare{notice: n}})
}

// tap is stage A's half of a connection.
type tap struct {
	*feeder
	link    *link
	framers [2]*stream.Framer

	// While it is not clear whether the connection carries SMPP, what comes
	// is held. held is nil afterwards.
	recogniser *stream.Recogniser
	held       []item
	heldOctets int
	smpp, not  bool
	forced     bool         // SMPP whatever the octets look like
	ignored    bool         // not SMPP whatever they look like
	told       bool         // as one that carries no SMPP
	ending     audit.Ending // of one that is not recognised yet
	octets     int64
	framed     int64 // of octets and gaps: handed on as frames
	gaps       int64
	holed      bool // a gap came, maybe of unknown length
	heard      bool // a packet of the end that opened the connection was seen
}

// Data implements stream.Tap.
func (t *tap) Data(dir stream.Dir, at stream.Stamp, p []byte) {
	t.octets += int64(len(p))
	switch {
	case t.smpp:
		t.push(dir, at, t.keep(p))
	case t.forced:
		t.accept()
		t.push(dir, at, t.keep(p))
	case !t.not:
		t.probe(dir, at, p)
	}
}

// probe holds octets until the connection is recognised.
func (t *tap) probe(dir stream.Dir, at stream.Stamp, p []byte) {
	if t.recogniser == nil {
		t.recogniser = stream.NewRecogniser(stream.RecogniserOptions{MaxPDU: t.link.lane.profile.MaxPDU(), Likely: t.likely()})
	}
	kept := bytes.Clone(p) // it may be held for long
	t.hold(item{kind: itemFrame, dir: dir, at: at, frame: stream.Frame{Octets: kept}})
	t.settle(t.recogniser.Push(dir, kept))
	t.restrict()
	if t.not && t.owned && t.link.conn.Expected {
		t.other(at, nil) // it may stay open for long
	}
}

// hold keeps an item until the connection is recognised.
func (t *tap) hold(it item) {
	t.held = append(t.held, it)
	cost := len(it.frame.Octets) + heldCost
	t.heldOctets += cost
	t.undecided += cost
}

// restrict settles the connection by what it showed so far when too much is
// held. One that showed nothing is no SMPP then, and nothing is said of it: the
// octets that would tell were not looked at.
func (t *tap) restrict() {
	if t.smpp || t.not || t.undecided <= undecidedOctets {
		return
	}
	t.capped++
	t.holed = true
	if t.recogniser == nil {
		t.settle(stream.NotSMPP)
		return
	}
	t.settle(t.recogniser.Close())
}

// other tells of a connection that carries no SMPP, once.
func (t *tap) other(at stream.Stamp, reason error) {
	if !t.told {
		t.told = true
		t.add(item{kind: itemOther, link: t.link, at: at, octets: t.octets, rare: &rare{name: t.protocol(), lost: t.lacking(), err: reason, ending: t.ending}})
	}
}

// lacking tells that what the opening end said may not be in the input.
func (t *tap) lacking() bool { return t.holed || !t.heard }

// likely tells that a port is SMPP's own or one the user named.
func (t *tap) likely() bool {
	c := t.link.conn
	return c.Expected || c.A.Port() == stream.SMPPPort || c.B.Port() == stream.SMPPPort
}

// settle acts on a verdict: SMPP lets go of what was held.
func (t *tap) settle(v stream.Verdict) {
	switch v {
	case stream.IsSMPP:
		t.accept()
	case stream.NotSMPP:
		t.not = true
		delete(t.awaited, t)
		t.undecided -= t.heldOctets
		t.held, t.heldOctets = nil, 0
	}
}

// accept opens the connection for stage C and replays what was held, in the
// order in which it came.
func (t *tap) accept() {
	t.smpp = true
	delete(t.awaited, t)
	t.undecided -= t.heldOctets
	t.add(item{kind: itemOpen, link: t.link, at: t.link.conn.Opened})
	for i := range t.framers {
		t.framers[i] = stream.NewFramer(stream.FramerOptions{MaxPDU: t.link.lane.profile.MaxPDU(), SmallPDU: t.link.lane.limits.SmallPDU, Midstream: !t.link.conn.SYN})
	}
	held := t.held
	t.held, t.heldOctets, t.recogniser = nil, 0, nil
	for i := range held {
		switch it := &held[i]; {
		case it.kind == itemEvent:
			t.event(it.dir, it.at, it.rare.event)
		case it.frame.Kind == stream.FrameGap:
			t.gap(it.dir, it.at, it.frame.Length)
		default:
			t.push(it.dir, it.at, it.frame.Octets)
		}
	}
}

func (t *tap) push(dir stream.Dir, at stream.Stamp, p []byte) {
	t.frames = t.framers[dir].Push(t.frames[:0], at, p)
	t.send(dir)
	t.framers[dir].Own() // the next octets may be long in coming
}

func (t *tap) gap(dir stream.Dir, at stream.Stamp, n int64) {
	t.frames = t.framers[dir].Gap(t.frames[:0], at, n)
	t.send(dir)
}

func (t *tap) event(dir stream.Dir, at stream.Stamp, e stream.Event) {
	t.add(item{kind: itemEvent, dir: dir, link: t.link, at: at, rare: &rare{event: e}})
}

// send hands the scratch frames on.
func (t *tap) send(dir stream.Dir) {
	for i := range t.frames {
		t.framed += max(t.frames[i].Length, 0)
		t.add(item{kind: itemFrame, dir: dir, link: t.link, at: t.frames[i].At, frame: t.frames[i]})
	}
	clear(t.frames)
}

// unsent is how many octets were taken and not handed on yet.
func (t *tap) unsent() int64 { return max(t.octets+t.gaps-t.framed, 0) }

// Gap implements stream.Tap.
func (t *tap) Gap(dir stream.Dir, at stream.Stamp, n int64) {
	t.gaps += max(n, 0)
	t.holed = true
	switch {
	case t.smpp:
		t.gap(dir, at, n)
	case !t.not:
		t.hold(item{kind: itemFrame, dir: dir, at: at, frame: stream.Frame{Kind: stream.FrameGap, Length: n}})
		if t.recogniser != nil {
			t.settle(t.recogniser.Gap(dir, n))
		}
		t.restrict()
	}
}

// Event implements stream.Tap.
func (t *tap) Event(dir stream.Dir, at stream.Stamp, e stream.Event) {
	t.heard = t.heard || e.Kind == stream.EventSeen && dir == stream.FromA
	if !t.smpp {
		if t.ending.At == 0 && (e.Kind == stream.EventFIN || e.Kind == stream.EventRST) {
			t.ending = audit.Ending{By: dir, At: at.Time}
		}
		switch it := (item{kind: itemEvent, dir: dir, at: at, rare: &rare{event: e}}); {
		case t.not:
		case e.Kind == stream.EventSeen: // twice at most: those of connections that say nothing yet cost no other its place
			t.held = append(t.held, it)
		default:
			t.hold(it)
			t.restrict()
		}
		return
	}
	t.event(dir, at, e)
}

// Close implements stream.Tap.
func (t *tap) Close(at stream.Stamp, reason error) {
	delete(t.awaited, t)
	if !t.smpp && !t.not {
		v := stream.NotSMPP
		if t.recogniser != nil {
			v = t.recogniser.Close()
		}
		if v != stream.IsSMPP && t.link.conn.Expected && t.octets > 0 && t.protocol() == "" {
			v = stream.IsSMPP // where SMPP is expected, too little to tell is judged as SMPP
		}
		t.settle(v)
	}
	if !t.smpp {
		t.other(at, reason)
		return
	}
	for dir := stream.FromA; dir <= stream.FromB; dir++ {
		t.frames = t.framers[dir].Close(t.frames[:0], at, reason == nil)
		t.send(dir)
	}
	t.add(item{kind: itemClose, link: t.link, at: at, rare: &rare{err: reason}})
}

func (t *tap) protocol() string {
	if t.ignored {
		return "not decoded, as -d says"
	}
	if t.recogniser == nil {
		return ""
	}
	return t.recogniser.Protocol()
}
