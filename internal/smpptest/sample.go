package smpptest

import (
	"strings"

	"smpptap/dissect"
)

// Sample returns a PDU of the command in which every parameter has a legal value
// and which carries each TLV that its sender may send in the version, once, with
// a legal value. Only text and message_payload stand side by side, which no
// version allows. For VersionUnknown it is the command's newest version.
func Sample(c *dissect.Command, v dissect.Version) []byte {
	if v == dissect.VersionUnknown {
		v = newest(c)
	}
	var parts []Part
	for _, t := range SampleTLVs(c, v) {
		parts = append(parts, t)
	}
	return Build(c.Name, 1, SampleFields(c, v), parts...)
}

func newest(c *dissect.Command) dissect.Version {
	for _, v := range []dissect.Version{dissect.V50, dissect.V34} {
		if c.Versions.Has(v) {
			return v
		}
	}
	return dissect.V33
}

// SampleFields returns legal values of all parameters but lengths and counts.
func SampleFields(c *dissect.Command, v dissect.Version) F {
	f := F{}
	for i := range c.Params {
		p := &c.Params[i]
		if !counts(c.Params, p) {
			f[p.Name] = sample(p, v)
		}
	}
	return f
}

func counts(params []dissect.Param, p *dissect.Param) bool {
	for i := range params {
		if params[i].LengthOf == p.ID {
			return true
		}
	}
	return false
}

func sample(p *dissect.Param, v dissect.Version) any {
	switch p.Kind {
	case dissect.COctet:
		if p.ZeroIn.Has(v) && v != dissect.VersionUnknown {
			return ""
		}
		if p.Format != dissect.FormatNone {
			return "261231235959000+"
		}
		return letters(p.Max.In(v) - 1)
	case dissect.Octets:
		return "text"
	case dissect.Array:
		return sampleEntries(p, v)
	}
	return sampleInteger(p, v)
}

// sampleEntries has one entry for each value of dest_flag.
func sampleEntries(p *dissect.Param, v dissect.Version) []F {
	list := []F{{}, {}}
	for i := range p.Entry {
		e := &p.Entry[i]
		if e.ID == dissect.ParamDestFlag {
			list[0][e.Name], list[1][e.Name] = 1, 2
			continue
		}
		list[0][e.Name], list[1][e.Name] = sample(e, v), sample(e, v)
	}
	return list
}

func sampleInteger(p *dissect.Param, v dissect.Version) int {
	switch {
	case p.ZeroIn.Has(v) && p.ZeroIn != 0:
		return 0
	case p.Enum != nil:
		return int(defined(p.Enum, v))
	case p.Bits == nil && p.MaxValue != dissect.ByVersion{}:
		return p.MaxValue.In(v)
	}
	return 0
}

// defined is the last value that a version defines.
func defined(e *dissect.Enum, v dissect.Version) uint32 {
	var last uint32
	for i := range e.Values {
		x := &e.Values[i]
		if !x.Reserved && !x.IsText && (x.Versions == 0 || x.Versions.Has(v)) && !(v == dissect.V33 && x.From > 1) {
			last = x.From
		}
	}
	return last
}

// SampleTLVs returns each TLV that the command may carry in the version.
func SampleTLVs(c *dissect.Command, v dissect.Version) []TLV {
	var list []TLV
	for i := range c.TLVs {
		a := &c.TLVs[i]
		if a.In.Has(v) && a.From != dissect.SMSC {
			list = append(list, SampleTLV(dissect.TLVByTag(a.Tag), v))
		}
	}
	return list
}

// SampleTLV returns a TLV with a legal value of the smallest legal length, or
// one octet where it may be empty.
func SampleTLV(d *dissect.TLVDef, v dissect.Version) TLV {
	n := max(d.MinLen.In(v), min(1, d.MaxLen.In(v)))
	if v == dissect.V50 && d.Tag == dissect.TagBroadcastEndTime {
		return TLVString(d.Tag, "261231235959000+")
	}
	b := make([]byte, n)
	switch {
	case d.Kind == dissect.COctet:
		copy(b, letters(n-1))
	case d.Tag == dissect.TagSourceNodeID || d.Tag == dissect.TagDestNodeID:
		copy(b, "123456")
	case d.Enum != nil && n > 0:
		b[n-1] = byte(defined(d.Enum, v))
	case n > 0 && d.Min > 0:
		b[n-1] = byte(d.Min)
	}
	for _, f := range d.Fields {
		if f.Enum != nil && f.Offset+f.Size <= n {
			x := defined(f.Enum, v)
			if f.Size == 1 {
				b[f.Offset] = byte(x)
			}
		}
		if f.Name == "billing_format" {
			b[f.Offset] = 0x80
		}
	}
	return TLV{d.Tag, b}
}

func letters(n int) string {
	if n < 0 {
		n = 4 // nobody published a limit
	}
	return strings.Repeat("A", n)
}
