package session

// idIndex finds entries of a slab by the hashes of their ids. It is an open
// table that grows to what its slab needs; an entry's keys are unique in it.
type idIndex struct {
	slots []idSlot // a power of two of them, at most half of them taken
	n     int
}

// idSlot points to a key of an entry: entry*keyCount + place + 1; zero: free.
type idSlot struct {
	tag uint32 // the upper half of the hash, which tells the slot's home too
	at  uint32
}

func tagOf(h uint64) uint32 { return uint32(h >> 32) }

// find gives the entry of j with a key; negative: there is none.
func (x *idIndex) find(j *Journeys, h uint64, place int) int32 {
	if x.n == 0 || h == 0 {
		return -1
	}
	mask := uint32(len(x.slots) - 1)
	tag := tagOf(h)
	for i := tag & mask; x.slots[i].at != 0; i = (i + 1) & mask {
		s := x.slots[i]
		if s.tag != tag {
			continue
		}
		entry, p := int32((s.at-1)/keyCount), int((s.at-1)%keyCount)
		if p == place && j.at(entry).keys[place] == h {
			return entry
		}
	}
	return -1
}

// add enters the keys of an entry.
func (x *idIndex) add(entry int32, keys *idKeys) {
	if 2*(x.n+keyCount) > len(x.slots) {
		x.grow()
	}
	for p, h := range keys {
		if h != 0 {
			x.put(idSlot{tagOf(h), uint32(entry)*keyCount + uint32(p) + 1})
			x.n++
		}
	}
}

func (x *idIndex) put(s idSlot) {
	mask := uint32(len(x.slots) - 1)
	i := s.tag & mask
	for x.slots[i].at != 0 {
		i = (i + 1) & mask
	}
	x.slots[i] = s
}

func (x *idIndex) grow() {
	old := x.slots
	x.slots = make([]idSlot, max(256, 2*len(old)))
	for _, s := range old {
		if s.at != 0 {
			x.put(s)
		}
	}
}

// remove takes the keys of an entry out.
func (x *idIndex) remove(entry int32, keys *idKeys) {
	for p, h := range keys {
		if h != 0 {
			x.drop(tagOf(h), uint32(entry)*keyCount+uint32(p)+1)
		}
	}
}

// drop frees a slot and moves back what stands behind it, so that no search
// ends too early.
func (x *idIndex) drop(tag, at uint32) {
	mask := uint32(len(x.slots) - 1)
	i := tag & mask
	for x.slots[i].at != at {
		if x.slots[i].at == 0 {
			return
		}
		i = (i + 1) & mask
	}
	x.n--
	for j := (i + 1) & mask; x.slots[j].at != 0; j = (j + 1) & mask {
		home := x.slots[j].tag & mask
		if (j-home)&mask >= (j-i)&mask {
			x.slots[i] = x.slots[j]
			i = j
		}
	}
	x.slots[i] = idSlot{}
}
