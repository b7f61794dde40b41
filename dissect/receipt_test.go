package dissect_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"smpptap/dissect"
	"smpptap/internal/cost"
	"smpptap/internal/smpptest"
)

const appendixB = "id:0123456789 sub:001 dlvrd:001 submit date:2611031002 done date:2611031003 stat:DELIVRD err:000 text:Hello world from the"

func receiptPDU() []byte {
	return smpptest.Build("deliver_sm", 1, with(with(message, "esm_class", 4), "short_message", appendixB),
		smpptest.TLVString(dissect.TagReceiptedMessageID, "0123456789"), smpptest.TLV8(dissect.TagMessageState, 2),
		smpptest.TLV{Tag: dissect.TagNetworkErrorCode, Value: []byte{3, 0, 0}})
}

func carried(class int, text string) []byte {
	return smpptest.Build("deliver_sm", 1, with(with(message, "esm_class", class), "short_message", text))
}

// short is a receipt in the order id, sub, dlvrd, submit, done, stat, err, text.
func short(r *dissect.Receipt) string {
	return strings.Join([]string{r.ID, r.Sub, r.Dlvrd, r.SubmitDate, r.DoneDate, r.Stat, r.Err, r.Text}, "|")
}

// receiptTexts are the layouts that diagnoses D21 and D22 and the profiles
// name, and what tolerance means beyond them; all ids are made up.
var receiptTexts = []struct{ name, in, want string }{
	{"appendix B", appendixB, "0123456789|001|001|2611031002|2611031003|DELIVRD|000|Hello world from the"},
	{"Text with a capital", "id:ab sub:001 dlvrd:000 submit date:2611031002 done date:2611031003 stat:UNDELIV err:00B Text:Hello",
		"ab|001|000|2611031002|2611031003|UNDELIV|00B|Hello"},
	{"CM.com: 14 digits, no sub, dlvrd, text", "id:0123456789abcdef0123456789abcdef submit date:20261103100211 done date:20261103100214 stat:DELIVRD err:0000",
		"0123456789abcdef0123456789abcdef|||20261103100211|20261103100214|DELIVRD|0000|"},
	{"OpenMarket: submitdate, 12 digits, zero date, hyphens", "id:00A1-0507B-03103-2D8F1 sub:001 dlvrd:000 submitdate:261103100211 donedate:000000000000 stat:ACCEPTD err:0 text:none",
		"00A1-0507B-03103-2D8F1|001|000|261103100211|000000000000|ACCEPTD|0|none"},
	{"Vonage: text:none", "id:3111440 sub:001 dlvrd:001 submit date:2611031002 done date:2611031003 stat:DELIVRD err:0 text:none",
		"3111440|001|001|2611031002|2611031003|DELIVRD|0|none"},
	{"inMobile: UUID, no text", "id:7f3c2a10-5b1d-4e0e-9dad-c0ffee00e44d sub:001 dlvrd:001 submit date:2611031002 done date:2611031003 stat:DELIVRD err:123",
		"7f3c2a10-5b1d-4e0e-9dad-c0ffee00e44d|001|001|2611031002|2611031003|DELIVRD|123|"},
	{"SMPPCenter: 12 digits", "id:9 sub:001 dlvrd:001 submit date:261103100211 done date:261103100214 stat:EXPIRED err:021 text:Your code",
		"9|001|001|261103100211|261103100214|EXPIRED|021|Your code"},
	{"GatewayAPI: text is a reference", "id:A1 sub:000 dlvrd:000 submit date:2611031002 done date:2611031003 stat:UNDELIV err:4095 text:my-ref-1",
		"A1|000|000|2611031002|2611031003|UNDELIV|4095|my-ref-1"},
	{"Kaleyra: FAILED", "id:5 stat:FAILED err:045", "5|||||FAILED|045|"},
	{"family: long words", "id:5 sub:001 dlvrd:000 submit date:2611031002 done date:2611031003 stat:INVALID-SUB err:001 text:",
		"5|001|000|2611031002|2611031003|INVALID-SUB|001|"},
	{"a state with blanks", "id:5 stat:SENT - NO DLR err:000", "5|||||SENT - NO DLR|000|"},
	{"id and stat only", "id:10 stat:DELIVRD", "10|||||DELIVRD||"},
	{"an unknown word with figures", "id:10 sub:001 stat:GONEAWAY err:77", "10|001||||GONEAWAY|77|"},
	{"err of letters", "id:10 stat:REJECTD err:EC_BLOCK text:x", "10|||||REJECTD|EC_BLOCK|x"},
	{"any order", "stat:DELIVRD err:000 done date:2611031003 submit date:2611031002 dlvrd:001 sub:001 id:10 text:abc",
		"10|001|001|2611031002|2611031003|DELIVRD|000|abc"},
	{"text before the state", "id:10 text:Hello there stat:DELIVRD err:000", "10|||||DELIVRD|000|Hello there"},
	{"text before the dates", "id:10 stat:DELIVRD text:Hello submit date:2611031002 done date:2611031003 err:000",
		"10|||2611031002|2611031003|DELIVRD|000|Hello"},
	{"keys in the text", appendixB[:len(appendixB)-20] + "id:7 stat:EXPIRED err:5 sub:002", "0123456789|001|001|2611031002|2611031003|DELIVRD|000|id:7 stat:EXPIRED err:5 sub:002"},
	{"colons in the text", "id:1 stat:DELIVRD text:note: at 10:30 err: none", "1|||||DELIVRD||note: at 10:30 err: none"},
	{"upper case", "ID:10 SUB:001 DLVRD:001 SUBMIT DATE:2611031002 DONE DATE:2611031003 STAT:delivrd ERR:000 TEXT:x",
		"10|001|001|2611031002|2611031003|delivrd|000|x"},
	{"blanks everywhere", "  id : 10   sub :001\tdlvrd: 001 submit  date : 2611031002 done date:2611031003\r\nstat: DELIVRD  err: 000 text: x y ",
		"10|001|001|2611031002|2611031003|DELIVRD|000|x y "},
	{"underscores", "id:10 submit_date:2611031002 done_date:2611031003 stat:DELIVRD", "10|||2611031002|2611031003|DELIVRD||"},
	{"underscores of the default alphabet", "id:a\x11b submit\x11date:2611031002 stat:DELIVRD", "a_b|||2611031002||DELIVRD||"},
	{"ASCII underscore in the id", "id:a_b@c stat:DELIVRD", "a_b@c|||||DELIVRD||"},
	{"no blanks", "id:0123456789sub:001dlvrd:001submit date:2611031002done date:2611031003stat:DELIVRDerr:000text:Hello",
		"0123456789|001|001|2611031002|2611031003|DELIVRD|000|Hello"},
	{"commas", "id:10,sub:001,dlvrd:001,submit date:2611031002,done date:2611031003,stat:DELIVRD,err:000,text:a,b",
		"10|001|001|2611031002|2611031003|DELIVRD|000|a,b"},
	{"lines", "id:10\nsub:001\nstat:DELIVRD\nerr:000", "10|001||||DELIVRD|000|"},
	{"a plus for each blank", "id:10+sub:001+dlvrd:001+submit+date:2611031002+done+date:2611031003+stat:DELIVRD+err:000+text:a+b",
		"10|001|001|2611031002|2611031003|DELIVRD|000|a+b"},
	{"a plus in the id", "id:1+0+sub:001+stat:DELIVRD", "1+0|001||||DELIVRD||"},
	{"a plus at the end of the id", "id:10+ sub:001 stat:DELIVRD", "10+|001||||DELIVRD||"},
	{"a plus at the end of the id, no sub", "id:10+ stat:DELIVRD text:1+sub:2", "10+|||||DELIVRD||1+sub:2"},
	{"NUL at the end", "id:10 stat:DELIVRD err:000 text:abc\x00", "10|||||DELIVRD|000|abc"},
	{"NUL behind the last figure", "id:10 stat:DELIVRD err:000\x00", "10|||||DELIVRD|000|"},
	{"quotes", `id:"10" sub:"001" dlvrd:"001" submit date:"2611031002" done date:"2611031003" stat:"DELIVRD" err:"000" text:"Hello"`,
		`10|001|001|2611031002|2611031003|DELIVRD|000|"Hello"`},
	{"single quotes and commas", "id:'10', stat:'DELIVRD', err:'000'", "10|||||DELIVRD|000|"},
	{"blanks in quotes", `id: "10 a" stat: "SENT - NO DLR" err:"0"`, "10 a|||||SENT - NO DLR|0|"},
	{"quotes behind the text", `id:10 text:Hello stat:"DELIVRD"`, "10|||||DELIVRD||Hello"},
	{"a quote that belongs to the id", `id:"10 stat:DELIVRD err:000`, `"10|||||DELIVRD|000|`},
	{"nothing in quotes", `id:10 sub:"" stat:DELIVRD err:''`, "10|||||DELIVRD||"},
	{"blanks in the id", "id:AB 12 34 sub:001 stat:DELIVRD", "AB 12 34|001||||DELIVRD||"},
	{"a URN for an id", "id:urn:uuid:7f3c stat:DELIVRD", "urn:uuid:7f3c|||||DELIVRD||"},
	{"readable dates", "id:1 submit date:2026-11-03 10:02:11 done date:2026-11-03 10:02:14 stat:DELIVRD", "1|||2026-11-03 10:02:11|2026-11-03 10:02:14|DELIVRD||"},
	{"keys of its own", "id:1 sub:001 stat:DELIVRD err:000 mcc:310 mnc:026 text:x", "1|001||||DELIVRD|000|x"},
	{"a key twice", "id:1 stat:DELIVRD stat:EXPIRED", "1|||||DELIVRD||"},
	{"other spellings", "message_id:1 status:DELIVERED error code:5 text:x", "1|||||DELIVERED|5|x"},
	{"default alphabet in the text", "id:10 stat:DELIVRD err:000 text:caf\x05 \x1be5", "10|||||DELIVRD|000|café €5"},
	{"cut in an escape", "id:10 stat:DELIVRD err:000 text:5\x1b", "10|||||DELIVRD|000|5\uFFFD"},
	{"cut in the state", "id:10 sub:001 dlvrd:001 submit date:2611031002 done date:2611031003 stat:DELI", "10|001|001|2611031002|2611031003|DELI||"},
}

