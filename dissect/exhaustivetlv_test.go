package dissect_test

import (
	"bytes"
	"fmt"
	"strings"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

// placement puts every TLV into the command and notes which may stand there,
// and which it cannot do without.
func (x *trial) placement() {
	var may, must, tolerable []string
	for i := range dissect.TLVs() {
		d := &dissect.TLVs()[i]
		sample := smpptest.SampleTLV(d, x.in.Version)
		b := smpptest.Build(x.c.Name, 1, x.base, append([]smpptest.Part{sample}, without(x.tlvs, d.Tag)...)...)
		switch x.placed(b, d.Name, dissect.CodeTLVNotAllowed) {
		case legal:
			may = append(may, d.Name)
		case tolerated:
			tolerable = append(tolerable, d.Name)
		}
		b = smpptest.Build(x.c.Name, 1, x.base, without(x.tlvs, d.Tag)...)
		switch x.placed(b, d.Name, dissect.CodeTLVMissing) {
		case tolerated:
			must = append(must, d.Name+" or so")
		case illegal:
			must = append(must, d.Name)
		}
		if x.usual[string(dissect.CodeTLVNotAllowed)+d.Name] {
			continue
		}
		b = smpptest.Build(x.c.Name, 1, x.base, append([]smpptest.Part{sample, sample}, without(x.tlvs, d.Tag)...)...)
		if twice := x.placed(b, d.Name, dissect.CodeTLVRepeated); (twice == legal) != d.Multiple {
			x.t.Errorf("%s in %s: %s twice is %d", x.c.Name, x.in.Version, d.Name, twice)
		}
	}
	line := fmt.Sprintf("%s %s %s TLVs: %s", x.c.Name, x.in.Version, x.in.From, orNone(may))
	if len(tolerable) > 0 {
		line += "; tolerated " + strings.Join(tolerable, " ")
	}
	if len(must) > 0 {
		line += "; needed " + strings.Join(must, ", ")
	}
	x.lines = append(x.lines, line)
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, " ")
}

func without(parts []smpptest.Part, tag uint16) (rest []smpptest.Part) {
	for _, p := range parts {
		if t, ok := p.(smpptest.TLV); !ok || t.Tag != tag {
			rest = append(rest, p)
		}
	}
	return rest
}

// placed looks for an issue of a TLV's place in a PDU that otherwise holds.
func (x *trial) placed(b []byte, name string, code dissect.Code) verdict {
	dissect.Decode(&x.pdu, b)
	if again := rebuild(x.t, &x.pdu); !bytes.Equal(again, b) {
		x.t.Errorf("%s with %s: %x written again is %x", x.c.Name, name, b, again)
	}
	for _, i := range dissect.Validate(nil, &x.pdu, x.in) {
		if i.Code != code || i.Field != name {
			continue
		}
		if i.Offset < dissect.HeaderLen || i.Offset > len(b) || i.Want == "" || i.Got == "" {
			x.t.Errorf("%s in %s: %s", x.c.Name, x.in.Version, i.String())
		}
		if i.Minor {
			return tolerated
		}
		return illegal
	}
	return legal
}

// tlv tries all lengths of a TLV, and of integers and layouts all values.
func (x *trial) tlv(d *dissect.TLVDef) {
	x.c = carrier(d)
	x.in.From = sender(x.c)
	var v verdicts
	for _, n := range lengths(d) {
		v.add(uint32(n), x.tryTLV(d, ofLength(d, n, x.in.Version), dissect.CodeTLVLength))
	}
	x.noteTLV(d, "octets", &v)
	sample := smpptest.SampleTLV(d, x.in.Version).Value
	octet := func(at int, what string) {
		var v verdicts
		for n := range uint32(256) {
			value := bytes.Clone(sample)
			value[at] = byte(n)
			v.add(n, x.tryTLV(d, value, dissect.CodeTLVValue))
		}
		x.noteTLV(d, what, &v)
	}
	switch {
	case d.Kind == dissect.Uint8 && len(sample) == 1:
		octet(0, "values")
	case d.Kind == dissect.Uint16 || d.Kind == dissect.Uint32:
		x.wide(d, len(sample))
	}
	for _, f := range d.Fields {
		if f.Size == 1 && f.Offset < len(sample) {
			octet(f.Offset, f.Name)
		}
	}
}

