package audit

import (
	"strings"
	"testing"
	"time"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// ruleCase is a dialogue and what one rule has to say of it.
type ruleCase struct {
	name     string
	profile  string // default kaleyra
	rule     RuleID
	severity Severity // SeverityNone: silent
	count    int64
	play     func(*rig)
}

func runScripts(t *testing.T, scripts []ruleCase) {
	for _, s := range scripts {
		t.Run(s.rule.String()+"/"+s.name, func(t *testing.T) {
			if s.profile == "" {
				s.profile = "kaleyra"
			}
			r := newRig(t, s.profile)
			s.play(r)
			if s.severity == SeverityNone {
				r.silent(s.rule)
				return
			}
			f := r.wants(s.rule, s.severity, max(s.count, 1))
			for _, text := range []string{f.Message, f.Seen, f.Remedy} {
				if strings.Contains(text, "secret") {
					t.Errorf("a password in %q", text)
				}
			}
			if f.Message == "" || !strings.HasSuffix(f.Message, ".") {
				t.Errorf("message: %q", f.Message)
			}
			t.Log(f.Severity, f.Message, "| seen", f.Seen, "| wanted", f.Wanted)
		})
	}
}

// submits plays a bind and one submit_sm with other fields.
func submits(more fields, parts ...smpptest.Part) func(*rig) {
	return func(r *rig) {
		r.bound()
		r.esme(build("submit_sm", 2, submitFields(more), parts...))
		r.smsc(build("submit_sm_resp", 2, fields{"message_id": "1"}))
	}
}

// refuses plays the same, refused.
func refuses(status uint32, more fields) func(*rig) {
	return func(r *rig) {
		r.bound()
		r.esme(build("submit_sm", 2, submitFields(more)))
		r.smsc(build("submit_sm_resp", 2, nil, smpptest.Status(status), smpptest.HeaderOnly{}))
	}
}

func TestHeader(t *testing.T) {
	unknown := func(id uint32) func(*rig) {
		return func(r *rig) {
			r.bound()
			r.esme(build("enquire_link", 2, nil, smpptest.ID(id)))
		}
	}
	runScripts(t, []ruleCase{
		{"unknown", "", RuleCommandIdUnknown, Error, 1, unknown(0x999)},
		{"SMPP 4.0", "", RuleCommandIdUnknown, Error, 1, unknown(0x0A)},
		{"vendor range", "", RuleCommandIdUnknown, 0, 0, unknown(0x00010203)},
		{"broadcast in 3.4", "", RuleCommandIdVersion, Warning, 1, func(r *rig) {
			r.bound()
			r.esme(build("query_broadcast_sm", 2, nil))
		}},
		{"data_sm in 3.3", "", RuleCommandIdVersion, Warning, 1, func(r *rig) {
			r.boundAs(fields{"interface_version": 0x33})
			r.esme(build("data_sm", 2, nil))
		}},
		{"offered", "smpp34", RuleCommandIdVersion, Note, 1, func(r *rig) {
			r.esme(build("bind_transceiver", 1, bindFields(nil)))
			r.smsc(build("bind_transceiver_resp", 1, nil, smpptest.TLV8(0x0210, 0x50)))
			r.esme(build("query_broadcast_sm", 2, nil))
		}},
		{"session of 5.0", "smpp34", RuleCommandIdVersion, 0, 0, func(r *rig) {
			r.boundAs(fields{"interface_version": 0x50})
			r.esme(build("query_broadcast_sm", 2, nil))
		}},
		{"transceiver", "", RuleCommandIdVersion, 0, 0, func(r *rig) { r.boundAs(fields{"interface_version": 0x33}) }},
		{"request", "", RuleStatusInRequest, Warning, 1, submits(nil, smpptest.Status(0x0B))},
		{"none", "", RuleStatusInRequest, 0, 0, submits(nil)},
		{"reserved", "", RuleStatusReserved, Warning, 1, refuses(0xF00, nil)},
		{"vendor", "", RuleStatusReserved, 0, 0, refuses(0x410, nil)},
		{"of 5.0", "", RuleStatusReserved, 0, 0, refuses(0x104, nil)},
		{"of 5.0", "smpp34", RuleStatusReserved, Note, 1, refuses(0x104, nil)},
		{"request and its echo", "", RuleSequenceZero, Error, 1, func(r *rig) {
			r.bound()
			r.esme(build("enquire_link", 0, nil))
			r.smsc(build("enquire_link_resp", 0, nil))
		}},
		{"nack", "", RuleSequenceZero, 0, 0, func(r *rig) {
			r.bound()
			r.smsc(build("generic_nack", 0, nil, smpptest.Status(2)))
			r.end()
		}},
		{"response alone", "", RuleSequenceZero, Error, 1, func(r *rig) {
			r.bound()
			r.smsc(build("enquire_link_resp", 0, nil))
			r.after(3 * time.Second)
			r.esme(build("enquire_link", 2, nil))
			r.smsc(build("enquire_link_resp", 2, nil))
			r.fin(stream.FromA)
		}},
		{"above", "", RuleSequenceRange, Error, 1, func(r *rig) {
			r.bound()
			r.esme(build("enquire_link", 0x80000001, nil))
			r.smsc(build("enquire_link_resp", 0x80000001, nil))
		}},
		{"highest", "", RuleSequenceRange, 0, 0, func(r *rig) {
			r.bound()
			r.esme(build("enquire_link", 0x7FFFFFFF, nil))
		}},
	})
}

func TestBody(t *testing.T) {
	nackAfter := func(d time.Duration) func(*rig) {
		return func(r *rig) {
			r.bound()
			r.esme(build("submit_sm", 2, submitFields(nil)))
			r.smsc(build("submit_sm_resp", 2, fields{"message_id": ""}, smpptest.Status(0x45)))
			r.after(d)
			r.esme(build("generic_nack", 2, nil, smpptest.Status(2)))
		}
	}
	closes := func(unbind bool) func(*rig) {
		return func(r *rig) {
			r.bound()
			r.esme(build("submit_sm", 2, submitFields(nil)))
			r.smsc(build("submit_sm_resp", 2, fields{"message_id": ""}, smpptest.Status(0x45)))
			if unbind {
				r.esme(build("unbind", 3, nil))
				r.smsc(build("unbind_resp", 3, nil))
			}
			r.fin(stream.FromA)
		}
	}
	longPassword := func(status uint32) func(*rig) {
		return func(r *rig) {
			r.esme(build("bind_transceiver", 1, bindFields(fields{"password": "secret9012345"})))
			if status == 0 {
				r.smsc(build("bind_transceiver_resp", 1, nil, scVersion))
			} else {
				r.smsc(build("bind_transceiver_resp", 1, nil, smpptest.Status(status), smpptest.HeaderOnly{}))
			}
			r.end()
		}
	}
	past, future := "251231000000000+", "261231000000000+"
	runScripts(t, []ruleCase{
		{"short_message", "", RuleBodyTruncated, Error, 1, submits(fields{"sm_length": 200})},
		{"whole", "", RuleBodyTruncated, 0, 0, submits(nil)},
		{"octets", "", RuleBodyTrailing, Warning, 1, submits(nil, smpptest.Trailing{0x6C, 0x6F})},
		{"stray NUL", "", RuleBodyTrailing, Warning, 1, submits(nil, smpptest.Trailing{0})},
		{"TLV", "", RuleBodyTrailing, 0, 0, submits(nil, smpptest.TLV16(0x0204, 1))},
		{"refused submit", "", RuleBodyOnError, Note, 1, nackAfter(time.Minute)},
		{"nack follows", "", RuleBodyOnError, Warning, 1, nackAfter(time.Second)},
		{"close follows", "", RuleBodyOnError, Warning, 1, closes(false)},
		{"unbind follows", "", RuleBodyOnError, Note, 1, closes(true)},
		{"header alone", "", RuleBodyOnError, 0, 0, refuses(0x45, nil)},
		{"submit_sm_resp", "", RuleBodyMissing, Error, 1, func(r *rig) {
			r.bound()
			r.esme(build("submit_sm", 2, submitFields(nil)))
			r.smsc(build("submit_sm_resp", 2, nil, smpptest.HeaderOnly{}))
		}},
		{"deliver_sm_resp", "", RuleBodyMissing, Note, 1, func(r *rig) {
			r.bound()
			r.smsc(build("deliver_sm", 1, fields{"source_addr": "447700900123"}))
			r.esme(build("deliver_sm_resp", 1, nil, smpptest.HeaderOnly{}))
		}},
		{"enquire_link_resp", "", RuleBodyMissing, 0, 0, func(r *rig) {
			r.bound()
			r.esme(build("enquire_link", 2, nil))
			r.smsc(build("enquire_link_resp", 2, nil))
		}},
		{"to the end", "", RuleStringUnterminated, Error, 1, func(r *rig) {
			r.bound()
			b := build("submit_sm", 2, nil, smpptest.HeaderOnly{}, smpptest.Trailing("\x00\x05\x00ACME"))
			r.esme(b)
		}},
		{"good", "", RuleStringUnterminated, 0, 0, submits(nil)},
		{"system_id", "", RuleStringTooLong, Error, 1, func(r *rig) { r.boundAs(fields{"system_id": "twenty-characters-id"}) }},
		{"password accepted", "", RuleStringTooLong, Warning, 1, longPassword(0)},
		{"password refused", "", RuleStringTooLong, Error, 1, longPassword(0x0E)},
		{"longest", "", RuleStringTooLong, 0, 0, func(r *rig) { r.boundAs(fields{"password": "12345678"}) }},
		{"service_type", "", RuleStringCharset, Warning, 1, submits(fields{"service_type": "\xe9"})},
		{"name", "", RuleStringCharset, Note, 1, submits(fields{"source_addr": "ACM\xc9"})},
		{"plain", "", RuleStringCharset, 0, 0, submits(nil)},
		{"priority_flag", "", RuleFieldReserved, Warning, 1, submits(fields{"priority_flag": 9})},
		{"priority_flag 3", "", RuleFieldReserved, 0, 0, submits(fields{"priority_flag": 3})},
		{"receipt in submit", "", RuleEsmClassDirection, Warning, 1, submits(fields{"esm_class": 4})},
		{"UDHI", "", RuleEsmClassDirection, 0, 0, submits(fields{"esm_class": 0x40, "short_message": "\x05\x00\x03\x01\x02\x01x"})},
		{"0x0C", "", RuleDataCodingReserved, Warning, 1, submits(fields{"data_coding": 0x0C})},
		{"0xE0", "", RuleDataCodingReserved, 0, 0, submits(fields{"data_coding": 0xE0})},
		{"word", "", RuleTimeFormat, Error, 1, submits(fields{"schedule_delivery_time": "tomorrow"})},
		{"month 13", "", RuleTimeFormat, Error, 1, submits(fields{"validity_period": "991301000000000+"})},
		{"relative", "", RuleTimeFormat, 0, 0, submits(fields{"validity_period": "000001000000000R"})},
		{"past", "", RuleTimeOrder, Note, 1, submits(fields{"schedule_delivery_time": past})},
		{"past refused", "", RuleTimeOrder, Warning, 1, refuses(0x61, fields{"schedule_delivery_time": past})},
		{"ends before", "", RuleTimeOrder, Warning, 1, submits(fields{"schedule_delivery_time": future, "validity_period": "260601000000000+"})},
		{"future", "", RuleTimeOrder, 0, 0, submits(fields{"schedule_delivery_time": future})},
		{"zone", "", RuleTimeOrder, 0, 0, submits(fields{"schedule_delivery_time": "260102060405012+"})},
		{"255", "smpp34", RuleSmLengthLarge, Error, 1, submits(fields{"short_message": strings.Repeat("x", 255)})},
		{"254", "smpp34", RuleSmLengthLarge, 0, 0, submits(fields{"short_message": strings.Repeat("x", 254)})},
		{"destination", "", RuleAddressEmpty, Warning, 1, submits(fields{"destination_addr": ""})},
		{"destination refused", "", RuleAddressEmpty, Error, 1, refuses(0x0B, fields{"destination_addr": ""})},
		{"one of several", "", RuleAddressEmpty, Warning, 1, func(r *rig) {
			r.bound()
			r.esme(build("submit_multi", 2, fields{"dest_address": []string{"447700900123", ""}}))
		}},
		{"throttled is no blame", "", RuleAddressEmpty, Warning, 1, refuses(0x58, fields{"destination_addr": ""})},
		{"source of deliver_sm", "", RuleAddressEmpty, Note, 1, func(r *rig) {
			r.bound()
			r.smsc(build("deliver_sm", 1, fields{"destination_addr": "1"}))
		}},
		{"source of submit_sm", "", RuleAddressEmpty, 0, 0, submits(fields{"source_addr": ""})},
		{"none", "", RuleDestinationsCount, Error, 1, func(r *rig) {
			r.bound()
			r.esme(build("submit_multi", 2, fields{"source_addr": "1"}))
		}},
		{"two", "", RuleDestinationsCount, 0, 0, func(r *rig) {
			r.bound()
			r.esme(build("submit_multi", 2, fields{"dest_address": []string{"447700900123", "447700900124"}}))
		}},
	})
}

func TestMessageID(t *testing.T) {
	accepts := func(version int, id string) func(*rig) {
		return func(r *rig) {
			r.boundAs(fields{"interface_version": version})
			r.esme(build("submit_sm", 2, submitFields(nil)))
			r.smsc(build("submit_sm_resp", 2, fields{"message_id": id}))
		}
	}
	runScripts(t, []ruleCase{
		{"empty", "", RuleMessageIdEmpty, Error, 1, accepts(0x34, "")},
		{"given", "", RuleMessageIdEmpty, 0, 0, accepts(0x34, "1")},
		{"refused", "", RuleMessageIdEmpty, 0, 0, refuses(0x45, nil)},
		{"nine", "", RuleMessageIdV33, Warning, 1, accepts(0x33, "123456789")},
		{"eight", "", RuleMessageIdV33, 0, 0, accepts(0x33, "12345678")},
		{"3.4", "", RuleMessageIdV33, 0, 0, accepts(0x34, "123456789")},
		{"is no string-too-long", "", RuleStringTooLong, 0, 0, accepts(0x33, "123456789")},
	})
}

// A cut PDU is judged by its header alone.
func TestCut(t *testing.T) {
	r := newRig(t, "kaleyra")
	b := build("bind_transceiver", 1, bindFields(fields{"system_type": "cp", "password": ""}))
	r.send(stream.FromA, b[:24], int64(len(b)-24))
	b = build("bind_transceiver_resp", 1, fields{"system_id": "smsc"})
	r.smsc(b)
	b = build("submit_sm", 2, submitFields(fields{"data_coding": 1}))
	r.send(stream.FromA, b[:30], int64(len(b)-30))
	r.send(stream.FromA, b[:7], int64(len(b)-7))
	r.end()
	for _, f := range r.audit.Findings() {
		if g := Rules[f.Rule].Group; g != "session" && f.Severity > Note {
			t.Errorf("%s: %s", f.Rule, f.Message)
		}
	}
}

// The table of message_ids is bounded, and a rule that lost some gives up.
func TestIDsBounded(t *testing.T) {
	r := newRig(t, "kaleyra")
	submits(nil)(r)
	acc := r.audit.state(r.conn).pdus.account
	for i := range uint64(maxIDs) {
		acc.ids.add(i + 1)
	}
	r.esme(build("submit_sm", 8, submitFields(nil)))
	r.smsc(build("submit_sm_resp", 8, fields{"message_id": "8"}))
	r.esme(build("query_sm", 9, fields{"message_id": "never"}))
	r.silent(RuleMessageIdUnknown)
	if c := r.audit.Checks()[RuleMessageIdUnknown]; c.Unchecked != 1 || acc.ids.slots != nil {
		t.Errorf("%+v, %d slots", c, len(acc.ids.slots))
	}
}

// A sender cannot make one finding a value.
func TestBounded(t *testing.T) {
	r := newRig(t, "kaleyra")
	r.bound()
	for i := range uint32(500) {
		r.esme(build("enquire_link", 2+i, nil, smpptest.ID(0x5000+i)))
	}
	if n := len(r.found(RuleCommandIdUnknown)); n > maxCauses+1 {
		t.Errorf("%d findings", n)
	}
}

// Octets behind a bind may be a password: they are not shown.
func TestNoPassword(t *testing.T) {
	r := newRig(t, "kaleyra")
	r.esme(build("bind_transceiver", 1, bindFields(nil), smpptest.Trailing("secret"), smpptest.TLV{Tag: 0x3000, Value: []byte("secret")}))
	r.esme(build("bind_transceiver", 2, bindFields(fields{"system_id": "", "password": "acme", "system_type": "secret-is-very-long"})))
	r.smsc(build("bind_transceiver_resp", 2, nil))
	r.end()
	for _, f := range r.audit.Findings() {
		for _, s := range []string{f.Message, f.Seen, f.Wanted, f.Remedy} {
			if strings.Contains(s, "73 65 63") {
				t.Errorf("%s shows %q", f.Rule, s)
			}
		}
	}
}

func TestNoAllocations(t *testing.T) {
	for _, name := range []string{"kaleyra", "smpp34"} {
		r := newRig(t, name)
		r.bound()
		submit := build("submit_sm", 2, submitFields(fields{"data_coding": 1}), smpptest.TLV16(0x0204, 7))
		answer := build("submit_sm_resp", 2, fields{"message_id": "0a1b2c3d"})
		r.esme(submit)
		r.smsc(answer)
		var p, q dissect.PDU
		dissect.Decode(&p, submit)
		dissect.Decode(&q, answer)
		c := r.audit.state(r.conn)
		request, response := r.observed(&p, stream.FromA), r.observed(&q, stream.FromB)
		n := testing.AllocsPerRun(200, func() {
			for _, o := range []*observation{request, response} {
				r.audit.take(&o.Observed, nil)
				r.audit.checkBody(c, &o.Observed)
				r.audit.checkHeader(c, &o.Observed)
				r.audit.checkTLVs(c, &o.Observed)
				r.audit.checkProvider(c, &o.Observed)
			}
		})
		if n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
