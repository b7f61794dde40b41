package report

import (
	"bufio"
	"cmp"
	"slices"

	"smpptap/analyze"
	"smpptap/dissect"
)

// commandStat is -z smpp_commands,tree: requests, responses and statuses.
type commandStat struct {
	sieve               *Sieve
	requests, responses map[uint32]int64
	statuses            map[uint32]int64
	first, last         int64
}

func newCommandStat(s *Sieve) *commandStat {
	return &commandStat{
		sieve: s, requests: map[uint32]int64{}, responses: map[uint32]int64{}, statuses: map[uint32]int64{},
	}
}

func (s *commandStat) sieves() []*Sieve { return []*Sieve{s.sieve} }

func (s *commandStat) span(c *analyze.Capture) { s.sieve.Begin(c.StartedAt) }

func (s *commandStat) count(p *analyze.PDU) {
	if !s.sieve.Wants(p) {
		return
	}
	if s.first == 0 {
		s.first = p.At.Time
	}
	s.last = p.At.Time
	if p.P.ID&dissect.ResponseBit == 0 {
		s.requests[p.P.ID]++
		return
	}
	s.responses[p.P.ID]++
	s.statuses[p.P.Status]++
}

func (s *commandStat) print(w *bufio.Writer, o *Options) error {
	w.WriteString(o.title("SMPP operations")) // an error stays with the writer
	t := NewTable(w, "", Column{Name: "Topic / item"}, Column{Name: "Count", Right: true},
		Column{Name: "Percent", Right: true}, Column{Name: "Rate /s", Right: true})
	requests, responses := total(s.requests), total(s.responses)
	all := requests + responses
	s.row(t, "SMPP operations", all, all)
	s.topic(t, " SMPP responses", s.responses, responses, all, CommandLabel)
	s.topic(t, " SMPP requests", s.requests, requests, all, CommandLabel)
	s.topic(t, "SMPP response status", s.statuses, responses, responses, o.StatusLabel)
	return t.Close()
}

// topic writes a topic and its items, the most frequent first.
func (s *commandStat) topic(t *Table, name string, counts map[uint32]int64, sum, of int64, label func(uint32) string) {
	s.row(t, name, sum, of)
	ids := make([]uint32, 0, len(counts))
	for id := range counts {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for _, id := range ids {
		s.row(t, "  "+label(id), counts[id], sum)
	}
}

func (s *commandStat) row(t *Table, name string, n, of int64) {
	rate := ""
	if s.last > s.first {
		rate = string(appendThree(nil, float64(n)*1e9/float64(s.last-s.first)))
	}
	_ = t.Row(name, Count(n), percent(n, of), rate) // an error comes back from Close
}

func total(counts map[uint32]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}
