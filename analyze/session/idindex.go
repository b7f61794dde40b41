package session

// idIndex finds slots by the hashes of their ids. It is an open table that
// grows to what is needed; several ids may have one hash.
type idIndex struct {
	places []idPlace // a power of two of them, at most three quarters taken
	n      int
}

// idPlace points to a slot, plus one; zero: free. The hash tells the place's
// home too, so that moving needs no look at the slot.
type idPlace struct{ hash, slot uint32 }

// first gives the first slot with a hash, and its place; negative: there is
// none.
func (x *idIndex) first(hash uint32) (place uint32, slot int32) {
	if x.n == 0 {
		return 0, -1
	}
	return x.next(hash-1, hash)
}

// next goes on behind a place.
func (x *idIndex) next(place, hash uint32) (_ uint32, slot int32) {
	mask := uint32(len(x.places) - 1)
	for {
		place = (place + 1) & mask
		switch p := x.places[place]; {
		case p.slot == 0:
			return place, -1
		case p.hash == hash:
			return place, int32(p.slot - 1)
		}
	}
}

func (x *idIndex) add(hash uint32, slot int32) {
	if 4*(x.n+1) > 3*len(x.places) {
		x.grow()
	}
	x.put(idPlace{hash, uint32(slot) + 1})
	x.n++
}

func (x *idIndex) put(p idPlace) {
	mask := uint32(len(x.places) - 1)
	i := p.hash & mask
	for x.places[i].slot != 0 {
		i = (i + 1) & mask
	}
	x.places[i] = p
}

func (x *idIndex) grow() {
	old := x.places
	x.places = make([]idPlace, max(256, 2*len(old)))
	for _, p := range old {
		if p.slot != 0 {
			x.put(p)
		}
	}
}

// remove frees a place and moves back what stands behind it, so that no
// search ends too early.
func (x *idIndex) remove(hash uint32, slot int32) {
	mask := uint32(len(x.places) - 1)
	i := hash & mask
	for x.places[i].slot != uint32(slot)+1 {
		if x.places[i].slot == 0 {
			return
		}
		i = (i + 1) & mask
	}
	x.n--
	for j := (i + 1) & mask; x.places[j].slot != 0; j = (j + 1) & mask {
		home := x.places[j].hash & mask
		if (j-home)&mask >= (j-i)&mask {
			x.places[i] = x.places[j]
			i = j
		}
	}
	x.places[i] = idPlace{}
}
