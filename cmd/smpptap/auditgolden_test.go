package main

import (
	"bytes"
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// extracts are what golden files hold of the formats: all that comes from the
// capture, not the catalogue's texts of the rules that passed, nor what
// changes with the program and the built-in profiles.
var extracts = map[string]func(*testing.T, string) string{
	"html": htmlExtract, "markdown": markdownExtract, "junit": junitExtract, "sarif": sarifExtract,
}

var (
	passedRules = regexp.MustCompile(`(?s)(### |<h3>)(Passed|Not observed|Off) .*?(\n## |</section>)`)
	ruleCounts  = regexp.MustCompile(`(?m)^.*\d+ failed, \d+ passed.*\n`)
	profileFact = regexp.MustCompile(`(?m)^.*(profile|[0-9a-f]{64} \(of smpptap).*\n`)
	tags        = regexp.MustCompile(`<[^>]*>`)
	blankLines  = regexp.MustCompile(`\n{3,}`)
)

func changing(s string) string {
	return profileFact.ReplaceAllString(ruleCounts.ReplaceAllString(s, ""), "")
}

func markdownExtract(_ *testing.T, s string) string {
	return changing(passedRules.ReplaceAllString(s, "$3"))
}

// htmlExtract is the text of the page, with marks in brackets.
func htmlExtract(_ *testing.T, s string) string {
	s = passedRules.ReplaceAllString(s[strings.Index(s, "<body>"):], "$3")
	s = strings.NewReplacer("<mark>", "[", "</mark>", "]", "</td>", " | ", "</dt>", ": ").Replace(s)
	s = regexp.MustCompile(`<path class="([a-z]+)" d="([^"]*)"/>`).ReplaceAllString(s, "$1: $2")
	return blankLines.ReplaceAllString(changing(html.UnescapeString(tags.ReplaceAllString(s, ""))), "\n\n")
}

var silentCase = regexp.MustCompile(`(?s) *<testcase [^>]*>(</testcase>|\s*<skipped>[^<]*</skipped>\s*</testcase>)\n`)

func junitExtract(_ *testing.T, s string) string {
	s = regexp.MustCompile(` (tests|skipped)="\d+"`).ReplaceAllString(silentCase.ReplaceAllString(s, ""), "")
	return regexp.MustCompile(`(?m)^ *<property name="(tool|profile[^"]*)".*\n`).ReplaceAllString(s, "")
}

func sarifExtract(t *testing.T, s string) string {
	var log struct {
		Runs []struct {
			Artifacts, Results any
		} `json:"runs"`
	}
	if err := json.Unmarshal([]byte(s), &log); err != nil {
		t.Fatal(err)
	}
	for _, r := range log.Runs[0].Results.([]any) {
		delete(r.(map[string]any), "ruleIndex") // a rule more changes it
	}
	b := &bytes.Buffer{}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(log.Runs[0]); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestReportsGolden holds the reports of a sample against what is checked in.
func TestReportsGolden(t *testing.T) {
	for format, extract := range extracts {
		t.Run(format, func(t *testing.T) {
			got := extract(t, runIn(t, "audit", "-T", format, filepath.Join(samplesDir, "wrong_system_type.pcap")))
			path := filepath.Join("testdata", "reports", "wrong_system_type."+format)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
				t.Errorf("checked in (-) against this (+); -update rewrites it:\n%s", d)
			}
		})
	}
}

// TestReportsOfAll: every capture there is gives every format, the page,
// in which everything stands, with the same octets each time.
func TestReportsOfAll(t *testing.T) {
	var captures []string
	for _, pattern := range []string{samplesDir + "/*.pcap", corpusDir + "/*.pcap*", corpusDir + "/public/*", corpusDir + "/public/*/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		captures = append(captures, found...)
	}
	captures = slices.DeleteFunc(captures, func(path string) bool {
		return !regexp.MustCompile(`\.(pcap|pcapng|cap)(\.gz)?$`).MatchString(path)
	})
	if len(captures) < 10 {
		t.Fatalf("%d captures", len(captures))
	}
	for _, path := range captures {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			for format := range extracts {
				first := runIn(t, "audit", "-T", format, path)
				if format == "html" && first != runIn(t, "audit", "-T", format, path) {
					t.Error("two pages differ")
				}
				if dir, err := filepath.Abs(filepath.Dir(path)); err != nil || strings.Contains(first, dir) {
					t.Errorf("%s tells where the capture lay (%v)", format, err)
				}
			}
		})
	}
}
