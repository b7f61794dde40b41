package session

import (
	"math/bits"

	"smpptap/dissect"
)

// ConcatKey tells long messages apart. Source and total are left out: a part
// that differs in one of them may belong to the message all the same.
type ConcatKey struct {
	Account     *Account
	From        dissect.Side
	Kind        dissect.Concat
	Reference   uint16
	Destination uint64 // hash
}

// Part is one part of a long message.
type Part struct {
	Number, Total uint8
	Header        uint8  // octets before the text, the SMSC's where it writes them
	Units, Word   uint16 // septets or code units of the text and of its first word; 0: not measured
	PDU           int64
	Frame         int64
	Time          int64
	Conn          *Conn
	Session       *Session
	Source        uint64 // hash
	Content       uint64 // hash of the text behind the header
	Coding        uint8  // data_coding
	Receipt       uint8  // registered_delivery
	EndsHigh      bool   // the text ends with the first half of a surrogate pair
	Status        uint32 // what it was refused with; zero: not refused
	Raw           []byte // of the PDU, when texts are kept; Add copies it
}

func (p *Part) same(q *Part) bool {
	return p.Content == q.Content && p.Source == q.Source && p.Total == q.Total && p.Coding == q.Coding
}

// LongMessage is a set of parts that belong together.
type LongMessage struct {
	ConcatKey
	Source, To string
	Total      int
	Parts      []Part // in order of arrival
	// First is the PDU of the part that was seen first, which tells the
	// message apart from all others of the run.
	First int64
	// Said: a rule has spoken of parts that differ.
	Said bool
	// Doubtful: a part with an impossible number claims to belong to it, or
	// its parts are mixed with another message's: what is missing is not told.
	Doubtful bool

	state      concatState
	have       [4]uint64
	last       int64 // time of the last part
	older      *LongMessage
	prev, next *LongMessage
}

type concatState uint8

const (
	concatOpen     concatState = iota
	concatComplete             // kept to recognise repeated parts
	concatGivenUp              // another message took its reference, or its parts
)

func (m *LongMessage) has(n uint8) bool { return m.have[n>>6]&(1<<(n&63)) != 0 }

// Part gives the part with a number; nil: not seen.
func (m *LongMessage) Part(n uint8) *Part {
	if !m.has(n) {
		return nil
	}
	for i := range m.Parts {
		if m.Parts[i].Number == n {
			return &m.Parts[i]
		}
	}
	return nil
}

func (m *LongMessage) seen() (n int) {
	for _, w := range m.have {
		n += bits.OnesCount64(w)
	}
	return n
}

// Complete tells that all parts were seen.
func (m *LongMessage) Complete() bool { return m.state == concatComplete }

// Difference says in what parts of one message differ.
type Difference uint8

// The differences.
const (
	DiffersTotal Difference = 1 << iota
	DiffersCoding
	DiffersSource  // Outcome.Old has the other parts
	DiffersContent // the part came before with other content
)

// Outcome is what a part did.
type Outcome struct {
	Message *LongMessage // nil: the part joined none
	// Old is the incomplete message whose reference the part uses again
	// (Reused), or that it completes under another source.
	Old      *LongMessage
	New      bool // the part opened Message
	Repeated bool // the part was seen before: nothing changed
	Complete bool // it was the last one
	Reused   bool
	Differs  Difference
	// Evicted is an incomplete message that was dropped to make room.
	Evicted bool
}

// Concats follows the long messages of all accounts. They stand in order of
// their last part, so that the first is the next to be given up.
type Concats struct {
	// Wait is how long a part may be missing, in nanoseconds; Restart the
	// silence after which a part that was seen before, with other content,
	// begins another message. Max bounds the messages; Keep asks for their
	// texts.
	Wait    int64
	Restart int64
	Max     int
	Keep    bool

	byKey       map[ConcatKey]*LongMessage // the newest of a key
	first, last *LongMessage
	n           int
	kept        int // octets of Raw
}

const (
	// maxSame bounds the messages of one key that are kept.
	maxSame = 4
	// maxKept bounds the octets kept for texts.
	maxKept = 64 << 20
	// together is how close parts of one message under two sources stand.
	together = int64(60e9)
)

// Add takes a part, whose number lies between 1 and its total. source and to
// are for words.
func (k *Concats) Add(key ConcatKey, p Part, source, to []byte) Outcome {
	head := k.byKey[key]
	for m := head; m != nil; m = m.older {
		if q := m.Part(p.Number); q != nil && q.same(&p) {
			if n := lacking(head, m, &p); n != nil {
				n.Doubtful = true
				return k.put(n, &p, Outcome{Message: n})
			}
			q.PDU, q.Frame, q.Time, q.Conn, q.Session, q.Status = p.PDU, p.Frame, p.Time, p.Conn, p.Session, 0
			if m.state == concatOpen {
				k.touch(m, p.Time)
			}
			return Outcome{Message: m, Repeated: true}
		}
	}
	for m := head; m != nil; m = m.older {
		if m.state != concatOpen {
			continue
		}
		if o, ok := k.into(m, &p); ok {
			return o
		}
	}
	return k.open(key, &p, source, to, Outcome{})
}

