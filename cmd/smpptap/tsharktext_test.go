package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

// headerFields are tshark's fields of the user data header, with what stands
// for them here. Numbers are compared.
var headerFields = []struct {
	name string
	of   func(m *dissect.Message) []int
}{
	{"gsm_sms.dis_field_udh.user_data_header_length", func(m *dissect.Message) []int { return []int{m.Header - 1} }},
	{"gsm_sms.ie_identifier", elementsOf(func(e *dissect.Element) []int { return []int{int(e.IEI)} })},
	{"gsm_sms.dis_field_ud_iei.length", elementsOf(func(e *dissect.Element) []int { return []int{len(e.Data)} })},
	{"gsm_sms.udh.mm.msg_id", elementsOf(concatOf(0))},
	{"gsm_sms.udh.mm.msg_part", elementsOf(concatOf(1))},
	{"gsm_sms.udh.mm.msg_parts", elementsOf(concatOf(2))},
	{"gsm_sms.destination_port", elementsOf(portOf(0))},
	{"gsm_sms.originator_port", elementsOf(portOf(1))},
	{"gsm_sms.dis_iei_lang.single_shift", elementsOf(octetOf(dissect.IEISingleShift, 0))},
	{"gsm_sms.dis_iei_lang.locking_shift", elementsOf(octetOf(dissect.IEILockingShift, 0))},
	{"gsm_sms.msg_count", elementsOf(octetOf(dissect.IEISpecialMessage, 1))},
}

func elementsOf(of func(e *dissect.Element) []int) func(m *dissect.Message) []int {
	return func(m *dissect.Message) (list []int) {
		for i := range m.UDH {
			list = append(list, of(&m.UDH[i])...)
		}
		return list
	}
}

func concatOf(which int) func(e *dissect.Element) []int {
	return func(e *dissect.Element) []int {
		if reference, part, parts, ok := e.Concat(); ok {
			return []int{[...]int{reference, part, parts}[which]}
		}
		return nil
	}
}

func portOf(which int) func(e *dissect.Element) []int {
	return func(e *dissect.Element) []int {
		if destination, source, ok := e.Ports(); ok {
			return []int{int([...]uint16{destination, source}[which])}
		}
		return nil
	}
}

func octetOf(iei uint8, at int) func(e *dissect.Element) []int {
	return func(e *dissect.Element) []int {
		if e.IEI == iei && len(e.Data) == at+1 {
			return []int{int(e.Data[at])}
		}
		return nil
	}
}

// TestTsharkTexts compares texts and user data headers with the tshark that is
// installed: over the corpus, and over messages in every data_coding and with
// every element.
func TestTsharkTexts(t *testing.T) {
	tshark := needTool(t, "tshark")
	made := filepath.Join(t.TempDir(), "made.pcap")
	if err := os.WriteFile(made, segments(nil, codedTexts()...), 0o600); err != nil {
		t.Fatal(err)
	}
	paths := []string{made}
	for _, c := range corpus[truth](t, filepath.Join(corpusDir, "truth.yaml")) {
		switch c.File {
		case "s04_encodings.pcap", "s05_long_messages.pcap":
			paths = append(paths, filepath.Join(corpusDir, c.File))
		}
	}
	diffs, compared := differences{}, 0
	for _, path := range paths {
		args := []string{"-r", path, "-Y", "smpp", "-T", "fields", "-E", "occurrence=a", "-E", "separator=/t", "-e", "frame.number", "-e", "smpp.message_text"}
		for _, f := range headerFields {
			args = append(args, "-e", f.name)
		}
		out, err := exec.CommandContext(t.Context(), tshark, args...).Output()
		if err != nil {
			t.Fatal(err)
		}
		compared += compareTexts(filepath.Base(path), string(out), look(t, path, "smpp34"), diffs)
	}
	if compared < 200 {
		t.Errorf("only %d values were compared", compared)
	}
	diffs.check(t, "testdata/tshark-texts.txt")
}

