package dissect_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"

	"smpptap/dissect"
)

// readSpec reads a file of facts that lives beside the repository, not in it.
func readSpec(t *testing.T, name string, to any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "shared", "spec", name))
	if os.IsNotExist(err) {
		t.Skipf("the files of facts are not beside the repository: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, to); err != nil {
		t.Fatal(err)
	}
}

type specParam struct {
	Name         string
	Type         string
	Max          int
	MaxByVersion map[string]int   `yaml:"max_by_version"`
	Range        []int            `yaml:"range"`
	RangeBy      map[string][]int `yaml:"range_by_version"`
	Enum         string
	Bitfield     string
	LengthField  string `yaml:"length_field"`
	CountField   string `yaml:"count_field"`
	Section      map[string]string
}

type specCommand struct {
	Name      string
	ID        uint32 `yaml:"command_id"`
	Aliases   []string
	Versions  []string
	IssuedBy  string `yaml:"issued_by"`
	Summary   string
	Params    []specParam
	OnError   map[string]string `yaml:"body_when_status_nonzero"`
	TLVs      map[string]specTLVList
	Section   map[string]string
	Response  *uint32 `yaml:"response_id"`
	RequestID *uint32 `yaml:"request_id"`
}

type specTLVList struct {
	Mandatory, Optional []string
	BySender            map[string][]string `yaml:"optional_by_sender"`
}

var bits = map[string]dissect.Versions{"3.3": dissect.In33, "3.4": dissect.In34, "5.0": dissect.In50}

var indices = map[string]int{"3.3": 0, "3.4": 1, "5.0": 2}

func set(versions []string) dissect.Versions {
	var s dissect.Versions
	for _, v := range versions {
		s |= bits[v]
	}
	return s
}

func TestCommandsAgreeWithFacts(t *testing.T) {
	var facts struct {
		Commands []specCommand
		Vendor   []specCommand `yaml:"vendor_commands"`
	}
	readSpec(t, "commands.yaml", &facts)
	if n := len(facts.Commands) + len(facts.Vendor); n != len(dissect.Commands()) {
		t.Errorf("%d commands, the facts have %d", len(dissect.Commands()), n)
	}
	for _, want := range facts.Commands {
		c := dissect.CommandByID(want.ID)
		if c == nil || c.Name != want.Name || c.Summary != want.Summary || !slices.Equal(c.Aliases, want.Aliases) {
			t.Errorf("%s differs: %+v", want.Name, c)
			continue
		}
		if c.Versions != set(want.Versions) || c.From.String() != want.IssuedBy {
			t.Errorf("%s: versions %b from %s", c.Name, c.Versions, c.From)
		}
		if c.Ref.V34 != want.Section["3.4"] || c.Ref.V50 != want.Section["5.0"] {
			t.Errorf("%s: sections %+v", c.Name, c.Ref)
		}
		compareResponse(t, c, &want)
		compareParams(t, c, want.Params, want.Versions)
		compareTLVLists(t, c, want.TLVs)
	}
	for _, want := range facts.Vendor {
		if c := dissect.CommandByID(want.ID); c == nil || c.Name != want.Name {
			t.Errorf("%s is missing", want.Name)
		} else {
			compareParams(t, c, want.Params, nil)
		}
	}
}

func compareResponse(t *testing.T, c *dissect.Command, want *specCommand) {
	t.Helper()
	other := want.Response
	if other == nil {
		other = want.RequestID
	}
	if other == nil && c.Response != 0 || other != nil && c.Response != *other {
		t.Errorf("%s: response 0x%08X", c.Name, c.Response)
	}
	kinds := map[string]dissect.BodyOnError{"omitted": dissect.BodyOmitted, "should_be_omitted": dissect.BodyShouldOmit,
		"not_stated": dissect.BodyNotStated, "header_only": dissect.BodyHeaderOnly, "unknown": dissect.BodyUnknownSpec}
	for v, kind := range want.OnError {
		if c.OnError[indices[v]] != kinds[kind] {
			t.Errorf("%s: body on error in %s is %d, not %s", c.Name, v, c.OnError[indices[v]], kind)
		}
	}
}

