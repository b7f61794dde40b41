package diagnose

import (
	"cmp"
	"slices"

	"smpptap/analyze/audit"
)

// desk is where the findings lie that no cause has claimed yet.
type desk struct {
	findings []audit.Finding
	claimed  []bool
	accounts map[int64][]account // of a connection
	servers  map[string]bool     // that carried SMPP
}

// account is one as far as findings need it.
type account struct{ server, system string }

func newDesk(facts *Facts) *desk {
	d := &desk{
		findings: facts.Findings, claimed: make([]bool, len(facts.Findings)),
		accounts: make(map[int64][]account), servers: make(map[string]bool),
	}
	for i := range facts.Sessions {
		s := &facts.Sessions[i]
		d.servers[s.Server] = true
		if a := (account{s.Server, s.SystemID}); s.SystemID != "" && !slices.Contains(d.accounts[s.Connection], a) {
			d.accounts[s.Connection] = append(d.accounts[s.Connection], a)
		}
	}
	return d
}

// group is one cause with its findings.
type group struct {
	*desk
	cause *cause
	lead  *audit.Finding   // the first of the strongest
	by    []*audit.Finding // prove the cause
	with  []*audit.Finding // are explained by it
	conns map[int64]bool
}

// groups claims the findings that prove a cause and those it explains.
func (d *desk) groups(c *cause) []*group {
	var out []*group
	at := make(map[string]*group)
	for i := range d.findings {
		f := &d.findings[i]
		if d.claimed[i] || !c.provenBy(d, f) {
			continue
		}
		key := f.Remedy
		if c.apart != nil {
			key = c.apart(d, f)
		}
		g := at[key]
		if g == nil {
			g = &group{desk: d, cause: c, conns: make(map[int64]bool)}
			at[key] = g
			out = append(out, g)
		}
		d.claimed[i] = true
		g.by = append(g.by, f)
		g.conns[f.Connection] = true
	}
	for _, g := range out {
		g.settle()
	}
	return out
}

// provenBy tells that a finding proves the cause.
func (c *cause) provenBy(d *desk, f *audit.Finding) bool {
	if !isOne(f.Rule, c.by) || c.when != nil && !c.when(d, f) {
		return false
	}
	return f.Severity >= cmp.Or(c.least, audit.Warning) || c.doubt != "" && lowered(f)
}

// lowered tells that what a finding rests on is not certain.
func lowered(f *audit.Finding) bool {
	return f.Severity == audit.Note && audit.Rules[f.Rule].Severity > audit.Note
}

// settle puts the strongest proof first and claims what the cause explains.
func (g *group) settle() {
	rank := func(f *audit.Finding) int { return slices.Index(g.cause.by, f.Rule) }
	slices.SortStableFunc(g.by, func(a, b *audit.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Time, b.Time))
	})
	g.lead = g.by[0]
	for i := range g.findings {
		f := &g.findings[i]
		if g.claimed[i] || !g.concerns(f) || g.cause.and != nil && !g.cause.and(g, f) {
			continue
		}
		g.claimed[i] = true
		g.with = append(g.with, f)
	}
}

// concerns tells that a finding stands on a connection or account of the
// cause, and is one that it explains.
func (g *group) concerns(f *audit.Finding) bool {
	if f.Connection != 0 && g.conns[f.Connection] && isOne(f.Rule, g.cause.with) {
		return true
	}
	return isOne(f.Rule, g.cause.wide) && g.sameAccount(f.Connection)
}

func (g *group) sameAccount(conn int64) bool {
	for c := range g.conns {
		for _, a := range g.accounts[c] {
			if slices.Contains(g.accounts[conn], a) {
				return true
			}
		}
	}
	return false
}

// explained gives the first explained finding of the rules; nil: none.
func (g *group) explained(ids ...audit.RuleID) *audit.Finding {
	for _, f := range g.with {
		if isOne(f.Rule, ids) {
			return f
		}
	}
	return nil
}

// diagnosis states the cause.
func (g *group) diagnosis() Diagnosis {
	c := g.cause
	d := Diagnosis{
		ID: c.id, Title: c.title, Severity: g.lead.Severity,
		Seen: g.seen(), Remedy: cmp.Or(c.remedy, g.lead.Remedy),
		Connection: g.lead.Connection, PDU: g.lead.PDU, Time: g.lead.Time,
	}
	if lowered(g.lead) {
		d.Concluded = c.doubt
	} else {
		d.Concluded = c.says(g)
	}
	for _, f := range g.by {
		d.Findings = append(d.Findings, f.ID)
		d.Count += f.Count
	}
	for _, f := range g.with {
		d.Findings = append(d.Findings, f.ID)
		d.Severity = max(d.Severity, f.Severity)
	}
	return d
}

func isOne(id audit.RuleID, ids []audit.RuleID) bool { return slices.Contains(ids, id) }
