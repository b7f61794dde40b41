package dissect_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

// hexScan reads a text with a HexScanner.
func hexScan(text string) []dissect.HexInput {
	var s dissect.HexScanner
	var out []dissect.HexInput
	for line := range strings.Lines(text) {
		out = append(out, s.Line([]byte(line))...)
	}
	return append(out, s.Close()...)
}

// hexRows cuts octets into rows.
func hexRows(b []byte, size int, row func(off int, b []byte) string) string {
	var out strings.Builder
	for off := 0; off < len(b); off += size {
		out.WriteString(row(off, b[off:min(off+size, len(b))]))
	}
	return out.String()
}

// hexShown is the character column of a dump.
func hexShown(b []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '.'
		}
		return r
	}, string(bytes.Map(func(r rune) rune {
		if r >= 0x80 {
			return '.'
		}
		return r
	}, b)))
}

func hexJoin[T any](b []byte, sep string, one func(c byte) T) string {
	var parts []string
	for _, c := range b {
		parts = append(parts, fmt.Sprint(one(c)))
	}
	return strings.Join(parts, sep)
}

func hexWith(format string) func(c byte) string {
	return func(c byte) string { return fmt.Sprintf(format, c) }
}

func hexGroups(b []byte, size int) string {
	return strings.TrimSpace(hexRows(b, size, func(_ int, b []byte) string { return hex.EncodeToString(b) + " " }))
}

// hexLines breaks a text as a narrow terminal or an editor does.
func hexLines(s string, width int) string {
	return hexRows([]byte(s), width, func(_ int, b []byte) string { return string(b) + "\n" })
}

func tcpFrame(payload []byte, ethernet bool) []byte {
	ip := []byte{0x45, 0, 0, 0, 0x1c, 0x46, 0x40, 0, 0x40, 6, 0, 0, 10, 1, 0, 7, 10, 2, 0, 1}
	tcp := []byte{0x9c, 0xb0, 0x0a, 0xd7, 0, 0, 0, 1, 0, 0, 0, 1, 0x80, 0x18, 0x01, 0xf6, 0, 0, 0, 0,
		1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2}
	total := len(ip) + len(tcp) + len(payload)
	ip[2], ip[3] = byte(total>>8), byte(total)
	out := append(append(ip, tcp...), payload...)
	if ethernet {
		out = append([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 8, 0}, out...)
		for len(out) < 60 {
			out = append(out, 0)
		}
	}
	return out
}

