package store

import (
	"maps"
	"slices"
)

const (
	// bundleOctets is when a bundle is full; batchOctets when a transaction is.
	bundleOctets = 256 << 10
	batchOctets  = 4 << 20
	// keptFindings and keptRows bound what is kept to be written again into a
	// new file.
	keptFindings = 16_384
	keptRows     = 131_072
	// stateOctets is what a waiting row costs beside its octets.
	stateOctets = 128
)

// bundle is a stretch of rows that are written once.
type bundle struct {
	pdus, tlvs, parts, pairs, open, partIDs row
	n                                       int64 // PDUs
	links                                   []linkCount
}

// linkCount counts the records of a link.
type linkCount struct {
	link string
	n    int64
}

// rows are its rows, in the order of tables.bulk.
func (b *bundle) rows() [6]row {
	return [...]row{b.pdus, b.tlvs, b.parts, b.pairs, b.open, b.partIDs}
}

func (b *bundle) len() (octets int) {
	for _, r := range b.rows() {
		octets += len(r)
	}
	return octets
}

// count counts a record, and gives its octets.
func (b *bundle) count(link string, octets int) int64 {
	b.links = countLink(b.links, link)
	return int64(octets)
}

func countLink(links []linkCount, link string) []linkCount {
	for i := range links {
		if links[i].link == link {
			links[i].n++
			return links
		}
	}
	return append(links, linkCount{link, 1})
}

// newest keeps the last state of rows: what changes while it waits is written
// once, and what is open can be written again.
type newest struct{ rows map[int64]*state }

// state is a row's.
type state struct {
	row   row
	link  string
	at    int64 // of findings: the time of the last one
	waits bool  // to be written
	ended bool  // nothing comes after it
}

func (n *newest) waits(id int64) bool {
	s := n.rows[id]
	return s != nil && s.waits
}

// set keeps a row without its being written.
func (n *newest) set(id int64, link string, r row, ended bool) *state {
	s := n.rows[id]
	if s == nil {
		s = new(state)
		n.rows[id] = s
	}
	s.row = append(s.row[:0], r...)
	s.link, s.ended = link, ended
	return s
}

// put notes a row to be written, and gives the octets by which the queue
// grows.
func (n *newest) put(id int64, link string, r row, ended bool) int64 {
	var before int64
	if s := n.rows[id]; s != nil && s.waits {
		before = s.octets()
	}
	s := n.set(id, link, r, ended)
	s.waits = true
	return s.octets() - before
}

func (s *state) octets() int64 { return int64(len(s.row)) + stateOctets }

func (n *newest) forget(id int64) { delete(n.rows, id) }

func (n *newest) link(id int64) string {
	if s := n.rows[id]; s != nil {
		return s.link
	}
	return ""
}

// take gives the rows that wait, in order of their ids. last: no PDU waits
// behind them; what has ended is kept until then, for its PDUs may come to
// stand in another file.
func (n *newest) take(b *batch, last bool) (all row) {
	var ids []int64
	for id, s := range n.rows {
		if s.waits {
			ids = append(ids, id)
		} else if s.ended && last {
			delete(n.rows, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		s := n.rows[id]
		all = append(all, s.row...)
		b.octets += s.octets()
		b.links = countLink(b.links, s.link)
		s.waits = false
		if s.ended && last {
			delete(n.rows, id)
		}
	}
	return all
}

// again has all rows that are kept written once more, and gives the octets by
// which the queue grows.
func (n *newest) again() (octets int64) {
	for s := range maps.Values(n.rows) {
		if !s.waits {
			s.waits = true
			octets += s.octets()
		}
	}
	return octets
}

// batch is what one transaction stores. It is kept until that succeeded.
type batch struct {
	bundles                                     []*bundle
	conns, sessions, findings, messages, checks row
	octets                                      int64
	links                                       []linkCount // of the rows beside bundles
	stats                                       []byte      // JSON; nil: unchanged
}

// rows are its rows that may change, in the order of tables.changing.
func (b *batch) rows() [5]row {
	return [...]row{b.conns, b.sessions, b.findings, b.checks, b.messages}
}

// takeBatch takes from the queue what the next transaction stores; nil:
// nothing waits.
func (l *Live) takeBatch(told int64) *batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lacking && !l.full(pduShare) {
		l.again()
	}
	b := new(batch)
	n := 0
	for n < len(l.bundles) && b.octets < batchOctets {
		b.octets += int64(l.bundles[n].len())
		n++
	}
	b.bundles = slices.Clone(l.bundles[:n])
	l.bundles = slices.Delete(l.bundles, 0, n)
	last := len(l.bundles) == 0
	b.conns, b.sessions = l.conns.take(b, last), l.sessions.take(b, last)
	b.findings, b.messages, b.checks = l.findings.take(b, true), l.messages.take(b, true), l.checks.take(b, true)
	if l.total != told {
		b.stats = l.keeper.stats(l.first, l.caps())
	}
	if b.octets == 0 && b.stats == nil {
		return nil
	}
	return b
}

// again has everything that is kept written once more.
func (l *Live) again() {
	for _, n := range []*newest{&l.conns, &l.sessions, &l.findings} {
		l.octets += n.again()
	}
	l.lacking = false
}

// stored lets go of a batch.
func (l *Live) stored(b *batch, p Place) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.octets -= b.octets
	l.place = p
}

// abandon counts all that waits as dropped, and says how much it is.
func (l *Live) abandon(b *batch) (n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.total
	if b == nil {
		b = new(batch)
	}
	b.bundles = append(b.bundles, l.bundles...)
	for _, x := range []*newest{&l.conns, &l.sessions, &l.findings, &l.messages, &l.checks} {
		x.take(b, true)
	}
	links := b.links
	for _, x := range b.bundles {
		links = append(links, x.links...)
	}
	for _, c := range links {
		l.drop(c.link, c.n)
	}
	l.bundles, l.octets = nil, 0
	return l.total - before
}
