package audit

import (
	"testing"
	"time"

	"smpptap/analyze/profile"
)

func TestSuppress(t *testing.T) {
	cp := fields{"system_type": "cp"}
	for entry, want := range map[string]bool{
		"rule: system-type":                                     true,
		"rule: system-type, system_id: acme":                    true,
		"rule: system-type, system_id: other":                   false,
		"rule: system-type, field: system_type, seen: cp":       true,
		"rule: system-type, seen: cpx":                          false,
		"rule: system-type, field: password":                    false,
		"rule: system-type, address: 10.0.0.0/30":               true,
		"rule: system-type, address: 10.0.0.1":                  true,
		"rule: system-type, address: '10.0.0.2:2775'":           true,
		"rule: system-type, address: '10.0.0.2:2776'":           false,
		"rule: system-type, address: 10.1.0.0/16":               false,
		"rule: system-type, link: link1":                        false,
		"rule: bind-refused":                                    false,
		"rule: system-type, system_id: acme, address: 10.9.0.1": false,
	} {
		r := own(t, "suppress: [{"+entry+", until: 2026-03-31, reason: mail}]\n")
		now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
		r.audit.known.Today = func() time.Time { return now }
		bindsWith(cp, 0)(r)
		r.audit.Changed()
		f := r.wants(RuleSystemType, Warning, 1)
		if (f.Known != nil) != want || want && f.Known.Reason != "mail" {
			t.Errorf("%s: known %v", entry, f.Known)
		}
		if a := f.Where.Account(); a != "10.0.0.2:2775 acme" {
			t.Errorf("account %q", a)
		}
		// The day is over.
		now = now.AddDate(0, 0, 1)
		if r.audit.known.Of(f) != nil {
			t.Errorf("%s: known after its day", entry)
		}
	}
}

func TestBaselineKnows(t *testing.T) {
	first := newRig(t, "kaleyra")
	bindsWith(fields{"system_type": "cp"}, 0)(first)
	first.audit.Changed()
	key := first.found(RuleSystemType)[0].BaselineKey()
	r := newRig(t, "kaleyra")
	r.audit.known = KnownFindings{
		Today: func() time.Time { return time.Unix(0, start) },
		Baseline: &profile.Baseline{Known: map[profile.BaselineKey]profile.BaselineEntry{
			key: {Until: time.Unix(0, start).AddDate(0, 0, 9), Reason: "old"},
		}},
	}
	bindsWith(fields{"system_type": "cp"}, 0)(r)
	r.open()
	r.esme(build("bind_transceiver", 1, bindFields(fields{"system_type": "xx"})))
	r.smsc(build("bind_transceiver_resp", 1, nil))
	r.audit.Changed()
	for _, f := range r.found(RuleSystemType) {
		if (f.Known != nil) != (f.Seen == "cp") {
			t.Errorf("%q: known %v", f.Seen, f.Known)
		}
	}
	if n := len(r.found(RuleSystemType)); n != 2 {
		t.Errorf("%d findings", n)
	}
}