// wide tries an integer of more octets: its limits, and all named values with
// their neighbours.
func (x *trial) wide(d *dissect.TLVDef, size int) {
	tries := map[uint32]bool{0: true, 1: true, 0x7FFF: true, 0xFFFF: true, uint32(d.Min): true, uint32(d.MaxValue): true, uint32(d.MaxValue) + 1: true}
	if d.Enum != nil {
		for _, e := range d.Enum.Values {
			for _, n := range [...]uint32{e.From - 1, e.From, e.To, e.To + 1} {
				tries[n] = true
			}
		}
	}
	top := uint64(1)<<(8*size) - 1
	var v verdicts
	for n := uint64(0); n <= min(top, 0xFFFF); n++ {
		if tries[uint32(n)] {
			value := make([]byte, size)
			for i := range value {
				value[i] = byte(n >> (8 * (size - 1 - i)))
			}
			v.add(uint32(n), x.tryTLV(d, value, dissect.CodeTLVValue))
		}
	}
	x.noteTLV(d, "values of those tried", &v)
}

// carrier is a command that may carry the TLV.
func carrier(d *dissect.TLVDef) *dissect.Command {
	for i := range dissect.Commands() {
		c := &dissect.Commands()[i]
		for _, a := range c.TLVs {
			if a.Tag == d.Tag && c.Vendor == "" && a.From != dissect.SMSC {
				return c
			}
		}
	}
	return dissect.CommandByName("submit_sm")
}

// lengths are all up to 300 and those about the limits.
func lengths(d *dissect.TLVDef) (list []int) {
	for n := range 301 {
		list = append(list, n)
	}
	for _, limit := range d.MaxLen {
		for n := limit - 1; n <= min(limit+1, 0xFFFF); n++ {
			if n > list[len(list)-1] {
				list = append(list, n)
			}
		}
	}
	if last := list[len(list)-1]; last < 0xFFFF {
		list = append(list, 0xFFFF)
	}
	return list
}

// ofLength is a value of n octets that only its length can make illegal.
func ofLength(d *dissect.TLVDef, n int, v dissect.Version) []byte {
	sample := smpptest.SampleTLV(d, v).Value
	if len(sample) == n {
		return sample
	}
	b := bytes.Repeat([]byte{'1'}, n)
	copy(b, sample)
	if d.Kind == dissect.COctet {
		b = bytes.Repeat([]byte{'1'}, n)
	}
	if d.Kind == dissect.COctet && n > 0 {
		b[n-1] = 0
	}
	return b
}

// tryTLV puts the TLV in its carrier. Issues of its length or value must stand
// at the value; of the code that is asked for they decide.
func (x *trial) tryTLV(d *dissect.TLVDef, value []byte, code dissect.Code) verdict {
	x.t.Helper()
	b := smpptest.Build(x.c.Name, 1, smpptest.SampleFields(x.c, x.in.Version), smpptest.TLV{Tag: d.Tag, Value: value})
	dissect.Decode(&x.pdu, b)
	if again := rebuild(x.t, &x.pdu); !bytes.Equal(again, b) {
		x.t.Errorf("%s: %x written again is %x", d.Name, b, again)
	}
	t, ok := x.pdu.TLV(d.Tag)
	if !ok || !bytes.Equal(x.pdu.TLVValue(t), value) {
		x.t.Errorf("%s of % x reads as %+v", d.Name, value, t)
	}
	is := legal
	for _, i := range dissect.Validate(nil, &x.pdu, x.in) {
		if i.Code != dissect.CodeTLVLength && i.Code != dissect.CodeTLVValue {
			continue
		}
		from := int(t.Off) + 4
		if i.Field != d.Name || i.Offset < from || i.Offset > from+len(value) || i.Want == "" || i.Got == "" {
			x.t.Errorf("%s of % x: %s", d.Name, value, i.String())
		}
		switch {
		case i.Code != code:
		case i.Minor:
			is = max(is, tolerated)
		default:
			is = illegal
		}
	}
	return is
}

func (x *trial) noteTLV(d *dissect.TLVDef, what string, v *verdicts) {
	c, side := x.c, x.in.From
	x.c, x.in.From = nil, dissect.SideUnknown
	x.note(fmt.Sprintf("0x%04X %s %s", d.Tag, d.Name, what), v)
	x.c, x.in.From = c, side
}
