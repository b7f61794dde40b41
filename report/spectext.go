package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"smpptap/dissect"
)

// specName is the width of the words before the facts of an entry.
const specName = 12

// WriteSpec writes entries for people, with a line between them.
func (o *Options) WriteSpec(w io.Writer, list []SpecEntry) error {
	var b []byte
	for i := range list {
		if i > 0 {
			b = append(b, '\n')
		}
		b = o.specEntry(b, &list[i])
	}
	_, err := w.Write(b)
	return err
}

func (o *Options) specEntry(b []byte, e *SpecEntry) []byte {
	x := specText{o, b}
	x.title(e)
	switch {
	case e.Command != nil:
		x.command(e.Command)
	case e.TLV != nil:
		x.tlv(e)
	case e.Status != nil:
		x.status(e.Status)
	case e.Enum != nil:
		x.enum(e.Enum)
	case e.Bits != nil:
		x.bits(e.Bits)
	case len(e.Uses) > 0:
		for _, u := range e.Uses {
			x.b = append(append(x.b, "  "...), Safe(u)+"\n"...)
		}
	case len(e.Variant) > 0:
		x.parameter(e)
	default:
		x.fact("meaning", e.Short)
	}
	return x.b
}

// specText is an entry being written.
type specText struct {
	*Options
	b []byte
}

func (x *specText) title(e *SpecEntry) {
	name := e.Name
	if e.Kind == SpecUses {
		name = "As a value of"
	}
	if name == "" {
		name = "(no name)"
	}
	x.b = x.paint(x.b, styleBold, Safe(name))
	switch e.Kind {
	case SpecCommand:
		x.b = fmt.Appendf(x.b, "  command 0x%08X", e.Number)
	case SpecTLV:
		x.b = fmt.Appendf(x.b, "  TLV 0x%04X (%d)", e.Number, e.Number)
	case SpecStatus:
		x.b = fmt.Appendf(x.b, "  command_status 0x%08X (%d)", e.Number, e.Number)
	case SpecUses:
	default:
		x.b = append(append(x.b, "  "...), e.Kind...)
	}
	if e.Profile {
		x.b = append(x.b, "  (by the profile)"...)
	}
	x.b = append(x.b, '\n')
}

// fact writes a line of an entry; an empty one is left out.
func (x *specText) fact(name, text string) {
	if text == "" {
		return
	}
	x.b = append(x.b, "  "...)
	x.b = appendPadded(x.b, name, specName, false)
	x.b = append(x.b, ' ')
	x.b = append(AppendSafe(x.b, text), '\n')
}

func (x *specText) notes(list []string) {
	for _, n := range list {
		x.fact("note", n)
	}
}

// table writes rows below a heading.
func (x *specText) table(heading string, columns []Column, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	x.b = append(x.b, "\n  "...)
	x.b = append(x.paint(x.b, styleBold, heading), '\n')
	var out bytes.Buffer // whose writes never fail
	t := NewTable(&out, "  ", columns...)
	for _, row := range rows {
		_ = t.Row(row...)
	}
	_ = t.Close()
	x.b = append(x.b, out.Bytes()...)
}

func (x *specText) command(c *dissect.Command) {
	x.fact("meaning", c.Summary)
	x.fact("also", strings.Join(c.Aliases, ", "))
	x.fact("vendor", c.Vendor)
	x.fact("versions", specVersions(c.Versions))
	x.fact("sent by", specSide(c.From))
	if c.Response != 0 {
		what := "answer"
		if c.IsResponse() {
			what = "answers"
		}
		x.fact(what, specCommandName(c.Response))
	} else if !c.IsResponse() {
		x.fact("answer", "none")
	}
	if c.IsResponse() {
		x.fact("on error", specOnError(c))
	}
	x.fact("reference", specRef(c.Ref))
	x.notes(c.Notes)
	x.table("Parameters, in the order on the wire", []Column{{Name: "name"}, {Name: "type"}, {Name: "values"}, {Name: "reference"}},
		specParams(c.Params, ""))
	x.table("TLVs", []Column{{Name: "tag"}, {Name: "name"}, {Name: "type"}, {Name: "in"}, {Name: "by"}, {Name: ""}}, specAllowed(c))
}

func specCommandName(id uint32) string {
	if c := dissect.CommandByID(id); c != nil {
		return fmt.Sprintf("%s (0x%08X)", c.Name, id)
	}
	return fmt.Sprintf("0x%08X", id)
}

func specParams(list []dissect.Param, indent string) (rows [][]string) {
	for i := range list {
		p := &list[i]
		rows = append(rows, []string{indent + p.Name, specType(p), specValues(p), specRef(p.Ref)})
		rows = append(rows, specParams(p.Entry, indent+"  ")...)
	}
	return rows
}

func specAllowed(c *dissect.Command) (rows [][]string) {
	for _, a := range c.TLVs {
		row := []string{fmt.Sprintf("0x%04X", a.Tag), "", "", specVersions(a.In), specSide(a.From), ""}
		if t := dissect.TLVByTag(a.Tag); t != nil {
			row[1], row[2] = t.Name, specTLVType(t)
		}
		if a.From == dissect.SideUnknown {
			row[4] = specSide(c.From)
		}
		if a.Mandatory != 0 {
			row[5] = "mandatory in " + specVersions(a.Mandatory)
		}
		rows = append(rows, row)
	}
	return rows
}

