package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// TimeFormat is how text output writes times.
type TimeFormat uint8

// The formats. TimeLocal is the default.
const (
	TimeLocal TimeFormat = iota
	TimeUTC
	TimeRelative // seconds since the capture began
	TimeEpoch    // seconds since 1970
	TimeDelta    // seconds since the PDU before
	TimeShown    // seconds since the PDU before that was shown
)

var timeFormatNames = [...]string{"local", "utc", "relative", "epoch", "delta", "delta-shown"}

// tsharkTimes are tshark's words for the formats.
var tsharkTimes = map[string]TimeFormat{
	"a": TimeLocal, "ad": TimeLocal, "u": TimeUTC, "ud": TimeUTC, "r": TimeRelative, "e": TimeEpoch,
	"d": TimeDelta, "dd": TimeShown,
}

func (f TimeFormat) String() string { return timeFormatNames[f] }

// ParseTimeFormat reads a format's name.
func ParseTimeFormat(name string) (TimeFormat, error) {
	for i, n := range timeFormatNames {
		if n == name {
			return TimeFormat(i), nil
		}
	}
	if f, ok := tsharkTimes[name]; ok {
		return f, nil
	}
	return 0, fmt.Errorf("unknown time format %q (utc, local, relative, epoch, delta or delta-shown)", name)
}

// TimeNames are the names of all formats, tshark's letters behind ours.
func TimeNames() []string {
	return append(slices.Clone(timeFormatNames[:]), slices.Sorted(maps.Keys(tsharkTimes))...)
}

// IsDelta tells a format that only makes sense in a listing of PDUs.
func (f TimeFormat) IsDelta() bool { return f == TimeDelta || f == TimeShown }

// passed tells that a PDU of that time was seen, shown or not.
func (o *Options) passed(ns int64, shown bool) {
	if shown || o.Time == TimeDelta {
		o.before = ns
	}
}

// clock writes UTC times of a listing. Neighbours share their second, so the
// part up to it is kept.
type clock struct {
	second int64
	text   []byte
}

// append appends RFC 3339 with nine digits.
func (c *clock) append(b []byte, ns int64) []byte {
	second, rest := split(ns)
	if c.text == nil || second != c.second {
		c.second = second
		c.text = time.Unix(second, 0).UTC().AppendFormat(c.text[:0], "2006-01-02T15:04:05.")
	}
	b = append(b, c.text...)
	b = appendDigits(b, rest, 9)
	return append(b, 'Z')
}

// split cuts nanoseconds into seconds, rounded down, and the rest.
func split(ns int64) (second, rest int64) {
	second, rest = ns/int64(time.Second), ns%int64(time.Second)
	if rest < 0 {
		second, rest = second-1, rest+int64(time.Second)
	}
	return second, rest
}

// appendDigits appends the first n of the nine digits of a second's fraction.
func appendDigits(b []byte, ns int64, n int) []byte {
	for div, i := int64(100_000_000), 0; i < n; i, div = i+1, div/10 {
		b = append(b, byte('0'+ns/div%10))
	}
	return b
}

// appendTime appends a time with microseconds in the format of the options.
func (o *Options) appendTime(b []byte, ns int64) []byte {
	return o.appendTimeDigits(b, ns, 6)
}

func (o *Options) appendTimeDigits(b []byte, ns int64, digits int) []byte {
	switch o.Time {
	case TimeRelative:
		if o.start == 0 {
			o.start = ns
		}
		return appendSeconds(b, ns-o.start, digits)
	case TimeEpoch:
		return appendSeconds(b, ns, digits)
	case TimeDelta, TimeShown:
		if o.before == 0 {
			return appendSeconds(b, 0, digits)
		}
		return appendSeconds(b, ns-o.before, digits)
	}
	second, rest := split(ns)
	if o.text.text == nil || second != o.text.second {
		at := time.Unix(second, 0)
		if o.Time == TimeUTC {
			at = at.UTC()
		}
		o.text.second = second
		o.text.text = at.AppendFormat(o.text.text[:0], "2006-01-02 15:04:05.")
	}
	b = append(b, o.text.text...)
	return appendDigits(b, rest, digits)
}

func appendSeconds(b []byte, ns int64, digits int) []byte {
	if ns < 0 {
		b, ns = append(b, '-'), -ns
	}
	second, rest := split(ns)
	b = strconv.AppendInt(b, second, 10)
	b = append(b, '.')
	return appendDigits(b, rest, digits)
}

// timeWidth is the usual width of a time with n digits, for alignment.
func (o *Options) timeWidth(digits int) int {
	switch o.Time {
	case TimeRelative, TimeDelta, TimeShown:
		return 5 + digits
	case TimeEpoch:
		return 11 + digits
	}
	return len("2006-01-02 15:04:05.") + digits
}

// Duration writes a duration as people read it: three digits and a unit.
func Duration(ns int64) string { return string(appendDuration(nil, ns)) }

func appendDuration(b []byte, ns int64) []byte {
	if ns < 0 {
		b, ns = append(b, '-'), -ns
	}
	switch d := time.Duration(ns); {
	case d < time.Millisecond:
		return append(strconv.AppendInt(b, ns/1000, 10), " µs"...)
	case d < time.Second:
		return append(appendThree(b, float64(ns)/1e6), " ms"...)
	case d < 2*time.Minute:
		return append(appendThree(b, float64(ns)/1e9), " s"...)
	case d < 2*time.Hour:
		return append(appendThree(b, float64(ns)/60e9), " min"...)
	case d < 48*time.Hour:
		return append(appendThree(b, float64(ns)/3600e9), " h"...)
	}
	return append(appendThree(b, float64(ns)/86400e9), " d"...)
}

// appendThree appends a number with about three digits.
func appendThree(b []byte, f float64) []byte {
	digits := 2
	if f >= 100 {
		digits = 0
	} else if f >= 10 {
		digits = 1
	}
	return strconv.AppendFloat(b, f, 'f', digits, 64)
}

// TimeText is a time, in nanoseconds since 1970 UTC, with milliseconds in the
// format of the options; empty for zero.
func (o *Options) TimeText(ns int64) string {
	if ns == 0 {
		return ""
	}
	return string(o.appendTimeDigits(nil, ns, 3))
}
