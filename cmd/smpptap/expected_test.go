package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"smpptap/analyze/audit"
	"smpptap/stream"
)

// expected is one capture's entry of expected.yaml.
type expected struct {
	File    string        `yaml:"file"`
	Must    []expectation `yaml:"must"`
	May     []expectation `yaml:"may"`
	MustNot []expectation `yaml:"must_not"`
	Clean   bool          `yaml:"clean"`
}

type expectation struct {
	Rule       string   `yaml:"rule"`
	Profile    string   `yaml:"profile"`
	Severity   string   `yaml:"severity"`
	Also       []string `yaml:"also"`
	Connection int      `yaml:"connection"`
	Client     string   `yaml:"client"`
	Count      string   `yaml:"count"`
	Frames     []int64  `yaml:"frames"`
	Or         string   `yaml:"or"`
	Evidence   string   `yaml:"evidence"`
	Why        string   `yaml:"why"`
}

func (e *expectation) under(profile string) bool {
	return e.Profile == "" || e.Profile == "both" || e.Profile == profile
}

// builtGroups are the groups of the catalogue whose rules exist.
var builtGroups = []string{
	"framing", "header", "requests and responses", "body", "TLVs", "message content", "session", "keep-alive",
	"the provider's own rules", "security", "the capture itself", "flow", "receipts and the message's journey",
}

// deviation is an entry of the answer key that contradicts the rules and the
// octets. The rule is followed; the entry stands here with the reason.
type deviation struct {
	File    string `yaml:"file"`
	List    string `yaml:"list"` // must, must_not, clean, extra
	Rule    string `yaml:"rule"`
	Profile string `yaml:"profile"`
	Client  string `yaml:"client"`
	Why     string `yaml:"why"`
	used    bool
}

