package filter

import (
	"bytes"
	"cmp"
	"net/netip"
	"slices"
)

// member is a value of a set, or a range of values.
type member struct {
	from, to literal
	ranged   bool
}

// memberOf makes the predicate of "in {...}".
func memberOf(typ Type, members []member) predicate {
	switch {
	case typ.numeric():
		return numbersOf(members)
	case typ.octets():
		return octetsOf(members)
	}
	return addressesOf(members)
}

func numbersOf(members []member) predicate {
	var spans []span
	for _, m := range members {
		if m.ranged {
			spans = append(spans, span{m.from.spans[0].from, m.to.spans[len(m.to.spans)-1].to})
		} else {
			spans = append(spans, m.from.spans...)
		}
	}
	return within(spans)
}

// within is true for a number in one of the spans: few are gone through, many
// sorted and joined, then halved.
func within(spans []span) predicate {
	const few = 8
	if len(spans) > few {
		spans = joined(spans)
	}
	if len(spans) > few {
		return func(v value) bool {
			_, ok := slices.BinarySearchFunc(spans, v.n, func(s span, n int64) int {
				switch {
				case s.to < n:
					return -1
				case s.from > n:
					return 1
				}
				return 0
			})
			return ok
		}
	}
	return func(v value) bool {
		for _, s := range spans {
			if v.n >= s.from && v.n <= s.to {
				return true
			}
		}
		return false
	}
}

// joined sorts spans and joins those that overlap; empty ones go.
func joined(spans []span) []span {
	spans = slices.DeleteFunc(slices.Clone(spans), func(s span) bool { return s.from > s.to })
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

func octetsOf(members []member) predicate {
	single := map[string]struct{}{}
	var ranges []member
	for _, m := range members {
		if m.ranged {
			ranges = append(ranges, m)
		} else {
			single[string(m.from.b)] = struct{}{}
		}
	}
	return func(v value) bool {
		if _, ok := single[string(v.b)]; ok {
			return true
		}
		for i := range ranges {
			if bytes.Compare(v.b, ranges[i].from.b) >= 0 && bytes.Compare(v.b, ranges[i].to.b) <= 0 {
				return true
			}
		}
		return false
	}
}

func addressesOf(members []member) predicate {
	type block struct{ from, to netip.Addr }
	single := map[netip.Addr]struct{}{}
	var blocks []block
	var prefixes []netip.Prefix
	for _, m := range members {
		switch {
		case m.ranged:
			blocks = append(blocks, block{m.from.prefix.Addr(), m.to.prefix.Addr()})
		case m.from.prefix.IsSingleIP():
			single[m.from.prefix.Addr()] = struct{}{}
		default:
			prefixes = append(prefixes, m.from.prefix)
		}
	}
	return func(v value) bool {
		if _, ok := single[v.a]; ok {
			return true
		}
		for _, p := range prefixes {
			if p.Contains(v.a) {
				return true
			}
		}
		for _, b := range blocks {
			if v.a.Compare(b.from) >= 0 && v.a.Compare(b.to) <= 0 {
				return true
			}
		}
		return false
	}
}
