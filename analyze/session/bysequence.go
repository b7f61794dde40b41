package session

// bySequence finds the oldest outstanding request of each number. Numbers that
// rise by one, as nearly all do, fill a power of two of places in turn; what
// finds its place taken goes into a map.
type bySequence struct {
	slots []*Request // nil: nothing was ever entered
	n     int        // in slots
	more  map[uint32]*Request
}

const (
	firstSequences = 8
	maxSequences   = 8192
)

func (t *bySequence) slot(seq uint32) **Request { return &t.slots[seq&uint32(len(t.slots)-1)] }

func (t *bySequence) get(seq uint32) *Request {
	if t.slots == nil {
		return nil
	}
	if r := *t.slot(seq); r != nil && r.Sequence == seq {
		return r
	}
	return t.more[seq]
}

// set enters r under its number, in place of what was there.
func (t *bySequence) set(r *Request) {
	if t.slots == nil {
		t.slots = make([]*Request, firstSequences)
	}
	if _, ok := t.more[r.Sequence]; ok {
		t.more[r.Sequence] = r
		return
	}
	for {
		s := t.slot(r.Sequence)
		switch {
		case *s == nil:
			t.n++
			*s = r
			return
		case (*s).Sequence == r.Sequence:
			*s = r
			return
		case len(t.slots) >= maxSequences || len(t.slots) > 4*t.n: // the numbers jump
			if t.more == nil {
				t.more = make(map[uint32]*Request)
			}
			t.more[r.Sequence] = r
			return
		}
		t.grow()
	}
}

func (t *bySequence) grow() {
	old := t.slots
	t.slots = make([]*Request, 2*len(old))
	for _, r := range old {
		if r != nil {
			*t.slot(r.Sequence) = r
		}
	}
}

// remove forgets what is entered under a number.
func (t *bySequence) remove(seq uint32) {
	if t.slots == nil {
		return
	}
	if s := t.slot(seq); *s != nil && (*s).Sequence == seq {
		*s = nil
		t.n--
		return
	}
	delete(t.more, seq)
}
