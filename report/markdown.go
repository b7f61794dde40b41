package report

import (
	"io"
	"strconv"
	"strings"
)

// WriteMarkdown writes the dossier in GitHub's Markdown: what the page has,
// without the plots.
func (d *Dossier) WriteMarkdown(w io.Writer) error {
	m := markdown{view: d.view()}
	m.head()
	m.probable()
	m.scorecard()
	m.section("Findings")
	if len(m.view.Findings) == 0 {
		m.para(nothing(m.view, "None: every check that could be made passed."))
	}
	for i := range m.view.Findings {
		m.finding(&m.view.Findings[i])
	}
	m.unshown()
	m.traffic()
	m.completeness()
	m.provenance()
	_, err := w.Write(m.b)
	return err
}

// nothing is what a section says that has nothing to say.
func nothing(v *view, otherwise string) string {
	if v.NoPDU {
		return "Nothing could be checked: there is no PDU."
	}
	return otherwise
}

// markdown is a document being written.
type markdown struct {
	view *view
	b    []byte
}

func (m *markdown) add(parts ...string) {
	for _, s := range parts {
		m.b = append(m.b, s...)
	}
}

func (m *markdown) section(title string) { m.add("\n## ", title, "\n") }

// para writes a paragraph of our own words.
func (m *markdown) para(text string) { m.add("\n", text, "\n") }

func (m *markdown) facts(all []fact) {
	m.add("\n")
	for _, f := range all {
		m.add("- ", f.Name, ": ", mdText(f.Text), "\n")
	}
}

// list writes those of the pairs that have a text.
func (m *markdown) list(pairs ...string) {
	m.add("\n")
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			m.add("- ", pairs[i], ": ", mdText(pairs[i+1]), "\n")
		}
	}
}

func (m *markdown) table(head []string, rows func(row func(cells ...string))) {
	m.add("\n|")
	for _, h := range head {
		m.add(" ", strings.TrimSuffix(h, ">"), " |")
	}
	m.add("\n|")
	for _, h := range head {
		if strings.HasSuffix(h, ">") {
			m.add(" ---: |")
		} else {
			m.add(" --- |")
		}
	}
	m.add("\n")
	rows(func(cells ...string) {
		m.add("|")
		for _, c := range cells {
			m.add(" ", mdCell(c), " |")
		}
		m.add("\n")
	})
}

func (m *markdown) head() {
	v := m.view
	m.add("# SMPP audit: ", mdText(v.Name), "\n")
	m.para("**" + nothing(v, v.Verdict) + "**")
	m.facts(v.Facts)
	for _, r := range v.Remarks {
		m.para(mdText(r))
	}
}

func (m *markdown) probable() {
	v := m.view
	m.section("Probable causes")
	for _, d := range v.Diagnoses {
		m.add("\n### ", mdText(d.Title), " (", mdText(d.ID), ")\n")
		var by []string
		for _, n := range d.Findings {
			by = append(by, strconv.Itoa(n))
		}
		m.list("severity", d.Severity, "where", d.Where, "findings", strings.Join(by, ", "),
			"seen", d.Seen, "concluded", d.Concluded, "remedy", d.Remedy)
	}
	if len(v.Diagnoses) > 0 {
		return
	}
	if len(v.Causes) == 0 {
		m.para(nothing(v, "No error and no warning was found."))
		return
	}
	m.add("\n")
	for _, c := range v.Causes {
		m.add("- **", c.Severity, "** ", mdText(c.Rule), ", ", c.Where, ", ", c.Count, ": ", mdText(c.Text), "\n")
		if c.Remedy != "" {
			m.add("  - remedy: ", mdText(c.Remedy), "\n")
		}
	}
}

func (m *markdown) scorecard() {
	m.section("Scorecard")
	var tally []string
	for _, f := range m.view.Tally {
		tally = append(tally, f.Text+" "+f.Name)
	}
	m.para(strings.Join(tally, ", ") + ".")
	for _, g := range m.view.Scores {
		m.add("\n### ", g.Title, " (", strconv.Itoa(len(g.Rules)), ")\n")
		if g.Note != "" {
			var names []string
			for _, r := range g.Rules {
				names = append(names, mdText(r.Rule))
			}
			m.para(g.Note)
			m.para(strings.Join(names, ", "))
			continue
		}
		m.table([]string{"rule", "about", "severity", "checked>", "failed>", "unchecked>", "reference"}, func(row func(...string)) {
			for _, r := range g.Rules {
				row(r.Rule, r.Title, r.Severity, r.Checked, r.Failed, r.Unchecked, r.Reference)
			}
		})
	}
}

