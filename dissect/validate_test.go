package dissect_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

func TestSamplesAreLegal(t *testing.T) {
	versions(func(c *dissect.Command, v dissect.Version) {
		p := decode(smpptest.Sample(c, v))
		for _, version := range []dissect.Version{v, dissect.VersionUnknown} {
			for _, side := range []dissect.Side{dissect.SideUnknown, sender(c)} {
				got := dissect.Validate(nil, p, dissect.Context{Version: version, From: side})
				if len(got) > 0 {
					t.Errorf("%s in %s, judged as %s from %s: %v", c.Name, v, version, side, issues(got))
				}
			}
		}
	})
}

// sender is who sends what Sample makes.
func sender(c *dissect.Command) dissect.Side {
	if c.From == dissect.Either {
		return dissect.ESME
	}
	return c.From
}

func TestEveryTLVIsJudged(t *testing.T) {
	for i := range dissect.TLVs() {
		d := &dissect.TLVs()[i]
		sample := smpptest.SampleTLV(d, dissect.V50)
		long := smpptest.TLV{Tag: d.Tag, Value: make([]byte, d.MaxLen[2]+1)}
		for _, tt := range []struct {
			name string
			tlvs []smpptest.Part
			code dissect.Code
		}{
			{"twice", []smpptest.Part{sample, sample}, dissect.CodeTLVRepeated},
			{"too long", []smpptest.Part{long}, dissect.CodeTLVLength},
		} {
			if d.Multiple && tt.code == dissect.CodeTLVRepeated || len(long.Value) > 0xFFFF && tt.code == dissect.CodeTLVLength {
				continue
			}
			p := decode(smpptest.Build("submit_sm", 1, message, tt.tlvs...))
			if !has(dissect.Validate(nil, p, dissect.Context{Version: dissect.V50}), tt.code) {
				t.Errorf("%s %s: no %s", d.Name, tt.name, tt.code)
			}
		}
	}
}

func has(list []dissect.Issue, code dissect.Code) bool {
	for _, i := range list {
		if i.Code == code {
			return true
		}
	}
	return false
}

// line writes an issue for comparison; minor ones have a question mark.
func line(i dissect.Issue) string {
	s := i.String()
	if i.Minor {
		return s + "?"
	}
	return s
}

func lines(list []dissect.Issue) []string {
	var s []string
	for _, i := range list {
		s = append(s, line(i))
	}
	return s
}

type validateCase struct {
	name string
	b    []byte
	c    dissect.Context
	want []string
}

func runValidate(t *testing.T, tests []validateCase) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, lines(dissect.Validate(nil, decode(tt.b), tt.c))); d != "" {
				t.Error(d)
			}
		})
	}
}

var (
	in33    = dissect.Context{Version: dissect.V33}
	in34    = dissect.Context{Version: dissect.V34}
	in50    = dissect.Context{Version: dissect.V50}
	offered = dissect.Context{Version: dissect.V34, Offered: dissect.V50}
	unknown = dissect.Context{}
)

func submit(name string, v any) []byte { return smpptest.Build("submit_sm", 1, with(message, name, v)) }

func deliver(name string, v any) []byte {
	return smpptest.Build("deliver_sm", 1, with(message, name, v))
}

