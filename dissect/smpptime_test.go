package dissect_test

import (
	"testing"
	"time"

	"smpptap/dissect"
)

func TestParseTime(t *testing.T) {
	for _, tt := range []struct {
		in    string
		kind  dissect.TimeKind
		at    string
		fault string
	}{
		{in: ""},
		{in: "261103152211148+", kind: dissect.TimeAbsolute, at: "2026-11-03T03:22:11.1Z"},
		{in: "261103152211004-", kind: dissect.TimeAbsolute, at: "2026-11-03T16:22:11Z"},
		{in: "240229000000000+", kind: dissect.TimeAbsolute, at: "2024-02-29T00:00:00Z"},
		{in: "990101000000000+", kind: dissect.TimeAbsolute, at: "1999-01-01T00:00:00Z"},
		{in: "370101000000000+", kind: dissect.TimeAbsolute, at: "2037-01-01T00:00:00Z"},
		{in: "261103152211", kind: dissect.TimeLocal, at: "2026-11-03T15:22:11Z"},
		{in: "020610233429000R", kind: dissect.TimeRelative, at: "2028-07-11T23:34:29Z"},
		{in: "260230120000000+", fault: "a date that does not exist"},
		{in: "250229120000000+", fault: "a date that does not exist"},
		{in: "261301120000000+", fault: "a date that does not exist"},
		{in: "260001120000000+", fault: "a date that does not exist"},
		{in: "260101240000000+", fault: "an hour above 23 or a minute or second above 59"},
		{in: "260101230060000R", fault: "an hour above 23 or a minute or second above 59"},
		{in: "001300000000000R", fault: "more than 12 months or 31 days"},
		{in: "260101120000049+", fault: "quarter hours above 48"},
		{in: "260101120000000X", fault: "its last character is none of + - R"},
		{in: "26010112000a000+", fault: "a character that is no digit"},
		{in: "2601011200", fault: "10 octets, not 16"},
	} {
		got, fault := dissect.ParseTime([]byte(tt.in))
		if fault != tt.fault {
			t.Errorf("%q: fault %q, not %q", tt.in, fault, tt.fault)
		}
		if fault != "" {
			continue
		}
		from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		if at := got.After(from); got.Kind != tt.kind || tt.at != "" && at.Format(time.RFC3339Nano) != tt.at {
			t.Errorf("%q is %+v: %v", tt.in, got, at)
		}
	}
}
