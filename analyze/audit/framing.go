package audit

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// framingState is what the framing rules keep of a connection.
type framingState struct {
	sides    [2]framingSide
	conflict bool // stream-conflict was counted
	garbage  bool // framing-garbage was counted
	gap      bool // framing-gap was counted
}

type framingSide struct {
	garbageAt int64     // last octets in no PDU
	tail      *evidence // a PDU that broke off; nil: none
}

// opened counts the checks of a new connection.
func (a *Auditor) opened(c *connState) {
	for _, r := range [...]RuleID{
		RuleFramingGarbage, RuleFramingTruncated, RuleFramingGap, RuleStreamConflict, RuleFramingNotSmpp, RuleConnectionSilent,
	} {
		a.check(r)
	}
	if a.links.mute[c.conn.Conn] {
		delete(a.links.mute, c.conn.Conn)
		c.sess.bindLate = true // it was said
	} else if c.conn.SYN {
		a.check(RuleBindTimeout)
	}
	if c.conn.SYN {
		a.arm(c)
	}
}

// checkFrame judges octets that are no PDU.
func (a *Auditor) checkFrame(c *connState, dir stream.Dir, f *stream.Frame) {
	side := &c.sess.framing.sides[dir]
	switch f.Kind {
	case stream.FrameGap:
		a.holed(c, dir)
		c.req.sides[dir].numbers.broken()
		a.links.capture.gaps++
		a.links.capture.lost += max(f.Length, 0)
		a.gap(c, dir, f.At, f.Length, "")
	case stream.FrameTail:
		tail := a.truncated(c, dir, f)
		if s := &c.req.sides[dir]; f.Missing == 0 && s.splitAt == 0 {
			s.splitOff(f)
		}
		switch side.tail = nil; {
		case f.Missing > 0, c.conn.Sides[dir].GapAt >= max(f.At.Time, 1): // the capture lacks the rest
		case f.Ended:
			a.fail(tail)
		default:
			side.tail = &tail
		}
	case stream.FrameGarbage:
		c.req.sides[dir].numbers.broken()
		if f.Cause == stream.GarbageMidstream {
			a.holed(c, dir)
			a.gap(c, dir, f.At, f.Length, "before the first header that can be believed")
			return
		}
		side.garbageAt = f.At.Time
		a.garbage(c, dir, f)
	}
}

// garbage: framing-garbage, or framing-length-* where a known command stands
// on a boundary with an impossible length.
func (a *Auditor) garbage(c *connState, dir stream.Dir, f *stream.Frame) {
	rule := RuleFramingGarbage
	switch f.Cause {
	case stream.GarbageSmall:
		rule = RuleFramingLengthSmall
	case stream.GarbageLarge, stream.GarbageLying:
		rule = RuleFramingLengthLarge
	}
	e := at(c.conn, rule, f.At)
	from := speaker(c.conn, dir)
	e.cause = from
	e.length = int(f.Length)
	e.seen, e.wanted = a.shown(c, f), "the header of a PDU"
	octets := counted(f.Length, "octet")
	if rule == RuleFramingGarbage {
		e.quiet, c.sess.framing.garbage = c.sess.framing.garbage, true
		e.message = fmt.Sprintf("%s sent %s at octet %d of its stream that belong to no PDU; they were skipped.", capital(from), octets, f.Offset)
		if isAlert(f.Octets) && c.conn.Sender(dir) == dissect.SMSC && f.Offset == 0 {
			e.cause = "TLS alert"
			e.message = fmt.Sprintf("%s answers with a TLS alert, %s at octet 0 of its stream: it speaks TLS and was spoken to in clear.", capital(from), octets)
			e.remedy = "Switch TLS on in the client, or use the provider's port for plain SMPP."
		}
		if f.Cause == stream.GarbagePreamble {
			e.cause, e.severity, e.seen = "preamble", Note, "PROXY protocol header"
			e.message = fmt.Sprintf("The stream of %s begins with a PROXY protocol header of %s; an SMPP peer must expect it.", from, octets)
			e.remedy = "Check that the receiver is set up for the PROXY protocol."
		}
		a.explainNack(c, dir, f, "the "+octets+" in no PDU that came before it")
		a.fail(e)
		return
	}
	a.check(rule)
	e.field = "command_length"
	h := lengthAndID(f.Octets)
	e.cause += " " + commandName(h.id)
	e.message = fmt.Sprintf("%s sent %s with command_length %d at octet %d of its stream; %s skipped to the next believable header.",
		capital(from), commandName(h.id), h.length, f.Offset, octets+" "+were(int(f.Length)))
	e.wanted = "at least 16"
	if rule == RuleFramingLengthLarge {
		e.wanted = fmt.Sprintf("at most %d", a.maxLength(h.id))
	}
	if f.Cause == stream.GarbageLying {
		e.wanted = "the PDU's own length"
		e.message += " It reaches over whole PDUs that stand behind it."
	}
	e.seen = fmt.Sprintf("%d (0x%08X)", h.length, h.length)
	a.explainNack(c, dir, f, fmt.Sprintf("%s with command_length %d", commandName(h.id), h.length))
	a.fail(e)
}

