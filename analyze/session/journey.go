package session

import "slices"

// Journey is a message that the SMSC has accepted. It is lent until the next
// call of Journeys. It holds no pointer, as idEntry.
type Journey struct {
	Submit, SubmittedAt int64 // number and time
	Slot                int32 // the entry's place, which it keeps
	told                int32 // place of its Told, plus one; zero: no receipt came
	// Multi: a submit_multi, whose one id stands for several messages.
	Multi bool
	// Final: a receipt told State, behind which none other can follow.
	Final bool
	State uint8
	// Conn is the number of the connection that sent it, as far as 32 bits hold
	// it: there are many entries, and here it costs nothing.
	Conn uint32
}

// Told is the last receipt of a message. It stands apart because most messages
// that are kept wait for theirs.
type Told struct {
	Receipt, ReceiptAt int64 // number and time
	// Answer is how long the ESME took to answer it, plus one nanosecond; zero:
	// it did not yet.
	Answer int64
}

// Bounds of what is kept.
const (
	// MaxWaiting is how many messages may wait for a receipt (rules.yaml,
	// Memory).
	MaxWaiting = 131_072
	// maxSettled is how many are remembered that wait for none: they ask for
	// none, or the final one has come.
	maxSettled = 65_536
)

// Lists of journeys, each in order of its time.
const (
	listWaiting uint8 = iota
	listSettled
)

// Journeys are the messages of all accounts until their receipts. Entries are
// used again; none holds more than its fixed size.
type Journeys struct {
	// MaxWaiting is the bound; zero: MaxWaiting.
	MaxWaiting int
	// Dropped takes a journey that is forgotten; nil: nobody wants to know.
	Dropped func(*Journey)
	// GivenUp takes a receipt that is held no longer to make room; nil: nobody
	// wants to know.
	GivenUp func(*HeldReceipt)

	ids      idTable
	slab     []*[slabPage]Journey // by slot
	told     []*[slabPage]Told
	untold   []int32    // places of told that are free
	accounts []*Account // by idEntry.account, of those that have journeys
	held     heldReceipts
	buf      [MaxID]byte
	search   search
	removed  [2]int  // to make room, by list
	read     uint32  // by readOldest
	before   Journey // what Before gives, if again
	again    bool
}

// Slot gives the journey at a place (Journey.Slot).
func (j *Journeys) Slot(place int32) *Journey { return &j.slab[place/slabPage][place%slabPage] }

// Told gives the last receipt of a journey; nil: none came. It is lent as the
// journey is.
func (j *Journeys) Told(m *Journey) *Told {
	if m.told == 0 {
		return nil
	}
	place := m.told - 1
	return &j.told[place/slabPage][place%slabPage]
}

// Tell notes a receipt of a journey in place of the one before.
func (j *Journeys) Tell(m *Journey, t Told) {
	if m.told == 0 {
		if len(j.untold) == 0 {
			first := int32(len(j.told) * slabPage)
			j.told = append(j.told, new([slabPage]Told))
			for i := range int32(slabPage) {
				j.untold = append(j.untold, first+slabPage-1-i)
			}
		}
		last := len(j.untold) - 1
		m.told, j.untold = j.untold[last]+1, j.untold[:last]
	}
	*j.Told(m) = t
}

// ID gives the id of a journey, lent until the next call.
func (j *Journeys) ID(m *Journey) []byte { return j.ids.id(m.Slot, &j.buf) }

// Waiting is how many messages wait for a receipt.
func (j *Journeys) Waiting() int { return j.ids.lists[listWaiting].n }

// Accept enters a message under the id that its response gave, and HashID of
// it. The caller fills what it knows. evicted: a message that waited for its
// receipt was dropped to make room; it gives its account.
func (j *Journeys) Accept(a *Account, id []byte, hashed uint64, asks bool) (m *Journey, evicted *Account) {
	j.note(a)
	account := int32(a.ID)
	hash := hashIn(account, hashed)
	j.again = false
	if old := j.ids.findExact(account, id, hash); old >= 0 {
		j.before, j.again = *j.Slot(old), true
		j.drop(old) // the SMSC gave the id again: the newer message has it
	}
	list := listSettled
	if asks {
		list = listWaiting
	}
	evicted = j.room(list)
	slot := j.ids.add(account, id, hash, list)
	if int(slot) == len(j.slab)*slabPage {
		j.slab = append(j.slab, new([slabPage]Journey))
	}
	m = j.Slot(slot)
	*m = Journey{Slot: slot}
	return m, evicted
}

