package filter

import (
	"strings"
	"testing"

	"smpptap/dissect"
)

// Rows by the letters that the tables name them with: s submit_sm, r its
// response, m submit_multi, d deliver_sm, x nothing but zero.
func rows(t testing.TB) map[byte]*Row {
	return map[byte]*Row{'s': submitRow(t), 'r': respRow(), 'm': multiRow(t), 'd': receiptRow(), 'x': {}}
}

var matchTests = []struct{ filter, rows string }{
	{"", "srmdx"},
	{"  ", "srmdx"},

	// Presence.
	{"smpp", "srmd"},
	{"smpp.message_id", "r"},
	{"!smpp.message_id", "smdx"},
	{"smpp.command_status", "rm"},
	{"smpp.validity_period", "s"},
	{"smpp.validity_period_r", "md"},
	{"smpp.opt_params", "sd"},
	{"smpp.dlist", "m"},
	{"smpp.message_payload.duplicate", "d"},
	{"smpp.message_text", "s"},
	{"gsm_sms_ud", "s"},
	{"smpptap.receipt", "d"},
	{"frame", "sr"},
	{"ipv6", "r"},

	// Comparisons, in both spellings.
	{"smpp.command_id == 4", "s"},
	{"smpp.command_id == 0x00000004", "s"},
	{"smpp.command_id == 0b100", "s"},
	{"smpp.command_id == 04", "s"},
	{"smpp.command_id == '\\x04'", "s"},
	{"smpp.command_id eq 4", "s"},
	{"smpp.sequence_number != 7", "md"},
	{"smpp.sequence_number ne 7", "md"},
	{"smpp.sequence_number < 7", "d"},
	{"smpp.sequence_number lt 7", "d"},
	{"smpp.sequence_number <= 7", "srd"},
	{"smpp.sequence_number le 7", "srd"},
	{"smpp.sequence_number > 7", "m"},
	{"smpp.sequence_number gt 7", "m"},
	{"smpp.sequence_number >= 7", "srm"},
	{"smpp.sequence_number ge 7", "srm"},

	// A comparison is false where the field is absent; not turns that around.
	{"smpp.message_id != \"x\"", "r"},
	{"not smpp.message_id == \"x\"", "srmdx"},
	{"smpp.message_id == \"\"", "r"},

	// Names of values.
	{"smpp.command_id == submit_sm", "s"},
	{`smpp.command_id == "Submit_sm"`, "s"},
	{`smpp.command_id == "Submit_sm - resp"`, "r"},
	{"smpp.command_id == SUBMIT_SM_MULTI", "m"},
	{"smpp.command_status == ESME_RTHROTTLED", "r"},
	{"smpp.command_status == esme_rthrottled", "r"},
	{"smpp.command_id > submit_sm", "rmd"},
	{"smpp.data_coding == gsm_message_class", "s"},
	{"smpp.data_coding != gsm_message_class", "md"},
	{"smpp.data_coding >= gsm_message_class", "s"},
	{"smpp.data_coding < gsm_message_class", "md"},
	{"smpp.source_addr_ton == alphanumeric", "s"},
	{"smpp.esm.submit.features == UDHI", "s"},
	{"smpp.esm.submit.features == 1", "s"},
	{"smpp.esm.submit.msg_type == smsc_delivery_receipt", "d"},
	{"smpp.esm.submit.msg_type == 1", "d"},
	{"smpp.regdel.receipt == success_or_failure", "s"},
	{"smpp.regdel.notif == 1", "s"},
	{"smpp.message_state == delivered", "d"},
	{"smpp.opt_param_tag == message_payload", "d"},
	{"smpp.network_error.type == 3", "s"},
	{"smpp.network_error.code == 42", "s"},
	{"smpptap.direction == to_esme", "rd"},
	{"smpptap.direction == to_smsc", "smx"},

	// Several values.
	{"smpp.destination_addr == 392", "m"},
	{"smpp.destination_addr != 392", "sd"},
	{"smpp.destination_addr === 392", ""},
	{"smpp.destination_addr !== 392", "smd"},
	{"smpp.destination_addr ~= 392", "smd"},
	{"any smpp.destination_addr == 392", "m"},
	{"any smpp.destination_addr != 392", "smd"},
	{"all smpp.destination_addr contains 39", "sm"},
	{"all smpp.user_message_reference < 5", ""},
	{"any smpp.user_message_reference < 5", "s"},
	{"smpp.user_message_reference all_eq 1", ""},
	{"smpp.user_message_reference any_ne 1", "s"},
	{"smpp.user_message_reference any_eq 1", "s"},
	{"smpp.user_message_reference all_ne 2", "s"},
	{"smpp.dest_addr_ton == 2", "m"},
	{"smpp.dl_name == team", "m"},
	{"tcp.port == 2775", "sr"},
	{"tcp.srcport == 2775", "r"},
	{"tcp.port != 2775", ""},

	// Sets.
	{"smpp.command_id in {4, 5}", "sd"},
	{"smpp.command_id in {4..9}", "sd"},
	{"smpp.command_id in {submit_sm, 5}", "sd"},
	{"smpp.command_id not in {4, 5}", "rmx"},
	{"!(smpp.command_id in {4, 5})", "rmx"},
	{"smpp.sequence_number in {1,3,9,11,13,15,17,19,21,23}", "md"},
	{"smpp.sequence_number in {1..2,3..4,9..10,8..9,13,15,17,19,21,23}", "md"},
	{`smpp.service_type in {"WAP", "x"}`, "m"},
	{`smpp.service_type in {"A".."Z"}`, "m"},
	{"ip.addr in {10.2.0.0/16}", "s"},
	{"ip.addr in {10.2.0.0..10.2.0.9, 1.1.1.1}", "s"},
	{"ip.addr in {10.2.0.1}", "s"},

	// Text, octets, slices.
	{"smpp.source_addr contains \"CM\"", "s"},
	{"smpp.source_addr contains \"cm\"", ""},
	{"smpp.source_addr matches \"^ac.e$\"", "s"},
	{"smpp.source_addr ~ \"cm\"", "s"},
	{`smpp.destination_addr matches "^\d+$"`, "sm"},
	{`smpp.destination_addr matches "^\\d+$"`, "sm"},
	{`smpp.destination_addr matches r"^\d+$"`, "sm"},
	{"smpp.message contains 41:62", "s"},
	{"smpp.message contains 4162", "s"},
	{"smpp.message contains 41-62", "s"},
	{"smpp.message contains 0x41", "s"},
	{`smpp.message contains "\x41\142c"`, "s"},
	{"smpp.message contains 'A'", "s"},
	{"smpp.message[0:3] == 05:00:03", "s"},
	{"smpp.message[0] == 05", "s"},
	{"smpp.message[-3:] == c0:ff:00", "s"},
	{"smpp.message[-3:2] == c0:ff", "s"},
	{"smpp.message[:2] == 05:00", "s"},
	{"smpp.message[1-2] == 00:03", "s"},
	{"smpp.message[-3--2] == c0:ff", "s"},
	{"smpp.message[0:50]", ""},
	{`smpp.source_addr[0:2] == "AC"`, "s"},
	{`smpp.source_addr[0:2] == 41:43`, "s"},
	{`smpp.message_text contains "\u00e9"`, "s"},
	{`smpptap.text == r"Abc é"`, "s"},
	{"smpp[4:4] == 00:00:00:04", "s"},
	{`smpp.service_type == "(Default)"`, "sd"},
	{`smpp.service_type == ""`, "sd"},
	{"smpp.vendor_op == 78:79:7a", "s"},

	// Functions and operators.
	{"len(smpp.source_addr) == 4", "s"},
	{"len(smpp.command_id) == 4", "srmd"},
	{"count(smpp.destination_addr) == 2", "m"},
	{"count(smpp.message_id) == 0", ""},
	{"lower(smpp.source_addr) == \"acme\"", "s"},
	{"upper(smpp.service_type) == \"WAP\"", "m"},
	{"upper(smpp.message_text) contains \"É\"", "s"},
	{"max(smpp.user_message_reference) == 9", "s"},
	{"min(smpp.user_message_reference) == 1", "s"},
	{"len(smpp.message) == smpp.sm_length", "smd"},
	{"smpp.sm_length == len(smpp.message)", "smd"},
	{"smpp.esm.submit.features & 1", "s"},
	{"smpptap.esm_class & 0x3c == 4", "d"},
	{"(smpptap.esm_class & 0x3c) == 4", "d"},
	{"(smpptap.esm_class & 0x3c)", "d"},
	{"smpp.command_length - 16 == 1", "r"},
	{"smpp.sequence_number % 2 == 1 and smpp.sequence_number * 2 == 6", "d"},
	{"smpp.sequence_number / 3 == 3", "m"},
	{"smpp.sequence_number + 1 == 8", "sr"},

	// Two fields.
	{"smpp.source_addr == smpp.destination_addr", ""},
	{"smpp.source_addr != smpp.destination_addr", "smd"},
	{"smpp.source_addr_ton < smpp.dest_addr_ton", "md"},
	{"lower(smpp.source_addr) == lower(smpp.destination_addr)", ""},

	// Times.
	{"smpp.validity_period == \"2026-11-03 11:00:00\"", "s"},
	{"smpp.validity_period > \"2026-11-03\"", "s"},
	{"smpp.schedule_delivery_time_r == 30d", "m"},
	{"smpp.schedule_delivery_time_r == 0", "sd"},
	{"frame.time_relative < 2", ""},
	{"frame.time_relative >= 2000ms", "sr"},
	{"frame.time_relative <= 2.0005", "s"},
	{"frame.time_epoch == 1793700131.5", "sm"},
	{"frame.time < \"2026-11-03T10:02:11.5002Z\"", "sm"},
	{"smpptap.latency", "r"},
	{"smpptap.latency > 0.0005", "r"},
	{"smpptap.latency > 800us and smpptap.latency < 1ms", "r"},

	// Facts.
	{"frame.number == 23", "s"},
	{"tcp.stream == 2", "sr"},
	{"ip.src == 10.1.0.0/16", "s"},
	{"ip.addr == 10.2.0.1", "s"},
	{"ip.addr != 10.2.0.1", ""},
	{"ip.src > 10.0.0.0", "s"},
	{"ipv6.addr == 2001:db8::/32", "r"},
	{"ipv6.src == 2001:db8::1", "r"},
	{"smpptap.session == 2 and smpptap.connection == 3", "sr"},
	{"smpptap.rule == system-type", "s"},
	{"smpptap.rule == \"tlv-repeated\"", "s"},
	{"smpptap.severity >= warning", "s"},
	{"smpptap.severity == error", ""},
	{"smpptap.severity == note", "s"},
	{"_ws.expert", "s"},
	{"smpptap.bind_type == TRX", "s"},
	{"smpptap.system_id == acme", "s"},
	{"smpptap.receipt.stat == DELIVRD", "d"},
	{"smpptap.receipt.id == a1B2", "d"},
	{"smpptap.encoding == gsm0338", "s"},

	// User data header.
	{"gsm_sms.udh.mm.msg_id == 42", "s"},
	{"gsm_sms.udh.mm.msg_part == 2 and gsm_sms.udh.mm.msg_parts == 3", "s"},
	{"gsm_sms.ie_identifier == 0", "s"},
	{"gsm_sms_ud.short_msg == \"Abc\\xc0\\xff\\x00\"", "s"},
	{"gsm_sms_ud.fragment.count > 0", ""},

	// Precedence: not over and over xor over or.
	{"not smpp.command_id == 4 and smpp.message_id", "r"},
	{"not (smpp.command_id == 4 and smpp.message_id)", "srmdx"},
	{"smpp.command_id == 4 or smpp.command_id == 5 and smpp.sequence_number == 99", "s"},
	{"(smpp.command_id == 4 or smpp.command_id == 5) and smpp.sequence_number == 99", ""},
	{"smpp.sequence_number == 99 and smpp.command_id == 4 or smpp.command_id == 5", "d"},
	{"smpp xor smpp.message_id", "smd"},
	{"smpp xor smpp and smpp.message_id", "smd"},
	{"smpp or smpp xor smpp", "srmd"},
	{"smpp.command_id==4||smpp.command_id==5&&!smpp.message_id", "sd"},
	{"not not smpp", "srmd"},
	{"!!smpp", "srmd"},
	{"((smpp))", "srmd"},
	{"smpp or smpp.dlist or frame or smpp.message_id", "srmd"},
	{"smpp and smpp.sequence_number and frame and ip", "s"},
}

