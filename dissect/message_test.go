package dissect_test

import (
	"strings"
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
)

func read(t *testing.T, b []byte, from dissect.Side, d *dissect.Dialect) (*dissect.Message, *dissect.Receipt) {
	t.Helper()
	p := decode(b)
	m, r := dissect.ReadMessage(p, from, d)
	if m != nil {
		if m.Off+len(m.Octets) > len(b) || string(b[m.Off:m.Off+len(m.Octets)]) != string(m.Octets) {
			t.Fatalf("the octets are not at %d", m.Off)
		}
	}
	return m, r
}

func TestReadMessage(t *testing.T) {
	text := func(dc int, s string) smpptest.F { return with(with(message, "data_coding", dc), "short_message", s) }
	udh := func(dc int, s string) smpptest.F { return with(text(dc, s), "esm_class", 0x40) }
	for _, c := range []struct {
		name string
		pdu  []byte
		d    *dissect.Dialect
		want dissect.Message
	}{
		{"plain", smpptest.Build("submit_sm", 1, message), nil,
			dissect.Message{Text: "Hello, this is a test", Alphabet: "gsm0338", Why: "data_coding 0", Units: 21}},
		{"empty", smpptest.Build("submit_sm", 1, text(0, "")), nil, dissect.Message{Alphabet: "gsm0338", Why: "data_coding 0"}},
		{"extension", smpptest.Build("submit_sm", 1, text(0, "5 \x1be")), nil,
			dissect.Message{Text: "5 €", Alphabet: "gsm0338", Why: "data_coding 0", Units: 4}},
		{"Latin-1 by default", smpptest.Build("submit_sm", 1, text(0, "\xe9")), &dissect.Dialect{Default: "latin1"},
			dissect.Message{Text: "é", Alphabet: "latin1", Why: "profile: data_coding 0", Units: 1}},
		{"binary", smpptest.Build("submit_sm", 1, text(4, "\x01\xff")), nil,
			dissect.Message{Alphabet: "binary", Why: "data_coding 4", Units: 2, Binary: true}},
		{"emoji", smpptest.Build("submit_sm", 1, text(8, "\xd8\x3d\xde\x00")), nil,
			dissect.Message{Text: "😀", Alphabet: "ucs2be", Why: "data_coding 8", Units: 2}},
		{"flash", smpptest.Build("submit_sm", 1, text(0x18, "\x00!")), nil,
			dissect.Message{Text: "!", Alphabet: "ucs2be", Why: "data_coding 0x18: GSM general group, UCS-2", Units: 1}},
		{"part", smpptest.Build("submit_sm", 1, udh(0, "\x05\x00\x03\x4d\x03\x01text")), nil,
			dissect.Message{Text: "text", Alphabet: "gsm0338", Why: "data_coding 0", Units: 4, Header: 6,
				Concat: "udh8", Reference: 77, Part: 1, Parts: 3}},
		{"part, 16 bit", smpptest.Build("submit_sm", 1, udh(8, "\x06\x08\x04\x12\x34\x02\x02\x00!")), nil,
			dissect.Message{Text: "!", Alphabet: "ucs2be", Why: "data_coding 8", Units: 1, Header: 7,
				Concat: "udh16", Reference: 0x1234, Part: 2, Parts: 2}},
		{"impossible part", smpptest.Build("submit_sm", 1, udh(0, "\x05\x00\x03\x4d\x00\x00text")), nil,
			dissect.Message{Text: "text", Alphabet: "gsm0338", Why: "data_coding 0", Units: 4, Header: 6, Concat: "udh8", Reference: 77}},
		{"packed part", smpptest.Build("submit_sm", 1, udh(0, "\x05\x00\x03\x4d\x03\x01\x90\x65\x36\xfb\x0d")), &dissect.Dialect{Default: "gsm0338_packed"},
			dissect.Message{Text: "Hello", Alphabet: "gsm0338_packed", Why: "profile: data_coding 0", Units: 5, Header: 6,
				Concat: "udh8", Reference: 77, Part: 1, Parts: 3}},
		{"Hindi", smpptest.Build("submit_sm", 1, udh(0, "\x06\x24\x01\x06\x25\x01\x06\x15\x1b\x1c")), nil,
			dissect.Message{Text: "क०", Alphabet: "gsm0338", Why: "data_coding 0, single shift hindi, locking shift hindi", Units: 3, Header: 7}},
		{"unknown language", smpptest.Build("submit_sm", 1, udh(0, "\x03\x25\x01\x63abc")), nil,
			dissect.Message{Text: "abc", Alphabet: "gsm0338", Why: "data_coding 0, locking shift reserved language 99", Units: 3, Header: 4, Lossy: true}},
		{"header past the message", smpptest.Build("submit_sm", 1, udh(0, "Hello")), nil,
			dissect.Message{Text: "Hello", Alphabet: "gsm0338", Why: "data_coding 0", Units: 5, UDHError: "header of 72 octets, 4 there"}},
		{"header without its flag", smpptest.Build("submit_sm", 1, text(0, "\x05\x00\x03\x4d\x03\x01t")), nil,
			dissect.Message{Text: "é@¥M¥£t", Alphabet: "gsm0338", Why: "data_coding 0", Units: 7}},
		{"sar", smpptest.Build("submit_sm", 1, text(0, "t"), smpptest.TLV16(dissect.TagSARMsgRefNum, 300),
			smpptest.TLV8(dissect.TagSARTotalSegments, 4), smpptest.TLV8(dissect.TagSARSegmentSeqnum, 2)), nil,
			dissect.Message{Text: "t", Alphabet: "gsm0338", Why: "data_coding 0", Units: 1, Concat: "sar", Reference: 300, Part: 2, Parts: 4}},
		{"sar without its total", smpptest.Build("submit_sm", 1, text(0, "t"), smpptest.TLV16(dissect.TagSARMsgRefNum, 300),
			smpptest.TLV8(dissect.TagMoreMessagesToSend, 1), smpptest.TLV8(dissect.TagSARSegmentSeqnum, 2)), nil,
			dissect.Message{Text: "t", Alphabet: "gsm0338", Why: "data_coding 0", Units: 1}},
		{"payload", smpptest.Build("submit_sm", 1, udh(3, ""), smpptest.TLV{Tag: dissect.TagMessagePayload, Value: []byte("\x05\x00\x03\x4d\x03\x01\xe9")}), nil,
			dissect.Message{Text: "é", Alphabet: "latin1", Why: "data_coding 3", Units: 1, Payload: true, Header: 6,
				Concat: "udh8", Reference: 77, Part: 1, Parts: 3}},
		{"data_sm", smpptest.Build("data_sm", 1, smpptest.F{"data_coding": 1}, smpptest.TLV{Tag: dissect.TagMessagePayload, Value: []byte("@$_")}), nil,
			dissect.Message{Text: "@$_", Alphabet: "ascii", Why: "data_coding 1", Units: 3, Payload: true}},
		{"broadcast_sm", smpptest.Build("broadcast_sm", 1, smpptest.F{"data_coding": 3}, smpptest.TLV{Tag: dissect.TagMessagePayload, Value: []byte("\xdc")}), nil,
			dissect.Message{Text: "Ü", Alphabet: "latin1", Why: "data_coding 3", Units: 1, Payload: true}},
		{"replace_sm", smpptest.Build("replace_sm", 1, smpptest.F{"message_id": "7", "short_message": "\x00"}), nil,
			dissect.Message{Text: "@", Alphabet: "gsm0338", Why: "no data_coding in this PDU: the default alphabet", Units: 1}},
	} {
		m, r := read(t, c.pdu, dissect.ESME, c.d)
		if m == nil || r != nil {
			t.Errorf("%s: %v, %v", c.name, m, r)
			continue
		}
		got := *m
		got.Octets, got.Off, got.UDH = nil, 0, nil
		if !equalMessages(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.name, got, c.want)
		}
	}
}

