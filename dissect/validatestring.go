package dissect

import "encoding/binary"

// str judges a C-octet string.
func (v *validator) str(f *Field) {
	p := f.Param
	n := int(f.End - f.Off)
	if limit := v.limit(p); limit > 0 && n > limit {
		if n > 1 && v.mustBeEmpty(p) && n <= p.Max[2] {
			v.mustBe(f, "empty", octetsText(n-1))
			return
		}
		v.tooLong(f, n, limit)
	} else if n > 1 && (p.Format != FormatNone || p.ZeroIn != 0) {
		v.special(f, n)
	}
	if text := v.p.Raw[f.Off : f.End-1]; p.Format == FormatNone && !printable(text) {
		v.charset(f, text)
	}
}

// limit is the largest number of octets of a string, its NUL included; zero:
// none.
func (v *validator) limit(p *Param) int {
	switch p.ID {
	case ParamPassword:
		if v.d != nil && v.d.PasswordMax > 0 {
			return v.d.PasswordMax
		}
	case ParamMessageID:
		if v.d != nil && v.d.MessageIDMax > 0 {
			return v.d.MessageIDMax
		}
		if v.index == 0 {
			return p.Max[2] // v3.3's 8 characters are a rule of their own (v3.4 3.4)
		}
	}
	return p.Max[v.index]
}

func (v *validator) tooLong(f *Field, n, limit int) {
	v.add(Issue{Code: CodeStringTooLong, Field: f.Param.Name, Offset: int(f.Off), Length: n,
		Want: "at most " + octetsText(limit) + " with the NUL", Got: decimal(n),
		Minor: v.tolerated(f.Param, n)})
}

// tolerated tells that a version that the server offered allows n octets.
func (v *validator) tolerated(p *Param, n int) bool {
	return v.offered != 0 && n <= p.Max[v.offered.newest()]
}

func (v *validator) mustBeEmpty(p *Param) bool { return p.ZeroIn != 0 && v.in&^p.ZeroIn == 0 }

// special judges a string that is not empty and is a time, or should be empty.
func (v *validator) special(f *Field, n int) {
	p := f.Param
	if p.Format != FormatNone && !v.time(f) {
		return
	}
	if v.mustBeEmpty(p) {
		v.mustBe(f, "empty", octetsText(n-1))
	}
}

// time judges a time that is not empty; true when nothing is wrong with it.
func (v *validator) time(f *Field) bool {
	t, fault := ParseTime(v.p.Value(*f))
	final := f.Param.Format == FormatAbsoluteTime
	switch {
	case v.failed():
		return true
	case fault != "":
		v.badTime(f, "empty or YYMMDDhhmmsstnnp", fault, false)
	case t.Kind == TimeLocal:
		// v3.4 7.1.1 lets the message centre report its own time that way.
		v.badTime(f, "empty or YYMMDDhhmmsstnnp", "without tenths and zone", final)
	case t.Kind == TimeRelative && final:
		v.badTime(f, "empty or an absolute time", "relative", false)
	case t.Loose:
		v.badTime(f, "000R at the end of a relative time", "", true)
	default:
		return true
	}
	return false
}

func (v *validator) badTime(f *Field, want, fault string, minor bool) {
	text := v.p.Value(*f)
	got := timeText(text)
	if fault != "" {
		got += ": " + fault
	}
	v.add(Issue{Code: CodeTimeFormat, Field: f.Param.Name, Offset: int(f.Off),
		Length: len(text), Want: want, Got: got, Minor: minor})
}

// timeText writes a wrong time.
func timeText(b []byte) string {
	const limit = 24
	if printable(b) && len(b) <= limit {
		return string(b)
	}
	return hexText(b, limit)
}

// charset states the octets of a string that are no printable ASCII.
func (v *validator) charset(f *Field, text []byte) {
	first, last := -1, 0
	for i, o := range text {
		if o < 0x20 || o > 0x7E {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	got := hexText(text[first:last+1], 16)
	if f.Param.Mark == MarkSecret {
		got = "other octets"
	}
	v.add(Issue{Code: CodeStringCharset, Field: f.Param.Name, Offset: int(f.Off) + first,
		Length: last + 1 - first, Want: "printable ASCII", Got: got, Minor: v.alphanumeric(f)})
}

// alphanumeric tells that the string is an address of TON 5: names of senders
// are written in the default alphabet in practice.
func (v *validator) alphanumeric(f *Field) bool {
	var of ParamID
	switch f.Param.ID {
	case ParamSourceAddr:
		of = ParamSourceAddrTON
	case ParamDestinationAddr:
		of = ParamDestAddrTON
	case ParamESMEAddr:
		of = ParamESMEAddrTON
	default:
		return false
	}
	const alphanumeric = 5
	if f.Entry < 0 {
		ton, ok := v.p.U8(of)
		return ok && ton == alphanumeric
	}
	for i := range v.p.Entries {
		if e := &v.p.Entries[i]; e.Entry == f.Entry && e.Param.ID == of {
			return v.p.Raw[e.Off] == alphanumeric
		}
	}
	return false
}

// printable tells whether all octets are printable ASCII. It takes eight at a
// time: with no octet above 0x7F, adding 1 sets the top bit of 0x7F only, and
// subtracting 0x20 that of the lower ones.
func printable(b []byte) bool {
	const top, one, space = 0x8080808080808080, 0x0101010101010101, 0x2020202020202020
	for len(b) >= 8 {
		w := binary.LittleEndian.Uint64(b)
		if (w|(w+one)|(w-space))&top != 0 {
			return false
		}
		b = b[8:]
	}
	for _, o := range b {
		if o-0x20 > 0x7E-0x20 {
			return false
		}
	}
	return true
}
