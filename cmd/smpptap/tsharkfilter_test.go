package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"smpptap/analyze/filter"
	"smpptap/internal/cost"
)

// filterCase is a line of testdata/filters.txt.
type filterCase struct {
	filter, path     string
	difference, line string
}

// filterCases reads "filter | file | difference | reason" lines. The difference
// is "=" or "+N -M": rows that only smpptap, only tshark has, and needs a reason.
func filterCases(t *testing.T, list string) []filterCase {
	t.Helper()
	b, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	var out []filterCase
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, " | ")
		if len(cells) < 3 || cells[2] != "=" && (len(cells) != 4 || cells[3] == "") {
			t.Errorf("%s: not a filter, a file, a difference and its reason: %s", list, line)
			continue
		}
		out = append(out, filterCase{cells[0], capturePath(t, cells[1]), cells[2], line})
	}
	return out
}

// capturePath finds a capture of the corpus or of samples; without the corpus
// it is empty.
func capturePath(t *testing.T, file string) string {
	t.Helper()
	path := filepath.Join(samplesDir, file)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	path = filepath.Join(corpusDir, file)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if _, err := os.Stat(corpusDir); err == nil {
		t.Errorf("no capture %s", file)
	}
	return ""
}

// TestFiltersTshark compares the rows that `read -Y FILTER -T fields` gives
// with those of the tshark that is installed.
func TestFiltersTshark(t *testing.T) {
	tshark := needTool(t, "tshark")
	cases := filterCases(t, "testdata/filters.txt")
	if len(cases) < 60 {
		t.Errorf("only %d filters", len(cases))
	}
	inParallel(len(cases), func(i int) {
		c := &cases[i]
		if c.path == "" || cost.Race && i%5 > 0 { // most of the time is tshark's
			return
		}
		args := []string{"-Y", c.filter, "-T", "fields", "-e", "frame.number", "-e", "smpp.command_id", "-e", "smpp.sequence_number"}
		theirs, err := tsharkRows(t, tshark, c.path, args...)
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			return
		}
		theirs = splitRows(theirs)
		ours, err := ownRows(t, c.path, args...)
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			return
		}
		if got := rowDifference(ours, theirs); got != c.difference {
			t.Errorf("%s\n  found: %s (smpptap %d rows, tshark %d)", c.line, got, len(ours), len(theirs))
		}
	})
}

// inParallel calls do for 0 to n-1 on as many goroutines as there are processors.
func inParallel(n int, do func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// tsharkRows runs tshark over a capture.
func tsharkRows(t *testing.T, tshark, path string, args ...string) ([]string, error) {
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), tshark, append([]string{"-r", path, "-d", "tcp.port==2775,smpp"}, args...)...)
	cmd.Env = append(os.Environ(), "TZ=UTC")
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("tshark: %w: %s", err, errs.String())
	}
	return rowsOf(string(out)), nil
}

// ownRows runs smpptap over it.
func ownRows(t *testing.T, path string, args ...string) ([]string, error) {
	var out, errs bytes.Buffer
	args = append([]string{"read", "--profile", "smpp34", "-q", path}, args...)
	if code := run(t.Context(), args, strings.NewReader(""), &out, &errs); code != exitOK {
		return nil, fmt.Errorf("smpptap: exit %d: %s", code, errs.String())
	}
	return rowsOf(out.String()), nil
}

func rowsOf(out string) []string {
	var rows []string
	for line := range strings.Lines(out) {
		rows = append(rows, strings.TrimSuffix(line, "\n"))
	}
	return rows
}

// splitRows makes a row of each PDU of a packet. The first field is the
// packet's, the others have a value a PDU.
func splitRows(rows []string) []string {
	var out []string
	for _, row := range rows {
		cells := strings.Split(row, "\t")
		n := strings.Count(cells[len(cells)-1], ",") + 1
		for i := range n {
			one := []string{cells[0]}
			for _, cell := range cells[1:] {
				one = append(one, strings.Split(cell, ",")[i])
			}
			out = append(out, strings.Join(one, "\t"))
		}
	}
	return out
}

// rowDifference counts the rows that only one side has.
func rowDifference(ours, theirs []string) string {
	left := slices.Clone(theirs)
	added := 0
	for _, row := range ours {
		if i := slices.Index(left, row); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			added++
		}
	}
	if added == 0 && len(left) == 0 {
		return "="
	}
	return fmt.Sprintf("+%d -%d", added, len(left))
}

// fieldCaptures are captures of which TestFieldsTshark compares all values.
var fieldCaptures = []string{
	"s03_binds_versions.pcap", "s04_encodings.pcap", "s05_long_messages.pcap", "s06_v5_broadcast.pcap",
	"s07_ancillary.pcap", "s08_receipts.pcap", "s12_outbind_alert.pcap", "s26_malformed.pcap",
	"s28_vendor_tlvs.pcap", "submit_multi.pcap", "tlvs_on_33.pcap",
}

// TestFieldsTshark compares what -T fields writes of every field that both
// know, in packets with one PDU. Passwords are masked here and left out.
func TestFieldsTshark(t *testing.T) {
	tshark := needTool(t, "tshark")
	names := []string{"frame.number", "smpp.sequence_number"}
	fields := filter.Fields()
	for i := range fields {
		name := fields[i].Name
		if strings.HasPrefix(name, "smpptap.") || strings.HasPrefix(name, "_ws.") || !strings.Contains(name, ".") ||
			name == "smpp.password" || slices.Contains(names, name) {
			continue
		}
		names = append(names, name)
	}
	args := []string{"-Y", "smpp", "-T", "fields"}
	for _, name := range names {
		args = append(args, "-e", name)
	}
	var mutex sync.Mutex
	diffs := differences{}
	inParallel(len(fieldCaptures), func(i int) {
		path := capturePath(t, fieldCaptures[i])
		if path == "" {
			return
		}
		theirs, err := tsharkRows(t, tshark, path, args...)
		if err != nil {
			t.Error(err)
			return
		}
		ours, err := ownRows(t, path, args...)
		if err != nil {
			t.Error(err)
			return
		}
		byFrame := map[string][]string{}
		for _, row := range ours {
			cells := strings.Split(row, "\t")
			byFrame[cells[0]] = cells
		}
		mutex.Lock()
		defer mutex.Unlock()
		for _, row := range theirs {
			cells := strings.Split(row, "\t")
			own := byFrame[cells[0]]
			if own == nil || own[1] != cells[1] {
				continue // several PDUs in the packet
			}
			for j, theirValue := range cells {
				if kind := valueDifference(own[j], theirValue); kind != "" {
					diffs[difference{fieldCaptures[i], names[j], kind}]++
				}
			}
		}
	})
	if _, err := os.Stat(corpusDir); err != nil {
		t.Skip("the corpus is not beside this checkout")
	}
	diffs.check(t, "testdata/tshark-fields.txt")
}

func valueDifference(ours, theirs string) string {
	switch {
	case ours == theirs:
		return ""
	case ours == "":
		return "only tshark has a value"
	case theirs == "":
		return "only smpptap has a value"
	}
	return "another value"
}
