package report

import (
	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
)

// AppendRule appends a rule of the catalogue as a JSON object. The profile says
// what it rests on; nil: no provider.
func AppendRule(b []byte, r *audit.Rule, p *profile.Profile) []byte {
	j, more, clients := openObject(b), r.Explain(), r.Clients()
	j.str("id", r.Name)
	j.str("group", r.Group)
	j.str("severity", r.Severity.String())
	j.str("max_severity", r.Max.String())
	j.text("title", r.Title)
	j.text("why", r.Why)
	j.text("checks", r.Checks)
	j.text("reference", r.Reference(p))
	j.text("needs", r.Needs)
	j.text("override", r.Override)
	j.text("remedy", r.Remedy)
	j.text("how", more.How)
	j.text("not_a_fault", more.NotAFault)
	j.list("clients", len(clients), func(b []byte, i int) []byte {
		c := openObject(b)
		c.str("client", clients[i].Client)
		c.str("advice", clients[i].Advice)
		return c.close()
	})
	return j.close()
}

// Severities is a rule's severity, with the highest it can escalate to.
func Severities(r *audit.Rule) string {
	if r.Max > r.Severity {
		return r.Severity.String() + " > " + r.Max.String()
	}
	return r.Severity.String()
}

// ruleIndent is where the texts of an explained rule begin.
const ruleIndent = 19

// AppendRuleText appends a rule explained as lines of text.
func (o *Options) AppendRuleText(b []byte, r *audit.Rule, prof *profile.Profile) []byte {
	p := &page{Options: o, b: b}
	p.b = append(p.paint(p.b, styleBold, r.Name), '\n')
	more := r.Explain()
	for _, line := range [...]struct{ name, text string }{
		{"title", r.Title}, {"group", r.Group}, {"severity", Severities(r)}, {"why", r.Why},
		{"a check is", r.Checks}, {"checked by", more.How}, {"not a fault", more.NotAFault},
		{"remedy", r.Remedy}, {"reference", r.Reference(prof)},
		{"needs", prefixed("the profile parameter ", r.Needs)},
		{"adjusted by", prefixed("the profile parameter ", r.Override)},
	} {
		if line.text != "" {
			p.ruleLine("  ", line.name, line.text)
		}
	}
	for i, c := range r.Clients() {
		if i == 0 {
			p.b = append(p.b, "  in common clients\n"...)
		}
		p.ruleLine("    ", c.Client, c.Advice)
	}
	return p.b
}

func (p *page) ruleLine(blanks, name, text string) {
	p.b = append(p.b, blanks...)
	p.b = p.paint(p.b, styleDim, name)
	p.b = appendBlanks(p.b, max(ruleIndent-len(blanks)-Width(name), 1))
	p.wrap(Safe(text), max(ruleIndent, len(blanks)+Width(name)+1), "")
	p.b = append(p.b, '\n')
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}