func (x *specText) parameter(e *SpecEntry) {
	x.fact("in v3.3", strings.Join(e.Aliases, ", "))
	for i := range e.Variant {
		v := &e.Variant[i]
		if i > 0 {
			x.b = append(x.b, '\n')
		}
		x.fact("in", strings.Join(v.Commands, ", "))
		x.fact("type", specType(v.Param))
		x.fact("values", specRange(v.Param))
		x.fact("reference", specRef(v.Param.Ref))
		if v.Param.Enum != nil && !shownBefore(e.Variant[:i], v.Param.Enum) {
			x.enum(v.Param.Enum)
		}
		if v.Param.Bits != nil {
			if v.Param.BitsSMSC != nil {
				x.fact("bits", "sent by the ESME:")
			}
			x.bits(v.Param.Bits)
		}
		if v.Param.BitsSMSC != nil {
			x.fact("bits", "sent by the SMSC:")
			x.bits(v.Param.BitsSMSC)
		}
	}
}

func shownBefore(list []SpecVariant, e *dissect.Enum) bool {
	return slices.ContainsFunc(list, func(v SpecVariant) bool { return v.Param.Enum == e })
}

func (x *specText) tlv(e *SpecEntry) {
	t := e.TLV
	x.fact("meaning", t.Meaning)
	x.fact("used by", t.Vendor)
	x.fact("also", strings.Join(t.Aliases, ", "))
	x.fact("versions", specVersions(t.Versions))
	x.fact("type", specTLVType(t))
	if t.Min != 0 || t.MaxValue != 0 {
		x.fact("values", fmt.Sprintf("%d to %d", t.Min, t.MaxValue))
	}
	x.fact("default", t.Default)
	x.fact("technology", t.Technology)
	if t.Multiple {
		x.fact("repeated", "may stand more than once")
	}
	var needs []string
	for _, tag := range t.Requires {
		if r := dissect.TLVByTag(tag); r != nil {
			needs = append(needs, r.Name)
		}
	}
	x.fact("needs", strings.Join(needs, ", "))
	if t.Vendor == "" && !e.Profile {
		x.fact("allowed in", strings.Join(specCarriers(t.Tag), ", "))
	}
	x.fact("reference", specRef(t.Ref))
	x.notes(t.Notes)
	var rows [][]string
	for _, f := range t.Fields {
		size := "the rest"
		if f.Size > 0 {
			size = fmt.Sprint(f.Size)
		}
		rows = append(rows, []string{fmt.Sprint(f.Offset), size, f.Name})
	}
	x.table("Layout", []Column{{Name: "offset", Right: true}, {Name: "octets", Right: true}, {Name: "name"}}, rows)
	if t.Enum != nil {
		x.enum(t.Enum)
	}
	if t.Bits != nil {
		x.bits(t.Bits)
	}
	for _, f := range t.Fields {
		if f.Enum != nil {
			x.enum(f.Enum)
		}
		if f.Bits != nil {
			x.bits(f.Bits)
		}
	}
}

// specCarriers are the commands that may carry a TLV.
func specCarriers(tag uint16) (names []string) {
	for i := range dissect.Commands() {
		c := &dissect.Commands()[i]
		var in dissect.Versions
		for _, a := range c.TLVs {
			if a.Tag == tag {
				in |= a.In
			}
		}
		if in == dissect.In50 {
			names = append(names, c.Name+" (5.0)")
		} else if in != 0 {
			names = append(names, c.Name)
		}
	}
	return names
}

func (x *specText) status(s *dissect.StatusDef) {
	x.fact("meaning", s.Meaning)
	x.fact("in v3.4", s.Name34)
	x.fact("versions", specVersions(s.Versions))
	x.fact("cause", s.Cause)
	x.fact("remedy", s.Remedy)
	x.fact("retry", s.Retry)
	x.fact("seen in", strings.Join(s.SeenIn, ", "))
}

func (x *specText) enum(e *dissect.Enum) {
	var rows [][]string
	for i := range e.Values {
		rows = append(rows, specValue(&e.Values[i], 2))
	}
	head := "Values: " + e.Name
	if !e.Open {
		head += " (all others are reserved)"
	}
	x.table(head, specValueColumns, rows)
	x.notes(e.Notes)
}

var specValueColumns = []Column{{Name: "value"}, {Name: ""}, {Name: "name"}, {Name: "in"}, {Name: "meaning"}}

func specValue(v *dissect.Value, digits int) []string {
	number, hex := fmt.Sprint(v.From), fmt.Sprintf("0x%0*X", digits, v.From)
	switch {
	case v.IsText:
		number, hex = fmt.Sprintf("%q", v.Text), ""
	case v.From != v.To:
		number, hex = fmt.Sprintf("%d-%d", v.From, v.To), fmt.Sprintf("0x%0*X-0x%0*X", digits, v.From, digits, v.To)
	}
	in := ""
	if v.Versions != 0 {
		in = specVersions(v.Versions)
	}
	meaning := v.Meaning
	if v.Alphabet != "" {
		meaning = strings.TrimSpace(meaning + " [" + string(v.Alphabet) + "]")
	}
	if v.Reserved {
		meaning = strings.TrimSpace("reserved. " + meaning)
	}
	return []string{number, hex, v.Name, in, meaning}
}

func (x *specText) bits(e *dissect.BitEnum) {
	for i := range e.Groups {
		g := &e.Groups[i]
		var rows [][]string
		for v := range g.Values {
			rows = append(rows, specValue(&g.Values[v], 2))
		}
		head := fmt.Sprintf("Bits 0x%02X: %s", g.Mask, g.Name)
		if g.Any {
			head += ", any value"
		}
		if g.Unused {
			head += ", unused"
		}
		if len(rows) == 0 {
			x.b = append(append(append(x.b, "\n  "...), head...), '\n')
		}
		x.table(head, specValueColumns, rows)
	}
	x.notes(e.Notes)
}
