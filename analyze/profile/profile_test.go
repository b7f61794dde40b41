package profile

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"smpptap/dissect"
)

func mustLoad(t *testing.T, name string) *Profile {
	t.Helper()
	p, err := Load(name)
	if err != nil {
		t.Fatalf("Load(%q): %v", name, err)
	}
	return p
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBuiltin(t *testing.T) {
	names := Builtin()
	if !slices.IsSorted(names) {
		t.Errorf("Builtin() = %v", names)
	}
	for _, name := range []string{"smpp33", "smpp34", "smpp50", "kaleyra", "kaleyra-india-dlt"} {
		if !slices.Contains(names, name) {
			t.Errorf("no profile %s", name)
		}
	}
	for _, name := range names {
		p := mustLoad(t, name)
		if p.ID() != name || p.Revised == "" {
			t.Errorf("%s: id %q, revised %q", name, p.ID(), p.Revised)
		}
		// Each value of a provider says where it is from.
		for _, v := range p.Values() {
			cited := v.Source != "" || v.Provenance == Inferred || strings.HasPrefix(v.Path, "profile.") ||
				v.Path == "sources" || v.Path == "instance"
			if v.Set && !cited {
				t.Errorf("%s: %s is from nowhere", name, v.Path)
			}
		}
	}
}

// Every parameter that the rule catalogue names under `profile:`.
var catalogue = []string{
	"encoding.default_alphabet", "receipt.states", "keepalive", "inactivity", "flow.window.max", "flow.rate.max",
	"bind.system_type", "bind.interface_version", "bind.types", "bind.password.required", "pdus.forbidden",
	"pdus.undocumented", "encoding.data_coding", "source_addr", "destination_addr", "fields.registered_delivery",
	"tlvs", "bind.max_binds", "long.limit_octets",
}

func TestIsSet(t *testing.T) {
	k, s := mustLoad(t, "kaleyra"), mustLoad(t, "smpp34")
	unset := []string{"flow.window.max", "flow.rate.max", "bind.max_binds"}
	for _, name := range catalogue {
		if s.IsSet(name) {
			t.Errorf("smpp34 sets %s", name)
		}
		if want := !slices.Contains(unset, name); k.IsSet(name) != want {
			t.Errorf("kaleyra: IsSet(%s) = %v", name, !want)
		}
		if !k.Vouched(name) {
			t.Errorf("kaleyra does not vouch for %s", name)
		}
	}
}

func TestKaleyraValues(t *testing.T) {
	p := mustLoad(t, "kaleyra")
	if p.KeepAlive.Interval != 60*time.Second || p.KeepAlive.Initiator != dissect.ESME || p.KeepAlive.Idle ||
		p.KeepAlive.Tolerance != (Tolerance{10, time.Second}) {
		t.Errorf("keepalive: %+v", p.KeepAlive)
	}
	if p.Inactivity.Timeout != 300*time.Second || p.Inactivity.WarnAt != 240*time.Second {
		t.Errorf("inactivity: %+v", p.Inactivity)
	}
	if p.Bind.InterfaceVersion.Fallback != 0x33 || p.Bind.SystemType.Values[0] != "smpp" {
		t.Errorf("bind: %+v", p.Bind)
	}
	if p.Timers.Response != 30*time.Second || p.Timers.Slow != 5*time.Second || p.ResponseTime(dissect.SMSC) != 30*time.Second {
		t.Errorf("timers: %+v", p.Timers)
	}
	if p.Fallback(0x34, dissect.V34) != dissect.V34 || p.Fallback(0x50, dissect.V50) != dissect.V33 {
		t.Error("everything that is not 0x34 is 3.3")
	}
	d := p.Dialect()
	if d.Codings[1] != dissect.AlphabetGSM || d.Codings[8] != dissect.AlphabetUTF16 || d.Statuses[0x40B] == nil || d.TLVs != nil {
		t.Errorf("dialect: %+v", d)
	}
}

func TestInstance(t *testing.T) {
	p := mustLoad(t, write(t, "own.yaml", "profile: {id: own, extends: kaleyra}\ninstance: {dlt: client}\n"))
	if !p.IsSet("tlvs") || !p.Vouched("tlvs") || len(p.TLVs) != 3 || p.Dialect().TLVs[0x1400].Name != "PE_ID" {
		t.Errorf("tlvs: %+v", p.TLVs)
	}
	if !p.IsSet("keepalive") {
		t.Error("the values of kaleyra are gone")
	}
	if q := mustLoad(t, "kaleyra-india-dlt"); len(q.TLVs) != 3 || q.TLVs[0].Required != "when" {
		t.Errorf("kaleyra-india-dlt: %+v", q.TLVs)
	}
	p = mustLoad(t, write(t, "own.yaml", "profile: {id: own, extends: kaleyra}\ninstance: {dlt: platform}\n"))
	if len(p.TLVs) != 2 || p.TLVs[0].Required != "absent" || !p.Vouched("tlvs") {
		t.Errorf("dlt: platform: %+v", p.TLVs)
	}
}

func TestOverride(t *testing.T) {
	p := mustLoad(t, write(t, "own.yaml", `
profile: {id: own, extends: kaleyra}
timers: {response: {value: 20, smsc: 10, provenance: private}}
keepalive: {interval: unset}
bind: {max: {value: 3, provenance: family}}
`))
	if p.Timers.Response != 20*time.Second || p.ResponseTime(dissect.SMSC) != 10*time.Second || p.ResponseTime(dissect.ESME) != 20*time.Second {
		t.Errorf("timers: %+v", p.Timers)
	}
	if p.IsSet("keepalive") || p.KeepAlive.Interval != 0 {
		t.Error("unset does not unset")
	}
	if !p.IsSet("bind.max_binds") || p.Vouched("bind.max_binds") {
		t.Error("family hearsay is vouched for")
	}
}

func TestErrors(t *testing.T) {
	path := write(t, "bad.yaml", `profile: {id: bad}
bind:
  sytem_type: {values: [x]}
  max: 1.5
  types: [tx, trxx]
timers:
  response: 30s
  slow: {value: 5, sourc: S1}
keepalive:
  interval: 010
sorce: {}
tlvs: [{tag: 0x1400}]
destination: {re: '(['}
encoding: {other: {value: note, source: S9}}
`)
	errs := Check(path)
	var all []string
	for _, e := range errs {
		all = append(all, e.Error())
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{
		`bad.yaml:3:3: unknown key "bind.sytem_type" (did you mean "system_type"?)`,
		"    3 |   sytem_type: {values: [x]}\n      |   ^",
		"bad.yaml:4:8: a whole number is wanted here",
		`"trxx" is none of tx, rx, trx (did you mean "trx"?)`,
		"30s: times are written in seconds: 30",
		`unknown key "timers.slow.sourc" (did you mean "source"?)`,
		`unknown key "sorce" (did you mean "source"?)`,
		"a TLV needs tag and name",
		"missing closing ]",
		`source "S9" is not listed under sources`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no error %q in\n%s", want, text)
		}
	}
	var e *Error
	if !errors.As(errs[0], &e) || e.Line != 3 {
		t.Errorf("first error: %v", errs[0])
	}
}

func TestHostile(t *testing.T) {
	deep := strings.Repeat("{a: ", 5000) + strings.Repeat("}", 5000)
	self := write(t, "self.yaml", "profile: {id: self, extends: self.yaml}\n")
	for name, path := range map[string]string{
		"aliases":    write(t, "a.yaml", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
		"merge":      write(t, "m.yaml", "profile: {id: m}\n<<: {bind: {max: 3}}\n"),
		"deep":       write(t, "d.yaml", "profile: {id: d}\nbind: "+deep+"\n"),
		"large":      write(t, "l.yaml", strings.Repeat("# x\n", maxFile)),
		"wide":       write(t, "w.yaml", "profile: {id: w}\ninstance:\n"+wide(15_000)),
		"loop":       self,
		"empty":      write(t, "e.yaml", ""),
		"not yaml":   write(t, "n.yaml", "\x00\x01\x02"),
		"list":       write(t, "s.yaml", "[1, 2]\n"),
		"two":        write(t, "t.yaml", "profile: {id: t}\n---\nprofile: {id: u}\n"),
		"directory":  t.TempDir(),
		"device":     "/dev/zero",
		"no such":    "./nothing.yaml",
		"twice":      write(t, "2.yaml", "profile: {id: t}\nbind: {max: 1}\nbind: {max: 2}\n"),
		"regexp":     write(t, "r.yaml", "profile: {id: r}\ndestination: {re: '"+strings.Repeat("a?", 400)+"'}\n"),
		"terminal":   write(t, "x.yaml", "profile: {id: x}\n\"\\u001b[2J\": 1\n"),
		"misspelt":   "kalyera",
		"upper case": write(t, "u.yaml", "profile: {id: U}\n"),
	} {
		p, err := Load(path)
		if err == nil {
			t.Errorf("%s: loaded as %q", name, p.ID())
			continue
		}
		if s := err.Error(); strings.ContainsAny(s, "\x1b\x00") || len(s) > 20_000 {
			t.Errorf("%s: unsafe or long error: %q", name, s[:min(len(s), 200)])
		}
	}
	if _, err := Load("kalyera"); !strings.Contains(err.Error(), `did you mean "kaleyra"`) {
		t.Errorf("no proposal: %v", err)
	}
}

func wide(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("  k")
		b.WriteString(strings.Repeat("x", 1+i%3))
		for v := i; v > 0; v /= 26 {
			b.WriteByte(byte('a' + v%26))
		}
		b.WriteString(": 1\n")
	}
	return b.String()
}

func TestYAML(t *testing.T) {
	p := mustLoad(t, "kaleyra")
	text, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	q := mustLoad(t, write(t, "again.yaml", string(text)))
	for i, v := range p.Values() {
		w := q.Values()[i]
		if v.Text != w.Text || v.Set != w.Set || v.Source != w.Source || v.Provenance != w.Provenance || v.Note != w.Note {
			t.Errorf("%s: %+v became %+v", v.Path, v, w)
		}
	}
}

// A profile that is shown names its defaults, and all sources it cites.
func TestYAMLOfOwn(t *testing.T) {
	p := mustLoad(t, write(t, "own.yaml", "profile: {id: own}\nsources: {X: {title: x}}\nbind: {max: {value: 3, source: X}}\n"))
	text, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"v34:", "X:", "#   timers.response: 30 (default)", "#   flow.window.max: unset (requests)"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if p.Title != "own" {
		t.Errorf("title %q", p.Title)
	}
	for path := range defaults {
		if known().leaf[path] == nil {
			t.Errorf("a default of %s, which is no parameter", path)
		}
	}
}

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		re        string
		linear    bool
		yes, nope []string
	}{
		{`^[1-9][0-9]{6,14}$`, true, []string{"4477009", "447700900123456"}, []string{"", "447700", "0447700900", "4477009001234567", "44770090012a"}},
		{`^[0-9]{3,8}$`, true, []string{"123"}, []string{"12", "123456789", "12a"}},
		{`^[A-Z]{6}$`, true, []string{"ABCDEF"}, []string{"ABCDE", "ABCDEFG", "abcdef"}},
		{`^[ -~]+$`, true, []string{"a b"}, []string{"", "é"}},
		{`^a?b$`, false, []string{"ab", "b"}, []string{"a"}},
		{`[0-9]`, false, []string{"a1"}, []string{"a"}},
	} {
		p, err := newPattern(c.re)
		if err != nil {
			t.Fatal(err)
		}
		if (p.steps != nil) != c.linear {
			t.Errorf("%s: linear = %v", c.re, p.steps != nil)
		}
		for _, s := range c.yes {
			if !p.Match([]byte(s)) {
				t.Errorf("%s does not match %q", c.re, s)
			}
		}
		for _, s := range c.nope {
			if p.Match([]byte(s)) {
				t.Errorf("%s matches %q", c.re, s)
			}
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		"profile: {id: a}\nbind: {max: {value: 3, source: S, provenance: family}}\nsources: {S: {title: t}}\n",
		"profile: {id: a}\ntimers: {response: {value: 20, smsc: 10}}\nkeepalive: {interval: unset, tolerance: {percent: 1}}\n",
		"profile: {id: a}\nencoding:\n  data_coding: {0x00: {alphabet: gsm0338}}\nreceipt: {states: {X: delivered}}\n",
		"profile: {id: a}\ntlvs:\n- {tag: 0x1400, name: x, when: {dest_prefix: ['91']}}\nsource: {by_shape: [{ton: 1, re: '^[0-9]+$'}]}\n",
		"profile: {id: a}\nrules: {x: off, y: {filter: 'smpp', severity: note, text: t, threshold: {count: 1, per: 1s}}}\n",
		"profile: {id: a}\nsuppress: [{rule: x, address: 10.1.0.0/16, until: 2027-01-01, reason: r}]\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 4096 { // the YAML reader takes most of the time
			return
		}
		s, _, errs := parse("fuzz.yaml", b)
		if len(errs) > 0 {
			return
		}
		p := &Profile{origins: map[string]Origin{}}
		d := &decoder{file: s.name, lines: s.lines, id: s.id, p: p, seen: map[string]int{}}
		d.walk("", s.root)
		d.sources()
		if len(d.errs) == 0 {
			p.complete()
			p.Values()
			if _, err := p.YAML(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
