package report

import (
	"cmp"
	"context"
	"io"
	"maps"
	"slices"
	"strconv"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/diagnose"
)

// Audit is a sink that collects a compliance report. The auditor caps what
// there is to keep.
type Audit struct {
	Profile string
	// LinkProfiles are the profiles of a proxy's links that have their own, by
	// name; under "" that of the others. Nil: Profile judged everything.
	LinkProfiles map[string]string
	Source       []string
	From, To     int64 // nanoseconds since 1970 UTC; both zero: no packet
	Connections  int64
	Sessions     int64
	PDUs         int64
	// Dropped is what bounds of memory and an absent database kept out, by
	// what it was.
	Dropped map[string]int64
	// Diagnoses are what is probably wrong, the likeliest cause first.
	// Diagnose finds them.
	Diagnoses []diagnose.Diagnosis
	findings  findings
	facts     []diagnose.Session
}

// Write implements analyze.Sink.
func (a *Audit) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		r := &records[i]
		switch r.Kind {
		case analyze.RecordCapture:
			a.SetCapture(r.Capture)
		case analyze.RecordSession:
			a.session(r.Session.Session)
		case analyze.RecordFinding:
			a.findings.finding(r.Finding)
		case analyze.RecordCheck:
			a.findings.check(r.Check, r.Off)
		}
	}
	return nil
}

// Close implements analyze.Sink.
func (a *Audit) Close() error { return nil }

// SetCapture takes the totals of a run.
func (a *Audit) SetCapture(c *analyze.Capture) {
	st := &c.Stats
	a.Connections, a.PDUs = st.Connections, st.PDUs
	a.From, a.To, _ = seen(st)
	a.Dropped = st.Caps
}

// AddFinding adds a finding of a database; f is copied.
func (a *Audit) AddFinding(f *audit.Finding) { a.findings.finding(f) }

// AddCheck adds a rule's line of the scorecard; off: the profile does not set
// what the rule needs.
func (a *Audit) AddCheck(c *audit.Check, off bool) { a.findings.check(c, off) }

// Worst is the highest severity found, known findings left out.
func (a *Audit) Worst() (worst audit.Severity) {
	for i := range a.findings.all {
		if f := &a.findings.all[i]; f.Known == nil {
			worst = max(worst, f.Severity)
		}
	}
	return worst
}

// Findings gives the findings; they stay the report's.
func (a *Audit) Findings() []audit.Finding { return a.findings.all }

// bySeverity are findings counted by severity.
type bySeverity [audit.Error + 1]int64

// text says how many of each there are.
func (n *bySeverity) text() string {
	return plural(n[audit.Error], "error") + ", " + plural(n[audit.Warning], "warning") + ", " + plural(n[audit.Note], "note")
}

// append adds them to an object.
func (n *bySeverity) append(j *object, key string) {
	j.key(key)
	o := openObject(j.b)
	o.int("error", n[audit.Error])
	o.int("warning", n[audit.Warning])
	o.int("note", n[audit.Note])
	j.b = o.close()
}

// totals counts the findings.
func (a *Audit) totals() (n bySeverity) {
	for i := range a.findings.all {
		n[a.findings.all[i].Severity]++
	}
	return n
}

// score is a rule's line of the scorecard.
type score struct {
	audit.Check
	rule     *audit.Rule
	severity audit.Severity
	status   string
	known    bool // all its findings are
}

// statusText is the status for people.
func (s *score) statusText() string {
	if s.known {
		return s.status + " (known)"
	}
	return s.status
}

// scores gives every rule of the catalogue, in its order, then the user's own
// by name.
func (a *Audit) scores() []score {
	out := make([]score, len(audit.Rules))
	for i := range out {
		out[i] = score{rule: &audit.Rules[i], severity: audit.Rules[i].Severity}
	}
	own := make(map[string]int)
	for i := range a.findings.checks {
		c := &a.findings.checks[i]
		at := int(c.Rule)
		if c.Own != nil {
			at = len(out)
			out = append(out, score{rule: c.Own, severity: c.Own.Severity})
			own[c.Own.Name] = at
		}
		out[at].Check = *c
	}
	for i := range a.findings.all { // of a capture that was cut off there are no checks
		f := &a.findings.all[i]
		if _, known := own[f.Of().Name]; f.Own != nil && !known {
			own[f.Own.Name] = len(out)
			out = append(out, score{rule: f.Own, severity: f.Severity})
		}
	}
	found, fresh := make([]audit.Severity, len(out)), make([]bool, len(out))
	for i := range a.findings.all {
		f := &a.findings.all[i]
		at := int(f.Rule)
		if f.Own != nil {
			at = own[f.Own.Name]
		}
		found[at] = max(found[at], f.Severity)
		fresh[at] = fresh[at] || f.Known == nil
	}
	for i := range out {
		if found[i] != audit.SeverityNone {
			out[i].severity, out[i].known = found[i], !fresh[i]
		}
		if out[i].Reference == "" { // recorded by a program that did not tell, or cut off
			out[i].Reference = out[i].rule.Reference(nil)
		}
		out[i].status = out[i].verdict(a.findings.off[out[i].rule.Name])
	}
	slices.SortStableFunc(out[len(audit.Rules):], func(x, y score) int { return cmp.Compare(x.rule.Name, y.rule.Name) })
	return out
}