// compareTexts compares packet by packet; none here holds two messages.
func compareTexts(file, out string, s *seen, diffs differences) (compared int) {
	ours := map[int64]*dissect.Message{}
	coding := map[int64]uint8{}
	for i := range s.pdus {
		var p dissect.PDU
		dissect.Decode(&p, s.pdus[i].raw)
		if m, _ := dissect.ReadMessage(&p, dissect.SideUnknown, nil); m != nil {
			ours[s.pdus[i].frame] = m
			coding[s.pdus[i].frame], _ = p.U8(dissect.ParamDataCoding)
		}
	}
	for line := range strings.Lines(out) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		frame, _ := strconv.ParseInt(columns[0], 10, 64)
		m := ours[frame]
		if m == nil {
			continue
		}
		if text := columns[1]; text != "" {
			compared++
			if text != shownByTshark(m.Text) {
				diffs[difference{file, "smpp.message_text of " + codingGroup(coding[frame]), "another value"}]++
			}
		}
		for i, f := range headerFields {
			theirs, mine := columns[2+i], ""
			if m.Header > 0 {
				mine = numbers(f.of(m))
			}
			if theirs == "" && mine == "" {
				continue
			}
			compared++
			switch {
			case theirs == "":
				diffs[difference{file, f.name, "only smpptap has the field"}]++
			case plainNumbers(theirs) != mine:
				diffs[difference{file, f.name, "another value"}]++
			}
		}
	}
	return compared
}

// codingGroup names a data_coding, those of GSM's groups together.
func codingGroup(c uint8) string {
	if c < 0x10 {
		return fmt.Sprintf("data_coding %d", c)
	}
	return fmt.Sprintf("data_coding 0x%02X to 0x%02X", c&^3, c|3)
}

// shownByTshark is a text as -T fields writes it.
func shownByTshark(s string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`, "\v", `\v`, "\f", `\f`, "\b", `\b`, "\a", `\a`, `\`, `\\`).Replace(s)
}

func numbers(list []int) string {
	s := make([]string, len(list))
	for i, n := range list {
		s[i] = strconv.Itoa(n)
	}
	return strings.Join(s, ",")
}

// plainNumbers are tshark's, of which some are hexadecimal.
func plainNumbers(text string) string {
	var list []int
	for s := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseInt(s, 0, 64)
		if err != nil {
			return text
		}
		list = append(list, int(n))
	}
	return numbers(list)
}

// codedTexts are submit_sm in every data_coding that has an alphabet, and with
// every element of a user data header.
func codedTexts() (out []string) {
	seq := uint32(1)
	add := func(coding, class int, octets string) {
		seq++
		out = append(out, string(smpptest.Build("submit_sm", seq, smpptest.F{
			"source_addr": "ACME", "destination_addr": "447700900123",
			"data_coding": coding, "esm_class": class, "short_message": octets,
		})))
	}
	high := make([]byte, 96)
	for i := range high {
		high[i] = byte(0xA0 + i)
	}
	for coding := range 256 {
		add(coding, 0, "Plain text 123")
	}
	for _, coding := range []int{3, 6, 7} {
		add(coding, 0, string(high))
	}
	add(8, 0, "\x04\x10\x04\x11\x20\xac\x4e\x2d")
	add(8, 0, "\xd8\x3d\xde\x00")
	add(5, 0, "\x83\x65\x83\x58\x83\x67")
	add(10, 0, "\x1b$B$\"\x1b(B")
	add(14, 0, "\xc7\xd1\xb1\xdb")
	for iei := range 256 {
		for _, n := range []int{1, 2, 3, 4, 7} {
			if iei == 0x22 || iei == 0x23 { // their own structure follows
				continue
			}
			data := []byte{1, 2, 3, 4, 5, 6, 7}[:n]
			if iei == 0 && n == 3 || iei == 8 && n == 4 {
				data[n-2], data[n-1] = 9, 2 // 2 of 9
			}
			add(4, 0x40, string(append([]byte{byte(n + 2), byte(iei), byte(n)}, data...))+"text")
		}
	}
	add(0, 0x40, "\x0b\x05\x04\x0b\x84\x23\xf0\x00\x03\x09\x02\x01text")
	return out
}
