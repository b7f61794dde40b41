package report

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"smpptap/analyze"
	"smpptap/analyze/filter"
	"smpptap/dissect"
)

// Stat is a statistic of -z. It counts PDUs where tshark counts packets, and as
// there -Y does not limit what it counts.
type Stat interface {
	sieves() []*Sieve
	count(p *analyze.PDU)
	print(w *bufio.Writer, o *Options) error
}

// Stats is a sink that counts for statistics and prints them when it is closed.
type Stats struct {
	w    io.Writer
	opt  *Options
	list []Stat
}

// NewStats makes Stats that print to w.
func NewStats(w io.Writer, opt *Options, list []Stat) *Stats { return &Stats{w, opt, list} }

// Write implements analyze.Sink.
func (s *Stats) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		if r := &records[i]; r.Kind == analyze.RecordPDU {
			for _, stat := range s.list {
				stat.count(r.PDU)
			}
		} else if r.Kind == analyze.RecordCapture {
			for _, stat := range s.list {
				if x, ok := stat.(*ioStat); ok {
					x.span(r.Capture)
				}
			}
		}
	}
	return nil
}

// Close implements analyze.Sink.
func (s *Stats) Close() error {
	w := bufio.NewWriterSize(s.w, 64<<10)
	for _, stat := range s.list {
		if err := stat.print(w, s.opt); err != nil {
			return err
		}
	}
	return w.Flush()
}

// StatNames are the statistics that there are, as -z takes them.
func StatNames() []string {
	return []string{"smpp_commands,tree", "io,stat,INTERVAL[,FILTER]...", "smpp,srt[,FILTER]"}
}

// ParseStat reads the argument of -z. parse reads a filter.
func ParseStat(arg string, d *dissect.Dialect, parse func(string) (*filter.Filter, error)) (Stat, error) {
	name, rest := arg, ""
	for _, known := range []string{"smpp_commands,tree", "io,stat", "smpp,srt"} {
		if arg == known || strings.HasPrefix(arg, known+",") {
			name, rest = known, strings.TrimPrefix(arg[len(known):], ",")
		}
	}
	one := func() (*Sieve, error) {
		f, err := parse(rest)
		if err != nil {
			return nil, fmt.Errorf("-z %s: %w", name, err)
		}
		return NewSieve(f, d), nil
	}
	switch name {
	case "smpp_commands,tree":
		sieve, err := one()
		return newCommandStat(sieve), err
	case "smpp,srt":
		sieve, err := one()
		return &srtStat{sieve: sieve}, err
	case "io,stat":
		return parseIOStat(rest, d, parse)
	}
	return nil, fmt.Errorf("-z: no statistic %q; there are %s", arg, strings.Join(StatNames(), ", "))
}

// NeedFindings tells whether a filter of the statistics asks for findings.
func NeedFindings(list []Stat) bool {
	for _, stat := range list {
		for _, s := range stat.sieves() {
			if s.filter != nil && s.filter.NeedsFindings() {
				return true
			}
		}
	}
	return false
}

// title writes the head of a statistic.
func (o *Options) title(text string) string {
	return "\n" + string(o.paint(nil, styleBold, text)) + "\n\n"
}
