package audit_test

import (
	"regexp"
	"strings"
	"testing"

	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
)

func loaded(t *testing.T, name string) *profile.Profile {
	t.Helper()
	p, err := profile.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// References name documents: the specification's, and the loaded profile's for
// what it states.
func TestReference(t *testing.T) {
	for _, x := range []struct{ rule, profile, want string }{
		{"system-type", "kaleyra", "Kaleyra: Introduction to SMPP interface, System_type; diagnosis D08"},
		{"system-type", "smpp34", "diagnosis D08"},
		{"system-type", "sinch", "diagnosis D08"}, // it does not state one
		{"system-type", "kaleyra-india-dlt", "Kaleyra: Introduction to SMPP interface, System_type; diagnosis D08"},
		{"framing-length-small", "kaleyra", "SMPP v3.4 Issue 1.2, 5.1.1"},
		{"bind-missing", "smpp34", "SMPP v3.4 Issue 1.2, 2.2, 2.3; diagnosis D28"},
		{"stream-conflict", "kaleyra", "RFC 9293 3.10"},
		{"response-slow", "smpp34", "diagnoses D19, D30"},
		{"text-odd-octets", "kaleyra", "Kaleyra: Submitting messages through SMPP, Data_coding; diagnosis D13"},
		{"tlv-before-v34", "smpp34", "SMPP v3.4 Issue 1.2, Optional parameters and version"},
		{"rate-exceeded", "sinch", "Sinch SMS over SMPP: Sinch SMPP connectivity, Throughput; diagnosis D03"},
		{"source-address", "kaleyra", "Kaleyra: Submitting messages through SMPP, Source address; " +
			"Kaleyra: Pre-requisites for integration, Source address; Kaleyra: Creating a sender ID, Source address; diagnosis D10"},
		// Not a value that was inferred and stands on no page.
		{"idle-near-limit", "kaleyra", "Kaleyra: Introduction to SMPP interface, Inactivity; diagnosis D04"},
		{"framing-gap", "kaleyra", ""},
	} {
		r, _ := audit.RuleByName(x.rule)
		if got := r.Reference(loaded(t, x.profile)); got != x.want {
			t.Errorf("%s under %s: %q, not %q", x.rule, x.profile, got, x.want)
		}
	}
	r, _ := audit.RuleByName("system-type")
	if got := r.Reference(nil); got != "diagnosis D08" {
		t.Errorf("without a profile: %q", got)
	}
}

var internal = regexp.MustCompile(`\bK\d\d\b|\bv34\b`)

// No reference shows the catalogue's own abbreviations, and the bare
// specification names no provider.
func TestReferencesAreForUsers(t *testing.T) {
	for _, name := range profile.Builtin() {
		p := loaded(t, name)
		for i := range audit.Rules {
			got := audit.Rules[i].Reference(p)
			if internal.MatchString(got) {
				t.Errorf("%s under %s: %q", audit.Rules[i].Name, name, got)
			}
			if strings.HasPrefix(name, "smpp3") && strings.Contains(got, "Kaleyra") {
				t.Errorf("%s under %s: %q", audit.Rules[i].Name, name, got)
			}
		}
	}
}
