package analyze_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/internal/smpptest"
)

var update = flag.Bool("update", false, "write what the scripts in audit/testdata/rules find")

const ruleScripts = "audit/testdata/rules"

// ruleFile is what shows a rule: a txtar with
//
//	-- profile --         of what follows: a built-in one's name, or a file's text; else smpp34
//	-- fires SEVERITY --  a script (smpptest.Script) in which the rule has exactly one finding
//	-- silent --          one that nearly does: the rule looks at it and has none
//	-- want --            behind each of them: all findings, those of the rule in full
//
// "fires warning x5" is one finding that counts five occurrences, "silent
// unchecked" a script in which there is nothing for the rule to look at. A
// name may go on behind that: "fires error, when refused".
type ruleFile struct {
	path    string
	rule    *audit.Rule
	archive *txtar.Archive
	scenes  []scene
}

// scene is one script of a file.
type scene struct {
	name     string
	severity audit.Severity // SeverityNone: silent
	count    int64          // occurrences; 0: the rule need not look at anything
	profile  string         // a built-in one's name, or a file's text
	text     string
	want     *txtar.File
}

func readRule(t *testing.T, r *audit.Rule) *ruleFile {
	t.Helper()
	f := &ruleFile{path: filepath.Join(ruleScripts, r.Name+".txtar"), rule: r}
	var err error
	if f.archive, err = txtar.ParseFile(f.path); err != nil {
		t.Fatal(err)
	}
	source := "smpp34"
	for i := range f.archive.Files {
		x := &f.archive.Files[i]
		kind, _, _ := strings.Cut(x.Name, ",")
		switch words := strings.Fields(kind); words[0] {
		case "profile":
			source = string(x.Data)
		case "fires", "silent":
			s := scene{name: x.Name, text: string(x.Data), profile: source, count: 1}
			if !s.read(words) {
				t.Fatalf("%s: what is %q?", f.path, x.Name)
			}
			f.scenes = append(f.scenes, s)
		case "want":
			f.scenes[len(f.scenes)-1].want = x
		default:
			t.Fatalf("%s: what is %q?", f.path, x.Name)
		}
	}
	return f
}

// read takes what the name of a scene says.
func (s *scene) read(words []string) (ok bool) {
	switch {
	case words[0] == "silent" && len(words) == 1:
		return true
	case words[0] == "silent" && words[1] == "unchecked":
		s.count = 0
		return true
	case len(words) < 2:
		return false
	case len(words) == 3:
		if n, err := fmt.Sscanf(words[2], "x%d", &s.count); n != 1 || err != nil {
			return false
		}
	}
	s.severity, ok = audit.ParseSeverity(words[1])
	return ok
}

// load reads a scene's profile.
func (s *scene) load(t *testing.T) *profile.Profile {
	t.Helper()
	source := strings.TrimSpace(s.profile)
	if strings.Contains(source, ":") {
		path := filepath.Join(t.TempDir(), "profile.yaml")
		if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		source = path
	}
	p, err := profile.Load(source)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// verdict is what a script came to.
type verdict struct {
	findings []audit.Finding
	worst    []audit.Severity // that a finding ever had
	checks   []audit.Check
}

// Write implements analyze.Sink.
func (v *verdict) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		switch r := &records[i]; r.Kind {
		case analyze.RecordFinding:
			for int64(len(v.findings)) < r.Finding.ID {
				v.findings = append(v.findings, audit.Finding{})
				v.worst = append(v.worst, audit.SeverityNone)
			}
			i := r.Finding.ID - 1
			v.findings[i], v.worst[i] = *r.Finding, max(v.worst[i], r.Finding.Severity)
		case analyze.RecordCheck:
			v.checks = append(v.checks, *r.Check)
		}
	}
	return nil
}

// Close implements analyze.Sink.
func (*verdict) Close() error { return nil }

// play runs a script through the pipeline.
func (f *ruleFile) play(t *testing.T, s *scene, change *mutation) *verdict {
	t.Helper()
	script, err := smpptest.ParseScript(s.text)
	if err != nil {
		t.Fatalf("%s: %s: %v", f.path, s.name, err)
	}
	opt := analyze.Options{Profile: s.load(t), Workers: 1}
	limits := audit.DefaultLimits()
	if change != nil {
		change.do(&limits, opt.Profile)
	}
	v := &verdict{}
	opt.Sinks, opt.Limits = []analyze.Sink{v}, &limits
	if err := analyze.New(opt).Run(t.Context(), script); err != nil {
		t.Fatalf("%s: %s: %v", f.path, s.name, err)
	}
	return v
}

// of gives the findings of a rule.
func (v *verdict) of(r *audit.Rule) (out []*audit.Finding) {
	for i := range v.findings {
		if v.findings[i].Rule == r.ID {
			out = append(out, &v.findings[i])
		}
	}
	return out
}

