package profile

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A baseline reads back as it was written, whatever was seen.
func TestBaseline(t *testing.T) {
	day := func(y int) time.Time { return time.Date(y, 3, 31, 0, 0, 0, 0, time.UTC) }
	all := BaselineEntry{Until: day(2027), Reason: `ticket "7": #1`}
	warning := all
	warning.Severity = LevelWarning
	known := map[BaselineKey]BaselineEntry{
		{Rule: "system-type", Account: "10.0.0.2:2775 acme", Field: "system_type", Seen: "cp"}: all,
		{Rule: "text-not-gsm"}:   {Until: day(2028), Reason: "other"},
		{Rule: "text-not-ascii"}: warning,
		{Rule: "tlv-length"}:     {Until: day(2028), Reason: "other", Severity: LevelNote},
		{Rule: "acme", Seen: "\x00\x1b[2J\n\"\\ \u2028\ufeff\U0001F600 é }, {"}: all,
	}
	path := filepath.Join(t.TempDir(), "b.yaml")
	text := AppendBaseline(nil, "kaleyra", all, known)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := LoadBaseline(path)
	if err != nil || !maps.Equal(b.Known, known) {
		t.Errorf("%v: %v from\n%s", err, b, text)
	}
	if strings.ContainsAny(string(text), "\x00\x1b") {
		t.Error("the file moves a terminal's cursor")
	}
	empty := AppendBaseline(nil, "x", all, nil)
	if err := os.WriteFile(path, empty, 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := LoadBaseline(path); err != nil || len(b.Known) != 0 {
		t.Errorf("empty: %v", err)
	}
}

// The last day counts whole, in UTC.
func TestExpired(t *testing.T) {
	last := time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)
	for at, want := range map[string]bool{
		"2027-03-30T12:00:00Z": false, "2027-03-31T23:59:59Z": false, "2027-04-01T00:00:00Z": true,
		"2027-04-01T01:00:00+02:00": false,
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := (&Suppression{Until: last}).Over(now); got != want {
			t.Errorf("%s: over = %v", at, got)
		}
	}
}

func TestHostileBaseline(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "list": "[]", "anchor": "baseline: &a 1\nfindings: []\n", "version": "baseline: 2\nfindings: []\n",
		"no findings": "baseline: 1\n", "deep": "baseline: 1\nfindings: " + strings.Repeat("[", 9000),
		"many":   "baseline: 1\nfindings: [" + strings.Repeat("{},", maxBaselineNodes) + "]\n",
		"no day": "baseline: 1\nfindings: [{rule: x, reason: r}]\n",
		"off":    "baseline: 1\nfindings: [{rule: x, reason: r, until: 2027-03-31, severity: off}]\n",
	} {
		if _, err := LoadBaseline(write(t, "b.yaml", text)); err == nil || len(err.Error()) > 20_000 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := LoadBaseline("/dev/zero"); err == nil {
		t.Error("a device is read")
	}
}
