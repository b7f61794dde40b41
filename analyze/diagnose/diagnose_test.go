package diagnose

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"smpptap/analyze/audit"
)

func TestSentences(t *testing.T) {
	for _, c := range []struct {
		message string
		want    []string
	}{
		{"", nil},
		{"One.", []string{"One"}},
		{"No stop", []string{"No stop"}},
		{"One. Two 1.5 s. Three.", []string{"One", "Two 1.5 s", "Three"}},
		{`Of "a. b" and "\". c". Two.`, []string{`Of "a. b" and "\". c"`, "Two"}},
		{`An open "quote. goes on.`, []string{`An open "quote. goes on.`}},
	} {
		if diff := cmp.Diff(c.want, sentences(c.message)); diff != "" {
			t.Errorf("%s:\n%s", c.message, diff)
		}
	}
}

// TestTables: every diagnosis has its row, every row its words, and what a row
// explains it does not also need as a proof of another kind.
func TestTables(t *testing.T) {
	seen := make(map[string]bool)
	for _, table := range tables {
		for _, c := range table {
			seen[c.id] = true
			if c.title == "" || len(c.by) == 0 || c.says == nil {
				t.Errorf("%s %s lacks something", c.id, c.title)
			}
			for _, id := range c.adds {
				if !isOne(id, c.with) && !isOne(id, c.wide) {
					t.Errorf("%s %s tells of %s and does not explain it", c.id, c.title, id)
				}
			}
		}
	}
	for i := 1; i <= 30; i++ {
		if id := fmt.Sprintf("D%02d", i); !seen[id] {
			t.Errorf("%s is missing", id)
		}
	}
}

// TestOrder: what keeps a link from coming up stands first, a note last
// whatever it is about, and no finding proves two causes.
func TestOrder(t *testing.T) {
	facts := &Facts{Findings: []audit.Finding{
		{ID: 1, Rule: audit.RuleTextByteOrder, Severity: audit.Error, Connection: 1, Message: "Text.", Count: 9},
		{ID: 2, Rule: audit.RuleIdleDisconnect, Severity: audit.Error, Connection: 1, Message: "Closed.", Count: 1},
		{ID: 3, Rule: audit.RuleBindRefused, Severity: audit.Error, Connection: 2, Message: "Refused.", Count: 1},
		{ID: 4, Rule: audit.RuleBindUnanswered, Severity: audit.Note, Connection: 3, Message: "Not answered. The capture ends too soon.", Count: 1},
		{ID: 5, Rule: audit.RuleUnbindMissing, Severity: audit.Note, Connection: 1, Message: "No unbind.", Count: 1},
		{ID: 7, Rule: audit.RuleDeliverUnanswered, Severity: audit.Note, Connection: 3, Message: "A note by the profile.", Count: 1},
		{ID: 8, Own: &audit.Rule{Name: "own", Title: "Own"}, Severity: audit.Error, Connection: 3, Message: "The user's rule.", Count: 1},
		{ID: 6, Rule: audit.RuleResponseUnmatched, Severity: audit.Note, Connection: 3, Message: "In doubt.", Count: 1},
	}}
	var got []string
	for _, d := range Of(facts) {
		got = append(got, fmt.Sprint(d.ID, " ", d.Severity, " ", d.Findings))
	}
	want := []string{"D06 error [3]", "D04 error [2 5]", "D13 error [1]", "D29 note [4]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if last := Of(facts)[3]; !strings.Contains(last.Concluded, "does not show enough") {
		t.Errorf("in doubt it concludes: %s", last.Concluded)
	}
}

// TestBounded: many accounts are some statements, and all findings are told.
func TestBounded(t *testing.T) {
	facts := &Facts{}
	for i := int64(1); i <= 10_000; i++ {
		facts.Findings = append(facts.Findings, audit.Finding{
			ID: i, Rule: audit.RuleBindRefused, Severity: audit.Error, Connection: i, Count: 1, Message: "Refused.", Field: "command_status",
			Seen: "0x0D (ESME_RBINDFAIL)",
		})
		facts.Sessions = append(facts.Sessions, Session{Connection: i, Server: "10.0.0.1:2775", SystemID: fmt.Sprint("user", i)})
	}
	list := Of(facts)
	if len(list) > maxApart+1 {
		t.Errorf("%d statements", len(list))
	}
	told := int64(0)
	for _, d := range list {
		told += d.Count
	}
	if told != 10_000 {
		t.Errorf("%d of 10,000 findings are told", told)
	}
}
