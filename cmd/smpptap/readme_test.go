package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// smpptap runs a command in the checkout's root, as the README does.
func smpptap(t *testing.T, args ...string) string {
	t.Helper()
	t.Chdir("../..")
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("smpptap %s: exit %d\n%s", strings.Join(args, " "), code, errs.String())
	}
	t.Chdir("cmd/smpptap")
	return out.String()
}

func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestReadmeTranscript: what the README shows is what the program prints.
func TestReadmeTranscript(t *testing.T) {
	_, rest, ok := strings.Cut(readme(t), "## What the first one prints\n\n```\n")
	shown, _, end := strings.Cut(rest, "```\n")
	if !ok || !end {
		t.Fatal("the README has no transcript")
	}
	got := smpptap(t, "analyze", "--no-db", "--time", "utc", "samples/wrong_system_type.pcap")
	lines := strings.Split(got, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	if d := gocmp.Diff(shown, strings.Join(lines, "\n")); d != "" {
		t.Errorf("README (-) against the program (+):\n%s", d)
	}
}

var readmeQuery = regexp.MustCompile(`(?s)sqlite3 smpptap\.db (?:'([^']*)'|"([^"]*)")`)

// TestReadmeQueries runs the README's queries on a database of two samples.
func TestReadmeQueries(t *testing.T) {
	db := filepath.Join(t.TempDir(), "x.db")
	for _, s := range []string{"wrong_system_type", "refused_throttled"} {
		smpptap(t, "analyze", "-q", "--db", db, "samples/"+s+".pcap")
	}
	queries := readmeQuery.FindAllStringSubmatch(readme(t), -1)
	if len(queries) < 5 {
		t.Fatalf("%d queries in the README", len(queries))
	}
	for _, q := range queries {
		if out := smpptap(t, "sql", "--db", db, q[1]+q[2]); strings.Count(out, "\n") < 3 {
			t.Errorf("%s gives\n%s", q[1]+q[2], out)
		}
	}
}

// TestReadmeKeeping runs what the README says of keeping the record.
func TestReadmeKeeping(t *testing.T) {
	_, section, _ := strings.Cut(readme(t), "\n## Keeping the record\n")
	section, _, _ = strings.Cut(section, "\n## ")
	sample, err := filepath.Abs("../../samples/clean_trx.pcap")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, name := range []string{"smpptap-20261123T100000.db", "monday.db", "tuesday.db"} {
		readmeLine(t, "smpptap analyze -q --db "+name+" "+sample)
	}
	n := 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(section, -1) {
		for line := range strings.Lines(block[1]) {
			command, _, _ := strings.Cut(strings.TrimSpace(line), "   ") // what follows says what it does
			if strings.HasPrefix(command, "smpptap proxy ") {
				command += " --print unit" // its flags are read, and it ends
			}
			readmeLine(t, command)
			n++
		}
	}
	if n != 9 {
		t.Errorf("%d commands", n)
	}
}

var shellWord = regexp.MustCompile(`'([^']*)'|(\S+)`)

func readmeLine(t *testing.T, line string) {
	t.Helper()
	var args []string
	for _, w := range shellWord.FindAllStringSubmatch(line, -1) {
		args = append(args, w[1]+w[2])
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), args[1:], strings.NewReader(""), &out, &errs); code != 0 {
		t.Errorf("%s: exit %d\n%s", line, code, errs.String())
	}
}