func TestMatch(t *testing.T) {
	all := rows(t)
	for _, tt := range matchTests {
		f, err := Parse(tt.filter)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if f.String() != tt.filter {
			t.Errorf("String is %q", f)
		}
		for name, r := range all {
			if got, want := f.Match(r), strings.IndexByte(tt.rows, name) >= 0; got != want {
				t.Errorf("%s: row %c: %v", tt.filter, name, got)
			}
		}
	}
}

// TestMatchAllocates holds every filter of the table to the promise.
func TestMatchAllocates(t *testing.T) {
	all := rows(t)
	for _, tt := range matchTests {
		f, err := Parse(tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		if !pooled && (strings.Contains(tt.filter, "matches") || strings.Contains(tt.filter, " ~ ")) {
			continue
		}
		if n := testing.AllocsPerRun(20, func() {
			for _, name := range []byte("srmdx") {
				f.Match(all[name])
			}
		}); n >= 1 {
			t.Errorf("%s: %v allocations", tt.filter, n)
		}
	}
}

func TestOptions(t *testing.T) {
	o := Options{
		Rules:   []string{"system-type", "tlv-length"},
		Dialect: &dissect.Dialect{Statuses: map[uint32]*dissect.StatusDef{0x58: {Value: 0x58, Name: "KALEYRA_SLOW"}}},
	}
	f, err := o.Parse("smpp.command_status == kaleyra_slow and smpp.command_status == ESME_RTHROTTLED")
	if err != nil || !f.Match(respRow()) {
		t.Error("provider's status", err)
	}
	if f, err = o.Parse("smpptap.rule == SYSTEM-TYPE"); err != nil || !f.Match(submitRow(t)) {
		t.Error("rule", err)
	}
	_, err = o.Parse("smpptap.rule == systemtype")
	if err == nil || !strings.Contains(err.Error(), "did you mean system-type?") {
		t.Error(err)
	}
	if _, err := Parse("smpptap.rule == any-word"); err != nil {
		t.Error("without rules any word is one:", err)
	}
}

func TestNeeds(t *testing.T) {
	for _, tt := range []struct {
		filter            string
		message, findings bool
		notes             int
	}{
		{"smpp.command_id == 4", false, false, 0},
		{"smpp and smpptap.text", true, false, 0},
		{"smpptap.receipt.id", true, false, 0},
		{"smpptap.severity == error", false, true, 0},
		{"gsm_sms_ud.fragment.count > 1", false, false, 1},
		{"(smpptap.text)", true, false, 0},
		{"(gsm_sms_ud.fragments)", false, false, 1},
	} {
		f, err := Parse(tt.filter)
		if err != nil {
			t.Error(err)
			continue
		}
		if f.NeedsMessage() != tt.message || f.NeedsFindings() != tt.findings || len(f.Notes()) != tt.notes {
			t.Errorf("%s: %v %v %q", tt.filter, f.NeedsMessage(), f.NeedsFindings(), f.Notes())
		}
	}
}
