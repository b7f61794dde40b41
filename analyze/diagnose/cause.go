package diagnose

import "smpptap/analyze/audit"

// cause is a row of the tables: which findings prove it and what is said.
type cause struct {
	id    string
	title string
	// by are the rules of which any finding proves the cause, the most telling
	// first; when says more about such a finding, nil: any does.
	by   []audit.RuleID
	when func(d *desk, f *audit.Finding) bool
	// least is the severity from which a finding proves it; zero: warning.
	least audit.Severity
	// apart tells causes apart that one row describes; nil: the remedy does.
	apart func(d *desk, f *audit.Finding) string
	// with are further findings of the same connections that the cause
	// explains, wide those of the same accounts. and limits them; nil: none.
	with, wide []audit.RuleID
	and        func(g *group, f *audit.Finding) bool
	// adds are those of with and wide whose words are seen facts too.
	adds []audit.RuleID
	// seen gives the facts; nil: the first sentence of the leading finding.
	seen func(g *group) string
	// says is what is concluded; doubt is said instead where the capture does
	// not show enough and the rule was lowered to a note. Empty: then nothing
	// is diagnosed.
	says  func(g *group) string
	doubt string
	// remedy is what to do; empty: what the leading finding says.
	remedy string
}

// rules names rules in a row.
func rules(ids ...audit.RuleID) []audit.RuleID { return ids }

// always concludes the same.
func always(s string) func(*group) string { return func(*group) string { return s } }

// either concludes one thing where a condition holds, else another.
func either(cond func(*group) bool, yes, no string) func(*group) string {
	return func(g *group) string {
		if cond(g) {
			return yes
		}
		return no
	}
}

// explains tells that the cause explains a finding of a rule.
func explains(ids ...audit.RuleID) func(*group) bool {
	return func(g *group) bool { return g.explained(ids...) != nil }
}

// leads tells that the leading finding is one of the rules.
func leads(ids ...audit.RuleID) func(*group) bool {
	return func(g *group) bool { return isOne(g.lead.Rule, ids) }
}

// reads tells that the leading finding's words hold a part.
func reads(part string) func(*group) bool {
	return func(g *group) bool { return has(g.lead.Message, part) }
}

// fails tells that the leading finding is an error: it had a consequence.
func fails(g *group) bool { return g.lead.Severity == audit.Error }
