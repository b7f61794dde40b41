package report

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"smpptap/analyze/audit"
)

// WriteSARIF writes the findings as SARIF 2.1.0 (OASIS): the catalogue with
// the scorecard as the tool's rules, each finding as a result. A PDU's place
// in the capture is a logical location. Where a finding is about some octets, a
// related location has them as a region of the PDU, which is an artifact within
// the capture's, or beside those of several; offsets count from the PDU's first
// octet.
func (d *Dossier) WriteSARIF(w io.Writer) error {
	pdus := &sarifPDUs{files: d.sarifArtifacts(), at: make(map[int64]int)}
	results := d.sarifResults(pdus)
	log := sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0",
		Runs: []sarifRun{{
			Tool:        sarifTool{Driver: sarifDriver{Name: "smpptap", Version: Safe(d.Version), Rules: d.sarifRules()}},
			Invocations: []sarifInvocation{{Successful: true}},
			Bases:       pdus.bases(d),
			Artifacts:   pdus.files,
			Results:     results,
			Properties:  d.sarifFacts(),
		}},
	}
	b := bufio.NewWriterSize(w, 64<<10)
	e := json.NewEncoder(b)
	e.SetIndent("", " ")
	if err := e.Encode(log); err != nil {
		return err
	}
	return b.Flush()
}

func (d *Dossier) sarifRules() []sarifRule {
	scores := d.scores()
	out := make([]sarifRule, len(scores))
	for i := range scores {
		s := &scores[i]
		r := s.rule
		help := r.Remedy
		if s.Reference != "" {
			help += " Reference: " + s.Reference + "."
		}
		out[i] = sarifRule{
			ID: Safe(r.Name), Name: Safe(pascal(r.Name)), Short: textOr(r.Title, r.Name), Full: textOr(r.Why, r.Title), Help: textOr(help, r.Title),
			Default: sarifDefault{Level: r.Severity.String()},
			Properties: sarifScore{
				Tags: []string{Safe(r.Group)}, Status: s.status, Checked: s.Checked, Failed: s.Failed, Unchecked: s.Unchecked, Reference: Safe(s.Reference),
			},
		}
	}
	return out
}

func textOr(s, otherwise string) sarifText {
	if s = strings.TrimSpace(s); s == "" {
		s = otherwise
	}
	return sarifText{Safe(s)}
}

// pascal writes a rule's name as SARIF wants names: ResponseMissing.
func pascal(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "-") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

func (d *Dossier) sarifArtifacts() []sarifArtifact {
	out := make([]sarifArtifact, 0, len(d.Inputs)+1)
	for i := range d.Inputs {
		out = append(out, newSarifArtifact(&d.Inputs[i], i, "analysisTarget"))
	}
	if d.Database != nil {
		out = append(out, newSarifArtifact(d.Database, len(out), "referencedOnCommandLine"))
	}
	return out
}

func newSarifArtifact(in *InputFile, index int, role string) sarifArtifact {
	a := sarifArtifact{Location: sarifArtifactLocation{URI: fileURI(in.Name), Index: index}, Roles: []string{role}}
	a.Length = max(0, in.Size)
	if in.SHA256 != "" {
		a.Hashes = map[string]string{"sha-256": in.SHA256}
	}
	return a
}

// fileURI writes a file's name as a relative reference.
func fileURI(name string) string { return (&url.URL{Path: name}).String() }

