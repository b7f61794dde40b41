package audit

import (
	"fmt"
	"slices"
	"strings"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// ringSize is how many of a side's last PDUs are remembered by their headers.
const ringSize = 16

// header is what is remembered of a PDU.
type header struct {
	number, time int64
	id, seq      uint32
	length       uint32
	sound        bool // known command, nothing structural wrong
}

// headerRing holds a side's last PDUs, for a generic_nack that names none.
type headerRing struct {
	at   []header // at most ringSize
	next uint8
}

func (h *headerRing) add(o *session.Observed) {
	p := o.PDU
	var x *header
	if len(h.at) < ringSize {
		h.at = append(h.at, header{})
		x = &h.at[len(h.at)-1]
	} else {
		x = &h.at[h.next]
		h.next = (h.next + 1) % ringSize
	}
	x.number, x.time, x.id, x.seq, x.length = o.Number, o.Time, p.ID, p.Sequence, p.Length
	x.sound = p.Command != nil && !p.Broken
}

// back gives the i-th last header, the last one for 0.
func (h *headerRing) back(i int) *header {
	return &h.at[(int(h.next)+2*len(h.at)-1-i)%len(h.at)]
}

// culprit finds the PDU that a generic_nack most likely refuses: the one with
// its number, else the last one that is not sound, else none.
func (h *headerRing) culprit(seq uint32) (x *header, sure bool) {
	for i := range h.at {
		q := h.back(i)
		if q.seq == seq && seq != 0 {
			return q, true
		}
		if x == nil && !q.sound {
			x = q
		}
	}
	return x, false
}

// maxEchoing bounds the generic_nacks that wait for their judgement.
const maxEchoing = 64

// echoes tells whether a generic_nack with a number refuses a PDU that no
// answer is due to: alert_notification and outbind have none, and what a
// receiver does not know or cannot read may be anything (v3.4 4.3).
func (x *header) echoes(status uint32) bool {
	return x.id == dissect.CmdAlertNotification || x.id == dissect.CmdOutbind || !x.sound || status == dissect.StatusInvalidCommandLen || status == dissect.StatusInvalidCommandID
}

// echoed tells whether a generic_nack bears the number of what it refuses, and
// forgets it.
func (r *requestState) echoed(number int64) bool {
	i := slices.Index(r.echoing, number)
	if i < 0 {
		return false
	}
	r.echoing = slices.Delete(r.echoing, i, i+1)
	return true
}

// unclaimedNack judges a generic_nack that the tracker gave no request.
func (a *Auditor) unclaimedNack(c *connState, o *session.Observed) {
	s := &c.req.sides[o.Dir.Other()].seen
	cause, what, open := "", unexplained, true
	if x, sure := s.culprit(o.PDU.Sequence); x != nil {
		cause, open = commandName(x.id), false
		if sure && x.echoes(o.PDU.Status) && len(c.req.echoing) < maxEchoing {
			c.req.echoing = append(c.req.echoing, o.Number)
		}
		what = fmt.Sprintf("It refuses %s (sequence_number %d)", cause, x.seq)
		if !sure {
			what = fmt.Sprintf("It most likely refuses %s (sequence_number %d, the last one that is odd)", cause, x.seq)
		}
		what += ": " + faultOf(x.id, x.sound, x.length, o.PDU.Status) + "."
	} else if g := c.sess.framing.sides[o.Dir.Other()].garbageAt; g != 0 {
		cause, open = "garbage", false
		what = fmt.Sprintf("It most likely refuses the octets in no PDU that came %s before it.", inSeconds(o.Time-g))
	} else if r := c.justBefore(o); r != nil {
		cause = commandName(r.ID)
		what = fmt.Sprintf("It most likely refuses %s (sequence_number %d, the request just before it and the only one without an answer): %s.",
			cause, r.Sequence, faultOf(r.ID, true, uint32(len(r.Raw)), o.PDU.Status))
	}
	e := of(o, RuleGenericNack)
	f := a.nack(c, e, o.PDU.Status, o.PDU.Sequence, o.From, cause, what)
	if f != nil && open {
		c.req.openNack = openNack{f, o.Time, o.Dir.Other(), what}
	}
}

// justBefore gives the request that a generic_nack which names none refuses by
// its place: the other side's last PDU, with no other request open beside it.
func (c *connState) justBefore(o *session.Observed) *session.Request {
	dir := o.Dir.Other()
	r := c.conn.OnlyOpen(dir)
	if r == nil || r.TimedOut || o.PDU.Status != dissect.StatusInvalidCommandID || o.PDU.Sequence != 0 || gapSince(c.conn, r.Time) {
		return nil
	}
	if s := &c.req.sides[dir].seen; len(s.at) == 0 || s.back(0).number != r.Number {
		return nil
	}
	return r
}

// unexplained is said of a generic_nack of which the reason does not show.
const unexplained = "No PDU near it shows why."

// openNack is a generic_nack whose reason may still show: octets that are no
// PDU are known as such only when the next header stands behind them.
type openNack struct {
	finding *Finding
	at      int64
	dir     stream.Dir // of what it refuses
	words   string     // what was said for want of it
}

// explainNack completes the words of a generic_nack by skipped octets that were
// sent before it.
func (a *Auditor) explainNack(c *connState, dir stream.Dir, f *stream.Frame, what string) {
	n := c.req.openNack
	if n.finding == nil || n.dir != dir || f.Began.Time > n.at {
		return
	}
	c.req.openNack = openNack{}
	if words, open := strings.CutSuffix(n.finding.Message, n.words); open {
		a.reword(n.finding, words+"It most likely refuses "+what+".")
	}
}

// claimedNack judges a generic_nack that answers a request.
func (a *Auditor) claimedNack(c *connState, e *session.Event) {
	r := e.Req
	cause := commandName(r.ID)
	what := fmt.Sprintf("It refuses %s (sequence_number %d): %s.", cause, r.Sequence,
		faultOf(r.ID, r.Command != nil, uint32(len(r.Raw)), e.Resp.Status))
	f := a.nack(c, ofResponse(e, RuleGenericNack), e.Resp.Status, e.Resp.Sequence, c.conn.Sender(e.Resp.Dir), cause, what)
	if f == nil || e.Resp.Status != dissect.StatusInvalidCommandLen || c.req.packSaid {
		return
	}
	if words := a.packedWords(c, r.From, "refused"); words != "" {
		c.req.packSaid = true
		a.reword(f, f.Message+words)
	}
}

func (a *Auditor) nack(c *connState, e evidence, status, seq uint32, from dissect.Side, cause, what string) *Finding {
	if c.req.lastNack == e.pdu && e.pdu != 0 {
		return nil
	}
	c.req.lastNack = e.pdu
	e.cause, e.status = cause, status
	name, _ := a.status(status)
	e.seen, e.wanted = name, "a response to the request"
	e.message = fmt.Sprintf("%s sent generic_nack with status %s and sequence_number %d. %s", opening(from), name, seq, what)
	return a.fail(e)
}

// faultOf says what the receiver most likely disliked.
func faultOf(id uint32, sound bool, length, status uint32) string {
	switch cmd := dissect.CommandByID(id); {
	case cmd == nil:
		return "its command_id is unknown"
	case status == dissect.StatusInvalidCommandID:
		return "the receiver does not support this command"
	case status == dissect.StatusInvalidCommandLen:
		return fmt.Sprintf("the receiver does not accept its command_length %d", length)
	case !sound:
		return "its body is malformed"
	case status == dissect.StatusThrottled || status == dissect.StatusQueueFull:
		return "the receiver asks to send more slowly"
	}
	return "no fault shows in its header"
}
