package profile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Bounds of a user's rules.
const (
	maxRules     = 100 // of his own; more would be more labels of a metric
	maxFilter    = 4096
	maxText      = 1024
	maxThreshold = 10_000

	ruleForm = `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`
	maxRule  = 48 // characters of an id
	perForm  = `^[0-9]+(\.[0-9]+)?(ms|s|m|h)$`
)

var (
	ruleNamed = regexp.MustCompile(ruleForm)
	perWord   = regexp.MustCompile(perForm)
)

// Rule is a user's word on a rule: how grave one of the catalogue is, or a
// rule of his own. Whether an id is one of the catalogue, and what is wrong
// with a filter, package audit knows (audit.CheckProfile).
type Rule struct {
	ID        string
	Level     Level  // off turns the rule off
	Filter    string // a display filter; empty: a rule of the catalogue
	Text      string // what a finding says
	Remedy    string
	Threshold Threshold

	file        string
	lines       []string
	key, filter *yaml.Node
}

// Own tells a rule of the user's own from a word on one of the catalogue.
func (r *Rule) Own() bool { return r.Filter != "" }

// Threshold makes a rule speak only when more than Count PDUs fulfil it within
// Per, on one connection or, by Account, in one account. Count zero: each PDU
// is one finding.
type Threshold struct {
	Count   int
	Per     time.Duration
	Account bool
}

// Fault makes an error of a rule's id.
func (r *Rule) Fault(format string, args ...any) *Error {
	return faultAt(r.file, r.lines, r.key, 0, format, args...)
}

// FilterFault makes an error of the filter at a character of it, from 1.
func (r *Rule) FilterFault(column int, format string, args ...any) *Error {
	n, shift := r.filter, 0
	if n != nil && n.Line >= 1 && n.Line <= len(r.lines) {
		// Where quotes or line breaks move the characters, the start must do.
		line := []rune(r.lines[n.Line-1])
		from := n.Column - 1
		if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			from++
		}
		if from <= len(line) && strings.HasPrefix(string(line[from:]), r.Filter) {
			shift = from - (n.Column - 1) + column - 1
		}
	}
	return faultAt(r.file, r.lines, n, shift, format, args...)
}

// faultAt makes an error of a node; shift characters to the right of it.
func faultAt(file string, lines []string, n *yaml.Node, shift int, format string, args ...any) *Error {
	e := &Error{File: file, Message: fmt.Sprintf(format, args...)}
	if n != nil {
		e.Line, e.Column, e.Excerpt = n.Line, n.Column+shift, excerpt(lines, n.Line)
	}
	return e
}

// RuleOf gives the user's word on a rule; nil: none.
func (p *Profile) RuleOf(id string) *Rule {
	for i := range p.Rules {
		if p.Rules[i].ID == id {
			return &p.Rules[i]
		}
	}
	return nil
}

// readRules reads a file's word; it goes over that of the extended profiles.
func readRules(d *decoder, n *yaml.Node, p *Profile) {
	rules := slices.Clone(p.Rules)
	own := 0
	d.pairs(n, func(key, v *yaml.Node) {
		r, ok := d.rule(key, v)
		if !ok {
			return
		}
		i := slices.IndexFunc(rules, func(x Rule) bool { return x.ID == r.ID })
		switch {
		case i < 0:
			rules = append(rules, r)
		case !r.Own() && rules[i].Own():
			rules[i].Level = r.Level
		default:
			rules[i] = r
		}
	})
	for i := range rules {
		if rules[i].Own() {
			own++
		}
	}
	if own > maxRules {
		d.fail(n, "%d rules of your own: at most %d", own, maxRules)
		return
	}
	p.Rules = rules
}

func (d *decoder) rule(key, v *yaml.Node) (r Rule, ok bool) {
	r = Rule{ID: key.Value, file: d.file, lines: d.lines, key: key}
	if !ruleNamed.MatchString(key.Value) || len(key.Value) > maxRule {
		d.fail(key, "a rule's id is small letters and digits, a letter first, with hyphens between: at most %d", maxRule)
		return r, false
	}
	if v.Kind == yaml.ScalarNode {
		r.Level = d.level(v)
		return r, true
	}
	faults := len(d.errs)
	if !d.object(v, map[string]func(*yaml.Node){
		"filter":    func(n *yaml.Node) { r.Filter, r.filter = d.bounded(n, maxFilter), n },
		"severity":  func(n *yaml.Node) { r.Level = d.level(n) },
		"text":      func(n *yaml.Node) { r.Text = d.bounded(n, maxText) },
		"remedy":    func(n *yaml.Node) { r.Remedy = d.bounded(n, maxText) },
		"threshold": func(n *yaml.Node) { r.Threshold = d.threshold(n) },
	}) || len(d.errs) > faults {
		return r, false
	}
	own := hasKey(v, "filter") || hasKey(v, "text") || hasKey(v, "remedy") || hasKey(v, "threshold")
	switch {
	case own && (r.Filter == "" || r.Text == "" || r.Level == ""):
		d.fail(key, "a rule of your own needs filter, severity and text")
	case r.Level == "":
		d.fail(key, "severity is needed: %s", list(levels))
	default:
		return r, true
	}
	return r, false
}

// bounded reads a text of at most so many characters.
func (d *decoder) bounded(n *yaml.Node, limit int) string {
	s, _ := d.str(n)
	if len([]rune(s)) > limit {
		d.fail(n, "longer than %d characters", limit)
	}
	return s
}

func (d *decoder) threshold(n *yaml.Node) (t Threshold) {
	d.object(n, map[string]func(*yaml.Node){
		"count": func(n *yaml.Node) { v, _ := d.num(n, 1, maxThreshold); t.Count = int(v) },
		"per":   func(n *yaml.Node) { t.Per = d.per(n) },
		"scope": func(n *yaml.Node) {
			s, ok := d.str(n)
			t.Account = ok && d.oneOf(n, s, []string{"connection", "account"}) && s == "account"
		},
	})
	if !hasKey(n, "count") || !hasKey(n, "per") {
		d.fail(n, "a threshold needs count and per: more than count PDUs in that time")
	}
	return t
}

// per reads a time above zero: seconds, or a number with its unit.
func (d *decoder) per(n *yaml.Node) time.Duration {
	var v time.Duration
	if n.Kind == yaml.ScalarNode && perWord.MatchString(n.Value) {
		v, _ = time.ParseDuration(n.Value)
	} else {
		ok := false
		if v, ok = d.dur(n); !ok {
			return 0
		}
	}
	if v <= 0 || v > maxSeconds*time.Second {
		d.fail(n, "a time above 0 is wanted here, at most ten years")
	}
	return v
}

// regraded gives an entry of rules with another severity.
func regraded(base, severity *yaml.Node) *yaml.Node {
	out := *base
	out.Content = slices.Clone(base.Content)
	for i := 0; i+1 < len(out.Content); i += 2 {
		if out.Content[i].Value == "severity" {
			out.Content[i+1] = severity
		}
	}
	return &out
}
