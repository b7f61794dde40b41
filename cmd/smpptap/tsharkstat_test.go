package main

import (
	"bytes"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

var countLine = regexp.MustCompile(`^ *(\S+(?: \S+)*) {2,}([0-9,]+)\b`)

// commandCounts reads the tree of commands: names as the specification has them.
func commandCounts(out string) map[string]int {
	counts := map[string]int{}
	for line := range strings.Lines(out) {
		m := countLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		name := strings.ReplaceAll(strings.ToLower(m[1]), " - ", "_")
		switch name {
		case "ok":
			name = "esme_rok"
		case "smpp operations", "smpp requests", "smpp responses", "smpp response status":
		default:
			if !strings.Contains(name, "_") && name != "unbind" && name != "outbind" {
				continue // a status: tshark's words are others
			}
		}
		counts[name], _ = strconv.Atoi(strings.ReplaceAll(m[2], ",", ""))
	}
	return counts
}

// TestCommandTreeTshark compares -z smpp_commands,tree where tshark sees all PDUs.
func TestCommandTreeTshark(t *testing.T) {
	tshark := needTool(t, "tshark")
	for _, file := range []string{"s08_receipts.pcap", "s15_many_in_one.pcap", "s07_ancillary.pcap", "clean_trx.pcap"} {
		path := capturePath(t, file)
		if path == "" {
			continue
		}
		rows, err := tsharkRows(t, tshark, path, "-q", "-z", "smpp_commands,tree")
		if err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"read", "-q", "-z", "smpp_commands,tree", path}, nil, &out, &errs); code != exitOK {
			t.Fatal(errs.String())
		}
		want, got := commandCounts(strings.Join(rows, "\n")), commandCounts(out.String())
		maps.DeleteFunc(got, func(name string, _ int) bool { return strings.HasPrefix(name, "esme_") && name != "esme_rok" })
		if d := gocmp.Diff(want, got); d != "" || len(got) < 5 {
			t.Errorf("%s: tshark (-) against smpptap (+):\n%s", file, d)
		}
	}
}
