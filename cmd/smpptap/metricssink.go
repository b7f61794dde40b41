package main

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// metricsSink counts what the pipeline records. A PDU costs it two look-ups in
// small maps: counters are found once by their labels and kept.
type metricsSink struct {
	*metrics
	links    map[string]*linkCounters
	conns    map[int64]*connCounters // open ones
	ended    []int64                 // of conns: to be forgotten after the batch
	findings map[findingKey]findingCount
}

// linkCounters are a link's own.
type linkCounters struct {
	name     string
	pdus     [2]map[pduLabels]prometheus.Counter // by sender's side: ESME, SMSC
	response map[uint32]prometheus.Observer      // by command_id
	window   prometheus.Gauge
	lost     prometheus.Counter
	sessions [4]prometheus.Gauge // by bind type
}

// pduLabels are command_id and command_status, otherValue where the table
// names none.
type pduLabels struct{ id, status uint32 }

const otherValue = 0xFFFFFFFF

// connCounters are what of a connection stands in its link's gauges.
type connCounters struct {
	link        *linkCounters
	outstanding int
	bound       session.BindType
}

type findingCount struct {
	count int64
	link  *linkCounters // nil: the run as a whole
}

func newMetricsSink(m *metrics) *metricsSink {
	return &metricsSink{
		metrics: m, links: map[string]*linkCounters{}, conns: map[int64]*connCounters{},
		findings: map[findingKey]findingCount{},
	}
}

// Write implements analyze.Sink.
func (s *metricsSink) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		switch r := &records[i]; r.Kind {
		case analyze.RecordPDU:
			s.pdu(r.PDU)
		case analyze.RecordSession:
			s.session(r.Session.Session)
		case analyze.RecordConn:
			s.opened(r.Conn)
		case analyze.RecordFinding:
			s.finding(r.Finding)
		case analyze.RecordGap:
			s.link(r.Gap.Conn.Link).lost.Add(float64(lostOf(&r.Gap.Frame)))
		case analyze.RecordLost:
			s.link(r.Lost.Conn.Link).lost.Add(float64(r.Lost.Octets))
		}
	}
	for _, id := range s.ended {
		delete(s.conns, id)
	}
	s.ended = s.ended[:0]
	return nil
}

// lostOf is how many octets of what is no PDU were not analysed: what was lost
// itself, and what was thrown away behind it until framing found its place.
func lostOf(f *stream.Frame) int64 {
	switch {
	case f.Kind == stream.FrameGap, f.Cause == stream.GarbageMidstream:
		return max(f.Length, 0)
	}
	return f.Missing
}

// Close implements analyze.Sink.
func (*metricsSink) Close() error { return nil }

func (s *metricsSink) link(name string) *linkCounters {
	l := s.links[name]
	if l == nil {
		l = &linkCounters{name: linkLabel(name), response: map[uint32]prometheus.Observer{}}
		if name == "" {
			l.name = s.fallback
		}
		for i := range l.pdus {
			l.pdus[i] = map[pduLabels]prometheus.Counter{}
		}
		for t := session.BindTX; t <= session.BindTRX; t++ {
			l.sessions[t] = s.sessions.WithLabelValues(l.name, t.String())
		}
		l.window, l.lost = s.window.WithLabelValues(l.name), s.lost.WithLabelValues(l.name)
		s.links[name] = l
	}
	return l
}

func (s *metricsSink) conn(c *session.Conn) *connCounters {
	k := s.conns[c.ID]
	if k == nil {
		k = &connCounters{link: s.link(c.Link)}
		s.conns[c.ID] = k
	}
	return k
}

// opened takes a connection when it opens and when it ends.
func (s *metricsSink) opened(c *session.Conn) {
	k := s.conn(c)
	if c.EndedAt == 0 {
		return
	}
	k.wait(0)
	k.be(session.BindNone)
	s.ended = append(s.ended, c.ID)
}

// wait tells how many requests are outstanding.
func (k *connCounters) wait(n int) {
	if n != k.outstanding {
		k.link.window.Add(float64(n - k.outstanding))
		k.outstanding = n
	}
}

// session takes a session's state. One that is over is recorded again when its
// findings change.
func (s *metricsSink) session(ss *session.Session) {
	k := s.conns[ss.Conn.ID]
	switch {
	case k == nil || ss != ss.Conn.Session:
	case ss.State.Bound():
		k.be(ss.BindType)
	default:
		k.be(session.BindNone)
	}
}

func (k *connCounters) be(t session.BindType) {
	if t == k.bound {
		return
	}
	if k.bound != session.BindNone {
		k.link.sessions[k.bound].Dec()
	}
	if t != session.BindNone {
		k.link.sessions[t].Inc()
	}
	k.bound = t
}

func (s *metricsSink) pdu(p *analyze.PDU) {
	k := s.conn(p.Conn)
	labels := pduLabels{p.P.ID, p.P.Status}
	if p.P.Command == nil {
		labels.id = otherValue
	}
	if labels.status != 0 && s.dialect.Status(labels.status) == nil {
		labels.status = otherValue
	}
	side := 0
	if p.From == dissect.SMSC {
		side = 1
	}
	c := k.link.pdus[side][labels]
	if c == nil {
		c = s.pdus.WithLabelValues(k.link.name, p.Direction(), commandLabel(labels.id), s.statusLabel(labels.status))
		k.link.pdus[side][labels] = c
	}
	c.Inc()
	// Behind a hole nothing of the PDU is read.
	k.link.lost.Add(float64(max(0, int64(p.P.Length)-int64(len(p.P.Raw)))))
	if p.Request != 0 && p.Latency >= 0 {
		s.answer(k.link, p)
	}
	k.wait(p.Conn.Sides[stream.FromA].Outstanding + p.Conn.Sides[stream.FromB].Outstanding)
}

// answer counts a response under the command of its request; generic_nack
// answers any.
func (s *metricsSink) answer(l *linkCounters, p *analyze.PDU) {
	id := p.P.ID &^ dissect.ResponseBit
	if p.P.Command == nil {
		id = otherValue
	}
	o := l.response[id]
	if o == nil {
		name := commandLabel(id)
		if id == 0 {
			name = commandLabel(dissect.ResponseBit)
		}
		o = s.response.WithLabelValues(l.name, name)
		l.response[id] = o
	}
	o.Observe(float64(p.Latency) / 1e9)
}

// commandLabel is a command's name.
func commandLabel(id uint32) string {
	if c := dissect.CommandByID(id); c != nil {
		return c.Name
	}
	return "other"
}

func (m *metrics) statusLabel(v uint32) string {
	if d := m.dialect.Status(v); d != nil {
		return d.Name
	}
	return "other"
}

// finding counts what is new of a finding, under the severity it has now.
func (s *metricsSink) finding(f *audit.Finding) {
	key := findingKeyOf(f)
	n, known := s.findings[key]
	if !known {
		n.link = s.linkOf(f)
	}
	name := s.fallback
	if n.link != nil {
		name = n.link.name
	}
	if f.Count > n.count {
		s.metrics.findings.WithLabelValues(name, f.Of().Name, f.Severity.String()).Add(float64(f.Count - n.count))
		n.count = f.Count
	}
	s.findings[key] = n
}

// linkOf is where a finding was made.
func (s *metricsSink) linkOf(f *audit.Finding) *linkCounters {
	if c := s.conns[f.Connection]; c != nil {
		return c.link
	}
	if name := f.Where.Link; name != "" { // also of what carries no SMPP
		return s.link(name)
	}
	return nil
}
