package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smpptap/internal/smpptest"
)

// planted is a capture with a password, numbers and a text to look for.
func planted(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "c.pcap")
	talk := conversation("10.0.0.2:2775",
		string(smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": "acme", "password": "s3cr3tpw", "system_type": "cp", "interface_version": 0x34})),
		string(smpptest.Build("bind_transceiver_resp", 1, smpptest.F{"system_id": "SMSC"})),
		string(smpptest.Build("submit_sm", 2, smpptest.F{"source_addr": "CANARYSENDER", "destination_addr": "919812345678", "data_coding": 3, "short_message": text})),
		string(smpptest.Build("submit_sm_resp", 2, smpptest.F{"message_id": "77"}, smpptest.Status(0x0B))))
	if err := os.WriteFile(path, talk, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// everywhere gives all that a record is handed on as, and all that it is.
func everywhere(t *testing.T, db string, args ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, what := range []string{whatPDUs, whatSessions, whatMessages, whatFindings} {
		for _, format := range []string{"ndjson", "json", "csv"} {
			all[what+" as "+format] = tells(t, append([]string{"export", "--db", db, "--what", what, "-T", format, "-x"}, args...)...)
		}
	}
	for _, format := range []string{"table", "json"} {
		all["trace as "+format] = tells(t, append([]string{"trace", "--db", db, "--since", "1971-01-01", "-T", format}, args...)...)
	}
	for _, format := range []string{"tree", "json"} {
		all["show as "+format] = tells(t, append([]string{"show", "3", "--db", db, "-T", format}, args...)...)
	}
	all["packets"] = tells(t, append([]string{"export", "--db", db, "-T", "pcapng"}, args...)...)
	if len(args) > 0 { // the words of a filter are masked too
		args = append([]string{"-Y", `smpp.destination_addr == "919812345678" or smpp`}, args...)
	}
	_, files := bundled(t, db, args...)
	for _, f := range files {
		all["bundle's "+f.name] = string(f.text)
	}
	return all
}

// lacks fails where a canary is, as it is or in hexadecimal.
func lacks(t *testing.T, where, in string, canaries ...string) {
	t.Helper()
	for _, canary := range canaries {
		for _, x := range []string{canary, hexOf(canary)} {
			if strings.Contains(in, x) {
				t.Errorf("%s: %s", where, x)
			}
		}
	}
}

func hexOf(s string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(digits[s[i]>>4])
		b.WriteByte(digits[s[i]&15])
	}
	return b.String()
}

// TestExportCanaries: a password is in nothing that is recorded, exported or
// logged; with --redact numbers and texts are not either, whether that was
// said when recording or when exporting.
func TestExportCanaries(t *testing.T) {
	source := planted(t, "canary in the mine")
	dir := t.TempDir()
	const password = "s3cr3tpw"
	personal := []string{"CANARYSENDER", "919812345678", "91981234567", "canary in"}
	for _, redact := range []string{"none", "all"} {
		db := filepath.Join(dir, redact+".db")
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"analyze", "-vv", "--redact", redact, "--db", db, source}, nil, &out, &errs); code != exitOK {
			t.Fatal(code, errs.String())
		}
		recorded := map[string]string{"summary": out.String(), "log": errs.String()}
		paths, err := filepath.Glob(db + "*") // its log too
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			recorded[filepath.Base(path)] = string(b)
		}
		for where, text := range recorded {
			lacks(t, where, text, password)
			if redact == "all" {
				lacks(t, where, text, personal...)
			}
		}
		for where, text := range everywhere(t, db) {
			lacks(t, where, text, password)
			if redact == "all" {
				lacks(t, where, text, personal...)
			}
		}
		for where, text := range everywhere(t, db, "--redact", "all") {
			lacks(t, where, text, append(personal, password)...)
		}
		if found := strings.Contains(tells(t, "export", "--db", db, "-T", "ndjson"), personal[0]); found != (redact == "none") {
			t.Errorf("%s: numbers are in the export: %v", redact, found)
		}
	}
}

// TestExportFormulas: no cell of a CSV begins as a formula or holds what acts
// on a terminal, and every row has all cells.
func TestExportFormulas(t *testing.T) {
	for _, text := range []string{
		`=HYPERLINK("http://x","y")`, "+1+cmd|' /C calc'!A0", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "a,\"b\"\nc", "\x1b[2Jx",
	} {
		shown := 0
		db := recordedIn(t, planted(t, text))
		for _, what := range []string{whatPDUs, whatSessions, whatMessages, whatFindings} {
			out := tells(t, "export", "--db", db, "-T", "csv", "--what", what)
			if strings.Contains(out, "\x1b") {
				t.Errorf("%s of %q: %q", what, text, out)
			}
			rows, err := csv.NewReader(strings.NewReader(out)).ReadAll() // fails for rows of unlike length
			if err != nil || len(rows) < 2 {
				t.Fatalf("%s of %q: %v", what, text, err)
			}
			for _, row := range rows {
				for _, cell := range row {
					if strings.Contains(cell, text[len(text)-2:]) {
						shown++
					}
					if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
						t.Errorf("%s of %q: %q", what, text, cell)
					}
				}
			}
		}
		if shown == 0 {
			t.Errorf("%q is in no CSV", text)
		}
	}
}
