package filter

import (
	"errors"
	"strings"
	"testing"
)

// Errors as they read: the summary behind "filter, ", then the part that the
// carets mark.
var errorTests = []struct{ filter, want, marked string }{
	{"smpp.comand_id == 4", `column 1: "smpp.comand_id" is neither a field nor a protocol; did you mean smpp.command_id?`, "smpp.comand_id"},
	{"command_id == 4", `column 1: "command_id" is neither a field nor a protocol; did you mean smpp.command_id?`, "command_id"},
	{"smpp.Command_ID == 4", `column 1: "smpp.Command_ID" is neither a field nor a protocol; did you mean smpp.command_id?`, "smpp.Command_ID"},
	{"qqqqqqqqqqqq", `column 1: "qqqqqqqqqqqq" is neither a field nor a protocol`, "qqqqqqqqqqqq"},
	{"smpp and smpp.source_adr == 1", `column 10: "smpp.source_adr" is neither a field nor a protocol; did you mean smpp.source_addr?`, "smpp.source_adr"},
	{"smpp.source_addr == smpp.dst", `column 21: "smpp.dst" is neither a field nor a protocol; did you mean smpp.dlist?`, "smpp.dst"},
	{"smpp.command_id == submit_sn", `column 20: "submit_sn" is not among the values of smpp.command_id; did you mean submit_sm?`, "submit_sn"},
	{`smpp.command_id == "Submit_s"`, `column 20: "Submit_s" is not among the values of smpp.command_id; did you mean submit_sm?`, `"Submit_s"`},
	{"smpp.command_status == ESME_RTHROTLED", `column 24: "ESME_RTHROTLED" is not among the values of smpp.command_status; did you mean ESME_RTHROTTLED?`, "ESME_RTHROTLED"},
	{"smpp.sm_length == abc", `column 19: "abc" is not an unsigned integer`, "abc"},
	{"smpp.sm_length == 256", "column 19: 256 is too large for smpp.sm_length, whose largest value is 255", "256"},
	{"smpp.sm_length == -1", "column 19: smpp.sm_length is an unsigned integer, -1 is below 0", "-1"},
	{"smpp.command_id == 99999999999", "column 20: 99999999999 is too large for smpp.command_id, whose largest value is 4294967295", "99999999999"},
	{"smpptap.bind_type == transmitter", `column 22: "transmitter" is not among the values of smpptap.bind_type`, "transmitter"},
	{"smpptap.severity >= warnings", `column 21: "warnings" is not among the values of smpptap.severity; did you mean warning?`, "warnings"},

	{"smpp.command_id ==", "column 19: the filter ends where a value should stand", ""},
	{"smpp.command_id == )", `column 20: unexpected ")" where a value should stand`, ")"},
	{"smpp.command_id = 4", `column 17: unexpected "="; did you mean ==?`, "="},
	{"smpp and", "column 9: the filter ends where a field should stand", ""},
	{"smpp smpp", `column 6: unexpected "smpp" where and, or, or the end should stand`, "smpp"},
	{"smpp AND smpp", `column 6: unexpected "AND": operators are written in lower case`, "AND"},
	{"and smpp", `column 1: unexpected "and" where a field should stand`, "and"},
	{"(smpp", "column 6: the filter ends where ) should stand", ""},
	{"smpp)", `column 5: unexpected ")" where and, or, or the end should stand`, ")"},
	{"4 == smpp.command_id", `column 1: "4" is neither a field nor a protocol`, "4"},
	{`"x" == smpp.source_addr`, `column 1: unexpected "\"x\"" where a field should stand`, `"x"`},
	{"smpp.sm_length < 5 < 6", `column 20: unexpected "<" where and, or, or the end should stand`, "<"},
	{"smpp € smpp", `column 6: unexpected "€"`, "€"},
	{"smpp.source_addr == \"é\" € smpp", `column 25: unexpected "€"`, "€"},
	{"any smpp.destination_addr", "column 26: the filter ends where an operator should stand", ""},
	{"smpp not smpp", `column 6: unexpected "not" where and, or, or the end should stand`, "not"},

	{"smpp.command_id in 4", `column 20: unexpected "4" where { should stand`, "4"},
	{"smpp.command_id in {4 5}", `column 23: the members of a set are separated by commas: {1, 3, 5..7}`, "5"},
	{"smpp.sequence_number in {2..3 5}", `column 31: the members of a set are separated by commas: {1, 3, 5..7}`, "5"},
	{"smpp.command_id in {4, }", `column 24: unexpected "}" where a value should stand`, "}"},
	{"smpp.command_id in {}", `column 21: unexpected "}" where a value should stand`, "}"},
	{"ip.addr in {10.0.0.0/8..11.0.0.0}", "column 13: a range runs between two addresses, not networks", "10.0.0.0/8..11.0.0.0"},

	{"smpp.dlist == 1", "column 1: smpp.dlist is a label and cannot take part in ==", "smpp.dlist"},
	{"smpp.dlist in {1}", "column 1: smpp.dlist is a label and cannot take part in in", "smpp.dlist"},
	{"smpp.command_id contains 4", "column 1: smpp.command_id is an unsigned integer and cannot take part in contains", "smpp.command_id"},
	{"smpp.command_id matches \"4\"", "column 1: smpp.command_id is an unsigned integer and cannot take part in matches", "smpp.command_id"},
	{"smpp.source_addr == smpp.command_id", "column 21: smpp.source_addr is a string, smpp.command_id an unsigned integer", "smpp.command_id"},
	{"smpp.message == xyz", `column 17: "xyz" is not a byte string: write 0a:1b, or a string in quotes`, "xyz"},
	{"ip.addr == 10.0.0", `column 12: "10.0.0" is not an IPv4 address`, "10.0.0"},
	{"ip.addr == ::1", `column 12: "::1" is not an IPv4 address`, "::1"},
	{"ipv6.addr == 10.0.0.1", `column 14: "10.0.0.1" is not an IPv6 address`, "10.0.0.1"},
	{"frame.time > yesterday", `column 14: "yesterday" is not a time: write "2026-11-03 10:02:11", in UTC`, "yesterday"},
	{"smpptap.latency > 5x", `column 19: "5x" is not an amount of time: write seconds, 0.25, or a unit, 250ms`, "5x"},

	{"smpp.command_id[0] == 0", "column 1: smpp.command_id is an unsigned integer and cannot be sliced", "smpp.command_id"},
	{"smpp.message[a] == 00", `column 13: "[a]" is not a slice: write [first:length], [first-last], [one], [:length] or [first:]`, "[a]"},
	{"smpp.message[0:0] == 00", `column 13: "[0:0]" is not a slice: write [first:length], [first-last], [one], [:length] or [first:]`, "[0:0]"},
	{"smpp.message[0", "column 13: the slice has no closing ]", "[0"},
	{"len(smpp.message)", "column 1: len(smpp.message) is not a field: compare it with something", "len(smpp.message)"},
	{"smpp.sm_length + 1", "column 1: smpp.sm_length + 1 is not a field: compare it with something", "smpp.sm_length + 1"},
	{"len(smpp.dlist) == 1", "column 5: smpp.dlist is a label: len(...) has no octets to count", "smpp.dlist"},
	{"lower(smpp.sm_length) == 1", "column 7: smpp.sm_length is an unsigned integer: lower(...) takes a string", "smpp.sm_length"},
	{"max(smpp.message) == 1", "column 5: smpp.message is a byte string: max(...) takes a number", "smpp.message"},
	{"size(smpp.message) == 1", `column 1: there is no function "size"`, "size"},
	{"cuont(smpp.message) == 1", `column 1: there is no function "cuont"; did you mean count?`, "cuont"},
	{"len(4) == 1", `column 5: "4" is neither a field nor a protocol`, "4"},
	{"smpp.source_addr & 1", "column 1: smpp.source_addr is a string: & takes an unsigned integer", "smpp.source_addr"},
	{"smpp.sm_length / 0 == 1", "column 18: division by zero", "0"},
	{"smpp.sm_length * 9999999999 == 1", "column 18: 9999999999 is too large", "9999999999"},

	{`smpp.source_addr == "a`, `column 21: the string has no closing "`, `"a`},
	{`smpp.source_addr == "a\q"`, `column 23: "\\q" is no escape; a raw string r"..." has none`, `\q`},
	{`smpp.source_addr == "a\x"`, `column 23: \x is not followed by the digits of a character`, `\x`},
	{`smpp.sm_length == 'ab'`, "column 19: a character constant holds one octet", "'ab'"},
	{"smpp.source_addr matches a", `column 26: unexpected "a" where a regular expression in double quotes should stand`, "a"},
	{`smpp.source_addr matches "a("`, "column 26: the regular expression does not parse (RE2): missing closing ): `a(`", `"a("`},
	{`smpp.source_addr matches "(?=a)"`, "column 26: the regular expression has (?=...): look-around is not supported (RE2)", `"(?=a)"`},
	{`smpp.source_addr matches "(a)\1"`, "column 26: the regular expression does not parse (RE2): invalid escape sequence: `\\1`", `"(a)\1"`},
	{`smpp.source_addr matches "a{1000}{1000}"`, "column 26: the regular expression does not parse (RE2): invalid nested repetition operator: `{1000}{1000}`", `"a{1000}{1000}"`},
	{`smpp.source_addr matches "a{1000}b{1000}c{1000}d{1000}e{1000}f{1000}g{1000}h{1000}i{1000}"`, "column 26: the regular expression is too large",
		`"a{1000}b{1000}c{1000}d{1000}e{1000}f{1000}g{1000}h{1000}i{1000}"`},
	{strings.Repeat("(", 100) + "smpp", "column 65: the filter is nested deeper than 64 levels", "("},
	{strings.Repeat("!", 100) + "smpp", "column 65: the filter is nested deeper than 64 levels", "!"},
}

