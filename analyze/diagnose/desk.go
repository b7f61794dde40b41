package diagnose

import (
	"cmp"
	"slices"

	"smpptap/analyze/audit"
)

// desk is where the findings lie that no cause has claimed yet.
type desk struct {
	findings  []audit.Finding
	claimed   []bool
	byConn    map[int64][]int     // places in findings
	accounts  map[int64][]account // of a connection
	ofAccount map[account][]int64 // connections
	servers   map[string]bool     // that carried SMPP
}

// account is one as far as findings need it.
type account struct{ server, system string }

func newDesk(facts *Facts) *desk {
	d := &desk{
		findings: facts.Findings, claimed: make([]bool, len(facts.Findings)),
		byConn: make(map[int64][]int), accounts: make(map[int64][]account), ofAccount: make(map[account][]int64),
		servers: make(map[string]bool),
	}
	for i := range d.findings {
		c := d.findings[i].Connection
		d.byConn[c] = append(d.byConn[c], i)
	}
	for i := range facts.Sessions {
		s := &facts.Sessions[i]
		d.servers[s.Server] = true
		if a := (account{s.Server, s.SystemID}); s.SystemID != "" && !slices.Contains(d.accounts[s.Connection], a) {
			d.accounts[s.Connection] = append(d.accounts[s.Connection], a)
			d.ofAccount[a] = append(d.ofAccount[a], s.Connection)
		}
	}
	return d
}

// anyOn tells whether a connection has a finding of that kind.
func (d *desk) anyOn(conn int64, is func(*audit.Finding) bool) bool {
	for _, i := range d.byConn[conn] {
		if is(&d.findings[i]) {
			return true
		}
	}
	return false
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

// maxApart bounds the statements of one row; what is apart beyond it is put
// into one.
const maxApart = 16

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
		if at[key] == nil && len(at) >= maxApart {
			key = ""
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
	if f.Own != nil || !isOne(f.Rule, c.by) || c.when != nil && !c.when(d, f) {
		return false
	}
	return f.Severity >= cmp.Or(c.least, audit.Warning) || c.doubt != "" && lowered(f)
}

// lowered tells that the capture does not show enough to be certain of what a
// finding rests on. It says so; a profile's severity does not.
func lowered(f *audit.Finding) bool {
	return f.Severity == audit.Note && f.Of().Severity > audit.Note && has(f.Message, " The capture ")
}

// settle puts the strongest proof first and claims what the cause explains.
func (g *group) settle() {
	rank := func(f *audit.Finding) int { return slices.Index(g.cause.by, f.Rule) }
	slices.SortStableFunc(g.by, func(a, b *audit.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Time, b.Time))
	})
	g.lead = g.by[0]
	var explained []int
	for c := range g.conns {
		explained = g.claim(explained, c, g.cause.with)
	}
	for c := range g.sameAccounts() {
		explained = g.claim(explained, c, g.cause.wide)
	}
	slices.Sort(explained)
	for _, i := range explained {
		g.with = append(g.with, &g.findings[i])
	}
}

// claim takes the findings of a connection that the cause explains.
func (g *group) claim(dst []int, conn int64, by []audit.RuleID) []int {
	if len(by) == 0 || conn == 0 {
		return dst
	}
	for _, i := range g.byConn[conn] {
		f := &g.findings[i]
		if g.claimed[i] || f.Own != nil || !isOne(f.Rule, by) || g.cause.and != nil && !g.cause.and(g, f) {
			continue
		}
		g.claimed[i] = true
		dst = append(dst, i)
	}
	return dst
}

// sameAccounts are the connections of the accounts that the cause concerns.
func (g *group) sameAccounts() map[int64]bool {
	out := make(map[int64]bool)
	if len(g.cause.wide) == 0 {
		return out
	}
	done := make(map[account]bool)
	for c := range g.conns {
		for _, a := range g.accounts[c] {
			if done[a] {
				continue
			}
			done[a] = true
			for _, other := range g.ofAccount[a] {
				out[other] = true
			}
		}
	}
	return out
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

// captureAgain is what to do about what is not certain.
const captureAgain = "Capture again, whole and in both directions, before acting on it."

// diagnosis states the cause.
func (g *group) diagnosis() Diagnosis {
	c := g.cause
	d := Diagnosis{
		ID: c.id, Title: c.title, Severity: g.lead.Severity,
		Seen: g.seen(), Remedy: cmp.Or(c.remedy, g.lead.Remedy),
		Connection: g.lead.Connection, PDU: g.lead.PDU, Time: g.lead.Time,
	}
	switch {
	case lowered(g.lead):
		d.Title, d.Concluded, d.Remedy = c.title+", perhaps", c.doubt, captureAgain
	case withheld(g.lead):
		d.Concluded = "What was found is redacted, so no more is concluded."
	default:
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

// withheld tells that redaction has left a finding its title alone.
func withheld(f *audit.Finding) bool { return f.Message == f.Of().Title }

func isOne(id audit.RuleID, ids []audit.RuleID) bool { return slices.Contains(ids, id) }
