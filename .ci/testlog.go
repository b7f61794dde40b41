//go:build ignore

// Reads what `go test -json` wrote and says what a reader of CI wants to know:
// which tests failed, and then what each of them said, whole and unmixed. It
// exits with 1 when a test failed or was skipped.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

type result struct {
	pkg, test, action string
	elapsed           float64
	said              []string
}

// own is what the test said itself, without the lines about its beginning and
// end.
func (r *result) own() (lines []string) {
	for _, line := range r.said {
		if !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(strings.TrimLeft(line, " "), "--- ") {
			lines = append(lines, line)
		}
	}
	return lines
}

func main() {
	f, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	results, races, other := read(f)
	var failed, skipped, passed []*result
	for _, r := range results {
		switch {
		case r.action == "fail" || r.action == "": // it never ended
			failed = append(failed, r)
		case r.action == "skip" && r.test != "":
			skipped = append(skipped, r)
		case r.action == "pass" && r.test != "":
			passed = append(passed, r)
		case r.action == "pass":
			fmt.Printf("ok  \t%s\t%.3fs\n", r.pkg, r.elapsed)
		}
	}
	slices.SortFunc(passed, func(a, b *result) int { return cmp.Compare(b.elapsed, a.elapsed) })
	for _, r := range passed[:min(5, len(passed))] {
		fmt.Printf("%7.1fs %s %s\n", r.elapsed, r.pkg, r.test)
	}
	fmt.Printf("%d tests passed, %d skipped\n", len(passed), len(skipped))
	for _, r := range append(failed, skipped...) {
		fmt.Println(strings.ToUpper(cmp.Or(r.action, "not ended")), r.pkg, r.test)
	}
	for _, r := range append(failed, skipped...) {
		if own := r.own(); len(own) > 0 {
			fmt.Printf("\n---- %s %s\n%s", r.pkg, r.test, strings.Join(shortened(own), ""))
		}
	}
	if len(failed) > 0 {
		fmt.Print("\n", strings.Join(shortened(races), ""), strings.Join(shortened(other), ""))
	}
	if len(failed)+len(skipped) > 0 || len(passed) == 0 {
		os.Exit(1)
	}
}

// read collects the results in their order, the reports of the race detector,
// which may stand with any test that ran at the time, and what is of no test.
func read(f *os.File) (results []*result, races, other []string) {
	index := make(map[[2]string]*result)
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	racing := make(map[string]bool)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Package == "" {
			other = append(other, cmp.Or(e.Output, lines.Text()+"\n"))
			continue
		}
		r := index[[2]string{e.Package, e.Test}]
		if r == nil {
			r = &result{pkg: e.Package, test: e.Test}
			index[[2]string{e.Package, e.Test}] = r
			results = append(results, r)
		}
		switch e.Action {
		case "pass", "fail", "skip":
			r.action, r.elapsed = e.Action, e.Elapsed
		case "output":
			r.said = append(r.said, e.Output)
			if strings.Contains(e.Output, "WARNING: DATA RACE") {
				racing[e.Package] = true
			}
			if racing[e.Package] {
				races = append(races, e.Output)
				racing[e.Package] = !strings.HasPrefix(e.Output, "=======")
			}
		}
	}
	return results, races, other
}

// shortened leaves out the middle of what is longer than anyone reads.
func shortened(lines []string) []string {
	const most = 300
	if len(lines) <= most {
		return lines
	}
	gap := fmt.Sprintf("... %d lines left out ...\n", len(lines)-most)
	return slices.Concat(lines[:most/2], []string{gap}, lines[len(lines)-most/2:])
}
