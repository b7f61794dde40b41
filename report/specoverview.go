package report

import (
	"bytes"
	"fmt"
	"io"
)

// specShort is how many columns of an entry's meaning a list shows.
const specShort = 72

// WriteSpecList writes entries a line each.
func (o *Options) WriteSpecList(w io.Writer, list []SpecEntry) error {
	t := NewTable(w, "", Column{Name: "kind"}, Column{Name: "number"}, Column{Name: "name"}, Column{Name: "meaning", Max: specShort})
	for i := range list {
		e := &list[i]
		if err := t.Row(string(e.Kind), e.number(), e.Name, e.Short); err != nil {
			return err
		}
	}
	return t.Close()
}

func (e *SpecEntry) number() string {
	switch {
	case e.Number < 0:
		return ""
	case e.Kind == SpecTLV:
		return fmt.Sprintf("0x%04X", e.Number)
	}
	return fmt.Sprintf("0x%08X", e.Number)
}

var specSections = [...]struct {
	kind SpecKind
	head string
}{
	{SpecCommand, "Commands"},
	{SpecParameter, "Parameters"},
	{SpecTLV, "TLVs"},
	{SpecStatus, "Statuses (command_status)"},
	{SpecValues, "Named values"},
	{SpecBits, "Named bits"},
}

// WriteSpecOverview writes what the reference holds.
func (o *Options) WriteSpecOverview(w io.Writer, s *Spec) error {
	for i, section := range specSections {
		x := specText{Options: o}
		var rows [][]string
		for n := range s.entries {
			if e := &s.entries[n]; e.Kind == section.kind {
				rows = append(rows, specRow(e))
			}
		}
		columns := []Column{{Name: "number"}, {Name: "name"}, {Name: ""}, {Name: "meaning", Max: specShort}}
		if section.kind == SpecParameter || section.kind == SpecValues || section.kind == SpecBits {
			columns, rows = []Column{{Name: ""}, {Name: ""}, {Name: ""}, {Name: ""}}, inFours(rows)
			columns[0].Name = "name"
		}
		x.table(section.head, columns, rows)
		if i == 0 {
			x.b = bytes.TrimPrefix(x.b, []byte("\n"))
		}
		if _, err := w.Write(x.b); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "\n  'smpptap spec NAME' or a number in hex or decimal explains one of them.\n")
	return err
}

// specRow is an entry's line of the overview.
func specRow(e *SpecEntry) []string {
	what := ""
	switch {
	case e.Command != nil:
		what = specVersions(e.Command.Versions)
		if e.Command.Vendor != "" {
			what = e.Command.Vendor
		}
	case e.Profile:
		what = "the profile"
	case e.TLV != nil:
		what = specVersions(e.TLV.Versions)
		if e.TLV.Vendor != "" {
			what = e.TLV.Vendor
		}
	case e.Status != nil:
		what = specVersions(e.Status.Versions)
	}
	return []string{e.number(), e.Name, what, e.Short}
}

// inFours puts names four to a line.
func inFours(rows [][]string) (out [][]string) {
	for i := 0; i < len(rows); i += 4 {
		line := make([]string, 4)
		for k := range min(4, len(rows)-i) {
			line[k] = rows[i+k][1]
		}
		out = append(out, line)
	}
	return out
}
