package session

// Expire gives up the next message whose wait is over at a time; nil: none.
// The caller asks until there is none.
func (k *Concats) Expire(now int64) *LongMessage {
	for m := k.first; m != nil && m.last+k.Wait <= now; m = k.first {
		k.remove(m)
		if m.owes() {
			return m
		}
	}
	return nil
}

// Rest gives up the next message at the input's end; nil: none. over tells
// that every connection that carried a part has ended in sight.
func (k *Concats) Rest() (m *LongMessage, over bool) {
	for m := k.first; m != nil; m = k.first {
		k.remove(m)
		if m.owes() {
			return m, m.over()
		}
	}
	return nil, false
}

// Due is when Expire has to be called again; zero: nothing waits.
func (k *Concats) Due() int64 {
	if k.first == nil {
		return 0
	}
	return k.first.last + k.Wait
}

// owes tells that there is something to say of the message when its wait is
// over: parts were not seen, or refused and not sent again.
func (m *LongMessage) owes() bool {
	if m.Doubtful || m.state == concatGivenUp || len(m.Parts) == 0 {
		return false
	}
	n := m.refused()
	return n < len(m.Parts) && (n > 0 || m.state == concatOpen)
}

func (m *LongMessage) over() bool {
	for i := range m.Parts {
		switch m.Parts[i].Conn.End {
		case EndFIN, EndHalf, EndRST:
		default:
			return false
		}
	}
	return true
}

// Missing gives the numbers of the parts that were not seen, and of those
// that were refused.
func (m *LongMessage) Missing() (unseen, refused []int) {
	for n := 1; n <= m.Total; n++ {
		switch p := m.Part(uint8(n)); {
		case p == nil:
			unseen = append(unseen, n)
		case p.Status != 0:
			refused = append(refused, n)
		}
	}
	return unseen, refused
}

// Doubt says why a part may have been sent unseen: it stood in a gap or
// before the capture began, on any connection of the account, or may come
// after its end, halfClose after a lone FIN (Options).
func (m *LongMessage) Doubt(wait, halfClose, now int64) (d Doubt) {
	since := m.Parts[0].Time - wait
	if m.Account.LostSince(m.From, since) {
		d |= DoubtGap
	}
	for i := range m.Parts {
		c := m.Parts[i].Conn
		if at := c.Of(m.From).GapAt; at != 0 && at >= since {
			d |= DoubtGap
		}
		if c.cutShort(now, halfClose) {
			d |= DoubtEnd
		}
	}
	return d
}

// trim drops the oldest messages beyond the bound; true: one of them was
// incomplete.
func (k *Concats) trim() (evicted bool) {
	for k.n > k.Max {
		m := k.first
		evicted = evicted || m.owes()
		k.remove(m)
	}
	return evicted
}

// touch moves a message to the end of the order.
func (k *Concats) touch(m *LongMessage, at int64) {
	m.last = max(m.last, at)
	if k.last != m {
		k.unlink(m)
		k.append(m)
	}
}

func (k *Concats) append(m *LongMessage) {
	m.prev, m.next = k.last, nil
	if k.last == nil {
		k.first = m
	} else {
		k.last.next = m
	}
	k.last = m
}

func (k *Concats) unlink(m *LongMessage) {
	if m.prev == nil {
		k.first = m.next
	} else {
		m.prev.next = m.next
	}
	if m.next == nil {
		k.last = m.prev
	} else {
		m.next.prev = m.prev
	}
	m.prev, m.next = nil, nil
}

// remove forgets a message.
func (k *Concats) remove(m *LongMessage) {
	k.unlink(m)
	k.n--
	k.Release(m)
	if q := k.byKey[m.ConcatKey]; q != m {
		for q.older != m {
			q = q.older
		}
		q.older = m.older
	} else if m.older == nil {
		delete(k.byKey, m.ConcatKey)
	} else {
		k.byKey[m.ConcatKey] = m.older
	}
}
