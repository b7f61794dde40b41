package report

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"smpptap/analyze/audit"
	"smpptap/analyze/diagnose"
)

// maxDetailed is how many findings are shown one by one; the others are
// counted by rule.
const maxDetailed = 500

// maxCauses is how many causes stand at the top where there is no diagnosis.
const maxCauses = 10

// view is a dossier as text, made once for all formats that people read.
// Every text in it is safe; each format escapes it in its own way.
type view struct {
	Name      string // of what was audited
	Verdict   string
	Worst     string // severity
	Facts     []fact
	Diagnoses []diagnosisView
	Causes    []causeView // where there is no diagnosis
	Tally     []fact      // of the scorecard
	Scores    []scoreGroup
	Findings  []findingView
	Unshown   []fact // findings beyond maxDetailed, by rule
	Rate      *plot
	Latency   *plot
	Messages  []fact
	Links     []linkView
	LinksMore string
	Lost      []string
	Whole     bool // nothing is known to be missing
	Unchecked []scoreView
	Files     []fileView
	Origin    []fact
	Remarks   []string
	Zone      string
	NoPDU     bool
}

type fact struct{ Name, Text string }

type diagnosisView struct {
	ID, Title, Severity, Seen, Concluded, Remedy, Where string
	Findings                                            []int // places in view.Findings, from 1
}

type causeView struct{ Severity, Rule, Text, Remedy, Count, Where string }

type scoreGroup struct {
	Status, Title, Note string
	Rules               []scoreView
}

type scoreView struct {
	Rule, Title, Severity, Checked, Failed, Unchecked, Reference string
}

type findingView struct {
	Number                                                        int
	Rule, Title, Severity, Message, Seen, Wanted, Remedy, Clauses string
	Where, When, Count, Known                                     string
	PDU                                                           string
	Octets                                                        string // which
	Exhibit                                                       *exhibitView
	NoExhibit                                                     string // why there is none
}

type exhibitView struct {
	Title string
	Tree  []piece
	Hex   []hexLine
	// ShownAt is the finding that shows the whole PDU, when another does.
	ShownAt int
}

type linkView struct {
	Connection, Session, ESME, SMSC, SystemID, Bind, Version, ToSMSC, ToESME string
	Answers, P50, P99, Max, Window, Findings, Complete, Ended                string
}

type fileView struct{ Name, Size, Packets, Span, SHA256, Note string }

// view makes the texts.
func (d *Dossier) view() *view {
	p := &page{Options: d.Options, Summary: d.summary}
	if d.Options.start == 0 {
		d.Options.start = d.From
	}
	v := &view{Name: d.name(), Zone: d.zone(), NoPDU: d.PDUs == 0}
	d.head(v, p)
	d.details(v)
	d.probable(v, p)
	d.scored(v)
	d.traffic(v, p)
	d.complete(v, p)
	d.origin(v)
	for _, r := range d.Remarks {
		v.Remarks = append(v.Remarks, Safe(r))
	}
	return v
}

// name is what was audited: the files without their directories.
func (d *Dossier) name() string {
	var names []string
	for i := range d.Inputs {
		names = append(names, Safe(d.Inputs[i].Name))
	}
	if len(names) > 3 {
		names = append(names[:2], plural(int64(len(names)-2), "other file"))
	}
	if len(names) == 0 {
		return "no input"
	}
	return strings.Join(names, ", ")
}

func (d *Dossier) zone() string {
	switch d.Options.Time {
	case TimeUTC:
		return "UTC"
	case TimeRelative:
		return "seconds since the capture began"
	case TimeEpoch:
		return "seconds since 1970 UTC"
	}
	return "local time of the machine that made the report"
}

func (d *Dossier) time(ns int64) string {
	s := string(d.Options.appendTimeDigits(nil, ns, 3))
	if d.Options.Time == TimeUTC {
		s += " UTC"
	}
	return s
}

