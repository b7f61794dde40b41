package dissect

import "strings"

// missingPart stands in a long message's text for parts that are not there.
const missingPart = "…"

// JoinMessages reads a long message from its parts, in order; nil stands for a
// part that is not there, an ellipsis for it in the text. Senders cut octets,
// not characters, so neighbours that are written alike are read as one: a
// surrogate pair, an escape and its letter, or a character of several octets
// may begin in one part and end in the next. The result's Octets are its own;
// of the place of the text in a PDU, and of the parts, it says nothing.
func JoinMessages(parts []*Message) *Message {
	whole := &Message{Binary: true}
	var b strings.Builder
	hole := false
	for i := 0; i < len(parts); {
		m := parts[i]
		if m == nil {
			hole = true
			i++
			continue
		}
		if hole {
			b.WriteString(missingPart)
			hole = false
		}
		n := i + 1
		for n < len(parts) && parts[n] != nil && parts[n].writtenAs(m) {
			n++
		}
		if whole.Alphabet == "" {
			whole.Alphabet, whole.Why = m.Alphabet, m.Why
		}
		whole.Binary = whole.Binary && m.Binary
		t := joinAlike(parts[i:n])
		b.WriteString(t.string)
		whole.Units += t.units
		whole.Lossy = whole.Lossy || t.lossy
		for ; i < n; i++ {
			whole.Octets = append(whole.Octets, parts[i].Octets...)
			whole.Lossy = whole.Lossy || parts[i].unknownShift()
		}
	}
	if hole {
		b.WriteString(missingPart)
	}
	whole.Text = b.String()
	whole.Binary = whole.Binary && whole.Alphabet != ""
	return whole
}

// writtenAs tells that one table reads the octets of both.
func (m *Message) writtenAs(o *Message) bool {
	return m.Alphabet == o.Alphabet && m.shifts() == o.shifts()
}

// shifts are the tables that septets are read with.
func (m *Message) shifts() shifts {
	if m.Alphabet == AlphabetGSM || m.Alphabet == AlphabetGSMPacked {
		s, _, _ := headerShifts(m.UDH)
		return s
	}
	return shifts{&gsmDefault, &gsmExtension}
}

// unknownShift tells of a national language that no table is known for.
func (m *Message) unknownShift() bool {
	if m.Alphabet != AlphabetGSM && m.Alphabet != AlphabetGSMPacked {
		return false
	}
	_, _, unknown := headerShifts(m.UDH)
	return unknown
}

// joinAlike reads parts of one alphabet and one set of tables. Where one
// alone spoils the rest, because it has half a code unit too many or leaves
// the alphabet shifted, each is read by itself.
func joinAlike(parts []*Message) text {
	a, s := parts[0].Alphabet, parts[0].shifts()
	if len(parts) == 1 {
		return readText(a, parts[0].Octets, s, parts[0].Header)
	}
	var all []byte
	for _, m := range parts {
		if a == AlphabetGSMPacked {
			all = appendUnpacked(all, m.Octets, m.Header)
		} else {
			all = append(all, m.Octets...)
		}
	}
	if a == AlphabetGSMPacked {
		a = AlphabetGSM
	}
	t := readText(a, all, s, 0)
	if !t.lossy {
		return t
	}
	if each := joinSingly(parts, s); !each.lossy {
		return each
	}
	return t
}

func joinSingly(parts []*Message, s shifts) (t text) {
	var b strings.Builder
	for _, m := range parts {
		one := readText(m.Alphabet, m.Octets, s, m.Header)
		b.WriteString(one.string)
		t.units += one.units
		t.lossy = t.lossy || one.lossy
	}
	t.string = b.String()
	return t
}
