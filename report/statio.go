package report

import (
	"bufio"
	"fmt"
	"math"
	"strconv"
	"strings"

	"smpptap/analyze"
	"smpptap/analyze/filter"
	"smpptap/dissect"
)

// ioStat is -z io,stat: PDUs and their octets by interval of time.
type ioStat struct {
	interval   int64 // nanoseconds; zero: one for everything
	start, end int64
	columns    []ioColumn
}

type ioColumn struct {
	text  string
	sieve *Sieve
	cells []ioCell // by interval
}

type ioCell struct{ pdus, octets int64 }

// maxIntervals bounds what an interval that is too small for its capture costs;
// what comes later is counted in the last one.
const maxIntervals = 1 << 20

// parseIOStat reads INTERVAL[,FILTER]... A comma in a filter must stand in
// quotes or braces, as {1, 2}.
func parseIOStat(arg string, d *dissect.Dialect, parse func(string) (*filter.Filter, error)) (Stat, error) {
	parts := splitOutside(arg)
	seconds, err := strconv.ParseFloat(parts[0], 64)
	if err != nil || seconds < 0 || seconds > 1e9 || math.IsNaN(seconds) || seconds > 0 && seconds < 1e-6 {
		return nil, fmt.Errorf("-z io,stat: %q is no interval in seconds (0: the whole capture)", parts[0])
	}
	s := &ioStat{interval: int64(seconds * 1e9)}
	if len(parts) == 1 {
		parts = append(parts, "")
	}
	for _, text := range parts[1:] {
		f, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("-z io,stat: %w", err)
		}
		s.columns = append(s.columns, ioColumn{text: strings.TrimSpace(text), sieve: NewSieve(f, d)})
	}
	return s, nil
}

// splitOutside cuts at commas that are in no quotes, braces or parentheses.
func splitOutside(s string) []string {
	var parts []string
	start, depth, quoted := 0, 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '(':
			depth++
		case c == '}' || c == ')':
			depth--
		case c == ',' && depth <= 0:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

// span takes over when the capture began and ended.
func (s *ioStat) span(c *analyze.Capture) {
	if s.start == 0 && c.StartedAt != 0 {
		s.start = c.StartedAt
		for i := range s.columns {
			s.columns[i].sieve.Begin(s.start)
		}
	}
	s.end = max(s.end, c.EndedAt)
}

func (s *ioStat) sieves() []*Sieve {
	var list []*Sieve
	for i := range s.columns {
		list = append(list, s.columns[i].sieve)
	}
	return list
}

func (s *ioStat) count(p *analyze.PDU) {
	at := 0
	if s.interval > 0 {
		at = int(min(max(0, p.At.Time-s.start)/s.interval, maxIntervals-1))
	}
	s.end = max(s.end, p.At.Time)
	for i := range s.columns {
		c := &s.columns[i]
		if !c.sieve.Wants(p) {
			continue
		}
		for len(c.cells) <= at {
			c.cells = append(c.cells, ioCell{})
		}
		c.cells[at].pdus++
		c.cells[at].octets += int64(p.P.Length)
	}
}

func (s *ioStat) print(w *bufio.Writer, o *Options) error {
	duration := max(0, s.end-s.start)
	head := o.title("I/O statistics") + "Duration " + string(appendSeconds(nil, duration, 6)) + " s\n"
	rows := 1
	if s.interval > 0 {
		rows = int(min(duration/s.interval, maxIntervals-1)) + 1
	}
	columns := []Column{{Name: "From s", Right: true}, {Name: "To s", Right: true}}
	for i, c := range s.columns {
		number := strconv.Itoa(i + 1)
		if c.text == "" {
			c.text = "all PDUs"
		}
		head += "Column " + number + ": " + Safe(c.text) + "\n"
		columns = append(columns, Column{Name: number + " PDUs", Right: true}, Column{Name: number + " octets", Right: true})
	}
	w.WriteString(head + "\n") // an error stays with the writer
	t := NewTable(w, "", columns...)
	for i := range rows {
		if err := t.Row(s.row(i, duration)...); err != nil {
			return err
		}
	}
	return t.Close()
}

func (s *ioStat) row(i int, duration int64) []string {
	from, to := int64(i)*s.interval, min(int64(i+1)*s.interval, duration)
	if s.interval == 0 {
		to = duration
	}
	cells := []string{string(appendSeconds(nil, from, 3)), string(appendSeconds(nil, to, 3))}
	for _, c := range s.columns {
		var x ioCell
		if i < len(c.cells) {
			x = c.cells[i]
		}
		cells = append(cells, Count(x.pdus), Count(x.octets))
	}
	return cells
}
