package dissect

import "time"

// TimeKind is the form of a time parameter (v3.4 7.1.1).
type TimeKind uint8

// The forms.
const (
	TimeEmpty    TimeKind = iota
	TimeAbsolute          // YYMMDDhhmmsstnn and + or -
	TimeRelative          // YYMMDDhhmmss000R, an amount of time
	TimeLocal             // YYMMDDhhmmss in the message centre's own time
)

// Time is a time parameter.
type Time struct {
	Kind TimeKind
	// At is the point in time of TimeAbsolute, in UTC; of TimeLocal what the
	// message centre's clock showed, as if that were UTC.
	At time.Time
	// Quarters are the quarter hours by which an absolute time is ahead of UTC.
	Quarters int
	// The amounts of TimeRelative.
	Years, Months, Days, Hours, Minutes, Seconds int
	// Loose: a relative time whose tenths and zone are not 0 and are ignored.
	Loose bool
}

// After adds a relative time to a point in time; for an absolute one it is At.
func (t Time) After(from time.Time) time.Time {
	if t.Kind != TimeRelative {
		return t.At
	}
	clock := time.Duration(t.Hours)*time.Hour + time.Duration(t.Minutes)*time.Minute +
		time.Duration(t.Seconds)*time.Second
	return from.AddDate(t.Years, t.Months, t.Days).Add(clock)
}

const (
	timeDigits = 12 // YYMMDDhhmmss
	timeLen    = 16 // and tnnp
)

// ParseTime reads a time parameter without its NUL. fault says in words what is
// wrong and is empty for a legal time.
func ParseTime(b []byte) (t Time, fault string) {
	switch len(b) {
	case 0:
		return Time{}, ""
	case timeDigits, timeLen:
	default:
		return Time{}, octetsText(len(b)) + ", not 16"
	}
	if !areDigits(b[:min(len(b), timeLen-1)]) {
		return Time{}, "a character that is no digit"
	}
	n := [6]int{pair(b), pair(b[2:]), pair(b[4:]), pair(b[6:]), pair(b[8:]), pair(b[10:])}
	if len(b) == timeDigits {
		return absolute(n, TimeLocal)
	}
	return withZone(n, int(b[12]-'0'), pair(b[13:]), b[15])
}

// pair reads two digits.
func pair(b []byte) int { return int(b[0]-'0')*10 + int(b[1]-'0') }

// withZone finishes a time of 16 characters.
func withZone(n [6]int, tenths, quarters int, sign byte) (Time, string) {
	if sign == 'R' {
		return relative(n, tenths != 0 || quarters != 0)
	}
	if sign != '+' && sign != '-' {
		return Time{}, "its last character is none of + - R"
	}
	if quarters > 48 {
		return Time{}, "quarter hours above 48"
	}
	t, fault := absolute(n, TimeAbsolute)
	if sign == '-' {
		quarters = -quarters
	}
	t.Quarters = quarters
	t.At = t.At.Add(time.Duration(tenths)*time.Second/10 - time.Duration(quarters)*15*time.Minute)
	return t, fault
}

func relative(n [6]int, loose bool) (Time, string) {
	// The limits are those of a date (v5.0 4.7.23.5), but an amount may be 0.
	if fault := clockFault(n); fault != "" {
		return Time{}, fault
	}
	if n[1] > 12 || n[2] > 31 {
		return Time{}, "more than 12 months or 31 days"
	}
	return Time{Kind: TimeRelative, Years: n[0], Months: n[1], Days: n[2],
		Hours: n[3], Minutes: n[4], Seconds: n[5], Loose: loose}, ""
}

func absolute(n [6]int, kind TimeKind) (Time, string) {
	if fault := clockFault(n); fault != "" {
		return Time{}, fault
	}
	year := 2000 + n[0]
	if n[0] >= 38 { // v3.4 appendix C
		year = 1900 + n[0]
	}
	at := time.Date(year, time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC)
	// A date that does not exist comes back as another one.
	if int(at.Month()) != n[1] || at.Day() != n[2] {
		return Time{}, "a date that does not exist"
	}
	return Time{Kind: kind, At: at}, ""
}

func clockFault(n [6]int) string {
	if n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return "an hour above 23 or a minute or second above 59"
	}
	return ""
}