func compareParams(t *testing.T, c *dissect.Command, want []specParam, versions []string) {
	t.Helper()
	if len(c.Params) != len(want) {
		t.Errorf("%s has %d parameters, not %d", c.Name, len(c.Params), len(want))
		return
	}
	kinds := map[string]dissect.Kind{"uint8": dissect.Uint8, "uint16": dissect.Uint16, "uint32": dissect.Uint32,
		"c_octet_string": dissect.COctet, "octet_string": dissect.Octets, "array": dissect.Array}
	for i, w := range want {
		p := &c.Params[i]
		if p.Name != w.Name || p.Kind != kinds[w.Type] {
			t.Errorf("%s: parameter %d is %s, not %s", c.Name, i, p.Name, w.Name)
			continue
		}
		if length := w.LengthField + w.CountField; p.LengthOf.String() != length {
			t.Errorf("%s.%s: length is %s, not %s", c.Name, p.Name, p.LengthOf, length)
		}
		if w.Section != nil && (p.Ref.V34 != w.Section["3.4"] && w.Section["3.4"] != "" || p.Ref.V50 != w.Section["5.0"]) {
			t.Errorf("%s.%s: sections %+v, not %v", c.Name, p.Name, p.Ref, w.Section)
		}
		if p.Enum != nil && p.Enum.Name != w.Enum {
			t.Errorf("%s.%s: values %s, not %s", c.Name, p.Name, p.Enum.Name, w.Enum)
		}
		if p.Bits != nil && w.Bitfield != "" && p.Bits.Name != w.Bitfield {
			t.Errorf("%s.%s: bits %s, not %s", c.Name, p.Name, p.Bits.Name, w.Bitfield)
		}
		for _, v := range versions {
			compareLimits(t, c, p, w, v)
		}
	}
}

func compareLimits(t *testing.T, c *dissect.Command, p *dissect.Param, w specParam, v string) {
	t.Helper()
	i := indices[v]
	size := w.Max
	if m, ok := w.MaxByVersion[v]; ok {
		size = m
	}
	if p.Max[i] != size {
		t.Errorf("%s.%s: maximum in %s is %d, not %d", c.Name, p.Name, v, p.Max[i], size)
	}
	if r, ok := w.RangeBy[v]; ok && (p.Min[i] != r[0] || p.MaxValue[i] != r[1]) {
		t.Errorf("%s.%s: range in %s is %d to %d, not %v", c.Name, p.Name, v, p.Min[i], p.MaxValue[i], r)
	}
}

func compareTLVLists(t *testing.T, c *dissect.Command, want map[string]specTLVList) {
	t.Helper()
	for v, list := range want {
		for _, d := range dissect.TLVs() {
			var from dissect.Side
			mandatory := false
			for _, a := range c.TLVs {
				if a.Tag != d.Tag || a.In&bits[v] == 0 {
					continue
				}
				from |= a.From
				if a.From == 0 {
					from = c.From
				}
				mandatory = a.Mandatory&bits[v] != 0
			}
			if got := slices.Contains(list.Mandatory, d.Name); got != mandatory {
				t.Errorf("%s in %s: %s mandatory: %v", c.Name, v, d.Name, mandatory)
			}
			if wanted := senders(c, list, d.Name); from != wanted {
				t.Errorf("%s in %s: %s from %v, not %v", c.Name, v, d.Name, from, wanted)
			}
		}
	}
}

// senders are those that the lists allow to send a TLV.
func senders(c *dissect.Command, list specTLVList, name string) dissect.Side {
	if list.BySender == nil {
		if slices.Contains(list.Optional, name) || slices.Contains(list.Mandatory, name) {
			return c.From
		}
		return 0
	}
	var s dissect.Side
	if slices.Contains(list.BySender["esme"], name) {
		s |= dissect.ESME
	}
	if slices.Contains(list.BySender["smsc"], name) {
		s |= dissect.SMSC
	}
	return s
}

type specLength struct {
	Exact    *int
	Min, Max int
	OneOf    []int `yaml:"one_of"`
}

func (l specLength) bounds() (low, high int) {
	switch {
	case l.Exact != nil:
		return *l.Exact, *l.Exact
	case l.OneOf != nil:
		return slices.Min(l.OneOf), slices.Max(l.OneOf)
	}
	return l.Min, l.Max
}

