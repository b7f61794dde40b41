package profile

import (
	"net/netip"
	"time"

	"go.yaml.in/yaml/v4"
)

const dateForm = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`

// Suppression marks findings as known until a day. It hides none.
type Suppression struct {
	Rule string
	// What a finding must have; empty: anything.
	SystemID, Link, Field, Seen string
	Addr                        netip.Prefix // of either end of the connection; zero: any
	Port                        uint16       // with Addr; zero: any
	Until                       time.Time    // the last day, from its beginning in UTC
	Reason                      string       // for the reader of a report

	file  string
	lines []string
	at    *yaml.Node
}

// Fault makes an error of the entry.
func (s *Suppression) Fault(format string, args ...any) *Error {
	return faultAt(s.file, s.lines, s.at, 0, format, args...)
}

// Over tells that the last day is over at a time.
func (s *Suppression) Over(now time.Time) bool { return Expired(s.Until, now) }

// Expired tells that a day, given by its beginning in UTC, is over.
func Expired(day, now time.Time) bool { return !now.Before(day.AddDate(0, 0, 1)) }

func readSuppressions(d *decoder, n *yaml.Node) ([]Suppression, bool) {
	var out []Suppression
	ok := d.list(n, func(e *yaml.Node) {
		s := Suppression{file: d.file, lines: d.lines, at: e}
		d.object(e, map[string]func(*yaml.Node){
			"rule":      func(n *yaml.Node) { s.Rule = d.ruleID(n) },
			"system_id": func(n *yaml.Node) { s.SystemID, _ = d.str(n) },
			"link":      func(n *yaml.Node) { s.Link, _ = d.str(n) },
			"address":   func(n *yaml.Node) { s.Addr, s.Port = d.address(n) },
			"field":     func(n *yaml.Node) { s.Field, _ = d.str(n) },
			"seen":      func(n *yaml.Node) { s.Seen, _ = d.str(n) },
			"until":     func(n *yaml.Node) { s.Until = d.date(n) },
			"reason":    func(n *yaml.Node) { s.Reason, _ = d.str(n) },
		})
		if !hasKey(e, "rule") || !hasKey(e, "until") || s.Reason == "" {
			d.fail(e, "rule, until and reason are needed")
		}
		out = append(out, s)
	})
	return out, ok
}

func (d *decoder) ruleID(n *yaml.Node) string {
	s, ok := d.str(n)
	if ok && (!ruleNamed.MatchString(s) || len(s) > maxRule || n.ShortTag() != "!!str") {
		d.fail(n, "%q is no rule's id", s)
	}
	return s
}

// date reads a day: 2027-03-31.
func (d *decoder) date(n *yaml.Node) time.Time {
	s, ok := d.str(n)
	if !ok {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		d.fail(n, "a day is written like 2027-03-31, not %q", s)
	}
	return day
}

// address reads 10.1.0.7, 10.1.0.0/16 or 10.1.0.7:2775.
func (d *decoder) address(n *yaml.Node) (netip.Prefix, uint16) {
	s, ok := d.str(n)
	if !ok {
		return netip.Prefix{}, 0
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return p, 0
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a.WithZone(""), a.BitLen()), 0
	}
	if a, err := netip.ParseAddrPort(s); err == nil {
		return netip.PrefixFrom(a.Addr().WithZone(""), a.Addr().BitLen()), a.Port()
	}
	d.fail(n, "%q is no address, network (10.1.0.0/16) or address with port", s)
	return netip.Prefix{}, 0
}
