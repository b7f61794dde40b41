package report

import (
	"bufio"
	"fmt"
	"strings"

	"smpptap/analyze"
	"smpptap/analyze/filter"
	"smpptap/dissect"
)

// Stat is a statistic of -z. It counts PDUs where tshark counts packets, and as
// there -Y does not limit what it counts.
type Stat interface {
	sieves() []*Sieve
	span(c *analyze.Capture)
	count(p *analyze.PDU)
	print(w *bufio.Writer, o *Options) error
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