// fault says what of a scene's promise does not hold; empty: nothing.
func (s *scene) fault(r *audit.Rule, v *verdict) string {
	got := v.of(r)
	check := v.checks[r.ID]
	switch {
	case s.severity == audit.SeverityNone && len(got) > 0:
		return fmt.Sprintf("is not silent: %s, %s", got[0].Severity, got[0].Message)
	case s.severity == audit.SeverityNone && check.Failed > 0:
		return fmt.Sprintf("%d checks failed without a finding", check.Failed)
	case check.Checked == 0 && s.count > 0:
		return "the rule did not look at anything"
	case s.severity == audit.SeverityNone:
		return ""
	case len(got) != 1:
		return fmt.Sprintf("%d findings, want 1", len(got))
	case got[0].Severity != s.severity:
		return fmt.Sprintf("is a %s: %s", got[0].Severity, got[0].Message)
	case got[0].Count != s.count || check.Failed == 0:
		return fmt.Sprintf("count %d, %d checks failed, want %d", got[0].Count, check.Failed, s.count)
	case !complete(got[0]):
		return fmt.Sprintf("something is missing in %+v", got[0])
	case check.Failed > check.Checked:
		return fmt.Sprintf("%d failed of %d checked", check.Failed, check.Checked)
	}
	return ""
}

// complete tells that a finding says all that one has to: what and when, what
// was seen against what was wanted, and the remedy.
func complete(f *audit.Finding) bool {
	return f.Time > 0 && f.LastTime >= f.Time && f.Message != "" && f.Seen != "" && f.Wanted != "" && f.Remedy != "" &&
		(f.Connection > 0 || audit.Rules[f.Rule].Group == "the capture itself") && (f.Length == 0 || f.PDU > 0 || f.Frame > 0)
}

// lines writes findings down, those of the rule in full.
func (v *verdict) lines(r *audit.Rule) string {
	var b strings.Builder
	for i := range v.findings {
		x := &v.findings[i]
		fmt.Fprintf(&b, "%s %s", x.Severity, x.Rule)
		if x.PDU > 0 {
			fmt.Fprintf(&b, ", pdu %d", x.PDU)
		}
		if x.Count > 1 {
			fmt.Fprintf(&b, ", %d times", x.Count)
		}
		if v.worst[i] > x.Severity {
			fmt.Fprintf(&b, ", %s at first", v.worst[i])
		}
		if x.Rule != r.ID {
			b.WriteString("\n")
			continue
		}
		if x.Length > 0 {
			fmt.Fprintf(&b, ", octets %d+%d", x.Offset, x.Length)
		}
		if x.Field != "" {
			fmt.Fprintf(&b, ", %s", x.Field)
		}
		fmt.Fprintf(&b, "\n\t%s\n\tseen: %s\n\twanted: %s\n", x.Message, x.Seen, x.Wanted)
	}
	return b.String()
}

// Every rule of the catalogue has a script in which it fires once, for each
// severity that it can have, and one that nearly makes it fire.
func TestRules(t *testing.T) {
	for i := range audit.Rules {
		r := &audit.Rules[i]
		t.Run(r.Name, func(t *testing.T) {
			f := readRule(t, r)
			shown := map[audit.Severity]bool{}
			for j := range f.scenes {
				s := &f.scenes[j]
				shown[s.severity] = true
				v := f.play(t, s, nil)
				if fault := s.fault(r, v); fault != "" {
					t.Errorf("%s: %s\n%s", s.name, fault, v.lines(r))
				}
				f.compare(t, s, v.lines(r))
			}
			for _, severity := range [...]audit.Severity{audit.SeverityNone, r.Severity, r.Max} {
				if !shown[severity] {
					t.Errorf("%s has no scene with %q", f.path, severity)
				}
			}
		})
	}
}

// compare holds what a scene came to against its want section.
func (f *ruleFile) compare(t *testing.T, s *scene, got string) {
	t.Helper()
	want := ""
	if s.want != nil {
		want = string(s.want.Data)
	}
	if got == want {
		return
	}
	if !*update {
		t.Errorf("%s (-want +got):\n%s", s.name, gocmp.Diff(want, got))
		return
	}
	f.write(t, s, got)
}

// write puts a want section behind its scene.
func (f *ruleFile) write(t *testing.T, s *scene, got string) {
	t.Helper()
	var files []txtar.File
	mine := false
	for _, x := range f.archive.Files {
		if mine && x.Name == "want" {
			continue // the old one
		}
		files = append(files, x)
		if mine = x.Name == s.name; mine {
			files = append(files, txtar.File{Name: "want", Data: []byte(got)})
		}
	}
	f.archive.Files = files
	if err := os.WriteFile(f.path, txtar.Format(f.archive), 0o600); err != nil {
		t.Fatal(err)
	}
}

// No file is left of a rule that is no more.
func TestRuleFiles(t *testing.T) {
	files, err := os.ReadDir(ruleScripts)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range files {
		if _, ok := audit.RuleByName(strings.TrimSuffix(x.Name(), ".txtar")); !ok {
			t.Errorf("%s belongs to no rule", x.Name())
		}
	}
}