// hexDresses write octets as logs and tools do.
var hexDresses = []struct {
	name   string
	format dissect.HexFormat
	write  func(b []byte) string
}{
	{"hex", dissect.HexPlain, hex.EncodeToString},
	{"HEX", dissect.HexPlain, func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }},
	{"wrapped hex", dissect.HexPlain, func(b []byte) string { return hexLines(hex.EncodeToString(b), 32) }},
	{"hex wrapped inside octets", dissect.HexPlain, func(b []byte) string { return hexLines(hex.EncodeToString(b), 33) }},
	{"spaced", dissect.HexPlain, func(b []byte) string { return hexJoin(b, " ", hexWith("%02x")) }},
	{"double-spaced lines", dissect.HexPlain, func(b []byte) string {
		return strings.ReplaceAll(hexLines(hex.EncodeToString(b), 64), "\n", "\n\n")
	}},
	{"groups of 2", dissect.HexPlain, func(b []byte) string { return hexGroups(b, 2) }},
	{"groups of 4", dissect.HexPlain, func(b []byte) string { return hexGroups(b, 4) }},
	{"colons", dissect.HexPlain, func(b []byte) string { return hexJoin(b, ":", hexWith("%02X")) }},
	{"dashes", dissect.HexPlain, func(b []byte) string { return hexJoin(b, "-", hexWith("%02X")) }},
	{"0x in front", dissect.HexPlain, func(b []byte) string { return "0x" + hex.EncodeToString(b) }},
	{"0x each", dissect.HexPlain, func(b []byte) string { return hexJoin(b, ", ", hexWith("0x%02x")) }},
	{"%", dissect.HexPlain, func(b []byte) string { return hexJoin(b, "", hexWith("%%%02X")) }},
	{`\x`, dissect.HexString, func(b []byte) string { return hexJoin(b, "", hexWith(`\x%02x`)) }},
	{`C string`, dissect.HexString, func(b []byte) string { return `"` + hexJoin(b, "", hexWith(`\x%02x`)) + `"` }},
	{"C array", dissect.HexArray, func(b []byte) string {
		return "static const unsigned char pdu[] = {\n" + hexRows(b, 12, func(_ int, b []byte) string {
			return "    " + hexJoin(b, ", ", hexWith("0x%02x")) + ", /* row */\n"
		}) + "};\n"
	}},
	{"Go slice", dissect.HexArray, func(b []byte) string { return fmt.Sprint(b) }},
	{"Go syntax", dissect.HexArray, func(b []byte) string { return fmt.Sprintf("%#v", b) }},
	{"gosmpp log", dissect.HexArray, func(b []byte) string { return fmt.Sprintf("2026/11/03 10:02:11 sent: %v", b) }},
	{"Java array", dissect.HexArray, func(b []byte) string {
		return "[" + hexJoin(b, ", ", func(c byte) int8 { return int8(c) }) + "]"
	}},
	{"JSON Buffer", dissect.HexArray, func(b []byte) string {
		return `{"type":"Buffer","data":[` + hexJoin(b, ",", func(c byte) byte { return c }) + `]}`
	}},
	{"pretty JSON Buffer", dissect.HexArray, func(b []byte) string {
		return "{\n  \"type\": \"Buffer\",\n  \"data\": [\n" + hexJoin(b, ",\n", func(c byte) string { return fmt.Sprint("    ", c) }) + "\n  ]\n}\n"
	}},
	{"Node Buffer", dissect.HexBuffer, func(b []byte) string { return "pdu: <Buffer " + hexJoin(b, " ", hexWith("%02x")) + ">" }},
	{"Python repr", dissect.HexString, func(b []byte) string { return pythonRepr(b) }},
	{"JSON string", dissect.HexString, func(b []byte) string { return `"` + hexJoin(b, "", hexWith(`\u%04x`)) + `"` }},
	{"smpplib", dissect.HexLog, func(b []byte) string {
		return fmt.Sprintf("DEBUG:smpplib.client.140:>>b'%x' (%d bytes)", b, len(b))
	}},
	{"old smpplib", dissect.HexLog, func(b []byte) string { return fmt.Sprintf("DEBUG: << %x %d bytes", b, len(b)) }},
	{"Jasmin", dissect.HexLog, func(b []byte) string {
		return fmt.Sprintf("2026-11-03 10:02:11 DEBUG    6954 Sending data [b'%x']", b)
	}},
	{"cloudhopper", dissect.HexLog, func(b []byte) string {
		return fmt.Sprintf("10:02:11.123 [pool-1] INFO  c.c.s.impl.DefaultSmppSession - write bytes: [%x]", b)
	}},
	{"jSMPP", dissect.HexLog, func(b []byte) string {
		return fmt.Sprintf("2026-11-03 10:02:11,123 DEBUG SynchronizedPDUSender:71 - Sending PDU %x", b)
	}},
	{"php-smpp", dissect.HexLog, func(b []byte) string {
		return fmt.Sprintf("Send PDU         : %d bytes\n[03-Nov-2026 10:02:11 UTC]  %s \n command_id      : 0x4\n sequence number : 1\n", len(b), hexJoin(b, " ", hexWith("%02x")))
	}},
	{"Kannel", dissect.HexKannel, func(b []byte) string {
		return "2026-11-03 10:02:11 [1] [6] DEBUG: Octet string at 0x7f00:\n2026-11-03 10:02:11 [1] [6] DEBUG:   len:  47\n" +
			hexRows(b, 16, func(_ int, b []byte) string {
				return fmt.Sprintf("2026-11-03 10:02:11 [1] [6] DEBUG:   data: %-48s  %s\n", hexJoin(b, " ", hexWith("%02x"))+" ", hexShown(b))
			}) + "2026-11-03 10:02:11 [1] [6] DEBUG: Octet string dump ends.\n"
	}},
	{"Wireshark", dissect.HexDump, func(b []byte) string {
		return hexRows(b, 16, func(off int, b []byte) string {
			return fmt.Sprintf("%04x  %-47s   %s\n", off, hexJoin(b, " ", hexWith("%02x")), hexShown(b))
		})
	}},
	{"Wireshark with a gap", dissect.HexDump, func(b []byte) string {
		return hexRows(b, 16, func(off int, b []byte) string {
			x := hexJoin(b, " ", hexWith("%02x"))
			if len(b) > 8 {
				x = x[:24] + " " + x[24:]
			}
			return fmt.Sprintf("%04x  %-48s   %s\n", off, x, hexShown(b))
		})
	}},
	{"Wireshark, a whole frame", dissect.HexDump, func(b []byte) string {
		return hexRows(tcpFrame(b, true), 16, func(off int, b []byte) string {
			return fmt.Sprintf("%04x  %-47s   %s\n", off, hexJoin(b, " ", hexWith("%02x")), hexShown(b))
		})
	}},
	{"hexdump -C", dissect.HexDump, func(b []byte) string {
		return hexRows(b, 16, func(off int, b []byte) string {
			return fmt.Sprintf("%08x  %-49s |%s|\n", off, hexJoin(b, " ", hexWith("%02x")), hexShown(b))
		}) + fmt.Sprintf("%08x\n", len(b))
	}},
	{"xxd", dissect.HexDump, func(b []byte) string {
		return hexRows(b, 16, func(off int, b []byte) string {
			return fmt.Sprintf("%08x: %-40s %s\n", off, hexGroups(b, 2), hexShown(b))
		})
	}},
	{"tcpdump -X", dissect.HexDump, func(b []byte) string {
		return "10:02:11.123456 IP 10.1.0.7.40112 > 10.2.0.1.2775: Flags [P.], seq 1:48, ack 1, win 502, length 47\n" +
			hexRows(tcpFrame(b, false), 16, func(off int, b []byte) string {
				return fmt.Sprintf("\t0x%04x:  %-40s %s\n", off, hexGroups(b, 2), hexShown(b))
			})
	}},
	{"tcpdump -x", dissect.HexDump, func(b []byte) string {
		return hexRows(tcpFrame(b, false), 16, func(off int, b []byte) string { return fmt.Sprintf("\t0x%04x:  %s\n", off, hexGroups(b, 2)) })
	}},
	{"Netty", dissect.HexNetty, func(b []byte) string {
		const rule = "+--------+-------------------------------------------------+----------------+\n"
		return rule + hexRows(b, 16, func(off int, b []byte) string {
			return fmt.Sprintf("|%08x| %-48s|%-16s|\n", off, hexJoin(b, " ", hexWith("%02x")), hexShown(b))
		}) + rule
	}},
	{"a frame as a hex stream", dissect.HexPlain, func(b []byte) string { return hex.EncodeToString(tcpFrame(b, true)) }},
	{"base64", dissect.HexBase64, func(b []byte) string { return base64.StdEncoding.EncodeToString(b) }},
	{"wrapped base64", dissect.HexBase64, func(b []byte) string { return hexLines(base64.StdEncoding.EncodeToString(b), 76) }},
	{"base64 in a log", dissect.HexBase64, func(b []byte) string {
		return "10:02:11 raw=" + base64.StdEncoding.EncodeToString(b)
	}},
}

