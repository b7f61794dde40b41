package report

import (
	"strings"

	"smpptap/analyze/audit"
	"smpptap/analyze/diagnose"
)

// AppendExplanation appends a diagnosis explained as a JSON object.
func AppendExplanation(b []byte, d *diagnose.Explanation) []byte {
	j := openObject(b)
	j.str("id", d.ID)
	j.str("title", d.Title)
	j.str("seen", d.Seen)
	j.str("concluded", d.Concluded)
	j.list("causes", len(d.Causes), func(b []byte, i int) []byte {
		c := openObject(b)
		c.str("title", d.Causes[i].Title)
		c.str("severity", d.Causes[i].Severity.String())
		c.rules("proves", d.Causes[i].Proves)
		c.rules("explains", d.Causes[i].Explains)
		return c.close()
	})
	return j.close()
}

func (o *object) rules(key string, rules []*audit.Rule) {
	o.list(key, len(rules), func(b []byte, i int) []byte { return appendJSONString(b, rules[i].Name) })
}

// AppendExplanationText appends a diagnosis explained as lines of text.
func (o *Options) AppendExplanationText(b []byte, d *diagnose.Explanation) []byte {
	p := &page{Options: o, b: b}
	p.b = append(p.paint(p.b, styleBold, d.ID+"  "+d.Title), '\n')
	p.ruleLine("  ", "seen", d.Seen)
	p.ruleLine("  ", "concluded", d.Concluded)
	for i := range d.Causes {
		c := &d.Causes[i]
		p.b = append(p.b, "  "...)
		p.b = append(p.paint(p.b, styleBold, c.Title), '\n')
		p.ruleLine("    ", "proved by", namesOf(c.Proves)+" ("+c.Severity.String()+" at least)")
		if len(c.Explains) > 0 {
			p.ruleLine("    ", "explains", namesOf(c.Explains))
		}
	}
	return p.b
}

func namesOf(rules []*audit.Rule) string {
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = r.Name
	}
	return strings.Join(names, ", ")
}
