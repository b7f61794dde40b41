package report

import (
	"time"

	"smpptap/analyze/audit"
)

// known counts those of the findings that somebody knows of, by severity.
func (a *Audit) known() (n bySeverity, some bool) {
	for i := range a.findings.all {
		if f := &a.findings.all[i]; f.Known != nil {
			n[f.Severity]++
			some = true
		}
	}
	return n, some
}

// printKnown says how many findings are known.
func (a *Audit) printKnown(p *page) {
	if n, some := a.known(); some {
		p.fact("known", n.text()+" of these, which do not count for --fail-on")
	}
}

// appendKnown adds the counts of known findings to the totals.
func (a *Audit) appendKnown(j *object) {
	if n, some := a.known(); some {
		n.append(j, "known")
	}
}

// appendKnownFinding says until when a finding is known, and why.
func appendKnownFinding(j *object, f *audit.Finding) {
	if f.Known == nil {
		return
	}
	j.key("known")
	o := openObject(j.b)
	o.str("until", f.Known.Until.Format(time.DateOnly))
	o.str("reason", f.Known.Reason)
	j.b = o.close()
}

// knownText says the same for people; empty: nobody knows of it.
func knownText(f *audit.Finding) string {
	if f.Known == nil {
		return ""
	}
	return "until " + f.Known.Until.Format(time.DateOnly) + ": " + f.Known.Reason
}
