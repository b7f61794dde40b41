package audit

// heldBack are findings that rest on a bind's answer not being there. They
// wait for it, or for the connection's end: the answer may stand where nothing
// was captured, or the capture may bring it too late.
type heldBack struct {
	first *evidence // nil: there was none
	n     int64
	// Of the last one.
	lastTime, lastPDU int64
}

func (h *heldBack) add(e evidence) {
	if h.n == 0 {
		h.first = &e
	}
	h.n++
	h.lastTime, h.lastPDU = e.time, e.pdu
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
	a.judgeMissing(c)
	for s := &c.sess; s.repeats.n > 0; {
		a.fail(s.repeats.take())
	}
}

// judgeMissing judges what waited for a bind, before what came later.
func (a *Auditor) judgeMissing(c *connState) {
	for s := &c.sess; s.held.n > 0; {
		a.bindMissing(c, s.held.take())
	}
}

// take gives as many as there were: the first, and as often as it stands for
// others the time of the last.
func (h *heldBack) take() evidence {
	e := *h.first
	h.first.time, h.first.pdu = h.lastTime, h.lastPDU
	h.n--
	return e
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