func deviations(t *testing.T) []*deviation {
	b, err := os.ReadFile("testdata/expected-deviations.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list []*deviation
	if err := yaml.Unmarshal(b, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// TestCorpusExpected holds the audit against the answer key: every finding
// that must be, under both profiles; none that must not be; clean captures
// clean. Findings above note that the key does not name fail too: each is
// either a false accusation or belongs into the list of deviations.
func TestCorpusExpected(t *testing.T) {
	list := deviations(t)
	for _, c := range corpus[expected](t, filepath.Join(corpusDir, "expected.yaml")) {
		for _, profile := range []string{"smpp34", "kaleyra"} {
			t.Run(c.File+"/"+profile, func(t *testing.T) {
				j := keyJudge{t: t, c: &c, profile: profile, deviations: list}
				j.s = look(t, filepath.Join(corpusDir, c.File), profile)
				j.run()
			})
		}
	}
	for _, d := range list {
		if !d.used {
			t.Errorf("deviation %s %s %s %s is not needed any more", d.File, d.List, d.Rule, d.Profile)
		}
	}
}

// keyJudge holds one run against one entry.
type keyJudge struct {
	t          *testing.T
	c          *expected
	profile    string
	deviations []*deviation
	s          *seen
	recorded   bool // a new recording: counts may differ
	all        []audit.Finding
	claimed    map[int64]bool
}

func (j *keyJudge) run() {
	j.all, j.claimed = j.s.sorted(), map[int64]bool{}
	for i := range j.c.Must {
		if e := &j.c.Must[i]; e.under(j.profile) && built(e.Rule) {
			j.must(e)
		}
	}
	for i := range j.c.MustNot {
		if e := &j.c.MustNot[i]; e.under(j.profile) && built(e.Rule) {
			j.mustNot(e)
		}
	}
	for _, f := range j.all {
		if f.Severity > audit.Note && !j.claimed[f.ID] && !j.allowed(&f) && !j.deviates("extra", f.Rule.String(), j.client(&f)) {
			j.t.Errorf("unexpected: %s", j.line(&f))
		}
	}
}

func built(rule string) bool {
	r, ok := audit.RuleByName(rule)
	return ok && slices.Contains(builtGroups, r.Group)
}

// must looks for what an entry asks for.
func (j *keyJudge) must(e *expectation) {
	var found []*audit.Finding
	var count int64
	for i := range j.all {
		f := &j.all[i]
		if (f.Rule.String() == e.Rule || e.Or != "" && f.Rule.String() == e.Or) && j.here(e, f) {
			found = append(found, f)
			j.claimed[f.ID] = true
		}
	}
	right := slices.DeleteFunc(slices.Clone(found), func(f *audit.Finding) bool {
		return f.Severity.String() != e.Severity && !slices.Contains(e.Also, f.Severity.String()) ||
			len(e.Frames) > 0 && f.PDU != 0 && !slices.Contains(e.Frames, f.Frame)
	})
	for _, f := range right {
		count += f.Count
	}
	if len(right) > 0 && (e.Count == "" || j.recorded || countOK(e.Count, count)) || j.shared(e, found) {
		return
	}
	if j.deviates("must", e.Rule, e.Client) {
		return
	}
	j.t.Errorf("missing: %s %s, connection %d %s, count %q, frames %v, %s", e.Severity, e.Rule, e.Connection, e.Client, e.Count, e.Frames, e.Evidence)
	for _, f := range found {
		j.t.Logf("  there is: %s", j.line(f))
	}
}

// shared accepts one finding that folds what several entries name.
func (j *keyJudge) shared(e *expectation, found []*audit.Finding) bool {
	var want, got int64
	for i := range j.c.Must {
		o := &j.c.Must[i]
		if o.Rule == e.Rule && o.under(j.profile) && o.Client == e.Client && o.Connection == e.Connection {
			n, err := strconv.ParseInt(o.Count, 10, 64)
			if err != nil {
				return false
			}
			want += n
		}
	}
	for _, f := range found {
		got += f.Count
	}
	return want == got
}

// here tells whether a finding stands on the entry's connection.
func (j *keyJudge) here(e *expectation, f *audit.Finding) bool {
	if e.Connection == 0 || f.Connection == 0 {
		return true
	}
	if e.Client != "" {
		return j.client(f) == e.Client
	}
	return j.order(f.Connection) == e.Connection
}

// order numbers a connection in order of the first packet.
func (j *keyJudge) order(id int64) int {
	return 1 + slices.IndexFunc(j.s.opened, func(c *stream.Conn) bool { return c.ID == id })
}

func (j *keyJudge) client(f *audit.Finding) string {
	if c, ok := j.s.conns[f.Connection]; ok {
		return c.client
	}
	if i := slices.IndexFunc(j.s.opened, func(c *stream.Conn) bool { return c.ID == f.Connection }); i >= 0 {
		return j.s.opened[i].A.String()
	}
	return ""
}

func (j *keyJudge) mustNot(e *expectation) {
	for _, other := range slices.Concat(j.c.Must, j.c.May) {
		if other.Rule == e.Rule && other.under(j.profile) && e.Connection == 0 {
			return // holds for other places than those named there
		}
	}
	least, _ := audit.ParseSeverity(e.Severity)
	for i := range j.all {
		f := &j.all[i]
		if f.Rule.String() == e.Rule && f.Severity >= least && j.here(e, f) && !j.deviates("must_not", e.Rule, e.Client) {
			j.t.Errorf("must not be: %s (%s)", j.line(f), e.Why)
		}
	}
}

// allowed tells whether an entry of `may` covers the finding.
func (j *keyJudge) allowed(f *audit.Finding) bool {
	for i := range j.c.May {
		e := &j.c.May[i]
		limit, ok := audit.ParseSeverity(e.Severity)
		if e.Rule == f.Rule.String() && e.under(j.profile) && (!ok || f.Severity <= limit) {
			return true
		}
	}
	return false
}

func (j *keyJudge) deviates(list, rule, client string) bool {
	for _, d := range j.deviations {
		if d.File == j.c.File && d.List == list && d.Rule == rule && (d.Profile == "" || d.Profile == j.profile) && (d.Client == "" || d.Client == client) {
			d.used = true
			return true
		}
	}
	return false
}

func (j *keyJudge) line(f *audit.Finding) string {
	return fmt.Sprintf("%s %s connection %d %s pdu %d frame %d count %d field %q seen %q: %s",
		f.Severity, f.Rule, f.Connection, j.client(f), f.PDU, f.Frame, f.Count, f.Field, f.Seen, f.Message)
}

// countOK reads "3", ">=3" and "2..5".
func countOK(want string, got int64) bool {
	if low, high, ok := strings.Cut(want, ".."); ok {
		a, _ := strconv.ParseInt(low, 10, 64)
		b, _ := strconv.ParseInt(high, 10, 64)
		return got >= a && got <= b
	}
	if low, ok := strings.CutPrefix(want, ">="); ok {
		n, err := strconv.ParseInt(low, 10, 64)
		return err == nil && got >= n
	}
	n, err := strconv.ParseInt(want, 10, 64)
	return err == nil && got == n
}
