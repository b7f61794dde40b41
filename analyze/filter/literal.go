package filter

import (
	"encoding/hex"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// span is a range of numbers, both ends included.
type span struct{ from, to int64 }

// literal is a constant of a comparison, in the form of the field's type.
type literal struct {
	tok    token
	spans  []span       // of numbers; a name may stand for several
	b      []byte       // of strings and octets
	prefix netip.Prefix // of addresses; a single one is as long as it can be
}

// literal reads a constant that o is to be compared with.
func (p *parser) literal(o *operand, t token) (literal, *SyntaxError) {
	if t.kind == tokEnd {
		return literal{}, p.fault(t.off, t.end, "the filter ends where a value should stand")
	}
	if t.kind == tokSymbol {
		return literal{}, p.fault(t.off, t.end, "unexpected %q where a value should stand", t.text)
	}
	x := literal{tok: t}
	if t.kind == tokWord && looksLikeField(t.text) {
		return x, p.unknown(t)
	}
	var err *SyntaxError
	switch o.typ {
	case Uint:
		x.spans, err = p.integer(o, t)
	case String:
		x.b, err = p.str(o, t)
	case Bytes:
		x.b, err = p.octets(t)
	case Address:
		x.prefix, err = p.address(o, t)
	case Time:
		x.spans, err = p.time(t)
	case Duration:
		x.spans, err = p.duration(t)
	}
	return x, err
}

// looksLikeField tells a name that can only be meant as a field.
func looksLikeField(s string) bool {
	for _, prefix := range []string{"smpp.", "smpptap.", "gsm_sms.", "gsm_sms_ud.", "tcp.", "ip.", "frame."} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

// textOf is what a string, character or word says.
func (p *parser) textOf(t token) (string, *SyntaxError) {
	if t.kind == tokWord {
		return t.text, nil
	}
	return p.unescape(t, false)
}

func (p *parser) integer(o *operand, t token) ([]span, *SyntaxError) {
	s, err := p.textOf(t)
	if err != nil {
		return nil, err
	}
	if t.kind == tokChar {
		return p.char(t, s)
	}
	limit := uint64(math.MaxInt64)
	if o.size < 8 {
		limit = 1<<(8*o.size) - 1
	}
	if n, bad := strconv.ParseInt(s, 0, 64); bad == nil {
		switch {
		case n < 0:
			return nil, p.fault(t.off, t.end, "%s is an unsigned integer, %s is below 0", o.text, s)
		case uint64(n) > limit:
			return nil, p.fault(t.off, t.end, "%s is too large for %s, whose largest value is %d", s, o.text, limit)
		}
		return []span{{n, n}}, nil
	}
	words := o.words(p.options.Dialect)
	if spans := spanOf(words, s); spans != nil {
		return spans, nil
	}
	if len(words) == 0 || s != "" && s[0] >= '0' && s[0] <= '9' {
		return nil, p.fault(t.off, t.end, "%q is not an unsigned integer", s)
	}
	return nil, p.fault(t.off, t.end, "%q is not among the values of %s", s, o.text).near(nearestWord(s, words))
}

func (p *parser) char(t token, s string) ([]span, *SyntaxError) {
	if len(s) != 1 {
		return nil, p.fault(t.off, t.end, "a character constant holds one octet")
	}
	return []span{{int64(s[0]), int64(s[0])}}, nil
}

func (p *parser) str(o *operand, t token) ([]byte, *SyntaxError) {
	s, err := p.textOf(t)
	if err != nil {
		return nil, err
	}
	if o.empty != "" && s == o.empty {
		return []byte{}, nil
	}
	words := o.vocabulary
	if len(words) == 0 {
		return []byte(s), nil
	}
	for _, w := range words {
		if strings.EqualFold(w, s) {
			return []byte(w), nil
		}
	}
	return nil, p.fault(t.off, t.end, "%q is not among the values of %s", s, o.text).near(nearest(s, words))
}

// octets reads 61:62, 61-62, 6162 or 0x6162; a string stands for its octets.
func (p *parser) octets(t token) ([]byte, *SyntaxError) {
	s, err := p.textOf(t)
	if err != nil || t.kind != tokWord {
		return []byte(s), err
	}
	digits := strings.TrimPrefix(s, "0x")
	for _, separator := range []string{":", "-", "."} {
		parts := strings.Split(digits, separator)
		if len(parts) > 1 && !slices.ContainsFunc(parts, func(x string) bool { return len(x) != 2 }) {
			digits = strings.Join(parts, "")
		}
	}
	b, bad := hex.DecodeString(digits)
	if bad != nil {
		return nil, p.fault(t.off, t.end, "%q is not a byte string: write 0a:1b, or a string in quotes", s)
	}
	return b, nil
}

func (p *parser) address(o *operand, t token) (netip.Prefix, *SyntaxError) {
	s, err := p.textOf(t)
	if err != nil {
		return netip.Prefix{}, err
	}
	prefix, bad := netip.ParsePrefix(s)
	if bad != nil {
		var a netip.Addr
		if a, bad = netip.ParseAddr(s); bad == nil && a.Zone() == "" {
			prefix = netip.PrefixFrom(a, a.BitLen())
		}
	}
	family := "IPv4"
	if o.size == 16 {
		family = "IPv6"
	}
	if !prefix.IsValid() || prefix.Addr().BitLen() != 8*o.size {
		return netip.Prefix{}, p.fault(t.off, t.end, "%q is not an %s address", s, family)
	}
	return prefix, nil
}

// timeLayouts are the forms of a point in time; those without a zone are UTC,
// as all times are written.
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04",
	"2006-01-02", "Jan _2, 2006 15:04:05.999999999", "Jan _2, 2006 15:04:05.999999999 UTC", "Jan _2, 2006",
}

func (p *parser) time(t token) ([]span, *SyntaxError) {
	s, err := p.textOf(t)
	if err != nil {
		return nil, err
	}
	for _, layout := range timeLayouts {
		if at, bad := time.ParseInLocation(layout, s, time.UTC); bad == nil {
			return []span{{at.UnixNano(), at.UnixNano()}}, nil
		}
	}
	return nil, p.fault(t.off, t.end, "%q is not a time: write \"2026-11-03 10:02:11\", in UTC", s)
}

// duration reads seconds, or Go's form with units; days beside.
func (p *parser) duration(t token) ([]span, *SyntaxError) {
	s, err := p.textOf(t)
	if err != nil {
		return nil, err
	}
	n, ok := seconds(s)
	if !ok {
		d, bad := time.ParseDuration(s)
		n, ok = int64(d), bad == nil
	}
	if !ok && strings.HasSuffix(s, "d") {
		n, ok = seconds(strings.TrimSuffix(s, "d"))
		ok = ok && n < math.MaxInt64/86400
		n *= 86400
	}
	if !ok {
		return nil, p.fault(t.off, t.end, "%q is not an amount of time: write seconds, 0.25, or a unit, 250ms", s)
	}
	return []span{{n, n}}, nil
}

// seconds reads a decimal number of seconds exactly: a float would round the
// nanoseconds of an epoch.
func seconds(s string) (int64, bool) {
	sign := int64(1)
	if strings.HasPrefix(s, "-") {
		sign, s = -1, s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if len(whole) > 10 || len(whole)+len(fraction) == 0 {
		return 0, false
	}
	fraction = (fraction + "000000000")[:9]
	n, bad := strconv.ParseUint(whole+fraction, 10, 63)
	if bad != nil || n > math.MaxInt64 {
		return 0, false
	}
	return sign * int64(n), true
}
