package report

import (
	"strconv"

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
	t.note("text")
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
	for i := range m.UDH {
		e := &m.UDH[i]
		t.note("udh element")
		t.b = appendHexNumber(t.b, uint32(e.IEI), 1)
		t.meaning(e.Name)
		t.b = append(t.b, "  "...)
		t.b = appendHex(t.b, e.Data)
		t.end()
	}
	if m.UDHError != "" {
		t.note("udh")
		t.b = t.paint(t.b, styleWarn, "! "+Safe(m.UDHError))
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
		{"receipted_message_id", r.TLVID},
	} {
		if f.value != "" {
			t.note(f.name)
			t.text([]byte(f.value))
			t.end()
		}
	}
}
