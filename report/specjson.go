package report

import (
	"strings"

	"smpptap/dissect"
)

// AppendSpec appends an entry as an object, without a newline. full: with all
// that the table says; else as it stands in a list.
func (o *Options) AppendSpec(b []byte, e *SpecEntry, full bool) []byte {
	j := openObject(b)
	j.str("kind", string(e.Kind))
	j.text("name", e.Name)
	if e.Number >= 0 {
		j.int("number", e.Number)
		j.str("hex", e.number())
	}
	if len(e.Aliases) > 0 {
		j.strings("aliases", e.Aliases)
	}
	j.text("meaning", e.Short)
	if e.Profile {
		j.key("profile")
		j.b = append(j.b, "true"...)
	}
	if full {
		e.details(&j)
	}
	return j.close()
}

func (o *object) strings(name string, list []string) {
	o.list(name, len(list), func(b []byte, i int) []byte { return appendJSONString(b, list[i]) })
}

func (e *SpecEntry) details(j *object) {
	switch {
	case e.Command != nil:
		jsonCommand(j, e.Command)
	case e.TLV != nil:
		jsonTLVDef(j, e.TLV)
	case e.Status != nil:
		s := e.Status
		j.text("name_v34", s.Name34)
		j.strings("versions", versionNames(s.Versions))
		j.text("cause", s.Cause)
		j.text("remedy", s.Remedy)
		j.text("retry", s.Retry)
		j.strings("seen_in", s.SeenIn)
	case e.Enum != nil:
		jsonEnum(j, e.Enum)
	case e.Bits != nil:
		jsonBits(j, "bits", e.Bits)
	case len(e.Uses) > 0:
		j.strings("uses", e.Uses)
	case len(e.Variant) > 0:
		j.list("forms", len(e.Variant), func(b []byte, i int) []byte {
			v := &e.Variant[i]
			f := openObject(b)
			f.strings("commands", v.Commands)
			jsonParam(&f, v.Param)
			if v.Param.Enum != nil {
				jsonEnum(&f, v.Param.Enum)
			}
			if v.Param.Bits != nil {
				jsonBits(&f, "bits", v.Param.Bits)
			}
			if v.Param.BitsSMSC != nil {
				jsonBits(&f, "bits_from_smsc", v.Param.BitsSMSC)
			}
			return f.close()
		})
	}
}

func versionNames(v dissect.Versions) []string {
	if v == 0 {
		return nil
	}
	return strings.Split(specVersions(v), ", ")
}

func jsonCommand(j *object, c *dissect.Command) {
	j.text("vendor", c.Vendor)
	j.strings("versions", versionNames(c.Versions))
	j.str("from", c.From.String())
	if c.Response != 0 {
		if r := dissect.CommandByID(c.Response); r != nil && c.IsResponse() {
			j.str("request", r.Name)
		} else if r != nil {
			j.str("response", r.Name)
		}
	}
	if c.IsResponse() {
		j.str("body_on_error", specOnError(c))
	}
	j.text("reference", specRef(c.Ref))
	j.list("parameters", len(c.Params), func(b []byte, i int) []byte { return appendSpecParam(b, &c.Params[i]) })
	j.list("tlvs", len(c.TLVs), func(b []byte, i int) []byte {
		a := &c.TLVs[i]
		t := openObject(b)
		t.int("tag", int64(a.Tag))
		if def := dissect.TLVByTag(a.Tag); def != nil {
			t.str("name", def.Name)
		}
		t.strings("versions", versionNames(a.In))
		if a.From != dissect.SideUnknown {
			t.str("from", a.From.String())
		}
		if a.Mandatory != 0 {
			t.strings("mandatory_in", versionNames(a.Mandatory))
		}
		return t.close()
	})
	if len(c.Notes) > 0 {
		j.strings("notes", c.Notes)
	}
}

func appendSpecParam(b []byte, p *dissect.Param) []byte {
	j := openObject(b)
	j.str("name", p.Name)
	jsonParam(&j, p)
	if p.Enum != nil {
		j.str("values", p.Enum.Name)
	}
	if p.Bits != nil {
		j.str("bits", p.Bits.Name)
	}
	if len(p.Entry) > 0 {
		j.list("entry", len(p.Entry), func(b []byte, i int) []byte { return appendSpecParam(b, &p.Entry[i]) })
	}
	return j.close()
}

func jsonParam(j *object, p *dissect.Param) {
	j.str("type", specType(p))
	j.text("range", specRange(p))
	j.text("reference", specRef(p.Ref))
}

func jsonTLVDef(j *object, t *dissect.TLVDef) {
	j.text("vendor", t.Vendor)
	j.strings("versions", versionNames(t.Versions))
	j.str("type", specTLVType(t))
	j.text("default", t.Default)
	j.text("technology", t.Technology)
	if t.Vendor == "" {
		j.strings("allowed_in", specCarriers(t.Tag))
	}
	j.text("reference", specRef(t.Ref))
	if len(t.Fields) > 0 {
		j.list("layout", len(t.Fields), func(b []byte, i int) []byte {
			f := openObject(b)
			f.str("name", t.Fields[i].Name)
			f.int("offset", int64(t.Fields[i].Offset))
			f.some("octets", int64(t.Fields[i].Size))
			return f.close()
		})
	}
	if t.Enum != nil {
		jsonEnum(j, t.Enum)
	}
	if t.Bits != nil {
		jsonBits(j, "bits", t.Bits)
	}
	if len(t.Notes) > 0 {
		j.strings("notes", t.Notes)
	}
}

func jsonEnum(j *object, e *dissect.Enum) {
	j.list("values", len(e.Values), func(b []byte, i int) []byte { return appendSpecValue(b, &e.Values[i]) })
}

func appendSpecValue(b []byte, v *dissect.Value) []byte {
	j := openObject(b)
	switch {
	case v.IsText:
		j.str("value", v.Text)
	case v.From == v.To:
		j.int("value", int64(v.From))
	default:
		j.int("from", int64(v.From))
		j.int("to", int64(v.To))
	}
	j.str("name", v.Name)
	j.text("meaning", v.Meaning)
	j.text("alphabet", string(v.Alphabet))
	if v.Versions != 0 {
		j.strings("versions", versionNames(v.Versions))
	}
	return j.close()
}

func jsonBits(j *object, key string, e *dissect.BitEnum) {
	j.list(key, len(e.Groups), func(b []byte, i int) []byte {
		g := &e.Groups[i]
		x := openObject(b)
		x.str("name", g.Name)
		x.int("mask", int64(g.Mask))
		x.list("values", len(g.Values), func(b []byte, i int) []byte { return appendSpecValue(b, &g.Values[i]) })
		return x.close()
	})
}
