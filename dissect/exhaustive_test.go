package dissect_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"smpptap/dissect"
	"smpptap/internal/cost"
	"smpptap/internal/smpptest"
)

var update = flag.Bool("update", false, "rewrite testdata/legal.txt")

// legalFile is what the exhaustive tests found legal, a line a field and
// version. The tests take what they try from the table and would follow a wrong
// number in it; the file would not.
const legalFile = "testdata/legal.txt"

// TestEverything builds every command with every size and value of every
// parameter, and every TLV with every length and value, in every command. Each
// has to come back from Decode and from the encoder, and what is illegal has to
// give an issue that names the field and its place.
func TestEverything(t *testing.T) {
	if cost.Race {
		return // one goroutine: there is nothing for the detector, at five times the cost
	}
	var got []string
	versions(func(c *dissect.Command, v dissect.Version) {
		for _, side := range []dissect.Side{dissect.ESME, dissect.SMSC} {
			if c.From&side != 0 {
				x := &trial{t: t, c: c, in: dissect.Context{Version: v, From: side}}
				x.command()
				got = append(got, x.lines...)
			}
		}
	})
	for i := range dissect.TLVs() {
		for _, v := range []dissect.Version{dissect.V34, dissect.V50} {
			x := &trial{t: t, in: dissect.Context{Version: v}}
			x.tlv(&dissect.TLVs()[i])
			got = append(got, x.lines...)
		}
	}
	text := strings.Join(got, "\n") + "\n"
	if *update {
		if err := os.WriteFile(legalFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(legalFile)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text, "\n")); d != "" {
		t.Errorf("what is legal has changed (-want +got):\n%s", d)
	}
}

// trial tries what one command or TLV may hold.
type trial struct {
	t     *testing.T
	c     *dissect.Command
	in    dissect.Context
	base  smpptest.F
	tlvs  []smpptest.Part
	usual map[string]bool // issues of the base: not of what is tried
	pdu   dissect.PDU
	lines []string
}

// build makes the PDU with one parameter changed.
func (x *trial) build(name string, value any) []byte {
	return smpptest.Build(x.c.Name, 1, with(x.base, name, value), x.tlvs...)
}

func (x *trial) command() {
	x.base = smpptest.SampleFields(x.c, x.in.Version)
	for _, t := range smpptest.SampleTLVs(x.c, x.in.Version) {
		x.tlvs = append(x.tlvs, t)
	}
	x.usual = map[string]bool{}
	dissect.Decode(&x.pdu, smpptest.Build(x.c.Name, 1, x.base, x.tlvs...))
	for _, i := range dissect.Validate(nil, &x.pdu, x.in) {
		x.usual[string(i.Code)+i.Field] = true
	}
	for i := range x.c.Params {
		p := &x.c.Params[i]
		switch {
		case p.Kind == dissect.Array:
			x.array(p)
		case !counts(x.c.Params, p) && !decides(x.c.Params, p):
			base := x.base
			if p.When != dissect.ParamNone {
				x.base = with(base, p.When.String(), int(p.WhenFlag))
			}
			x.param(p, p.Name, func(value any) []byte { return x.build(p.Name, value) })
			x.base = base
		}
	}
	x.placement()
}

// counts and decides tell the parameters that others depend on: those vary with
// what they count, and with the entries.
func counts(params []dissect.Param, p *dissect.Param) bool {
	return slices.ContainsFunc(params, func(q dissect.Param) bool { return q.LengthOf == p.ID })
}

func decides(params []dissect.Param, p *dissect.Param) bool {
	return slices.ContainsFunc(params, func(q dissect.Param) bool { return q.When == p.ID })
}

// fieldOf finds the first field of a parameter.
func fieldOf(p *dissect.PDU, param *dissect.Param) *dissect.Field {
	for _, list := range [...][]dissect.Field{p.Fields, p.Entries} {
		for i := range list {
			if list[i].Param == param && (list[i].Off < list[i].End || list[i].Param.Kind == dissect.Octets) {
				return &list[i]
			}
		}
	}
	return nil
}

// param tries all sizes or values of a parameter and notes which are legal.
func (x *trial) param(p *dissect.Param, name string, build func(any) []byte) {
	what, values, sizes := "values", []uint32(nil), false
	switch p.Kind {
	case dissect.Uint8:
		values = upTo(255)
	case dissect.Uint16:
		values = []uint32{0, 1, 0x7FFF, 0x8000, 0xFFFF}
	case dissect.Uint32:
		values = []uint32{0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF}
	default:
		what, sizes = "octets", true
		values = upTo(255)
	}
	var v verdicts
	for _, n := range values {
		value := any(n)
		if sizes {
			value = filled(p, int(n))
		}
		b := build(value)
		dissect.Decode(&x.pdu, b)
		f := fieldOf(&x.pdu, p)
		if f == nil {
			x.t.Fatalf("%s in %s: %s %d is not there", x.c.Name, x.in.Version, name, n)
		}
		if sizes && string(x.pdu.Value(*f)) != value || !sizes && x.pdu.Int(*f) != n {
			x.t.Errorf("%s in %s: %s %v reads as %x", x.c.Name, x.in.Version, name, value, x.pdu.Value(*f))
		}
		v.add(n, x.judge(b, name, p.Name, int(f.Off), int(f.End)))
	}
	x.note(name+" "+what, &v)
}