func TestReceiptTexts(t *testing.T) {
	for _, c := range receiptTexts {
		for _, class := range []int{0, 0x04, 0x20, 0x44 &^ 0x40} {
			_, r := read(t, carried(class, c.in), dissect.SMSC, nil)
			if r == nil {
				t.Errorf("%s: esm_class 0x%02X: no receipt", c.name, class)
				continue
			}
			if got := short(r); got != c.want {
				t.Errorf("%s: esm_class 0x%02X:\n got %s\nwant %s", c.name, class, got, c.want)
			}
			if !r.FromText || r.Flagged != (class != 0) || r.Intermediate != (class == 0x20) {
				t.Errorf("%s: esm_class 0x%02X: %+v", c.name, class, r)
			}
			stat, ok := dissect.ReceiptStat(decode(carried(class, c.in)), dissect.SMSC, nil)
			if !ok || string(stat) != r.Stat {
				t.Errorf("%s: esm_class 0x%02X: ReceiptStat says %q, %v", c.name, class, stat, ok)
			}
		}
	}
}

// TestReceiptCarriers has one receipt in every dress.
func TestReceiptCarriers(t *testing.T) {
	payload := smpptest.TLV{Tag: dissect.TagMessagePayload, Value: []byte(appendixB)}
	wide := make([]byte, 0, 2*len(appendixB))
	for _, u := range utf16.Encode([]rune(appendixB)) {
		wide = append(wide, byte(u>>8), byte(u))
	}
	empty := with(with(message, "esm_class", 4), "short_message", "")
	for name, b := range map[string][]byte{
		"message_payload":                smpptest.Build("deliver_sm", 1, empty, payload),
		"data_sm":                        smpptest.Build("data_sm", 1, smpptest.F{"esm_class": 4}, payload),
		"data_sm without esm_class":      smpptest.Build("data_sm", 1, nil, payload),
		"UCS-2":                          smpptest.Build("deliver_sm", 1, with(with(empty, "short_message", string(wide)), "data_coding", 8)),
		"UCS-2, esm_class 0":             smpptest.Build("deliver_sm", 1, with(with(message, "short_message", string(wide)), "data_coding", 8)),
		"UCS-2 that says GSM":            smpptest.Build("deliver_sm", 1, with(empty, "short_message", string(wide))),
		"UCS-2 that says GSM, class 0":   smpptest.Build("deliver_sm", 1, with(message, "short_message", string(wide))),
		"ASCII that says UCS-2":          smpptest.Build("deliver_sm", 1, with(with(empty, "short_message", appendixB), "data_coding", 8)),
		"ASCII that says UCS-2, class 0": smpptest.Build("deliver_sm", 1, with(with(message, "short_message", appendixB), "data_coding", 8)),
		"Latin-1":                        smpptest.Build("deliver_sm", 1, with(with(empty, "short_message", appendixB), "data_coding", 3)),
		"binary":                         smpptest.Build("deliver_sm", 1, with(with(empty, "short_message", appendixB), "data_coding", 4)),
		"behind a header":                smpptest.Build("deliver_sm", 1, with(with(message, "esm_class", 0x44), "short_message", "\x05\x00\x03\x4d\x01\x01"+appendixB)),
	} {
		_, r := read(t, b, dissect.SMSC, nil)
		if r == nil || short(r) != receiptTexts[0].want || !r.FromText {
			t.Errorf("%s: %+v", name, r)
		}
		if stat, ok := dissect.ReceiptStat(decode(b), dissect.SMSC, nil); !ok || string(stat) != "DELIVRD" {
			t.Errorf("%s: ReceiptStat says %q, %v", name, stat, ok)
		}
	}
}