func TestValidateHeader(t *testing.T) {
	link := func(seq uint32, parts ...smpptest.Part) []byte {
		return smpptest.Build("enquire_link", seq, nil, parts...)
	}
	resp := func(status uint32) []byte {
		return smpptest.Build("submit_sm_resp", 1, nil, smpptest.Status(status), smpptest.HeaderOnly{})
	}
	own := &dissect.Dialect{Statuses: map[uint32]*dissect.StatusDef{0x9F: {Value: 0x9F, Name: "OWN"}}, VendorStatus: [2]uint32{0x600, 0x6FF}}
	runValidate(t, []validateCase{
		{"fine", link(1), in34, nil},
		{"unknown command", link(1, smpptest.ID(0x999)), in34,
			[]string{"command_id at offset 4: command-id-unknown (want a defined command, got 0x00000999)"}},
		{"vendor command", link(1, smpptest.ID(0x000102FF)), in34, nil},
		{"vendor response", link(1, smpptest.ID(0x80010200)), in34, nil},
		{"behind the vendor range", link(1, smpptest.ID(0x00010300)), in34,
			[]string{"command_id at offset 4: command-id-unknown (want a defined command, got 0x00010300)"}},
		{"status in a request", link(1, smpptest.Status(8)), in34,
			[]string{"command_status at offset 8: status-in-request (want 0, got 0x00000008 (ESME_RSYSERR))"}},
		{"defined status", resp(0x58), in34, nil},
		{"reserved status", resp(0x9F), in34,
			[]string{"command_status at offset 8: status-reserved (want a defined status, got 0x0000009F (ESME_RINVOPTPARLEN of older systems))"}},
		{"provider's name for it", resp(0x9F), dissect.Context{Version: dissect.V34, Dialect: own}, nil},
		{"vendor status", resp(0x4FF), in34, nil},
		{"provider's range", resp(0x6FF), dissect.Context{Version: dissect.V34, Dialect: own}, nil},
		{"outside the provider's range", resp(0x4FF), dissect.Context{Version: dissect.V34, Dialect: own},
			[]string{"command_status at offset 8: status-reserved (want a defined status, got 0x000004FF)"}},
		{"v5.0's status in 3.4", resp(0x100), in34,
			[]string{"command_status at offset 8: status-reserved (want a defined status, got 0x00000100 (ESME_RSERTYPUNAUTH))"}},
		{"v5.0's status offered", resp(0x100), offered,
			[]string{"command_status at offset 8: status-reserved (want a defined status, got 0x00000100 (ESME_RSERTYPUNAUTH))?"}},
		{"v5.0's status, version unknown", resp(0x100), unknown, nil},
		{"v3.4's status in 3.3", resp(0xC4), in33, nil},
		{"sequence 0", link(0), in34,
			[]string{"sequence_number at offset 12: sequence-zero (want at least 1, got 0)"}},
		{"sequence 0 of a generic_nack", smpptest.Build("generic_nack", 0, nil, smpptest.Status(3)), in34, nil},
		{"highest sequence", link(0x7FFFFFFF), in34, nil},
		{"sequence too high", link(0x80000000), in34,
			[]string{"sequence_number at offset 12: sequence-range (want at most 0x7FFFFFFF, got 0x80000000)"}},
	})
}

