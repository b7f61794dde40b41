package report

import (
	"bufio"
	"slices"

	"smpptap/analyze"
)

// srtStat is -z smpp,srt: how long requests waited for their responses, by
// the request's command.
type srtStat struct {
	sieve    *Sieve // of the responses
	commands map[uint32]*responseTimes
}

type responseTimes struct {
	sum, least int64
	histogram
}

func (s *srtStat) sieves() []*Sieve { return []*Sieve{s.sieve} }

func (s *srtStat) span(c *analyze.Capture) { s.sieve.Begin(c.StartedAt) }

func (s *srtStat) count(p *analyze.PDU) {
	if p.Request == 0 || p.Latency < 0 || !s.sieve.Wants(p) {
		return
	}
	if s.commands == nil {
		s.commands = map[uint32]*responseTimes{}
	}
	t := s.commands[p.P.ID]
	if t == nil {
		t = &responseTimes{least: p.Latency}
		s.commands[p.P.ID] = t
	}
	t.sum += p.Latency
	t.least = min(t.least, p.Latency)
	t.add(p.Latency)
}

func (s *srtStat) print(w *bufio.Writer, o *Options) error {
	w.WriteString(o.title("SMPP response times")) // an error stays with the writer
	t := NewTable(w, "", Column{Name: "Answered by"}, Column{Name: "Count", Right: true},
		Column{Name: "Min", Right: true}, Column{Name: "Avg", Right: true}, Column{Name: "p50", Right: true},
		Column{Name: "p99", Right: true}, Column{Name: "Max", Right: true}, Column{Name: "Sum", Right: true})
	ids := make([]uint32, 0, len(s.commands))
	for id := range s.commands {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		x := s.commands[id]
		err := t.Row(CommandLabel(id), Count(x.n), Duration(x.least), Duration(x.sum/x.n),
			Duration(x.quantile(0.5)), Duration(x.quantile(0.99)), Duration(x.max), Duration(x.sum))
		if err != nil {
			return err
		}
	}
	return t.Close()
}
