package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// told is a report's JSON as far as diagnoses go.
type told struct {
	Diagnoses []struct {
		ID, Title, Severity, Seen, Concluded, Remedy string
		Findings                                     []int
		Connection, PDU, Count                       int64
	}
	Findings []struct{ Rule, Severity string }
}

// TestDiagnoses plays the scenarios of testdata/diagnoses. Each says which
// diagnosis comes first, or never, and what is told in all.
func TestDiagnoses(t *testing.T) {
	paths, _ := filepath.Glob("testdata/diagnoses/*.txtar")
	named := make(map[string]bool)
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(a.Comment)) {
			if id, ok := strings.CutPrefix(line, "first "); ok {
				named[strings.TrimSpace(id)] = true
			}
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			variant := strings.Contains(filepath.Base(path), "_")
			got := diagnosed(t, string(a.Files[0].Data), profileOf(string(a.Comment)), !variant)
			for _, line := range strings.Split(string(a.Comment), "\n") {
				got.holds(t, line)
			}
			got.golden(t, path, a)
		})
	}
	for i := 1; i <= 30; i++ {
		if id := fmt.Sprintf("D%02d", i); !named[id] {
			t.Errorf("no scenario in which %s comes first", id)
		}
	}
}

var profileLine = regexp.MustCompile(`(?m)^profile (\S+)$`)

func profileOf(comment string) string {
	if m := profileLine.FindStringSubmatch(comment); m != nil {
		return m[1]
	}
	return "kaleyra"
}

// diagnosed audits a scenario, from the capture and, where it is recorded, from
// a database, which have to tell the same.
func diagnosed(t *testing.T, script, profile string, recorded bool) *told {
	t.Helper()
	dir := t.TempDir()
	file, db := filepath.Join(dir, "a.pcap"), filepath.Join(dir, "a.db")
	s := scenario{t: t}
	if err := os.WriteFile(file, s.capture(script), 0o600); err != nil {
		t.Fatal(err)
	}
	report := func(args ...string) string {
		var out, errs strings.Builder
		if code := run(t.Context(), args, strings.NewReader(""), &out, &errs); code != 0 {
			t.Fatalf("%v: exit %d: %s", args, code, errs.String())
		}
		return out.String()
	}
	fromFile := report("audit", "-T", "json", "--fail-on", "never", "--profile", profile, file)
	if recorded {
		report("analyze", "-q", "--profile", profile, "--db", db, file)
		fromDB := report("audit", "-T", "json", "--fail-on", "never", "--profile", profile, db)
		if fromFile != fromDB {
			t.Errorf("file (-) against database (+):\n%s", cmp.Diff(fromFile, fromDB))
		}
	}
	var got told
	if err := json.Unmarshal([]byte(fromFile), &got); err != nil {
		t.Fatal(err)
	}
	return &got
}

// holds checks a line of a scenario: `first D04`, `never D05`, `mild D08`: at
// most a warning.
func (d *told) holds(t *testing.T, line string) {
	t.Helper()
	verb, id, _ := strings.Cut(line, " ")
	switch verb {
	case "first":
		if len(d.Diagnoses) == 0 || d.Diagnoses[0].ID != id {
			t.Errorf("%s does not come first", id)
		}
	case "never":
		for _, x := range d.Diagnoses {
			if x.ID == id {
				t.Errorf("%s is told: %s", id, x.Seen)
			}
		}
	case "mild":
		for _, x := range d.Diagnoses {
			if x.ID == id && x.Severity == "error" {
				t.Errorf("%s is an error: %s", id, x.Seen)
			}
		}
	}
}

func (d *told) golden(t *testing.T, path string, a *txtar.Archive) {
	t.Helper()
	got := d.text()
	if *update {
		a.Files = append(a.Files[:1], txtar.File{Name: "want", Data: []byte(got)})
		if err := os.WriteFile(path, txtar.Format(a), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if len(a.Files) != 2 {
		t.Fatal("nothing to compare with")
	}
	if diff := cmp.Diff(string(a.Files[1].Data), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// text writes the diagnoses, and the rules above notes that prove none.
func (d *told) text() string {
	var b strings.Builder
	proof := make(map[int]bool)
	for _, x := range d.Diagnoses {
		var rules []string
		for _, i := range x.Findings {
			proof[i] = true
			if r := d.Findings[i].Rule; !slices.Contains(rules, r) {
				rules = append(rules, r)
			}
		}
		fmt.Fprintf(&b, "%s %s %s: %d times, connection %d, pdu %d, by %s\n  seen %s\n  concluded %s\n  remedy %s\n",
			x.Severity, x.ID, x.Title, x.Count, x.Connection, x.PDU, strings.Join(rules, " "), x.Seen, x.Concluded, x.Remedy)
	}
	for i, f := range d.Findings {
		if !proof[i] && f.Severity != "note" {
			fmt.Fprintf(&b, "beside them %s %s\n", f.Severity, f.Rule)
		}
	}
	if b.Len() == 0 {
		return "nothing\n"
	}
	return b.String()
}

// TestCleanCaptures: nothing is wrong where nothing is wrong, nor where the
// capture alone is damaged.
func TestCleanCaptures(t *testing.T) {
	for _, c := range corpus[expected](t, filepath.Join(corpusDir, "expected.yaml")) {
		damaged := strings.HasPrefix(c.File, "s20_") || strings.HasPrefix(c.File, "s21_") || strings.HasPrefix(c.File, "s22_")
		if !c.Clean && !damaged {
			continue
		}
		var out, errs strings.Builder
		args := []string{"audit", "-T", "json", "--fail-on", "never", "--profile", "smpp34", filepath.Join(corpusDir, c.File)}
		if code := run(t.Context(), args, strings.NewReader(""), &out, &errs); code != 0 {
			t.Errorf("%s: exit %d: %s", c.File, code, errs.String())
		}
		var got told
		if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
			t.Fatal(err)
		}
		for _, d := range got.Diagnoses {
			t.Errorf("%s: %s %s: %s", c.File, d.ID, d.Title, d.Seen)
		}
	}
}
