package dissect_test

import (
	"slices"
	"testing"

	"smpptap/dissect"
)

// each calls f for the parameters of a command and of its arrays.
func each(c *dissect.Command, f func(p *dissect.Param)) {
	for i := range c.Params {
		f(&c.Params[i])
		for j := range c.Params[i].Entry {
			f(&c.Params[i].Entry[j])
		}
	}
}

func TestCommandsAreSound(t *testing.T) {
	ids, names := map[uint32]bool{}, map[string]bool{}
	for i := range dissect.Commands() {
		c := &dissect.Commands()[i]
		if ids[c.ID] || names[c.Name] {
			t.Errorf("%s stands twice", c.Name)
		}
		ids[c.ID], names[c.Name] = true, true
		if dissect.CommandByID(c.ID) != c || dissect.CommandByName(c.Name) != c {
			t.Errorf("%s is not found", c.Name)
		}
		if c.Versions == 0 || c.From == 0 || c.Summary == "" {
			t.Errorf("%s lacks versions, sender or summary", c.Name)
		}
		if c.Response != 0 {
			r := dissect.CommandByID(c.Response)
			if r == nil || r.Response != c.ID || r.IsResponse() == c.IsResponse() || r.Versions != c.Versions {
				t.Errorf("%s and its response do not fit", c.Name)
			}
		}
		for _, a := range c.TLVs {
			if d := dissect.TLVByTag(a.Tag); d == nil || a.In&^d.Versions != 0 || a.In&^c.Versions != 0 {
				t.Errorf("%s: TLV 0x%04X is unknown or of another version", c.Name, a.Tag)
			}
		}
		paramsAreSound(t, c)
	}
}

func paramsAreSound(t *testing.T, c *dissect.Command) {
	var before []dissect.ParamID
	each(c, func(p *dissect.Param) {
		if p.Name == "" || p.Name != p.ID.String() {
			t.Errorf("%s: parameter %d has no name", c.Name, p.ID)
		}
		if id, ok := dissect.ParamByName(p.Name); !ok || id != p.ID {
			t.Errorf("%s.%s is not found", c.Name, p.Name)
		}
		if p.Kind == dissect.COctet && c.Vendor == "" && p.Max == (dissect.ByVersion{}) {
			t.Errorf("%s.%s has no maximum", c.Name, p.Name)
		}
		if p.Max[2] != p.Max.In(dissect.VersionUnknown) {
			t.Errorf("%s.%s: the newest version does not allow the most", c.Name, p.Name)
		}
		if (p.Kind == dissect.Octets || p.Kind == dissect.Array) && !slices.Contains(before, p.LengthOf) {
			t.Errorf("%s.%s: no length stands before it", c.Name, p.Name)
		}
		if p.When != dissect.ParamNone && !slices.Contains(before, p.When) {
			t.Errorf("%s.%s: what decides on it does not stand before it", c.Name, p.Name)
		}
		before = append(before, p.ID)
	})
}

func TestTLVsAreSound(t *testing.T) {
	if n := len(dissect.TLVs()); n != 64 {
		t.Fatalf("%d TLVs; Validate keeps them in a set of 64", n)
	}
	last := -1
	for i := range dissect.TLVs() {
		d := &dissect.TLVs()[i]
		if int(d.Tag) <= last {
			t.Errorf("%s is out of order", d.Name)
		}
		last = int(d.Tag)
		if dissect.TLVByTag(d.Tag) != d || dissect.TLVByName(d.Name) != d {
			t.Errorf("%s is not found", d.Name)
		}
		for v := range 3 {
			if d.MinLen[v] > d.MaxLen[v] || d.MaxLen[v] < 1 && d.Tag != dissect.TagAlertOnMessageDelivery {
				t.Errorf("%s: lengths %d to %d", d.Name, d.MinLen[v], d.MaxLen[v])
			}
		}
		for _, tag := range d.Requires {
			if dissect.TLVByTag(tag) == nil {
				t.Errorf("%s requires 0x%04X, which is unknown", d.Name, tag)
			}
		}
		if d.Meaning == "" || d.Ref.V50 == "" || d.Vendor != "" {
			t.Errorf("%s lacks meaning or section, or is a vendor's", d.Name)
		}
	}
	for _, d := range dissect.VendorTLVs() {
		if d.Vendor == "" || d.Name == "" || dissect.TLVByTag(d.Tag) != nil {
			t.Errorf("vendor TLV 0x%04X %s is not sound", d.Tag, d.Name)
		}
	}
}

