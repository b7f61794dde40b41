package analyze

import (
	"fmt"
	"strconv"
	"strings"

	"smpptap/stream"
)

// DecodeAs says of TCP ports whether they carry SMPP, whatever their octets
// look like.
type DecodeAs map[uint16]bool

// of gives what is said of a connection; of two ports the one of the end that
// was dialled counts first.
func (d DecodeAs) of(c *stream.Conn) (smpp, told bool) {
	if smpp, told = d[c.B.Port()]; !told {
		smpp, told = d[c.A.Port()]
	}
	return smpp, told
}

// maxDecodeAs bounds the ports that one rule may name.
const maxDecodeAs = 65536

// Add adds a rule as tshark's -d takes it: tcp.port==2775,smpp, also with
// several ports as 2775-2780 or 2775:6; none in place of smpp.
func (d DecodeAs) Add(rule string) error {
	selector, protocol, ok := strings.Cut(rule, ",")
	ports, isPort := strings.CutPrefix(strings.ReplaceAll(selector, " ", ""), "tcp.port==")
	if !ok || !isPort {
		return fmt.Errorf("%q is no rule such as tcp.port==2775,smpp", rule)
	}
	var smpp bool
	switch protocol = strings.ToLower(strings.TrimSpace(protocol)); protocol {
	case "smpp":
		smpp = true
	case "none", "data":
	default:
		return fmt.Errorf("%q: %q is neither smpp nor none", rule, protocol)
	}
	first, last, err := portRange(ports)
	if err != nil {
		return fmt.Errorf("%q: %w", rule, err)
	}
	for p := first; p <= last; p++ {
		d[uint16(p)] = smpp
	}
	return nil
}

// portRange reads a port, first-last, or first:count.
func portRange(text string) (first, last int, err error) {
	number := func(s string) int {
		n, e := strconv.ParseUint(s, 0, 16)
		if e != nil || n == 0 {
			err = fmt.Errorf("%q is no TCP port", s)
		}
		return int(n)
	}
	if a, b, ok := strings.Cut(text, "-"); ok {
		first, last = number(a), number(b)
	} else if a, b, ok := strings.Cut(text, ":"); ok {
		first = number(a)
		last = first + number(b) - 1
	} else {
		first = number(text)
		last = first
	}
	if err == nil && (last < first || last >= maxDecodeAs) {
		err = fmt.Errorf("%q holds no TCP ports", text)
	}
	return first, last, err
}
