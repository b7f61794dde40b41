package profile

import (
	"strings"
	"testing"
)

// No built-in profile states what has no effect.
func TestBuiltinMoot(t *testing.T) {
	for _, name := range Builtin() {
		for _, err := range mustLoad(t, name).Moot() {
			t.Errorf("%v", err)
		}
	}
}

// What a file states without effect is told, with its place, once the file
// itself states it and only then.
func TestMoot(t *testing.T) {
	for text, want := range map[string]string{
		"keepalive: {max_gap: 90}":                                                        "has no effect without keepalive.interval",
		"keepalive: {max_gap: 90, interval: 60}":                                          "",
		"inactivity: {counts: any_pdu}":                                                   "has no effect without inactivity.timeout",
		"flow: {rate: {scope: bind}}":                                                     "has no effect without flow.rate.max",
		"bind: {max_scope: server}":                                                       "has no effect without bind.max",
		"bind: {system_type: {compare: exact}}":                                           "has no effect without bind.system_type.values",
		"bind: {system_type: {compare: exact, values: [a]}}":                              "",
		"bind: {system_type: {compare: must_be_empty}}":                                   "",
		"bind: {system_type: {compare: must_be_empty, values: [a]}}":                      "where compare is must_be_empty",
		"encoding: {other: warning}":                                                      "has no effect without encoding.data_coding",
		"source: {ton_npi: ignored, alpha_max: 9}":                                        "has no effect where source.ton_npi is ignored",
		"source: {ton_npi: rewritten}":                                                    "has no effect without source.pairs",
		"destination: {ton_npi: ignored, pairs: [{ton: 1, npi: 1}]}":                      "where destination.ton_npi is ignored",
		"fields: {registered_delivery: {allowed: [1], ignored: true}}":                    "where ignored is true",
		"response: {message_id: {len: [4, 20]}}":                                          "the least length",
		"response: {message_id: {len: [1, 20]}}":                                          "",
		"tlvs: [{tag: 0x1400, name: a, values: [b]}]":                                     "where required is never",
		"tlvs: [{tag: 0x1400, name: a, values: [b], required: absent}]":                   "where required is absent",
		"tlvs: [{tag: 0x1400, name: a, required: always, when: {dest_prefix: ['9']}}]":    "where required is always",
		"tlvs: [{tag: 0x1400, name: a, required: always, direction: to_esme}]":            "on what the SMSC sends",
		"tlvs: [{tag: 0x1400, name: a, required: when, when: {dest_prefix: ['9']}}]":      "",
		"instance: {latin1: yes}":                                                         "no TLV asks for it",
		"instance: {x: y}\ntlvs: [{tag: 0x1400, name: a, when: {instance: {x: client}}}]": "",
	} {
		moot := mustLoad(t, write(t, "own.yaml", "profile: {id: own}\n"+text+"\n")).Moot()
		switch {
		case want == "" && len(moot) > 0:
			t.Errorf("%s: %v", text, moot)
		case want != "" && (len(moot) != 1 || !strings.Contains(moot[0].Error(), want) || !strings.Contains(moot[0].Error(), "own.yaml:2:")):
			t.Errorf("%s: %v, want %q", text, moot, want)
		}
	}
	base := write(t, "base.yaml", "profile: {id: base}\nkeepalive: {max_gap: 90}\n")
	if moot := mustLoad(t, write(t, "top.yaml", "profile: {id: top, extends: "+base+"}\n")).Moot(); len(moot) > 0 {
		t.Errorf("another file's: %v", moot)
	}
}

// A refused key is none that the schema has.
func TestUnread(t *testing.T) {
	for _, path := range unread {
		if k := known(); k.leaf[path] != nil || k.below[path] != nil {
			t.Errorf("%s is read", path)
		}
	}
}

// What a provider says of a status is what there is to do about it.
func TestStatusRemedy(t *testing.T) {
	p := mustLoad(t, write(t, "own.yaml", "profile: {id: own}\nstatus: {codes: {0x410: {text: t, class: money, fault: account}, "+
		"0x411: {text: t, fault: network}, 0x412: {text: t}}}\n"))
	for code, want := range map[uint32]string{0x410: "credit", 0x411: "behind the SMSC", 0x412: ""} {
		got := p.Dialect().Statuses[code].Remedy
		if !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("0x%X: %q", code, got)
		}
	}
}
