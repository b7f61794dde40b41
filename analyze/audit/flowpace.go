package audit

import (
	"sort"
	"time"
)

// pace tells how many submits came up to a time in the near past. It keeps the
// count at the beginning of those of the last bins that have a submit.
type pace struct {
	total int64
	bin   int64 // the newest one
	marks []mark
}

// mark is the count before the first submit of a bin.
type mark struct{ bin, before int64 }

const (
	paceBins = 512
	paceBin  = int64(20 * time.Millisecond) // 512 of them are 10 s
)

// add counts a submit.
func (p *pace) add(now int64) {
	if b := now / paceBin; b > p.bin {
		if len(p.marks) == cap(p.marks) { // make room before growing
			n := 0
			for n < len(p.marks) && p.marks[n].bin <= b-paceBins {
				n++
			}
			p.marks = append(p.marks[:0], p.marks[n:]...)
		}
		p.marks = append(p.marks, mark{b, p.total})
		p.bin = b
	}
	p.total++
}

// before gives the submits up to a time, which is exact to a bin.
func (p *pace) before(t int64) int64 {
	b := max(t/paceBin, p.bin-paceBins+1)
	i := sort.Search(len(p.marks), func(i int) bool { return p.marks[i].bin >= b })
	if i == len(p.marks) {
		return p.total
	}
	return p.marks[i].before
}

// maxSeconds is how many seconds wait for the answers to what was sent in them.
const maxSeconds = 8

// seconds brackets the rate at which an SMSC begins to throttle: the highest of
// a second without refusals, the lowest of one with. A second begins with a
// submit.
type seconds struct {
	ring    [maxSeconds]oneSecond
	n       int // seconds begun
	clean   int64
	refused int64 // zero: none
}

type oneSecond struct {
	from, sent, refused int64
	whole               bool // it was watched to its end
}

func (s *seconds) sent(now int64) {
	if s.n > 0 {
		last := &s.ring[(s.n-1)%maxSeconds]
		if now-last.from < second {
			last.sent++
			return
		}
		last.whole = true
	}
	x := &s.ring[s.n%maxSeconds]
	s.fold(x)
	*x = oneSecond{from: now, sent: 1}
	s.n++
}

// answered notes an answer to what was sent at a time.
func (s *seconds) answered(sent int64, refused bool) {
	if !refused {
		return
	}
	for i := range s.ring {
		if x := &s.ring[i]; x.sent > 0 && sent >= x.from && sent-x.from < second {
			x.refused++
		}
	}
}

// fold takes a second into the bracket.
func (s *seconds) fold(x *oneSecond) {
	switch {
	case x.sent == 0:
	case x.refused == 0:
		s.clean = max(s.clean, x.sent)
	case x.whole && (s.refused == 0 || x.sent < s.refused):
		s.refused = x.sent
	}
	*x = oneSecond{}
}

// end folds what is left.
func (s *seconds) end(now int64) {
	for i := range s.ring {
		x := &s.ring[i]
		x.whole = x.whole || now-x.from >= second
		s.fold(x)
	}
}

// bracket is the bracket with what is not folded yet.
func (s *seconds) bracket() (clean, refused int64) {
	b := seconds{clean: s.clean, refused: s.refused}
	for i := range s.ring {
		x := s.ring[i]
		if !x.whole && x.refused == 0 {
			continue // its answers are still to come
		}
		b.fold(&x)
	}
	return b.clean, b.refused
}
