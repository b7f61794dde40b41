package filter

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"smpptap/dissect"
)

// typeOf says how Wireshark's types compare here.
var typeOf = map[string]Type{
	"FT_NONE": Label, "FT_PROTOCOL": Label, "FT_BOOLEAN": Uint, "FT_FRAMENUM": Uint, "FT_UINT8": Uint, "FT_UINT16": Uint,
	"FT_UINT32": Uint, "FT_STRING": String, "FT_BYTES": Bytes, "FT_ABSOLUTE_TIME": Time, "FT_RELATIVE_TIME": Duration,
}

// otherType are the fields that have more to compare here than in Wireshark.
var otherType = map[string]Type{"smpp": Bytes, "smpp.callback_num": Bytes, "smpp.callback_num_atag": Bytes}

// TestWiresharkFields holds the tables to the list of Wireshark's fields: every
// name is a filter, with the type and, of integers, the look it has there.
func TestWiresharkFields(t *testing.T) {
	f, err := os.Open("testdata/wireshark-fields.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		cols := strings.Split(s.Text(), "\t")
		if cols[0] == "field" {
			continue
		}
		if strings.HasPrefix(cols[0], "smpp.") {
			n++
		}
		if _, err := Parse(cols[0]); err != nil {
			t.Error(err)
			continue
		}
		info := FieldByName(cols[0])
		want, ok := otherType[info.Name]
		if !ok {
			want = typeOf[cols[1]]
		}
		if info.Type != want {
			t.Errorf("%s is %s, in Wireshark %s", info.Name, info.Type, cols[1])
		}
		if hex := cols[2] == "BASE_HEX"; info.Type == Uint && info.hex != hex {
			t.Errorf("%s: hexadecimal %v", info.Name, info.hex)
		}
	}
	if n != 145 {
		t.Errorf("%d fields of smpp, not 145", n)
	}
}

func TestFieldsAreSound(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Fields() {
		if seen[f.Name] || f.get == nil || f.Type == Uint && f.size == 0 {
			t.Errorf("%+v", f)
		}
		seen[f.Name] = true
		if strings.HasPrefix(f.Name, "smpp.") && f.absent {
			t.Errorf("%s is never filled", f.Name)
		}
		if FieldByName(f.Name).Name != f.Name {
			t.Error(f.Name, "is not found by its name")
		}
	}
}

// TestEveryParameterHasAField: what the table decodes can be asked for. The
// parameters of v3.3's commands have no field in Wireshark.
func TestEveryParameterHasAField(t *testing.T) {
	asked := map[dissect.ParamID]bool{}
	for _, s := range slices.Concat(smppFields, ownFields) {
		asked[s.param] = true
	}
	dissectParams(func(p *dissect.Param, _ bool) {
		switch p.ID {
		case dissect.ParamParamName, dissect.ParamParamValue, dissect.ParamNumMessages, dissect.ParamOriginalMessageID,
			dissect.ParamRegisteredDeliveryFlag, dissect.ParamMessageStatus, dissect.ParamVersion:
			return
		}
		if !asked[p.ID] {
			t.Error(p.Name, "has no field")
		}
	})
	tags := map[uint16]bool{}
	for _, s := range smppFields {
		tags[s.tag] = true
	}
	for _, d := range dissect.TLVs() {
		if !tags[d.Tag] && d.Tag != dissect.TagAlertOnMessageDelivery {
			t.Error(d.Name, "has no field")
		}
	}
}

func TestValueNames(t *testing.T) {
	for name, want := range map[string]string{
		"smpp.command_id": "submit_sm_resp", "smpp.command_status": "ESME_RTHROTTLED", "smpp.data_coding": "ucs2",
		"smpp.esm.submit.msg_type": "smsc_delivery_receipt", "smpp.callback_num.scrn": "network_provided",
		"smpp.dcs.class": "class_0", "smpp.broadcast_frequency_interval.unit": "hours", "smpp.error_status_code": "ESME_ROK",
		"smpptap.bind_type": "trx", "smpptap.severity": "warning", "smpp.opt_param_tag": "sc_interface_version",
	} {
		if got := FieldByName(name).ValueNames(nil); !slices.Contains(got, want) {
			t.Errorf("%s: %q is not in %q", name, want, got)
		}
	}
	if got := FieldByName("smpp.source_addr").ValueNames(nil); len(got) > 0 {
		t.Errorf("%q", got)
	}
}

