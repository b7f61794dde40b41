package session

import (
	"slices"
	"testing"
)

func TestSpellings(t *testing.T) {
	for _, c := range []struct{ id, want string }{
		{"2F7A10", "2f7a10"}, {"2f7a10", "2F7A10"}, {"2F7A10", "3111440"}, {"3111440", "2f7a10"}, {"3111440", "2F7A10"},
		{"3111440", "002F7A10"}, {"0042", "42"}, {"42", "0042"}, {"42", "0000000042"}, {"id-7", "ID-7"},
		{"812FC7470000001B", "9308878062554710043"}, {"9308878062554710043", "812fc7470000001b"},
	} {
		got := Spellings(c.id)
		if got[0] != c.id || !slices.Contains(got, c.want) {
			t.Errorf("Spellings(%q) lacks %q", c.id, c.want)
		}
		for _, s := range got {
			if Relate([]byte(c.id), []byte(s)) == RelationNone {
				t.Errorf("Spellings(%q) gives %q, which is no spelling of it", c.id, s)
			}
		}
	}
	for _, id := range []string{"", "-12", "1_000", "+5"} {
		for _, s := range Spellings(id) {
			if s != id && Relate([]byte(id), []byte(s)) == RelationNone {
				t.Errorf("Spellings(%q) gives %q", id, s)
			}
		}
	}
}