func upTo(n uint32) []uint32 {
	list := make([]uint32, n+1)
	for i := range list {
		list[i] = uint32(i)
	}
	return list
}

// filled is a string of n octets that only its length can make illegal.
func filled(p *dissect.Param, n int) string {
	if p.Format != dissect.FormatNone && n == 16 {
		return "261231235959000+"
	}
	if p.Format != dissect.FormatNone {
		return strings.Repeat("1", n)
	}
	return strings.Repeat("A", n)
}

// judge writes the PDU in hand again and looks at its issues: those that are
// not the base's must name the field and lie in its octets.
func (x *trial) judge(b []byte, name, field string, from, to int) verdict {
	if again := rebuild(x.t, &x.pdu); !bytes.Equal(again, b) {
		x.t.Errorf("%s in %s, %s: %x written again is %x", x.c.Name, x.in.Version, name, b, again)
	}
	verdict := legal
	for _, i := range dissect.Validate(slices.Clone(x.pdu.Issues), &x.pdu, x.in) {
		if i.Field != field && x.usual[string(i.Code)+i.Field] {
			continue
		}
		counted := i.Field == "sm_length" && field == "short_message" || i.Code == dissect.CodeDestinationsCount
		if !counted && (i.Field != field || i.Offset < from || i.Offset >= max(to, from+1)) || i.Code == "" || i.Want == "" || i.Got == "" {
			x.t.Errorf("%s in %s from %s, %s at %d to %d: %s", x.c.Name, x.in.Version, x.in.From, name, from, to, i.String())
		}
		if !i.Minor {
			return illegal
		}
		verdict = tolerated
	}
	return verdict
}

type verdict uint8

const (
	legal verdict = iota
	tolerated
	illegal
)

// verdicts hold which numbers are legal and which tolerated.
type verdicts [2][]uint32

func (v *verdicts) add(n uint32, is verdict) {
	if is != illegal {
		v[is] = append(v[is], n)
	}
}

func (x *trial) note(what string, v *verdicts) {
	head := "TLV"
	if x.c != nil {
		head = x.c.Name
	}
	line := fmt.Sprintf("%s %s", head, x.in.Version)
	if x.in.From != dissect.SideUnknown {
		line += " " + x.in.From.String()
	}
	line += " " + what + ": " + spans(v[legal])
	if len(v[tolerated]) > 0 {
		line += "; tolerated " + spans(v[tolerated])
	}
	x.lines = append(x.lines, line)
}

// spans writes rising numbers as "0-6, 9".
func spans(n []uint32) string {
	if len(n) == 0 {
		return "none"
	}
	var s []string
	for i := 0; i < len(n); i++ {
		from := n[i]
		for i+1 < len(n) && n[i+1] == n[i]+1 {
			i++
		}
		if s = append(s, fmt.Sprint(from)); n[i] > from {
			s[len(s)-1] += fmt.Sprintf("-%d", n[i])
		}
	}
	return strings.Join(s, ", ")
}

// array tries all numbers of entries, and all parameters of an entry.
func (x *trial) array(p *dissect.Param) {
	var v verdicts
	entry := func(values smpptest.F) smpptest.F {
		f := smpptest.F{}
		for i := range p.Entry {
			if e := &p.Entry[i]; e.When == dissect.ParamNone || e.WhenFlag == 1 {
				f[e.Name] = smpptest.SampleFields(&dissect.Command{Params: []dissect.Param{*e}}, x.in.Version)[e.Name]
			}
		}
		for name, value := range values {
			f[name] = value
		}
		if decides(p.Entry, &p.Entry[0]) {
			f[p.Entry[0].Name] = 1
		}
		return f
	}
	count := x.c.Param(p.LengthOf)
	for n := range uint32(256) {
		list := make([]smpptest.F, n)
		for i := range list {
			list[i] = entry(nil)
		}
		b := x.build(p.Name, list)
		dissect.Decode(&x.pdu, b)
		f, _ := x.pdu.Field(count.ID)
		if got := x.pdu.Int(f); got != n {
			x.t.Errorf("%s: %d entries read as %d", x.c.Name, n, got)
		}
		v.add(n, x.judge(b, p.Name, count.Name, int(f.Off), int(f.End)))
	}
	x.note(p.Name+" entries", &v)
	for i := range p.Entry {
		e := &p.Entry[i]
		if decides(p.Entry, e) {
			continue
		}
		x.param(e, p.Name+"."+e.Name, func(value any) []byte {
			f := entry(smpptest.F{e.Name: value})
			if e.When != dissect.ParamNone && e.WhenFlag == 2 {
				f = smpptest.F{p.Entry[0].Name: 2, e.Name: value}
			}
			return x.build(p.Name, []smpptest.F{f})
		})
	}
}
