package diagnose

import (
	"fmt"
	"slices"
	"testing"

	"smpptap/analyze/audit"
)

// Every diagnosis that can be made, and every one that a rule names, is
// explained, with the rules that prove it.
func TestExplain(t *testing.T) {
	ids := IDs()
	for i, id := range ids {
		e, ok := Explain(id)
		if want := fmt.Sprintf("D%02d", i+1); !ok || id != want || e.Title == "" || e.Seen == "" || e.Concluded == "" {
			t.Errorf("%s in place of %s: %+v", id, want, e)
		}
		if len(e.Causes) == 0 {
			t.Errorf("%s: nothing proves it", id)
		}
		for _, c := range e.Causes {
			if len(c.Proves) == 0 || c.Severity == audit.SeverityNone {
				t.Errorf("%s: %+v", id, c)
			}
		}
	}
	for _, table := range tables {
		for i := range table {
			if !slices.Contains(ids, table[i].id) {
				t.Errorf("%s, %s, is not explained", table[i].id, table[i].title)
			}
		}
	}
	for i := range audit.Rules {
		for _, id := range audit.Rules[i].Diagnoses() {
			if !slices.Contains(ids, id) {
				t.Errorf("%s names %s, which is not explained", audit.Rules[i].Name, id)
			}
		}
	}
	if _, ok := Explain("D99"); ok {
		t.Error("D99 is explained")
	}
}