// isAlert tells a TLS alert (RFC 8446 6): a record of type 21 and two octets.
func isAlert(b []byte) bool {
	return len(b) == 7 && b[0] == 21 && b[1] == 3 && b[3] == 0 && b[4] == 2 && (b[5] == 1 || b[5] == 2)
}

// lengthAndID reads the first half of a header, as far as it is there.
func lengthAndID(b []byte) (h struct{ length, id uint32 }) {
	var x [8]byte
	copy(x[:], b)
	h.length, h.id = binary.BigEndian.Uint32(x[:]), binary.BigEndian.Uint32(x[4:])
	return h
}

func (a *Auditor) maxLength(id uint32) int {
	limit := a.profile.PDU.MaxOctets
	if limit == 0 {
		limit = stream.DefaultMaxPDU
	}
	if cmd := dissect.CommandByID(id); cmd != nil && !carriesMuch(cmd) {
		limit = min(limit, a.limit.SmallPDU)
	}
	return limit
}

func carriesMuch(c *dissect.Command) bool {
	for i := range c.Params {
		if c.Params[i].Kind == dissect.Array {
			return true
		}
	}
	for i := range c.TLVs {
		if c.TLVs[i].Tag == dissect.TagMessagePayload {
			return true
		}
	}
	return false
}

// shown gives the octets that may be shown: passwords never appear, so before
// a successful bind only what cannot be one (interfaces.md, Passwords).
func (a *Auditor) shown(c *connState, f *stream.Frame) string {
	n, b := 0, f.Octets
	switch {
	case c.conn.FollowsBind(f), blank(b):
		n = 32
	case readable(b):
		n = 16
	}
	if n = min(n, len(b)); n == 0 {
		return "masked"
	}
	return hex.EncodeToString(b[:n])
}

// blank tells of octets that no password consists of.
func blank(b []byte) bool {
	for _, x := range b {
		if x > ' ' {
			return false
		}
	}
	return true
}

// readable tells that the octets begin as TLS, HTTP or a header.
func readable(b []byte) bool {
	if bytes.HasPrefix(b, []byte{0x16, 0x03}) || bytes.HasPrefix(b, []byte{0x15, 0x03}) {
		return true
	}
	for _, verb := range [...]string{"GET ", "POST ", "HEAD ", "PUT ", "HTTP/", "OPTIONS "} {
		if bytes.HasPrefix(b, []byte(verb)) {
			return true
		}
	}
	return len(b) >= dissect.HeaderLen && dissect.CommandByID(lengthAndID(b).id) != nil
}

// gap: framing-gap, one finding a direction.
func (a *Auditor) gap(c *connState, dir stream.Dir, s stream.Stamp, n int64, what string) {
	e := at(c.conn, RuleFramingGap, s)
	e.quiet, c.sess.framing.gap = c.sess.framing.gap, true
	from := speaker(c.conn, dir)
	e.cause = from + what
	t := c.req.tallyOf(RuleFramingGap, uint32(dir), what)
	t.longest += max(n, 0)
	unknown := ""
	if n < 0 {
		unknown = ", at least"
	}
	e.seen, e.wanted = "octets missing in the capture", "the whole stream"
	a.grow(t, e, func(t *tally) string {
		switch what {
		case "":
			return fmt.Sprintf("The capture lost octets of %s in %s (%s%s); it goes on at the next believable header.",
				from, counted(t.n, "place"), counted(t.longest, "octet"), unknown)
		case cutPDUs:
			return fmt.Sprintf("The capture lacks octets of %s of %s (%s).", counted(t.n, "PDU"), from, counted(t.longest, "octet"))
		}
		return fmt.Sprintf("%s of %s stand %s.", counted(t.longest, "octet"), from, what)
	})
}

const cutPDUs = "in PDUs"

// cutPDU notes a PDU that lacks octets.
func (a *Auditor) cutPDU(c *connState, o *session.Observed) {
	a.links.capture.cut++
	a.links.capture.lost += o.Frame.Missing
	a.gap(c, o.Dir, o.Frame.At, o.Frame.Missing, cutPDUs)
}

// truncated: framing-truncated.
func (a *Auditor) truncated(c *connState, dir stream.Dir, f *stream.Frame) evidence {
	e := at(c.conn, RuleFramingTruncated, f.At)
	from := speaker(c.conn, dir)
	e.cause = from
	h := lengthAndID(f.Octets)
	e.seen = counted(f.Length, "octet")
	e.message = fmt.Sprintf("The stream of %s ended inside a PDU, after %s.", from, counted(f.Length, "octet"))
	if len(f.Octets) >= 8 {
		e.wanted = counted(int64(h.length), "octet")
		e.message = fmt.Sprintf("The stream of %s ended inside %s: %d of %d octets came.", from, commandName(h.id), f.Length, h.length)
	}
	return e
}

// judgeTails judges PDUs that broke off on a connection that was reset by the
// other side.
func (a *Auditor) judgeTails(c *connState) {
	for i := range c.sess.framing.sides {
		s := &c.sess.framing.sides[i]
		if s.tail != nil && c.conn.End == session.EndRST {
			a.fail(*s.tail)
		}
		s.tail = nil
	}
}
