package report

import (
	"strconv"
	"strings"

	"smpptap/analyze/audit"
)

// traffic writes what passed: plots, messages, connections.
func (d *Dossier) traffic(v *view, p *page) {
	v.Rate, v.Latency = d.ratePlot(), d.latencyPlot()
	m := &d.summary.messages
	if !m.none() {
		v.Messages = []fact{
			{"submitted", Count(m.submitted)}, {"accepted", Count(m.accepted)},
			{"refused", p.refusedText()}, {"receipts", Safe(p.receiptText())},
		}
		if m.incoming > 0 {
			v.Messages = append(v.Messages, fact{"incoming", Count(m.incoming) + " to the ESME"})
		}
	}
	p.findings = d.findings // shown asks them for the worst
	shown := p.shown()
	counts := d.sessionFindings()
	for _, c := range shown {
		v.Links = append(v.Links, p.links(c, counts)...)
	}
	if more := max(d.Connections, int64(len(p.order))) - int64(len(shown)); more > 0 {
		v.LinksMore = "and " + plural(more, "connection") + " more; these are the worst by their findings, then the first"
	}
}

func (p *page) refusedText() string {
	m := &p.messages
	if m.refused == 0 {
		return "0"
	}
	var parts []string
	for _, status := range byCount(m.statuses) {
		parts = append(parts, Count(m.statuses[status])+" "+Safe(p.StatusLabel(status)))
	}
	return Count(m.refused) + ": " + strings.Join(parts, ", ")
}

// sessionFindings counts the findings of sessions by severity.
func (d *Dossier) sessionFindings() map[int64]*bySeverity {
	out := make(map[int64]*bySeverity)
	for i := range d.findings.all {
		f := &d.findings.all[i]
		if f.Session == 0 {
			continue
		}
		if out[f.Session] == nil {
			out[f.Session] = new(bySeverity)
		}
		out[f.Session][f.Severity]++
	}
	return out
}

// links writes a connection: a row a session.
func (p *page) links(c *connLine, counts map[int64]*bySeverity) []linkView {
	esme, smsc := c.a.String(), c.b.String()
	if c.esme == 1 {
		esme, smsc = smsc, esme
	}
	row := linkView{Connection: strconv.FormatInt(c.id, 10), ESME: esme, SMSC: smsc, Complete: "yes"}
	if c.incomplete {
		row.Complete = "no"
	}
	if len(c.sessions) == 0 {
		row.Bind, row.ToSMSC, row.ToESME, row.Ended = "no PDU", "0", "0", endText(c, nil)
		return []linkView{row}
	}
	var out []linkView
	for i, s := range c.sessions {
		x := &s.session
		r := row
		r.Session, r.SystemID, r.Bind = strconv.FormatInt(s.id, 10), Safe(x.SystemID), Safe(p.bindText(x))
		r.Version, r.ToSMSC, r.ToESME = versionOfSession(x), Count(x.PDUsToSMSC), Count(x.PDUsToESME)
		r.Ended = endText(c, x)
		if i < len(c.sessions)-1 {
			r.Ended = "unbind, bound anew"
		}
		if h := &s.answers[0]; h.n > 0 {
			r.Answers, r.P50, r.P99, r.Max = Count(h.n), Duration(h.quantile(0.5)), Duration(h.quantile(0.99)), Duration(h.max)
		}
		if c.windows[0] > 0 {
			r.Window = strconv.Itoa(c.windows[0])
		}
		r.Findings = findingCounts(counts[s.id])
		out = append(out, r)
	}
	return out
}

func findingCounts(n *bySeverity) string {
	if n == nil {
		return "none"
	}
	var parts []string
	for s := audit.Error; s >= audit.Note; s-- {
		if n[s] > 0 {
			parts = append(parts, plural(n[s], s.String()))
		}
	}
	return strings.Join(parts, ", ")
}
