package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"time"

	"smpptap/analyze/audit"
)

// The elements of JUnit's XML, in the order in which its schemas want them.
type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Package    string          `xml:"package,attr"`
	ID         int             `xml:"id,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Hostname   string          `xml:"hostname,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
	Out        string          `xml:"system-out"`
	Err        string          `xml:"system-err"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"`
	Skipped string        `xml:"skipped,omitempty"`
	Failure *junitFailure `xml:"failure"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the scorecard as JUnit's XML: a test for every rule, which
// fails by findings of FailOn or above and is skipped when there was nothing
// to check or the profile turns it off. Findings below are its output. The
// time is the capture's, and tests take none.
func (d *Dossier) WriteJUnit(w io.Writer) error {
	s := junitSuite{
		Name: "smpptap audit", Package: "smpptap", Timestamp: "1970-01-01T00:00:00", Hostname: "localhost", Time: "0",
		Properties: d.junitProperties(),
	}
	if d.From != 0 {
		s.Timestamp = time.Unix(0, d.From).UTC().Format("2006-01-02T15:04:05")
	}
	found := make(map[string][]audit.Finding)
	for _, f := range d.worstFirst() {
		found[f.Of().Name] = append(found[f.Of().Name], f)
	}
	for _, x := range d.scores() {
		c := d.junitCase(&x, found[x.rule.Name])
		s.Tests++
		if c.Failure != nil {
			s.Failures++
		}
		if c.Skipped != "" {
			s.Skipped++
		}
		s.Cases = append(s.Cases, c)
	}
	b, err := xml.MarshalIndent(junitSuites{Suites: []junitSuite{s}}, "", " ")
	if err != nil {
		return err
	}
	// Only texts hold line ends: attributes are safe texts, of one line.
	b = bytes.ReplaceAll(b, []byte("&#xA;"), []byte("\n"))
	_, err = w.Write(append(append([]byte(xml.Header), b...), '\n'))
	return err
}

func (d *Dossier) junitCase(s *score, found []audit.Finding) junitCase {
	c := junitCase{Name: Safe(s.rule.Name), Class: Safe(s.rule.Group), Time: "0"}
	// The worst that is not known decides.
	i := slices.IndexFunc(found, func(f audit.Finding) bool { return f.Known == nil })
	fails := d.FailOn != audit.SeverityNone && i >= 0 && found[i].Severity >= d.FailOn
	switch {
	case fails:
		c.Failure = &junitFailure{Message: Safe(found[i].Message), Type: found[i].Severity.String(), Text: d.junitText(found)}
	case len(found) > 0:
		c.Out = d.junitText(found)
	case s.status == "off" && s.rule.Needs == "":
		c.Skipped = "off: the profile turns it off"
	case s.status == "off":
		c.Skipped = "off: the profile does not state " + s.rule.Needs + ", or turns it off"
	case s.status == "not-observed":
		c.Skipped = "not observed: nothing in the capture exercises this rule"
	case s.Unchecked > 0:
		c.Out = Count(s.Unchecked) + " of the checks could not be made: the capture does not show enough\n"
	}
	return c
}

// maxJUnitFindings bounds the text of one test.
const maxJUnitFindings = 100

// junitText writes findings as lines of text.
func (d *Dossier) junitText(found []audit.Finding) string {
	var b strings.Builder
	for i := range found {
		if i == maxJUnitFindings {
			b.WriteString("and " + plural(int64(len(found)-i), "more finding") + "\n")
			break
		}
		f := d.finding(&found[i], i+1)
		b.WriteString(f.Severity + ", " + f.Where)
		for _, s := range [...]string{f.When, f.Count} {
			if s != "" {
				b.WriteString(", " + s)
			}
		}
		b.WriteString("\n")
		for _, line := range [...][2]string{{"what", f.Message}, {"seen", f.Seen}, {"octets", f.Octets}, {"wanted", f.Wanted},
			{"remedy", f.Remedy}, {"reference", f.Clauses}} {
			if line[1] != "" {
				b.WriteString("  " + line[0] + ": " + line[1] + "\n")
			}
		}
	}
	return b.String()
}

func (d *Dossier) junitProperties() []junitProperty {
	out := []junitProperty{
		{"tool", d.tool()}, {"profile", Safe(d.Profile.ID)}, {"profile.revised", Safe(d.Profile.Revised)},
		{"profile.sha256", d.Profile.SHA256}, {"fail-on", failOnWord(d.FailOn)},
		{"connections", Count(d.Connections)}, {"sessions", Count(d.Sessions)}, {"pdus", Count(d.PDUs)},
	}
	for i := range d.Inputs {
		out = append(out, junitProperty{"input", Safe(d.Inputs[i].Name)}, junitProperty{"input.sha256", d.Inputs[i].SHA256})
	}
	if d.Database != nil {
		out = append(out, junitProperty{"database", Safe(d.Database.Name)}, junitProperty{"database.sha256", d.Database.SHA256})
	}
	for i := range d.Diagnoses {
		x := &d.Diagnoses[i]
		out = append(out, junitProperty{"diagnosis", Safe(x.ID + " " + x.Title + ": " + x.Concluded)})
	}
	return out
}

func failOnWord(s audit.Severity) string {
	if s == audit.SeverityNone {
		return "never"
	}
	return s.String()
}
