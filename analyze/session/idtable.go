package session

import "bytes"

// idTable holds ids of accounts in slots, which stand in lists in order of
// their time. Slots are used again, and hold no pointer: there may be two
// hundred thousand, and the collector would have to follow them all.
type idTable struct {
	slab  []*[slabPage]idEntry
	used  int32
	free  int32 // of the free slots' list, linked by next; slot + 1
	lists [2]idList
	index idIndex
	// tails are what does not fit in a slot.
	tails map[int32][MaxID - idInline]byte
}

// slabPage is how many slots are made together, so that growing copies none.
const slabPage = 1024

// idInline is how long an id may be to stand in its slot alone; of figures,
// packed, twice as long: a UUID fits.
const idInline = 16

// idEntry is a slot: 32 octets, so that two share a line of memory and a page
// of them is what Go's allocator gives out whole.
type idEntry struct {
	hash       uint32
	prev, next int32  // in its list, slot + 1; zero: none
	account    uint16 // of the at most maxAccounts, whose last is zero here
	n          uint8  // octets of the id
	kind       uint8  // its idForm, and the list's number times listUnit
	b          [idInline]byte
}

// listUnit is above all forms.
const listUnit = 1 << 4

func (e *idEntry) form() idForm { return idForm(e.kind % listUnit) }

func (e *idEntry) list() uint8 { return e.kind / listUnit }

func (e *idEntry) setList(list uint8) { e.kind = e.kind%listUnit + list*listUnit }

// hasTail tells that the octets behind the first stand in idTable.tails.
func (e *idEntry) hasTail() bool { return e.n > idInline && e.form() == formPlain }

type idList struct {
	first, last int32 // slot + 1; zero: none
	n           int
}

func (t *idTable) at(slot int32) *idEntry { return &t.slab[slot/slabPage][slot%slabPage] }

// id gives the id of a slot. It is lent until buf is used again.
func (t *idTable) id(slot int32, buf *[MaxID]byte) []byte {
	e := t.at(slot)
	switch {
	case e.n <= idInline:
		return e.b[:e.n:e.n]
	case e.form() != formPlain:
		unpackID(buf[:e.n], e.form(), &e.b)
	default:
		copy(buf[:], e.b[:])
		tail := t.tails[slot]
		copy(buf[idInline:], tail[:])
	}
	return buf[:e.n:e.n]
}

// add enters an id, of which the first MaxID octets are kept.
func (t *idTable) add(account int32, id []byte, hash uint32, list uint8) (slot int32) {
	slot = t.take()
	e := t.at(slot)
	id = id[:min(len(id), MaxID)]
	*e = idEntry{hash: hash, account: uint16(account), n: uint8(len(id))}
	if len(id) > idInline {
		e.kind = uint8(packID(&e.b, id))
	}
	if e.form() == formPlain {
		copy(e.b[:], id)
	}
	if e.hasTail() {
		if t.tails == nil {
			t.tails = make(map[int32][MaxID - idInline]byte)
		}
		var tail [MaxID - idInline]byte
		copy(tail[:], id[idInline:])
		t.tails[slot] = tail
	}
	t.push(list, slot)
	t.index.add(hash, slot)
	return slot
}

func (t *idTable) take() int32 {
	if t.free != 0 {
		slot := t.free - 1
		t.free = t.at(slot).next
		return slot
	}
	if int(t.used) == len(t.slab)*slabPage {
		t.slab = append(t.slab, new([slabPage]idEntry))
	}
	t.used++
	return t.used - 1
}

// find gives the slot of an account's id; of several that differ in case and
// leading zeros alone the one that is written alike, else the last found.
// Negative: there is none.
func (t *idTable) find(account int32, id []byte, hash uint32) int32 {
	var buf [MaxID]byte
	id = id[:min(len(id), MaxID)]
	alike := int32(-1)
	for i, slot := t.index.first(hash); slot >= 0; i, slot = t.index.next(i, hash) {
		if t.at(slot).account != uint16(account) {
			continue
		}
		have := t.id(slot, &buf)
		if bytes.Equal(have, id) {
			return slot
		}
		if bytes.EqualFold(stripped(have), stripped(id)) {
			alike = slot
		}
	}
	return alike
}

// findAll appends the slots of an account's id, whatever its case and leading
// zeros.
func (t *idTable) findAll(out []int32, account int32, id []byte, hash uint32) []int32 {
	var buf [MaxID]byte
	id = id[:min(len(id), MaxID)]
	for i, slot := t.index.first(hash); slot >= 0; i, slot = t.index.next(i, hash) {
		if t.at(slot).account == uint16(account) && bytes.EqualFold(stripped(t.id(slot, &buf)), stripped(id)) && len(out) < cap(out) {
			out = append(out, slot)
		}
	}
	return out
}

// findExact gives the slot of an account's id as it is written; negative:
// there is none.
func (t *idTable) findExact(account int32, id []byte, hash uint32) int32 {
	var buf [MaxID]byte
	slot := t.find(account, id, hash)
	if slot >= 0 && bytes.Equal(t.id(slot, &buf), id[:min(len(id), MaxID)]) {
		return slot
	}
	return -1
}

func (t *idTable) remove(slot int32) {
	e := t.at(slot)
	t.index.remove(e.hash, slot)
	t.unlink(slot)
	if e.hasTail() {
		delete(t.tails, slot)
	}
	e.next, t.free = t.free, slot+1
}

// move puts a slot at the end of a list.
func (t *idTable) move(slot int32, list uint8) {
	t.unlink(slot)
	t.push(list, slot)
}

// oldest gives the first slot of a list; negative: it is empty.
func (t *idTable) oldest(list uint8) int32 { return t.lists[list].first - 1 }

func (t *idTable) push(list uint8, slot int32) {
	l, e := &t.lists[list], t.at(slot)
	e.setList(list)
	e.prev, e.next = l.last, 0
	if l.last == 0 {
		l.first = slot + 1
	} else {
		t.at(l.last - 1).next = slot + 1
	}
	l.last = slot + 1
	l.n++
}

func (t *idTable) unlink(slot int32) {
	e := t.at(slot)
	l := &t.lists[e.list()]
	if e.prev == 0 {
		l.first = e.next
	} else {
		t.at(e.prev - 1).next = e.next
	}
	if e.next == 0 {
		l.last = e.prev
	} else {
		t.at(e.next - 1).prev = e.prev
	}
	l.n--
}