// equalMessages compares all but the slices.
func equalMessages(a, b dissect.Message) bool {
	return a.Text == b.Text && a.Alphabet == b.Alphabet && a.Why == b.Why && a.Binary == b.Binary && a.Lossy == b.Lossy &&
		a.Payload == b.Payload && a.Header == b.Header && a.UDHError == b.UDHError && a.Concat == b.Concat &&
		a.Reference == b.Reference && a.Part == b.Part && a.Parts == b.Parts && a.Units == b.Units
}

func TestNoMessage(t *testing.T) {
	payload := smpptest.TLV{Tag: dissect.TagMessagePayload, Value: []byte("x")}
	for _, b := range [][]byte{
		smpptest.Build("enquire_link", 1, nil), smpptest.Build("bind_receiver", 1, login),
		smpptest.Build("data_sm", 1, nil), smpptest.Build("submit_sm_resp", 1, smpptest.F{"message_id": "1"}, payload),
		smpptest.Build("submit_sm", 1, message)[:30], nil,
	} {
		for _, side := range []dissect.Side{dissect.SideUnknown, dissect.ESME, dissect.SMSC} {
			if m, r := dissect.ReadMessage(decode(b), side, nil); m != nil || r != nil {
				t.Errorf("%x: %v %v", b, m, r)
			}
		}
	}
}

