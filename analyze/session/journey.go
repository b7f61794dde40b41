package session

// Journey is a message that the SMSC has accepted. It is lent until the next
// call of Journeys.
type Journey struct {
	ID      ID
	Account *Account
	Session *Session // of the submit
	// Numbers and times of the submit, its response and the last receipt.
	Submit, Response, Receipt          int64
	SubmittedAt, AcceptedAt, ReceiptAt int64
	// Asks: a receipt is asked for. Multi: a submit_multi, whose one id stands
	// for several messages.
	Asks, Multi bool
	// Final: a receipt told State, behind which none other can follow.
	Final bool
	State uint8
	// Answer is how long the ESME took to answer the last receipt, plus one
	// nanosecond; zero: it did not yet.
	Answer int64
	Slot   int32 // the entry's place, which it keeps

	// Of a receipt that is held until its message is known (Hold): it has no
	// submit. Frame is the receipt's, More counts further receipts with its
	// id, Sent is the time of submission as its text tells, zero: unknown.
	Frame, More, Sent int64
	TellsState        bool

	keys       idKeys
	list       uint8
	prev, next int32
}

// Bounds of what is kept.
const (
	// MaxWaiting is how many messages may wait for a receipt (rules.yaml,
	// Memory).
	MaxWaiting = 131_072
	// maxSettled is how many are remembered that wait for none: they ask for
	// none, or the final one has come.
	maxSettled = 65_536
	// maxHeld is how many receipts wait for their message's response.
	maxHeld = 16_384
)

// Lists of journeys, each in order of its time.
const (
	listWaiting uint8 = iota
	listSettled
	listHeld
	listCount
)

// Journeys are the messages of all accounts until their receipts. Entries are
// used again; none holds more than its fixed size.
type Journeys struct {
	// MaxWaiting is the bound; zero: MaxWaiting.
	MaxWaiting int
	// Dropped takes a journey that is forgotten; nil: nobody wants to know.
	Dropped func(*Journey)

	slab  []*[slabPage]Journey
	used  int32
	free  int32 // of the free entries' list, linked by next; entry + 1
	lists [listCount]journeyList
	index idIndex // of messages
	held  idIndex // of receipts that wait for theirs
}

// slabPage is how many entries are made together, so that growing copies none.
const slabPage = 1024

type journeyList struct {
	first, last int32 // entry + 1; zero: none
	n           int
}

func (j *Journeys) at(entry int32) *Journey { return &j.slab[entry/slabPage][entry%slabPage] }

// Slot gives the journey at a place.
func (j *Journeys) Slot(entry int32) *Journey { return j.at(entry) }

// Waiting is how many messages wait for a receipt.
func (j *Journeys) Waiting() int { return j.lists[listWaiting].n }

// Accept enters a message under the id that its response gave. The caller
// fills what it knows. evicted: a message that waited for its receipt was
// dropped to make room; it gives its account.
func (j *Journeys) Accept(a *Account, id []byte, asks bool) (m *Journey, evicted *Account) {
	keys := keysOf(a.ID, id, false)
	if old := j.index.find(j, keys[keyText], keyText); old >= 0 {
		j.drop(old) // the SMSC gave the id again: the newer message has it
	}
	list := listSettled
	if asks {
		list = listWaiting
	}
	evicted = j.room(list)
	e := j.take()
	m = j.at(e)
	*m = Journey{Account: a, Asks: asks, Slot: e, keys: keys, list: list}
	m.ID.set(id)
	j.push(list, e)
	j.index.add(e, &m.keys)
	return m, evicted
}

// room drops the oldest of a list that is full.
func (j *Journeys) room(list uint8) (evicted *Account) {
	limit := maxSettled
	if list == listWaiting {
		if limit = j.MaxWaiting; limit == 0 {
			limit = MaxWaiting
		}
	}
	if l := &j.lists[list]; l.n >= limit {
		evicted = j.at(l.first - 1).Account
		j.drop(l.first - 1)
	}
	return evicted
}

