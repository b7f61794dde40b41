package audit

import (
	"testing"
	"unicode/utf16"
)

// units writes a text in UCS-2.
func units(text string) (b []byte) {
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return b
}

func TestUnconverted(t *testing.T) {
	l := DefaultLimits()
	for text, want := range map[string]reading{
		"hello world!": readsASCII,
		"Dear customer, your order #4471 has been shipped": readsASCII,
		"your code\r\nis below":                            readsASCII,
		"grüße aus köln":                                   readsUTF8,
		"Привет мир":                                       readsUTF8,
		"مرحبا بكم":                                        readsUTF8, // as units, halves of surrogate pairs
		"你好世界再见":                                           readsUTF8,
		"hello":                                            readsOther,
		"12345678901234567890":                             readsOther, // jamo and rare ideographs
		"ATTENTION":                                        readsOther,
		"hello\x00 wide world":                             readsOther,
		"hello wide world \xE4":                            readsOther,
	} {
		if got := unconverted([]byte(text), &l); got != want {
			t.Errorf("%q is told to be %s, want %s", text, got, want)
		}
	}
}

// What is UCS-2 is not called anything else, nor is any piece of it.
func TestUnconvertedSparesUCS2(t *testing.T) {
	l := DefaultLimits()
	for _, text := range []string{
		"您的验证码是一二三四五六请勿转告他人谢谢合作欢迎再次光临本店祝您购物愉快",
		"ご注文の品は明日の午前中にお届けしますありがとうございました",
		"こにちはおはようございますまたあした",
		"カタカナノモジダケデス",
		"고객님의 인증번호는 육자리 숫자입니다 타인에게 알려주지 마세요",
		"ㅋㅋㅋㅋㅋㅋㅋㅋㅎㅎㅎㅎㅠㅠㅠㅠ",
		"†††††††††††††††", "♥♥♥♥♥♥♥♡♡♡♡♡♡♡", "……………………", "━━━━━━━━━━━━━━━━",
		"Привет, мир! Ваш код", "ਸਤਿ ਸ੍ਰੀ ਅਕਾਲ", "hello world, in units of two octets", "😀😀😀😀😀😀",
	} {
		b := units(text)
		for i := 0; i < len(b); i += 2 {
			for end := i + 2; end <= len(b); end += 2 {
				if got := unconverted(b[i:end], &l); got != readsOther {
					t.Errorf("%q is told to be %s", string(utf16.Decode(runes(b[i:end]))), got)
				}
			}
		}
	}
}

func runes(b []byte) (u []uint16) {
	for i := 0; i+1 < len(b); i += 2 {
		u = append(u, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return u
}