// TestCutMessages reads messages cut at every octet: no panic, no view outside.
func TestCutMessages(t *testing.T) {
	for _, b := range [][]byte{
		smpptest.Build("deliver_sm", 1, with(with(message, "esm_class", 0x44), "short_message", "\x05\x00\x03\x4d\x03\x01id:1 stat:DELIVRD"),
			smpptest.TLVString(dissect.TagReceiptedMessageID, "1"), smpptest.TLV8(dissect.TagMessageState, 2)),
		smpptest.Build("data_sm", 1, smpptest.F{"data_coding": 8, "esm_class": 4}, smpptest.TLV{Tag: dissect.TagMessagePayload, Value: []byte("\x00i\x00d\x00:\x001")}),
	} {
		for n := range b {
			read(t, b[:n], dissect.SMSC, nil)
			dissect.ReceiptStat(decode(b[:n]), dissect.SMSC, nil)
		}
	}
}

var benchText = strings.Repeat("Your order 4711 leaves today. ", 5)

func BenchmarkReadMessage(b *testing.B) {
	for _, c := range []struct {
		name string
		pdu  []byte
	}{
		{"gsm", smpptest.Build("submit_sm", 1, with(message, "short_message", benchText))},
		{"gsm accents", smpptest.Build("submit_sm", 1, with(message, "short_message", benchText+"\x05\x1be"))},
		{"part", smpptest.Build("submit_sm", 1, with(with(message, "short_message", "\x05\x00\x03\x4d\x03\x01"+benchText[:134]), "esm_class", 0x40))},
		{"ucs2", smpptest.Build("submit_sm", 1, with(with(message, "short_message", strings.Repeat("\x04\x16", 70)), "data_coding", 8))},
		{"receipt", receiptPDU()},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			p := decode(c.pdu)
			for b.Loop() {
				if m, _ := dissect.ReadMessage(p, p.Command.From, nil); m == nil {
					b.Fatal("no message")
				}
			}
		})
	}
}

// TestReadMessageAllocates holds what the texts of a run cost.
func TestReadMessageAllocates(t *testing.T) {
	for _, c := range []struct {
		name string
		pdu  []byte
		want float64
	}{
		{"message and text", smpptest.Build("submit_sm", 1, message), 2},
		{"with a character of the extension table", smpptest.Build("submit_sm", 1, with(message, "short_message", "5 \x1be")), 2},
		{"with a header", smpptest.Build("submit_sm", 1, with(with(message, "short_message", "\x05\x00\x03\x4d\x03\x01text"), "esm_class", 0x40)), 3},
		{"a receipt with TLVs", receiptPDU(), 4},
	} {
		p := decode(c.pdu)
		if got := testing.AllocsPerRun(100, func() { dissect.ReadMessage(p, p.Command.From, nil) }); got > c.want {
			t.Errorf("%s: %v allocations", c.name, got)
		}
	}
}
