package report

import (
	"slices"
	"strconv"
	"strings"

	"smpptap/analyze/audit"
	"smpptap/analyze/diagnose"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// diagnosed gives what is probably wrong, and the findings that prove nothing
// of it.
func (f *findings) diagnosed(sessions []diagnose.Session) ([]diagnose.Diagnosis, []audit.Finding) {
	list := diagnose.Of(&diagnose.Facts{Findings: f.all, Sessions: sessions})
	proof := make(map[int64]bool)
	for i := range list {
		for _, id := range list[i].Findings {
			proof[id] = true
		}
	}
	others := make([]audit.Finding, 0, len(f.all))
	for i := range f.all {
		if !proof[f.all[i].ID] {
			others = append(others, f.all[i])
		}
	}
	return list, others
}

// proofs names the rules whose findings prove a diagnosis, the strongest
// first.
func (f *findings) proofs(d *diagnose.Diagnosis) string {
	var names []string
	for _, id := range d.Findings {
		if name := f.all[f.at[id]].Of().Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// factOf is what a diagnosis needs of a session.
func factOf(s *session.Session, c *session.Conn) diagnose.Session {
	server := c.A
	if c.DirOf(dissect.SMSC) != 0 {
		server = c.B
	}
	return diagnose.Session{Connection: c.ID, Server: server.String(), SystemID: s.SystemID}
}

// facts are the sessions of a summary.
func (s *Summary) facts() []diagnose.Session {
	var out []diagnose.Session
	for _, c := range s.order {
		server := c.b
		if c.esme == 1 {
			server = c.a
		}
		for _, l := range c.sessions {
			out = append(out, diagnose.Session{Connection: c.id, Server: server.String(), SystemID: l.session.SystemID})
		}
	}
	return out
}

// diagnosis writes a diagnosis: one line, wrapped below itself on a terminal.
func (p *page) diagnosis(d *diagnose.Diagnosis) {
	p.headline(d.Severity, d.Count, d.Time, p.where(d.PDU, d.Connection), d.ID+" "+d.Title)
	p.below("("+p.findings.proofs(d)+")", styleDim)
	p.below("seen: "+Safe(d.Seen), "")
	p.below("concluded: "+Safe(d.Concluded), "")
	p.below("→ "+Safe(d.Remedy), styleAccent)
	p.b = append(p.b, '\n')
}

// Diagnose finds what is probably wrong once all findings are there.
func (a *Audit) Diagnose() {
	a.Diagnoses, _ = a.findings.diagnosed(a.facts)
}

// AddSession fills a report from a database.
func (a *Audit) AddSession(s diagnose.Session) {
	a.Sessions++
	if len(a.facts) < maxLines {
		a.facts = append(a.facts, s)
	}
}

// session keeps what a session tells; a later record of it replaces it.
func (a *Audit) session(s *session.Session) {
	a.Sessions = max(a.Sessions, s.ID)
	switch at := s.ID - 1; { // they are numbered from 1
	case at < int64(len(a.facts)):
		a.facts[at] = factOf(s, s.Conn)
	case at < maxLines:
		a.facts = append(a.facts, make([]diagnose.Session, at-int64(len(a.facts)))...)
		a.facts = append(a.facts, factOf(s, s.Conn))
	}
}

// printDiagnoses writes each with its proof, worst first.
func (a *Audit) printDiagnoses(p *page) {
	p.section("What is probably wrong")
	if len(a.Diagnoses) == 0 {
		p.line("  No cause shows; what was found stands below.")
		return
	}
	for i := range a.Diagnoses {
		d := &a.Diagnoses[i]
		p.title(d.Severity, d.ID+" "+d.Title, &audit.Finding{PDU: d.PDU, Connection: d.Connection, Time: d.Time, Count: d.Count})
		p.evidence("seen", d.Seen)
		p.evidence("concluded", d.Concluded)
		p.evidence("remedy", d.Remedy)
		p.evidence("findings", a.findings.proofs(d))
		p.b = append(p.b, '\n')
	}
}

// appendDiagnosis appends a diagnosis as a JSON object. Its findings are
// places in the report's array.
func (a *Audit) appendDiagnosis(b []byte, d *diagnose.Diagnosis) []byte {
	j := openObject(b)
	j.str("id", d.ID)
	j.str("title", d.Title)
	j.str("severity", d.Severity.String())
	j.str("seen", d.Seen)
	j.str("concluded", d.Concluded)
	j.str("remedy", d.Remedy)
	j.list("findings", len(d.Findings), func(b []byte, i int) []byte {
		return strconv.AppendInt(b, int64(a.findings.at[d.Findings[i]]), 10)
	})
	j.some("connection", d.Connection)
	j.some("pdu", d.PDU)
	if d.Time != 0 {
		j.time("time", d.Time)
	}
	j.int("count", d.Count)
	return j.close()
}
