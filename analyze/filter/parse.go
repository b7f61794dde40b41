package filter

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"smpptap/dissect"
)

// The bounds of a filter.
const (
	maxSource   = 16 << 10 // octets
	maxDepth    = 64       // of not and parentheses
	maxPattern  = 1 << 10  // octets of a regular expression
	maxProgram  = 8 << 10  // instructions of all regular expressions
	maxPatterns = 64
)

// Filter is a parsed filter.
type Filter struct {
	src   string
	match test
	needs need
	notes []string
}

// Options say what a filter may name beyond the table. The zero value is none.
type Options struct {
	// Rules are the rules of the audit; nil: smpptap.rule takes any word.
	Rules []string
	// Dialect is the provider's: its statuses may be named.
	Dialect *dissect.Dialect
}

// Parse reads a filter. The empty filter matches every row. The error is a
// *SyntaxError.
func Parse(src string) (*Filter, error) { return Options{}.Parse(src) }

// Parse reads a filter that may use the words of the options.
func (o Options) Parse(src string) (*Filter, error) {
	f, err := o.parse(src)
	if err != nil {
		return nil, err // a nil *SyntaxError must not become an error
	}
	return f, nil
}

func (o Options) parse(src string) (*Filter, *SyntaxError) {
	if len(src) > maxSource {
		return nil, fault(src[:maxSource], maxSource, maxSource, "the filter is longer than %d octets", maxSource)
	}
	f := &Filter{src: src, match: func(*Row) bool { return true }}
	p := parser{lex: lexer{src: src}, filter: f, options: o}
	if err := p.advance(); err != nil || p.tok.kind == tokEnd {
		return f, err
	}
	t, err := p.expression(0)
	if err == nil && p.tok.kind != tokEnd {
		err = p.trailing()
	}
	f.match = t
	return f, err
}

// Match tells whether the row fulfils the filter.
func (f *Filter) Match(r *Row) bool { return f.match(r) }

// String returns the source.
func (f *Filter) String() string { return f.src }

// NeedsMessage tells whether the filter reads Row.Message or, of a receipt,
// Row.Receipt; a caller may leave both out otherwise.
func (f *Filter) NeedsMessage() bool { return f.needs&(needMessage|needReceipt) != 0 }

// NeedsFindings tells whether the filter reads Row.Findings.
func (f *Filter) NeedsFindings() bool { return f.needs&needFindings != 0 }

// Notes are warnings for the user: fields that are accepted and never present.
func (f *Filter) Notes() []string { return f.notes }

// parser is a Pratt parser that makes closures of what it reads.
type parser struct {
	lex      lexer
	tok      token // the next one
	filter   *Filter
	options  Options
	depth    int
	patterns int
	program  int
}

func (p *parser) fault(off, end int, format string, args ...any) *SyntaxError {
	return fault(p.lex.src, off, end, format, args...)
}

func (p *parser) unexpected(t token, wanted string) *SyntaxError {
	if t.kind == tokEnd {
		return p.fault(t.off, t.end, "the filter ends where %s should stand", wanted)
	}
	return p.fault(t.off, t.end, "unexpected %q where %s should stand", p.lex.src[t.off:t.end], wanted)
}

// trailing is about a token behind a whole expression.
func (p *parser) trailing() *SyntaxError {
	t := p.tok
	if low := strings.ToLower(t.text); t.kind == tokWord && low != t.text && wordOperators[low] {
		return p.unknown(t)
	}
	return p.unexpected(t, "and, or, or the end")
}

func (p *parser) advance() (err *SyntaxError) {
	p.tok, err = p.lex.next()
	return err
}

// expect passes a symbol.
func (p *parser) expect(symbol string) *SyntaxError {
	if !p.tok.is(symbol) {
		return p.unexpected(p.tok, symbol)
	}
	return p.advance()
}