func TestValidateStrings(t *testing.T) {
	bind := func(name string, v any) []byte {
		return smpptest.Build("bind_transceiver", 1, smpptest.F{"interface_version": 0x34, name: v})
	}
	id := func(n int) []byte {
		return smpptest.Build("submit_sm_resp", 1, smpptest.F{"message_id": strings.Repeat("1", n)})
	}
	wide := &dissect.Dialect{PasswordMax: 33, MessageIDMax: 100}
	runValidate(t, []validateCase{
		{"longest source", submit("source_addr", strings.Repeat("1", 20)), in34, nil},
		{"source too long", submit("source_addr", strings.Repeat("1", 24)), in34,
			[]string{"source_addr at offset 19: string-too-long (want at most 21 octets with the NUL, got 25)"}},
		{"data_sm allows it", smpptest.Build("data_sm", 1, smpptest.F{"source_addr": strings.Repeat("1", 24), "esm_class": 8}), in34, nil},
		{"password of 8", bind("password", "12345678"), in34, nil},
		{"password of 9", bind("password", "123456789"), in34,
			[]string{"password at offset 17: string-too-long (want at most 9 octets with the NUL, got 10)"}},
		{"provider's longer password", bind("password", "123456789"), dissect.Context{Version: dissect.V34, Dialect: wide}, nil},
		{"password with odd octets", bind("password", "se\xffcr"), in34,
			[]string{"password at offset 19: string-charset (want printable ASCII, got other octets)"}},
		{"any version", bind("interface_version", 0x22), in34, nil},
		{"long message_id", id(64), in34, nil},
		{"message_id too long", id(65), in34,
			[]string{"message_id at offset 16: string-too-long (want at most 65 octets with the NUL, got 66)"}},
		{"provider's longer message_id", id(99), dissect.Context{Version: dissect.V34, Dialect: wide}, nil},
		{"3.3 leaves message_id to its own rule", id(36), in33, nil},
		{"message_id of a deliver_sm_resp", smpptest.Build("deliver_sm_resp", 1, smpptest.F{"message_id": "77"}), in34,
			[]string{"message_id at offset 16: field-reserved (want empty, got 2 octets)?"}},
		{"and in 5.0", smpptest.Build("deliver_sm_resp", 1, smpptest.F{"message_id": "77"}), in50,
			[]string{"message_id at offset 16: field-reserved (want empty, got 2 octets)?"}},
		{"destination with a blank control", submit("destination_addr", "9198\t12"), in34,
			[]string{"destination_addr at offset 30: string-charset (want printable ASCII, got 09)"}},
		{"name of a sender in Latin-1", submit("source_addr", "Caf\xe9"), in34,
			[]string{"source_addr at offset 22: string-charset (want printable ASCII, got e9)?"}},
		{"long one", submit("source_addr", "Caf\xe9 and much \x7f"), in34,
			[]string{"source_addr at offset 22: string-charset (want printable ASCII, got e9 20 61 6e 64 20 6d 75 63 68 20 7f)?"}},
	})
}

