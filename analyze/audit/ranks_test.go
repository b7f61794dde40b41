package audit

import (
	"slices"
	"testing"
)

// full gives an auditor that keeps n findings.
func full(t *testing.T, n int) *Auditor {
	t.Helper()
	a := play(t, "smpp34").a
	a.opt.MaxFindings = n
	return a
}

func (a *Auditor) said(cause string, s Severity) *Finding {
	return a.fail(evidence{rule: RuleSequenceOrder, cause: cause, severity: s, message: cause})
}

func (a *Auditor) words() (out []string) {
	for _, f := range a.Findings() {
		out = append(out, f.Message)
	}
	return out
}

// When there are too many findings, the newest of the least severe ones goes
// for one that is more severe, and its id is the other's.
func TestSevereFindingsAreKept(t *testing.T) {
	a := full(t, 4)
	a.said("note 1", Note)
	a.said("warning 1", Warning)
	old := a.said("note 2", Note)
	a.said("note 2", Note)
	a.said("error 1", Error)
	if f := a.said("note 3", Note); f != nil {
		t.Errorf("a note is kept beyond the cap: %+v", f)
	}
	a.said("note 3", Note)
	if len(a.Changed()) != 4 {
		t.Fatal("four findings are new")
	}

	f := a.said("error 2", Error)
	if f == nil || f.ID != old.ID || !old.dropped {
		t.Fatalf("error 2 has not taken the place of the newest note: %+v", f)
	}
	if got, want := a.NotKept(), int64(4); got != want || a.Checks()[RuleSequenceOrder].NotKept != want {
		t.Errorf("%d occurrences not kept, want %d", got, want)
	}
	a.reword(old, "other words") // a rule may hold it still
	if got := a.Changed(); len(got) != 1 || got[0] != f {
		t.Errorf("changed: %v", got)
	}
	if got := a.Dropped(); len(got) != 1 || got[0] != old {
		t.Errorf("dropped: %v", got)
	}

	a.said("warning 2", Warning)
	for _, s := range [...]Severity{Note, Warning} {
		if f := a.said("too much", s); f != nil {
			t.Errorf("%s is kept: nothing less severe is there", s)
		}
	}
	a.said("error 3", Error) // takes the place of warning 2, which has never left
	a.said("error 4", Error)
	if f := a.said("error 5", Error); f != nil {
		t.Error("error 5 is kept")
	}
	if got, want := a.words(), []string{"error 3", "error 4", "error 2", "error 1"}; !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
	if got := a.Changed(); len(got) != 2 {
		t.Errorf("%d changed, want 2", len(got))
	}
	for i, f := range a.Findings() {
		if f.ID != int64(i+1) {
			t.Errorf("id %d stands in place %d", f.ID, i+1)
		}
	}
}

// A finding that became more severe, or less, is kept by what it is now.
func TestKeptBySeverityNow(t *testing.T) {
	a := full(t, 2)
	a.said("a", Note)
	a.said("b", Warning)
	a.said("a", Error)
	a.said("c", Error)
	if got := a.words(); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("kept %q", got)
	}
	f := a.findings[1]
	f.Severity = Note
	a.touch(f)
	a.said("d", Warning)
	if got := a.words(); !slices.Equal(got, []string{"a", "d"}) {
		t.Errorf("kept %q", got)
	}
}

// Many findings of one severity beyond the cap cost nothing each.
func TestManyFindings(t *testing.T) {
	a := full(t, 100)
	for i := range 20_000 {
		a.fail(evidence{rule: RuleBindRefused, status: uint32(i), severity: Warning})
	}
	if a.said("an error", Error) == nil || len(a.Findings()) != 100 || len(a.byKey) != 100 {
		t.Errorf("%d findings, %d keys", len(a.Findings()), len(a.byKey))
	}
	if got := a.NotKept(); got != 19_901 {
		t.Errorf("%d not kept, want 19,901", got)
	}
}
