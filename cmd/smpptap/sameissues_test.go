package main

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smpptap/internal/smpptest"
)

// TestSameIssues: what is wrong with a PDU is what was sent, not what its
// masked copy reads as, and the same while reading, pasted and from the record.
func TestSameIssues(t *testing.T) {
	odd := smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": "acme", "password": "secret", "interface_version": 0x34, "addr_ton": 9})
	early := smpptest.Build("submit_sm", 2, smpptest.F{"short_message": "hi"}, smpptest.Trailing("xyz"))
	bind := smpptest.Build("bind_transceiver", 3, smpptest.F{"system_id": "acme", "password": "secret", "interface_version": 0x34})
	resp := smpptest.Build("bind_transceiver_resp", 3, smpptest.F{"system_id": "SMSC"}, smpptest.TLV8(0x0210, 0x34))
	broken := smpptest.Build("submit_sm", 4, smpptest.F{"priority_flag": 9, "short_message": "hi"}, smpptest.Trailing("xyz"))
	want := []string{"field-reserved addr_ton", "body-trailing", "", "", "body-trailing, field-reserved priority_flag"}

	talk := smpptest.NewTalk("10.0.0.1:40000", "10.0.0.2:2775").Open().Data(0, string(odd)).Data(0, string(early)).
		Data(0, string(bind)).Data(1, string(resp)).Data(0, string(broken)).Shut(0)
	dir := t.TempDir()
	path, db := filepath.Join(dir, "c.pcap"), filepath.Join(dir, "c.db")
	if err := os.WriteFile(path, smpptest.Pcap{Nano: true}.Write(smpptest.Packets(talk.Segments)...), 0o600); err != nil {
		t.Fatal(err)
	}
	analysed(t, "analyze", "-q", "--db", db, path)
	var pasted strings.Builder
	for _, b := range [][]byte{odd, early, bind, resp, broken} {
		pasted.WriteString(hex.EncodeToString(b) + "\n")
	}
	_, decoded, _ := decodeText(pasted.String(), "--profile", "smpp34", "-T", "ndjson")
	for how, out := range map[string]string{
		"read":   analysed(t, "read", "-q", "-T", "ndjson", path),
		"pdus":   analysed(t, "pdus", "--db", db, "-T", "ndjson"),
		"decode": decoded,
	} {
		want := slices.Clone(want)
		if how == "pdus" {
			want[1] = "" // masked whole before the bind: only the findings tell
		}
		if got := issueNames(t, out); !slices.Equal(got, want) {
			t.Errorf("%s: %q, not %q", how, got, want)
		}
	}
}

// analysed runs smpptap by the bare specification.
func analysed(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs strings.Builder
	if code := run(t.Context(), append(args, "--profile", "smpp34"), strings.NewReader(""), &out, &errs); code != exitOK {
		t.Fatalf("%q: exit %d: %s", args, code, errs.String())
	}
	return out.String()
}

// issueNames gives the code and field of each issue, a string a PDU.
func issueNames(t *testing.T, ndjson string) []string {
	t.Helper()
	var names []string
	for line := range strings.Lines(ndjson) {
		var p struct {
			Issues []struct{ Code, Field string }
		}
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, i := range p.Issues {
			list = append(list, strings.TrimSpace(i.Code+" "+i.Field))
		}
		names = append(names, strings.Join(list, ", "))
	}
	return names
}
