package session

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"smpptap/dissect"
	"smpptap/stream"
)

// Options are a Tracker's. Zero values mean the stated default.
type Options struct {
	// ResponseSMSC and ResponseESME are how long that side may take to
	// answer. Default 30 s.
	ResponseSMSC, ResponseESME time.Duration
	// Fallback gives the version in force when the bind response has no
	// sc_interface_version; nil: the bind's own.
	Fallback func(interfaceVersion uint8, bind dissect.Version) dissect.Version
	// EarlyWait is how far the requester's direction must have passed a
	// response before it counts as unmatched, HalfClose how long a connection
	// with a lone FIN may stay without data until it has ended. Default 2 s.
	EarlyWait, HalfClose time.Duration
	// Ports are SMSC ports beside 2775.
	Ports []uint16
	// MaxOutstanding and MaxTotal bound the requests kept, for a connection
	// and in all. Default 65,536 and 1,048,576.
	MaxOutstanding, MaxTotal int
	// LastID is the last session's number, where several Trackers share them;
	// nil: the Tracker counts for itself, from 1.
	LastID *int64
}

// Tracker follows all connections of a run.
type Tracker struct {
	opt   Options
	now   int64
	conns map[int64]*Conn

	events      []Event
	paired      []Pair
	timers      timers
	outstanding int
	early       int // responses that wait for a request
	free, spent *Request

	observed   Observed
	scratchPDU dissect.PDU
	scratchReq Request
}

// Pair is a response that was matched after it had been observed.
type Pair struct {
	Request, Response int64
	Latency           int64
}

// New makes a Tracker.
func New(opt Options) *Tracker {
	def := func(d *time.Duration, usual time.Duration) { *d = cmp.Or(*d, usual) }
	def(&opt.ResponseSMSC, 30*time.Second)
	def(&opt.ResponseESME, 30*time.Second)
	def(&opt.EarlyWait, 2*time.Second)
	def(&opt.HalfClose, 2*time.Second)
	if opt.MaxOutstanding == 0 {
		opt.MaxOutstanding = 65_536
	}
	if opt.MaxTotal == 0 {
		opt.MaxTotal = 1 << 20
	}
	if opt.LastID == nil {
		opt.LastID = new(int64)
	}
	return &Tracker{opt: opt, conns: make(map[int64]*Conn)}
}

// Open takes a new connection.
func (t *Tracker) Open(sc *stream.Conn) *Conn {
	c := &Conn{Conn: sc}
	t.conns[sc.ID] = c
	return c
}

// begin starts a call: time goes on, what the last call lent is taken back.
func (t *Tracker) begin(now int64) {
	t.now = max(t.now, now)
	t.reclaim()
	clear(t.events)
	t.events = t.events[:0]
	t.paired = t.paired[:0]
}

func (t *Tracker) emit(e Event) { t.events = append(t.events, e) }

// Observe takes the next PDU of a connection whose ESME is decided. What it
// returns is lent until the next call of the Tracker.
func (t *Tracker) Observe(c *Conn, dir stream.Dir, number int64, f *stream.Frame, p *dissect.PDU) (*Observed, []Event) {
	t.begin(f.At.Time)
	side := c.touch(dir, f)
	side.PDUs++
	side.LastPDU = f.At.Time
	if f.Missing > 0 {
		side.Cut++
		side.Lost += f.Missing
		side.GapAt = f.At.Time
	}
	o := &t.observed
	// Filled in place: a processor that copies what it has just written, in
	// larger steps, waits until it is in its cache.
	*o = Observed{}
	o.Conn, o.Dir, o.From, o.Number = c, dir, c.Sender(dir), number
	o.Frame, o.Time, o.PDU = f, f.At.Time, p
	o.Latency, o.Cut, o.Packing = -1, f.Missing > 0, side.packing(f)
	t.passEarly(c, dir, f.At.Time)
	t.enter(c, o)
	if ss := o.Session; ss != nil && ss.BindSeen && !ss.BindAnswered && !c.Sides[dir.Other()].captured() {
		ss.offerUnseen() // the answer's direction is not captured
	}
	if p.ID&dissect.ResponseBit != 0 {
		t.respond(c, o)
	} else {
		t.request(c, o)
	}
	return o, t.events
}

// Paired gives the pairs that the last Observe made of earlier responses.
func (t *Tracker) Paired() []Pair { return t.paired }