func TestReceiptTLVs(t *testing.T) {
	id, state := smpptest.TLVString(dissect.TagReceiptedMessageID, "0000004d"), smpptest.TLV8(dissect.TagMessageState, 5)
	network := smpptest.TLV{Tag: dissect.TagNetworkErrorCode, Value: []byte{3, 0, 99}}
	for _, class := range []int{0, 4} {
		b := smpptest.Build("deliver_sm", 1, with(with(message, "esm_class", class), "short_message", ""), id, state, network)
		m, r := read(t, b, dissect.SMSC, nil)
		if m == nil || m.Text != "" || r == nil || r.TLVID != "0000004d" || r.TLVState != 5 || !r.HasState ||
			string(r.TLVError) != "\x03\x00\x63" || r.FromText || r.Flagged != (class == 4) {
			t.Errorf("esm_class %d: %+v", class, r)
		}
		if stat, ok := dissect.ReceiptStat(decode(b), dissect.SMSC, nil); !ok || string(stat) != "UNDELIV" {
			t.Errorf("esm_class %d: ReceiptStat says %q, %v", class, stat, ok)
		}
	}
	m, r := read(t, smpptest.Build("data_sm", 1, smpptest.F{"esm_class": 4}, id, state), dissect.SMSC, nil)
	if m != nil || r == nil || r.TLVID != "0000004d" {
		t.Errorf("data_sm without a text: %v %+v", m, r)
	}
	raw := smpptest.TLV{Tag: dissect.TagReceiptedMessageID, Value: []byte("77")}
	if _, r := read(t, smpptest.Build("deliver_sm", 1, with(message, "esm_class", 4), raw), dissect.SMSC, nil); r == nil || r.TLVID != "77" {
		t.Errorf("id without NUL: %+v", r)
	}
	if _, r := read(t, smpptest.Build("deliver_sm", 1, message, state), dissect.SMSC, nil); r != nil {
		t.Errorf("a state alone is no receipt: %+v", r)
	}
	none := smpptest.TLV{Tag: dissect.TagMessageState}
	b := smpptest.Build("deliver_sm", 1, with(message, "esm_class", 4), none)
	if _, r := read(t, b, dissect.SMSC, nil); r == nil || r.HasState || r.FromText || r.ID != "" {
		t.Errorf("flagged without anything: %+v", r)
	}
	if stat, ok := dissect.ReceiptStat(decode(b), dissect.SMSC, nil); !ok || len(stat) > 0 {
		t.Errorf("flagged without anything: %q %v", stat, ok)
	}
}

