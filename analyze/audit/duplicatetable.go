package audit

import "math/bits"

// maxSubmits bounds the messages that are remembered.
const maxSubmits = 65_536

// submitTable holds the messages of all accounts by their hash, the oldest
// replaced first. The messages stand in the order in which they came, so that
// writing them runs through memory; the index is small enough to stay near the
// processor. A bucket has twice the places that it needs on average; in the
// rare one that is full the oldest message is forgotten early.
type submitTable struct {
	index []submitBucket
	sent  []sent
	next  int // where the next new message goes
	ahead int // up to there, readNext has read
	// lost is the time of the last message that was forgotten.
	lost int64
}

const (
	submitWays    = 16
	submitBuckets = 2 * maxSubmits / submitWays
)

// submitBucket is one line of memory: part of a message's hash, which is not
// zero, and its place in each slot. Four stand in a word, the newest first, so
// that a look-up compares four at once.
type submitBucket struct {
	parts, places [submitWays / lanes]uint64
}

const (
	lanes     = 4 // in a word
	laneBits  = 64 / lanes
	everyLane = 0x0001_0001_0001_0001
	laneTops  = 0x8000_8000_8000_8000
)

// push enters a message in place of the oldest.
func (b *submitBucket) push(part, place uint16) {
	for i := len(b.parts) - 1; i > 0; i-- {
		b.parts[i] = b.parts[i]<<laneBits | b.parts[i-1]>>(64-laneBits)
		b.places[i] = b.places[i]<<laneBits | b.places[i-1]>>(64-laneBits)
	}
	b.parts[0] = b.parts[0]<<laneBits | uint64(part)
	b.places[0] = b.places[0]<<laneBits | uint64(place)
}

// find gives the place of a message, made anew when it is not known.
func (v *submitTable) find(hash uint64) (place uint16, known bool) {
	if v.index == nil {
		v.index, v.sent = make([]submitBucket, submitBuckets), make([]sent, maxSubmits)
	}
	b, part := &v.index[hash%submitBuckets], uint16(hash>>48)|1
	for i, parts := range b.parts {
		x := parts ^ uint64(part)*everyLane
		// The top bits of the lanes that are zero, and perhaps of some behind one.
		for t := (x - everyLane) &^ x & laneTops; t != 0; t &= t - 1 {
			place = uint16(b.places[i] >> (bits.TrailingZeros64(t) &^ (laneBits - 1)))
			if v.sent[place].hash == hash {
				return place, true
			}
		}
	}
	place = uint16(v.next)
	v.next = (v.next + 1) % maxSubmits
	s := &v.sent[place]
	v.lost = max(v.lost, s.time)
	*s = sent{hash: hash}
	b.push(part, place)
	return place, false
}

// submitsTogether is how many new messages of a batch are provided for.
const submitsTogether = 64

// readNext reads where a message of a batch will go, if the ones before it are
// new as well.
func (v *submitTable) readNext() uint64 {
	if (v.ahead-v.next+maxSubmits)%maxSubmits > submitsTogether {
		v.ahead = v.next
	}
	s := &v.sent[v.ahead]
	v.ahead = (v.ahead + 1) % maxSubmits
	return s.hash + uint64(s.fate)
}

// forgot tells that a message may have been forgotten that still counts.
func (v *submitTable) forgot(now, within int64) bool { return v.lost != 0 && now-v.lost <= within }

// at gives the message of a submit; nil: it is forgotten.
func (v *submitTable) at(o openSubmit) *sent {
	if s := &v.sent[o.place]; s.hash == o.hash {
		return s
	}
	return nil
}

// settle notes what became of a submit. It gives the message when the submit
// is its last sending.
func (v *submitTable) settle(o openSubmit, f fate) *sent {
	s := v.at(o)
	if s == nil || s.number != o.number {
		return nil
	}
	s.fate = f
	return s
}

// refused notes a refusal: what is sent after it is no duplicate.
func (v *submitTable) refused(o openSubmit) {
	s := v.at(o)
	switch {
	case s == nil:
	case s.number == o.number:
		s.n = 0
	default:
		// The message was sent once more meanwhile: that sending is the first.
		s.n, s.earlier[0] = 1, s.time
	}
}

// openSubmit is a submit that waits for its answer.
type openSubmit struct {
	number   int64 // of the PDU; zero: none
	hash     uint64
	sequence uint32
	place    uint16
}

// openSubmits are those of one connection, by sequence_number: numbers that
// rise by one fill the places in turn.
type openSubmits struct {
	slots []openSubmit // a power of two of them
}

const (
	firstSlots = 8
	maxSlots   = 8192
)

// put enters a submit. It gives the one that lost its place, if any.
func (t *openSubmits) put(o openSubmit) (lost openSubmit) {
	for {
		n := uint32(len(t.slots))
		if n > 0 {
			s := &t.slots[o.sequence&(n-1)]
			if s.number == 0 || n >= maxSlots || s.sequence == o.sequence {
				lost, *s = *s, o
				return lost
			}
		}
		t.grow(max(2*int(n), firstSlots))
	}
}

func (t *openSubmits) grow(n int) {
	old := t.slots
	t.slots = make([]openSubmit, n)
	for _, o := range old {
		if o.number != 0 {
			t.slots[o.sequence&uint32(n-1)] = o
		}
	}
}

// take gives a submit back and frees its place.
func (t *openSubmits) take(sequence uint32, number int64) (o openSubmit, ok bool) {
	if len(t.slots) == 0 {
		return o, false
	}
	s := &t.slots[sequence&uint32(len(t.slots)-1)]
	if s.sequence != sequence || s.number != number {
		return o, false
	}
	o, *s = *s, openSubmit{}
	return o, true
}
