package report

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestSafe(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"plain text", "plain text"},
		{"Grüße, 你好, привет, שלום", "Grüße, 你好, привет, שלום"},
		{"\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"\x1b]0;title\a", `\x1b]0;title\x07`},
		{"a\r\nb\tc", `a\r\nb\tc`},
		{"nul\x00del\x7f", `nul\x00del\x7f`},
		{"c1 \u009b31m", `c1 \u009b31m`},
		{"raw \x9b\xff", `raw \x9b\xff`},
		{"evil\u202etxt.exe", `evil\u202etxt.exe`},
		{"iso\u2066late\u2069", `iso\u2066late\u2069`},
		{"zero\u200bwidth\ufeff", `zero\u200bwidth\ufeff`},
		{"line\u2028par\u2029", `line\u2028par\u2029`},
		{"tag\U000e0041", `tag\U000e0041`},
		{"filler\u3164", `filler\u3164`},
		{"cut \xe4\xbd", `cut \xe4\xbd`},
		{`back\slash`, `back\slash`},
	} {
		if got := Safe(c.in); got != c.want {
			t.Errorf("Safe(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestTruncate(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"abcdef", 6, "abcdef"},
		{"abcdef", 5, "abcd…"},
		{"abcdef", 0, "abcdef"},
		{"你好你好", 5, "你好…"},
		{"你好你好", 4, "你…"},
	} {
		got := Truncate(c.in, c.width)
		if got != c.want {
			t.Errorf("Truncate(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
		if c.width > 0 && Width(got) > c.width {
			t.Errorf("Truncate(%q, %d) is %d wide", c.in, c.width, Width(got))
		}
	}
}

func FuzzSafe(f *testing.F) {
	for _, s := range []string{"", "abc", "\x1b]8;;http://x\x07", "\u202e\u2066", "\xff\xfe", "e\u0301", "👨‍👩‍👧", "\u2028"} {
		f.Add(s, 10)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		got := Safe(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q is no UTF-8", got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
				t.Fatalf("%q holds %U", got, r)
			}
		}
		if Safe(got) != got {
			t.Fatalf("%q is not stable", got)
		}
		width %= 200
		cut := Truncate(got, width)
		if !utf8.ValidString(cut) {
			t.Fatalf("cut %q is no UTF-8", cut)
		}
		if width > 0 && Width(cut) > width {
			t.Fatalf("%q is wider than %d", cut, width)
		}
		if !strings.HasPrefix(got, strings.TrimSuffix(cut, "…")) {
			t.Fatalf("%q is no beginning of %q", cut, got)
		}
	})
}