// connectives, the weakest first.
var connectives = []struct {
	word, symbol string
	join         func([]test) test
}{
	{"or", "||", anyOf},
	{"xor", "", oddOf},
	{"and", "&&", allOf},
}

// expression reads tests joined by connectives of a strength and above.
func (p *parser) expression(strength int) (test, *SyntaxError) {
	if strength == len(connectives) {
		return p.unary()
	}
	c := connectives[strength]
	var tests []test
	for {
		t, err := p.expression(strength + 1)
		if err != nil {
			return nil, err
		}
		tests = append(tests, t)
		if !p.tok.word(c.word) && (c.symbol == "" || !p.tok.is(c.symbol)) {
			break
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	if len(tests) == 1 {
		return tests[0], nil
	}
	return c.join(tests), nil
}

func (p *parser) unary() (test, *SyntaxError) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fault(p.tok.off, p.tok.end, "the filter is nested deeper than %d levels", maxDepth)
	}
	defer func() { p.depth-- }()
	switch {
	case p.tok.word("not") || p.tok.is("!"):
		if err := p.advance(); err != nil {
			return nil, err
		}
		t, err := p.unary()
		if err != nil {
			return nil, err
		}
		return negate(t), nil
	case p.tok.is("("):
		if o, err := p.inParentheses(); o != nil || err != nil {
			if err != nil {
				return nil, err
			}
			return p.comparison(o, quantifier{})
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		t, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		return t, p.expect(")")
	case p.tok.word("any") || p.tok.word("all"):
		q := quantifier{given: true, all: p.tok.text == "all", tok: p.tok}
		if err := p.advance(); err != nil {
			return nil, err
		}
		o, err := p.operand(0)
		if err != nil {
			return nil, err
		}
		return p.comparison(o, q)
	}
	o, err := p.operand(0)
	if err != nil {
		return nil, err
	}
	return p.comparison(o, quantifier{})
}

// inParentheses reads (field & mask) where a comparison follows it: the
// parentheses then hold an operand and no test. Otherwise it reads nothing.
func (p *parser) inParentheses() (*operand, *SyntaxError) {
	start, needs, notes := *p, p.filter.needs, p.filter.notes
	if err := p.advance(); err == nil {
		if o, err := p.operand(0); err == nil && o.made == "operator" && p.tok.is(")") {
			o.end = p.tok.end
			return o, p.advance()
		}
	}
	*p = start
	p.filter.needs, p.filter.notes = needs, notes
	return nil, nil
}

// pattern reads the regular expression of matches.
func (p *parser) pattern(t token) (*regexp.Regexp, *SyntaxError) {
	if t.kind != tokString {
		return nil, p.unexpected(t, "a regular expression in double quotes")
	}
	s, err := p.unescape(t, true)
	if err != nil {
		return nil, err
	}
	if p.patterns++; len(s) > maxPattern || p.patterns > maxPatterns {
		return nil, p.fault(t.off, t.end, "more than %d regular expressions, or one longer than %d octets", maxPatterns, maxPattern)
	}
	for _, x := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.Contains(s, x) {
			return nil, p.fault(t.off, t.end, "the regular expression has %s...): look-around is not supported (RE2)", x)
		}
	}
	tree, bad := syntax.Parse(s, syntax.Perl|syntax.FoldCase)
	if bad != nil {
		why := strings.TrimPrefix(bad.Error(), "error parsing regexp: ")
		return nil, p.fault(t.off, t.end, "the regular expression does not parse (RE2): %s", why)
	}
	if prog, bad := syntax.Compile(tree.Simplify()); bad == nil {
		p.program += len(prog.Inst)
	}
	if p.program > maxProgram {
		return nil, p.fault(t.off, t.end, "the regular expression is too large")
	}
	re, bad := regexp.Compile("(?i)" + s)
	if bad != nil {
		return nil, p.fault(t.off, t.end, "the regular expression does not parse (RE2): %s", bad)
	}
	return re, nil
}