func TestValues(t *testing.T) {
	all := rows(t)
	for _, tt := range []struct {
		row         byte
		field, want string
	}{
		{'s', "smpp", "Short Message Peer to Peer, Command: submit_sm, Seq: 7, Len: 103"},
		{'r', "smpp", `Short Message Peer to Peer, Command: submit_sm_resp, Status: "ESME_RTHROTTLED", Seq: 7, Len: 17`},
		{'s', "smpp.command_length", "103"},
		{'s', "smpp.command_id", "0x00000004"},
		{'s', "smpp.command_status", "-"},
		{'r', "smpp.command_status", "0x00000058"},
		{'m', "smpp.command_status", "0x00000005"},
		{'s', "smpp.service_type", "(Default)"},
		{'s', "smpp.source_addr", "ACME"},
		{'s', "smpp.esm.submit.features", "0x01"},
		{'d', "smpp.esm.submit.msg_type", "0x01"},
		{'s', "smpp.regdel.notif", "0x01"},
		{'s', "smpp.schedule_delivery_time", "-"},
		{'s', "smpp.schedule_delivery_time_r", "0.000000000"},
		{'s', "smpp.validity_period", "Nov  3, 2026 11:00:00.000000000 UTC"},
		{'m', "smpp.schedule_delivery_time_r", "2592000.000000000"},
		{'s', "smpp.message", "0500032a0302416263c0ff00"},
		{'s', "smpp.dcs.sms_coding_group", "0x0f"},
		{'s', "smpp.dcs.class", "0x02"},
		{'s', "smpp.dcs.wait_type", "-"},
		{'s', "smpp.user_message_reference", "0x0001,0x0009"},
		{'s', "smpp.opt_param", "1,1,1,1"},
		{'s', "smpp.opt_param_tag", "0x0204,0x0204,0x1401,0x0423"},
		{'s', "smpp.vendor_op", "78797a"},
		{'s', "smpp.network_error.type", "3"},
		{'s', "smpp.network_error.code", "0x002a"},
		{'m', "smpp.destination_addr", "391,392"},
		{'m', "smpp.dest_addr_npi", "0x01,0x08"},
		{'m', "smpp.dl_name", "team"},
		{'m', "smpp.dlist", "1"},
		{'m', "smpptap.dest_flag", "1,2,1"},
		{'d', "smpp.message_state", "2"},
		{'d', "smpp.receipted_message_id", "a1B2"},
		{'s', "frame.time", "Nov  3, 2026 10:02:11.500000000 UTC"},
		{'s', "frame.time_epoch", "1793700131.500000000"},
		{'s', "frame.time_relative", "2.000000000"},
		{'s', "ip.addr", "10.1.0.7,10.2.0.1"},
		{'r', "ipv6.dst", "2001:db8::7"},
		{'s', "tcp.port", "40112,2775"},
		{'s', "tcp.stream", "2"},
		{'s', "smpptap.direction", "to_smsc"},
		{'s', "smpptap.severity", "warning,note"},
		{'s', "smpptap.rule", "system-type,tlv-repeated"},
		{'s', "smpptap.latency", "-"},
		{'r', "smpptap.latency", "0.000812345"},
		{'s', "gsm_sms_ud", "gsm_sms_ud"},
		{'s', "gsm_sms.udh.mm.msg_id", "42"},
		{'s', "gsm_sms.ie_identifier", "0x00"},
	} {
		got := "-"
		if v := FieldByName(tt.field).Values(all[tt.row], nil); len(v) > 0 {
			got = strings.Join(v, ",")
		}
		if got != tt.want {
			t.Errorf("%c %s: %s, not %s", tt.row, tt.field, got, tt.want)
		}
	}
	ids := &Row{PDU: pdu(dissect.CmdQueryLastMsgsResp, 0, 1, "\x02m0\x00m1\x00")}
	if got := FieldByName("smpp.message_id").Values(ids, nil); !slices.Equal(got, []string{"m0", "m1"}) {
		t.Errorf("message_id of query_last_msgs_resp is %q", got)
	}
	if got := FieldByName("smpp.vendor_op").Values(&Row{PDU: pdu(dissect.CmdSubmitSMResp, 0, 1, "1\x00\x14\x01\x00\x00")}, nil); got[0] != "<none>" {
		t.Errorf("an empty octet string is %q", got)
	}
}

