package filter

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"smpptap/dissect"
)

// operand is what a comparison compares: a field, or what a slice, a function
// or an operator makes of one.
type operand struct {
	typ        Type
	size       int
	get        getter
	text       string // as messages name it
	field      *FieldInfo
	made       string // by what it was made: a slice, function, operator; empty: a field
	testable   bool   // may stand alone
	masked     bool   // standing alone it asks for a bit that is set, not for presence
	empty      string
	vocabulary []string
	off, end   int
}

// words are the names for values; only a field as it is has them.
func (o *operand) words(d *dissect.Dialect) []word {
	if o.made != "" {
		return nil
	}
	return o.field.wordList(d)
}

// operand reads a field with what follows it, or a function. side numbers the
// scratch space: 0 left of a comparison, 1 right of it.
func (p *parser) operand(side int) (*operand, *SyntaxError) {
	t := p.tok
	if t.kind != tokWord {
		return nil, p.unexpected(t, "a field")
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	var o *operand
	var err *SyntaxError
	if p.tok.is("(") {
		o, err = p.function(t, side)
	} else {
		o, err = p.field(t)
	}
	if err == nil && p.tok.is("[") {
		o, err = p.slice(o)
	}
	if err == nil {
		o, err = p.arithmetic(o)
	}
	return o, err
}

func (p *parser) field(t token) (*operand, *SyntaxError) {
	f := FieldByName(t.text)
	if f == nil {
		return nil, p.unknown(t)
	}
	p.filter.needs |= f.needs
	if f.absent {
		p.filter.notes = append(p.filter.notes, f.Name+" is never present here: "+f.Note)
	}
	o := &operand{typ: f.Type, size: f.size, get: f.get, text: f.Name, field: f, testable: true, empty: f.empty,
		vocabulary: f.vocabulary, off: t.off, end: t.end}
	if f.Name == ruleField {
		o.vocabulary = p.options.Rules
	}
	return o, nil
}

// ruleField takes its words from the options: filter does not know the audit.
const ruleField = "smpptap.rule"

func (p *parser) unknown(t token) *SyntaxError {
	switch low := strings.ToLower(t.text); {
	case FieldByName(t.text) != nil:
		return p.fault(t.off, t.end, "unexpected field %s", t.text)
	case low != t.text && (wordOperators[low] || low == "not"):
		return p.fault(t.off, t.end, "unexpected %q: operators are written in lower case", t.text)
	case wordOperators[t.text]:
		return p.unexpected(t, "a field")
	}
	return p.fault(t.off, t.end, "%q is neither a field nor a protocol", t.text).near(Nearest(t.text))
}

// function makes an operand of a field: the open parenthesis is the token.
func (p *parser) function(name token, side int) (*operand, *SyntaxError) {
	build := functions[name.text]
	if build == nil {
		return nil, p.fault(name.off, name.end, "there is no function %q", name.text).near(nearest(name.text, functionNames))
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind != tokWord {
		return nil, p.unexpected(p.tok, "a field")
	}
	t := p.tok
	if err := p.advance(); err != nil {
		return nil, err
	}
	o, err := p.field(t)
	if err == nil && p.tok.is("[") {
		o, err = p.slice(o)
	}
	if err != nil {
		return nil, err
	}
	inner := *o
	if why := build(o, &inner, side); why != "" {
		return nil, p.fault(inner.off, inner.end, "%s is %s: %s(...) %s", inner.text, inner.typ, name.text, why)
	}
	o.made, o.testable, o.empty, o.vocabulary = "function", false, "", nil
	o.off, o.end = name.off, p.tok.end
	o.text = name.text + "(" + inner.text + ")"
	return o, p.expect(")")
}

// functions turn the operand of into what the function gives; why says which
// type it cannot take.
var functions = map[string]func(o, of *operand, side int) (why string){
	"len":   length,
	"count": countValues,
	"lower": func(o, of *operand, side int) string { return cased(o, of, side, unicode.ToLower) },
	"upper": func(o, of *operand, side int) string { return cased(o, of, side, unicode.ToUpper) },
	"max":   func(o, of *operand, _ int) string { return extreme(o, of, true) },
	"min":   func(o, of *operand, _ int) string { return extreme(o, of, false) },
}

var functionNames = slices.Sorted(maps.Keys(functions))

// length is in octets, as Wireshark's: of a text those of its UTF-8.
func length(o, of *operand, _ int) string {
	get, size := of.get, int64(of.size)
	switch {
	case of.typ.octets():
		o.get = func(r *Row, pos int) (value, int) {
			v, next := get(r, pos)
			return value{n: int64(len(v.b))}, next
		}
	case of.typ == Uint || of.typ == Address:
		o.get = func(r *Row, pos int) (value, int) {
			_, next := get(r, pos)
			return value{n: size}, next
		}
	default:
		return "has no octets to count"
	}
	o.typ, o.size = Uint, 8
	return ""
}

// countValues has no value where the field is absent, as in Wireshark.
func countValues(o, of *operand, _ int) string {
	get := of.get
	o.typ, o.size = Uint, 8
	o.get = one(func(r *Row) (value, bool) {
		n := int64(0)
		for pos := 0; pos >= 0; n++ {
			_, next := get(r, pos)
			if next == 0 {
				break
			}
			pos = next
		}
		return counted(n)
	})
	return ""
}

// cased writes into the row's scratch space.
func cased(o, of *operand, side int, to func(rune) rune) string {
	if of.typ != String {
		return "takes a string"
	}
	get := of.get
	o.get = func(r *Row, pos int) (value, int) {
		v, next := get(r, pos)
		out := r.scratch[side][:0]
		for b := v.b; len(b) > 0; {
			c, n := utf8.DecodeRune(b)
			if c == utf8.RuneError && n == 1 {
				out = append(out, b[0])
			} else {
				out = utf8.AppendRune(out, to(c))
			}
			b = b[n:]
		}
		r.scratch[side] = out
		return value{b: out}, next
	}
	return ""
}

func extreme(o, of *operand, most bool) string {
	if !of.typ.numeric() {
		return "takes a number"
	}
	get := of.get
	o.get = one(func(r *Row) (value, bool) {
		best, found := int64(0), false
		for pos := 0; pos >= 0; {
			v, next := get(r, pos)
			if next == 0 {
				break
			}
			if !found || most == (v.n > best) {
				best, found = v.n, true
			}
			pos = next
		}
		return value{n: best}, found
	})
	return ""
}

// slice reads [i:n], [i-j], [i], [:n], [i:] behind an operand; the bracket is
// the token. A value that the slice does not lie in has no slice.
func (p *parser) slice(o *operand) (*operand, *SyntaxError) {
	open := p.tok.off
	inner, err := p.lex.inBrackets()
	if err != nil {
		return nil, err
	}
	end := p.lex.pos
	if err := p.advance(); err != nil {
		return nil, err
	}
	if !o.typ.octets() {
		return nil, p.fault(o.off, o.end, "%s is %s and cannot be sliced", o.text, o.typ)
	}
	cut, ok := sliceOf(strings.ReplaceAll(inner, " ", ""))
	if !ok {
		return nil, p.fault(open, end, "%q is not a slice: write [first:length], [first-last], [one], [:length] or [first:]", "["+inner+"]")
	}
	get := o.get
	o.get = func(r *Row, pos int) (value, int) {
		for pos >= 0 {
			v, next := get(r, pos)
			if next == 0 {
				break
			}
			if b, ok := cut(v.b); ok {
				return value{b: b}, next
			}
			pos = next
		}
		return value{}, 0
	}
	o.typ, o.made, o.empty, o.vocabulary, o.end = Bytes, "slice", "", nil, end
	o.text += "[" + inner + "]"
	return o, nil
}

// sliceOf reads what stands between the brackets.
func sliceOf(s string) (cut func(b []byte) ([]byte, bool), ok bool) {
	first, length, toEnd := s, "1", false
	hyphen := strings.LastIndexByte(s, '-') // -4--2 ends at the hyphen before the sign
	if hyphen > 0 && s[hyphen-1] == '-' {
		hyphen--
	}
	var through *int
	if a, b, colon := strings.Cut(s, ":"); colon {
		first, length, toEnd = a, b, b == ""
		if a == "" {
			first = "0"
		}
	} else if hyphen > 0 {
		n, ok := small(s[hyphen+1:])
		if !ok {
			return nil, false
		}
		first, through = s[:hyphen], &n
	}
	i, ok := small(first)
	n := 0
	if ok && !toEnd {
		n, ok = small(length)
	}
	if !ok || through == nil && !toEnd && n <= 0 {
		return nil, false
	}
	return func(b []byte) ([]byte, bool) {
		from := fromEnd(i, len(b))
		end := from + n
		switch {
		case toEnd:
			end = len(b)
		case through != nil:
			end = fromEnd(*through, len(b)) + 1
		}
		if from < 0 || from >= end || end > len(b) {
			return nil, false
		}
		return b[from:end], true
	}, true
}

// fromEnd counts a negative index from the end.
func fromEnd(i, length int) int {
	if i < 0 {
		return length + i
	}
	return i
}

func small(s string) (int, bool) {
	n, err := strconv.ParseInt(s, 0, 32)
	return int(n), err == nil
}

// arithmetics are the operators with a constant.
var arithmetics = map[string]func(n, c int64) int64{
	"&": func(n, c int64) int64 { return n & c },
	"+": func(n, c int64) int64 { return n + c },
	"-": func(n, c int64) int64 { return n - c },
	"*": func(n, c int64) int64 { return n * c },
	"/": func(n, c int64) int64 { return n / c },
	"%": func(n, c int64) int64 { return n % c },
}

// arithmetic reads an operator and its constant behind an integer.
func (p *parser) arithmetic(o *operand) (*operand, *SyntaxError) {
	op := p.tok
	with := arithmetics[op.text]
	if op.kind != tokSymbol || with == nil {
		return o, nil
	}
	if o.typ != Uint {
		return nil, p.fault(o.off, o.end, "%s is %s: %s takes an unsigned integer", o.text, o.typ, op.text)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	c := p.tok
	wide := operand{typ: Uint, size: 8, text: "the constant", made: "operator"}
	x, err := p.literal(&wide, c)
	if err != nil {
		return nil, err
	}
	n := x.spans[0].from
	if n == 0 && (op.text == "/" || op.text == "%") {
		return nil, p.fault(c.off, c.end, "division by zero")
	}
	if n > math.MaxUint32 {
		return nil, p.fault(c.off, c.end, "%s is too large", c.text)
	}
	get := o.get
	o.get = func(r *Row, pos int) (value, int) {
		v, next := get(r, pos)
		return value{n: with(v.n, n)}, next
	}
	o.made, o.masked, o.testable = "operator", op.text == "&", op.text == "&"
	o.size, o.end = 8, c.end
	o.text += " " + op.text + " " + c.text
	return o, p.advance()
}
