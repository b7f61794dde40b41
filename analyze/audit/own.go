package audit

import (
	"smpptap/analyze/filter"
	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// ownRules are the rules that the profile adds to the catalogue.
type ownRules struct {
	rules    []ownRule
	messages bool // a filter asks for texts
	row      filter.Row
	times    int // kept in all windows
	began    int64
}

// ownRule is one of them.
type ownRule struct {
	row       Rule
	filter    *filter.Filter
	threshold profile.Threshold
	windows   map[rateKey]*window
}

// maxTimes bounds the times that the windows of thresholds keep: 32 MB. What
// comes beyond it is not judged.
const maxTimes = 4 << 20

// init takes the profile's rules; those with a fault are left out, CheckProfile
// tells them.
func (v *ownRules) init(p *profile.Profile) {
	for i := range p.Rules {
		r := &p.Rules[i]
		if !r.Own() {
			continue
		}
		f, err := parseOwn(p, r.Filter)
		_, taken := RuleByName(r.ID)
		severity, _ := ParseSeverity(string(r.Level))
		if err != nil || taken {
			continue
		}
		v.messages = v.messages || f.NeedsMessage()
		v.rules = append(v.rules, ownRule{
			row: Rule{
				ID: RuleOwn + RuleID(len(v.rules)), Name: r.ID, Group: "your own rules",
				Severity: max(severity, Note), Max: max(severity, Note), Checks: "PDU",
				Ref: "profile " + p.ID(), Title: r.Text, Why: "The filter of the profile: " + r.Filter, Remedy: r.Remedy,
			},
			filter: f, threshold: r.Threshold,
		})
	}
}

func parseOwn(p *profile.Profile, text string) (*filter.Filter, error) {
	return filter.Options{Dialect: p.Dialect()}.Parse(text)
}

// OwnRules gives the profile's rules that are not in the catalogue.
func OwnRules(p *profile.Profile) []Rule {
	var v ownRules
	v.init(p)
	out := make([]Rule, len(v.rules))
	for i := range v.rules {
		out[i] = v.rules[i].row
	}
	return out
}

// Recorded judges the PDU observed last by the user's own rules, which see it
// as it is recorded: masked is its copy without secrets.
func (a *Auditor) Recorded(o *session.Observed, masked *dissect.PDU) {
	v := &a.own
	if v.began == 0 {
		v.began = o.Time
	}
	if len(v.rules) == 0 {
		return
	}
	a.ownRow(o, masked)
	for i := range v.rules {
		r := &v.rules[i]
		switch {
		case a.off[r.row.ID]:
		case o.Cut || o.Frame.Missing > 0:
			a.giveUp(r.row.ID) // what is missing may hold what the filter asks for
		default:
			a.check(r.row.ID)
			if r.filter.Match(&v.row) {
				a.matched(r, o)
			}
		}
	}
}

// ownRow fills the row of the PDU.
func (a *Auditor) ownRow(o *session.Observed, masked *dissect.PDU) {
	w := &a.own.row
	w.PDU, w.From, w.Message, w.Receipt = masked, o.From, nil, nil
	w.Number, w.Request, w.Latency = o.Number, o.Request, o.Latency
	w.Frame, w.At, w.Start = o.Frame.At.Frame, o.Frame.At.Time, a.own.began
	w.Connection, w.Session = o.Conn.ID, o.Session.ID
	w.Source, w.Destination = end(o.Conn.Conn, o.Dir), end(o.Conn.Conn, o.Dir.Other())
	w.SystemID, w.BindType = o.Session.SystemID, o.Session.BindType.String()
	if a.own.messages {
		w.Message, w.Receipt = dissect.ReadMessage(masked, o.From, a.dialect)
	}
	w.Findings = w.Findings[:0]
	for _, r := range a.Named() {
		w.Findings = append(w.Findings, filter.Finding{Rule: r.Name, Severity: filter.Severity(r.Severity)})
	}
}

// matched takes a PDU that a rule's filter wants.
func (a *Auditor) matched(r *ownRule, o *session.Observed) {
	e := of(o, r.row.ID)
	e.own = &r.row
	t := &r.threshold
	if t.Count == 0 {
		a.fail(e)
		return
	}
	key := rateKey{conn: o.Conn.ID}
	if t.Account {
		key = rateKey{accountKey: a.keyOf(o.Conn, o.Session)}
		e.account = key.String()
	}
	w, _ := entry(&r.windows, key)
	if w == nil || a.own.times >= maxTimes && len(w.times) < t.Count {
		a.giveUp(r.row.ID)
		return
	}
	before := len(w.times)
	over := w.add(o.Time, int64(t.Per), t.Count)
	a.own.times += len(w.times) - before
	if over {
		e.seen = "more than " + counted(int64(t.Count), "PDU") + " in " + inSeconds(int64(t.Per))
		e.wanted = "at most " + counted(int64(t.Count), "PDU")
		a.fail(e)
	}
}

// forget drops the windows of a connection that has ended.
func (v *ownRules) forget(conn int64) {
	for i := range v.rules {
		k := rateKey{conn: conn}
		if w := v.rules[i].windows[k]; w != nil {
			v.times -= len(w.times)
			delete(v.rules[i].windows, k)
		}
	}
}

// window is when the PDUs came that count for a threshold: a ring of as many
// as are allowed.
type window struct {
	times  []int64
	oldest int
}

// add takes a PDU and tells that more than count came within per. Then the
// window begins anew, so that a finding counts bursts.
func (w *window) add(now, per int64, count int) bool {
	if len(w.times) < count {
		w.times = append(w.times, now)
		return false
	}
	if now-w.times[w.oldest] < per {
		w.times, w.oldest = w.times[:0], 0
		return true
	}
	w.times[w.oldest] = now
	w.oldest = (w.oldest + 1) % count
	return false
}