// lacking finds a message newer than done, which is complete, that waits for
// this part: a reference may be used again, and long messages often end alike.
func lacking(head, done *LongMessage, p *Part) *LongMessage {
	if done.state != concatComplete {
		return nil
	}
	for m := head; m != done; m = m.older {
		if m.state == concatOpen && len(m.Parts) > 0 && m.Total == int(p.Total) && m.Parts[0].Source == p.Source && !m.has(p.Number) {
			return m
		}
	}
	return nil
}

// into puts a part where it fits; false: it does not belong to m.
func (k *Concats) into(m *LongMessage, p *Part) (o Outcome, ok bool) {
	if len(m.Parts) == 0 { // only a part with an impossible number was seen
		return k.put(m, p, Outcome{Message: m}), true
	}
	if m.Parts[0].Source != p.Source {
		return o, false
	}
	fits, total := !m.has(p.Number), m.Total == int(p.Total)
	switch {
	case fits && total:
		return k.put(m, p, Outcome{Message: m}), true
	case fits && p.Number != 1:
		m.Total, m.Doubtful = max(m.Total, int(p.Total)), true
		return k.put(m, p, Outcome{Message: m, Differs: DiffersTotal}), true
	case m.refused() > 0, // was given up by its sender
		p.Time-m.last >= k.Wait: // its wait is over, and will be judged
		return o, false
	case p.Number == 1 || p.Time-m.last > k.Restart:
		m.state, m.Doubtful = concatGivenUp, true
		o = Outcome{Old: m, Reused: true}
		return k.open(m.ConcatKey, p, []byte(m.Source), []byte(m.To), o), true
	}
	m.Doubtful = true
	k.touch(m, p.Time)
	return Outcome{Message: m, Differs: DiffersContent}, true
}

// open begins a message with its first part.
func (k *Concats) open(key ConcatKey, p *Part, source, to []byte, o Outcome) Outcome {
	o.Message, o.New = k.begin(key, int(p.Total), source, to), true
	o.Evicted = k.trim()
	return k.put(o.Message, p, o)
}

func (k *Concats) begin(key ConcatKey, total int, source, to []byte) *LongMessage {
	m := &LongMessage{ConcatKey: key, Total: total, Source: string(source), To: string(to), older: k.byKey[key]}
	n := 0
	for o := m.older; o != nil; o = o.older {
		m.Doubtful = m.Doubtful || o.Doubtful
		if n++; n >= maxSame {
			k.remove(o)
			break
		}
	}
	if k.byKey == nil {
		k.byKey = make(map[ConcatKey]*LongMessage)
	}
	k.byKey[key] = m
	k.append(m)
	k.n++
	return m
}

// put adds a part that m lacks.
func (k *Concats) put(m *LongMessage, p *Part, o Outcome) Outcome {
	if len(m.Parts) > 0 && m.Parts[0].Coding != p.Coding {
		o.Differs |= DiffersCoding
	}
	raw := p.Raw
	p.Raw = nil
	if k.Keep && k.kept+len(raw) <= maxKept {
		p.Raw = append([]byte(nil), raw...)
		k.kept += len(raw)
	}
	if len(m.Parts) == 0 {
		m.First = p.PDU
	}
	m.Parts = append(m.Parts, *p)
	m.have[p.Number>>6] |= 1 << (p.Number & 63)
	k.touch(m, p.Time)
	if m.seen() == m.Total {
		m.state, o.Complete = concatComplete, true
		return o
	}
	for other := k.byKey[m.ConcatKey]; other != nil; other = other.older {
		if other.complements(m) {
			m.state, other.state = concatGivenUp, concatGivenUp
			m.Doubtful, other.Doubtful = true, true
			o.Old, o.Differs = other, o.Differs|DiffersSource
			break
		}
	}
	return o
}

// complements tells that two incomplete messages of different sources are one
// whole together.
func (m *LongMessage) complements(o *LongMessage) bool {
	if m == o || m.state != concatOpen || len(m.Parts) == 0 || m.Total != o.Total ||
		m.Parts[0].Source == o.Parts[0].Source || o.Parts[0].Time-m.last > together {
		return false
	}
	n := 0
	for i, w := range m.have {
		if w&o.have[i] != 0 {
			return false
		}
		n += bits.OnesCount64(w | o.have[i])
	}
	return n == m.Total
}

// Release frees what was kept for the text of a message.
func (k *Concats) Release(m *LongMessage) {
	for i := range m.Parts {
		k.kept -= len(m.Parts[i].Raw)
		m.Parts[i].Raw = nil
	}
}

// Impossible notes that a part with an impossible number names this message.
func (k *Concats) Impossible(key ConcatKey, total int, at int64) (evicted bool) {
	for m := k.byKey[key]; m != nil; m = m.older {
		if m.state == concatOpen {
			m.Doubtful = true
			return false
		}
	}
	m := k.begin(key, total, nil, nil)
	m.Doubtful = true
	k.touch(m, at)
	return k.trim()
}

// Refused notes that a part was refused; false: it is not kept any more.
func (k *Concats) Refused(key ConcatKey, pdu int64, status uint32) bool {
	for m := k.byKey[key]; m != nil; m = m.older {
		for i := range m.Parts {
			if m.Parts[i].PDU == pdu {
				m.Parts[i].Status = status
				return true
			}
		}
	}
	return false
}

func (m *LongMessage) refused() (n int) {
	for i := range m.Parts {
		if m.Parts[i].Status != 0 {
			n++
		}
	}
	return n
}
