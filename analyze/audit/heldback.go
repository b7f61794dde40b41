package audit

// heldBack are findings that rest on a bind's answer not being there. They
// wait for it, or for the connection's end: the answer may stand where nothing
// was captured, or the capture may bring it too late.
type heldBack struct {
	first *evidence // nil: there was none
	n     int64
}

func (h *heldBack) add(e evidence) {
	if h.n == 0 {
		h.first = &e
	}
	h.n++
}

// answered drops what bears a later stamp than the bind's answer: it was sent
// behind the answer, and only the capture has them in another order.
func (h *heldBack) answered(at int64) {
	if h.n > 0 && h.first.time >= at {
		h.n = 0
	}
}

// release judges what waited for the answer, which is stamped at.
func (a *Auditor) release(c *connState, at int64) {
	c.sess.held.answered(at)
	c.sess.repeats.answered(at)
	if c.conn.Unordered {
		c.sess.held.lower()
		c.sess.repeats.lower()
	}
	a.judgeHeld(c)
}

// lower makes what waited a note.
func (h *heldBack) lower() {
	if h.n > 0 {
		h.first.severity = lowered(Error, true)
	}
}

func (a *Auditor) judgeHeld(c *connState) {
	s := &c.sess
	for ; s.held.n > 0; s.held.n-- {
		a.bindMissing(c, *s.held.first)
	}
	for ; s.repeats.n > 0; s.repeats.n-- {
		a.fail(*s.repeats.first)
	}
}

// releaseAtEnd judges what waited for an answer that was never seen.
func (a *Auditor) releaseAtEnd(c *connState) {
	s := &c.sess
	if c.conn.OneSided() {
		if s.held.n > 0 {
			a.giveUp(RuleBindMissing)
		}
		if s.repeats.n > 0 {
			a.giveUp(RuleBindRepeated)
		}
		return
	}
	doubt := gapSince(c.conn, 0)
	for _, h := range [...]*heldBack{&s.held, &s.repeats} {
		if h.n > 0 {
			h.first.severity = lowered(Error, doubt)
		}
	}
	a.judgeHeld(c)
}