// packing tells how a PDU lies in its packets.
func (s *SideState) packing(f *stream.Frame) (p Packing) {
	if f.Began.Frame == s.lastFrame && s.lastFrame != 0 {
		p = PackedBehind
	}
	if f.Began.Frame != f.At.Frame {
		p |= PackedSplit
	}
	s.lastFrame = f.At.Frame
	return p
}

// touch notes octets of a direction.
func (c *Conn) touch(dir stream.Dir, f *stream.Frame) *SideState {
	s := &c.Sides[dir]
	if s.FirstAt == 0 {
		s.FirstAt = f.Began.Time
	}
	s.LastAt = f.At.Time
	s.Octets += int64(len(f.Octets))
	return s
}

// enter finds or opens the PDU's session.
func (t *Tracker) enter(c *Conn, o *Observed) {
	s := c.Session
	next := s != nil && s.State == StateUnbound && dissect.IsBind(o.PDU.ID)
	if next {
		t.endSession(c, o.Time)
	}
	if s == nil || next {
		s = t.startSession(c, o)
	}
	if dissect.IsBind(o.PDU.ID) && !s.BindSeen && s.State.Bound() && c.early[o.Dir.Other()].has(o.PDU.Sequence, o.PDU.ID) {
		s.State = StateOpen // its response came first, and is the one that bound the session
	}
	o.Session, o.Before = s, s.State
	o.AfterUnbind = s.State == StateUnbound
	if o.From == dissect.ESME {
		s.PDUsToSMSC++
	} else {
		s.PDUsToESME++
	}
}

func (t *Tracker) startSession(c *Conn, o *Observed) *Session {
	*t.opt.LastID++
	s := &Session{ID: *t.opt.LastID, Conn: c, StartedAt: o.Time}
	lost := c.Sides[0].GapAt != 0 || c.Sides[1].GapAt != 0
	if c.SYN && !lost || dissect.IsBind(o.PDU.ID) || o.PDU.ID == dissect.CmdOutbind || c.Session != nil {
		s.State = StateOpen
	}
	c.Session, o.SessionStart = s, true
	t.emit(Event{Kind: EventSessionStart, Conn: c, Session: s, Time: o.Time, PDU: o.PDU})
	return s
}

func (t *Tracker) endSession(c *Conn, at int64) {
	s := c.Session
	if s == nil {
		return
	}
	if s.EndedAt == 0 {
		s.EndedAt = at
	}
	t.emit(Event{Kind: EventSessionEnd, Conn: c, Session: s, Time: at})
}

// request notes what a request changes and enters it as outstanding.
func (t *Tracker) request(c *Conn, o *Observed) {
	s := o.Session
	switch id := o.PDU.ID; {
	case dissect.IsBind(id):
		t.bindRequested(s, o.PDU)
	case id == dissect.CmdOutbind && s.State == StateOpen:
		s.State = StateOutbound
	case id == dissect.CmdUnbind:
		s.UnbindBy = o.From
	}
	if !s.BindSeen && s.State == StateUnknown {
		presume(s, o.PDU.ID)
	}
	if o.PDU.Command == nil {
		r := t.newRequest(c, o)
		if t.matchEarlyNack(c, r) {
			return
		}
		if old := c.tables[o.Dir].unknown; old != nil {
			t.recycle(old)
		}
		c.tables[o.Dir].unknown = r
		return
	}
	if o.PDU.Command.Response != 0 {
		t.register(c, o)
	}
}

// Skip takes octets that are no PDU: a gap, garbage or a tail.
func (t *Tracker) Skip(c *Conn, dir stream.Dir, f *stream.Frame) []Event {
	t.begin(f.At.Time)
	if f.Kind != stream.FrameGap {
		c.touch(dir, f).Octets += f.Length - int64(len(f.Octets))
		if f.Cause != stream.GarbageMidstream {
			return t.events
		}
	}
	s := &c.Sides[dir]
	s.Gaps++
	s.GapAt = max(f.At.Time, 1)
	if f.Kind == stream.FrameGap {
		s.Lost += max(f.Length, 0)
	}
	switch ss := c.Session; {
	case ss == nil:
	case ss.State == StateOpen && !ss.BindSeen:
		ss.State = StateUnknown // the bind may have stood in the gap
	case ss.BindSeen && !ss.BindAnswered && c.Sender(dir) == dissect.SMSC:
		ss.offerUnseen() // its answer may have
	}
	return t.events
}

