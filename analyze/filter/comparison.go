package filter

// quantifier is what stands before a field: any or all.
type quantifier struct {
	given, all bool
	tok        token
}

// comparators by their spellings. opposite turns the relation around for each
// value; all asks it of every value.
var comparators = map[string]struct {
	relation      relation
	opposite, all bool
}{
	"==": {equal, false, false}, "eq": {equal, false, false}, "any_eq": {equal, false, false},
	"===": {equal, false, true}, "all_eq": {equal, false, true},
	"!=": {equal, true, true}, "ne": {equal, true, true}, "all_ne": {equal, true, true},
	"!==": {equal, true, false}, "~=": {equal, true, false}, "any_ne": {equal, true, false},
	"<": {less, false, false}, "lt": {less, false, false},
	"<=": {lessEqual, false, false}, "le": {lessEqual, false, false},
	">": {greater, false, false}, "gt": {greater, false, false},
	">=": {greaterEqual, false, false}, "ge": {greaterEqual, false, false},
}

// wordOperators are the words that mean something between operands; the value of
// a comparison may be spelled like one.
var wordOperators = map[string]bool{
	"eq": true, "ne": true, "lt": true, "le": true, "gt": true, "ge": true, "any_eq": true, "all_eq": true,
	"any_ne": true, "all_ne": true, "contains": true, "matches": true, "in": true, "and": true, "or": true, "xor": true,
}

// comparison reads what follows an operand: an operator and its right side, or
// nothing, which asks whether the operand is present.
func (p *parser) comparison(o *operand, q quantifier) (test, *SyntaxError) {
	op := p.tok
	c, compares := comparators[op.text]
	compares = compares && (op.kind == tokSymbol || op.kind == tokWord)
	switch {
	case compares:
		if q.given {
			c.all = q.all
		}
		if o.typ == Label {
			return nil, p.cannot(o, op)
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		return p.right(o, c.relation, c.opposite, c.all)
	case op.word("contains") || op.word("matches") || op.is("~"):
		if !o.typ.octets() {
			return nil, p.cannot(o, op)
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		return p.search(o, op, q.all)
	case op.word("in"):
		return p.membership(o, q.all, false)
	case op.word("not"):
		if err := p.advance(); err != nil {
			return nil, err
		}
		if !p.tok.word("in") {
			return nil, p.unexpected(op, "and, or, or the end")
		}
		return p.membership(o, q.all, true)
	}
	return p.alone(o, q)
}

func (p *parser) cannot(o *operand, op token) *SyntaxError {
	return p.fault(o.off, o.end, "%s is %s and cannot take part in %s", o.text, o.typ, op.text)
}

// alone is the test of an operand without an operator.
func (p *parser) alone(o *operand, q quantifier) (test, *SyntaxError) {
	switch {
	case q.given:
		return nil, p.unexpected(p.tok, "an operator")
	case !o.testable:
		return nil, p.fault(o.off, o.end, "%s is not a field: compare it with something", o.text)
	case o.masked:
		return some(o.get, func(v value) bool { return v.n != 0 }), nil
	}
	return present(o.get), nil
}

func quantified(o *operand, is predicate, all bool) test {
	if all {
		return every(o.get, is)
	}
	return some(o.get, is)
}

// right reads the right side of a comparison: a constant, or a field or function.
func (p *parser) right(o *operand, rel relation, opposite, all bool) (test, *SyntaxError) {
	t := p.tok
	if t.kind == tokWord && (FieldByName(t.text) != nil || functions[t.text] != nil && p.calls()) {
		return p.twoFields(o, rel, opposite, all)
	}
	x, err := p.literal(o, t)
	if err != nil {
		return nil, err
	}
	is := x.against(o.typ, rel)
	if opposite {
		is = negated(is)
	}
	return quantified(o, is, all), p.advance()
}

// calls tells whether a parenthesis follows the token.
func (p *parser) calls() bool {
	l := p.lex
	t, err := l.next()
	return err == nil && t.is("(")
}

func (p *parser) twoFields(o *operand, rel relation, opposite, all bool) (test, *SyntaxError) {
	w, err := p.operand(1)
	if err != nil {
		return nil, err
	}
	if o.typ != w.typ && !(o.typ.octets() && w.typ.octets()) {
		return nil, p.fault(w.off, w.end, "%s is %s, %s %s", o.text, o.typ, w.text, w.typ)
	}
	return pair(o, w, rel, opposite, all), nil
}

// search reads the right side of contains and matches.
func (p *parser) search(o *operand, op token, all bool) (test, *SyntaxError) {
	t := p.tok
	if !op.word("contains") {
		re, err := p.pattern(t)
		if err != nil {
			return nil, err
		}
		return quantified(o, matches(re), all), p.advance()
	}
	// Any part of a value may be looked for, whatever words it may be.
	free := *o
	free.vocabulary, free.empty = nil, ""
	x, err := p.literal(&free, t)
	if err != nil {
		return nil, err
	}
	return quantified(o, contains(x.b), all), p.advance()
}

// membership reads {a, b..c}; "in" is the token.
func (p *parser) membership(o *operand, all, opposite bool) (test, *SyntaxError) {
	if o.typ == Label {
		return nil, p.cannot(o, p.tok)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.expect("{"); err != nil {
		return nil, err
	}
	var members []member
	for {
		m, err := p.member(o)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
		if p.tok.is("}") {
			break
		}
		if t := p.tok; t.kind == tokWord || t.kind == tokString || t.kind == tokChar {
			// As Wireshark before 4.0 had it.
			return nil, p.fault(t.off, t.end, "the members of a set are separated by commas: {1, 3, 5..7}")
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
	t := quantified(o, memberOf(o.typ, members), all)
	if opposite {
		t = negate(t)
	}
	return t, p.advance()
}

func (p *parser) member(o *operand) (member, *SyntaxError) {
	from, err := p.literal(o, p.tok)
	if err != nil {
		return member{}, err
	}
	if err := p.advance(); err != nil || !p.tok.is("..") {
		return member{from: from}, err
	}
	if err := p.advance(); err != nil {
		return member{}, err
	}
	to, err := p.literal(o, p.tok)
	if err != nil {
		return member{}, err
	}
	if o.typ == Address && !(from.prefix.IsSingleIP() && to.prefix.IsSingleIP()) {
		return member{}, p.fault(from.tok.off, to.tok.end, "a range runs between two addresses, not networks")
	}
	return member{from: from, to: to, ranged: true}, p.advance()
}