func TestValidateValues(t *testing.T) {
	multi := func(n int) []byte {
		return smpptest.Build("submit_multi", 1, smpptest.F{"dest_address": make([]smpptest.F, n)})
	}
	type ctx = dissect.Context
	codings := &dissect.Dialect{Codings: map[uint8]dissect.Alphabet{0x0F: dissect.AlphabetUTF8}}
	runValidate(t, []validateCase{
		{"TON 7", submit("source_addr_ton", 7), in34,
			[]string{"source_addr_ton at offset 17: field-reserved (want 0-6, got 7)"}},
		{"NPI 2", submit("dest_addr_npi", 2), in34,
			[]string{"dest_addr_npi at offset 25: field-reserved (want 0-1, 3-4, 6, 8-10, 14, 18, got 2)"}},
		{"priority 4 in 3.4", submit("priority_flag", 4), in34,
			[]string{"priority_flag at offset 41: field-reserved (want 0-3, got 4)"}},
		{"priority 4 offered", submit("priority_flag", 4), offered,
			[]string{"priority_flag at offset 41: field-reserved (want 0-3, got 4)?"}},
		{"priority 4 in 5.0", submit("priority_flag", 4), in50, nil},
		{"priority 4, version unknown", submit("priority_flag", 4), unknown, nil},
		{"priority 5, version unknown", submit("priority_flag", 5), unknown,
			[]string{"priority_flag at offset 41: field-reserved (want 0-4, got 5)"}},
		{"priority 2 in 3.3", submit("priority_flag", 2), in33,
			[]string{"priority_flag at offset 41: field-reserved (want 0-1, got 2)"}},
		{"replace_if_present_flag", submit("replace_if_present_flag", 2), in34,
			[]string{"replace_if_present_flag at offset 45: field-reserved (want 0-1, got 2)"}},
		{"registered_delivery", submit("registered_delivery", 0x23), in34,
			[]string{"registered_delivery at offset 44: field-reserved (want bits 0x03: 0x00, 0x01, 0x02; bits 0xE0: 0x00, got 0x23)"}},
		{"registered_delivery 3 in 5.0", submit("registered_delivery", 3), in50, nil},
		{"registered_delivery notification", submit("registered_delivery", 0x11), in34, nil},
		{"free protocol_id", submit("protocol_id", 0xFF), in34, nil},
		{"sm_default_msg_id 255", submit("sm_default_msg_id", 255), in34,
			[]string{"sm_default_msg_id at offset 47: field-reserved (want 0-254, got 255)"}},
		{"unused fields of deliver_sm", smpptest.Build("deliver_sm", 1, smpptest.F{"replace_if_present_flag": 1, "sm_default_msg_id": 2}), in34,
			[]string{"replace_if_present_flag at offset 29: field-reserved (want 0, got 1)?", "sm_default_msg_id at offset 31: field-reserved (want 0, got 2)?"}},
		{"used in 5.0", smpptest.Build("deliver_sm", 1, smpptest.F{"replace_if_present_flag": 1, "sm_default_msg_id": 2}), in50, nil},
		{"UDHI and store and forward", submit("esm_class", 0x43), in34, nil},
		{"receipt towards the message centre", submit("esm_class", 0x44), in34,
			[]string{"esm_class at offset 39: esm-class-direction (want bits 0x3C: 0x00, 0x08, 0x10 towards the message centre, got 0x44)"}},
		{"the same in 5.0", submit("esm_class", 0x04), in50,
			[]string{"esm_class at offset 39: esm-class-direction (want bits 0x3C: 0x00, 0x08, 0x10 towards the message centre, got 0x04)?"}},
		{"a receipt", deliver("esm_class", 0x04), in34, nil},
		{"datagram towards the ESME", deliver("esm_class", 0x01), in34,
			[]string{"esm_class at offset 39: esm-class-direction (want bits 0x03: 0x00 towards the ESME, got 0x01)"}},
		{"reserved type", deliver("esm_class", 0x0C), in34,
			[]string{"esm_class at offset 39: field-reserved (want a defined message type in bits 0x3C, got 0x0C)"}},
		{"data_sm from the message centre", smpptest.Build("data_sm", 1, smpptest.F{"esm_class": 4}), ctx{Version: dissect.V34, From: dissect.SMSC}, nil},
		{"data_sm from the ESME", smpptest.Build("data_sm", 1, smpptest.F{"esm_class": 4}), ctx{Version: dissect.V34, From: dissect.ESME},
			[]string{"esm_class at offset 23: esm-class-direction (want bits 0x3C: 0x00, 0x08, 0x10 towards the message centre, got 0x04)"}},
		{"data_sm from somebody", smpptest.Build("data_sm", 1, smpptest.F{"esm_class": 4}), in34, nil},
		{"data_coding 0x0F", submit("data_coding", 0x0F), in34,
			[]string{"data_coding at offset 46: data-coding-reserved (want a defined data_coding, got 0x0F)"}},
		{"provider's data_coding", submit("data_coding", 0x0F), ctx{Version: dissect.V34, Dialect: codings}, nil},
		{"data_coding 0xBF", submit("data_coding", 0xBF), in34,
			[]string{"data_coding at offset 46: data-coding-reserved (want a defined data_coding, got 0xBF)"}},
		{"data_coding 0xE8", submit("data_coding", 0xE8), in34, nil},
		{"data_coding 0xF0", submit("data_coding", 0xF0), in34, nil},
		{"text of 255", submit("short_message", strings.Repeat("a", 255)), in34,
			[]string{"sm_length at offset 48: sm-length-large (want at most 254, got 255)"}},
		{"text of 255 in 5.0", submit("short_message", strings.Repeat("a", 255)), in50, nil},
		{"text of 254 in 3.3", submit("short_message", strings.Repeat("a", 254)), in33, nil},
		{"no destination", multi(0), in34,
			[]string{"number_of_dests at offset 20: destinations-count (want 1-254, got 0)"}},
		{"255 destinations", multi(255), in34,
			[]string{"number_of_dests at offset 20: destinations-count (want 1-254, got 255)"}},
		{"255 destinations in 5.0", multi(255), in50, nil},
		{"message_state 9 in 3.4", smpptest.Build("query_sm_resp", 1, smpptest.F{"message_state": 9}), in34,
			[]string{"message_state at offset 18: field-reserved (want 1-8, got 9)"}},
		{"message_state 0 of a refusal", smpptest.Build("query_sm_resp", 1, smpptest.F{"message_state": 0}, smpptest.Status(0x67)), in34, nil},
		{"TON in an entry", smpptest.Build("submit_multi", 1, smpptest.F{"dest_address": []smpptest.F{{"dest_addr_ton": 9}}}), in34,
			[]string{"dest_addr_ton at offset 22: field-reserved (want 0-6, got 9)"}},
	})
}

