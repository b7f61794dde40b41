package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"golang.org/x/term"

	"smpptap/analyze"
	"smpptap/report"
)

// statusLine tells in the last line of a terminal how a proxy does, once a
// second. What is written through dress clears it first.
type statusLine struct {
	w       io.Writer // nil: no terminal, or -q
	fd      int
	mu      sync.Mutex
	drawn   bool
	others  bool // another process draws it
	pulse   pulse
	links   int
	dropped func() int64
}

func newStatusLine(w io.Writer, quiet bool) *statusLine {
	s := &statusLine{}
	if fd, ok := isTerminal(w); ok && !quiet {
		s.w, s.fd = w, fd
	}
	return s
}

// sinks feed it.
func (s *statusLine) sinks() []analyze.Sink {
	if s.w == nil {
		return nil
	}
	return []analyze.Sink{&s.pulse}
}

// dress makes w clear the line before it writes. Without a line it is w.
func (s *statusLine) dress(w io.Writer) io.Writer {
	if s.w == nil {
		return w
	}
	return &dressed{s, w}
}

type dressed struct {
	line *statusLine
	to   io.Writer
}

// Write implements io.Writer.
func (d *dressed) Write(p []byte) (int, error) {
	d.line.mu.Lock()
	defer d.line.mu.Unlock()
	d.line.clear()
	return d.to.Write(p)
}

// clear takes the line away; the caller holds mu.
func (s *statusLine) clear() {
	if s.drawn || s.others {
		fmt.Fprint(s.w, "\r\x1b[K")
		s.drawn = false
	}
}

// begin draws it until end is called. dropped is how many records were.
func (s *statusLine) begin(links int, dropped func() int64) (end func()) {
	if s.w == nil {
		return func() {}
	}
	s.links, s.dropped = links, dropped
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				s.draw()
			case <-stop:
				return
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
		s.mu.Lock()
		defer s.mu.Unlock()
		s.clear()
	}
}

func (s *statusLine) draw() {
	text := s.pulse.text(time.Now(), s.links, s.dropped())
	s.mu.Lock()
	defer s.mu.Unlock()
	if width, _, err := term.GetSize(s.fd); err == nil && width > 1 {
		text = report.Truncate(text, width-1)
	}
	fmt.Fprint(s.w, "\r\x1b[K", text)
	s.drawn = true
}

// pulseAnswers is of how many answers, the last ones, p99 is told.
const pulseAnswers = 2000

// pulse is what the line tells, counted by the pipeline.
type pulse struct {
	mu       sync.Mutex
	pdus     int64
	bound    map[int64]bool // connections
	findings map[findingKey]bool
	answers  []int64 // ring
	next     int

	at     time.Time // of the last text
	before int64     // PDUs then
}

// Write implements analyze.Sink.
func (p *pulse) Write(_ context.Context, records []analyze.Record) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bound == nil {
		p.bound, p.findings = map[int64]bool{}, map[findingKey]bool{}
	}
	for i := range records {
		switch r := &records[i]; r.Kind {
		case analyze.RecordPDU:
			p.pdus++
			if r.PDU.Request != 0 && r.PDU.Latency >= 0 {
				p.answer(r.PDU.Latency)
			}
		case analyze.RecordSession:
			c := r.Session.Conn
			if c.EndedAt == 0 && c.Session != nil && c.Session.State.Bound() {
				p.bound[c.ID] = true
			} else {
				delete(p.bound, c.ID)
			}
		case analyze.RecordConn:
			if r.Conn.EndedAt != 0 {
				delete(p.bound, r.Conn.ID)
			}
		case analyze.RecordFinding:
			p.findings[findingKeyOf(r.Finding)] = true
		}
	}
	return nil
}

// Close implements analyze.Sink.
func (*pulse) Close() error { return nil }

func (p *pulse) answer(ns int64) {
	if len(p.answers) < pulseAnswers {
		p.answers = append(p.answers, ns)
		return
	}
	p.answers[p.next] = ns
	p.next = (p.next + 1) % pulseAnswers
}

// text is the line.
func (p *pulse) text(now time.Time, links int, dropped int64) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	rate := int64(0)
	if d := now.Sub(p.at); !p.at.IsZero() && d > 0 {
		rate = int64(float64(p.pdus-p.before)/d.Seconds() + 0.5)
	}
	p.at, p.before = now, p.pdus
	slow := "-"
	if n := len(p.answers); n > 0 {
		sorted := slices.Sorted(slices.Values(p.answers))
		slow = report.Duration(sorted[n*99/100])
	}
	return fmt.Sprintf("links %d  sessions %s  PDU/s %s  p99 %s  findings %s  dropped %s", links, report.Count(int64(len(p.bound))),
		report.Count(rate), slow, report.Count(int64(len(p.findings))), report.Count(dropped))
}
