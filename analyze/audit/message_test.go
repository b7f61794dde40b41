package audit

import (
	"strings"
	"testing"

	"smpptap/internal/smpptest"
)

// text is a short_message in an encoding.
func text(coding int, b string, more fields) fields {
	return with(fields{"data_coding": coding, "short_message": b}, more)
}

// part8 is a part behind a header with an 8-bit reference.
func part8(ref, total, number int, b string) fields {
	return text(0, string([]byte{5, 0, 3, byte(ref), byte(total), byte(number)})+b, fields{"esm_class": 0x40})
}

func sar(ref, total, number int) []smpptest.Part {
	return []smpptest.Part{
		smpptest.TLV16(0x020C, uint16(ref)), smpptest.TLV8(0x020E, uint8(total)), smpptest.TLV8(0x020F, uint8(number)),
	}
}

func payload(b string) smpptest.Part { return smpptest.TLV{Tag: 0x0424, Value: []byte(b)} }

// delivers plays a bind and one deliver_sm.
func delivers(f fields, parts ...smpptest.Part) func(*rig) {
	return func(r *rig) {
		r.bound()
		r.smsc(build("deliver_sm", 1, with(fields{"source_addr": "447700900123", "destination_addr": "12345", "short_message": "hi"}, f), parts...))
	}
}

func TestMessageRules(t *testing.T) {
	data := func(parts ...smpptest.Part) func(*rig) {
		return func(r *rig) {
			r.bound()
			r.esme(build("data_sm", 2, fields{"source_addr": "A", "source_addr_ton": 5, "destination_addr": "447700900123"}, parts...))
		}
	}
	runScripts(t, []ruleCase{
		{"both", "", RulePayloadAndText, Error, 1, submits(nil, payload("more"))},
		{"delivered", "", RulePayloadAndText, Error, 1, delivers(nil, payload("more"))},
		{"payload", "", RulePayloadAndText, 0, 0, submits(fields{"short_message": ""}, payload("all"))},
		{"nothing", "", RuleMessageEmpty, Note, 1, submits(fields{"short_message": ""})},
		{"empty payload", "", RuleMessageEmpty, Note, 1, data(payload(""))},
		{"no payload is tlv-missing", "", RuleMessageEmpty, 0, 0, data()},
		{"payload", "", RuleMessageEmpty, 0, 0, submits(fields{"short_message": ""}, payload("all"))},
		{"default message", "", RuleMessageEmpty, 0, 0, submits(fields{"short_message": "", "sm_default_msg_id": 3})},
		{"USSD", "", RuleMessageEmpty, 0, 0, submits(fields{"short_message": ""}, smpptest.TLV8(0x0501, 1))},
		{"receipt in TLVs", "", RuleMessageEmpty, 0, 0, delivers(fields{"short_message": "", "esm_class": 4})},
	})
}

func TestMessageTooLong(t *testing.T) {
	a := func(n int) string { return strings.Repeat("a", n) }
	long := func(coding, n int) func(*rig) { return submits(text(coding, a(n), nil)) }
	part := func(coding, n int) fields { return with(part8(1, 2, 1, a(n)), fields{"data_coding": coding}) }
	ascii := func(b string) func(*rig) { return submits(text(1, b, nil)) }
	own := func(f func(*rig)) func(*rig) { return f }
	runScripts(t, []ruleCase{
		{"161 septets", "", RuleMessageTooLong, Note, 1, long(0, 161)},
		{"160 septets", "", RuleMessageTooLong, 0, 0, long(0, 160)},
		{"extension", "", RuleMessageTooLong, Note, 1, submits(text(0, a(159)+"\x1b\x65", nil))},
		{"142 octets of UCS-2", "", RuleMessageTooLong, Note, 1, submits(text(8, strings.Repeat("\x00a", 71), nil))},
		{"140 octets of UCS-2", "", RuleMessageTooLong, 0, 0, submits(text(8, strings.Repeat("\x00a", 70), nil))},
		{"binary", "", RuleMessageTooLong, Note, 1, long(4, 141)},
		{"Latin-1 that fits as septets", "", RuleMessageTooLong, 0, 0, long(3, 160)},
		{"Latin-1 that does not", "", RuleMessageTooLong, Note, 1, long(3, 161)},
		{"Latin-1 beyond GSM", "", RuleMessageTooLong, Note, 1, submits(text(3, a(140)+"\xE3", nil))},
		{"part", "", RuleMessageTooLong, Warning, 1, submits(part(0, 154))},
		{"part of 153", "", RuleMessageTooLong, 0, 0, submits(part(0, 153))},
		{"part of UCS-2", "", RuleMessageTooLong, Warning, 1, submits(part(8, 136))},
		{"part of UCS-2 that fits", "", RuleMessageTooLong, 0, 0, submits(part(8, 134))},
		{"Latin-1 part", "", RuleMessageTooLong, Note, 1, submits(part(3, 150))},
		{"Latin-1 part too long", "", RuleMessageTooLong, Warning, 1, submits(part(3, 154))},
		{"refused", "", RuleMessageTooLong, Error, 1, refuses(0x01, text(0, a(200), nil))},
		{"refused by the provider", "", RuleMessageTooLong, Error, 1, refuses(0x410, text(0, a(200), nil))},
		{"refused for another reason", "", RuleMessageTooLong, Note, 1, refuses(0x0B, text(0, a(200), nil))},
		{"short and refused", "", RuleMessageTooLong, 0, 0, refuses(0x01, text(0, a(20), nil))},
		{"payload", "", RuleMessageTooLong, 0, 0, submits(fields{"short_message": ""}, payload(a(900)))},
		{"delivered", "", RuleMessageTooLong, 0, 0, delivers(text(0, a(200), nil))},
		{"bare", "smpp34", RuleMessageTooLong, 0, 0, long(0, 250)},
		{"Kaleyra reads 1 as GSM", "", RuleMessageTooLong, 0, 0, ascii(a(150) + strings.Repeat("~", 8))},
		{"digits", "", RuleMessageTooLong, 0, 0, own(long(0, 153))},
	})
}

