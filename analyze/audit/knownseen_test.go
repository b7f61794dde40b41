package audit

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"smpptap/analyze/profile"
)

// baselineOf keeps what an audit found as known.
func baselineOf(r *rig) *profile.Baseline {
	r.audit.Changed()
	b := &profile.Baseline{Known: make(map[profile.BaselineKey]profile.BaselineEntry)}
	for _, f := range r.audit.Findings() {
		b.Known[f.BaselineKey()] = profile.BaselineEntry{
			Until: time.Unix(0, start).AddDate(0, 0, 9), Reason: "old", Severity: profile.Level(f.Severity.String()),
		}
	}
	return b
}

// The same fault in another capture is the one that is known, whatever was
// measured, sent to whom or under which number.
func TestBaselineKnowsAnotherCapture(t *testing.T) {
	faults := map[RuleID]func(r *rig, again bool){
		RuleEnquireLinkMissing: func(r *rig, again bool) {
			silence := 70 * time.Second
			if again {
				silence = 81300 * time.Millisecond
			}
			r.bound()
			r.after(silence)
			r.esme(build("enquire_link", 2, nil))
		},
		RuleDestinationAddress: func(r *rig, again bool) {
			to := "0044770090012"
			if again {
				to = "00393331234567"
			}
			submits(fields{"destination_addr": to})(r)
		},
		RuleResponseUnmatched: func(r *rig, again bool) {
			number := uint32(77)
			if again {
				number = 4711
			}
			r.bound()
			r.smsc(build("submit_sm_resp", number, fields{"message_id": "1"}))
			r.after(time.Minute)
			r.esme(build("enquire_link", 2, nil))
		},
	}
	for rule, fault := range faults {
		first := newRig(t, "kaleyra")
		fault(first, false)
		first.end()
		r := newRig(t, "kaleyra")
		r.audit.known = KnownFindings{Today: func() time.Time { return time.Unix(0, start) }, Baseline: baselineOf(first)}
		fault(r, true)
		r.end()
		r.audit.Changed()
		was, now := first.found(rule), r.found(rule)
		if len(was) != 1 || len(now) != 1 || was[0].Seen == now[0].Seen {
			t.Fatalf("%s: %s and %s", rule, describe(was), describe(now))
		}
		if now[0].Known == nil {
			t.Errorf("%s: %q is not known by a baseline that has %q", rule, now[0].Seen, was[0].Seen)
		}
	}
}

// A known finding that has become worse counts again.
func TestBaselineKnowsNothingWorse(t *testing.T) {
	for level, want := range map[profile.Level]bool{"": true, "error": true, "warning": true, "note": false} {
		r := newRig(t, "kaleyra")
		bindsWith(fields{"system_type": "cp"}, 0)(r)
		f := r.wants(RuleSystemType, Warning, 1)
		r.audit.Changed()
		b := &profile.Baseline{Known: map[profile.BaselineKey]profile.BaselineEntry{
			f.BaselineKey(): {Until: time.Unix(0, start), Reason: "old", Severity: level},
		}}
		known := KnownFindings{Today: func() time.Time { return time.Unix(0, start) }, Baseline: b}
		if got := known.Of(f) != nil; got != want {
			t.Errorf("a warning known as %q: %v", level, got)
		}
	}
}

// What was seen tells faults apart only where it is no number that the next
// capture has otherwise: every rule whose scripts show one is among
// otherSeen, or its number is the specification's, the profile's or folds.
func TestOtherSeen(t *testing.T) {
	settled := []string{"body-missing", "rate-exceeded", "field-reserved"}
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(files) != ruleCount {
		t.Fatalf("%d scripts: %v", len(files), err)
	}
	code := regexp.MustCompile(`0x[0-9A-F]+|DELIVRD`)
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		rule, ok := RuleByName(name)
		if !ok || otherSeen[rule.ID] || slices.Contains(settled, name) {
			continue
		}
		for _, seen := range seenIn(t, path) {
			if strings.ContainsAny(code.ReplaceAllString(seen, ""), "0123456789") {
				t.Errorf("%s shows %q, which a baseline would not find again: otherSeen", name, seen)
			}
		}
	}
}

func seenIn(t *testing.T, path string) (out []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if seen, ok := strings.CutPrefix(lines.Text(), "\tseen: "); ok {
			out = append(out, seen)
		}
	}
	return out
}
