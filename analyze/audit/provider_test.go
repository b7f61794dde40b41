package audit

import (
	"os"
	"path/filepath"
	"testing"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// bindsWith plays a bind with other fields and its answer.
func bindsWith(more fields, status uint32, parts ...smpptest.Part) func(*rig) {
	return func(r *rig) {
		r.esme(build("bind_transceiver", 1, bindFields(more)))
		if status != 0 {
			parts = append(parts, smpptest.Status(status), smpptest.HeaderOnly{})
		}
		r.smsc(build("bind_transceiver_resp", 1, nil, parts...))
		r.end()
	}
}

// unanswered plays a bind without an answer.
func unanswered(more fields) func(*rig) {
	return func(r *rig) {
		r.esme(build("bind_transceiver", 1, bindFields(more)))
		r.fin(stream.FromA)
	}
}

func TestBindRules(t *testing.T) {
	version := func(v int) fields { return fields{"interface_version": v} }
	cp, upper := fields{"system_type": "cp"}, fields{"system_type": "SMPP"}
	runScripts(t, []ruleCase{
		{"accepted", "", RuleSystemType, Warning, 1, bindsWith(cp, 0)},
		{"refused 0x53", "", RuleSystemType, Error, 1, bindsWith(cp, 0x53)},
		{"refused 0x0D", "", RuleSystemType, Error, 1, bindsWith(cp, 0x0D)},
		{"refused vendor", "", RuleSystemType, Error, 1, bindsWith(cp, 0x410)},
		{"refused for the password", "", RuleSystemType, Warning, 1, bindsWith(cp, 0x0E)},
		{"unanswered", "", RuleSystemType, Warning, 1, unanswered(cp)},
		{"case", "", RuleSystemType, Note, 1, bindsWith(upper, 0)},
		{"empty", "", RuleSystemType, Warning, 1, bindsWith(fields{"system_type": ""}, 0)},
		{"smpp", "", RuleSystemType, 0, 0, bindsWith(nil, 0x53)},
		{"bare", "smpp34", RuleSystemType, 0, 0, bindsWith(cp, 0x53)},
		{"0x33", "", RuleInterfaceVersion, Note, 1, bindsWith(version(0x33), 0)},
		{"0x22", "", RuleInterfaceVersion, Warning, 1, bindsWith(version(0x22), 0)},
		{"0x50", "", RuleInterfaceVersion, Warning, 1, bindsWith(version(0x50), 0)},
		{"0x50 unanswered", "", RuleInterfaceVersion, Note, 1, unanswered(version(0x50))},
		{"0x50 with sc", "", RuleInterfaceVersion, Note, 1, bindsWith(version(0x50), 0, scVersion)},
		{"0x34", "", RuleInterfaceVersion, 0, 0, bindsWith(nil, 0)},
		{"0x33", "smpp34", RuleTransceiverBeforeV34, Warning, 1, bindsWith(version(0x33), 0)},
		{"0x33 with sc", "", RuleTransceiverBeforeV34, Note, 1, bindsWith(version(0x33), 0, scVersion)},
		{"0x34", "", RuleTransceiverBeforeV34, 0, 0, bindsWith(nil, 0)},
		{"all offered", "", RuleBindTypeNotOffered, 0, 0, bindsWith(nil, 0)},
		{"empty", "", RuleSystemIdEmpty, Error, 1, bindsWith(fields{"system_id": ""}, 0)},
		{"white space", "", RuleSystemIdEmpty, Warning, 1, bindsWith(fields{"system_id": "acme "}, 0)},
		{"given", "", RuleSystemIdEmpty, 0, 0, bindsWith(nil, 0)},
		{"empty", "", RulePasswordEmpty, Error, 1, bindsWith(fields{"password": ""}, 0x0E)},
		{"given", "", RulePasswordEmpty, 0, 0, bindsWith(nil, 0)},
		{"bare", "smpp34", RulePasswordEmpty, 0, 0, bindsWith(fields{"password": ""}, 0)},
		{"bind", "", RuleCleartextCredentials, Note, 1, bindsWith(nil, 0)},
		{"outbind", "", RuleCleartextCredentials, Note, 1, func(r *rig) {
			r.smsc(build("outbind", 1, fields{"system_id": "smsc", "password": "secret"}))
		}},
		{"none", "", RuleCleartextCredentials, 0, 0, bindsWith(fields{"password": ""}, 0)},
	})
}

func TestSubmitRules(t *testing.T) {
	sends := func(command string, f fields, status uint32) func(*rig) {
		return func(r *rig) {
			r.bound()
			r.esme(build(command, 2, f))
			if status != 0 {
				r.smsc(build("generic_nack", 2, nil, smpptest.Status(status)))
				return
			}
			r.smsc(build(command+"_resp", 2, nil))
		}
	}
	coding := func(dc int) func(*rig) { return submits(fields{"data_coding": dc}) }
	source := func(ton int, addr string) fields { return fields{"source_addr_ton": ton, "source_addr": addr} }
	to := func(addr string) func(*rig) { return submits(fields{"destination_addr": addr}) }
	runScripts(t, []ruleCase{
		{"submit_multi", "", RuleCommandNotOffered, Error, 1, sends("submit_multi", fields{"dest_address": []string{"447700900123"}}, 0)},
		{"submit_sm", "", RuleCommandNotOffered, 0, 0, submits(nil)},
		{"submit_multi", "smpp34", RuleCommandNotOffered, 0, 0, sends("submit_multi", fields{"dest_address": []string{"447700900123"}}, 0)},
		{"query_sm", "", RuleCommandUndocumented, Note, 1, sends("query_sm", fields{"message_id": "1"}, 0)},
		{"query_sm refused", "", RuleCommandUndocumented, Warning, 1, sends("query_sm", fields{"message_id": "1"}, 3)},
		{"outbind", "", RuleCommandUndocumented, Note, 1, func(r *rig) { r.smsc(build("outbind", 1, nil)) }},
		{"data_sm", "", RuleCommandUndocumented, 0, 0, sends("data_sm", nil, 0)},
		{"unheard of", "", RuleMessageIdUnknown, Note, 1, sends("query_sm", fields{"message_id": "77"}, 0)},
		{"given", "", RuleMessageIdUnknown, 0, 0, func(r *rig) {
			submits(nil)(r)
			r.esme(build("query_sm", 3, fields{"message_id": "1"}))
		}},
		{"given elsewhere", "", RuleMessageIdUnknown, 0, 0, func(r *rig) {
			submits(nil)(r)
			r.open()
			r.bound()
			r.esme(build("cancel_sm", 2, fields{"message_id": "1"}))
		}},
		{"by addresses", "", RuleMessageIdUnknown, 0, 0, sends("cancel_sm", fields{"source_addr": "1", "destination_addr": "2"}, 0)},
		{"1", "", RuleDataCodingNotOffered, Warning, 1, coding(1)},
		{"3", "", RuleDataCodingNotOffered, Warning, 1, coding(3)},
		{"0xC8", "", RuleDataCodingNotOffered, Warning, 1, coding(0xC8)},
		{"0x10", "", RuleDataCodingNotOffered, Note, 1, coding(0x10)},
		{"0xF6", "", RuleDataCodingNotOffered, Note, 1, coding(0xF6)},
		{"8", "", RuleDataCodingNotOffered, 0, 0, coding(8)},
		{"bare", "smpp34", RuleDataCodingNotOffered, 0, 0, coding(1)},
		{"letters", "", RuleSourceAddress, Warning, 1, submits(source(0, "PERL"))},
		{"letters refused", "", RuleSourceAddress, Error, 1, refuses(0x0A, source(1, "PERL"))},
		{"letters throttled", "", RuleSourceAddress, Warning, 1, refuses(0x58, source(1, "PERL"))},
		{"plus", "", RuleSourceAddress, Warning, 1, submits(source(1, "+447700900123"))},
		{"long short code", "", RuleSourceAddress, Warning, 1, submits(source(3, "123456789"))},
		{"long name", "", RuleSourceAddress, Warning, 1, submits(source(5, "TWELVELETTER"))},
		{"unlisted TON", "", RuleSourceAddress, Note, 1, refuses(0x0A, source(2, "12345"))},
		{"name", "", RuleSourceAddress, 0, 0, submits(source(5, "ACME"))},
		{"number", "", RuleSourceAddress, 0, 0, submits(source(1, "447700900123"))},
		{"empty", "", RuleSourceAddress, 0, 0, submits(source(0, ""))},
		{"India", "", RuleSourceAddress, Note, 1, submits(fields{"destination_addr": "919876543210"})},
		{"India, six capitals", "", RuleSourceAddress, 0, 0, submits(fields{"destination_addr": "919876543210", "source_addr": "KALEYR"})},
		{"00", "", RuleDestinationAddress, Error, 1, to("00447700900123")},
		{"0", "", RuleDestinationAddress, Warning, 1, to("07700900123")},
		{"+", "", RuleDestinationAddress, Warning, 1, to("+447700900123")},
		{"letters", "", RuleDestinationAddress, Error, 1, to("44x7700900123")},
		{"short", "", RuleDestinationAddress, Warning, 1, to("12345")},
		{"good", "", RuleDestinationAddress, 0, 0, to("447700900123")},
		{"empty is address-empty", "", RuleDestinationAddress, 0, 0, to("")},
		{"list", "", RuleDestinationAddress, 0, 0, sends("submit_multi", fields{"dest_address": []fields{{"dest_flag": 2, "dl_name": "LIST_A"}}}, 0)},
		{"0x11", "", RuleRegisteredDeliveryNotOffered, Note, 1, submits(fields{"registered_delivery": 0x11})},
		{"2", "", RuleRegisteredDeliveryNotOffered, Warning, 1, submits(fields{"registered_delivery": 2})},
		{"1", "", RuleRegisteredDeliveryNotOffered, 0, 0, submits(nil)},
		{"0 only", "", RuleRegisteredDeliveryNotOffered, 0, 0, submits(fields{"registered_delivery": 0})},
	})
}

// Messages that ask for no receipt count from the first one, once another
// asks; connections are told apart.
func TestAsksElsewhere(t *testing.T) {
	r := newRig(t, "kaleyra")
	r.bound()
	none := fields{"registered_delivery": 0}
	for i := range uint32(3) {
		r.esme(build("submit_sm", 2+i, submitFields(none)))
	}
	r.silent(RuleRegisteredDeliveryNotOffered)
	r.esme(build("submit_sm", 5, submitFields(nil)))
	r.esme(build("submit_sm", 6, submitFields(none)))
	f := r.wants(RuleRegisteredDeliveryNotOffered, Note, 4)
	if f.PDU != 3 || f.LastPDU != 7 {
		t.Errorf("evidence %d to %d", f.PDU, f.LastPDU)
	}
	r.open()
	r.bound()
	r.esme(build("submit_sm", 2, submitFields(none)))
	if n := len(r.found(RuleRegisteredDeliveryNotOffered)); n != 2 {
		t.Errorf("%d findings on two connections", n)
	}
}

// own loads a profile written for the test.
func own(t *testing.T, text string) *rig {
	t.Helper()
	path := filepath.Join(t.TempDir(), "own.yaml")
	if err := os.WriteFile(path, []byte("profile: {id: own, extends: kaleyra}\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	return newRig(t, path)
}

func TestRequiredTLV(t *testing.T) {
	india := fields{"destination_addr": "919876543210", "source_addr": "KALEYR"}
	entity := smpptest.TLV{Tag: 0x1400, Value: []byte("1234567890123456789")}
	template := smpptest.TLV{Tag: 0x1401, Value: []byte("1107160000000000001")}
	for _, c := range []struct {
		name     string
		f        fields
		tlvs     []smpptest.Part
		severity Severity
		count    int
	}{
		{"both", india, []smpptest.Part{entity, template}, 0, 0},
		{"none", india, nil, Error, 2},
		{"one", india, []smpptest.Part{entity}, Error, 1},
		{"malformed", india, []smpptest.Part{smpptest.TLV{Tag: 0x1400, Value: []byte("x")}, template}, Error, 1},
		{"NUL", india, []smpptest.Part{smpptest.TLV{Tag: 0x1400, Value: []byte("1234567890123456789\x00")}, template}, 0, 0},
		{"elsewhere", nil, nil, 0, 0},
	} {
		r := own(t, "instance: {dlt: client}\n")
		submits(c.f, c.tlvs...)(r)
		got := r.found(RuleRequiredTlv)
		if len(got) != c.count || len(got) > 0 && got[0].Severity != c.severity {
			t.Errorf("%s: %s", c.name, describe(got))
		}
		r.silent(RuleTlvUnknown, RuleTlvLength)
	}
	r := newRig(t, "kaleyra")
	submits(india)(r)
	r.silent(RuleRequiredTlv)
}

func TestOwnProfile(t *testing.T) {
	r := own(t, "bind: {types: [tx, rx], max: 1}\n")
	r.bound()
	r.wants(RuleBindTypeNotOffered, Error, 1)
	r.silent(RuleMaxBinds)
	first := r.conn
	r.open()
	r.bound()
	r.wants(RuleMaxBinds, Warning, 1)
	r.open()
	first.Session.State = session.StateUnbound
	r.conn.Session = nil

	// A number that only hearsay gives is no more than a note.
	r = own(t, "bind: {max: {value: 1, provenance: family}}\n")
	r.bound()
	r.open()
	r.bound()
	r.wants(RuleMaxBinds, Note, 1)

	// A session that unbound does not count.
	r = own(t, "bind: {max: 1}\n")
	r.bound()
	r.esme(build("unbind", 2, nil))
	r.smsc(build("unbind_resp", 2, nil))
	r.open()
	r.bound()
	r.silent(RuleMaxBinds)

	r = own(t, "tlv: {allowed_below_0x34: true}\n")
	r.boundAs(fields{"interface_version": 0x33})
	r.esme(build("submit_sm", 2, submitFields(nil), smpptest.TLV16(0x0204, 1)))
	r.silent(RuleTlvBeforeV34, RuleTlvNotAllowed)

	r = own(t, "bind: {system_type: {values: unset, compare: must_be_empty}}\n")
	r.bound()
	r.wants(RuleSystemType, Warning, 1)
}

func TestTLVRules(t *testing.T) {
	below := func(more fields, parts ...smpptest.Part) func(*rig) {
		return func(r *rig) {
			r.boundAs(fields{"interface_version": 0x33})
			r.esme(build("submit_sm", 2, submitFields(more), parts...))
		}
	}
	tlv := func(tag uint16, value string) smpptest.TLV { return smpptest.TLV{Tag: tag, Value: []byte(value)} }
	runScripts(t, []ruleCase{
		{"runs past", "", RuleTlvTruncated, Error, 1, submits(nil, smpptest.Trailing("\x04\x24\x00\x32hi"))},
		{"whole", "", RuleTlvTruncated, 0, 0, submits(nil, smpptest.TLV16(0x0204, 1))},
		{"source_port", "", RuleTlvLength, Error, 1, submits(nil, smpptest.TLV8(0x020A, 1))},
		{"source_port whole", "", RuleTlvLength, 0, 0, submits(nil, smpptest.TLV16(0x020A, 1))},
		{"dest_addr_subunit", "", RuleTlvValue, Warning, 1, submits(nil, smpptest.TLV8(0x0005, 77))},
		{"dest_addr_subunit good", "", RuleTlvValue, 0, 0, submits(nil, smpptest.TLV8(0x0005, 1))},
		{"sc_interface_version", "", RuleTlvNotAllowed, Warning, 1, submits(nil, scVersion)},
		{"in the bind's answer", "", RuleTlvNotAllowed, 0, 0, submits(nil)},
		{"5.0 only, offered", "smpp34", RuleTlvNotAllowed, Note, 1, func(r *rig) {
			r.esme(build("bind_transceiver", 1, bindFields(nil)))
			r.smsc(build("bind_transceiver_resp", 1, nil, smpptest.TLV8(0x0210, 0x50)))
			r.esme(build("submit_sm", 2, submitFields(nil), tlv(dissect.TagBillingIdentification, "\x80x")))
		}},
		{"twice", "", RuleTlvRepeated, Warning, 1, submits(nil, smpptest.TLV16(0x0204, 1), smpptest.TLV16(0x0204, 2))},
		{"once", "", RuleTlvRepeated, 0, 0, submits(nil, smpptest.TLV16(0x0204, 1))},
		{"payload of data_sm", "", RuleTlvMissing, Warning, 1, func(r *rig) {
			r.bound()
			r.esme(build("data_sm", 2, fields{"destination_addr": "447700900123"}))
		}},
		{"payload there", "", RuleTlvMissing, 0, 0, func(r *rig) {
			r.bound()
			r.esme(build("data_sm", 2, fields{"destination_addr": "447700900123"}, tlv(0x0424, "hello")))
		}},
		{"sar", "", RuleTlvMissing, 0, 0, submits(nil, smpptest.TLV16(0x020C, 1))},
		{"DLT", "", RuleTlvUnknown, Note, 1, submits(nil, tlv(0x1400, "1234567890123456789"))},
		{"in two commands", "", RuleTlvUnknown, Note, 2, func(r *rig) {
			submits(nil, tlv(0x3000, "x"))(r)
			r.esme(build("data_sm", 3, nil, tlv(0x3000, "x"), tlv(0x0424, "x")))
		}},
		{"reserved", "", RuleTlvUnknown, Note, 1, submits(nil, tlv(0x4001, "x"))},
		{"known", "", RuleTlvUnknown, 0, 0, submits(nil, smpptest.TLV16(0x0204, 1))},
		{"ESME", "", RuleTlvBeforeV34, Error, 1, below(nil, smpptest.TLV16(0x0204, 1))},
		{"other versions", "", RuleTlvBeforeV34, Error, 1, func(r *rig) {
			r.boundAs(fields{"interface_version": 0x50})
			r.esme(build("submit_sm", 2, submitFields(nil), smpptest.TLV16(0x0204, 1)))
		}},
		{"SMSC", "", RuleTlvBeforeV34, Note, 1, bindsWith(fields{"interface_version": 0x33}, 0, scVersion)},
		{"3.4", "", RuleTlvBeforeV34, 0, 0, submits(nil, smpptest.TLV16(0x0204, 1))},
		{"stray NUL", "", RuleTlvBeforeV34, 0, 0, below(nil, smpptest.Trailing{0})},
		{"one cause", "", RuleTlvNotAllowed, 0, 0, below(nil, scVersion)},
	})
}