// IA5 is carried as septets, in which some characters take two.
func TestMessageTooLongInASCII(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{{strings.Repeat("a", 160), false}, {strings.Repeat("a", 158) + "[]", true}, {strings.Repeat("~", 80), false}, {strings.Repeat("~", 81), true}} {
		r := own(t, "encoding: {data_coding: {1: {alphabet: ascii, use: allowed}}}\n")
		submits(text(1, c.text, nil))(r)
		if got := len(r.found(RuleMessageTooLong)) > 0; got != c.want {
			t.Errorf("%q: %v", c.text, got)
		}
	}
}

func TestHeaderRules(t *testing.T) {
	udh := func(b string) fields { return text(0, b, fields{"esm_class": 0x40}) }
	looks := func(b string, more fields) func(*rig) { return submits(text(0, b, more)) }
	runScripts(t, []ruleCase{
		{"past the message", "", RuleUdhMalformed, Error, 1, submits(udh("\xC8\x00\x03\x01\x02\x01x"))},
		{"element past the header", "", RuleUdhMalformed, Error, 1, submits(udh("\x05\x00\x04\x01\x02\x01x"))},
		{"element without a length", "", RuleUdhMalformed, Error, 1, submits(udh("\x06\x00\x03\x01\x02\x01\x24x"))},
		{"short concatenation", "", RuleUdhMalformed, Error, 1, submits(udh("\x04\x00\x02\x01\x02hello"))},
		{"empty", "", RuleUdhMalformed, Error, 1, submits(udh(""))},
		{"delivered", "", RuleUdhMalformed, Error, 1, delivers(fields{"esm_class": 0x44, "short_message": "id:1 stat:DELIVRD"})},
		{"whole", "", RuleUdhMalformed, 0, 0, submits(udh("\x06\x05\x04\x0B\x84\x23\xF0x"))},
		{"two elements", "", RuleUdhMalformed, 0, 0, submits(udh("\x08\x00\x03\x01\x01\x01\x25\x01\x02x"))},
		{"no bit", "", RuleUdhMalformed, 0, 0, submits(text(0, "\xC8\x00", nil))},
		{"8 bit", "", RuleUdhNotFlagged, Warning, 1, looks("\x05\x00\x03\x07\x02\x01hello", nil)},
		{"16 bit", "", RuleUdhNotFlagged, Warning, 1, looks("\x06\x08\x04\x00\x07\x02\x01hello", nil)},
		{"delivered", "", RuleUdhNotFlagged, Warning, 1, delivers(text(0, "\x05\x00\x03\x07\x02\x01hello", nil))},
		{"two parts", "", RuleUdhNotFlagged, Error, 2, func(r *rig) {
			looks("\x05\x00\x03\x07\x02\x01hello", nil)(r)
			r.esme(build("submit_sm", 3, submitFields(text(0, "\x05\x00\x03\x07\x02\x02world", nil))))
		}},
		{"two messages", "", RuleUdhNotFlagged, Warning, 2, func(r *rig) {
			looks("\x05\x00\x03\x07\x02\x01hello", nil)(r)
			r.esme(build("submit_sm", 3, submitFields(text(0, "\x05\x00\x03\x08\x02\x02world", nil))))
		}},
		{"flagged", "", RuleUdhNotFlagged, 0, 0, submits(part8(7, 2, 1, "hello"))},
		{"part above the total", "", RuleUdhNotFlagged, 0, 0, looks("\x05\x00\x03\x07\x01\x02hello", nil)},
		{"part 0", "", RuleUdhNotFlagged, 0, 0, looks("\x05\x00\x03\x07\x01\x00hello", nil)},
		{"binary", "", RuleUdhNotFlagged, 0, 0, looks("\x05\x00\x03\x07\x02\x01hello", fields{"data_coding": 4})},
		{"cut off", "", RuleUdhNotFlagged, 0, 0, looks("\x06\x08\x04\x00\x07\x02", nil)},
		{"one", "", RuleSarIncomplete, Error, 1, submits(nil, smpptest.TLV16(0x020C, 1))},
		{"two", "", RuleSarIncomplete, Error, 1, submits(nil, sar(1, 2, 1)[1:]...)},
		{"three", "", RuleSarIncomplete, 0, 0, submits(nil, sar(1, 2, 1)...)},
		{"none", "", RuleSarIncomplete, 0, 0, submits(nil)},
		{"both", "", RuleSarAndUdh, Warning, 1, submits(part8(1, 2, 1, "x"), sar(1, 2, 1)...)},
		{"ports and sar", "", RuleSarAndUdh, 0, 0, submits(udh("\x06\x05\x04\x0B\x84\x23\xF0x"), sar(1, 2, 1)...)},
		{"sar alone", "", RuleSarAndUdh, 0, 0, submits(nil, sar(1, 2, 1)...)},
	})
}

// A PDU whose body is broken is not judged behind the fault.
func TestBrokenMessagesAreNotJudged(t *testing.T) {
	r := newRig(t, "kaleyra")
	submits(fields{"sm_length": 200, "esm_class": 0x40, "short_message": "\xC8"})(r)
	r.wants(RuleBodyTruncated, Error, 1)
	r.silent(RuleUdhMalformed, RuleTextNotGsm, RuleMessageEmpty)
}