func (d *Dossier) sarifResults(pdus *sarifPDUs) []sarifResult {
	out := make([]sarifResult, 0, len(d.findings.all))
	seen, index := make(map[string]int), make(map[string]int)
	for i, s := range d.scores() {
		index[Safe(s.rule.Name)] = i
	}
	for _, f := range d.worstFirst() {
		v := d.finding(&f, 0)
		r := sarifResult{
			RuleID: v.Rule, RuleIndex: index[v.Rule], Level: v.Severity, Message: sarifText{sarifMessage(&v)},
			Count: f.Count, Locations: d.sarifLocations(&f), Related: pdus.octets(d, &f),
			Properties: sarifFinding{
				Connection: f.Connection, Session: f.Session, PDU: f.PDU, LastPDU: f.LastPDU, Frame: f.Frame,
				Time: sarifTime(f.Time), LastTime: sarifTime(f.LastTime), Field: Safe(f.Field), Seen: Safe(f.Seen),
				Wanted: v.Wanted, Remedy: v.Remedy, Reference: v.Clauses,
			},
		}
		if f.Known != nil {
			r.Suppressions = []sarifSuppression{{Kind: "external", Justification: "known " + Safe(knownText(&f))}}
		}
		if f.Length > 0 {
			offset, length := f.Offset, f.Length
			r.Properties.Offset, r.Properties.Length = &offset, &length
		}
		print := fingerprint(&f)
		seen[print]++
		r.Fingerprints = map[string]string{"smpptapFinding/v1": print + ":" + strconv.Itoa(seen[print])}
		out = append(out, r)
	}
	return out
}

func sarifMessage(v *findingView) string {
	s := v.Message
	if v.Seen != "" {
		s += " Seen: " + v.Seen + "."
	}
	if v.Wanted != "" {
		s += " Wanted: " + v.Wanted + "."
	}
	return s
}

// fingerprint stays the same for the same fault in another capture: times,
// ports and numbers of PDUs are not in it.
func fingerprint(f *audit.Finding) string {
	seen, wanted := f.SameSeen(), f.Wanted
	if seen != f.Seen {
		wanted = "" // it may go by what was seen
	}
	h := sha256.New()
	for _, s := range [...]string{f.Of().Name, f.Field, seen, wanted} {
		_, _ = io.WriteString(h, s+"\x00") // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// sarifLocations names the file, where there is only one that it can be, and
// the place in it.
func (d *Dossier) sarifLocations(f *audit.Finding) []sarifLocation {
	var l sarifLocation
	if len(d.Inputs) == 1 {
		l.Physical = &sarifPhysical{Artifact: sarifArtifactLocation{URI: fileURI(d.Inputs[0].Name), Index: 0}}
	}
	path := ""
	for _, part := range [...]struct {
		kind   string
		number int64
	}{{"connection", f.Connection}, {"session", f.Session}, {"pdu", f.PDU}} {
		if part.number == 0 {
			continue
		}
		name := part.kind + " " + strconv.FormatInt(part.number, 10)
		path = strings.TrimPrefix(path+"/"+name, "/")
		l.Logical = []sarifLogical{{Name: name, Path: path, Kind: part.kind}}
	}
	if l.Physical == nil && l.Logical == nil {
		return nil
	}
	return []sarifLocation{l}
}

func sarifTime(ns int64) string {
	if ns == 0 {
		return ""
	}
	return time.Unix(0, ns).UTC().Format(time.RFC3339Nano)
}

func (d *Dossier) sarifFacts() sarifRunFacts {
	p := &page{Options: d.Options, Summary: d.summary}
	f := sarifRunFacts{
		Commit: Safe(d.Commit), Profile: Safe(d.Profile.ID), Revised: Safe(d.Profile.Revised), ProfileSHA256: d.Profile.SHA256,
		Redacted: d.Redacted, From: sarifTime(d.From), To: sarifTime(d.To),
		Connections: d.Connections, Sessions: d.Sessions, PDUs: d.PDUs, Incomplete: []string{}, Diagnoses: []string{},
	}
	for _, loss := range p.losses() {
		f.Incomplete = append(f.Incomplete, Safe(d.shortPaths(loss)))
	}
	for i := range d.Diagnoses {
		x := &d.Diagnoses[i]
		f.Diagnoses = append(f.Diagnoses, Safe(x.ID+" "+x.Title+": "+x.Concluded))
	}
	return f
}
