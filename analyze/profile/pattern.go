package profile

import (
	"regexp"
	"regexp/syntax"
)

// Pattern is a regular expression (RE2) of a profile. Sequences of ASCII
// character classes, which is what addresses need, are matched without the
// regexp engine: the check runs for every message.
type Pattern struct {
	text  string
	re    *regexp.Regexp
	steps []step // nil: use re
}

// step is a character class and how often it stands. Only the last step of a
// pattern has min < max, so no step ever has to give back what it took.
type step struct {
	class    [2]uint64 // by ASCII code
	min, max int       // max < 0: any number
}

// MaxPattern is the longest regular expression a profile may hold.
const MaxPattern = 512

func newPattern(text string) (*Pattern, error) {
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, err
	}
	return &Pattern{text: text, re: re, steps: linear(text)}, nil
}

// String gives the expression.
func (p *Pattern) String() string { return p.text }

// Match tells whether b matches.
func (p *Pattern) Match(b []byte) bool {
	if p.steps == nil {
		return p.re.Match(b)
	}
	i := 0
	for _, s := range p.steps {
		n := 0
		for i < len(b) && (s.max < 0 || n < s.max) && s.has(b[i]) {
			i++
			n++
		}
		if n < s.min {
			return false
		}
	}
	return i == len(b)
}

func (s *step) has(c byte) bool {
	return c < 128 && s.class[c>>6]>>(c&63)&1 == 1
}

// linear reads ^class{n}class{n}...class{n,m}$, else gives nil.
func linear(text string) []step {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil || tree.Op != syntax.OpConcat || len(tree.Sub) < 3 {
		return nil
	}
	last := len(tree.Sub) - 1
	if tree.Sub[0].Op != syntax.OpBeginText || tree.Sub[last].Op != syntax.OpEndText {
		return nil
	}
	var steps []step
	for i, sub := range tree.Sub[1:last] {
		s, ok := oneStep(sub)
		if !ok || (s.min != s.max && i+2 != last) {
			return nil
		}
		steps = append(steps, s)
	}
	return steps
}

func oneStep(n *syntax.Regexp) (step, bool) {
	s := step{min: 1, max: 1}
	switch n.Op {
	case syntax.OpRepeat:
		s.min, s.max = n.Min, n.Max
	case syntax.OpPlus:
		s.max = -1
	case syntax.OpStar:
		s.min, s.max = 0, -1
	case syntax.OpQuest:
		s.min = 0
	default:
		return s, s.classOf(n)
	}
	if n.Flags&syntax.NonGreedy != 0 {
		return s, false
	}
	return s, s.classOf(n.Sub[0])
}

func (s *step) classOf(n *syntax.Regexp) bool {
	if n.Flags&syntax.FoldCase != 0 {
		return false
	}
	switch n.Op {
	case syntax.OpCharClass:
		for i := 0; i+1 < len(n.Rune); i += 2 {
			if n.Rune[i+1] > 127 {
				return false
			}
			for c := n.Rune[i]; c <= n.Rune[i+1]; c++ {
				s.class[c>>6] |= 1 << (c & 63)
			}
		}
		return true
	case syntax.OpLiteral:
		if len(n.Rune) != 1 || n.Rune[0] > 127 {
			return false
		}
		s.class[n.Rune[0]>>6] |= 1 << (n.Rune[0] & 63)
		return true
	}
	return false
}
