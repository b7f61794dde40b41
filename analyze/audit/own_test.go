package audit

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smpptap/analyze/profile"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

const acme = `
rules:
  acme: {filter: 'smpp.command_id == submit_sm && smpp.source_addr contains "ACME"', severity: warning, text: "Not our sender.", remedy: "Use OURS."}
`

func TestOwnRule(t *testing.T) {
	r := own(t, acme)
	r.bound()
	r.esme(build("submit_sm", 2, submitFields(nil)))
	if n := r.audit.Named(); len(n) == 0 || n[len(n)-1].Name != "acme" {
		t.Errorf("the PDU is named by %v", n)
	}
	r.esme(build("submit_sm", 3, submitFields(nil)))
	r.esme(build("submit_sm", 4, submitFields(fields{"source_addr": "OURS"})))
	f := r.wants(RuleOwn, Warning, 2)
	if f.Of().Name != "acme" || f.Message != "Not our sender." || f.Remedy != "Use OURS." || f.PDU != 3 || f.LastPDU != 4 ||
		f.Reference != "profile own" {
		t.Errorf("finding %+v", f)
	}
	c := r.audit.Checks()
	if last := c[len(c)-1]; len(c) != len(Rules)+1 || last.Of().Name != "acme" || last.Checked != 5 || last.Failed != 2 {
		t.Errorf("scorecard %+v", last)
	}

	// What the capture cut is not judged: it may hold what is asked for.
	r = own(t, "rules: {no-id: {filter: '!(smpp.system_id)', severity: error, text: t}}\n")
	b := build("bind_transceiver", 1, bindFields(nil))
	r.send(stream.FromA, b[:20], int64(len(b)-20))
	r.silent(RuleOwn)
	if last := r.audit.Checks()[len(Rules)]; last.Checked != 0 || last.Unchecked != 1 {
		t.Errorf("cut: %+v", last)
	}

	// Off, by a profile that extends the one with the rule.
	r = newRig(t, extending(t, acme, "rules: {acme: off}\n"))
	r.bound()
	r.esme(build("submit_sm", 2, submitFields(nil)))
	r.silent(RuleOwn)
	if !r.audit.Off(RuleOwn) {
		t.Error("the rule is not off")
	}
	r = newRig(t, extending(t, acme, "rules: {acme: error}\n"))
	r.bound()
	r.esme(build("submit_sm", 2, submitFields(nil)))
	r.wants(RuleOwn, Error, 1)
}

// extending writes two profiles, the second extending the first, and gives the
// second.
func extending(t *testing.T, base, top string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"base.yaml": "profile: {id: base}\n" + base, "top.yaml": "profile: {id: top, extends: base.yaml}\n" + top,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "top.yaml")
}

func TestOwnRuleSees(t *testing.T) {
	for _, c := range []struct {
		filter string
		count  int64
	}{
		{`smpptap.text == "hello"`, 1},
		{`smpptap.system_id == "acme" && smpp.command_id == submit_sm`, 1},
		{`smpptap.bind_type == trx && smpp.command_id == submit_sm`, 1},
		{`smpptap.rule == data-coding-not-offered`, 1},
		{`smpptap.severity == warning && smpp.command_id == submit_sm`, 1}, // a note by the catalogue, found to be more
		{`smpptap.severity == note && smpp.command_id == submit_sm`, 0},
		{`smpptap.latency > 0.001 && smpp.command_id == submit_sm_resp`, 1},
		{`ip.addr == 10.0.0.2 && tcp.port == 2775`, 4},
		{`smpp.command_status != 0`, 0},
	} {
		r := own(t, "rules: {mine: {filter: '"+c.filter+"', severity: note, text: t}}\n")
		submits(fields{"data_coding": 1})(r)
		if c.count == 0 {
			r.silent(RuleOwn)
			continue
		}
		if got := r.found(RuleOwn); len(got) != 1 || got[0].Count != c.count {
			t.Errorf("%s: %s", c.filter, describe(got))
		}
	}
}

