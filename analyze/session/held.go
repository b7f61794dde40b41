package session

// maxHeld is how many receipts wait for their message's response.
const maxHeld = 16_384

// HeldReceipt is a receipt whose message is not known yet: its response may
// come later. It is lent until the next call of Journeys.
type HeldReceipt struct {
	Account   *Account
	Session   *Session
	Receipt   int64 // the number of its PDU
	Frame     int64
	ReceiptAt int64
	More      int64 // further receipts with its id
	Sent      int64 // when the message was submitted, as its text tells; zero: unknown
	State     uint8
	Final     bool
	// Doubt: messages are known that it might be about.
	Doubt bool

	slot int32
}

// heldReceipts are those of all accounts, the oldest first.
type heldReceipts struct {
	ids  idTable
	slab []*[slabPage]HeldReceipt // by slot
	buf  [MaxID]byte
}

func (h *heldReceipts) at(slot int32) *HeldReceipt { return &h.slab[slot/slabPage][slot%slabPage] }

// Hold keeps a receipt whose message is not known. old: a receipt with this id
// is held already and was given. evicted: how many receipts had to be given up
// for it.
func (j *Journeys) Hold(a *Account, id []byte) (m *HeldReceipt, old bool, evicted int64) {
	h, account, hash := &j.held, int32(a.ID), hashOf(int32(a.ID), id)
	if slot := h.ids.findExact(account, id, hash); slot >= 0 {
		return h.at(slot), true, 0
	}
	if h.ids.lists[0].n >= maxHeld {
		m = j.OldestHeld()
		evicted = 1 + m.More
		if j.GivenUp != nil {
			j.GivenUp(m)
		}
		j.Release(m)
	}
	slot := h.ids.add(account, id, hash, 0)
	if int(slot) == len(h.slab)*slabPage {
		h.slab = append(h.slab, new([slabPage]HeldReceipt))
	}
	m = h.at(slot)
	*m = HeldReceipt{Account: a, slot: slot}
	return m, false, evicted
}

// Held gives the receipt that waits for a response with this id, perhaps
// written in another base; nil: none does for certain.
func (j *Journeys) Held(a *Account, id []byte, w *Writing) *HeldReceipt {
	if j.held.ids.lists[0].n == 0 {
		return nil
	}
	slot, doubt := j.held.ids.meant(&j.search, a, id, w, true)
	if doubt {
		for _, s := range j.search.slots {
			j.held.at(s).Doubt = true
		}
	}
	if slot < 0 || j.held.at(slot).Doubt && w.Learned() == FamilyNone {
		return nil
	}
	return j.held.at(slot)
}

// HeldID gives the id of a receipt that is held, lent until the next call.
func (j *Journeys) HeldID(m *HeldReceipt) []byte { return j.held.ids.id(m.slot, &j.held.buf) }

// OldestHeld is the receipt that has waited longest; nil: none does.
func (j *Journeys) OldestHeld() *HeldReceipt {
	slot := j.held.ids.oldest(0)
	if slot < 0 {
		return nil
	}
	return j.held.at(slot)
}

// Release forgets a receipt that was held.
func (j *Journeys) Release(m *HeldReceipt) {
	j.held.ids.remove(m.slot)
	m.Account, m.Session = nil, nil
}
