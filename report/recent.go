package report

// recent is a set of PDU numbers, for requests until their answer. It remembers
// the last 8 million PDUs: an answer comes behind fewer. There is a page only
// where a number is in the set, so it is small while requests are answered, and
// a mebibyte when none is.
type recent struct {
	pages []*recentPage // a ring
	last  int64         // the largest page of numbers that was entered
	spare []*recentPage // empty
}

// recentPage has a bit for each of its numbers.
type recentPage struct {
	bits [recentSpan / 64]uint64
	n    int // in the set
}

const (
	recentPages = 2048
	recentSpan  = 4096 // numbers of a page
)

func (s *recent) add(n int64) {
	if s.pages == nil {
		s.pages = make([]*recentPage, recentPages)
	}
	at := n / recentSpan
	for s.last = max(s.last, at-recentPages); s.last < at; {
		s.last++
		s.forget(s.last)
	}
	if at <= s.last-recentPages {
		return
	}
	p := s.page(at)
	if p == nil {
		p = s.empty()
		s.pages[at%recentPages] = p
	}
	if word, bit := place(n); p.bits[word]&bit == 0 {
		p.bits[word] |= bit
		p.n++
	}
}

// take removes a number and tells whether it was in the set.
func (s *recent) take(n int64) bool {
	at := n / recentSpan
	if s.pages == nil || at > s.last || at <= s.last-recentPages {
		return false
	}
	p := s.page(at)
	if p == nil {
		return false
	}
	word, bit := place(n)
	if p.bits[word]&bit == 0 {
		return false
	}
	p.bits[word] &^= bit
	if p.n--; p.n == 0 {
		s.forget(at)
	}
	return true
}

func (s *recent) page(at int64) *recentPage { return s.pages[at%recentPages] }

// place is where a number's bit stands in its page.
func place(n int64) (word int, bit uint64) { return int(n % recentSpan / 64), 1 << (n % 64) }

func (s *recent) empty() *recentPage {
	last := len(s.spare) - 1
	if last < 0 {
		return new(recentPage)
	}
	p := s.spare[last]
	s.spare = s.spare[:last]
	return p
}

// forget empties the place of a page in the ring.
func (s *recent) forget(at int64) {
	p := s.page(at)
	if p == nil {
		return
	}
	s.pages[at%recentPages] = nil
	if p.n > 0 {
		*p = recentPage{}
	}
	s.spare = append(s.spare, p)
}
