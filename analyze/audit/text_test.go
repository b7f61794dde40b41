package audit

import (
	"testing"
	"unicode/utf16"
)

// utf16be writes text in big-endian units, utf16le in the other order.
func utf16be(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return string(b)
}

func utf16le(s string) string {
	b := []byte(utf16be(s))
	for i := 0; i+1 < len(b); i += 2 {
		b[i], b[i+1] = b[i+1], b[i]
	}
	return string(b)
}

func TestUCS2Rules(t *testing.T) {
	ucs2 := func(b string) func(*rig) { return submits(text(8, b, nil)) }
	part := func(n int, b string) fields { return with(part8(1, 2, n, b), fields{"data_coding": 8}) }
	runScripts(t, []ruleCase{
		{"odd", "", RuleTextOddOctets, Error, 1, ucs2("\x00A\x00B\x00")},
		{"ASCII", "", RuleTextOddOctets, Error, 1, delivers(text(8, "id:1 sub:001 stat:DELIVRD", fields{"esm_class": 4}))},
		{"even", "", RuleTextOddOctets, 0, 0, ucs2("\x00A\x00B")},
		{"odd with its header", "", RuleTextOddOctets, 0, 0, submits(text(8, "\x06\x08\x04\x00\x01\x02\x01\x00A", fields{"esm_class": 0x40}))},
		{"GSM", "", RuleTextOddOctets, 0, 0, submits(text(0, "abc", nil))},
		{"swapped English", "", RuleTextByteOrder, Warning, 1, ucs2(utf16le("Hello, world"))},
		{"swapped Cyrillic", "", RuleTextByteOrder, Warning, 1, ucs2(utf16le("Привет, мир"))},
		{"swapped Chinese", "", RuleTextByteOrder, Warning, 1, ucs2(utf16le("您的验证码是五六七八请勿泄露"))},
		{"mark", "", RuleTextByteOrder, Error, 1, ucs2("\xFF\xFE" + utf16le("Hi"))},
		{"swapped and odd", "", RuleTextByteOrder, Warning, 1, ucs2(utf16le("Hello, world") + "x")},
		{"swapped and odd is one cause", "", RuleTextOddOctets, 0, 0, ucs2(utf16le("Hello, world") + "x")},
		{"short", "", RuleTextByteOrder, 0, 0, ucs2(utf16le("abc"))},
		{"English", "", RuleTextByteOrder, 0, 0, ucs2(utf16be("Hello, world"))},
		{"Cyrillic", "", RuleTextByteOrder, 0, 0, ucs2(utf16be("Привет, мир"))},
		{"Chinese", "", RuleTextByteOrder, 0, 0, ucs2(utf16be("您的验证码是五六七八请勿泄露"))},
		{"Japanese", "", RuleTextByteOrder, 0, 0, ucs2(utf16be("ご利用ありがとうございます。認証コード"))},
		{"Hangul", "", RuleTextByteOrder, 0, 0, ucs2(utf16be("인증번호는 입니다 타인에게 알려주지 마세요"))},
		{"Arabic", "", RuleTextByteOrder, 0, 0, ucs2(utf16be("رمز التحقق الخاص بك"))},
		{"emoji", "", RuleTextByteOrder, 0, 0, ucs2(utf16be("😀😀😀😀😀"))},
		{"mark", "", RuleTextByteOrderMark, Warning, 1, ucs2("\xFE\xFF" + utf16be("Hi"))},
		{"no mark", "", RuleTextByteOrderMark, 0, 0, ucs2(utf16be("Hi\uFEFF"))},
		{"half at the end", "", RuleTextSurrogate, Warning, 1, ucs2(utf16be("ab") + "\xD8\x3D")},
		{"second half alone", "", RuleTextSurrogate, Warning, 1, ucs2("\xDE\x00" + utf16be("ab"))},
		{"two first halves", "", RuleTextSurrogate, Warning, 1, ucs2("\xD8\x3D\xD8\x3D\xDE\x00")},
		{"whole", "", RuleTextSurrogate, 0, 0, ucs2(utf16be("a😀b"))},
		{"split over parts", "", RuleTextSurrogate, Warning, 1, func(r *rig) {
			submits(part(1, utf16be("ab")+"\xD8\x3D"))(r)
			r.esme(build("submit_sm", 3, submitFields(part(2, "\xDE\x00"+utf16be("cd")))))
		}},
		{"split, in the other order", "", RuleTextSurrogate, Warning, 1, func(r *rig) {
			submits(part(2, "\xDE\x00"+utf16be("cd")))(r)
			r.esme(build("submit_sm", 3, submitFields(part(1, utf16be("ab")+"\xD8\x3D"))))
		}},
		{"second half behind a whole part", "", RuleTextSurrogate, Warning, 1, func(r *rig) {
			submits(part(1, utf16be("ab")))(r)
			r.esme(build("submit_sm", 3, submitFields(part(2, "\xDE\x00"+utf16be("cd")))))
		}},
	})
}