// TestOrdinaryTexts are no receipts, whoever sends them.
func TestOrdinaryTexts(t *testing.T) {
	for _, text := range []string{
		"", "id: my name", "id:my name stat: of Texas", "id:12345", "ID: 55", "stat:DELIVRD", "Hello id:5 stat:DELIVRD",
		"text:id:5 stat:DELIVRD", "text me at 5", "status: fine, id: none", "sub: hello", "done date: tomorrow", "id",
		"id::::", "My id:1 sub:001 stat:DELIVRD", "error: id:7 is unknown", "err:5", "id:\x00", "ident:5 stat:DELIVRD",
		"id stat:DELIVRD", "state: California id: 7 err: no",
	} {
		if _, r := read(t, carried(0, text), dissect.SMSC, nil); r != nil {
			t.Errorf("%q reads as a receipt: %+v", text, r)
		}
		if stat, ok := dissect.ReceiptStat(decode(carried(0, text)), dissect.SMSC, nil); ok {
			t.Errorf("%q has the state %q", text, stat)
		}
	}
	b := smpptest.Build("submit_sm", 1, with(message, "short_message", appendixB))
	if _, r := read(t, b, dissect.ESME, nil); r != nil {
		t.Errorf("submit_sm: %+v", r)
	}
	b = smpptest.Build("data_sm", 1, smpptest.F{"esm_class": 4}, smpptest.TLV{Tag: dissect.TagMessagePayload, Value: []byte(appendixB)})
	if _, r := read(t, b, dissect.ESME, nil); r != nil {
		t.Errorf("data_sm of the ESME: %+v", r)
	}
}

