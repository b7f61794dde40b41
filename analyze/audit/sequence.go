package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// sharedCounter follows the numbers of all connections that come from one
// address.
type sharedCounter struct{ last uint32 }

// numberState is what sequence-order keeps of one side.
type numberState struct {
	last     uint32
	known    bool // last is the number just before: no gap stands between
	session  int64
	requests int64
	odd      int64 // steps that are not one
	shared   int64 // of them those that go on from another connection's number
	counter  *sharedCounter
	finding  *Finding
	first    string
}

// nextNumber is the number behind n (v5.0 4.7.24 states the wrap).
func nextNumber(n uint32) uint32 {
	if n >= dissect.MaxSequence { // above it, sequence-range has said enough
		return 1
	}
	return n + 1
}

// checkOrder judges the step from a side's last request number to this one.
func (a *Auditor) checkOrder(c *connState, o *session.Observed) {
	n := &c.req.sides[o.Dir].numbers
	a.check(RuleSequenceOrder)
	if o.PDU.Command != nil && o.PDU.Command.Response != 0 {
		a.check(RuleSequenceReused)
	}
	n.requests++
	seq := o.PDU.Sequence
	if n.counter == nil {
		n.counter, _ = entry(&a.links.counters, counterKey{end(c.conn.Conn, o.Dir).Addr(), o.From})
		if n.counter == nil {
			n.counter = new(sharedCounter)
		}
	}
	if n.session != o.Session.ID && seq == 1 {
		n.broken() // another session of the connection may start anew (v3.4 5.1.4)
	}
	n.session = o.Session.ID
	elsewhere := n.counter.last
	last, known := n.last, n.known
	n.last, n.known, n.counter.last = seq, true, seq
	if !known || seq == nextNumber(last) {
		return
	}
	n.odd++
	if elsewhere != last && seq == nextNumber(elsewhere) {
		n.shared++
	}
	if n.odd == 1 {
		n.first = fmt.Sprintf("%d then %d", last, seq)
	}
	e := of(o, RuleSequenceOrder)
	e.cause = o.From.String()
	e.field, e.offset, e.length = "sequence_number", 12, 4
	if n.odd == 1 {
		e.seen, e.wanted = fmt.Sprint(seq), fmt.Sprint(nextNumber(last))
		e.message = n.words(o.From)
	}
	if f := a.fail(e); f != nil {
		n.finding = f
	}
	if milestone(n.odd) {
		a.reword(n.finding, n.words(o.From))
	}
}

func (n *numberState) words(side dissect.Side) string {
	s := fmt.Sprintf("%d of %s of %s do not follow by one, first %s.", n.odd, counted(n.requests, "request"), party(side), n.first)
	if n.shared > 0 && n.shared*10 >= n.odd*9 {
		s += " The numbers go on from other connections of the same address: one counter is shared by several binds."
	}
	return s
}

// broken forgets the last number: octets of the direction were lost.
func (n *numberState) broken() { n.known = false }
