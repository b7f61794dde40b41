package dissect

import "testing"

func TestTypos(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		limit int
		want  int
	}{
		{"submit_sm", "submit_sm", 3, 0}, {"sumbit_sm", "submit_sm", 3, 1}, {"submitsm", "submit_sm", 3, 1},
		{"submit_sn", "submit_sm", 3, 1}, {"abc", "xyz", 3, 3}, {"a", "abcdef", 3, 4}, {"", "ab", 3, 2},
	} {
		if got := Typos(c.a, c.b, c.limit); got != c.want {
			t.Errorf("Typos(%q, %q, %d) = %d, want %d", c.a, c.b, c.limit, got, c.want)
		}
		if got := Typos(c.b, c.a, c.limit); got != c.want {
			t.Errorf("Typos(%q, %q, %d) = %d, want %d", c.b, c.a, c.limit, got, c.want)
		}
	}
}