func TestThreshold(t *testing.T) {
	rule := func(threshold string) string {
		return "rules: {often: {filter: 'smpp.command_id == enquire_link', severity: warning, text: t, threshold: {" + threshold + "}}}\n"
	}
	probe := func(r *rig, times int, every time.Duration) {
		for i := range times {
			r.after(every)
			r.esme(build("enquire_link", uint32(100+r.number+int64(i)), nil))
		}
	}
	r := own(t, rule("count: 5, per: 60s"))
	r.bound()
	probe(r, 5, time.Second)
	r.silent(RuleOwn)
	probe(r, 1, time.Second)
	r.wants(RuleOwn, Warning, 1)
	probe(r, 5, time.Second) // the window began anew
	r.wants(RuleOwn, Warning, 1)
	probe(r, 1, time.Second)
	r.wants(RuleOwn, Warning, 2)

	// Five in any 60 s, not more.
	r = own(t, rule("count: 5, per: 60"))
	r.bound()
	probe(r, 30, 12*time.Second)
	r.silent(RuleOwn)

	// By connection two times three are no six; by account they are.
	for scope, count := range map[string]int{"connection": 0, "account": 1} {
		r = own(t, rule("count: 5, per: 60s, scope: "+scope))
		r.bound()
		probe(r, 3, time.Second)
		r.open()
		r.bound()
		probe(r, 3, time.Second)
		if got := r.found(RuleOwn); len(got) != count {
			t.Errorf("%s: %s", scope, describe(got))
		}
	}

	// What a connection leaves behind is forgotten.
	r = own(t, rule("count: 5, per: 60s"))
	r.bound()
	probe(r, 3, time.Second)
	r.fin(stream.FromA)
	if v := &r.audit.own; v.times != 0 || len(v.rules[0].windows) != 0 {
		t.Errorf("%d times in %d windows are left", v.times, len(v.rules[0].windows))
	}
}

func TestRegrade(t *testing.T) {
	bind := bindsWith(fields{"system_type": "cp"}, 0x53)
	for level, want := range map[string]Severity{"note": Note, "warning": Warning, "error": Error} {
		r := own(t, "rules: {system-type: "+level+"}\n")
		bind(r)
		r.wants(RuleSystemType, want, 1)
	}
	r := own(t, "rules: {system-type: off}\n")
	bind(r)
	r.silent(RuleSystemType)
	if !r.audit.Off(RuleSystemType) {
		t.Error("the rule is not off")
	}

	// A note by default is raised.
	r = own(t, "rules: {tlv-unknown: error}\n")
	submits(nil, smpptest.TLV{Tag: 0x3000, Value: []byte("x")})(r)
	r.wants(RuleTlvUnknown, Error, 1)
	if n := r.audit.rows[RuleTlvUnknown]; n.Severity != Error || Rules[RuleTlvUnknown].Severity != Note {
		t.Errorf("the listing shows %v, the catalogue has %v", n.Severity, Rules[RuleTlvUnknown].Severity)
	}

	// What only hearsay supports stays a note.
	r = own(t, "bind: {max: {value: 1, provenance: learned}}\nrules: {max-binds: error}\n")
	r.bound()
	r.open()
	r.bound()
	r.wants(RuleMaxBinds, Note, 1)

	// So does what the capture may lack: the rule put it below its default.
	r = own(t, "rules: {response-missing: error}\n")
	doubted := evidence{rule: RuleResponseMissing, severity: Note}
	if r.audit.grade(&doubted); doubted.severity != Note {
		t.Errorf("what the rule lowered is raised to %v", doubted.severity)
	}
	r.bound()
	r.esme(build("submit_sm", 2, submitFields(nil)))
	r.after(31 * time.Second)
	r.esme(build("enquire_link", 3, nil))
	r.wants(RuleResponseMissing, Error, 1)
	// And a rule of absence whose default is a note, on a connection that was
	// not captured from its opening.
	for _, syn := range []bool{true, false} {
		r = own(t, "rules: {unbind-missing: error}\n")
		r.conn.SYN = syn
		r.bound()
		r.fin(stream.FromA)
		r.wants(RuleUnbindMissing, map[bool]Severity{true: Error, false: Note}[syn], 1)
	}
}

func TestCheckProfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.yaml")
	text := `profile: {id: bad}
rules:
  window-of-on: warning
  tlv-unknown: {filter: 'smpp', severity: note, text: t}
  mine: {filter: 'smpp.source_adr == "x"', severity: note, text: t}
  block:
    filter: >
      smpp.command_id ==
    severity: note
    text: t
  fine: {filter: smpp.command_id, severity: off, text: t}
suppress:
  - {rule: fin, until: 2027-01-01, reason: r}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := profile.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range CheckProfile(p) {
		var at *profile.Error
		if !errors.As(e, &at) {
			t.Errorf("no place: %v", e)
		}
		got = append(got, e.Error())
	}
	for i, want := range []string{
		`bad.yaml:3:3: no rule "window-of-on" (did you mean "window-of-one"?)`,
		`bad.yaml:4:3: "tlv-unknown" is a rule of the catalogue`,
		`bad.yaml:5:19: filter of mine, column 1: `,
		"bad.yaml:7:13: filter of block, column ",
		`bad.yaml:13:5: no rule "fin"`,
	} {
		if i >= len(got) || !strings.Contains(got[i], want) {
			t.Fatalf("no %q in %q", want, got)
		}
	}
	if !strings.Contains(got[2], "source_addr") {
		t.Errorf("no proposal: %s", got[2])
	}
	// An auditor takes such a profile, without the faulty rules.
	if own := OwnRules(p); len(own) != 1 || own[0].Name != "fine" {
		t.Errorf("own rules %v", own)
	}
}
