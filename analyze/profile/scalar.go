package profile

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a group of keys"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.ShortTag() == "!!null" {
		return "nothing"
	}
	return strconv.Quote(n.Value)
}

// str reads a string, or a number as it was written.
func (d *decoder) str(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		d.fail(n, "a word is wanted here, not %s (unknown values are written: unset)", kindName(n))
		return "", false
	}
	return n.Value, true
}

func (d *decoder) oneOf(n *yaml.Node, s string, words []string) bool {
	if slices.Contains(words, s) {
		return true
	}
	d.fail(n, "%q is none of %s%s", s, strings.Join(words, ", "), DidYouMean(s, words))
	return false
}

// num reads a whole number, decimal or 0x.
func (d *decoder) num(n *yaml.Node, lo, hi int64) (int64, bool) {
	if n.Kind == yaml.ScalarNode && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 {
		s := n.Value
		base := 10
		if strings.HasPrefix(s, "0x") || strings.HasPrefix(s, "0X") {
			s, base = s[2:], 16
		}
		v, err := strconv.ParseInt(s, base, 64)
		switch {
		case err == nil && base == 10 && len(s) > 1 && s[0] == '0':
			d.fail(n, "%s: write it without the leading 0, or with 0x", n.Value)
			return 0, false
		case err == nil && (v < lo || v > hi):
			d.fail(n, "%s is out of range: %d to %d", n.Value, lo, hi)
			return 0, false
		case err == nil:
			return v, true
		}
	}
	d.fail(n, "a whole number is wanted here, not %s", kindName(n))
	return 0, false
}

func (d *decoder) decimal(n *yaml.Node, hi float64) (float64, bool) {
	if v, ok := numeral(n); ok && v >= 0 && v <= hi && !math.IsNaN(v) {
		return v, true
	}
	d.fail(n, "a number from 0 to %g is wanted here, not %s", hi, kindName(n))
	return 0, false
}

// numeral reads a number as YAML means it.
func numeral(n *yaml.Node) (float64, bool) {
	switch n.ShortTag() {
	case "!!int":
		v, err := strconv.ParseInt(n.Value, 0, 64)
		return float64(v), err == nil
	case "!!float":
		v, err := strconv.ParseFloat(n.Value, 64)
		return v, err == nil
	}
	return 0, false
}

// maxSeconds is ten years: longer times are typing errors.
const maxSeconds = 10 * 365 * 86400

func (d *decoder) dur(n *yaml.Node) (time.Duration, bool) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" {
		if v, err := time.ParseDuration(n.Value); err == nil {
			d.fail(n, "%s: times are written in seconds: %g", n.Value, v.Seconds())
			return 0, false
		}
	}
	v, ok := d.decimal(n, maxSeconds)
	return time.Duration(v * float64(time.Second)), ok
}

func (d *decoder) boolean(n *yaml.Node) (bool, bool) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!bool" {
		return strings.EqualFold(n.Value, "true"), true
	}
	d.fail(n, "true or false is wanted here, not %s", kindName(n))
	return false, false
}

func (d *decoder) list(n *yaml.Node, read func(*yaml.Node)) bool {
	if n.Kind != yaml.SequenceNode {
		d.fail(n, "a list is wanted here, not %s", kindName(n))
		return false
	}
	for _, e := range n.Content {
		read(e)
	}
	return true
}

func (d *decoder) words(n *yaml.Node) []string {
	var out []string
	d.list(n, func(e *yaml.Node) {
		if s, ok := d.str(e); ok {
			out = append(out, s)
		}
	})
	return out
}

// span reads [min, max].
func (d *decoder) span(n *yaml.Node, hi int64) (a, b int64, ok bool) {
	if n.Kind != yaml.SequenceNode || len(n.Content) != 2 {
		d.fail(n, "[lowest, highest] is wanted here")
		return 0, 0, false
	}
	a, ok = d.num(n.Content[0], 0, hi)
	b, ok2 := d.num(n.Content[1], 0, hi)
	if ok && ok2 && a > b {
		d.fail(n, "[lowest, highest]: %d is above %d", a, b)
		return 0, 0, false
	}
	return a, b, ok && ok2
}

func (d *decoder) pattern(n *yaml.Node) *Pattern {
	s, ok := d.str(n)
	if !ok {
		return nil
	}
	if len(s) > MaxPattern {
		d.fail(n, "the expression is longer than %d characters", MaxPattern)
		return nil
	}
	p, err := newPattern(s)
	if err != nil {
		d.fail(n, "%v", err)
		return nil
	}
	return p
}

// pairs reads a map of any keys.
func (d *decoder) pairs(n *yaml.Node, read func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, "a map is wanted here, not %s", kindName(n))
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		read(n.Content[i], n.Content[i+1])
	}
}