func (j *Journeys) take() int32 {
	if j.free != 0 {
		e := j.free - 1
		j.free = j.at(e).next
		return e
	}
	if int(j.used) == len(j.slab)*slabPage {
		j.slab = append(j.slab, new([slabPage]Journey))
	}
	j.used++
	return j.used - 1
}

func (j *Journeys) drop(e int32) {
	m := j.at(e)
	if j.Dropped != nil && m.list != listHeld {
		j.Dropped(m)
	}
	if m.list == listHeld {
		j.held.remove(e, &m.keys)
	} else {
		j.index.remove(e, &m.keys)
	}
	j.unlink(e)
	m.Account, m.Session = nil, nil
	m.next, j.free = j.free, e+1
}

func (j *Journeys) push(list uint8, e int32) {
	l, m := &j.lists[list], j.at(e)
	m.list, m.prev, m.next = list, l.last, 0
	if l.last == 0 {
		l.first = e + 1
	} else {
		j.at(l.last - 1).next = e + 1
	}
	l.last = e + 1
	l.n++
}

func (j *Journeys) unlink(e int32) {
	m := j.at(e)
	l := &j.lists[m.list]
	if m.prev == 0 {
		l.first = m.next
	} else {
		j.at(m.prev - 1).next = m.next
	}
	if m.next == 0 {
		l.last = m.prev
	} else {
		j.at(m.next - 1).prev = m.prev
	}
	l.n--
}

// Settle moves a message whose final receipt has come behind those that wait.
// evicted gives the account of one that had to be dropped for it.
func (j *Journeys) Settle(m *Journey) (evicted *Account) {
	if m.list == listSettled {
		return nil
	}
	evicted = j.room(listSettled)
	j.unlink(m.Slot)
	j.push(listSettled, m.Slot)
	return evicted
}

// Find gives the message that a receipt's id stands for, and how the id is
// written in the receipt; nil: none is known.
func (j *Journeys) Find(a *Account, id []byte) (*Journey, Relation) {
	keys := keysOf(a.ID, id, true)
	for place, h := range keys {
		if e := j.index.find(j, h, place); e >= 0 {
			m := j.at(e)
			if r := Relate(m.ID.Bytes(), id); m.Account == a && r != RelationNone {
				return m, r
			}
		}
	}
	return nil, RelationNone
}

// Hold keeps a receipt whose message is not known, for its response may come
// later. old: a receipt with this id is held already and was given. evicted:
// how many receipts had to be given up for it.
func (j *Journeys) Hold(a *Account, id []byte) (m *Journey, old bool, evicted int64) {
	keys := keysOf(a.ID, id, true)
	if e := j.held.find(j, keys[keyText], keyText); e >= 0 {
		return j.at(e), true, 0
	}
	if l := &j.lists[listHeld]; l.n >= maxHeld {
		evicted = 1 + j.at(l.first-1).More
		j.drop(l.first - 1)
	}
	e := j.take()
	m = j.at(e)
	*m = Journey{Account: a, Slot: e, keys: keys, list: listHeld}
	m.ID.set(id)
	j.push(listHeld, e)
	j.held.add(e, &m.keys)
	return m, false, evicted
}

// Held gives the receipt that waits for a response with this id.
func (j *Journeys) Held(a *Account, id []byte) (*Journey, Relation) {
	if j.held.n == 0 {
		return nil, RelationNone
	}
	keys := keysOf(a.ID, id, false)
	for place, h := range keys {
		if e := j.held.find(j, h, place); e >= 0 {
			m := j.at(e)
			if r := Relate(id, m.ID.Bytes()); m.Account == a && r != RelationNone {
				return m, r
			}
		}
	}
	return nil, RelationNone
}

// OldestHeld is the receipt that has waited longest; nil: none does.
func (j *Journeys) OldestHeld() *Journey {
	if j.lists[listHeld].first == 0 {
		return nil
	}
	return j.at(j.lists[listHeld].first - 1)
}

// Release forgets a receipt that was held.
func (j *Journeys) Release(m *Journey) { j.drop(m.Slot) }