func TestStatusesAreSound(t *testing.T) {
	last := -1
	for i := range dissect.Statuses() {
		s := &dissect.Statuses()[i]
		if int(s.Value) <= last || dissect.StatusByValue(s.Value) != s || dissect.StatusByName(s.Name) != s {
			t.Errorf("%s is out of order or not found", s.Name)
		}
		last = int(s.Value)
		if s.Meaning == "" || s.Cause == "" || s.Remedy == "" || s.Retry == "" || len(s.SeenIn) == 0 {
			t.Errorf("%s lacks a text", s.Name)
		}
		for _, r := range dissect.StatusRanges() {
			if r.To <= 0xFF && s.Value >= r.From && s.Value <= r.To {
				t.Errorf("%s lies in a reserved range", s.Name)
			}
		}
	}
	if dissect.StatusByValue(0x400) != nil || dissect.StatusByValue(0xFFFFFFFF) != nil {
		t.Error("a status outside the table was found")
	}
}

func TestEnumsAreSound(t *testing.T) {
	for _, e := range dissect.Enums() {
		for i, x := range e.Values {
			if x.Name == "" || x.From > x.To {
				t.Errorf("%s: row %d is not sound", e.Name, i)
			}
			if i > 0 && !x.IsText && x.From <= e.Values[i-1].To {
				t.Errorf("%s: %s overlaps or is out of order", e.Name, x.Name)
			}
		}
	}
	for _, b := range dissect.BitEnums() {
		var used uint32
		for _, g := range b.Groups {
			if g.Mask&used != 0 {
				t.Errorf("%s: %s overlaps", b.Name, g.Name)
			}
			used |= g.Mask
			for _, x := range g.Values {
				if x.From&^g.Mask != 0 {
					t.Errorf("%s: %s lies outside its bits", b.Name, x.Name)
				}
			}
		}
	}
}

func TestLookupsOfUnknown(t *testing.T) {
	for _, id := range []uint32{0, 0x0A, 0x999, 0x1FF, 0x200, 0x80000200, 0xFFFFFFFF, 0x01000003} {
		if c := dissect.CommandByID(id); c != nil {
			t.Errorf("0x%08X is %s", id, c.Name)
		}
	}
	for _, tag := range []uint16{0, 0x060C, 0x13FF, 0x1400, 0xFFFF} {
		if d := dissect.TLVByTag(tag); d != nil {
			t.Errorf("0x%04X is %s", tag, d.Name)
		}
	}
	if dissect.CommandByName("submit_sm_multi") != dissect.CommandByID(0x21) {
		t.Error("an alias is not found")
	}
}

func TestNamesOfValues(t *testing.T) {
	c := dissect.CommandByID(dissect.CmdSubmitSM)
	ton := c.Param(dissect.ParamSourceAddrTON).Enum
	if got := ton.Lookup(5, dissect.V34); got == nil || got.Name != "alphanumeric" {
		t.Errorf("TON 5 is %v", got)
	}
	if got := ton.Lookup(7, dissect.V34); got != nil {
		t.Errorf("TON 7 is %v", got)
	}
	if got := c.Param(dissect.ParamServiceType).Enum.TextName("USSD"); got != "unstructured_supplementary_services_data" {
		t.Errorf("USSD is %q", got)
	}
	if x := c.Param(dissect.ParamEsmClass).Bits.Groups[2].Lookup(0x43, dissect.V34); x == nil || x.Name != "udhi" {
		t.Errorf("bit 0x40 of esm_class is %v", x)
	}
}