// TestNothingInIt: a list of no failures and an empty payload are not there, as
// in Wireshark.
func TestNothingInIt(t *testing.T) {
	none := &Row{PDU: pdu(dissect.CmdSubmitMultiResp, 0, 1, "7\x00\x00")}
	one := &Row{PDU: pdu(dissect.CmdSubmitMultiResp, 0, 1, "7\x00\x01\x01\x011\x00\x00\x00\x00\x0B")}
	empty := &Row{PDU: pdu(dissect.CmdReplaceSM, 0, 1, "7\x00\x00\x00\x00\x00\x00\x00\x00\x01x\x04\x24\x00\x00")}
	twice := &Row{PDU: pdu(dissect.CmdReplaceSM, 0, 1, "7\x00\x00\x00\x00\x00\x00\x00\x00\x01x\x04\x24\x00\x01y")}
	thrice := &Row{PDU: pdu(dissect.CmdReplaceSM, 0, 1, "7\x00\x00\x00\x00\x00\x00\x00\x00\x01x\x04\x24\x00\x01y\x04\x24\x00\x01z")}
	payloads := &Row{PDU: pdu(dissect.CmdReplaceSM, 0, 1, "7\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04\x24\x00\x01y\x04\x24\x00\x01z")}
	undated := &Row{PDU: pdu(dissect.CmdQuerySMResp, 0, 1, "7\x00\x00\x01\x00")}
	for _, tt := range []struct {
		field string
		row   *Row
		want  int
	}{
		{"smpp.dlist_resp", none, 0},
		{"smpp.dlist_resp", one, 1},
		{"smpp.message_payload", empty, 0},
		{"smpp.message_payload", twice, 1},
		{"smpp.message_payload.duplicate", empty, 0},
		{"smpp.message_payload.duplicate", twice, 1},
		{"smpp.message_payload.duplicate", thrice, 2},
		{"smpp.message_payload.duplicate", payloads, 1},
		{"smpp.final_date_r", undated, 0},
		{"smpp.message_state", undated, 1},
	} {
		if got := FieldByName(tt.field).Values(tt.row, nil); len(got) != tt.want {
			t.Errorf("%s: %q, not %d", tt.field, got, tt.want)
		}
	}
}

// TestIntegersOfOtherLengths: a TLV's integer is what its octets say, as long as
// they are all there and the field can hold it.
func TestIntegersOfOtherLengths(t *testing.T) {
	const port, payload, alert = "smpp.source_port", "smpp.payload_type", "smpp.alert_on_message_delivery_null"
	for _, tt := range []struct{ tlv, field, want string }{
		{"\x02\x0A\x00\x02\x00\x07", port, "0x0007"},
		{"\x02\x0A\x00\x01\x07", port, "0x0007"},
		{"\x02\x0A\x00\x04\x00\x00\x00\x07", port, "0x0007"},
		{"\x02\x0A\x00\x00", port, ""},
		{"\x02\x0A\x00\x02\x07", port, ""}, // cut
		{"\x00\x19\x00\x04\x00\x00\x00\x01", payload, "1"},
		{"\x00\x19\x00\x03\x01\x02\x03", payload, ""}, // too large
		{"\x13\x0C\x00\x00", alert, "1"},
		{"\x13\x0C\x00\x01", alert, ""}, // cut
	} {
		r := &Row{PDU: pdu(dissect.CmdReplaceSM, 0, 1, "7\x00\x00\x00\x00\x00\x00\x00\x00\x00"+tt.tlv)}
		if got := strings.Join(FieldByName(tt.field).Values(r, nil), ","); got != tt.want {
			t.Errorf("%x: %s is %q, not %q", tt.tlv, tt.field, got, tt.want)
		}
	}
}

// TestUnfinishedList: what could be read of a list that breaks is there.
func TestUnfinishedList(t *testing.T) {
	r := &Row{PDU: pdu(dissect.CmdSubmitMulti, 0, 1, "\x00\x00\x00\x00\x02"+"\x01\x01\x01391\x00"+"\x02tea")}
	for field, want := range map[string]string{
		"smpp.dlist": "1", "smpp.destination_addr": "391", "smpptap.dest_flag": "1,2", "smpp.dl_name": "", "smpp.protocol_id": "",
	} {
		if got := strings.Join(FieldByName(field).Values(r, nil), ","); got != want {
			t.Errorf("%s: %q, not %q", field, got, want)
		}
	}
}

