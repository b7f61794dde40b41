package report

import "testing"

// Where width matters a reference keeps who and what.
func TestShortReference(t *testing.T) {
	for long, want := range map[string]string{
		"": "",
		"SMPP v3.4 Issue 1.2, 5.1.4; diagnosis D18": "SMPP v3.4, 5.1.4; D18",
		"RFC 9293 3.10":      "RFC 9293 3.10",
		"profile own":        "profile own",
		"diagnoses D19, D30": "D19, D30",
		"SMPP v3.4 Issue 1.2, Optional parameters and version":                   "SMPP v3.4, Optional parameters and version",
		"Kaleyra: Introduction to SMPP interface, System_type; diagnosis D08":    "Kaleyra, System_type; D08",
		"Sinch SMS over SMPP: Sinch SMPP, sending a message, Source address":     "Sinch SMS over SMPP, Source address",
		"X: Pages: one, Source address; X: Another, Source address; X: Commands": "X, Source address; X, Commands",
		"SMPP v3.4 Issue 1.2, 2.2, 2.3; K: D, Commands; diagnosis D28":           "SMPP v3.4, 2.2, 2.3; K, Commands; D28",
	} {
		if got := shortReference(long); got != want {
			t.Errorf("%q: %q, not %q", long, got, want)
		}
	}
}
