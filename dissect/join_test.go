package dissect_test

import (
	"testing"

	"smpptap/dissect"
)

// part is a part as ReadMessage gives it.
func part(a dissect.Alphabet, octets string, udh ...dissect.Element) *dissect.Message {
	return &dissect.Message{Alphabet: a, Octets: []byte(octets), UDH: udh}
}

func TestJoinMessages(t *testing.T) {
	turkish := dissect.Element{IEI: dissect.IEISingleShift, Data: []byte{1}}
	nobody := dissect.Element{IEI: dissect.IEISingleShift, Data: []byte{99}}
	packed := func(header int, octets string) *dissect.Message {
		m := part(dissect.AlphabetGSMPacked, octets)
		m.Header = header
		return m
	}
	for _, tt := range []struct {
		name  string
		parts []*dissect.Message
		want  string
		lossy bool
	}{
		{"plain", []*dissect.Message{part(dissect.AlphabetGSM, "one "), part(dissect.AlphabetGSM, "two")}, "one two", false},
		{"an escape cut off its letter", []*dissect.Message{part(dissect.AlphabetGSM, "5 \x1b"), part(dissect.AlphabetGSM, "e each")}, "5 € each", false},
		{"an escape at the end", []*dissect.Message{part(dissect.AlphabetGSM, "a"), part(dissect.AlphabetGSM, "b\x1b")}, "ab\uFFFD", true},
		{"half a surrogate pair", []*dissect.Message{part(dissect.AlphabetUCS2, "\x00A\xd8\x3d"), part(dissect.AlphabetUCS2, "\xde\x00\x00B")}, "A😀B", false},
		{"the same, little-endian", []*dissect.Message{part(dissect.AlphabetUTF16LE, "A\x00\x3d\xd8"), part(dissect.AlphabetUTF16LE, "\x00\xde")}, "A😀", false},
		{"half a code unit", []*dissect.Message{part(dissect.AlphabetUCS2, "\x00A\x04"), part(dissect.AlphabetUCS2, "\x10\x00B")}, "AАB", false},
		{"half a character of UTF-8", []*dissect.Message{part(dissect.AlphabetUTF8, "caf\xc3"), part(dissect.AlphabetUTF8, "\xa9")}, "café", false},
		{"a part that stays shifted", []*dissect.Message{part(dissect.AlphabetISO2022JP, "\x1b$B$\""), part(dissect.AlphabetISO2022JP, "ok!")}, "あok!", false},
		{"a missing part", []*dissect.Message{part(dissect.AlphabetGSM, "one \x1b"), nil, part(dissect.AlphabetGSM, "e"), nil}, "one \uFFFD…e…", true},
		{"the first ones missing", []*dissect.Message{nil, nil, part(dissect.AlphabetGSM, "three")}, "…three", false},
		{"a table for one part", []*dissect.Message{part(dissect.AlphabetGSM, "\x1bc", turkish), part(dissect.AlphabetGSM, "\x1be")}, "ç€", false},
		{"a table over the cut", []*dissect.Message{part(dissect.AlphabetGSM, "\x1b", turkish), part(dissect.AlphabetGSM, "c", turkish)}, "ç", false},
		{"a table that nobody knows", []*dissect.Message{part(dissect.AlphabetGSM, "a", nobody), part(dissect.AlphabetGSM, "b", nobody)}, "ab", true},
		{"two alphabets", []*dissect.Message{part(dissect.AlphabetGSM, "\x00"), part(dissect.AlphabetUCS2, "\x04\x10")}, "@А", false},
		// "ab" and "cd", one bit of filling behind six octets of header
		{"packed", []*dissect.Message{packed(6, "\xc2\x62"), packed(6, "\xc6\x64")}, "abcd", false},
		// 0x1b 0x65 cut in the middle, without a header
		{"packed escape over the cut", []*dissect.Message{packed(0, "\x1b"), packed(0, "\x65")}, "€", false},
		{"none", nil, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := dissect.JoinMessages(tt.parts)
			if m.Text != tt.want || m.Lossy != tt.lossy {
				t.Errorf("%q, lossy %v; want %q, %v", m.Text, m.Lossy, tt.want, tt.lossy)
			}
		})
	}
	binary := func(octets string) *dissect.Message {
		return &dissect.Message{Alphabet: dissect.AlphabetBinary, Binary: true, Octets: []byte(octets)}
	}
	if m := dissect.JoinMessages([]*dissect.Message{binary("\x01"), binary("\x02")}); !m.Binary || string(m.Octets) != "\x01\x02" || m.Text != "" {
		t.Errorf("binary: %+v", m)
	}
}
