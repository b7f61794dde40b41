package profile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Bounds of a baseline: as many findings as an audit keeps, and room.
const (
	maxBaseline      = 16 << 20 // octets
	maxBaselineNodes = 300_000
)

// Baseline are findings that were there when it was written: known until a day.
type Baseline struct {
	Known map[BaselineKey]BaselineEntry
}

// BaselineKey is what makes a finding the same one in another run.
type BaselineKey struct{ Rule, Account, Field, Seen string }

// BaselineEntry says until when a finding is known, and why.
type BaselineEntry struct {
	Until  time.Time // the last day, from its beginning in UTC
	Reason string
	// Severity is the highest at which the finding is the known one; empty: any.
	Severity Level
}

// LoadBaseline reads a baseline file. The error joins every fault found, each
// with its place.
func LoadBaseline(path string) (*Baseline, error) {
	data, err := readBounded(path, maxBaseline)
	if err != nil {
		return nil, err
	}
	d := &decoder{file: path, lines: strings.Split(string(data), "\n"), limit: maxBaselineNodes}
	if len(data) > maxBaseline {
		return nil, &Error{File: path, Message: fmt.Sprintf("larger than %d octets: no baseline", maxBaseline)}
	}
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		return nil, errors.Join(yamlFaults(path, d.lines, err)...)
	}
	b := &Baseline{Known: make(map[BaselineKey]BaselineEntry)}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		d.fail(nil, "the file holds no baseline (a group of keys)")
	} else if d.allowed(doc.Content[0], 0) {
		d.baseline(doc.Content[0], b)
	}
	return b, errors.Join(d.errs...)
}

func readBounded(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: no regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}

func (d *decoder) baseline(root *yaml.Node, b *Baseline) {
	var all BaselineEntry
	var findings *yaml.Node
	d.object(root, map[string]func(*yaml.Node){
		"baseline": func(n *yaml.Node) { d.num(n, 1, 1) },
		"profile":  func(n *yaml.Node) { d.str(n) },
		"until":    func(n *yaml.Node) { all.Until = d.date(n) },
		"reason":   func(n *yaml.Node) { all.Reason, _ = d.str(n) },
		"findings": func(n *yaml.Node) { findings = n },
	})
	if !hasKey(root, "baseline") || findings == nil {
		d.fail(root, "a baseline needs baseline: 1 and findings")
		return
	}
	d.list(findings, func(e *yaml.Node) {
		var k BaselineKey
		x := all
		d.object(e, map[string]func(*yaml.Node){
			"rule":    func(n *yaml.Node) { k.Rule = d.ruleID(n) },
			"account": func(n *yaml.Node) { k.Account, _ = d.str(n) },
			"field":   func(n *yaml.Node) { k.Field, _ = d.str(n) },
			"seen":    func(n *yaml.Node) { k.Seen, _ = d.str(n) },
			"until":   func(n *yaml.Node) { x.Until = d.date(n) },
			"reason":  func(n *yaml.Node) { x.Reason, _ = d.str(n) },
			"severity": func(n *yaml.Node) {
				if s, ok := d.str(n); ok && d.oneOf(n, s, levels[1:]) {
					x.Severity = Level(s)
				}
			},
		})
		if k.Rule == "" || x.Until.IsZero() || x.Reason == "" {
			d.fail(e, "rule, until and reason are needed (until and reason here or for all)")
		}
		b.Known[k] = x
	})
}

// AppendBaseline appends a baseline file. All gives the day and reason of the
// findings that have none of their own.
func AppendBaseline(b []byte, profileID string, all BaselineEntry, known map[BaselineKey]BaselineEntry) []byte {
	b = append(b, "# Findings that are known until a day. smpptap audit --baseline marks them so and does not\n"+
		"# fail for them; after the day they count again. A finding is the same by rule, account, field and\n"+
		"# what was seen, where that does not change from run to run, and counts again when it gets worse than\n"+
		"# its severity here. until and reason may be given for each.\n"...)
	b = fmt.Appendf(b, "baseline: 1\nprofile: %s\nuntil: %s\nreason: %s\nfindings:\n",
		quoted(profileID), all.Until.Format(time.DateOnly), quoted(all.Reason))
	if len(known) == 0 {
		return append(b[:len(b)-1], " []\n"...)
	}
	keys := make([]BaselineKey, 0, len(known))
	for k := range known {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(x, y BaselineKey) int {
		return slices.Compare([]string{x.Rule, x.Account, x.Field, x.Seen}, []string{y.Rule, y.Account, y.Field, y.Seen})
	})
	for _, k := range keys {
		b = fmt.Appendf(b, "  - {rule: %s, account: %s, field: %s, seen: %s", k.Rule, quoted(k.Account), quoted(k.Field), quoted(k.Seen))
		x := known[k]
		if x.Severity != "" {
			b = fmt.Appendf(b, ", severity: %s", x.Severity)
		}
		if (!x.Until.Equal(all.Until) || x.Reason != all.Reason) && !x.Until.IsZero() {
			b = fmt.Appendf(b, ", until: %s, reason: %s", x.Until.Format(time.DateOnly), quoted(x.Reason))
		}
		b = append(b, "}\n"...)
	}
	return b
}

// quoted writes a text in YAML's double quotes, on one line: what was seen may
// be anything.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r >= 0x7F && r < 0xA0 || r == 0x2028 || r == 0x2029 || r == 0xFEFF || r >= 0xD800 && r <= 0xF8FF || r == 0xFFFE || r == 0xFFFF:
			fmt.Fprintf(&b, `\u%04X`, r)
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
