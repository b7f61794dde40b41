package report

import (
	"context"
	"net/netip"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// maxLines bounds the connections and sessions that a summary keeps apart;
// those beyond it are only counted. maxShown of the connections are listed.
const maxLines = 65536

// Summary is a sink that collects what `analyze` prints. Its memory is
// bounded: connections and sessions by maxLines, findings by the auditor's
// cap, unanswered messages to one bit a PDU.
type Summary struct {
	capture  analyze.Capture
	conns    map[int64]*connLine
	order    []*connLine
	sessions map[int64]*sessionLine
	last     int64 // the last session: they are numbered from 1
	findings findings
	messages messages
	// Live counts, for the time before the capture has ended.
	pdus int64
}

// connLine is what the summary keeps of a connection.
type connLine struct {
	id         int64
	a, b       netip.AddrPort
	esme       stream.Dir
	decided    bool
	basis      session.Basis
	end        session.EndKind
	endedBy    stream.Dir
	toSMSC     int64
	toESME     int64
	windows    [2]int // largest, by the requester: ESME, SMSC
	sessions   []*sessionLine
	incomplete bool
}

// sessionLine is what the summary keeps of a session.
type sessionLine struct {
	id      int64
	session session.Session // a copy without Conn
	answers [2]histogram    // by who answers: SMSC, ESME
}

// NewSummary makes an empty summary.
func NewSummary() *Summary {
	return &Summary{conns: make(map[int64]*connLine), sessions: make(map[int64]*sessionLine)}
}

// Write implements analyze.Sink.
func (s *Summary) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		r := &records[i]
		switch r.Kind {
		case analyze.RecordCapture:
			s.capture = *r.Capture
		case analyze.RecordConn:
			s.conn(r.Conn)
		case analyze.RecordSession:
			s.session(r.Session.Session)
		case analyze.RecordPDU:
			s.pdu(r.PDU)
		case analyze.RecordPair:
			s.messages.pair(r.Pair)
		case analyze.RecordFinding:
			s.findings.finding(r.Finding)
		case analyze.RecordCheck:
			s.findings.check(r.Check, r.Off)
		}
	}
	return nil
}

// Close implements analyze.Sink.
func (s *Summary) Close() error { return nil }

func (s *Summary) conn(c *session.Conn) *connLine {
	l := s.conns[c.ID]
	if l == nil {
		if len(s.conns) >= maxLines {
			return nil
		}
		l = &connLine{id: c.ID, a: c.A, b: c.B}
		s.conns[c.ID] = l
		s.order = append(s.order, l)
	}
	l.esme, l.decided, l.basis = c.ESME, c.Decided, c.Basis
	l.end, l.endedBy = c.End, c.EndedBy
	esme, smsc := c.Of(dissect.ESME), c.Of(dissect.SMSC)
	l.toSMSC, l.toESME = esme.PDUs, smsc.PDUs
	l.windows = [2]int{esme.MaxOutstanding, smsc.MaxOutstanding}
	l.incomplete = !c.Complete()
	return l
}

func (s *Summary) session(x *session.Session) *sessionLine {
	s.last = max(s.last, x.ID)
	l := s.sessions[x.ID]
	if l == nil {
		c := s.conns[x.Conn.ID]
		if c == nil {
			c = s.conn(x.Conn)
		}
		if c == nil || len(s.sessions) >= maxLines {
			return nil
		}
		l = &sessionLine{id: x.ID}
		s.sessions[x.ID] = l
		c.sessions = append(c.sessions, l)
	}
	l.session = *x
	l.session.Conn = nil
	return l
}

func (s *Summary) pdu(p *analyze.PDU) {
	s.pdus++
	s.messages.pdu(p)
	if p.Request == 0 || p.Latency < 0 {
		return
	}
	l := s.sessions[p.Session.ID]
	if l == nil {
		if l = s.session(p.Session); l == nil {
			return
		}
	}
	if p.From == dissect.ESME {
		l.answers[1].add(p.Latency)
	} else {
		l.answers[0].add(p.Latency)
	}
}

// findings keeps the findings and the scorecard of a run.
type findings struct {
	all    []audit.Finding
	at     map[int64]int // by id
	checks []audit.Check
	off    map[string]bool
}

func (f *findings) finding(x *audit.Finding) {
	if i, known := f.at[x.ID]; known {
		f.all[i] = *x
		return
	}
	if f.at == nil {
		f.at = make(map[int64]int)
	}
	f.at[x.ID] = len(f.all)
	f.all = append(f.all, *x)
}

func (f *findings) check(c *audit.Check, off bool) {
	f.checks = append(f.checks, *c)
	if off {
		if f.off == nil {
			f.off = make(map[string]bool)
		}
		f.off[c.Of().Name] = true
	}
}
