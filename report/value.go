package report

import (
	"slices"

	"smpptap/analyze"
	"smpptap/dissect"
)

// number reads a big-endian integer of up to four octets.
func number(v []byte) (n uint32) {
	for _, c := range v[:min(4, len(v))] {
		n = n<<8 | uint32(c)
	}
	return n
}

// statusName is empty where the status has no name.
func (o *Options) statusName(v uint32) string {
	if s := o.Dialect.Status(v); s != nil {
		return s.Name
	}
	return ""
}

// StatusLabel names a status for people, by its number where it has no name.
func (o *Options) StatusLabel(v uint32) string {
	if name := o.statusName(v); name != "" {
		return name
	}
	return string(appendHex32(nil, v))
}

// statusMeaning is a status in words; empty: not known.
func (o *Options) statusMeaning(v uint32) string {
	if s := o.Dialect.Status(v); s != nil {
		return s.Meaning
	}
	if hint, ok := dissect.StatusHintFor(v); ok {
		return "known elsewhere as " + hint.Name
	}
	for _, r := range dissect.StatusRanges() {
		if v >= r.From && v <= r.To {
			return r.Use
		}
	}
	return ""
}

// bitsOf are the names of a parameter's bits, which depend on the sender.
func bitsOf(p *dissect.Param, from dissect.Side) *dissect.BitEnum {
	if from == dissect.SMSC && p.BitsSMSC != nil {
		return p.BitsSMSC
	}
	return p.Bits
}

// codingBits are the bits of the data_coding values that SMPP takes from GSM
// 03.38; nil for the others.
func codingBits(v uint32) *dissect.BitEnum {
	name := ""
	switch {
	case v >= 0xF0 && v <= 0xFF:
		name = "gsm_dcs_message_class"
	case v >= 0xC0 && v < 0xF0:
		name = "gsm_dcs_mwi"
	case v >= 0x10 && v < 0x80: // reserved in SMPP and seen all the same
		name = "gsm_dcs_general_group"
	}
	for _, e := range dissect.BitEnums() {
		if name != "" && e.Name == name {
			return e
		}
	}
	return nil
}

func appendHex32(b []byte, v uint32) []byte {
	return appendHexNumber(b, v, 4)
}

// appendHexNumber appends 0x and the digits of size octets.
func appendHexNumber(b []byte, v uint32, size int) []byte {
	b = append(b, '0', 'x')
	for shift := 8*size - 4; shift >= 0; shift -= 4 {
		b = append(b, lowerHex[v>>shift&15])
	}
	return b
}

// trimNUL is a C-octet string without the NUL that ends it.
func trimNUL(v []byte) []byte {
	if n := len(v); n > 0 && v[n-1] == 0 {
		return v[:n-1]
	}
	return v
}

// CommandLabel names a command for people, by its number where it has no name.
func CommandLabel(id uint32) string {
	return (&dissect.PDU{ID: id, Command: dissect.CommandByID(id)}).CommandName()
}

// issuesOf are all facts about a PDU: what Decode could not read, and what
// the values break.
func issuesOf(p *analyze.PDU) []dissect.Issue {
	if len(p.P.Issues) == 0 {
		return p.Issues
	}
	first := &p.P.Issues[0]
	for i := range p.Issues {
		if x := &p.Issues[i]; x.Code == first.Code && x.Offset == first.Offset {
			return p.Issues
		}
	}
	return append(slices.Clone(p.P.Issues), p.Issues...)
}
