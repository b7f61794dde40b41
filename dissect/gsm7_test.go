package dissect

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"
)

var plain = shifts{&gsmDefault, &gsmExtension}

// perlTable asks Perl's Encode, an implementation that shares nothing with
// this one, for the characters of all septets and of all pairs with an escape.
const perlTable = `use Encode; for my $e ("", "\x1b") { for my $s (0..127) {
	my $in = $e . chr($s); next if $s == 0x1b;
	my $c = decode("gsm0338", $in, sub { "" });
	print unpack("H*", $e . chr($s)), " ", join(",", map { sprintf "%x", ord } split //, $c), "\n" } }`

func TestDefaultAlphabetAgreesWithPerl(t *testing.T) {
	perl, err := exec.LookPath("perl")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("no perl")
	}
	out, err := exec.Command(perl, "-e", perlTable).Output()
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for line := range strings.Lines(string(out)) {
		var in []byte
		var want rune
		if n, _ := fmt.Sscanf(line, "%x %x", &in, &want); n != 2 {
			continue // undefined behind an escape
		}
		got := readText(AlphabetGSM, in, plain, 0)
		if len(in) == 2 && gsmExtension[in[1]] == 0 {
			continue // Perl writes its own stand-in
		}
		compared++
		if got.string != string(want) || got.lossy {
			t.Errorf("%x is %q, Perl has %q", in, got.string, string(want))
		}
	}
	if compared != 127+10 {
		t.Errorf("%d positions were compared", compared)
	}
}

func TestSeptets(t *testing.T) {
	for _, c := range []struct {
		in, want string
		lossy    bool
	}{
		{"", "", false},
		{"Hello @\x00\x01\x02 \x1be \x1b(\x1b)\x1b<\x1b>\x1b/\x1b=\x1b\x14", "Hello ¡@£$ € {}[]\\~^", false},
		{"caf\x05", "café", false},
		{"\x09a va", "Ça va", false},
		{"page\x1b\x0Abreak", "page\fbreak", false},
		{"caf\xe9", "caf\uFFFD", true},           // Latin-1
		{"caf\xc3\xa9", "caf\uFFFD\uFFFD", true}, // UTF-8
		{"end\x1b", "end\uFFFD", true},
		{"a\x1b\x1bb", "a b", true},
		{"a\x1bcd", "acd", true}, // 6.2.1.1: the main table's character
		{"a\x1b\xE9d", "a\uFFFDd", true},
	} {
		got := readText(AlphabetGSM, []byte(c.in), plain, 0)
		if got.string != c.want || got.lossy != c.lossy || got.units != len(c.in) {
			t.Errorf("%q is %q, lossy %v, %d units", c.in, got.string, got.lossy, got.units)
		}
	}
}

// pack packs septets behind a header of that many octets.
func pack(septets []byte, header int) []byte {
	n := (7 - header*8%7) % 7
	bits, out := 0, []byte(nil)
	for _, s := range septets {
		bits |= int(s) << n
		for n += 7; n >= 8; n -= 8 {
			out = append(out, byte(bits))
			bits >>= 8
		}
	}
	if n > 0 {
		out = append(out, byte(bits))
	}
	return out
}

func TestPackedSeptets(t *testing.T) {
	for in, want := range map[string]string{
		"\xE8\x32\x9B\xFD\x46\x97\xD9\xEC\x37":         "hellohello", // TS 23.038 practice
		"\xC8\x32\x9B\xFD\x06":                         "Hello",
		"\x31\xD9\x8C\x56\xB3\xDD\x1A":                 "1234567",  // seven spare bits are zero
		"\x31\xD9\x8C\x56\xB3\xDD\x70":                 "12345678", // and a real eighth septet
		string(pack([]byte("1234567\r"), 0)):           "1234567",  // 6.1.2.3.1
		string(pack([]byte("12345678"), 0)):            "12345678",
		string(pack([]byte("\x1be 5"), 0)):             "€ 5",
		"":                                             "",
		string(pack([]byte("1234567\x00abcdefg"), 0)):  "1234567@abcdefg",
		string(pack([]byte("1234567\x00abcdefgh"), 0)): "1234567@abcdefgh",
	} {
		if got := readText(AlphabetGSMPacked, []byte(in), plain, 0); got.string != want || got.lossy {
			t.Errorf("%x is %q, lossy %v", in, got.string, got.lossy)
		}
	}
}

func TestPackedSeptetsBehindHeaders(t *testing.T) {
	all := make([]byte, 0, 160)
	for i := range 160 {
		all = append(all, "0123456789abcdefghijklmnopqrstuvwxyz"[i%36])
	}
	for header := range 20 {
		for n := range all {
			octets := pack(all[:n], header)
			got := readText(AlphabetGSMPacked, octets, plain, header)
			if got.string != string(all[:n]) || got.units != n {
				t.Fatalf("header %d: %d septets are %q, %d units", header, n, got.string, got.units)
			}
		}
	}
}

func TestGSMSeptets(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "a€{": 5, "@£ÄΔ": 4, "a`": -1, "á": -1, "\x00": -1, "\x1b": -1, "ж": -1} {
		n, ok := GSMSeptets(text)
		if ok != (want >= 0) || ok && n != want {
			t.Errorf("%q: %d %v", text, n, ok)
		}
	}
}

// tableIsSound tests what holds for each table: its characters are characters,
// different, and come back by the position they have.
func tableIsSound(t *testing.T, name string, table *septets, again ...rune) int {
	t.Helper()
	at, n := make(map[rune]int), 0
	for i, r := range table {
		if r == 0 {
			continue
		}
		n++
		if !utf8.ValidRune(r) || r > 0xFFFF {
			t.Errorf("%s: 0x%02X is %U", name, i, r)
		}
		if j, twice := at[r]; twice && !strings.ContainsRune(string(again), r) {
			t.Errorf("%s: %U stands at 0x%02X and 0x%02X", name, r, j, i)
		}
		at[r] = i
	}
	return n
}

func TestDefaultTables(t *testing.T) {
	if n := tableIsSound(t, "default", &gsmDefault); n != 128 {
		t.Errorf("%d positions", n)
	}
	if n := tableIsSound(t, "extension", &gsmExtension); n != 10 {
		t.Errorf("%d positions", n)
	}
}
