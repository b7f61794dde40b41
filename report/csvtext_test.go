package report

import "testing"

func TestCSVText(t *testing.T) {
	for _, c := range []struct{ in, file, screen string }{
		{"plain", "plain", "plain"},
		{"=1+1", "'=1+1", "'=1+1"},
		{"a\r\nb\tc", "a\r\nb\tc", `a\r\nb\tc`},
		{"\x1b[2J\x07", `\x1b[2J\x07`, `\x1b[2J\x07`},
		{"\u009b2J\x7f\x9b", `\u009b2J\x7f\x9b`, `\u009b2J\x7f\x9b`},
		{"\u202eשלום\u200d", "\u202eשלום\u200d", `\u202eשלום\u200d`},
		{"\r=1", "'\r=1", `\r=1`},
	} {
		if got := csvText(c.in, false); got != c.file {
			t.Errorf("%q to a file: %q, want %q", c.in, got, c.file)
		}
		if got := csvText(c.in, true); got != c.screen {
			t.Errorf("%q to a screen: %q, want %q", c.in, got, c.screen)
		}
	}
}
