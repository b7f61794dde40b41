package audit

import (
	"strings"
	"testing"
)

// Every rule is explained in whole sentences.
func TestExplained(t *testing.T) {
	seen := map[string]string{}
	for i := range Rules {
		r := &Rules[i]
		more := r.Explain()
		for what, text := range map[string]string{
			"why": r.Why, "remedy": r.Remedy, "how": more.How, "not a fault": more.NotAFault,
		} {
			if len(text) < 16 || !strings.HasSuffix(text, ".") || strings.Contains(text, "  ") {
				t.Errorf("%s, %s: %q", r.Name, what, text)
			}
			if other := seen[what+text]; other != "" && (what == "how" || what == "not a fault") && len(text) > 60 {
				t.Errorf("%s and %s say the same: %q", r.Name, other, text)
			}
			seen[what+text] = r.Name
		}
		if got := (&Rule{ID: RuleOwn + RuleID(i)}).Explain(); got != (Explanation{}) {
			t.Errorf("a user's own rule is explained: %+v", got)
		}
		if r.Title == "" || strings.HasSuffix(r.Title, ".") {
			t.Errorf("%s: title %q", r.Name, r.Title)
		}
	}
}

// A fact of a client names its rules, each once, and stands with the client's
// others.
func TestClientFacts(t *testing.T) {
	var clients []string
	for i := range clientFacts {
		f := &clientFacts[i]
		if len(clients) == 0 || clients[len(clients)-1] != f.client {
			clients = append(clients, f.client)
		}
		if len(f.rules) == 0 || !strings.HasSuffix(f.advice, ".") {
			t.Errorf("%s: %v %q", f.client, f.rules, f.advice)
		}
		of := map[RuleID]bool{}
		for _, id := range f.rules {
			if of[id] {
				t.Errorf("%s names %s twice", f.client, id)
			}
			of[id] = true
		}
	}
	for i, c := range clients {
		for _, other := range clients[:i] {
			if c == other {
				t.Errorf("the facts of %s do not stand together", c)
			}
		}
	}
	if got := Rules[RuleEnquireLinkMissing].Clients(); len(got) < 9 {
		t.Errorf("enquire-link-missing has advice for %d clients", len(got))
	}
	if got := Rules[RuleCaptureLossy].Clients(); got != nil {
		t.Errorf("capture-lossy has advice for clients: %v", got)
	}
}