func (d *Dossier) head(v *view, p *page) {
	n := d.totals()
	v.Verdict = n.text()
	v.Worst = d.Worst().String()
	v.add("profile", d.profileText())
	if d.From != 0 || d.To != 0 {
		v.add("capture", d.time(d.From)+" to "+d.time(d.To)+", "+Duration(d.To-d.From))
	}
	v.add("packets", Count(p.capture.Stats.Packets)+", "+Size(p.capture.Stats.Octets))
	v.add("SMPP", plural(d.Connections, "connection")+", "+plural(d.Sessions, "session")+", "+plural(d.PDUs, "PDU"))
	if other := p.capture.Stats.Other; len(other) > 0 {
		v.add("other TCP", Safe(tallyText(other, "unknown")))
	}
	v.add("made with", d.tool())
	redacted := "passwords"
	if d.Redacted != "" {
		redacted += ", " + d.Redacted
	}
	v.add("masked", redacted)
}

func (v *view) add(name, text string) { v.Facts = append(v.Facts, fact{name, text}) }

func (d *Dossier) profileText() string {
	f := &d.Profile
	s := Safe(f.ID)
	if f.Title != "" && f.Title != f.ID {
		s += " (" + Safe(f.Title) + ")"
	}
	if f.Revised != "" {
		s += ", revised " + Safe(f.Revised)
	}
	return s
}

// probable puts the diagnoses first; where there is none, the causes that the
// findings have in common.
func (d *Dossier) probable(v *view, p *page) {
	at := make(map[int64]int)
	for i, f := range d.worstFirst() {
		if i < maxDetailed {
			at[f.ID] = i + 1
		}
	}
	for i := range d.Diagnoses {
		v.Diagnoses = append(v.Diagnoses, d.diagnosis(&d.Diagnoses[i], at))
	}
	if len(v.Diagnoses) > 0 {
		return
	}
	for _, c := range causesOf(d.findings.all) {
		if c.First.Severity == audit.Note || len(v.Causes) == maxCauses {
			break // they are sorted, and all findings stand below
		}
		v.Causes = append(v.Causes, causeView{
			Severity: c.First.Severity.String(), Rule: Safe(c.First.Of().Name), Text: causeText(&c),
			Remedy: Safe(p.remedy(&c.First)), Count: times(c.Count), Where: d.where(&c.First),
		})
	}
}

func (d *Dossier) diagnosis(x *diagnose.Diagnosis, at map[int64]int) diagnosisView {
	out := diagnosisView{
		ID: Safe(x.ID), Title: Safe(x.Title), Severity: x.Severity.String(),
		Seen: Safe(x.Seen), Concluded: Safe(x.Concluded), Remedy: Safe(x.Remedy),
		Where: d.where(&audit.Finding{Connection: x.Connection, PDU: x.PDU}),
	}
	if x.Time != 0 {
		out.Where += ", " + d.time(x.Time)
	}
	if x.Count > 1 {
		out.Where += ", " + times(x.Count)
	}
	for _, id := range x.Findings {
		if n := at[id]; n > 0 && len(out.Findings) < 20 {
			out.Findings = append(out.Findings, n)
		}
	}
	return out
}

// where names the place of a finding.
func (d *Dossier) where(f *audit.Finding) string {
	var parts []string
	if f.PDU != 0 {
		parts = append(parts, "PDU "+strconv.FormatInt(f.PDU, 10))
	}
	if f.Connection != 0 {
		parts = append(parts, "connection "+strconv.FormatInt(f.Connection, 10))
	}
	if len(parts) == 0 {
		return "the capture as a whole"
	}
	if f.Session != 0 {
		parts = append(parts, "session "+strconv.FormatInt(f.Session, 10))
	}
	return strings.Join(parts, ", ")
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return Count(n) + " times"
}