func (s *score) verdict(off bool) string {
	switch {
	case off:
		return "off"
	case s.Checked == 0:
		return "not-observed"
	case s.Failed > 0:
		return "fail"
	}
	return "pass"
}

// AppendJSON appends the report as the object of interfaces.md.
func (a *Audit) AppendJSON(b []byte) []byte {
	j := openObject(b)
	j.str("profile", a.Profile)
	if len(a.LinkProfiles) > 0 {
		links := slices.Sorted(maps.Keys(a.LinkProfiles))
		j.list("link_profiles", len(links), func(b []byte, i int) []byte {
			l := openObject(b)
			l.text("link", links[i]) // none: all others
			l.str("profile", a.LinkProfiles[links[i]])
			return l.close()
		})
	}
	j.list("source", len(a.Source), func(b []byte, i int) []byte { return appendJSONString(b, a.Source[i]) })
	if a.From != 0 || a.To != 0 {
		j.time("from", a.From)
		j.time("to", a.To)
	}
	j.key("totals")
	j.b = a.appendTotals(j.b)
	scores := a.scores()
	j.list("rules", len(scores), func(b []byte, i int) []byte { return scores[i].append(b) })
	j.list("diagnoses", len(a.Diagnoses), func(b []byte, i int) []byte { return a.appendDiagnosis(b, &a.Diagnoses[i]) })
	j.list("findings", len(a.findings.all), func(b []byte, i int) []byte {
		return appendFinding(b, &a.findings.all[i])
	})
	return append(j.close(), '\n')
}

func (a *Audit) appendTotals(b []byte) []byte {
	n := a.totals()
	j := openObject(b)
	j.int("connections", a.Connections)
	j.int("sessions", a.Sessions)
	j.int("pdus", a.PDUs)
	n.append(&j, "findings")
	if len(a.Dropped) > 0 {
		j.key("dropped")
		d := openObject(j.b)
		for _, limit := range slices.Sorted(maps.Keys(a.Dropped)) {
			d.int(limit, a.Dropped[limit])
		}
		j.b = d.close()
	}
	a.appendKnown(&j)
	return j.close()
}

func (s *score) append(b []byte) []byte {
	j := openObject(b)
	j.str("id", s.rule.Name)
	j.str("severity", s.severity.String())
	j.str("status", s.status)
	j.int("checked", s.Checked)
	j.int("failed", s.Failed)
	j.int("unchecked", s.Unchecked)
	j.str("reference", s.Reference)
	j.str("title", s.rule.Title)
	if s.known {
		j.key("known")
		j.b = append(j.b, "true"...)
	}
	return j.close()
}

// appendFinding appends a finding as the object of interfaces.md.
func appendFinding(b []byte, f *audit.Finding) []byte {
	j := openObject(b)
	j.str("rule", f.Of().Name)
	j.str("severity", f.Severity.String())
	j.some("connection", f.Connection)
	j.some("session", f.Session)
	j.some("pdu", f.PDU)
	j.some("last_pdu", f.LastPDU)
	if f.Time != 0 {
		j.time("time", f.Time)
	}
	if f.LastTime != 0 {
		j.time("last_time", f.LastTime)
	}
	j.int("count", f.Count)
	j.text("field", f.Field)
	if f.Offset > 0 || f.Length > 0 { // a field whose place is not known has neither
		j.int("offset", int64(f.Offset))
		j.int("length", int64(f.Length))
	}
	j.text("seen", f.Seen)
	j.text("wanted", f.Wanted)
	j.text("message", f.Message)
	j.text("remedy", f.Remedy)
	j.text("reference", f.Reference)
	appendKnownFinding(&j, f)
	return j.close()
}

// Print writes the report as text: totals, what is probably wrong, scorecard by
// rule, findings.
func (a *Audit) Print(w io.Writer, opt *Options) error {
	p := &page{Options: opt, w: w}
	if opt.start == 0 {
		opt.start = a.From
	}
	p.b = p.paint(p.b, styleBold, "smpptap audit")
	p.b = append(p.b, "   profile "...)
	p.b = p.paint(p.b, styleBold, Safe(a.Profile))
	p.b = append(p.b, '\n')
	for _, s := range a.Source {
		p.fact("source", s)
	}
	for _, link := range slices.Sorted(maps.Keys(a.LinkProfiles)) {
		p.fact("profile", a.LinkProfiles[link]+" for "+cmp.Or(link, "all other links"))
	}
	if a.From != 0 || a.To != 0 {
		p.fact("time", p.stretch(a.From, a.To))
	}
	p.fact("SMPP", plural(a.Connections, "connection")+", "+plural(a.Sessions, "session")+", "+plural(a.PDUs, "PDU"))
	n := a.totals()
	p.fact("findings", n.text())
	a.printKnown(p)
	for _, limit := range slices.Sorted(maps.Keys(a.Dropped)) {
		p.fact("missing", capText(limit, a.Dropped[limit]))
	}
	a.printDiagnoses(p)
	if err := a.scorecard(p); err != nil {
		return err
	}
	a.printFindings(p)
	return p.flush()
}