func pythonRepr(b []byte) string {
	var out strings.Builder
	out.WriteString("b'")
	for _, c := range b {
		switch {
		case c == '\n':
			out.WriteString(`\n`)
		case c == '\'' || c == '\\':
			out.WriteString(`\` + string(rune(c)))
		case c < ' ' || c > '~':
			fmt.Fprintf(&out, `\x%02x`, c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String() + "'"
}

func hexPasted() (list [][]byte) {
	submit := smpptest.Build("submit_sm", 5, smpptest.F{
		"source_addr": "ACME", "source_addr_ton": 5, "destination_addr": "4179", "short_message": "Hello, it's 5 \\ o'clock \"now\"\n",
	})
	bind := smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": "acme", "password": "secret99", "interface_version": 0x34})
	enquire := smpptest.Build("enquire_link", 9, nil)
	resp := smpptest.Build("submit_sm_resp", 5, smpptest.F{"message_id": "1A2B"})
	return [][]byte{submit, bind, enquire, resp}
}

func TestHexDresses(t *testing.T) {
	list := hexPasted()
	all := bytes.Join(list, nil)
	for _, d := range hexDresses {
		t.Run(d.name, func(t *testing.T) {
			for _, b := range list {
				sameInputs(t, d.write(b), d.format, b)
			}
			sameInputs(t, d.write(all), d.format, list...)
			// One behind the other, each in its own dress.
			var text strings.Builder
			for _, b := range list {
				text.WriteString(strings.TrimRight(d.write(b), "\n") + "\n")
			}
			sameInputs(t, text.String(), d.format, list...)
		})
	}
}

// Octets that are no UTF-8 stay what they are, beside others of the text.
func TestHexStringOfLatin1(t *testing.T) {
	b := smpptest.Build("submit_sm_resp", 5, smpptest.F{"message_id": "A\xe9\x95\xff"})
	id := string(b[dissect.HeaderLen : len(b)-1])
	text := fmt.Sprintf("\"%s%s\\x00\"", hexJoin(b[:dissect.HeaderLen], "", hexWith(`\x%02x`)), id)
	sameInputs(t, text, dissect.HexString, b)
}

func sameInputs(t *testing.T, text string, format dissect.HexFormat, want ...[]byte) {
	t.Helper()
	got := hexScan(text)
	for i, in := range got {
		if in.Err != nil {
			t.Fatalf("%s\nin\n%s", in.Err, text)
		}
		if i >= len(want) || !bytes.Equal(in.Octets, want[i]) || !in.Whole || in.Format != format {
			t.Fatalf("PDU %d is %q %v %q\n%x in\n%s", i, in.Format, in.Whole, in.Note, in.Octets, text)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d PDUs, want %d, in\n%s", len(got), len(want), text)
	}
}

func TestHexProblems(t *testing.T) {
	enquire := "00000010000000150000000000000001"
	for _, c := range []struct{ name, text, want string }{
		{"short", enquire[:30], "1:1 15 octets: declares 16 octets, 15 given: the last one is missing"},
		{"long", enquire + "0000ff", "1:1 19 octets: declares 16 octets, 19 given: the last 3 are no PDU"},
		{"short, then whole", enquire[:24] + "\n" + enquire, "1:1 12 octets: declares 16 octets, 12 given: the last 4 are missing\n2:1 16 octets"},
		{"odd", enquire[:31], "1:1 15 octets: declares 16 octets, 15 given: the last one is missing; the number of digits is odd"},
		{"a digit too many", enquire + "0", "1:1 16 octets: a single digit stands behind it"},
		{"no hex", enquire + "\nhello\n" + enquire, "1:1 16 octets\n2:1 neither hexadecimal digits nor an array, a dump or base64\n3:1 16 octets"},
		{"a letter", "0000001O000000150000000000000001", "1:8 'O' is no hexadecimal digit (the letter, not zero?)"},
		{"too little", "00 00", "1:1 2 octets: the header of a PDU has 16"},
		{"other octets", "deadbeefdeadbeefdeadbeefdeadbeef", "1:1 16 octets that are no PDU: command_length would be 3735928559 (0xdeadbeef)"},
		{"length small", "00000004 00000015 00000000 00000001", "1:1 16 octets that are no PDU: command_length would be 4, below the header's 16"},
		{"unknown command", "00000014 00000999 00000000 00000001 01020304", "1:1 20 octets"},
		{"generic_nack with a status of 32 bits", "00000010800000000012345600000001", "1:1 16 octets"},
		{"empty", "", "1:1 the input is empty"},
		{"without length", "data: 00 00 00 15 00 00 00 00 00 00 00 01  ............",
			"1:7 16 octets: command_length was not in it (Kannel dumps a PDU without): 16 was put in front"},
		{"Node cuts", "<Buffer 00 00 00 40 00 00 00 04 00 00 00 00 00 00 00 01 00 ... 47 more bytes>",
			"1:9 17 octets: declares 64 octets, 17 given: the last 47 are missing; the log left out 47 octets (log the whole Buffer, with toString('hex'))"},
		{"Kannel's fields", "DEBUG: SMPP PDU 0x1 dump:\nDEBUG:   type_name: submit_sm\nDEBUG:   data: 48 65 6c   Hel\nDEBUG: SMPP PDU dump ends.\n" + enquire,
			"1:1 Kannel's SMPP PDU dump: names and values of fields, from which the octets cannot be had; log or capture the octets (hex, pcap)\n5:1 16 octets"},
		{"Jasmin's fields", "DEBUG 6954 Sending PDU: PDU [command: submit_sm, sequence_number: 13, command_status: ESME_ROK",
			"1:1 Jasmin's log of a PDU: names and values of fields, from which the octets cannot be had; log or capture the octets (hex, pcap)"},
		{"log", "10:00:00 INFO start, session 158305b0158305b0158305b0158305b0\n10:00:01 DEBUG got " + enquire + "\n10:00:02 INFO end", "2:20 16 octets"},
		{"acknowledgement", hex.EncodeToString(tcpFrame(nil, false)) + "\n" + enquire, "2:1 16 octets"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, in := range hexScan(c.text) {
				s := fmt.Sprintf("%d:%d ", in.Line, in.Column)
				if in.Err != nil {
					s += in.Err.(*dissect.HexError).Reason
				} else if s += fmt.Sprintf("%d octets", len(in.Octets)); in.Note != "" {
					s += ": " + in.Note
				}
				got = append(got, s)
			}
			if s := strings.Join(got, "\n"); s != c.want {
				t.Errorf("got\n%s\nwant\n%s", s, c.want)
			}
		})
	}
}

// Nothing of the text may leave by an error: it may hold a password.
func FuzzHexInput(f *testing.F) {
	list := hexPasted()
	for _, d := range hexDresses {
		f.Add(d.write(list[0]) + "\n" + d.write(list[3]))
		f.Add(d.write(bytes.Join(list, nil)))
	}
	f.Add("00000010 00000015 0000000\n\n*\n0000 00\n[\n1,2\n<Buffer 00")
	f.Fuzz(func(t *testing.T, text string) {
		before := []byte(text)
		octets := 0
		for _, in := range hexScan(text) {
			if (in.Err == nil) == (in.Octets == nil) || in.Line < 1 || in.Column < 1 {
				t.Fatalf("%+v", in)
			}
			octets += len(in.Octets)
			if in.Err == nil {
				if len(in.Octets) < 8 || in.Format == "" || in.Whole && len(in.Octets) < dissect.HeaderLen {
					t.Fatalf("%+v", in)
				}
				decode(in.Octets)
			}
		}
		// A dump's star may stand for many rows; nothing else makes octets.
		if octets > 2*len(text)+64 && !strings.Contains(text, "*") {
			t.Fatalf("%d octets from %d characters", octets, len(text))
		}
		if string(before) != text {
			t.Fatal("the text was changed")
		}
	})
}
