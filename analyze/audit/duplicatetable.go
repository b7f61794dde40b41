package audit

// maxSubmits bounds the messages that are remembered.
const maxSubmits = 65_536

// submitTable holds the messages of all accounts by their hash, the oldest replaced
// first.
type submitTable struct {
	index map[uint64]int32
	sent  []sent
	next  int // the oldest, once all places are taken
	// lost is the time of the last message that was forgotten while an equal
	// one could still have been told from it.
	lost int64
}

// find gives the place of a message, made anew when it is not known.
func (v *submitTable) find(hash uint64) (place int32, known bool) {
	if i, ok := v.index[hash]; ok {
		return i, true
	}
	if v.index == nil {
		v.index = make(map[uint64]int32)
	}
	i := len(v.sent)
	if i < maxSubmits {
		v.sent = append(v.sent, sent{hash: hash})
	} else {
		i = v.next
		v.next = (v.next + 1) % maxSubmits
		old := &v.sent[i]
		delete(v.index, old.hash)
		v.lost = max(v.lost, old.time)
		*old = sent{hash: hash}
	}
	v.index[hash] = int32(i)
	return int32(i), false
}

// forgot tells that a message like the one in hand may have been forgotten.
func (v *submitTable) forgot(now int64) bool { return v.lost != 0 && now-v.lost <= repeatTime }

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
	place    int32
}

// openSubmits are those of one connection, by sequence_number: numbers that
// rise by one fill the places in turn.
type openSubmits struct {
	slots []openSubmit // a power of two of them
}

const (
	firstSlots = 64
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
