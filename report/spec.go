package report

import (
	"slices"
	"strconv"
	"strings"

	"smpptap/dissect"
)

// SpecKind is what an entry of the reference is.
type SpecKind string

// The kinds, in the order in which they are listed.
const (
	SpecCommand   SpecKind = "command"
	SpecParameter SpecKind = "parameter"
	SpecTLV       SpecKind = "tlv"
	SpecStatus    SpecKind = "status"
	SpecValues    SpecKind = "values"
	SpecBits      SpecKind = "bits"
	SpecUses      SpecKind = "value" // where a number is a value of something
)

// SpecEntry is one thing that the reference explains. One of the pointers is
// set, by the kind.
type SpecEntry struct {
	Kind    SpecKind
	Name    string
	Aliases []string
	Number  int64 // id, tag or value; negative: it has none
	Short   string

	Command *dissect.Command
	Variant []SpecVariant // of a parameter
	TLV     *dissect.TLVDef
	Profile bool // the profile says so
	Status  *dissect.StatusDef
	Enum    *dissect.Enum
	Bits    *dissect.BitEnum
	Uses    []string
}

// SpecVariant is a parameter as some commands have it.
type SpecVariant struct {
	Param    *dissect.Param
	Commands []string
}

// Spec is the offline reference: dissect's table and what a profile adds.
type Spec struct {
	dialect *dissect.Dialect
	entries []SpecEntry
}

// NewSpec makes the reference; d may be nil.
func NewSpec(d *dissect.Dialect) *Spec {
	s := &Spec{dialect: d}
	for i := range dissect.Commands() {
		c := &dissect.Commands()[i]
		s.add(SpecEntry{Kind: SpecCommand, Name: c.Name, Aliases: c.Aliases, Number: int64(c.ID), Short: c.Summary, Command: c})
	}
	s.header()
	s.parameters()
	s.tlvs()
	s.statuses()
	for _, e := range dissect.Enums() {
		s.add(SpecEntry{Kind: SpecValues, Name: e.Name, Number: -1, Short: "named values", Enum: e})
	}
	for _, e := range dissect.BitEnums() {
		s.add(SpecEntry{Kind: SpecBits, Name: e.Name, Number: -1, Short: "named bits", Bits: e})
	}
	return s
}

func (s *Spec) add(e SpecEntry) { s.entries = append(s.entries, e) }

// header adds the fields of the header, which is no part of the table: they are
// the same in every PDU (v3.4 5.1).
func (s *Spec) header() {
	for _, f := range [...]struct{ name, text string }{
		{"command_length", "Octets of the PDU, the header's 16 and itself included. v3.4 5.1.1"},
		{"command_id", "The command; responses have bit 31 set. v3.4 5.1.2"},
		{"command_status", "0 in requests; in responses the outcome (see the statuses). v3.4 5.1.3"},
		{"sequence_number", "1 to 0x7FFFFFFF, chosen by the sender of a request; its response has the same one. v3.4 5.1.4"},
	} {
		s.add(SpecEntry{Kind: SpecParameter, Name: f.name, Number: -1, Short: "Integer, 4 octets, of the header. " + f.text})
	}
}

// parameters adds each parameter once, with the forms it has in commands.
func (s *Spec) parameters() {
	at := map[string]int{}
	var walk func(c *dissect.Command, list []dissect.Param)
	walk = func(c *dissect.Command, list []dissect.Param) {
		for i := range list {
			p := &list[i]
			n, known := at[p.Name]
			if !known {
				n = len(s.entries)
				at[p.Name] = n
				e := SpecEntry{Kind: SpecParameter, Name: p.Name, Number: -1, Short: specType(p)}
				if p.Name33 != "" {
					e.Aliases = []string{p.Name33}
				}
				s.add(e)
			}
			s.entries[n].use(p, c.Name)
			walk(c, p.Entry)
		}
	}
	for i := range dissect.Commands() {
		c := &dissect.Commands()[i]
		walk(c, c.Params)
	}
}

// use notes a command that has the parameter in this form.
func (e *SpecEntry) use(p *dissect.Param, command string) {
	for i := range e.Variant {
		v := &e.Variant[i]
		if v.Param.Kind == p.Kind && v.Param.Max == p.Max && v.Param.Enum == p.Enum && v.Param.Bits == p.Bits &&
			v.Param.BitsSMSC == p.BitsSMSC && v.Param.Min == p.Min && v.Param.MaxValue == p.MaxValue &&
			slices.Equal(v.Param.Sizes, p.Sizes) && v.Param.ZeroIn == p.ZeroIn {
			if !slices.Contains(v.Commands, command) {
				v.Commands = append(v.Commands, command)
			}
			return
		}
	}
	e.Variant = append(e.Variant, SpecVariant{p, []string{command}})
}