func TestValidateTimes(t *testing.T) {
	query := func(s string) []byte {
		return smpptest.Build("query_sm_resp", 1, smpptest.F{"final_date": s, "message_state": 2})
	}
	const at = "validity_period at offset 43: time-format "
	runValidate(t, []validateCase{
		{"absolute", submit("validity_period", "261231235959000+"), in34, nil},
		{"relative", submit("validity_period", "000001000000000R"), in34, nil},
		{"30 February", submit("validity_period", "260230120000000+"), in34,
			[]string{at + "(want empty or YYMMDDhhmmsstnnp, got 260230120000000+: a date that does not exist)"}},
		{"short", submit("validity_period", "0123"), in34,
			[]string{at + "(want empty or YYMMDDhhmmsstnnp, got 0123: 4 octets, not 16)"}},
		{"12 digits", submit("validity_period", "261231235959"), in34,
			[]string{at + "(want empty or YYMMDDhhmmsstnnp, got 261231235959: without tenths and zone)"}},
		{"too long", submit("validity_period", "261231235959000+0"), in34,
			[]string{"validity_period at offset 43: string-too-long (want at most 17 octets with the NUL, got 18)"}},
		{"zone in a relative time", submit("validity_period", "000001000000004R"), in34,
			[]string{at + "(want 000R at the end of a relative time, got 000001000000004R)?"}},
		{"a time in deliver_sm", deliver("validity_period", "000001000000000R"), in34,
			[]string{"validity_period at offset 43: field-reserved (want empty, got 16 octets)?"}},
		{"a time in deliver_sm of 5.0", deliver("validity_period", "000001000000000R"), in50, nil},
		{"final date", query("261231235959000+"), in34, nil},
		{"final date of 12 digits", query("261231235959"), in34,
			[]string{"final_date at offset 17: time-format (want empty or YYMMDDhhmmsstnnp, got 261231235959: without tenths and zone)?"}},
		{"final date of a refusal", smpptest.Build("query_sm_resp", 1, smpptest.F{"final_date": "0000"}, smpptest.Status(0x67)), in34, nil},
		{"relative final date", query("000001000000000R"), in34,
			[]string{"final_date at offset 17: time-format (want empty or an absolute time, got 000001000000000R: relative)"}},
	})
}

