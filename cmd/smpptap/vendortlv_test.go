package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"smpptap/internal/smpptest"
)

const ownProfile = `profile: {id: own, title: Own Telecom}
sources: {S1: {title: a test}}
tlvs:
  source: S1
  value:
    - {tag: 0x1400, name: campaign, type: text, len: [1, 10], meaning: the campaign}
    - {tag: 0x1401, name: priority_lane, type: u8}
    - {tag: 0x1402, name: route_name, type: cstring, len: [1, 8]}
`

// TestVendorTLVs: a tag means what the active profile says; else it is unknown,
// with its octets and, where they are text, that.
func TestVendorTLVs(t *testing.T) {
	tlv := func(tag uint16, v string) smpptest.TLV { return smpptest.TLV{Tag: tag, Value: []byte(v)} }
	octets := segments(nil, string(smpptest.Build("submit_sm", 2, smpptest.F{"source_addr": "ACME", "destination_addr": "1", "short_message": "hi"},
		tlv(0x1400, "summer"), tlv(0x1401, "\x07"), tlv(0x1402, "north\x00"), tlv(0x1403, "\xff\x00"), tlv(0x1400, "far too long a name"))))
	own := filepath.Join(t.TempDir(), "own.yaml")
	if err := os.WriteFile(own, []byte(ownProfile), 0o600); err != nil {
		t.Fatal(err)
	}
	list := func(profile string) (tlvs []string, issues []string) {
		code, out, errs := given(t, octets, "read", "-T", "ndjson", "-Y", "smpp.command_id == submit_sm", "--profile", profile)
		if code != 0 {
			t.Fatal(errs)
		}
		var p struct {
			TLVs   []json.RawMessage `json:"tlvs"`
			Issues []struct{ Code, Field string }
		}
		if err := json.Unmarshal([]byte(out), &p); err != nil {
			t.Fatal(err)
		}
		for _, x := range p.TLVs {
			tlvs = append(tlvs, string(x))
		}
		for _, i := range p.Issues {
			issues = append(issues, i.Field+" "+i.Code)
		}
		return tlvs, issues
	}
	const long = "66617220746f6f206c6f6e672061206e616d65"
	tlvs, issues := list(own)
	if d := gocmp.Diff([]string{
		`{"tag":5120,"name":"campaign","length":6,"value":"73756d6d6572","hex":"73756d6d6572","text":"summer"}`,
		`{"tag":5121,"name":"priority_lane","length":1,"value":7,"hex":"07"}`,
		`{"tag":5122,"name":"route_name","length":6,"value":"north","hex":"6e6f72746800"}`,
		`{"tag":5123,"length":2,"hex":"ff00"}`,
		`{"tag":5120,"name":"campaign","length":19,"value":"` + long + `","hex":"` + long + `","text":"far too long a name"}`,
	}, tlvs); d != "" {
		t.Error(d)
	}
	if d := gocmp.Diff([]string{"0x1403 tlv-unknown", "campaign tlv-repeated", "campaign tlv-length"}, issues); d != "" {
		t.Error(d)
	}
	tlvs, issues = list("smpp34")
	if d := gocmp.Diff([]string{
		`{"tag":5120,"length":6,"hex":"73756d6d6572","text":"summer"}`, `{"tag":5121,"length":1,"hex":"07"}`,
		`{"tag":5122,"length":6,"hex":"6e6f72746800","text":"north"}`, `{"tag":5123,"length":2,"hex":"ff00"}`,
		`{"tag":5120,"length":19,"hex":"` + long + `","text":"far too long a name"}`,
	}, tlvs); d != "" {
		t.Error(d)
	}
	if len(issues) != 5 || issues[0] != "0x1400 tlv-unknown" {
		t.Error(issues)
	}
	for profile, wants := range map[string][]string{
		own:      {"campaign                    tag 0x1400 length 6  6 octets  73756d6d6572  \"summer\"", "priority_lane               tag 0x1401 length 1  7\n", "route_name                  tag 0x1402 length 6  \"north\""},
		"smpp34": {"TLV                         tag 0x1400 length 6  6 octets  73756d6d6572  \"summer\"  known elsewhere as PE_ID (India DLT)", "TLV                         tag 0x1401 length 1  1 octet  07"},
	} {
		_, out, _ := given(t, octets, "read", "-V", "--profile", profile)
		for _, want := range wants {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", profile, want, out)
			}
		}
	}
}