func TestTLVsAgreeWithFacts(t *testing.T) {
	var facts struct {
		TLVs []struct {
			Tag             uint16
			Name            string
			Aliases         []string
			Versions        []string
			Type            string
			Length          specLength
			LengthByVersion map[string]specLength `yaml:"length_by_version"`
			Enum, Bitfield  string
			Range           []int
			Multiple        bool
			Requires        []string
			Section         map[string]string
			Meaning         string
		}
		Vendor     []struct{ Tag uint16 } `yaml:"vendor_tlvs"`
		Collisions []struct{ Tag uint16 } `yaml:"vendor_tlv_collisions"`
	}
	readSpec(t, "tlvs.yaml", &facts)
	kinds := map[string]dissect.Kind{"uint8": dissect.Uint8, "bitmask8": dissect.Uint8, "uint16": dissect.Uint16,
		"uint32": dissect.Uint32, "c_octet_string": dissect.COctet, "octet_string": dissect.Octets}
	if len(facts.TLVs) != len(dissect.TLVs()) || len(facts.Vendor)+len(facts.Collisions) != len(dissect.VendorTLVs()) {
		t.Error("the number of TLVs differs")
	}
	for _, w := range facts.TLVs {
		d := dissect.TLVByTag(w.Tag)
		if d == nil || d.Name != w.Name || d.Kind != kinds[w.Type] || d.Multiple != w.Multiple ||
			d.Versions != set(w.Versions) || d.Meaning != w.Meaning || !slices.Equal(d.Aliases, w.Aliases) ||
			d.Ref.V34 != w.Section["3.4"] || d.Ref.V50 != w.Section["5.0"] {
			t.Errorf("%s differs: %+v", w.Name, d)
			continue
		}
		for _, v := range w.Versions {
			l := w.Length
			if by, ok := w.LengthByVersion[v]; ok {
				l = by
			}
			low, high := l.bounds()
			if i := indices[v]; d.MinLen[i] != low || d.MaxLen[i] != high {
				t.Errorf("%s in %s: %d to %d octets, not %d to %d", d.Name, v, d.MinLen[i], d.MaxLen[i], low, high)
			}
		}
		if e := w.Enum; e != "" && e != "command_status" && (d.Enum == nil || d.Enum.Name != e) {
			t.Errorf("%s: values are not %s", d.Name, e)
		}
		if w.Bitfield != "" && (d.Bits == nil || d.Bits.Name != w.Bitfield) {
			t.Errorf("%s: bits are not %s", d.Name, w.Bitfield)
		}
		if len(w.Range) == 2 && w.Range[1] != 255 && (d.Min != w.Range[0] || d.MaxValue != w.Range[1]) && d.Enum == nil {
			t.Errorf("%s: range is not %v", d.Name, w.Range)
		}
		if len(d.Requires) != len(w.Requires) {
			t.Errorf("%s requires %v, not %v", d.Name, d.Requires, w.Requires)
		}
	}
}

func TestStatusesAgreeWithFacts(t *testing.T) {
	var facts struct {
		Statuses []struct {
			Value         uint32
			Name          string
			NameByVersion map[string]string `yaml:"name_by_version"`
			Versions      []string
			Meaning       string
			Cause         string `yaml:"likely_cause"`
			Remedy        string
			Retry         string
			SeenIn        []string `yaml:"seen_in"`
		}
		Ranges []struct{ From, To uint32 }
		Legacy []struct{ Value uint32 } `yaml:"legacy_statuses"`
	}
	readSpec(t, "command_status.yaml", &facts)
	if len(facts.Statuses) != len(dissect.Statuses()) || len(facts.Ranges) != len(dissect.StatusRanges()) {
		t.Error("the number of statuses differs")
	}
	for _, w := range facts.Statuses {
		s := dissect.StatusByValue(w.Value)
		if s == nil || s.Name != w.Name || s.Name34 != w.NameByVersion["3.4"] || s.Versions != set(w.Versions) ||
			s.Meaning != w.Meaning || s.Cause != w.Cause || s.Remedy != w.Remedy || s.Retry != w.Retry ||
			!slices.Equal(s.SeenIn, w.SeenIn) {
			t.Errorf("%s differs: %+v", w.Name, s)
		}
	}
	for _, w := range facts.Legacy {
		if _, ok := dissect.StatusHintFor(w.Value); !ok {
			t.Errorf("nothing is known of 0x%08X", w.Value)
		}
	}
}

func TestValuesAgreeWithFacts(t *testing.T) {
	type value struct {
		Value    any
		From, To *uint32
		Mask     uint32
		Name     string
		Values   []value
	}
	var facts struct {
		Enums map[string]struct {
			Kind   string
			Values []value
		}
	}
	readSpec(t, "enums.yaml", &facts)
	for _, e := range dissect.Enums() {
		want := facts.Enums[e.Name].Values
		if len(want) != len(e.Values) {
			t.Errorf("%s has %d values, not %d", e.Name, len(e.Values), len(want))
			continue
		}
		for i, w := range want {
			x := e.Values[i]
			n, isInt := w.Value.(int)
			if x.Name != w.Name || isInt && x.From != uint32(n) || w.To != nil && x.To != *w.To {
				t.Errorf("%s: row %d is %+v, not %+v", e.Name, i, x, w)
			}
		}
	}
	for _, b := range dissect.BitEnums() {
		want := facts.Enums[b.Name].Values
		if len(want) != len(b.Groups) {
			t.Errorf("%s has %d groups, not %d", b.Name, len(b.Groups), len(want))
			continue
		}
		for i, w := range want {
			if g := b.Groups[i]; g.Mask != w.Mask || len(g.Values) != len(w.Values) {
				t.Errorf("%s: group %d is %+v, not %+v", b.Name, i, g, w)
			}
		}
	}
}
