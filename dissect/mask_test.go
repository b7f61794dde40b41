package dissect_test

import (
	"bytes"
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

// overwrite does with spans what their users do.
func overwrite(b []byte, spans []dissect.Span) []byte {
	b = bytes.Clone(b)
	for _, s := range spans {
		for i := s.Off; i < s.End; i++ {
			b[i] = '*'
		}
	}
	return b
}

var login = smpptest.F{"system_id": "acme", "password": "secret", "system_type": "smpp",
	"interface_version": 0x34, "addr_ton": 0, "address_range": "^12"}

func TestSecrets(t *testing.T) {
	for _, command := range []string{"bind_receiver", "bind_transmitter", "bind_transceiver", "outbind"} {
		f := smpptest.F{"system_id": "acme", "password": "secret"}
		b := smpptest.Build(command, 1, f)
		want := smpptest.Build(command, 1, with(f, "password", "******"))
		if got := overwrite(b, dissect.Secrets(decode(b), nil)); !bytes.Equal(got, want) {
			t.Errorf("%s: %q", command, got)
		}
	}
	b := smpptest.Build("bind_receiver", 1, login, smpptest.Trailing{0})
	if got := dissect.Secrets(decode(b), nil); len(got) != 1 || got[0] != (dissect.Span{Off: 21, End: 27}) {
		t.Errorf("with a stray NUL: %v", got)
	}
	b = smpptest.Build("bind_receiver", 1, with(with(login, "system_type", ""), "addr_ton", 7))
	if got := dissect.Secrets(decode(b), nil); len(got) != 1 || got[0] != (dissect.Span{Off: 21, End: 27}) {
		t.Errorf("with a reserved TON: %v", got)
	}
	b = smpptest.Build("bind_receiver", 1, with(login, "password", ""))
	if got := dissect.Secrets(decode(b), nil); len(got) != 0 {
		t.Errorf("an empty password: %v", got)
	}
	b = smpptest.Build("submit_sm", 1, message)
	if got := dissect.Secrets(decode(b), nil); len(got) != 0 {
		t.Errorf("submit_sm: %v", got)
	}
}

func TestSecretsOfBrokenBinds(t *testing.T) {
	whole := smpptest.Build("bind_receiver", 1, login)
	cases := [][]byte{
		smpptest.Build("bind_receiver", 1, with(login, "password", smpptest.Raw("secret"))),
		smpptest.Build("bind_receiver", 1, with(login, "system_id", smpptest.Raw("acme"))),
		smpptest.Build("bind_receiver", 1, with(with(login, "system_id", smpptest.Raw("acme")), "address_range", "")),
		smpptest.Build("bind_receiver", 1, with(with(login, "system_id", smpptest.Raw("acme")), "addr_ton", 1)),
		smpptest.Build("outbind", 1, smpptest.F{"system_id": "acme", "password": smpptest.Raw("secret")}),
		smpptest.Build("outbind", 1, smpptest.F{"system_id": smpptest.Raw("acme"), "password": smpptest.Raw("secret")}),
	}
	for n := range whole {
		cases = append(cases, whole[:n])
	}
	for _, b := range cases {
		got := overwrite(b, dissect.Secrets(decode(b), nil))
		if bytes.Contains(got, []byte("se")) || bytes.Contains(got, []byte("cret")) {
			t.Errorf("%q", got)
		}
	}
	b := cases[4]
	if got := overwrite(b, dissect.Secrets(decode(b), nil)); !bytes.Contains(got, []byte("acme\x00******")) {
		t.Errorf("system_id before a password without NUL: %q", got)
	}
}

func TestMarked(t *testing.T) {
	udh := "\x05\x00\x03\x4d\x02\x01"
	number := smpptest.TLV{Tag: dissect.TagCallbackNum, Value: []byte("\x01\x01\x01999")}
	b := smpptest.Build("submit_sm", 1, with(with(message, "short_message", udh+"text"), "esm_class", 0x40), number)
	p := decode(b)
	hidden := decode(overwrite(b, dissect.Marked(p, dissect.MarkText, nil)))
	if got := string(hidden.Bytes(dissect.ParamShortMessage)); got != udh+"****" {
		t.Errorf("text is %q", got)
	}
	if got := string(hidden.Bytes(dissect.ParamDestinationAddr)); got != "919812345678" {
		t.Errorf("destination_addr is %q", got)
	}
	hidden = decode(overwrite(b, dissect.Marked(p, dissect.MarkAddress, nil)))
	if got := string(hidden.Bytes(dissect.ParamDestinationAddr)); got != "************" {
		t.Errorf("destination_addr is %q", got)
	}
	x, _ := hidden.TLV(dissect.TagCallbackNum)
	if got := string(hidden.TLVValue(x)); got != "\x01\x01\x01***" {
		t.Errorf("callback_num is %q", got)
	}
}

func TestMarkedHidesWhatCannotBeRead(t *testing.T) {
	for _, b := range [][]byte{
		smpptest.Build("submit_sm", 1, with(with(message, "short_message", "private"), "sm_length", 200)),
		smpptest.Build("submit_sm", 1, with(with(message, "short_message", "private"), "sm_length", 0)),
		smpptest.Build("submit_sm", 1, with(message, "short_message", "private"), smpptest.ID(0x999)),
		smpptest.Build("submit_multi", 1, smpptest.F{"dest_address": []smpptest.F{{"dest_flag": 7}}, "short_message": "private"}),
	} {
		if got := overwrite(b, dissect.Marked(decode(b), dissect.MarkText, nil)); bytes.Contains(got, []byte("private")) {
			t.Errorf("%q", got)
		}
	}
}
