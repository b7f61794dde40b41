package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"smpptap/dissect"
)

// Every row of the table is found by its name and its number, and is written
// as text and as JSON.
func TestSpecFindsAll(t *testing.T) {
	s, opt := NewSpec(nil), &Options{}
	for i := range s.All() {
		e := &s.All()[i]
		found, exact := s.Find(e.Name)
		if e.Kind == SpecValues || e.Kind == SpecBits {
			if !exact {
				t.Errorf("%s %s is not found", e.Kind, e.Name)
			}
			continue
		}
		if !exact || !slices.ContainsFunc(found, func(f SpecEntry) bool { return f.Kind == e.Kind && f.Number == e.Number }) {
			t.Errorf("%s %s is not found by its name: %v", e.Kind, e.Name, found)
		}
		if e.Number >= 0 {
			found, _ = s.Find(e.number())
			if !slices.ContainsFunc(found, func(f SpecEntry) bool { return f.Kind == e.Kind && f.Name == e.Name }) {
				t.Errorf("%s %s is not found by its number", e.Kind, e.Name)
			}
		}
		var out bytes.Buffer
		if err := opt.WriteSpec(&out, []SpecEntry{*e}); err != nil || !strings.Contains(out.String(), e.Name) {
			t.Errorf("%s: %v\n%s", e.Name, err, out.String())
		}
		if b := opt.AppendSpec(nil, e, true); !json.Valid(b) {
			t.Errorf("%s is no JSON: %s", e.Name, b)
		}
		if e.Command != nil {
			for _, p := range e.Command.Params {
				if !strings.Contains(out.String(), p.Name) {
					t.Errorf("%s does not show %s", e.Name, p.Name)
				}
			}
		}
	}
}

func TestSpecNumbers(t *testing.T) {
	s := NewSpec(nil)
	for _, c := range []struct{ query, first string }{
		{"4", "submit_sm"},
		{"0x4", "submit_sm"},
		{"88", "ESME_RTHROTTLED"},
		{"58h", "ESME_RTHROTTLED"},
		{"58", "ESME_RTHROTTLED"}, // decimal 58 is nothing
		{"80000004", "submit_sm_resp"},
		{"0424", "message_payload"},
		{"2147483652", "submit_sm_resp"},
		{"add", ""}, // a word
	} {
		found, _ := s.Find(c.query)
		if c.first == "" {
			if len(found) > 0 && found[0].Number >= 0 && found[0].Kind == SpecUses {
				t.Errorf("%s is read as a number", c.query)
			}
			continue
		}
		if len(found) == 0 || found[0].Name != c.first {
			t.Errorf("%s: found %v, want %s", c.query, found, c.first)
		}
	}
}

// What the profile defines stands beside the table's.
func TestSpecDialect(t *testing.T) {
	d := &dissect.Dialect{
		TLVs:     map[uint16]*dissect.TLVDef{0x1400: {Tag: 0x1400, Name: "entity", Kind: dissect.Octets, Meaning: "evil \x1b[2J"}},
		Statuses: map[uint32]*dissect.StatusDef{0x450: {Value: 0x450, Name: "NO_CREDIT", Meaning: "no credit"}},
	}
	s := NewSpec(d)
	for _, query := range []string{"entity", "0x1400", "no_credit", "0x450"} {
		found, exact := s.Find(query)
		if !exact || !slices.ContainsFunc(found, func(e SpecEntry) bool { return e.Profile }) {
			t.Errorf("%s: %v", query, found)
		}
		var out bytes.Buffer
		if err := (&Options{}).WriteSpec(&out, found); err != nil || strings.Contains(out.String(), "\x1b") {
			t.Errorf("%s: %v %q", query, err, out.String())
		}
	}
}
