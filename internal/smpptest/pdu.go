// Package smpptest makes what tests of SMPP code need. Its PDUs are written from
// dissect's table, so they cannot disagree with it.
package smpptest

import (
	"encoding/binary"
	"fmt"

	"smpptap/dissect"
)

// F holds values of parameters by name: integers, strings, []byte, Raw, and for
// arrays []F or, for dest_address, []string. What is not named is 0 or empty;
// lengths and counts follow from what they count unless named.
type F map[string]any

// Raw is the octets of a string parameter as they are, without a NUL added.
type Raw []byte

// Part is added to a PDU or changes it.
type Part interface{ apply(b *builder) }

// TLV is a Part: an optional parameter behind the body.
type TLV struct {
	Tag   uint16
	Value []byte
}

// TLV8 is a TLV of one octet.
func TLV8(tag uint16, v uint8) TLV { return TLV{tag, []byte{v}} }

// TLV16 is a TLV of two octets.
func TLV16(tag uint16, v uint16) TLV { return TLV{tag, binary.BigEndian.AppendUint16(nil, v)} }

// TLVString is a TLV of a C-octet string.
func TLVString(tag uint16, s string) TLV {
	return TLV{tag, append([]byte(s), 0)}
}

// Status sets command_status.
type Status uint32

// ID sets command_id, whatever the body is.
type ID uint32

// SetLength sets command_length, whatever the octets are.
type SetLength uint32

// Cut keeps the first octets only and leaves command_length as it was.
type Cut int

// Trailing adds octets behind everything; command_length counts them.
type Trailing []byte

// HeaderOnly leaves out body and TLVs.
type HeaderOnly struct{}

func (t TLV) apply(b *builder)       { b.tlvs = append(b.tlvs, t) }
func (s Status) apply(b *builder)    { b.status = uint32(s) }
func (id ID) apply(b *builder)       { b.id = uint32(id) }
func (n SetLength) apply(b *builder) { b.length = int64(n) }
func (n Cut) apply(b *builder)       { b.cut = int(n) }
func (t Trailing) apply(b *builder)  { b.trailing = append(b.trailing, t...) }
func (HeaderOnly) apply(b *builder)  { b.headerOnly = true }

type builder struct {
	id, status uint32
	length     int64 // -1: as long as it is
	cut        int   // -1: nothing
	headerOnly bool
	tlvs       []TLV
	trailing   []byte
	fields     F
	out        []byte
}

// Build returns the octets of a PDU; a new slice. It panics when the table has
// no such command or parameter: the test is wrong then.
func Build(command string, seq uint32, f F, parts ...Part) []byte {
	c := dissect.CommandByName(command)
	if c == nil {
		panic("smpptest: no command " + command)
	}
	b := &builder{id: c.ID, length: -1, cut: -1, fields: f, out: make([]byte, dissect.HeaderLen)}
	for _, p := range parts {
		p.apply(b)
	}
	b.check(c)
	if !b.headerOnly {
		b.params(c.Params, f)
		for _, t := range b.tlvs {
			b.out = binary.BigEndian.AppendUint16(b.out, t.Tag)
			b.out = binary.BigEndian.AppendUint16(b.out, uint16(len(t.Value)))
			b.out = append(b.out, t.Value...)
		}
	}
	b.out = append(b.out, b.trailing...)
	return b.finish(seq)
}

// finish writes the header.
func (b *builder) finish(seq uint32) []byte {
	if b.length < 0 {
		b.length = int64(len(b.out))
	}
	binary.BigEndian.PutUint32(b.out, uint32(b.length))
	binary.BigEndian.PutUint32(b.out[4:], b.id)
	binary.BigEndian.PutUint32(b.out[8:], b.status)
	binary.BigEndian.PutUint32(b.out[12:], seq)
	if b.cut >= 0 {
		b.out = b.out[:b.cut]
	}
	return b.out
}

// check panics on a name that the command does not have.
func (b *builder) check(c *dissect.Command) {
	for name := range b.fields {
		if id, ok := dissect.ParamByName(name); !ok || c.Param(id) == nil {
			panic("smpptest: " + c.Name + " has no " + name)
		}
	}
}

// params writes parameters; f holds their values.
func (b *builder) params(params []dissect.Param, f F) {
	for i := range params {
		p := &params[i]
		if p.When != dissect.ParamNone && int64(p.WhenFlag) != integer(f[p.When.String()]) {
			continue
		}
		value, given := f[p.Name]
		if !given {
			value = counted(params, p, f)
		}
		b.param(p, value)
	}
}

// counted is the length or number of what a parameter counts; nil for others.
func counted(params []dissect.Param, p *dissect.Param, f F) any {
	for i := range params {
		q := &params[i]
		if q.LengthOf != p.ID {
			continue
		}
		if q.Kind == dissect.Array {
			return len(entries(f[q.Name]))
		}
		return len(octets(f[q.Name]))
	}
	return nil
}

func (b *builder) param(p *dissect.Param, value any) {
	switch p.Kind {
	case dissect.COctet:
		b.out = append(b.out, octets(value)...)
		if _, raw := value.(Raw); !raw {
			b.out = append(b.out, 0)
		}
	case dissect.Octets:
		b.out = append(b.out, octets(value)...)
	case dissect.Array:
		for _, e := range entries(value) {
			b.params(p.Entry, e)
		}
	default:
		b.integer(p.Kind.Size(), integer(value))
	}
}

func (b *builder) integer(size int, v int64) {
	for i := size - 1; i >= 0; i-- {
		b.out = append(b.out, byte(v>>(8*i)))
	}
}

func octets(value any) []byte {
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		return []byte(v)
	case []byte:
		return v
	case Raw:
		return v
	}
	panic(fmt.Sprintf("smpptest: %T is no string", value))
}

func integer(value any) int64 {
	switch v := value.(type) {
	case nil:
		return 0
	case int:
		return int64(v)
	case uint8:
		return int64(v)
	case uint16:
		return int64(v)
	case int32:
		return int64(v)
	case uint32:
		return int64(v)
	case dissect.Version:
		return int64(v)
	}
	panic(fmt.Sprintf("smpptest: %T is no integer", value))
}

// entries are those of an array. A dest_address says by what it has which kind
// it is.
func entries(value any) []F {
	var list []F
	switch v := value.(type) {
	case nil:
	case []F:
		for _, e := range v {
			list = append(list, flagged(e))
		}
	case []string:
		for _, s := range v {
			list = append(list, F{"dest_flag": 1, "dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": s})
		}
	default:
		panic(fmt.Sprintf("smpptest: %T is no array", value))
	}
	return list
}

func flagged(e F) F {
	if _, ok := e["dest_flag"]; ok {
		return e
	}
	with := F{"dest_flag": 1}
	if _, list := e["dl_name"]; list {
		with["dest_flag"] = 2
	}
	for name, value := range e {
		with[name] = value
	}
	return with
}
