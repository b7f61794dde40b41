package analyze

import (
	"context"
	"errors"
	"slices"

	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// judge is the state of stage C.
type judge struct {
	number  int64 // of the last PDU
	now     int64
	capture Capture
	begun   bool

	records []Record
	pdus    []PDU
	tally   tally
	mask    masker
	numbers numbers
	read    uint64 // by readAhead
}

func (j *judge) init() {
	j.pdus = make([]PDU, 0, batchSize)
	j.tally.init()
}

// judgeAll is stage C.
func (p *Pipeline) judgeAll(ctx context.Context) error {
	readAhead, item, finish := p.readAhead, p.item, p.finish
	if p.opt.live() {
		readAhead, item, finish = p.readAheadSafely, p.itemSafely, p.finishSafely
	}
	for len(p.ahead) > 0 || p.fetch() {
		b := p.ahead[0]
		readAhead(b)
		for i := range b.items {
			item(b, i)
		}
		if err := p.deliver(ctx); err != nil {
			return err
		}
		p.ahead = append(p.ahead[:0], p.ahead[1:]...)
		p.give(b)
	}
	finish()
	return p.deliver(ctx)
}

// item judges one item.
func (p *Pipeline) item(b *batch, i int) {
	it := &b.items[i]
	if !p.begun && it.kind != itemNotice {
		p.begin(it.at.Time) // which is 0 where packets bear no time
	}
	p.clock(it.at)
	l := it.link
	switch it.kind {
	case itemOpen:
		l.tracked = l.lane.tracker.Open(l.conn)
		p.capture.Stats.Connections++
		p.record(Record{Kind: RecordConn, Conn: l.tracked})
	case itemFrame:
		p.frame(i, it)
	case itemEvent:
		p.events(l.lane, l.lane.tracker.Event(l.tracked, it.dir, it.at, it.rare.event))
		l.lane.auditor.Event(l.tracked, it.dir, it.at, it.rare.event)
	case itemClose:
		p.events(l.lane, l.lane.tracker.Close(l.tracked, it.at, it.rare.err))
	case itemOther:
		p.other(l, it)
	case itemNotice:
		p.capture.Stats.add(it.rare.notice)
		p.lanes[0].auditor.Notice(it.rare.notice) // once: it is said of the input as a whole
	}
}

// other judges a connection without SMPP.
func (p *Pipeline) other(l *link, it *item) {
	name := it.rare.name
	if errors.Is(it.rare.err, stream.ErrUnreached) {
		name = audit.Unreached
	}
	if it.octets == 0 && errors.Is(it.rare.err, stream.ErrInputEnd) { // it may still speak
		if !it.rare.lost {
			l.lane.auditor.MuteConn(l.conn)
		}
		return
	}
	p.capture.Stats.other(name)
	l.lane.auditor.OtherConn(l.conn, name, it.octets, it.rare.lost, it.rare.ending)
}

// clock takes time on and judges the silence up to it.
func (p *Pipeline) clock(at stream.Stamp) {
	if at.Time <= p.now {
		return
	}
	p.now = at.Time
	for _, l := range p.lanes {
		l.auditor.Clock(p.now)
		p.events(l, l.tracker.Expire(p.now))
		l.auditor.Expire(p.now)
	}
}

// begin opens the record of the capture.
func (p *Pipeline) begin(at int64) {
	p.begun = true
	s := p.capture.Stats
	s.Profiles = p.linkProfiles()
	p.capture = Capture{
		Kind: p.opt.Kind, Source: p.opt.Source, Profile: p.profiles(), Version: p.opt.Version,
		StartedAt: at, Stats: s,
	}
	p.record(Record{Kind: RecordCapture, Capture: &p.capture})
}

// frame judges a frame.
func (p *Pipeline) frame(i int, it *item) {
	c, l := it.link.tracked, it.link.lane
	if it.pdu == nil {
		p.skip(l, c, it)
		return
	}
	if !c.Decided {
		p.decide(l, c, i)
	}
	p.number++
	p.capture.Stats.PDUs++
	o, events := l.tracker.Observe(c, it.dir, p.number, &it.frame, it.pdu)
	o.Clean = it.clean
	l.auditor.Observe(o, it.digest, events)
	p.sessions(events)
	p.emit(l, o)
	p.follow(l, o, events)
	for _, pair := range l.tracker.Paired() {
		p.record(Record{Kind: RecordPair, Pair: &Pair{pair.Request, pair.Response, pair.Latency}})
	}
}

// skip judges octets that are no PDU.
func (p *Pipeline) skip(l *lane, c *session.Conn, it *item) {
	s := &p.capture.Stats
	if it.frame.Kind == stream.FrameGap {
		s.LostOctets += max(it.frame.Length, 0)
	} else {
		s.Garbage += it.frame.Length
	}
	p.events(l, l.tracker.Skip(c, it.dir, &it.frame))
	l.auditor.Frame(c, it.dir, &it.frame)
	g := &Gap{Conn: c, Dir: it.dir, Frame: it.frame}
	g.Frame.Octets = p.mask.frame(c, &it.frame)
	p.record(Record{Kind: RecordGap, Gap: g})
}

// events passes on what time or a connection's end caused.
func (p *Pipeline) events(l *lane, events []session.Event) {
	if len(events) > 0 {
		l.auditor.Events(events)
		p.sessions(events)
		p.follow(l, nil, events)
	}
}

// sessions records what events changed of connections and sessions.
func (p *Pipeline) sessions(events []session.Event) {
	for i := range events {
		switch e := &events[i]; e.Kind {
		case session.EventSessionStart, session.EventBind, session.EventBindRefused, session.EventSessionEnd:
			p.record(Record{Kind: RecordSession, Session: p.tally.session(e.Session)})
		case session.EventConnEnd:
			p.record(Record{Kind: RecordConn, Conn: e.Conn})
		}
	}
}

// emit records the PDU just observed, masked.
func (p *Pipeline) emit(l *lane, o *session.Observed) {
	p.pdus = append(p.pdus, PDU{}) // filled in place, see session.Tracker.Observe
	r := &p.pdus[len(p.pdus)-1]
	r.Number, r.Conn, r.Session = o.Number, o.Conn, o.Session
	r.SystemID, r.BindType = o.Session.SystemID, o.Session.BindType
	r.Dir, r.From, r.At, r.Dialect = o.Dir, o.From, o.Frame.At, l.dialect
	r.P, r.Plain = p.mask.pdu(o, p.opt.Redact)
	r.Missing, r.Request, r.Latency = o.Frame.Missing, o.Request, o.Latency
	l.auditor.Recorded(o, r.P)
	if issues := l.auditor.Issues(); len(issues) > 0 {
		r.Issues = p.mask.issues(r.Issues, issues)
	}
	if named := l.auditor.Named(); len(named) > 0 {
		r.Findings = append([]*audit.Rule(nil), named...)
	}
	if r.Parts = l.auditor.Parts(); r.Parts != nil {
		p.mask.parts(r.Parts, p.opt.Redact)
	}
	if p.opt.Texts {
		r.Message, r.Receipt = dissect.ReadMessage(r.P, o.From, l.dialect)
	}
	p.records = append(p.records, Record{})
	last := &p.records[len(p.records)-1]
	last.Kind, last.PDU = RecordPDU, r
}

func (p *Pipeline) record(r Record) { p.records = append(p.records, r) }

// finish judges what the end of the input leaves.
func (p *Pipeline) finish() {
	if !p.begun {
		p.begin(p.now)
	}
	end := stream.Stamp{Time: p.now}
	for _, l := range p.lanes {
		for _, c := range l.tracker.Conns() {
			p.events(l, l.tracker.Close(c, end, stream.ErrInputEnd))
		}
		l.auditor.Finish(p.now)
		if n := l.auditor.NotKept(); n > 0 {
			p.capture.Stats.add(stream.Notice{Kind: stream.NoticeCap, Text: "findings", Count: n})
		}
	}
	p.capture.EndedAt = max(p.now, 1)
}

// last records what stands behind all others: the scorecard and the end of
// the capture.
func (p *Pipeline) last() {
	checks := slices.Clone(p.lanes[0].auditor.Checks())
	checks = checks[:min(len(checks), len(audit.Rules))]
	for i := range checks {
		c := &checks[i]
		off := p.lanes[0].auditor.Off(c.Rule)
		for _, l := range p.lanes[1:] {
			c.Add(&l.auditor.Checks()[i])
			off = off && l.auditor.Off(c.Rule)
		}
		p.record(Record{Kind: RecordCheck, Check: c, Off: off})
	}
	p.lastOwn()
	p.record(Record{Kind: RecordCapture, Capture: &p.capture})
}

// lastOwn records the users' own rules. Profiles may have some in common.
func (p *Pipeline) lastOwn() {
	at := make(map[string]int)
	var own []Record
	for _, l := range p.lanes {
		checks := l.auditor.Checks()
		for _, c := range checks[min(len(checks), len(audit.Rules)):] {
			off := l.auditor.Off(c.Rule)
			if i, known := at[c.Own.Name]; known {
				own[i].Check.Add(&c)
				own[i].Off = own[i].Off && off
				continue
			}
			at[c.Own.Name] = len(own)
			c.Rule = audit.RuleOwn + audit.RuleID(len(own))
			own = append(own, Record{Kind: RecordCheck, Check: &c, Off: off})
		}
	}
	p.records = append(p.records, own...)
}

// ErrFindings is that of a live run that has more findings than it keeps.
var ErrFindings = errors.New("there are more findings than are kept: the less severe give way, and of what finds no place only the checks are counted, until the next start")

// crowding tells of it when it begins: a live run's end may be months away.
func (p *Pipeline) crowding() {
	if p.crowded || p.opt.Failed == nil || !p.opt.live() {
		return
	}
	p.crowded = slices.ContainsFunc(p.lanes, func(l *lane) bool { return l.auditor.NotKept() > 0 })
	if p.crowded {
		p.opt.Failed(ErrFindings)
	}
}

// deliver hands the records of a batch to the sinks.
func (p *Pipeline) deliver(ctx context.Context) error {
	p.crowding()
	p.dropped()
	for _, l := range p.lanes {
		for _, f := range l.auditor.Changed() {
			p.record(Record{Kind: RecordFinding, Finding: RedactFinding(f, p.opt.Redact)})
			if s := p.tally.finding(f); s != nil {
				p.record(Record{Kind: RecordSession, Session: s})
			}
		}
		p.changedMessages(l)
	}
	if p.capture.EndedAt != 0 {
		p.last()
	}
	var err error
	for i, s := range p.opt.Sinks {
		if p.broken[i] != nil {
			continue
		}
		e := p.write(ctx, s)
		switch {
		case e == nil || errors.Is(err, e):
		case p.opt.live() && !errors.Is(e, ErrStop):
			p.without(i, e)
		default:
			err = errors.Join(err, e)
		}
	}
	clear(p.records)
	clear(p.pdus)
	p.records, p.pdus = p.records[:0], p.pdus[:0]
	p.mask.reset()
	return err
}

func (p *Pipeline) write(ctx context.Context, s Sink) error {
	if p.opt.live() {
		return writeSafely(ctx, s, p.records)
	}
	return s.Write(ctx, p.records)
}

// dropped takes the findings that others have replaced out of the counts of
// their sessions.
func (p *Pipeline) dropped() {
	t := &p.tally
	for _, l := range p.lanes {
		for _, f := range l.auditor.Dropped() {
			r := t.sessions[f.SessionOf()]
			if r == nil {
				continue
			}
			if n := r.count(t.counted[f.ID]); n != nil {
				*n--
				delete(t.counted, f.ID)
				p.record(Record{Kind: RecordSession, Session: r})
			}
		}
	}
}

// without goes on without a sink.
func (p *Pipeline) without(sink int, err error) {
	p.broken[sink] = err
	if p.opt.Failed != nil {
		p.opt.Failed(err)
	}
}
