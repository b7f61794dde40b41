package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// recordedIn analyses a capture into a new database.
func recordedIn(t *testing.T, capture string, args ...string) (db string) {
	t.Helper()
	db = filepath.Join(t.TempDir(), "x.db")
	var errs bytes.Buffer
	args = append([]string{"analyze", "-q", "--db", db}, append(args, capture)...)
	if code := run(t.Context(), args, strings.NewReader(""), &bytes.Buffer{}, &errs); code != 0 && code != exitFailed {
		t.Fatalf("%s: exit %d: %s", capture, code, &errs)
	}
	return db
}

// tells runs the program and gives what it prints.
func tells(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("smpptap %s: exit %d: %s", strings.Join(args, " "), code, &errs)
	}
	return out.String()
}

// exported exports a database's packets and gives the file.
func exported(t *testing.T, db string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pcapng")
	tells(t, append([]string{"export", "--db", db, "-o", path}, args...)...)
	return path
}

// exportSources are all samples and, where they lie beside the checkout, the
// captures of the corpus.
func exportSources(t *testing.T) []string {
	t.Helper()
	samples, err := filepath.Glob(filepath.Join(samplesDir, "*.pcap"))
	if err != nil || len(samples) == 0 {
		t.Fatal("no samples", err)
	}
	more, err := filepath.Glob(filepath.Join(corpusDir, "s*.pcap*"))
	if err != nil {
		t.Fatal(err)
	}
	return append(samples, more...)
}

// exportedPDU is what a PDU of a record and of its packets have in common.
type exportedPDU struct {
	Time, Direction, Source, Destination, Raw string
	CommandLength                             int64 `json:"command_length"`
}

func exportedPDUs(t *testing.T, ndjson string) (out []exportedPDU) {
	t.Helper()
	for line := range strings.Lines(ndjson) {
		var p exportedPDU
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

// TestExportReads: the exported packets hold the recorded PDUs, octet for
// octet, with their times, ends and order, and the findings are the same but
// for those of exportAllowed.
func TestExportReads(t *testing.T) {
	for _, source := range exportSources(t) {
		t.Run(filepath.Base(source), func(t *testing.T) {
			db := recordedIn(t, source)
			path := exported(t, db)
			again := recordedIn(t, path)
			want := exportedPDUs(t, tells(t, "pdus", "--db", db, "-T", "ndjson", "-x"))
			got := exportedPDUs(t, tells(t, "pdus", "--db", again, "-T", "ndjson", "-x"))
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("recorded (-) against exported (+):\n%s", diff)
			}
			if diff := gocmp.Diff(exportFindings(t, db, source), exportFindings(t, again, source)); diff != "" {
				t.Errorf("findings of the record (-) and of its packets (+):\n%s", diff)
			}
		})
	}
}

// exportAllowed are differences in findings, by rule, or by capture and rule:
// what a record does not hold its packets cannot show.
var exportAllowed = map[string]string{
	"capture-duplicates":   "packets that stood twice were recorded once",
	"capture-lossy":        "says what was lost in octets and when the capture ended",
	"framing-gap":          "of several holes the record has the octets of all together; garbage is a hole in the export",
	"framing-garbage":      "octets that are no PDU are not recorded",
	"framing-length-small": "octets that are no PDU are not recorded",
	"framing-length-large": "octets that are no PDU are not recorded",
	"framing-not-smpp":     "octets that are no PDU are not recorded",
	"connection-silent":    "a connection without a PDU is not recorded",

	"s11_throttle_errors.pcap throttle-ignored":    "the rate in its text comes from where PDUs began in packets",
	"s16_bad_length.pcap unbind-missing":           "it could have stood in the garbage that is not recorded",
	"s16_bad_length.pcap closed-while-outstanding": "so could an unbind of the side that reset",
	"s17_garbage.pcap closed-while-outstanding":    "the same",
	"s26_malformed.pcap response-missing":          "its text tells the time up to the capture's last packet",
}

func exportFindings(t *testing.T, db, source string) (out []string) {
	t.Helper()
	for line := range strings.Lines(tells(t, "findings", "--db", db, "-T", "ndjson")) {
		var f struct {
			Rule, Severity, Time, Message string
			Count, PDU                    int64
		}
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatal(err)
		}
		if exportAllowed[f.Rule] == "" && exportAllowed[filepath.Base(source)+" "+f.Rule] == "" {
			out = append(out, fmt.Sprintf("%s %s %s %d pdu %d %s", f.Rule, f.Severity, f.Time, f.Count, f.PDU, f.Message))
		}
	}
	slices.Sort(out)
	return out
}

