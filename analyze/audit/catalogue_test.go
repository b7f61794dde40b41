package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// The rows of Rules are those of the catalogue that the project agreed on, in
// its order; others may stand behind them.
func TestCatalogue(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var catalogue struct {
		Rules []struct{ ID, Severity, When, Checks, Ref, Profile, Override string }
	}
	if err := yaml.Unmarshal(data, &catalogue); err != nil {
		t.Fatal(err)
	}
	if len(catalogue.Rules) != int(RuleBodyExpected) { // the project's own stand behind
		t.Fatalf("%d rules, the catalogue has %d", int(RuleBodyExpected), len(catalogue.Rules))
	}
	for i, want := range catalogue.Rules {
		r := &Rules[i]
		severity, most, escalates := strings.Cut(want.Severity, ">")
		if !escalates {
			most = severity
		}
		if strings.Contains(want.When, "; warning when it was refused") {
			most = Warning.String() // command-undocumented: its condition says more than its severity
		}
		if int(r.ID) != i || r.Name != want.ID || r.Severity.String() != severity || r.Max.String() != most ||
			r.Checks != want.Checks || r.Ref != want.Ref || r.Needs != want.Profile || r.Override != want.Override {
			t.Errorf("%+v\nin the catalogue: %+v", *r, want)
		}
	}
}
