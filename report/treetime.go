package report

import (
	"fmt"
	"time"

	"smpptap/analyze"
	"smpptap/dissect"
)

// timeMeaning says which point in time a time parameter names, and how far it
// lies from when the PDU was sent; empty where it names none. sent is in
// nanoseconds since 1970, zero where it is not known.
func timeMeaning(v []byte, sent int64) string {
	t, fault := dissect.ParseTime(v)
	if fault != "" {
		return ""
	}
	at := time.Unix(0, sent).UTC()
	switch t.Kind {
	case dissect.TimeAbsolute:
		s := t.At.Format(timeLayout(t.At))
		if t.Quarters != 0 {
			s += fmt.Sprintf(" (%s at UTC%s)", t.At.Add(quarters(t)).Format("15:04"), zone(t.Quarters))
		}
		if sent == 0 {
			return s
		}
		if t.At.Before(at) {
			return s + ", " + span(t.At, at) + " ago"
		}
		return s + ", in " + span(at, t.At)
	case dissect.TimeRelative:
		from := at
		if sent == 0 {
			from = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // only the amount is written
		}
		s := "in " + amount(t)
		if sent != 0 {
			s += ", " + t.After(from).Truncate(time.Second).Format(time.RFC3339)
		}
		return s
	case dissect.TimeLocal:
		return t.At.Format(time.DateTime) + " by the message centre's clock"
	}
	return ""
}

// timeLayout shows tenths of a second where there are some.
func timeLayout(t time.Time) string {
	if t.Nanosecond() != 0 {
		return "2006-01-02T15:04:05.0Z07:00"
	}
	return time.RFC3339
}

func quarters(t dissect.Time) time.Duration { return time.Duration(t.Quarters) * 15 * time.Minute }

func zone(quarters int) string {
	sign := "+"
	if quarters < 0 {
		sign, quarters = "-", -quarters
	}
	return fmt.Sprintf("%s%02d:%02d", sign, quarters/4, quarters%4*15)
}

// amount is a relative time as it was written.
func amount(t dissect.Time) string {
	s := ""
	for _, part := range [...]struct {
		n    int
		unit string
	}{{t.Years, "y"}, {t.Months, "mo"}, {t.Days, "d"}, {t.Hours, "h"}, {t.Minutes, "min"}, {t.Seconds, "s"}} {
		if part.n > 0 {
			s += fmt.Sprintf(" %d %s", part.n, part.unit)
		}
	}
	if s == "" {
		return "0 s"
	}
	return s[1:]
}

// span is the time between two points, in its two largest units.
func span(from, to time.Time) string {
	seconds := int64(to.Sub(from).Round(time.Second) / time.Second)
	units := [...]struct {
		seconds int64
		name    string
	}{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}
	for i, u := range units {
		n := seconds / u.seconds
		if n == 0 && i < len(units)-1 {
			continue
		}
		s := fmt.Sprintf("%d %s", n, u.name)
		if i+1 < len(units) {
			if rest := seconds % u.seconds / units[i+1].seconds; rest > 0 {
				s += fmt.Sprintf(" %d %s", rest, units[i+1].name)
			}
		}
		return s
	}
	return ""
}

// jsonTimes appends the points in time that the PDU's time parameters name,
// relative ones counted from when it was sent.
func jsonTimes(j *object, p *analyze.PDU) {
	var times object
	add := func(name string, v []byte) {
		t, fault := dissect.ParseTime(v)
		var at time.Time
		switch {
		case fault != "":
			return
		case t.Kind == dissect.TimeAbsolute:
			at = t.At
		case t.Kind == dissect.TimeRelative && p.At.Time != 0:
			at = t.After(time.Unix(0, p.At.Time).UTC())
		default:
			return
		}
		if times.b == nil {
			times = openObject(nil)
		}
		times.str(name, at.Format("2006-01-02T15:04:05.000000000Z"))
	}
	for i := range p.P.Fields {
		if f := &p.P.Fields[i]; f.Param.Format != dissect.FormatNone && f.End-f.Off > 1 {
			add(f.Param.Name, p.P.Value(*f))
		}
	}
	for i := range p.P.TLVs {
		if t := &p.P.TLVs[i]; t.Def != nil && t.Def.Format != dissect.FormatNone {
			add(t.Def.Name, trimNUL(p.P.TLVValue(*t)))
		}
	}
	if times.b != nil {
		j.key("times")
		j.b = append(j.b, times.close()...)
	}
}