// TestExportComments: what findings say of a PDU stands in its packet's
// comments.
func TestExportComments(t *testing.T) {
	tshark := needTool(t, "tshark")
	path := exported(t, recordedIn(t, samplesDir+"/wrong_system_type.pcap"))
	out, err := exec.CommandContext(t.Context(), tshark, "-r", path, "-d", "tcp.port==2775,smpp", "-Y", "frame.comment", "-T", "fields",
		"-e", "smpp.command_id", "-e", "frame.comment").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"0x00000009\tnote cleartext-credentials: ", "error system-type: ", "0x80000009\terror bind-refused: "} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// TestExportSlice: a part of a connection is not accused of what was left out.
func TestExportSlice(t *testing.T) {
	db := recordedIn(t, samplesDir+"/clean_trx.pcap")
	for _, args := range [][]string{
		{"-Y", "smpp.command_id == submit_sm or smpp.command_id == submit_sm_resp"}, {"--severity", "note"}, {"-c", "3"}, {"--session", "1"},
		{"-Y", "smpp.command_id == submit_sm"}, {"-Y", "smpp.command_id == submit_sm_resp"}, {"-Y", "smpp.command_id == deliver_sm_resp or smpp.command_id == bind_transceiver"},
	} {
		again := recordedIn(t, exported(t, db, args...))
		want := tells(t, append([]string{"pdus", "--db", db, "-T", "ndjson", "-x"}, args...)...)
		got := tells(t, "pdus", "--db", again, "-T", "ndjson", "-x")
		if diff := gocmp.Diff(exportedPDUs(t, want), exportedPDUs(t, got)); diff != "" {
			t.Errorf("%v: chosen (-) against exported (+):\n%s", args, diff)
		}
		for line := range strings.Lines(tells(t, "findings", "--db", again, "-T", "ndjson")) {
			if !strings.Contains(line, `"severity":"note"`) && !strings.Contains(line, `"severity": "note"`) {
				t.Errorf("%v: the slice is accused: %s", args, line)
			}
		}
	}
}

// TestExportMessage: the journey of a message is exported, and that alone.
func TestExportMessage(t *testing.T) {
	db := recordedIn(t, samplesDir+"/clean_trx.pcap")
	var trace []struct {
		MessageID string `json:"message_id"`
		Steps     []struct{ PDU int64 }
	}
	var list struct {
		ID string `json:"message_id"`
	}
	line, _, _ := strings.Cut(tells(t, "messages", "--db", db, "-T", "ndjson"), "\n")
	if err := json.Unmarshal([]byte(line), &list); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(tells(t, "trace", "--db", db, "--message-id", list.ID, "-T", "json")), &trace); err != nil || len(trace) != 1 {
		t.Fatal(err, trace)
	}
	var want, got []int64
	for _, s := range trace[0].Steps {
		want = append(want, s.PDU)
	}
	for line := range strings.Lines(tells(t, "export", "--db", db, "--message", list.ID, "-T", "ndjson")) {
		var p struct{ PDU int64 }
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		got = append(got, p.PDU)
	}
	slices.Sort(want)
	if diff := gocmp.Diff(want, got); diff != "" || len(got) < 4 {
		t.Errorf("the journey (-) against its export (+):\n%s", diff)
	}
}