// scored sorts the scorecard by what came out.
func (d *Dossier) scored(v *view) {
	groups := [...]scoreGroup{
		{Status: "fail", Title: "Failed"},
		{Status: "pass", Title: "Passed"},
		{Status: "not-observed", Title: "Not observed", Note: "Nothing in the capture exercises these rules; they neither passed nor failed."},
		{Status: "off", Title: "Off", Note: "The profile does not state what these rules need."},
	}
	for _, s := range d.scores() {
		for i := range groups {
			if groups[i].Status == s.status {
				groups[i].Rules = append(groups[i].Rules, newScoreView(&s))
			}
		}
		if s.Unchecked > 0 {
			v.Unchecked = append(v.Unchecked, newScoreView(&s))
		}
	}
	for i := range groups {
		v.Tally = append(v.Tally, fact{strings.ToLower(groups[i].Title), strconv.Itoa(len(groups[i].Rules))})
		if len(groups[i].Rules) > 0 {
			v.Scores = append(v.Scores, groups[i])
		}
	}
}

func newScoreView(s *score) scoreView {
	title := s.rule.Title
	if s.known {
		title += " (known)"
	}
	return scoreView{
		Rule: Safe(s.rule.Name), Title: Safe(title), Severity: s.severity.String(), Reference: Safe(s.Reference),
		Checked: Count(s.Checked), Failed: Count(s.Failed), Unchecked: Count(s.Unchecked),
	}
}

// complete says what the capture lacks.
func (d *Dossier) complete(v *view, p *page) {
	for _, loss := range p.losses() {
		v.Lost = append(v.Lost, Safe(d.shortPaths(loss)))
	}
	incomplete := 0
	for _, c := range p.order {
		if c.incomplete {
			incomplete++
		}
	}
	if incomplete > 0 {
		v.Lost = append(v.Lost, "of "+strconv.Itoa(incomplete)+" of "+plural(int64(len(p.order)), "connection")+
			" the opening was not captured, or something in between is missing")
	}
	v.Whole = len(v.Lost) == 0
}

// shortPaths leaves the directories of inputs out of a text.
func (d *Dossier) shortPaths(text string) string {
	for _, path := range d.summary.capture.Stats.Inputs {
		text = strings.ReplaceAll(text, path, filepath.Base(path))
	}
	for _, path := range d.Source {
		text = strings.ReplaceAll(text, path, filepath.Base(path))
	}
	return text
}

// origin says where everything comes from.
func (d *Dossier) origin(v *view) {
	for i := range d.Inputs {
		v.Files = append(v.Files, d.file(&d.Inputs[i]))
	}
	if d.Database != nil {
		v.Files = append(v.Files, d.file(d.Database))
	}
	f := &d.Profile
	v.Origin = append(v.Origin, fact{"profile", d.profileText()})
	if f.Extends != "" {
		v.Origin = append(v.Origin, fact{"profile extends", Safe(f.Extends)})
	}
	if f.SHA256 != "" {
		v.Origin = append(v.Origin, fact{"profile SHA-256", f.SHA256 + " (of smpptap profile show " + Safe(f.ID) + ")"})
	}
	v.Origin = append(v.Origin, fact{"program", d.tool()}, fact{"times", d.zone()})
}

func (d *Dossier) file(in *InputFile) fileView {
	v := fileView{Name: Safe(in.Name), SHA256: in.SHA256, Note: Safe(in.Note), Size: "unknown", Packets: "unknown"}
	if in.Size >= 0 {
		v.Size = Count(in.Size)
	}
	if in.Packets >= 0 {
		v.Packets = Count(in.Packets)
	}
	if !in.First.IsZero() {
		v.Span = d.time(in.First.UnixNano()) + " to " + d.time(in.Last.UnixNano())
	}
	return v
}

// byRule counts findings by rule, in the order of the rules' names.
func byRule(all []audit.Finding) []fact {
	n := make(map[string]int64)
	for i := range all {
		n[all[i].Of().Name]++
	}
	var out []fact
	for _, name := range slices.Sorted(maps.Keys(n)) {
		out = append(out, fact{Safe(name), Count(n[name])})
	}
	return out
}
