package capture

import "smpptap/stream"

// lateSYN: a SYN whose connection began at most so many octets behind it was
// captured out of order and opens nothing.
const lateSYN = 64 << 10

// opensAnew says whether a SYN on a living connection begins another one on
// the same four-tuple. A repeated SYN has the same initial sequence number.
func (c *conn) opensAnew(dir stream.Dir, s *segment) bool {
	h, o := &c.halves[dir], &c.halves[dir^1]
	switch {
	case h.synSeen:
		return s.seq != h.isn && !h.answersAgain(s)
	case h.started:
		return h.first-(s.seq+1) > lateSYN
	case s.flags&flagACK == 0:
		// The first SYN of this side: both dial at once, or the other side's
		// packets were remains of a connection before.
		return !o.synSeen || o.data
	default:
		return o.started && !o.synSeen && o.next-s.ack > lateSYN && s.ack-o.next > lateSYN
	}
}

// revives says whether a segment on the four-tuple of an ended connection
// begins a new one: by SYN, or by new octets when those that were under way
// must long have arrived (a RST that nobody heeded, a lost SYN).
func (r *reassembler) revives(c *conn, dir stream.Dir, s *segment) bool {
	h := &c.halves[dir]
	if s.flags&flagRST != 0 {
		return false
	}
	if s.flags&flagSYN != 0 {
		return !h.synSeen || s.seq != h.isn
	}
	return h.news(s) && r.clock.now-c.overAt > lateWait
}

// news says whether a segment holds octets that h has not seen.
func (h *half) news(s *segment) bool {
	return s.length() > 0 && (!h.started || int32(s.seq+uint32(s.length())-h.next) > 0)
}

// afterEnd counts what comes for a connection that has ended. Its last ACK, a
// repeated FIN or SYN and further RSTs mean nothing.
func (r *reassembler) afterEnd(c *conn, dir stream.Dir, s *segment, twice bool) {
	switch {
	case twice:
		r.twice.count++
	case c.halves[dir].news(s):
		r.late++
	}
}

// answersAgain takes a second answer to one SYN, with another initial sequence
// number (SYN cookies, a balancer, a forger). Which of them counts the
// acknowledgement tells; see chosen.
func (h *half) answersAgain(s *segment) bool {
	o := h.other()
	if s.flags&flagACK == 0 || !o.synSeen || s.ack != o.isn+1 {
		return false
	}
	if q := &h.quiet; !h.data && len(h.waiting) == 0 && (!q.seen || q.upTo != h.isn+1) {
		h.rival, h.rivals = h.isn, true
		h.restart(s.seq)
	}
	return true
}

// chosen lets the other side's first acknowledgement choose between two
// initial sequence numbers of h.
func (h *half) chosen(ack uint32) {
	if ack == h.rival+1 && !h.data && len(h.waiting) == 0 {
		h.restart(h.rival)
	}
	h.rivals = false
}

func (h *half) restart(isn uint32) {
	h.start(isn + 1)
	h.isn = isn
}
