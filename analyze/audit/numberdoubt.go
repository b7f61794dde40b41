package audit

import (
	"slices"

	"smpptap/analyze/session"
	"smpptap/stream"
)

// maxHeldNumbers bounds what waits on a connection: no honest peer has as much.
const maxHeldNumbers = 64

// maxNumberWait is how long it waits while the direction that may clear it is
// silent.
const maxNumberWait = 10 * second

// maxDoubted bounds the numbers of a side that are in doubt; beyond it all are.
const maxDoubted = 1024

// heldNumbers are findings that rest on the order of a request and a response
// with one number, of one connection. They wait until the direction of what
// may clear them has passed them by 2 s or the connection has ended: it may stand
// later in the capture.
type heldNumbers struct {
	list []heldNumber
	// doubted are the numbers, by the direction of the requests, of which an
	// answer may have been lost: from then on each answer is taken for that of
	// the request before.
	doubted [2]map[uint32]bool
}

// heldNumber is sequence-reused, or response-duplicate.
type heldNumber struct {
	ev evidence
	// old is the request that the number was used for before; with
	// response-duplicate, the one that is answered.
	old, oldTime int64
	dir          stream.Dir // of the requests
	seq, id      uint32
	first        session.Doubt // whether the first answer is that request's
}

// clearedBy is the direction of what would clear the finding: the answer to
// the older request, or the request of the second answer.
func (h *heldNumber) clearedBy() stream.Dir {
	if h.ev.rule == RuleSequenceReused {
		return h.dir.Other()
	}
	return h.dir
}

// holdReused holds sequence-reused back.
func (a *Auditor) holdReused(c *connState, ev evidence, e *session.Event) {
	a.holdNumber(c, heldNumber{ev, e.OldReq.Number, e.OldReq.Time, e.Req.Dir, e.Req.Sequence, e.Req.ID, 0})
}

// holdDuplicate holds response-duplicate back.
func (a *Auditor) holdDuplicate(c *connState, ev evidence, e *session.Event) {
	r := e.Req
	a.holdNumber(c, heldNumber{ev, r.Number, r.Time, r.Dir, r.Sequence, r.ID, e.Doubt})
}

func (a *Auditor) holdNumber(c *connState, h heldNumber) {
	s := &c.req.held
	if len(s.list) == maxHeldNumbers {
		a.judgeNumber(c, &s.list[0])
		s.list = slices.Delete(s.list, 0, 1)
	}
	s.list = append(s.list, h)
	if h.ev.pdu == a.number {
		a.name(h.ev.rule, h.ev.severity)
	}
}

// answerSeen judges sequence-reused when the answer to the older request is
// there: sent before the number was used again, it clears the sender.
func (a *Auditor) answerSeen(c *connState, e *session.Event) {
	s := &c.req.held
	s.list = slices.DeleteFunc(s.list, func(h heldNumber) bool {
		if h.ev.rule != RuleSequenceReused || h.old != e.Req.Number {
			return false
		}
		if e.Resp.Time >= h.ev.time {
			a.judgeNumber(c, &h)
		}
		return true
	})
}

// passNumbers judges what the PDU in hand leaves no hope for. A request that
// was sent before a second response is what that one answers.
func (a *Auditor) passNumbers(c *connState, o *session.Observed) {
	s := &c.req.held
	s.list = slices.DeleteFunc(s.list, func(h heldNumber) bool {
		if h.ev.rule == RuleResponseDuplicate && o.Dir == h.dir && o.PDU.ID == h.id &&
			o.PDU.Sequence == h.seq && o.Time <= h.ev.time {
			return true
		}
		wait := a.limit.Grace
		if o.Dir != h.clearedBy() {
			wait = maxNumberWait
		}
		if o.Time-h.ev.time < wait {
			return false
		}
		a.judgeNumber(c, &h)
		return true
	})
}

// endNumbers judges all that waits.
func (a *Auditor) endNumbers(c *connState) {
	s := &c.req.held
	for i := range s.list {
		a.judgeNumber(c, &s.list[i])
	}
	s.list = nil
}

// judgeNumber is sequence-reused, or response-duplicate. It is a note where the
// answer to the older request, or the request of the second answer, may have
// stood in octets that were lost.
func (a *Auditor) judgeNumber(c *connState, h *heldNumber) {
	if c.conn.OneSided() {
		a.giveUp(h.ev.rule) // answers are not in the capture
		return
	}
	doubt := c.conn.Sides[h.clearedBy()].GapAt >= max(h.oldTime, 1)
	if h.ev.rule == RuleSequenceReused {
		doubt = c.req.held.doubtful(h, doubt)
	}
	ev := h.ev
	switch {
	case doubt:
		ev.message += doubtWords(session.DoubtGap)
	case c.conn.Unordered:
		doubt = true
		ev.message += doubtWords(session.DoubtOrder)
	case h.first != 0:
		doubt = true
		ev.message += " The first answer came before the request: it may belong to one that was not captured."
	}
	if doubt {
		ev.severity = Note
		ev.cause += " in doubt"
	}
	a.fail(ev)
}

// doubtful tells whether the use of a number is in doubt: now, or since the
// answer to an earlier request with it may have been lost.
func (s *heldNumbers) doubtful(h *heldNumber, now bool) bool {
	known := s.doubted[h.dir]
	if now && known == nil {
		known = make(map[uint32]bool)
		s.doubted[h.dir] = known
	}
	if now && len(known) < maxDoubted {
		known[h.seq] = true
	}
	return now || known[h.seq] || len(known) == maxDoubted
}