// scorecard writes the rules that were checked, failed ones first in bold
// words, and names the others.
func (a *Audit) scorecard(p *page) error {
	p.section("Scorecard")
	if err := p.flush(); err != nil {
		return err
	}
	t := NewTable(p.w, " ", Column{Name: "rule"}, Column{Name: "status"}, Column{Name: "severity"},
		Column{Name: "checked", Right: true}, Column{Name: "failed", Right: true},
		Column{Name: "unchecked", Right: true}, Column{Name: "reference", Max: 44})
	for _, s := range a.scores() {
		err := t.Row(s.rule.Name, s.statusText(), s.severity.String(), Count(s.Checked), Count(s.Failed),
			Count(s.Unchecked), shortReference(s.Reference))
		if err != nil {
			return err
		}
	}
	return t.Close()
}

// worstFirst gives the findings in the order in which a report shows them.
func (a *Audit) worstFirst() []audit.Finding {
	sorted := slices.Clone(a.findings.all)
	slices.SortStableFunc(sorted, func(x, y audit.Finding) int {
		return compareCauses(cause{First: x, Count: x.Count}, cause{First: y, Count: y.Count})
	})
	return sorted
}

// printFindings writes each finding with its evidence, worst first.
func (a *Audit) printFindings(p *page) {
	p.section("Findings")
	if len(a.findings.all) == 0 {
		p.remark(styleGood, "None: every check that could be made passed.")
		return
	}
	sorted := a.worstFirst()
	for i := range sorted {
		p.finding(&sorted[i])
	}
}

// finding writes one finding: what, where, seen and wanted, remedy, source.
func (p *page) finding(f *audit.Finding) {
	p.title(f.Severity, f.Of().Name, f)
	p.evidence("", f.Message)
	p.evidence("known", knownText(f))
	p.evidence("seen", seenText(f))
	p.evidence("wanted", f.Wanted)
	p.evidence("remedy", f.Remedy)
	p.evidence("reference", f.Reference)
	p.b = append(p.b, '\n')
}

// title writes the line above what proves a finding or a diagnosis at f's place.
func (p *page) title(severity audit.Severity, name string, f *audit.Finding) {
	p.b = append(p.b, "  "...)
	p.b = p.paint(p.b, severityStyle(severity), padded(severity.String(), 7))
	p.b = append(p.b, ' ', ' ')
	p.b = p.paint(p.b, styleBold, name)
	p.b = append(p.b, "  "...)
	p.b = append(p.b, p.place(f)...)
	p.b = append(p.b, '\n')
}

// place says where and how often: "pdu 2, connection 1, 5 times from ... to ...".
func (p *page) place(f *audit.Finding) string {
	s := "the capture as a whole"
	if f.Connection != 0 {
		s = "connection " + strconv.FormatInt(f.Connection, 10)
	}
	if f.PDU != 0 {
		s = "pdu " + strconv.FormatInt(f.PDU, 10) + ", " + s
	}
	if f.Time != 0 {
		s += ", " + string(p.appendTimeDigits(nil, f.Time, 3))
	}
	if f.Count > 1 {
		s += ", " + Count(f.Count) + " times"
		if f.LastTime > f.Time {
			s += " until " + string(p.appendTimeDigits(nil, f.LastTime, 3))
		}
	}
	return s
}

func seenText(f *audit.Finding) string {
	if f.Field == "" {
		return f.Seen
	}
	s := f.Field
	if f.Length > 0 {
		s += " (octets " + strconv.Itoa(f.Offset) + "-" + strconv.Itoa(f.Offset+f.Length-1) + ")"
	}
	if f.Seen != "" {
		s += ": " + f.Seen
	}
	return s
}

func (p *page) evidence(name, text string) {
	if text == "" {
		return
	}
	p.b = appendBlanks(p.b, 11)
	p.b = p.paint(p.b, styleDim, name)
	indent := 11
	if name != "" {
		p.b = appendBlanks(p.b, 11-len(name))
		indent = 22
	}
	p.wrap(Safe(text), indent, "")
	p.b = append(p.b, '\n')
}

// AppendFindingText appends a finding with its evidence as lines of text.
func (o *Options) AppendFindingText(b []byte, f *audit.Finding) []byte {
	p := &page{Options: o, b: b}
	p.finding(f)
	return p.b
}