func TestValidateTLVs(t *testing.T) {
	with := func(parts ...smpptest.Part) []byte { return smpptest.Build("submit_sm", 1, nil, parts...) }
	receipt := func(parts ...smpptest.Part) []byte { return smpptest.Build("deliver_sm", 1, nil, parts...) }
	number := smpptest.TLV{Tag: dissect.TagCallbackNum, Value: []byte{1, 1, 1, '5'}}
	screening := smpptest.TLV8(dissect.TagCallbackNumPresInd, 0)
	vendor := &dissect.Dialect{TLVs: map[uint16]*dissect.TLVDef{
		0x1400: {Tag: 0x1400, Name: "PE_ID", Kind: dissect.Octets, MinLen: dissect.ByVersion{1, 1, 1}, MaxLen: dissect.ByVersion{30, 30, 30}},
	}}
	own := dissect.Context{Version: dissect.V34, Dialect: vendor}
	runValidate(t, []validateCase{
		{"wrong length", with(smpptest.TLV16(dissect.TagPayloadType, 1)), in34,
			[]string{"payload_type at offset 37: tlv-length (want 1 octet, got 2 octets)"}},
		{"source_telematics_id of 2", smpptest.Build("data_sm", 1, smpptest.F{"esm_class": 8}, smpptest.TLV16(dissect.TagSourceTelematicsID, 1)), in34,
			[]string{"source_telematics_id at offset 30: tlv-length (want 1 octet, got 2 octets)?"}},
		{"alert with a value in 3.4", with(smpptest.TLV8(dissect.TagAlertOnMessageDelivery, 1)), in34,
			[]string{"alert_on_message_delivery at offset 37: tlv-length (want 0 octets, got 1 octet)"}},
		{"alert with a value, 5.0 offered", with(smpptest.TLV8(dissect.TagAlertOnMessageDelivery, 1)), offered,
			[]string{"alert_on_message_delivery at offset 37: tlv-length (want 0 octets, got 1 octet)?"}},
		{"alert with a value in 5.0", with(smpptest.TLV8(dissect.TagAlertOnMessageDelivery, 1)), in50, nil},
		{"ms_validity of 4 in 5.0", with(smpptest.TLV{Tag: dissect.TagMSValidity, Value: []byte{4, 3, 0, 1}}), in50, nil},
		{"ms_validity of 3 in 5.0", with(smpptest.TLV{Tag: dissect.TagMSValidity, Value: []byte{4, 3, 0}}), in50,
			[]string{"ms_validity at offset 37: tlv-length (want 1 4 octets, got 3 octets)"}},
		{"reserved value", with(smpptest.TLV8(dissect.TagPrivacyIndicator, 9)), in34,
			[]string{"privacy_indicator at offset 37: tlv-value (want 0-3, got 9)"}},
		{"range", with(smpptest.TLV8(dissect.TagNumberOfMessages, 100)), in34,
			[]string{"number_of_messages at offset 37: tlv-value (want 0-99, got 100)"}},
		{"reserved bits", with(smpptest.TLV8(dissect.TagMSMsgWaitFacilities, 0x04)), in34,
			[]string{"ms_msg_wait_facilities at offset 37: tlv-value (want bits 0x7C: 0x00, got 0x04)"}},
		{"part of a value", receipt(smpptest.TLV{Tag: dissect.TagNetworkErrorCode, Value: []byte{9, 0, 1}}), in34,
			[]string{"network_error_code at offset 37: tlv-value (want a defined network_type, got network_type 0x09)"}},
		{"message_state 0 in 3.4", receipt(smpptest.TLV8(dissect.TagMessageState, 0)), in34,
			[]string{"message_state at offset 37: tlv-value (want 1-8, got 0)"}},
		{"id without NUL", receipt(smpptest.TLV{Tag: dissect.TagReceiptedMessageID, Value: []byte("77")}), in34,
			[]string{"receipted_message_id at offset 37: tlv-value (want a NUL at the end, got none)?"}},
		{"id with a NUL inside", receipt(smpptest.TLVString(dissect.TagReceiptedMessageID, "7\x007")), in34,
			[]string{"receipted_message_id at offset 38: tlv-value (want one NUL, at the end, got a NUL at octet 2)"}},
		{"not in this command", with(smpptest.TLV8(dissect.TagMessageState, 2)), in34,
			[]string{"message_state at offset 33: tlv-not-allowed (want not in submit_sm, got message_state)"}},
		{"of 5.0 only", with(smpptest.TLV{Tag: dissect.TagBillingIdentification, Value: []byte{0x80, 1}}), in34,
			[]string{"billing_identification at offset 33: tlv-not-allowed (want not in submit_sm before v5.0, got billing_identification)"}},
		{"of 5.0 only, offered", with(smpptest.TLV{Tag: dissect.TagBillingIdentification, Value: []byte{0x80, 1}}), offered,
			[]string{"billing_identification at offset 33: tlv-not-allowed (want not in submit_sm before v5.0, got billing_identification)?"}},
		{"of 5.0 only, version unknown", with(smpptest.TLV{Tag: dissect.TagBillingIdentification, Value: []byte{0x80, 1}}), unknown, nil},
		{"3.3 is judged as 3.4", with(smpptest.TLV16(dissect.TagUserMessageReference, 1)), in33, nil},
		{"of the other sender", smpptest.Build("data_sm_resp", 1, nil, smpptest.TLV8(dissect.TagDPFResult, 1)),
			dissect.Context{Version: dissect.V50, From: dissect.ESME},
			[]string{"dpf_result at offset 17: tlv-not-allowed (want not in data_sm_resp from the ESME, got dpf_result)"}},
		{"twice", with(smpptest.TLV16(dissect.TagSourcePort, 1), smpptest.TLV16(dissect.TagSourcePort, 1)), in34,
			[]string{"source_port at offset 39: tlv-repeated (want once, got again)"}},
		{"missing in data_sm", smpptest.Build("data_sm", 1, nil), in34,
			[]string{"message_payload at offset 26: tlv-missing (want present, got none)?"}},
		{"missing in broadcast_sm", smpptest.Build("broadcast_sm", 1, smpptest.F{"priority_flag": 1},
			smpptest.SampleTLV(dissect.TLVByTag(dissect.TagBroadcastAreaIdentifier), dissect.V50),
			smpptest.SampleTLV(dissect.TLVByTag(dissect.TagBroadcastContentType), dissect.V50)), in50,
			[]string{"broadcast_frequency_interval at offset 39: tlv-missing (want present, as broadcast_sm demands, got none)"}},
		{"not missing after an error", smpptest.Build("query_broadcast_sm_resp", 1, nil, smpptest.Status(8)), in50, nil},
		{"needs callback_num", with(screening), in34,
			[]string{"callback_num at offset 38: tlv-missing (want present, as callback_num_pres_ind needs it, got none)"}},
		{"as often as callback_num", with(number, number, screening), in34,
			[]string{"callback_num_pres_ind at offset 54: tlv-missing (want 2, as there are 2 callback_num, got 1)"}},
		{"sar is a rule of its own", with(smpptest.TLV16(dissect.TagSARMsgRefNum, 1)), in34, nil},
		{"unknown vendor tag", with(smpptest.TLV{Tag: 0x1400, Value: []byte("12345678901234567890")}), in34,
			[]string{"0x1400 at offset 33: tlv-unknown (want a tag of the specification or the provider; used by India DLT (PE_ID), " +
				"got 20 octets: 31 32 33 34 35 36 37 38 39 30 31 32 33 34 35 36 ...)"}},
		{"provider's tag", with(smpptest.TLV{Tag: 0x1400, Value: []byte("123")}), own, nil},
		{"provider's length", with(smpptest.TLV{Tag: 0x1400}), own,
			[]string{"PE_ID at offset 37: tlv-length (want 1 to 30 octets, got 0 octets)"}},
		{"provider's tag twice", with(smpptest.TLV{Tag: 0x1400, Value: []byte("1")}, smpptest.TLV{Tag: 0x1400, Value: []byte("1")}), own,
			[]string{"PE_ID at offset 38: tlv-repeated (want once, got again)"}},
		{"reserved tag", with(smpptest.TLV{Tag: 0x4001, Value: []byte{1}}), in34,
			[]string{"0x4001 at offset 33: tlv-unknown (want a tag of the specification; this one is reserved, got 1 octet: 01)"}},
	})
}

func TestBrokenPDUsAreJudgedBeforeTheBreak(t *testing.T) {
	b := smpptest.Build("submit_sm", 1, with(with(message, "source_addr_ton", 9), "data_coding", 0xBF), smpptest.Cut(40), smpptest.SetLength(40))
	got := dissect.Validate(nil, decode(b), in34)
	if len(got) != 1 || got[0].Field != "source_addr_ton" {
		t.Error(lines(got))
	}
	cut := smpptest.Build("data_sm", 1, nil, smpptest.TLV{Tag: dissect.TagMessagePayload, Value: []byte("hello")}, smpptest.Cut(30))
	if got := dissect.Validate(nil, decode(cut), in34); len(got) > 0 {
		t.Error(lines(got))
	}
}
