package dissect

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"smpptap/internal/cost"
)

func TestTexts(t *testing.T) {
	for _, c := range []struct {
		a        Alphabet
		in, want string
		units    int
		lossy    bool
	}{
		{AlphabetASCII, "plain @$_", "plain @$_", 9, false},
		{AlphabetASCII, "caf\xe9", "caf\uFFFD", 4, true},
		{AlphabetLatin1, "Gr\xf6\xdfe: 5 \xb5m", "Größe: 5 µm", 11, false},
		{AlphabetCyrillic, "\xbf\xe0\xd8\xd2\xd5\xe2", "Привет", 6, false},
		{AlphabetCyrillic, "\xf0\xf1\x85", "№ё\uFFFD", 3, true},
		{AlphabetHebrew, "\xf9\xec\xe5\xed", "שלום", 4, false},
		{AlphabetHebrew, "\xf9\xbf", "ש\uFFFD", 2, true},
		{AlphabetJIS, "\x83\x65\x83\x58\x83\x67", "テスト", 6, false},
		{AlphabetJIS, "abc \xb1", "abc ｱ", 5, false},
		{AlphabetJIS, "\x25\x46\x25\x39\x25\x48", "テスト", 6, false}, // the bare codes
		{AlphabetJIS, "\x1b$B%F%9%H\x1b(B", "テスト", 12, false},
		{AlphabetJIS, "\x83", "\uFFFD", 1, true},
		{AlphabetISO2022JP, "ab\x1b$B%F%9%H\x1b(B!", "abテスト!", 15, false},
		{AlphabetISO2022JP, "\x1b$B%\x7f\x1b(B", "Α", 8, true},
		{AlphabetJISX0212, "\x30\x21", "丂", 2, false},
		{AlphabetJISX0212, "\xb0\xa1", "丂", 2, false},
		{AlphabetEUCKR, "\xbe\xc8\xb3\xe7", "안녕", 4, false},
		{AlphabetEUCKR, "\xbe", "\uFFFD", 1, true},
		{AlphabetUTF8, "é€😀", "é€😀", 9, false},
		{AlphabetUTF8, "a\xff\xc3", "a\uFFFD\uFFFD", 3, true},
		{AlphabetUTF8, "\uFFFD", "\uFFFD", 3, false},
		{AlphabetUCS2, "\x03\x95\x26\x0e", "Ε☎", 2, false},
		{AlphabetUCS2, "\x00e\xd8\x3d\xde\x00", "e😀", 3, false},
		{AlphabetUTF16, "\xd8\x3d\xde\x00", "😀", 2, false},
		{AlphabetUTF16, "\xd8\x3d\x00A", "\uFFFDA", 2, true},
		{AlphabetUTF16, "\xde\x00\xd8\x3d", "\uFFFD\uFFFD", 2, true},
		{AlphabetUTF16, "\xd8\x3d", "\uFFFD", 1, true}, // the pair is split over parts
		{AlphabetUTF16, "\xd8\x3d\xde", "\uFFFD\uFFFD", 2, true},
		{AlphabetUCS2, "\x00A\x00B\x00", "AB\uFFFD", 3, true},
		{AlphabetUCS2, "\xfe\xff\x00A", "\uFEFFA", 2, false},
		{AlphabetUTF16LE, "A\x00=\xd8\x00\xde", "A😀", 3, false},
		{AlphabetBinary, "\x00\xff", "", 2, false},
		{"", "text", "text", 4, false},
		{"unheard of", "t\xff", "t\uFFFD", 2, true},
	} {
		got := readText(c.a, []byte(c.in), plain, 0)
		if got.string != c.want || got.units != c.units || got.lossy != c.lossy {
			t.Errorf("%s %x: %q, %d units, lossy %v", c.a, c.in, got.string, got.units, got.lossy)
		}
		if got.same && got.string != c.in {
			t.Errorf("%s %x: not the same octets", c.a, c.in)
		}
	}
}

// TestUTF16RoundTrip is exhaustive: each code point there is.
func TestUTF16RoundTrip(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if r >= 0xD800 && r < 0xE000 || r == utf8.RuneError {
			continue
		}
		b := []byte{byte(r >> 8), byte(r)}
		if r > 0xFFFF {
			x := r - 0x10000
			high, low := 0xD800+x>>10, 0xDC00+x&0x3FF
			b = []byte{byte(high >> 8), byte(high), byte(low >> 8), byte(low)}
		}
		if got := readText(AlphabetUCS2, b, plain, 0); got.string != string(r) || got.lossy {
			t.Fatalf("%U is %q", r, got.string)
		}
	}
}

