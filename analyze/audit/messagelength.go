package audit

import (
	"fmt"
	"unicode/utf8"

	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// script is how the octets of a text are judged.
type script uint8

const (
	scriptOther script = iota // octets count, nothing is said of them
	scriptGSM                 // one septet an octet
	scriptASCII               // carried as septets
	scriptLatin1
	scriptUCS2 // big-endian units of two octets
)

// coding is what the rules have to know of a data_coding.
type coding struct {
	script script
	// judged: the profile, or the standard without a guess, says that it is
	// the default alphabet.
	judged   bool
	alphabet dissect.Alphabet
}

func codingOf(p *profile.Profile, dc uint8) coding {
	alphabet, _ := dissect.AlphabetOf(dc, p.Dialect())
	c := coding{alphabet: alphabet}
	switch alphabet {
	case dissect.AlphabetGSM:
		c.script = scriptGSM
		_, listed := p.Encoding.Coding[dc]
		_, class := dissect.MessageClass(dc)
		c.judged = dc == 0 || listed || class
	case dissect.AlphabetASCII:
		c.script = scriptASCII
	case dissect.AlphabetLatin1:
		c.script = scriptLatin1
	case dissect.AlphabetUCS2, dissect.AlphabetUTF16:
		c.script = scriptUCS2
	}
	return c
}

// excess is a text that one segment does not hold.
type excess struct {
	units, room int
	unit        string
	severity    Severity
}

// checkLength: message-too-long.
func (a *Auditor) checkLength(c *connState, o *session.Observed, m *content) {
	if a.off[RuleMessageTooLong] || !m.submit || m.payload != nil || o.PDU.ID == dissect.CmdSubmitMulti {
		return
	}
	a.check(RuleMessageTooLong)
	if 2*len(m.octets) <= a.contents.limit {
		return // fits whatever the alphabet
	}
	x := a.excess(m)
	if x.severity == SeverityNone {
		return
	}
	c.msg.long = true
	e := of(o, RuleMessageTooLong)
	if x.mark(&e, o.PDU, m); !a.folded(&e) {
		x.words(&e, o.PDU, m)
		a.fail(e)
	}
}

// excess measures a text. A text with a header is a segment for certain; one
// without may be split by the provider (v3.4 allows 254 octets).
func (a *Auditor) excess(m *content) excess {
	room := max(0, a.contents.limit-m.header)
	b := m.text()
	x := excess{units: len(b), room: room, unit: "octet"}
	septets := room * 8 / 7
	switch a.contents.codings[m.coding].script {
	case scriptUCS2:
		x.room = room &^ 1
	case scriptGSM: // an extension character is two octets already
		x.room, x.unit = septets, "septet"
	case scriptASCII:
		x.room, x.unit = septets, "septet"
		if 2*len(b) > septets {
			x.units += extended(b)
		}
	case scriptLatin1:
		if len(b) > room {
			return latin1Excess(b, x, septets, m.header > 0)
		}
	}
	if x.units <= x.room {
		return excess{}
	}
	x.severity = Note
	if m.header > 0 {
		x.severity = Warning
	}
	return x
}

// latin1Excess: a provider that converts to septets gets more into a segment
// than one that keeps the octets; only what fits neither is more than a note.
func latin1Excess(b []byte, x excess, septets int, part bool) excess {
	room := make([]byte, 0, 512)
	for _, o := range b {
		room = utf8.AppendRune(room, rune(o))
	}
	n, ok := dissect.GSMSeptets(string(room))
	switch {
	case !ok:
		x.severity = Note
	case n <= septets && !part:
		return excess{}
	case n <= septets:
		x.severity = Note
		return x
	default:
		x.units, x.room, x.unit, x.severity = n, septets, "septet", Note
	}
	if part {
		x.severity = Warning
	}
	return x
}

// extended counts the ASCII characters that take two septets.
func extended(b []byte) (n int) {
	for _, o := range b {
		switch o {
		case '[', ']', '{', '}', '\\', '^', '~', '|':
			n++
		}
	}
	return n
}

func (x *excess) mark(e *evidence, p *dissect.PDU, m *content) {
	e.severity, e.cause = x.severity, p.Command.Name
	if m.header > 0 {
		e.cause = "part"
	}
	e.field, e.offset, e.length = m.field, m.off, len(m.octets)
}

func (x *excess) words(e *evidence, p *dissect.PDU, m *content) {
	e.seen, e.wanted = counted(int64(x.units), x.unit), "at most "+counted(int64(x.room), x.unit)
	behind := ""
	if m.header > 0 {
		behind = fmt.Sprintf(" behind a header of %s", counted(int64(m.header), "octet"))
	}
	e.message = fmt.Sprintf("The ESME sends %s with %s of text%s; one segment holds %d.", p.Command.Name, e.seen, behind, x.room)
	if m.header == 0 {
		e.message += " The provider may split, cut or refuse it."
	}
}

// tooLongMessageRefused raises message-too-long when the answer names the
// length, or a reason of the provider's own.
func (a *Auditor) tooLongMessageRefused(e *session.Event, p *dissect.PDU, m *content) {
	v := &a.contents.vendor
	named := e.Resp.Status == dissect.StatusInvalidLength || e.Resp.Status >= v[0] && e.Resp.Status <= v[1]
	if !named || m.payload != nil || p.ID == dissect.CmdSubmitMulti || m.fault != "" {
		return
	}
	x := a.excess(m)
	if x.severity == SeverityNone {
		return
	}
	ev := ofRequest(e.Req, RuleMessageTooLong)
	x.severity = Error
	x.mark(&ev, p, m)
	x.words(&ev, p, m)
	name, _ := a.status(e.Resp.Status)
	ev.message += fmt.Sprintf(" It was refused with %s.", name)
	a.raise(&ev)
}
