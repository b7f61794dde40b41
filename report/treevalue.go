package report

import (
	"strconv"

	"smpptap/dissect"
)

// number writes an integer's value and meaning, and a line a group of bits.
func (t *tree) number(n uint32, size int, e *dissect.Enum, bits *dissect.BitEnum, status bool) {
	if bits != nil || status || e != nil && n > 9 {
		t.b = appendHexNumber(t.b, n, size)
	} else {
		t.b = strconv.AppendUint(t.b, uint64(n), 10)
	}
	if status {
		t.status(n)
	} else if e != nil {
		t.meaning(enumMeaning(e, n, t.version))
	}
	t.end()
	if bits != nil {
		t.bits(n, size, bits)
	}
}

// shortMeaning is how long a value's explanation may be to stand in a tree.
const shortMeaning = 50

func enumMeaning(e *dissect.Enum, n uint32, in dissect.Version) string {
	x := e.Lookup(n, in)
	switch {
	case x == nil && e.Open:
		return ""
	case x == nil:
		return "reserved"
	case x.Meaning != "" && len(x.Meaning) <= shortMeaning:
		return x.Name + ": " + x.Meaning
	}
	return x.Name
}

// bits writes one line for each group: ".1.. ....  gsm_features: udhi".
func (t *tree) bits(n uint32, size int, e *dissect.BitEnum) {
	for i := range e.Groups {
		g := &e.Groups[i]
		t.b = appendBlanks(t.b, treeOctets+4)
		for bit := 8*size - 1; bit >= 0; bit-- {
			t.b = append(t.b, bitChar(n, g.Mask, bit))
			if bit%4 == 0 && bit > 0 {
				t.b = append(t.b, ' ')
			}
		}
		t.b = append(t.b, "  "...)
		t.b = append(t.b, g.Name...)
		t.b = append(t.b, ": "...)
		t.b = t.paint(t.b, styleAccent, groupMeaning(g, n, t.version))
		t.end()
	}
}

func bitChar(n, mask uint32, bit int) byte {
	if mask>>bit&1 == 0 {
		return '.'
	}
	return byte('0' + n>>bit&1)
}

func groupMeaning(g *dissect.BitGroup, n uint32, in dissect.Version) string {
	if x := g.Lookup(n, in); x != nil {
		if x.Meaning != "" {
			return x.Name + " (" + x.Meaning + ")"
		}
		return x.Name
	}
	if g.Unused {
		return "unused"
	}
	if g.Any {
		return strconv.FormatUint(uint64(n&g.Mask), 10)
	}
	return "reserved"
}

func (t *tree) tlvs() {
	for i := range t.p.P.TLVs {
		t.tlv(&t.p.P.TLVs[i])
	}
}

func (t *tree) tlv(v *dissect.TLV) {
	def, octets := t.Dialect.TLV(v.Tag), t.p.P.TLVValue(*v)
	name := "TLV"
	if def != nil {
		name = def.Name
	}
	end := min(int(v.Off)+4+int(v.Len), len(t.p.P.Raw))
	t.row(int(v.Off), end, name)
	t.b = append(t.b, "tag "...)
	t.b = appendHexNumber(t.b, uint32(v.Tag), 2)
	t.b = append(t.b, " length "...)
	t.b = strconv.AppendUint(t.b, uint64(v.Len), 10)
	t.b = append(t.b, "  "...)
	t.tlvValue(v, def, octets)
	t.issues(int(v.Off), end, "")
}

func (t *tree) tlvValue(v *dissect.TLV, def *dissect.TLVDef, octets []byte) {
	switch {
	case def != nil && def.Kind.Size() > 0 && def.Kind.Size() == len(octets) && len(octets) == int(v.Len):
		t.number(number(octets), len(octets), def.Enum, def.Bits, def.IsStatus)
	case def != nil && def.Kind == dissect.COctet:
		t.text(trimNUL(octets))
		if def.Format != dissect.FormatNone {
			t.meaning(timeMeaning(trimNUL(octets), t.p.At.Time))
		}
		t.end()
	default:
		t.octets(octets)
		if v.Tag != dissect.TagMessagePayload && (def == nil || len(def.Fields) == 0) {
			t.readable(octets)
		}
		if def == nil {
			t.meaning(strangerTLV(v.Tag))
		}
		t.end()
		t.parts(def, octets)
	}
}

// strangerTLV says what a tag outside the tables may be.
func strangerTLV(tag uint16) string {
	if rows := dissect.VendorTLVsFor(tag); len(rows) > 0 {
		return "known elsewhere as " + rows[0].Name + " (" + rows[0].Vendor + ")"
	}
	if dissect.IsVendorTag(tag) {
		return "vendor range"
	}
	return "unknown tag"
}

// parts writes the fields inside an octet string.
func (t *tree) parts(def *dissect.TLVDef, v []byte) {
	if def == nil {
		return
	}
	for i := range def.Fields {
		f := &def.Fields[i]
		end := len(v)
		if f.Size > 0 {
			end = f.Offset + f.Size
		}
		if f.Offset >= len(v) || end > len(v) {
			return
		}
		t.note(f.Name)
		if part := v[f.Offset:end]; len(part) <= 4 && f.Size > 0 {
			t.number(number(part), len(part), f.Enum, f.Bits, false)
		} else {
			t.octets(part)
			if def.Tag == dissect.TagCallbackNumAtag {
				t.coded(v[0], part)
			} else {
				t.readable(part)
			}
			t.end()
		}
	}
}

// coded writes octets as the text that a data_coding makes of them.
func (t *tree) coded(coding uint8, v []byte) {
	m := dissect.Message{Octets: v}
	if m.Alphabet, _ = dissect.AlphabetOf(coding, t.Dialect); m.Alphabet == dissect.AlphabetBinary {
		return
	}
	t.b = append(t.b, ' ', ' ')
	t.text([]byte(dissect.JoinMessages([]*dissect.Message{&m}).Text))
}

// readable writes octets as text where they are nothing else but digits,
// letters and signs, with a NUL at the end or without.
func (t *tree) readable(v []byte) {
	if v = trimNUL(v); isReadable(v) && len(v) <= treeLong {
		t.b = append(t.b, ' ', ' ')
		t.text(v)
	}
}

func isReadable(v []byte) bool {
	for _, c := range v {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(v) > 0
}
