package dissect

import (
	"bytes"
	"strings"
	"testing"
)

func TestHeaders(t *testing.T) {
	for _, c := range []struct {
		in       string
		n        int
		elements string // IEI and name
		meaning  string
		wrong    string
	}{
		{"\x05\x00\x03\x4d\x03\x01text", 6, "concat_8bit", "part 1 of 3, reference 77", ""},
		{"\x06\x08\x04\x12\x34\x02\x02", 7, "concat_16bit", "part 2 of 2, reference 4660", ""},
		{"\x04\x04\x02\x23\x24", 5, "application_port_8bit", "to port 35, from port 36", ""},
		{"\x06\x05\x04\x0b\x84\x23\xf0", 7, "application_port_16bit", "to port 2948, from port 9200", ""},
		{"\x0b\x05\x04\x15\x81\x00\x00\x00\x03\x07\x02\x01", 12, "application_port_16bit concat_8bit",
			"to port 5505, from port 0; part 1 of 2, reference 7", ""},
		{"\x03\x24\x01\x01", 4, "national_language_single_shift", "turkish", ""},
		{"\x06\x24\x01\x06\x25\x01\x06", 7, "national_language_single_shift national_language_locking_shift", "hindi; hindi", ""},
		{"\x03\x25\x01\x63", 4, "national_language_locking_shift", "reserved language 99", ""},
		{"\x04\x01\x02\x80\x03", 5, "special_sms_message_indication", "3 voice messages waiting, store", ""},
		{"\x04\x01\x02\x02\x00", 5, "special_sms_message_indication", "0 email messages waiting, discard", ""},
		{"\x04\x01\x02\x04\x01", 5, "special_sms_message_indication", "1 extended type 4 messages waiting, discard", ""},
		{"\x02\x70\x00\x00\x10", 3, "sim_toolkit_security_header", "", ""},
		{"\x02\x80\x00", 3, "sme_to_sme_specific", "", ""},
		{"\x02\xC0\x00", 3, "smsc_specific", "", ""},
		{"\x02\xFF\x00\x02\x30", 3, "reserved", "", ""},
		{"\x00text", 1, "", "", ""},
		{"", 0, "", "", "the message is empty"},
		{"\xc8\x00\x03\x01\x02\x01x", 0, "", "", "header of 200 octets, 6 there"},
		{"\x05\x00\x03\x4d\x03", 0, "", "", "header of 5 octets, 4 there"},
		{"\x05\x00\x04\x4d\x03\x01text", 6, "", "", "element 0x00 of 4 octets, 3 left in the header"},
		{"\x06\x00\x03\x4d\x03\x01\x08text", 7, "concat_8bit", "part 1 of 3, reference 77", "element 0x08 has no length: the header ends"},
		{"\x04\x00\x02\x4d\x03", 5, "concat_8bit", "", "element 0x00 has 2 octets, must have 3"},
	} {
		elements, n, wrong := readHeader([]byte(c.in))
		var names, meanings []string
		for i := range elements {
			names = append(names, elements[i].Name)
			if m := elements[i].Meaning(); m != "" {
				meanings = append(meanings, m)
			}
		}
		if n != c.n || strings.Join(names, " ") != c.elements || strings.Join(meanings, "; ") != c.meaning || wrong != c.wrong {
			t.Errorf("%x: %d octets, %q, %q, %q", c.in, n, names, meanings, wrong)
		}
	}
}

func TestAllElementsAreNamed(t *testing.T) {
	for iei := range 256 {
		if elementName(uint8(iei)) == "" {
			t.Errorf("0x%02X has no name", iei)
		}
	}
}

// FuzzUDH reads any octets as a header: every element is a view inside it, in
// order, and those that were read make up the header again.
func FuzzUDH(f *testing.F) {
	f.Add([]byte("\x05\x00\x03\x4d\x03\x01text"))
	f.Add([]byte("\x0b\x05\x04\x15\x81\x00\x00\x00\x03\x07\x02\x01"))
	f.Add([]byte("\x06\x24\x01\x06\x25\x01\x63"))
	f.Add([]byte("\xc8\x00\x03\x01\x02\x01x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		elements, n, wrong := readHeader(b)
		if n > len(b) || n == 0 && (wrong == "" || elements != nil) {
			t.Fatalf("%x: %d octets, %q", b, n, wrong)
		}
		var again []byte
		for i := range elements {
			e := &elements[i]
			again = append(append(again, e.IEI, uint8(len(e.Data))), e.Data...)
			if cap(e.Data) != len(e.Data) || len(again) >= n {
				t.Fatalf("%x: element %d reaches past the header", b, i)
			}
			e.Meaning()
		}
		if n > 0 && !bytes.HasPrefix(b[1:n], again) || wrong == "" && len(again) != n-1 {
			t.Fatalf("%x: %x again, %q", b, again, wrong)
		}
		s, _, _ := headerShifts(elements)
		if s.locking == nil || s.single == nil {
			t.Fatal("no table")
		}
		readText(AlphabetGSM, b[n:], s, n)
	})
}