func TestReceiptState(t *testing.T) {
	for word, want := range map[string]struct {
		state uint8
		final bool
	}{
		"DELIVRD": {2, true}, "delivrd": {2, true}, "DELIVERED": {2, true}, "EXPIRED": {3, true}, "DELETED": {4, true},
		"UNDELIV": {5, true}, "UN-DELIV": {5, true}, "Undelivered": {5, true}, "FAILED": {5, true}, "INVALID-SUB": {5, true},
		"ACCEPTD": {6, false}, "UNKNOWN": {7, false}, "SENT - NO DLR": {7, false}, "REJECTD": {8, true}, "NO-CREDITS": {8, true},
		"DLT-SENDER-NOT-REG-TM": {8, true}, "ENROUTE": {1, false}, "SUBMITTED": {1, false}, "SCHEDULED": {0, false}, "SKIPPED": {9, true},
	} {
		if state, final, known := dissect.ReceiptState(word); state != want.state || final != want.final || !known {
			t.Errorf("%s: %d %v %v", word, state, final, known)
		}
	}
	for _, word := range []string{"", "GONEAWAY", "DELI", "DELIVRD2", "DELIVRD\xff", strings.Repeat("A", 99), "-"} {
		if state, final, known := dissect.ReceiptState(word); state != dissect.StateUnknown || final || known {
			t.Errorf("%q: %d %v %v", word, state, final, known)
		}
	}
	for state := range uint8(10) {
		if s, _, known := dissect.ReceiptState(dissect.StateWord(state)); s != state || !known {
			t.Errorf("%d is %q", state, dissect.StateWord(state))
		}
	}
	if dissect.StateWord(10) != "" {
		t.Error("state 10 has a word")
	}
}