// TestOddElements: an element of another length than the standard's has no
// parts, and the text behind a header is there whatever its elements are.
func TestOddElements(t *testing.T) {
	row := func(udh string) *Row {
		n := string(rune(len(udh) + 3))
		p := pdu(dissect.CmdSubmitSM, 0, 1, "\x00\x01\x011\x00\x01\x012\x00\x40"+
			"\x00\x00\x00\x00\x00\x00\x00\x00"+n+string(rune(len(udh)))+udh+"ab")
		m, _ := dissect.ReadMessage(p, dissect.ESME, nil)
		return &Row{PDU: p, Message: m}
	}
	for _, tt := range []struct{ udh, field, want string }{
		{"\x00\x03\x07\x02\x01", "gsm_sms.udh.mm.msg_id", "7"},
		{"\x00\x04\x07\x02\x01\x00", "gsm_sms.udh.mm.msg_id", ""},
		{"\x00\x04\x07\x02\x01\x00", "gsm_sms.ie_identifier", "0x00"},
		{"\x00\x04\x07\x02\x01\x00", "gsm_sms_ud.short_msg", "6162"},
		{"\x00", "gsm_sms_ud.short_msg", "6162"}, // an element without a length
		{"\x00\x03\x07", "gsm_sms_ud.short_msg", ""},
		{"\x70\x00", "gsm_sms.ie_data", ""},
		{"\x70\x01a", "gsm_sms.ie_data", "61"},
		{"\x0B\x02ab", "gsm_sms.ie_data", ""}, // a sound: Wireshark has fields for it
	} {
		if got := strings.Join(FieldByName(tt.field).Values(row(tt.udh), nil), ","); got != tt.want {
			t.Errorf("%x: %s is %q, not %q", tt.udh, tt.field, got, tt.want)
		}
	}
}

// TestReceiptInTLVs: an id and a state without a text are the receipt's, too.
func TestReceiptInTLVs(t *testing.T) {
	r := &Row{Receipt: &dissect.Receipt{TLVID: "a1", TLVState: dissect.StateDelivered, HasState: true}}
	for field, want := range map[string]string{"smpptap.receipt.id": "a1", "smpptap.receipt.stat": "DELIVRD"} {
		if got := FieldByName(field).Values(r, nil); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q", field, got)
		}
	}
}

// TestBrokenHeader: Wireshark knows the protocol by the flag alone.
func TestBrokenHeader(t *testing.T) {
	r := &Row{Message: &dissect.Message{UDHError: "too long", Octets: []byte{1}}}
	if got := FieldByName("gsm_sms_ud").Values(r, nil); len(got) != 1 {
		t.Error(got)
	}
	if got := FieldByName("gsm_sms_ud.short_msg").Values(r, nil); len(got) != 0 {
		t.Error(got)
	}
}

// TestTimes: what cannot be read has neither form.
func TestTimes(t *testing.T) {
	body := func(validity string) string {
		return "\x00\x01\x011\x00\x01\x012\x00\x00\x00\x00\x00" + validity + "\x00\x00\x00\x00\x00\x00"
	}
	for _, tt := range []struct{ text, absolute, relative string }{
		{"", "", "0.000000000"},
		{"261301000000000+", "", ""},
		{"XXXX", "", ""},
		{"010203040506000R", "", "36993906.000000000"},
		{"261103120000004+", "Nov  3, 2026 11:00:00.000000000 UTC", ""},
		{"261103120000", "Nov  3, 2026 12:00:00.000000000 UTC", ""},
	} {
		r := &Row{PDU: pdu(dissect.CmdSubmitSM, 0, 1, body(tt.text))}
		absolute := strings.Join(FieldByName("smpp.validity_period").Values(r, nil), ",")
		relative := strings.Join(FieldByName("smpp.validity_period_r").Values(r, nil), ",")
		if absolute != tt.absolute || relative != tt.relative {
			t.Errorf("%q: %q %q", tt.text, absolute, relative)
		}
	}
}