func (s *Spec) tlvs() {
	tlv := func(t *dissect.TLVDef, profile bool) {
		s.add(SpecEntry{Kind: SpecTLV, Name: t.Name, Aliases: t.Aliases, Number: int64(t.Tag), Short: t.Meaning, TLV: t, Profile: profile})
	}
	for i := range dissect.TLVs() {
		tlv(&dissect.TLVs()[i], false)
	}
	vendors := dissect.VendorTLVs()
	for i := range vendors {
		tlv(&vendors[i], false)
	}
	if s.dialect != nil {
		for _, tag := range sortedKeys(s.dialect.TLVs) {
			tlv(s.dialect.TLVs[tag], true)
		}
	}
}

func (s *Spec) statuses() {
	status := func(x *dissect.StatusDef, profile bool) {
		e := SpecEntry{Kind: SpecStatus, Name: x.Name, Number: int64(x.Value), Short: x.Meaning, Status: x, Profile: profile}
		if x.Name34 != "" {
			e.Aliases = []string{x.Name34}
		}
		s.add(e)
	}
	for i := range dissect.Statuses() {
		status(&dissect.Statuses()[i], false)
	}
	if s.dialect != nil {
		for _, v := range sortedKeys(s.dialect.Statuses) {
			status(s.dialect.Statuses[v], true)
		}
	}
}

func sortedKeys[K uint16 | uint32, V any](m map[K]V) []K {
	var keys []K
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Names are all names of the reference, for suggestions and completion.
func (s *Spec) Names() []string {
	var names []string
	for i := range s.entries {
		e := &s.entries[i]
		for _, n := range append([]string{e.Name}, e.Aliases...) {
			if n != "" && !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	return names
}

// Find gives what a name or number stands for. exact: these are it; else they
// are what begins with the name or holds it.
func (s *Spec) Find(query string) (found []SpecEntry, exact bool) {
	query = strings.TrimPrefix(strings.TrimSpace(query), "smpp.")
	if v, ok := specNumbers(query); ok {
		if found = s.numbers(v, len(query) > 1 && query[0] == '0'); len(found) > 0 {
			return found, true
		}
	}
	word := specWord(query)
	if word == "" {
		return nil, false
	}
	if found = s.match(word, func(name, word string) bool { return name == word }); len(found) > 0 {
		return s.withoutRepeats(found), true
	}
	if found = s.match(word, strings.HasPrefix); len(found) == 0 {
		found = s.match(word, strings.Contains)
	}
	if len(found) == 0 {
		found = s.valued(word)
	}
	return found, false
}

// match gives the entries of which a name fits.
func (s *Spec) match(word string, fits func(name, word string) bool) (found []SpecEntry) {
	for i := range s.entries {
		e := &s.entries[i]
		for _, n := range append([]string{e.Name}, e.Aliases...) {
			if fits(specWord(n), word) {
				found = append(found, *e)
				break
			}
		}
	}
	return found
}

// withoutRepeats leaves out values and bits that a parameter or TLV of the same
// name shows anyhow.
func (s *Spec) withoutRepeats(found []SpecEntry) []SpecEntry {
	return slices.DeleteFunc(slices.Clone(found), func(e SpecEntry) bool {
		if e.Kind != SpecValues && e.Kind != SpecBits {
			return false
		}
		for i := range found {
			if found[i].shows(e.Enum, e.Bits) {
				return true
			}
		}
		return false
	})
}

// shows tells whether the entry writes out these values or bits.
func (e *SpecEntry) shows(values *dissect.Enum, bits *dissect.BitEnum) bool {
	for _, v := range e.Variant {
		if values != nil && v.Param.Enum == values || bits != nil && (v.Param.Bits == bits || v.Param.BitsSMSC == bits) {
			return true
		}
	}
	return e.TLV != nil && (values != nil && e.TLV.Enum == values || bits != nil && e.TLV.Bits == bits)
}

// specWord is a name without what people write differently: case, and what
// stands between words.
func specWord(name string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		switch r {
		case '_', '-', ' ', '.', '*':
			return -1
		}
		return r
	}, name))
}

// specNumbers gives the ways to read a number, the likeliest first: hexadecimal
// with 0x, h or letters, else decimal and then hexadecimal.
func specNumbers(query string) ([]uint32, bool) {
	word := strings.ToLower(query)
	if digits, ok := strings.CutPrefix(word, "0x"); ok {
		v, err := strconv.ParseUint(digits, 16, 32)
		return []uint32{uint32(v)}, err == nil
	}
	var out []uint32
	if v, err := strconv.ParseUint(word, 10, 32); err == nil {
		out = append(out, uint32(v))
	} else if digits, ok := strings.CutSuffix(word, "h"); ok {
		word = digits
	} else if len(word) < 4 || word[0] < '0' || word[0] > '9' {
		return nil, false // a word that happens to be made of a to f
	}
	if v, err := strconv.ParseUint(word, 16, 32); err == nil && !slices.Contains(out, uint32(v)) {
		out = append(out, uint32(v))
	}
	return out, len(out) > 0
}

// All gives every entry. They stay the reference's.
func (s *Spec) All() []SpecEntry { return s.entries }
