package filter

import (
	"slices"
	"strings"

	"smpptap/dissect"
)

// FieldInfo is a field that a filter may name.
type FieldInfo struct {
	Name string
	Type Type
	// Note says what is special; empty: nothing.
	Note string

	size   int  // octets of an integer
	hex    bool // an integer is written in hexadecimal
	named  bool // a value is written by its name
	get    getter
	empty  string // what Wireshark writes for an empty string
	needs  need
	absent bool // never filled

	// Where the names of values come from.
	commands, statuses bool
	enums              []*dissect.Enum
	groups             []*dissect.BitGroup
	words              []word   // of numbers
	vocabulary         []string // of strings; nil: any string
}

// word is a name for a range of values.
type word struct {
	name     string
	from, to int64
}

// need is what a row must have filled for a field.
type need uint8

const (
	needMessage need = 1 << iota
	needReceipt
	needFindings
)

// spec is a row of the tables of fields. What a field holds, its size, its bits
// and the names of its values come from the table in dissect; here stands only
// what Wireshark calls it, and what it alone does.
type spec struct {
	name  string
	param dissect.ParamID
	tag   uint16
	part  string // of the layout of the TLV
	bits  string // the group of bits
	mask  uint32 // bits for which the table has no group
	hex   bool
	empty string

	// get is for fields that are not simply a parameter or TLV; typ, size,
	// words and groups belong to it.
	get        getter
	typ        Type
	size       int
	words      []word
	groups     []*dissect.BitGroup
	statuses   bool
	commands   bool
	named      bool
	vocabulary []string
	needs      need
	note       string
}

var (
	fieldTable = buildFields(smppFields, userDataFields, ownFields)
	fieldIndex = indexFields(fieldTable)
)

// Fields returns all fields by name. They are shared: do not change them.
func Fields() []FieldInfo { return fieldTable }

// FieldByName finds a field; nil when none has the name. Case counts, as in
// Wireshark.
func FieldByName(name string) *FieldInfo { return fieldIndex[name] }

// Nearest proposes a field for a name that none has; empty: nothing is near.
func Nearest(name string) string {
	names := make([]string, len(fieldTable))
	for i := range fieldTable {
		names[i] = fieldTable[i].Name
	}
	return nearest(name, names)
}

func buildFields(tables ...[]spec) []FieldInfo {
	var fields []FieldInfo
	for _, t := range tables {
		for _, s := range t {
			fields = append(fields, s.build())
		}
	}
	slices.SortFunc(fields, func(a, b FieldInfo) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

func indexFields(fields []FieldInfo) map[string]*FieldInfo {
	index := make(map[string]*FieldInfo, len(fields))
	for i := range fields {
		index[fields[i].Name] = &fields[i]
	}
	return index
}

func (s spec) build() FieldInfo {
	f := FieldInfo{
		Name: s.name, Type: s.typ, Note: s.note, size: s.size, hex: s.hex, named: s.named, get: s.get,
		empty: s.empty, needs: s.needs, commands: s.commands, statuses: s.statuses, groups: s.groups,
		words: s.words, vocabulary: s.vocabulary,
	}
	if s.param != dissect.ParamNone {
		s.fromParams(&f)
	}
	if s.tag != 0 && s.get == nil {
		s.fromTLV(&f)
	}
	if f.get == nil {
		f.get, f.absent = never, true
		f.Note = "not filled: it needs what follows the PDU"
	}
	return f
}

// fromParams takes over a parameter, in the body and in the entries of arrays.
func (s spec) fromParams(f *FieldInfo) {
	body, entry := false, false
	conv := readOctets
	dissectParams(func(p *dissect.Param, inEntry bool) {
		if p.ID != s.param {
			return
		}
		body, entry = body || !inEntry, entry || inEntry
		f.enum(p.Enum)
		f.statuses = f.statuses || p.IsStatus
		x := part{size: p.Kind.Size(), mask: s.mask}
		for _, b := range []*dissect.BitEnum{p.Bits, p.BitsSMSC} {
			x.mask |= f.group(b, s.bits)
		}
		f.Type, f.size, conv = s.kind(p.Kind, p.Format, x)
	})
	switch {
	case body && entry:
		f.get = either(parameter(s.param, conv), entries(s.param, conv))
	case entry:
		f.get = entries(s.param, conv)
	default:
		f.get = parameter(s.param, conv)
	}
}

// fromTLV takes over a TLV, or a part of its layout, beside the parameter of
// the same name if there is one.
func (s spec) fromTLV(f *FieldInfo) {
	def := dissect.TLVByTag(s.tag)
	x := part{mask: s.mask}
	conv := readOctets
	var get getter
	if s.part == "" {
		f.enum(def.Enum)
		f.statuses = f.statuses || def.IsStatus
		x.mask |= f.group(def.Bits, s.bits)
		x.size = def.Kind.Size()
		f.Type, f.size, conv = s.kind(def.Kind, def.Format, x)
		if f.Type == Uint {
			get = integerTLV(s.tag, x)
		}
	}
	for _, l := range def.Fields {
		if l.Name == s.part {
			f.enum(l.Enum)
			x.off, x.size = l.Offset, l.Size
			x.mask |= f.group(l.Bits, s.bits)
			f.Type, f.size, conv = Uint, l.Size, x.number
		}
	}
	if get == nil {
		get = tlv(s.tag, conv)
	}
	if f.get != nil {
		get = either(f.get, get)
	}
	f.get = get
}

// kind tells how a value of the table's kind compares and is read.
func (s spec) kind(k dissect.Kind, format dissect.Format, x part) (Type, int, read) {
	switch {
	case k == dissect.Array:
		return Label, 0, readFilled
	case k == dissect.Octets:
		return Bytes, 0, readFilled
	case k == dissect.COctet && format == dissect.FormatNone:
		return String, 0, readString
	case k == dissect.COctet && strings.HasSuffix(s.name, "_r") && format == dissect.FormatAbsoluteTime:
		return Duration, 0, readAmount
	case k == dissect.COctet && strings.HasSuffix(s.name, "_r"):
		return Duration, 0, readRelative
	case k == dissect.COctet:
		return Time, 0, readAbsolute
	}
	return Uint, k.Size(), x.number
}

func (f *FieldInfo) enum(e *dissect.Enum) {
	if e != nil && !slices.Contains(f.enums, e) {
		f.enums = append(f.enums, e)
	}
}

// group takes over a group of bits and returns its mask.
func (f *FieldInfo) group(b *dissect.BitEnum, name string) uint32 {
	g := bitGroup(b, name)
	if g == nil {
		return 0
	}
	f.groups = append(f.groups, g)
	return g.Mask
}

func bitGroup(b *dissect.BitEnum, name string) *dissect.BitGroup {
	if b == nil || name == "" {
		return nil
	}
	for i := range b.Groups {
		if b.Groups[i].Name == name {
			return &b.Groups[i]
		}
	}
	return nil
}

// dissectParams visits the parameters of all commands.
func dissectParams(visit func(p *dissect.Param, inEntry bool)) {
	commands := dissect.Commands()
	for i := range commands {
		params := commands[i].Params
		for j := range params {
			visit(&params[j], false)
			for k := range params[j].Entry {
				visit(&params[j].Entry[k], true)
			}
		}
	}
}
