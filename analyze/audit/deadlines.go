package audit

// deadlines is a heap of connections by the time at which something may have
// been missing for too long.
//
// A connection has one live entry at most. It is not moved when a PDU comes: it
// fires, finds that the deadline has moved and is put back, which costs once
// an interval instead of once a PDU. The entry of a connection that was
// forgotten stays, and holds nothing of it.
type deadlines []deadline

type deadline struct {
	at   int64
	conn *armedConn
}

// armedConn is what an entry knows of its connection; nil: forgotten.
type armedConn struct{ *connState }

func (h *deadlines) push(d deadline) {
	*h = append(*h, d)
	s := *h
	for i := len(s) - 1; i > 0; {
		up := (i - 1) / 2
		if s[up].at <= s[i].at {
			return
		}
		s[up], s[i] = s[i], s[up]
		i = up
	}
}

func (h *deadlines) pop() deadline {
	s := *h
	top, n := s[0], len(s)-1
	s[0], s[n] = s[n], deadline{}
	s = s[:n]
	*h = s
	for i := 0; ; {
		k := 2*i + 1
		if k >= n {
			return top
		}
		if k+1 < n && s[k+1].at < s[k].at {
			k++
		}
		if s[i].at <= s[k].at {
			return top
		}
		s[i], s[k] = s[k], s[i]
		i = k
	}
}

// arm enters a connection into the heap unless it is there.
func (a *Auditor) arm(c *connState) {
	t := &c.sess.timing
	if t.armed != nil || t.gone {
		return
	}
	if next := a.nextDeadline(c); next != 0 {
		t.armed = &armedConn{c}
		// Never into the past: an entry that fired must not fire again at once.
		a.links.deadlines.push(deadline{max(next, a.now-a.limit.Grace+1), t.armed})
	}
}

// rearm enters a connection anew: a bind brings deadlines that may come before
// the one it stands for.
func (a *Auditor) rearm(c *connState) {
	c.sess.timing.retire()
	a.arm(c)
}

// disarm ends the timing of a connection for good.
func (c *connState) disarm() {
	c.sess.timing.gone = true
	c.sess.timing.retire()
}

// retire leaves the entry in the heap, where it means nothing any more.
func (t *timingState) retire() {
	if t.armed != nil {
		t.armed.connState = nil
		t.armed = nil
	}
}

// expireTiming judges the connections whose deadline has passed.
func (a *Auditor) expireTiming(now int64) {
	h := &a.links.deadlines
	for len(*h) > 0 && (*h)[0].at+a.limit.Grace <= now {
		c := h.pop().conn.connState
		if c == nil {
			continue
		}
		c.sess.timing.armed = nil
		a.overdue(c, now)
		a.arm(c)
	}
}
