package filter

import (
	"bytes"
	"cmp"
	"net/netip"
	"regexp"
)

// test answers for one row.
type test func(r *Row) bool

// relation is an order comparison.
type relation uint8

const (
	equal relation = iota
	less
	lessEqual
	greater
	greaterEqual
)

// holds tells whether a value that compares as c with another fulfils it.
func (o relation) holds(c int) bool {
	switch o {
	case less:
		return c < 0
	case lessEqual:
		return c <= 0
	case greater:
		return c > 0
	case greaterEqual:
		return c >= 0
	}
	return c == 0
}

// predicate answers for one value.
type predicate func(v value) bool

// some is true when a value fulfils the predicate.
func some(get getter, is predicate) test {
	return func(r *Row) bool {
		for pos := 0; pos >= 0; {
			v, next := get(r, pos)
			if next == 0 {
				return false
			}
			if is(v) {
				return true
			}
			pos = next
		}
		return false
	}
}

// every is true when there are values and all fulfil the predicate.
func every(get getter, is predicate) test {
	return func(r *Row) bool {
		found := false
		for pos := 0; pos >= 0; {
			v, next := get(r, pos)
			if next == 0 {
				return found
			}
			if !is(v) {
				return false
			}
			found, pos = true, next
		}
		return found
	}
}

func present(get getter) test {
	return func(r *Row) bool {
		_, next := get(r, 0)
		return next != 0
	}
}

func negate(t test) test { return func(r *Row) bool { return !t(r) } }

func negated(is predicate) predicate { return func(v value) bool { return !is(v) } }

func allOf(tests []test) test {
	if len(tests) == 2 {
		a, b := tests[0], tests[1]
		return func(r *Row) bool { return a(r) && b(r) }
	}
	return func(r *Row) bool {
		for _, t := range tests {
			if !t(r) {
				return false
			}
		}
		return true
	}
}

func anyOf(tests []test) test {
	if len(tests) == 2 {
		a, b := tests[0], tests[1]
		return func(r *Row) bool { return a(r) || b(r) }
	}
	return func(r *Row) bool {
		for _, t := range tests {
			if t(r) {
				return true
			}
		}
		return false
	}
}

// oddOf is true when an odd number of tests is: xor from left to right.
func oddOf(tests []test) test {
	return func(r *Row) bool {
		odd := false
		for _, t := range tests {
			odd = odd != t(r)
		}
		return odd
	}
}

// against makes a predicate of a relation with a constant.
func (x literal) against(typ Type, o relation) predicate {
	switch {
	case typ.numeric():
		return x.number(o)
	case typ.octets():
		return x.octets(o)
	}
	return x.address(o)
}

// number compares with a name's values as one: less than a name is less than
// all of them.
func (x literal) number(o relation) predicate {
	low, high := x.spans[0].from, x.spans[0].to
	for _, s := range x.spans {
		low, high = min(low, s.from), max(high, s.to)
	}
	switch o {
	case less:
		return func(v value) bool { return v.n < low }
	case lessEqual:
		return func(v value) bool { return v.n <= high }
	case greater:
		return func(v value) bool { return v.n > high }
	case greaterEqual:
		return func(v value) bool { return v.n >= low }
	}
	if low == high {
		return func(v value) bool { return v.n == low }
	}
	return within(x.spans)
}

func (x literal) octets(o relation) predicate {
	b := x.b
	if o == equal {
		return func(v value) bool { return bytes.Equal(v.b, b) }
	}
	return func(v value) bool { return o.holds(bytes.Compare(v.b, b)) }
}

// address compares the network part, as Wireshark does with CIDR.
func (x literal) address(o relation) predicate {
	prefix := x.prefix
	if o == equal {
		if prefix.IsSingleIP() {
			a := prefix.Addr()
			return func(v value) bool { return v.a == a }
		}
		return func(v value) bool { return prefix.Contains(v.a) }
	}
	network := prefix.Masked().Addr()
	return func(v value) bool {
		return o.holds(netip.PrefixFrom(v.a, prefix.Bits()).Masked().Addr().Compare(network))
	}
}

// pair compares two fields. All values of both, or one of each, fulfil the
// relation, or its opposite.
func pair(left, right *operand, o relation, opposite, all bool) test {
	order := comparer(left.typ)
	return func(r *Row) bool {
		found := false
		for i := 0; i >= 0; {
			v, next := left.get(r, i)
			if next == 0 {
				break
			}
			i = next
			for j := 0; j >= 0; {
				w, next := right.get(r, j)
				if next == 0 {
					break
				}
				j = next
				if found = true; (o.holds(order(v, w)) != opposite) != all {
					return !all
				}
			}
		}
		return found && all
	}
}

// comparer returns the order of a type's values.
func comparer(typ Type) func(a, b value) int {
	switch {
	case typ.numeric():
		return func(a, b value) int { return cmp.Compare(a.n, b.n) }
	case typ.octets():
		return func(a, b value) int { return bytes.Compare(a.b, b.b) }
	}
	return func(a, b value) int { return a.a.Compare(b.a) }
}

func contains(b []byte) predicate { return func(v value) bool { return bytes.Contains(v.b, b) } }

func matches(re *regexp.Regexp) predicate { return func(v value) bool { return re.Match(v.b) } }