// Before gives the message that had the id of the one accepted last, and lost
// it to that; nil: none had. It is lent until the next is accepted.
func (j *Journeys) Before() *Journey {
	if !j.again {
		return nil
	}
	return &j.before
}

// note remembers an account by its number.
func (j *Journeys) note(a *Account) {
	n := int(uint16(a.ID))
	if n >= len(j.accounts) {
		j.accounts = append(j.accounts, make([]*Account, n+1-len(j.accounts))...)
	}
	j.accounts[n] = a
}

// room drops the oldest of a list that is full.
func (j *Journeys) room(list uint8) (evicted *Account) {
	limit := maxSettled
	if list == listWaiting {
		if limit = j.MaxWaiting; limit == 0 {
			limit = MaxWaiting
		}
	}
	if j.ids.lists[list].n < limit {
		return nil
	}
	if j.removed[list]++; j.removed[list]%removedTogether == 0 {
		j.readOldest(list)
	}
	oldest := j.ids.oldest(list)
	evicted = j.accounts[j.ids.at(oldest).account]
	j.drop(oldest)
	return evicted
}

func (j *Journeys) drop(slot int32) {
	m := j.Slot(slot)
	if j.Dropped != nil {
		j.Dropped(m)
	}
	if m.told != 0 {
		j.untold = append(j.untold, m.told-1)
		m.told = 0
	}
	j.ids.remove(slot)
}

// Settle moves a message whose final receipt has come behind those that wait.
// evicted gives the account of one that had to be dropped for it.
func (j *Journeys) Settle(m *Journey) (evicted *Account) {
	if j.ids.at(m.Slot).list() == listSettled {
		return nil
	}
	evicted = j.room(listSettled)
	j.ids.move(m.Slot, listSettled)
	return evicted
}

// Find gives the message that a receipt's id stands for, and how the id is
// written in the receipt; nil: none is known, or, in doubt, it cannot be told
// which. The id may be the response's in another base.
func (j *Journeys) Find(a *Account, id []byte, w *Writing) (m *Journey, r Relation, doubt bool) {
	slot, doubt := j.ids.meant(&j.search, a, id, w, false)
	if slot < 0 {
		return nil, RelationNone, doubt
	}
	return j.Slot(slot), Relate(j.ids.id(slot, &j.buf), id), false
}

// maxAlike bounds the entries that are looked at for one id.
const maxAlike = 8

// search is what a look-up needs.
type search struct {
	slots []int32
	ids   [][]byte
	bufs  [maxAlike][MaxID]byte
	other [2][MaxID]byte
}

// meant gives the slot of the one entry that an id can mean, by how the account
// writes ids; negative: none, or it cannot be told. receipts: the table holds
// receipts' ids, and id is a response's.
func (t *idTable) meant(s *search, a *Account, id []byte, w *Writing, receipts bool) (slot int32, doubt bool) {
	if s.slots == nil {
		s.slots, s.ids = make([]int32, 0, maxAlike), make([][]byte, 0, maxAlike)
	}
	s.slots, s.ids = s.slots[:0], s.ids[:0]
	account := int32(a.ID)
	s.slots = t.findAll(s.slots, account, id, hashOf(account, id))
	alike := len(s.slots)
	if learned := w.Learned(); learned != FamilyPlain {
		hex, dec := otherBases(id, &s.other)
		for _, x := range [...][]byte{hex, dec} {
			if x != nil {
				s.slots = t.findAll(s.slots, account, x, hashOf(account, x))
			}
		}
	}
	if len(s.slots) == 0 {
		return -1, false
	}
	if len(s.slots) > alike { // a figure alone reads the same in both bases
		s.slots = unique(s.slots)
	}
	for i, slot := range s.slots {
		s.ids = append(s.ids, t.id(slot, &s.bufs[i]))
	}
	var place int
	if receipts {
		place, doubt = w.chooseReceipt(id, s.ids)
	} else {
		place, doubt = w.Choose(id, s.ids)
	}
	if place < 0 {
		return -1, doubt
	}
	return s.slots[place], false
}

// unique removes what comes again.
func unique(slots []int32) []int32 {
	out := slots[:0]
	for _, s := range slots {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