func TestOctetRules(t *testing.T) {
	gsm := func(b string) func(*rig) { return submits(text(0, b, nil)) }
	latin := func(b string) func(*rig) { return submits(text(3, b, nil)) }
	packed := func(s string) string {
		var b []byte
		var word, n uint
		for i := range len(s) {
			word |= uint(s[i]) << n
			for n += 7; n >= 8; n -= 8 {
				b, word = append(b, byte(word)), word>>8
			}
		}
		return string(append(b, byte(word)))
	}
	runScripts(t, []ruleCase{
		{"UTF-8", "", RuleTextNotGsm, Warning, 1, gsm("caf\xC3\xA9")},
		{"Latin-1", "", RuleTextNotGsm, Warning, 1, gsm("caf\xE9 au lait")},
		{"packed", "", RuleTextNotGsm, Warning, 1, gsm(packed("Hello there, how are you today"))},
		{"neither", "", RuleTextNotGsm, Warning, 1, gsm("\x80\x90\xFF")},
		{"data_coding 1", "", RuleTextNotGsm, Warning, 1, submits(text(1, "caf\xC3\xA9", nil))},
		{"class", "", RuleTextNotGsm, Warning, 1, submits(text(0xF0, "caf\xC3\xA9", nil))},
		{"GSM", "", RuleTextNotGsm, 0, 0, gsm("caf\x05 \x1B\x65 5")},
		{"a port's", "", RuleTextNotGsm, 0, 0, submits(text(0, "\x06\x05\x04\x0B\x84\x23\xF0\x01\x06\x80\xFF", fields{"esm_class": 0x40}))},
		{"receipt", "", RuleTextNotGsm, 0, 0, delivers(text(0, "id:1 stat:DELIVRD text:caf\xC3\xA9", fields{"esm_class": 4}))},
		{"reserved", "", RuleTextNotGsm, 0, 0, submits(text(0x0B, "caf\xC3\xA9", nil))},
		{"bare", "smpp34", RuleTextNotGsm, 0, 0, gsm("caf\xC3\xA9")},
		{"behind broken header", "", RuleTextNotGsm, 0, 0, submits(text(0, "\xC8\x00\x03", fields{"esm_class": 0x40}))},
		{"octet", "smpp34", RuleTextNotAscii, Warning, 1, submits(text(1, "caf\xE9 au lait", nil))},
		{"ASCII", "smpp34", RuleTextNotAscii, 0, 0, submits(text(1, "cafe", nil))},
		{"GSM at Kaleyra", "", RuleTextNotAscii, 0, 0, submits(text(1, "caf\xE9 au lait", nil))},
		{"e-mail", "", RuleTextAsciiAsGsm, Warning, 1, gsm("write to user@example.com.")},
		{"price", "", RuleTextAsciiAsGsm, Warning, 1, gsm("only $5 today")},
		{"URL", "", RuleTextAsciiAsGsm, Warning, 1, gsm("see https://example.com/a_b now")},
		{"short URL", "", RuleTextAsciiAsGsm, Warning, 1, gsm("see bit.ly/a_b")},
		{"converted", "", RuleTextAsciiAsGsm, 0, 0, gsm("user\x00example.com is not user@example.com")},
		{"inverted exclamation mark", "", RuleTextAsciiAsGsm, 0, 0, gsm("@Hola! @Que tal?")},
		{"currency sign", "", RuleTextAsciiAsGsm, 0, 0, gsm("5 $ or more")},
		{"between words", "", RuleTextAsciiAsGsm, 0, 0, gsm("test_message")},
		{"receipt", "", RuleTextAsciiAsGsm, 0, 0, delivers(text(0, "id:1 stat:DELIVRD text:user@example.com", fields{"esm_class": 4}))},
		{"bare", "smpp34", RuleTextAsciiAsGsm, 0, 0, gsm("user@example.com")},
		{"quotes", "", RuleTextWindows1252, Warning, 1, latin("\x93quoted\x94")},
		{"UTF-8", "", RuleTextWindows1252, Warning, 1, latin("\xE2\x82\xAC 5")},
		{"Latin-1", "", RuleTextWindows1252, 0, 0, latin("caf\xE9 \xA3")},
		{"UCS-2", "", RuleTextWindows1252, 0, 0, submits(text(8, "\x20\x93\x20\x94", nil))},
	})
}
