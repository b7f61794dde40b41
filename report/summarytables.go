package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

func (p *page) connections() error {
	p.section("Connections")
	if len(p.order) == 0 {
		p.line("  no connection carries SMPP")
		return nil
	}
	if err := p.flush(); err != nil {
		return err
	}
	t := NewTable(p.w, " ", Column{Name: "conn", Right: true}, Column{Name: "ESME"}, Column{Name: "SMSC"},
		Column{Name: "system_id", Max: 20}, Column{Name: "bind", Max: 24}, Column{Name: "ver"},
		Column{Name: "→SMSC", Right: true}, Column{Name: "→ESME", Right: true}, Column{Name: "ended"})
	shown := p.shown()
	for _, c := range shown {
		if err := p.connRows(t, c); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	if more := max(p.capture.Stats.Connections, int64(len(p.order))) - int64(len(shown)); more > 0 {
		p.fact("and", plural(more, "connection")+" more; these are the worst by their findings, then the first. All: "+p.sessionsCommand())
	}
	return nil
}

// maxShown is how many connections are listed.
const maxShown = 100

// shown are the connections to list, in the order they were seen; of too many
// the worst by their findings come first.
func (p *page) shown() []*connLine {
	if len(p.order) <= maxShown {
		return p.order
	}
	worst := make(map[int64]audit.Severity)
	for i := range p.findings.all {
		f := &p.findings.all[i]
		worst[f.Connection] = max(worst[f.Connection], f.Severity)
	}
	sorted := slices.Clone(p.order)
	slices.SortStableFunc(sorted, func(a, b *connLine) int { return cmp.Compare(worst[b.id], worst[a.id]) })
	return sorted[:maxShown]
}

// sessionsCommand lists all sessions with their connections.
func (p *page) sessionsCommand() string {
	if p.about.Database == "" {
		return "run again without --no-db, then smpptap sessions"
	}
	return "smpptap sessions" + p.dbFlag()
}

// connRows writes a row a session.
func (p *page) connRows(t *Table, c *connLine) error {
	id := strconv.FormatInt(c.id+p.about.ConnOffset, 10)
	esme, smsc := c.a.String(), c.b.String()
	if c.esme == 1 {
		esme, smsc = smsc, esme
	}
	if len(c.sessions) == 0 {
		return t.Row(id, esme, smsc, "", "no PDU", "", "0", "0", endText(c, nil))
	}
	for i, s := range c.sessions {
		x := &s.session
		ended := endText(c, x)
		if i < len(c.sessions)-1 {
			ended = "unbind, bound anew"
		}
		err := t.Row(id, esme, smsc, x.SystemID, p.bindText(x), versionOfSession(x),
			Count(x.PDUsToSMSC), Count(x.PDUsToESME), ended)
		if err != nil {
			return err
		}
		id, esme, smsc = "", "", ""
	}
	return nil
}

func (p *page) bindText(x *session.Session) string {
	kind := x.BindType.String()
	switch {
	case !x.BindSeen && kind != "":
		return kind + " (presumed)"
	case !x.BindSeen:
		return "no bind seen"
	case !x.BindAnswered:
		return kind + " unanswered"
	case x.BindStatus != 0:
		return kind + " " + p.StatusLabel(x.BindStatus)
	}
	return kind
}

func versionOfSession(x *session.Session) string {
	if x.Version == dissect.VersionUnknown {
		return ""
	}
	return x.Version.String()
}

// endText says how a connection ended, and who ended it.
func endText(c *connLine, x *session.Session) string {
	by := ""
	if c.decided {
		by = " (ESME)"
		if c.endedBy != c.esme {
			by = " (SMSC)"
		}
	}
	end := ""
	switch c.end {
	case session.EndNone:
		end = "still open"
	case session.EndFIN:
		end = "closed" + by
	case session.EndHalf:
		end = "half closed" + by
	case session.EndRST:
		end = "reset" + by
	case session.EndReused:
		end = "port used anew"
	case session.EndUnknown:
		end = "given up"
	}
	if x == nil || x.UnbindBy == dissect.SideUnknown {
		return end
	}
	unbind := "unbind (" + sideName(x.UnbindBy) + ")"
	if c.end == session.EndFIN {
		return unbind // closing is what comes after it
	}
	return unbind + ", " + end
}

func (p *page) messageCounts() error {
	m := &p.messages
	p.section("Messages")
	if m.none() {
		p.line("  none")
		return nil
	}
	p.fact("submitted", Count(m.submitted))
	p.fact("accepted", Count(m.accepted))
	refused := "0"
	if m.refused > 0 {
		var parts []string
		for _, v := range byCount(m.statuses) {
			parts = append(parts, Count(m.statuses[v])+" "+p.StatusLabel(v))
		}
		refused = Count(m.refused) + ": " + strings.Join(parts, ", ")
	}
	p.fact("refused", refused)
	p.fact("receipts", p.receiptText())
	if m.incoming > 0 {
		p.fact("incoming", Count(m.incoming)+" to the ESME")
	}
	return nil
}

func (p *page) receiptText() string {
	m := &p.messages
	text := "none"
	if len(m.receipts) > 0 {
		states := make(map[string]int64, len(m.receipts))
		for state, k := range m.receipts {
			states[state] = k.n
		}
		text = tallyText(states, "no state")
	}
	switch {
	case m.asked == 0 && len(m.receipts) == 0:
		return text + "; no accepted message asked for one"
	case m.asked == 0:
		return text
	case m.waiting() == 0:
		return text + "; none outstanding"
	}
	return text + "; none yet for " + Count(m.waiting()) + " of " + Count(m.asked) + " that asked"
}

func (p *page) responseTimes() error {
	p.section("Response times")
	if err := p.flush(); err != nil {
		return err
	}
	t := NewTable(p.w, " ", Column{Name: "session", Right: true}, Column{Name: "system_id", Max: 20},
		Column{Name: "answers by"}, Column{Name: "answers", Right: true}, Column{Name: "p50", Right: true},
		Column{Name: "p99", Right: true}, Column{Name: "max", Right: true}, Column{Name: "largest window", Right: true})
	rows, shown := 0, p.shown()
	for _, c := range shown {
		for _, s := range c.sessions {
			for i, by := range [...]string{"SMSC", "ESME"} {
				h := &s.answers[i]
				if h.n == 0 {
					continue
				}
				rows++
				err := t.Row(strconv.FormatInt(s.id+p.about.SessionOffset, 10), s.session.SystemID, by, Count(h.n),
					Duration(h.quantile(0.5)), Duration(h.quantile(0.99)), Duration(h.max), strconv.Itoa(c.windows[i]))
				if err != nil {
					return err
				}
			}
		}
	}
	if rows == 0 {
		p.line("  no request was answered")
	}
	if err := t.Close(); err != nil {
		return err
	}
	if len(shown) < len(p.order) {
		p.line("  of the connections listed above alone")
	}
	return nil
}
