package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/report"
	"smpptap/store"
)

// shownFindings prints each finding when it is new.
type shownFindings struct {
	out   io.Writer
	opt   *report.Options
	time  string // as -t
	seen  map[findingKey]bool
	place func() store.Place // in the database; nil: numbers are the run's
	links bool               // there are several: each finding names its own
}

// findingKey tells findings apart. The id alone does not: at the cap of
// findings one takes over the id of another.
type findingKey struct {
	id   int64
	rule audit.RuleID
	conn int64
}

func findingKeyOf(f *audit.Finding) findingKey { return findingKey{f.ID, f.Rule, f.Connection} }

// Write implements analyze.Sink.
func (s *shownFindings) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		f := records[i].Finding
		if f == nil || s.seen[findingKeyOf(f)] {
			continue
		}
		s.seen[findingKeyOf(f)] = true
		if _, err := fmt.Fprintln(s.out, s.line(f)); err != nil {
			return closedPipe(err)
		}
	}
	return nil
}

// closedPipe ends the run when nobody reads the output any more.
func closedPipe(err error) error {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) {
		return analyze.ErrStop
	}
	return err
}

// line is a finding on one line.
func (s *shownFindings) line(f *audit.Finding) string {
	where := "-"
	var place store.Place
	if s.place != nil {
		place = s.place()
	}
	switch {
	case f.PDU != 0:
		where = fmt.Sprintf("pdu %d", f.PDU+place.PDU)
	case f.Connection != 0:
		where = fmt.Sprintf("conn %d", f.Connection+place.Conn)
	}
	if s.links && f.Where.Link != "" {
		where += " of " + report.Safe(f.Where.Link)
	}
	return fmt.Sprintf("%s  %-7s  %s  %s  %s", s.when(f.Time), f.Severity, f.Of().Name, where, report.Safe(f.Message))
}

// when is the time of day, or as -t wants it.
func (s *shownFindings) when(ns int64) string {
	t := time.Unix(0, ns)
	switch s.time {
	case "utc":
		return t.UTC().Format("15:04:05.000")
	case "epoch":
		return fmt.Sprintf("%d.%03d", t.Unix(), t.Nanosecond()/1e6)
	}
	return t.Format("15:04:05.000")
}

// Close implements analyze.Sink.
func (*shownFindings) Close() error { return nil }