func (m *markdown) finding(f *findingView) {
	m.add("\n### ", strconv.Itoa(f.Number), ". ", mdText(f.Title), " (", mdText(f.Rule), ")\n")
	where := f.Where
	for _, s := range [...]string{f.When, f.Count} {
		if s != "" {
			where += ", " + s
		}
	}
	m.list("severity", strings.TrimSpace(f.Severity+" "+f.Known), "where", where, "what", f.Message, "seen", f.Seen, "octets", f.Octets,
		"wanted", f.Wanted, "remedy", f.Remedy, "reference", f.Clauses)
	if f.NoExhibit != "" {
		m.para(f.NoExhibit)
	}
	if f.Exhibit != nil {
		m.exhibit(f.Exhibit)
	}
}

func (m *markdown) exhibit(x *exhibitView) {
	title := mdText(x.Title)
	if x.ShownAt != 0 {
		title += "; whole at finding " + strconv.Itoa(x.ShownAt)
	}
	m.para(title)
	var code []byte
	for _, line := range x.Tree {
		code = append(append(code, line.Text...), '\n')
	}
	if len(x.Tree) > 0 && len(x.Hex) > 0 {
		code = append(code, '\n')
	}
	code = appendMarkedHex(code, x.Hex)
	if len(code) == 0 {
		return
	}
	fence := mdFence(string(code))
	m.add("\n", fence, "text\n", string(code), fence, "\n")
}

func (m *markdown) unshown() {
	if len(m.view.Unshown) == 0 {
		return
	}
	m.add("\n### Further findings, by rule\n")
	m.para("The worst " + strconv.Itoa(len(m.view.Findings)) + " are shown above. The JSON report (-T json) holds all.")
	m.table([]string{"rule", "findings>"}, func(row func(...string)) {
		for _, f := range m.view.Unshown {
			row(f.Name, f.Text)
		}
	})
}

func (m *markdown) traffic() {
	v := m.view
	if len(v.Messages) > 0 {
		m.section("Messages")
		m.facts(v.Messages)
	}
	m.section("Connections and sessions")
	if len(v.Links) == 0 {
		m.para("No connection carries SMPP.")
		return
	}
	m.table([]string{"conn>", "session>", "ESME", "SMSC", "system_id", "bind", "version", "to SMSC>", "to ESME>",
		"answers>", "p50>", "p99>", "max>", "window>", "complete", "ended", "findings"}, func(row func(...string)) {
		for _, l := range v.Links {
			row(l.Connection, l.Session, l.ESME, l.SMSC, l.SystemID, l.Bind, l.Version, l.ToSMSC, l.ToESME,
				l.Answers, l.P50, l.P99, l.Max, l.Window, l.Complete, l.Ended, l.Findings)
		}
	})
	if v.LinksMore != "" {
		m.para(v.LinksMore)
	}
}

func (m *markdown) completeness() {
	v := m.view
	m.section("Completeness of the capture")
	if v.Whole {
		m.para("Nothing is known to be missing: every packet could be read, and no octet of a connection is lost.")
	} else {
		m.para("What was lost may hide faults. Where it could make a fault of something that is none, the finding is a note, or the check was not made.")
		m.add("\n")
		for _, s := range v.Lost {
			m.add("- ", mdText(s), "\n")
		}
	}
	if len(v.Unchecked) == 0 {
		return
	}
	m.add("\n### Checks that could not be made\n")
	m.table([]string{"rule", "about", "checked>", "unchecked>"}, func(row func(...string)) {
		for _, r := range v.Unchecked {
			row(r.Rule, r.Title, r.Checked, r.Unchecked)
		}
	})
}

func (m *markdown) provenance() {
	m.section("Provenance")
	m.table([]string{"file", "octets>", "packets>", "span", "SHA-256", "note"}, func(row func(...string)) {
		for _, f := range m.view.Files {
			row(f.Name, f.Size, f.Packets, f.Span, f.SHA256, f.Note)
		}
	})
	m.facts(m.view.Origin)
}
