package report

import (
	"fmt"
	"strings"

	"smpptap/dissect"
)

// The table's facts in words.

var specVersionList = [...]dissect.Version{dissect.V33, dissect.V34, dissect.V50}

func specVersions(s dissect.Versions) string {
	var names []string
	for _, v := range specVersionList {
		if s.Has(v) {
			names = append(names, v.String())
		}
	}
	return strings.Join(names, ", ")
}

func specSide(s dissect.Side) string {
	switch s {
	case dissect.ESME:
		return "ESME"
	case dissect.SMSC:
		return "SMSC"
	case dissect.Either:
		return "either side"
	}
	return ""
}

func specRef(s dissect.Section) string {
	switch {
	case s.V34 == "" && s.V50 == "":
		return ""
	case s.V50 == "":
		return "v3.4 " + s.V34
	case s.V34 == "":
		return "v5.0 " + s.V50
	}
	return "v3.4 " + s.V34 + ", v5.0 " + s.V50
}

var specErrorWords = [...]string{
	dissect.BodyNotStated:   "not stated, expect both",
	dissect.BodyOmitted:     "no body",
	dissect.BodyShouldOmit:  "should have no body",
	dissect.BodyHeaderOnly:  "never a body",
	dissect.BodyUnknownSpec: "not known",
}

func specOnError(c *dissect.Command) string {
	var words []string
	for i, v := range specVersionList {
		if c.Versions.Has(v) {
			words = append(words, v.String()+": "+specErrorWords[c.OnError[i]])
		}
	}
	return strings.Join(words, "; ")
}

// specType is a parameter's type and size.
func specType(p *dissect.Param) string {
	switch p.Kind {
	case dissect.Uint8, dissect.Uint16, dissect.Uint32:
		return "Integer, " + plural(int64(p.Kind.Size()), "octet")
	case dissect.COctet:
		switch {
		case len(p.Sizes) > 0:
			return "C-octet string of " + specNumbersText(p.Sizes) + " octets, NUL included"
		case p.Max == dissect.ByVersion{}:
			return "C-octet string"
		}
		return "C-octet string, at most " + specByVersion(p.Max) + ", NUL included"
	case dissect.Octets:
		return "Octet string, as " + p.LengthOf.String() + " says, at most " + specByVersion(p.Max)
	case dissect.Array:
		return "Array, as many as " + p.LengthOf.String() + " says"
	}
	return ""
}

func specNumbersText(n []int) string {
	var words []string
	for _, v := range n {
		words = append(words, fmt.Sprint(v))
	}
	return strings.Join(words, " or ")
}

// specByVersion writes a number that versions may differ in.
func specByVersion(n dissect.ByVersion) string {
	if n[0] == n[1] && n[1] == n[2] {
		return fmt.Sprint(n[0])
	}
	if n[1] == n[2] {
		return fmt.Sprintf("%d (3.3: %d)", n[1], n[0])
	}
	return fmt.Sprintf("%d (3.3: %d, 5.0: %d)", n[1], n[0], n[2])
}

// specRange is what values a parameter may have, beside named ones.
func specRange(p *dissect.Param) string {
	var words []string
	none := dissect.ByVersion{}
	switch {
	case p.MaxValue == none && p.Min == none:
	case p.Min == none:
		words = append(words, "at most "+specByVersion(p.MaxValue))
	default:
		words = append(words, specByVersion(p.Min)+" to "+specByVersion(p.MaxValue))
	}
	switch p.Format {
	case dissect.FormatTime:
		words = append(words, "absolute or relative time YYMMDDhhmmsstnnp, or empty")
	case dissect.FormatAbsoluteTime:
		words = append(words, "absolute time YYMMDDhhmmsstnnp, or empty")
	}
	if p.ZeroIn != 0 {
		words = append(words, fmt.Sprintf("must be 0 in %s", specVersions(p.ZeroIn)))
	}
	if p.When != dissect.ParamNone {
		words = append(words, fmt.Sprintf("only where %s is %d", p.When, p.WhenFlag))
	}
	if p.IsStatus {
		words = append(words, "a command_status")
	}
	return strings.Join(words, "; ")
}

// specValues is specRange with where the names of values are.
func specValues(p *dissect.Param) string {
	words := specRange(p)
	if p.Enum != nil {
		words = joinText(words, "values of "+p.Enum.Name)
	}
	if p.Bits != nil {
		words = joinText(words, "bits of "+p.Bits.Name)
	}
	if p.Mark == dissect.MarkSecret {
		words = joinText(words, "always masked by smpptap")
	}
	return words
}

// specTLVType is a TLV's type and length.
func specTLVType(t *dissect.TLVDef) string {
	kind := [...]string{
		dissect.Uint8: "Integer", dissect.Uint16: "Integer", dissect.Uint32: "Integer",
		dissect.COctet: "C-octet string", dissect.Octets: "Octet string", dissect.Array: "Array",
	}[t.Kind]
	if len(t.Lens) > 0 {
		return kind + ", " + specNumbersText(t.Lens) + " octets"
	}
	if t.MaxLen == (dissect.ByVersion{}) {
		if n := t.Kind.Size(); n > 0 {
			return kind + ", " + plural(int64(n), "octet")
		}
		return kind
	}
	// v3.3 has no TLVs.
	v34, v50 := specLengths(t, dissect.V34), specLengths(t, dissect.V50)
	switch {
	case !t.Versions.Has(dissect.V34), v34 == v50:
		return kind + ", " + v50
	case !t.Versions.Has(dissect.V50):
		return kind + ", " + v34
	}
	return kind + ", " + v34 + " (5.0: " + v50 + ")"
}

func specLengths(t *dissect.TLVDef, v dissect.Version) string {
	least, most := t.MinLen.In(v), t.MaxLen.In(v)
	if least == most {
		return plural(int64(most), "octet")
	}
	return fmt.Sprintf("%d to %s", least, plural(int64(most), "octet"))
}