// FuzzReceipt reads any text as a receipt: the values stand in it, ReceiptStat
// agrees with ReadMessage, and it takes no time to speak of.
func FuzzReceipt(f *testing.F) {
	for _, c := range receiptTexts {
		f.Add(uint8(0), uint8(4), c.in)
	}
	for _, coding := range []uint8{1, 8} {
		f.Add(coding, uint8(4), "\x00i\x00d\x00:\x001\x002\x00 \x00s\x00t\x00a\x00t\x00:\x00D")
	}
	f.Add(uint8(0), uint8(4), strings.Repeat("id:", 80))
	f.Fuzz(func(t *testing.T, coding, class uint8, in string) {
		in = in[:min(len(in), 254)]
		b := smpptest.Build("deliver_sm", 1, with(with(with(message, "esm_class", int(class)), "data_coding", int(coding)), "short_message", in))
		p := decode(b)
		m, r := dissect.ReadMessage(p, dissect.SMSC, nil)
		stat, ok := dissect.ReceiptStat(p, dissect.SMSC, nil)
		if ok != (r != nil) || r != nil && string(stat) != r.Stat && isPrintable(string(stat)) {
			t.Fatalf("ReceiptStat says %q, %v of %+v", stat, ok, r)
		}
		if r == nil {
			return
		}
		ascii := strings.ReplaceAll(in, "\x00", "") // UCS-2 that another data_coding hides
		for _, v := range []string{r.ID, r.Stat, r.Err, r.Sub, r.Dlvrd, r.SubmitDate, r.DoneDate, r.Text} {
			if isPrintable(v) && m.Alphabet != "gsm0338" && !strings.Contains(in, v) && !strings.Contains(ascii, v) && !strings.Contains(m.Text, v) {
				t.Fatalf("%q is not in %q", v, in)
			}
		}
	})
}

func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7E {
			return false
		}
	}
	return true
}

func TestLongReceiptsTakeBoundedTime(t *testing.T) {
	for _, unit := range []string{"id:", "id:1 ", "text:", "stat:DELIVRD text:id:", "err ", "submit_______", "a b:", "AbCdErr:"} {
		value := []byte("id:1 text:" + strings.Repeat(unit, 65000/len(unit)))
		b := smpptest.Build("deliver_sm", 1, with(with(message, "esm_class", 4), "short_message", ""), smpptest.TLV{Tag: dissect.TagMessagePayload, Value: value})
		p := decode(b)
		if d := cost.CPU(func() { dissect.ReadMessage(p, dissect.SMSC, nil) }); d > 200*time.Millisecond {
			t.Errorf("%q took %s", unit, d)
		}
	}
}

func TestReceiptStatAllocatesNothing(t *testing.T) {
	for _, b := range [][]byte{receiptPDU(), carried(0, appendixB), carried(0, "Hello"), usual()} {
		p := decode(b)
		if n := testing.AllocsPerRun(100, func() { dissect.ReceiptStat(p, dissect.SMSC, nil) }); n != 0 {
			t.Errorf("%s: %v allocations", p.CommandName(), n)
		}
	}
}

func BenchmarkReceiptStat(b *testing.B) {
	for name, pdu := range map[string][]byte{"receipt": receiptPDU(), "text": carried(0, "Hello, this is a test")} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			p := decode(pdu)
			for b.Loop() {
				dissect.ReceiptStat(p, dissect.SMSC, nil)
			}
		})
	}
}