func TestErrors(t *testing.T) {
	for _, tt := range errorTests {
		_, err := Parse(tt.filter)
		var e *SyntaxError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", tt.filter, err)
			continue
		}
		marked := string([]rune(tt.filter)[e.Column-1 : e.Column-1+e.Length])
		if got := e.Summary(); got != "filter, "+tt.want || marked != tt.marked {
			t.Errorf("%s\n got %s, %q\nwant filter, %s, %q", tt.filter, got, marked, tt.want, tt.marked)
		}
	}
}

func TestErrorText(t *testing.T) {
	for _, tt := range []struct{ filter, want string }{
		{"smpp and smpp.foo == 1", `filter, column 10: "smpp.foo" is neither a field nor a protocol
    smpp and smpp.foo == 1
             ^~~~~~~~`},
		{"smpp\tand\x1b[31m", `filter, column 9: unexpected "\x1b"
    smpp and.[31m
            ^`},
		{strings.Repeat("smpp or ", 30) + "x" + strings.Repeat(" or smpp", 30), `filter, column 241: "x" is neither a field nor a protocol
    ` + strings.Repeat("smpp or ", 30)[180:] + "x" + strings.Repeat(" or smpp", 30)[:60] + `
    ` + strings.Repeat(" ", 60) + "^"},
	} {
		_, err := Parse(tt.filter)
		if err == nil || err.Error() != tt.want {
			t.Errorf("got\n%v\nwant\n%s", err, tt.want)
		}
	}
}

func TestTooLong(t *testing.T) {
	if _, err := Parse("smpp" + strings.Repeat(" ", maxSource)); err == nil || !strings.Contains(err.Error(), "longer than 16384 octets") {
		t.Error(err)
	}
	if _, err := Parse("smpp" + strings.Repeat(" or smpp", maxSource/8-1)); err != nil {
		t.Error(err)
	}
	_, err := Parse("smpp" + strings.Repeat(` or smpp.source_addr matches "a"`, maxPatterns+1))
	if err == nil || !strings.Contains(err.Error(), "more than 64 regular expressions") {
		t.Error(err)
	}
}
