package report

import (
	"strconv"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// content writes what a PDU carries: text, user data header, receipt.
func (t *tree) content() {
	if m := t.p.Message; m != nil {
		t.message(m)
	}
	if r := t.p.Receipt; r != nil {
		t.receipt(r)
	}
}

func (t *tree) message(m *dissect.Message) {
	t.b = appendBlanks(t.b, treeOctets+2)
	t.b = t.paint(t.b, styleBold, "message")
	t.end()
	name := "text"
	if t.p.Parts != nil {
		name = "text of the part"
	}
	t.note(name)
	if m.Binary {
		t.octets(m.Octets)
	} else {
		t.text([]byte(m.Text))
	}
	t.end()
	t.note("encoding")
	t.b = append(t.b, m.Alphabet...)
	t.meaning(m.Why)
	if m.Lossy {
		t.b = append(t.b, "  some octets have no meaning in it"...)
	}
	t.end()
	if m.Parts > 0 {
		t.note("part")
		t.b = append(t.b, partText(m)...)
		t.end()
	}
	if t.p.Parts != nil {
		t.longMessage(t.p.Parts)
	}
	for i := range m.UDH {
		e := &m.UDH[i]
		t.note("udh element")
		t.b = appendHexNumber(t.b, uint32(e.IEI), 1)
		t.meaning(e.Name)
		t.b = append(t.b, "  "...)
		t.b = appendHex(t.b, e.Data)
		t.meaning(e.Meaning())
		t.end()
	}
	if m.UDHError != "" {
		t.note("udh")
		t.b = t.paint(t.b, styleWarn, "! "+Safe(m.UDHError))
		t.end()
	}
}

// longMessage writes where the parts of the long message stand, and its text as far
// as it can be read here.
func (t *tree) longMessage(p *session.PartMap) {
	t.note("parts")
	for i := 0; i < len(p.Seen); {
		if i > 0 {
			t.b = append(t.b, ", "...)
		}
		n := p.Seen[i].Number
		t.b = strconv.AppendInt(t.b, int64(n), 10)
		for word := ": pdu "; i < len(p.Seen) && p.Seen[i].Number == n; i++ {
			t.b = append(t.b, word...)
			t.b = strconv.AppendInt(t.b, p.Seen[i].PDU, 10)
			word = " and "
		}
	}
	t.end()
	if missing := p.Missing(); len(missing) > 0 {
		name := "not yet seen"
		if p.Final {
			name = "missing"
		}
		t.note(name)
		t.b = append(t.b, numberRanges(missing)...)
		t.end()
	}
	whole, all := p.Read(t.Dialect)
	switch {
	case whole == nil || !all && !p.Final:
	case whole.Binary:
		t.note("whole message")
		t.octets(whole.Octets)
		t.end()
	default:
		t.note("whole text")
		t.text([]byte(whole.Text))
		t.end()
	}
}

func partText(m *dissect.Message) string {
	return strconv.Itoa(m.Part) + " of " + strconv.Itoa(m.Parts) + ", reference " + strconv.Itoa(m.Reference)
}

func (t *tree) receipt(r *dissect.Receipt) {
	t.b = appendBlanks(t.b, treeOctets+2)
	if r.Intermediate {
		t.b = t.paint(t.b, styleBold, "intermediate notification")
	} else {
		t.b = t.paint(t.b, styleBold, "delivery receipt")
	}
	t.end()
	for _, f := range [...]struct{ name, value string }{
		{"id", r.ID}, {"stat", r.Stat}, {"err", r.Err}, {"sub", r.Sub}, {"dlvrd", r.Dlvrd},
		{"submit date", r.SubmitDate}, {"done date", r.DoneDate}, {"text", r.Text},
		{"receipted_message_id", r.TLVID}, {"message_state", stateOf(r)},
	} {
		if f.value != "" {
			t.note(f.name)
			t.text([]byte(f.value))
			t.end()
		}
	}
}

// stateOf is what the TLV message_state says; empty: there is none.
func stateOf(r *dissect.Receipt) string {
	if !r.HasState {
		return ""
	}
	word := dissect.StateWord(r.TLVState)
	if word == "" {
		word = "reserved"
	}
	return strconv.Itoa(int(r.TLVState)) + " " + word
}

// numberRanges writes rising numbers: "2-4, 7".
func numberRanges(n []int) string {
	s := ""
	for i := 0; i < len(n); i++ {
		first := n[i]
		for i+1 < len(n) && n[i+1] == n[i]+1 {
			i++
		}
		if s != "" {
			s += ", "
		}
		s += strconv.Itoa(first)
		if n[i] > first {
			s += "-" + strconv.Itoa(n[i])
		}
	}
	return s
}