func TestAlphabetOf(t *testing.T) {
	kaleyra := &Dialect{Default: AlphabetGSM, Codings: map[uint8]Alphabet{1: AlphabetGSM, 8: AlphabetUTF16}}
	packed := &Dialect{Default: AlphabetGSMPacked}
	for _, c := range []struct {
		coding uint8
		d      *Dialect
		want   Alphabet
		why    string
	}{
		{0, nil, AlphabetGSM, "data_coding 0"},
		{0, kaleyra, AlphabetGSM, "profile: data_coding 0"},
		{1, nil, AlphabetASCII, "data_coding 1"},
		{1, kaleyra, AlphabetGSM, "profile: data_coding 1"},
		{3, kaleyra, AlphabetLatin1, "data_coding 3"},
		{4, nil, AlphabetBinary, "data_coding 4"},
		{8, nil, AlphabetUCS2, "data_coding 8"},
		{8, kaleyra, AlphabetUTF16, "profile: data_coding 8"},
		{9, nil, AlphabetBinary, "data_coding 9: pictograms, no agreed alphabet"},
		{0x0C, nil, AlphabetGSM, "data_coding 12: reserved, read as the default alphabet"},
		{0x0D, nil, AlphabetJISX0212, "data_coding 13"},
		{0x0F, nil, AlphabetGSM, "data_coding 15: reserved, read as the default alphabet"},
		{0x10, nil, AlphabetGSM, "data_coding 0x10: GSM general group, default alphabet"},
		{0x10, packed, AlphabetGSMPacked, "data_coding 0x10: GSM general group, default alphabet"},
		{0x15, nil, AlphabetBinary, "data_coding 0x15: GSM general group, 8-bit data"},
		{0x18, nil, AlphabetUCS2, "data_coding 0x18: GSM general group, UCS-2"},
		{0x1C, nil, AlphabetGSM, "data_coding 0x1C: GSM general group, reserved alphabet, read as the default one"},
		{0x30, nil, AlphabetBinary, "data_coding 0x30: GSM general group, compressed text"},
		{0x48, nil, AlphabetUCS2, "data_coding 0x48: GSM general group, UCS-2"},
		{0x90, nil, AlphabetGSM, "data_coding 0x90: reserved, read as the default alphabet"},
		{0xC8, nil, AlphabetGSM, "data_coding 0xC8: message waiting, discard"},
		{0xD8, nil, AlphabetGSM, "data_coding 0xD8: message waiting, store"},
		{0xE8, nil, AlphabetUCS2, "data_coding 0xE8: message waiting, store, UCS-2"},
		{0xF0, nil, AlphabetGSM, "data_coding 0xF0: message class, default alphabet"},
		{0xF5, nil, AlphabetBinary, "data_coding 0xF5: message class, 8-bit data"},
	} {
		if a, why := AlphabetOf(c.coding, c.d); a != c.want || why != c.why {
			t.Errorf("0x%02X: %s, %q", c.coding, a, why)
		}
	}
	for c := range 256 {
		if a, why := AlphabetOf(uint8(c), nil); a == "" || why == "" {
			t.Errorf("0x%02X has no alphabet", c)
		}
	}
}

func TestMessageClass(t *testing.T) {
	for coding, want := range map[uint8]int{0: -1, 8: -1, 0x10: 0, 0x11: 1, 0x18: 0, 0x53: 3, 0x90: -1, 0xC0: -1, 0xF0: 0, 0xF6: 2} {
		if class, ok := MessageClass(coding); ok != (want >= 0) || ok && int(class) != want {
			t.Errorf("0x%02X: %d %v", coding, class, ok)
		}
	}
}

var allAlphabets = []Alphabet{
	AlphabetGSM, AlphabetGSMPacked, AlphabetASCII, AlphabetLatin1, AlphabetUCS2, AlphabetUTF16, AlphabetUTF16LE,
	AlphabetCyrillic, AlphabetHebrew, AlphabetJIS, AlphabetISO2022JP, AlphabetEUCKR, AlphabetBinary, AlphabetUTF8, AlphabetJISX0212, "",
}

// FuzzText decodes any octets in any alphabet: always UTF-8, lossy exactly when
// something is missing, and never much more than went in.
func FuzzText(f *testing.F) {
	for i := range allAlphabets {
		f.Add(uint8(i), uint8(i), uint8(0), []byte("Hello \x1be \xd8\x3d\xde\x00 \x83\x65 \x1b$B%F\x1b(B"))
	}
	f.Add(uint8(0), uint8(4), uint8(0), []byte("\x15\x0c\x1b\x19"))
	f.Add(uint8(1), uint8(0), uint8(6), pack([]byte("1234567\r"), 6))
	f.Fuzz(func(t *testing.T, alphabet, language, header uint8, b []byte) {
		a := allAlphabets[int(alphabet)%len(allAlphabets)]
		l := &national[int(language)%len(national)]
		s := shifts{&gsmDefault, l.single}
		if l.locking != nil {
			s.locking = l.locking
		}
		before := string(b)
		got := readText(a, b, s, int(header))
		if string(b) != before {
			t.Fatal("the octets were changed")
		}
		if !utf8.ValidString(got.string) {
			t.Fatalf("%s: %q is no UTF-8", a, got.string)
		}
		if a != AlphabetUTF8 && a != AlphabetUCS2 && a != AlphabetUTF16 && a != AlphabetUTF16LE &&
			strings.ContainsRune(got.string, utf8.RuneError) && !got.lossy {
			t.Fatalf("%s: %q is not lossy", a, got.string)
		}
		if got.same && (got.string != string(b) || got.lossy) {
			t.Fatalf("%s: %q for %q", a, got.string, b)
		}
		// Half an octet of JIS X 0212 more than a lost character a pair is the most.
		if len(got.string) > 5*len(b)+4 || got.units > len(b)*8/7+1 {
			t.Fatalf("%s: %d octets and %d units of %d", a, len(got.string), got.units, len(b))
		}
	})
}

func TestLongTextsTakeBoundedTime(t *testing.T) {
	long := []byte(strings.Repeat("\x1b$B%F \xff\x83", 65535/8))
	for _, a := range allAlphabets {
		if d := cost.CPU(func() { readText(a, long, plain, 3) }); d > time.Second {
			t.Errorf("%s took %s", a, d)
		}
	}
}
