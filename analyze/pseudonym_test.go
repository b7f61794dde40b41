package analyze

import (
	"strings"
	"testing"

	"smpptap/dissect"
)

func pseudonym(p *pseudonyms, s string) string {
	b := []byte(s)
	p.put(b, []dissect.Span{{Off: 0, End: len(b)}})
	return string(b)
}

func TestPseudonyms(t *testing.T) {
	p, q := newPseudonyms([]byte("a key of sixteen")), newPseudonyms([]byte("another key of 16"))
	bare := pseudonym(p, "393331234567")
	for _, s := range []string{"393331234567", "12345", "1234", "7999999999999999999", "999999999999999999999999999999999999"} {
		got := pseudonym(p, s)
		if len(got) != len(s) || got == s || strings.Trim(got, "0123456789") != "" || got[0] == '0' {
			t.Errorf("%s: %s", s, got)
		}
		if again := pseudonym(p, s); again != got {
			t.Errorf("%s: %s, then %s", s, got, again)
		}
		if pseudonym(newPseudonyms([]byte("a key of sixteen")), s) != got {
			t.Errorf("%s: another run differs", s)
		}
		if pseudonym(q, s) == got && len(s) > 5 {
			t.Errorf("%s: another key gives the same", s)
		}
	}
	for s, want := range map[string]string{
		"+393331234567": "+" + bare, "00393331234567": "00" + bare, "0393331234567": "0" + bare,
		"123": "***", "": "", "+": "*", "39-3331234567": "*************", "a\x00bcde": "******", "^98.*$": "******",
		strings.Repeat("9", 37): strings.Repeat("*", 37),
	} {
		if got := pseudonym(p, s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	if got := pseudonym(p, "ACMECo-1"); len(got) != 8 || got[6] != '-' || got == "ACMECo-1" || got == pseudonym(p, "ACMECo-2") || got != pseudonym(p, "ACMECo-1") {
		t.Error(got)
	}
}

// No two numbers of one length share a pseudonym.
func TestPseudonymsDistinct(t *testing.T) {
	p := newPseudonyms([]byte("a key of sixteen"))
	seen := map[string]bool{}
	for n := 1000; n < 10_000; n++ {
		seen[p.number(pad(uint64(n), 4))] = true
	}
	if len(seen) != 9000 {
		t.Errorf("%d of 9000", len(seen))
	}
}