// Event takes what happened to a connection beside its octets.
func (t *Tracker) Event(c *Conn, dir stream.Dir, at stream.Stamp, e stream.Event) []Event {
	t.begin(at.Time)
	s := &c.Sides[dir]
	switch e.Kind {
	case stream.EventFIN:
		if s.FINAt == 0 {
			s.FINAt = at.Time
		}
		t.ended(c, dir, at.Time, EndHalf)
		t.passEarly(c, dir, at.Time+int64(t.opt.EarlyWait))
		if c.Sides[dir.Other()].FINAt != 0 && c.End == EndHalf {
			c.End = EndFIN
		}
	case stream.EventRST:
		s.RSTAt = at.Time
		c.End = EndNone
		t.ended(c, dir, at.Time, EndRST)
	case stream.EventConflict:
		c.Conflicts++
	case stream.EventSeen:
		s.Seen = true
	case stream.EventBehind:
		c.Unordered = true
	case stream.EventMissed:
		c.Sides[dir.Other()].GapAt = max(at.Time, 1)
	}
	return t.events
}

// ended notes the first sign of a connection's end.
func (t *Tracker) ended(c *Conn, dir stream.Dir, at int64, how EndKind) {
	if c.End == EndHalf && how == EndHalf && at < c.EndedAt {
		c.EndedBy, c.EndedAt = dir, at // this FIN waited for a hole
	}
	if c.End != EndNone {
		return
	}
	c.End = how
	if c.EndedAt == 0 || how == EndRST {
		c.EndedBy, c.EndedAt = dir, at
	}
}

// Close takes a connection's end. reason is what stream.Tap.Close was given.
func (t *Tracker) Close(c *Conn, at stream.Stamp, reason error) []Event {
	t.begin(at.Time)
	switch {
	case errors.Is(reason, stream.ErrInputEnd):
		t.settleOpen(c)
		return t.events
	case errors.Is(reason, stream.ErrReused):
		t.ended(c, stream.FromA, at.Time, EndReused)
	case errors.Is(reason, stream.ErrEvicted), errors.Is(reason, stream.ErrLost):
		t.ended(c, stream.FromA, at.Time, EndUnknown)
	}
	t.expire()
	t.finish(c, EventAbandoned, at.Time, 0)
	return t.events
}

// settleOpen ends a connection that was open when the input ended: what waits
// is open, not missing. After a lone FIN it counts as ended, but what could
// still have come is in doubt.
func (t *Tracker) settleOpen(c *Conn) {
	t.expire()
	kind, doubt := EventAbandoned, Doubt(0)
	if c.End == EndNone {
		kind = EventOpen
	}
	if kind == EventOpen || c.cutShort(t.now, int64(t.opt.HalfClose)) {
		doubt = DoubtEnd
	}
	t.finish(c, kind, t.now, doubt)
}

// cutShort tells that the input ended within the time in which a lone FIN may
// still be followed by data.
func (c *Conn) cutShort(now, halfClose int64) bool {
	return c.End == EndHalf && now-c.EndedAt < halfClose
}

// finish raises the last events of a connection, with what puts answers that
// were not seen in doubt.
func (t *Tracker) finish(c *Conn, kind EventKind, at int64, doubt Doubt) {
	if c.closed {
		return
	}
	t.endEarly(c)
	for dir := range c.tables {
		tab := &c.tables[dir]
		for _, l := range [...]*list{&tab.overdue, &tab.waiting} {
			for r := l.first; r != nil; r = l.first {
				t.finishRequest(c, r, kind, at, doubt)
			}
		}
	}
	t.endSession(c, at)
	c.closed = true
	if s := c.Session; s != nil && kind == EventAbandoned && s.State != StateUnbound && s.State != StateUnknown {
		s.State = StateClosed
	}
	t.emit(Event{Kind: EventConnEnd, Conn: c, Session: c.Session, Time: at})
	delete(t.conns, c.ID)
	c.tables = [2]table{}
}

func (t *Tracker) finishRequest(c *Conn, r *Request, kind EventKind, at int64, doubt Doubt) {
	r.Doubt |= c.answerDoubt(r) | doubt
	t.emit(Event{Kind: kind, Conn: c, Session: r.Session, Req: r, Time: at, Latency: -1, Doubt: r.Doubt})
	t.drop(r)
}

// Conns gives the open connections in order of their ids, for the end of an
// input whose source did not close them.
func (t *Tracker) Conns() []*Conn {
	out := make([]*Conn, 0, len(t.conns))
	for _, c := range t.conns {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b *Conn) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
