package report

import "testing"

func TestThings(t *testing.T) {
	for _, c := range []struct {
		n           int64
		words, want string
	}{
		{0, "known findings", "0 known findings"},
		{1, "known findings", "1 known finding"},
		{1, "PDUs", "1 PDU"},
		{1, "connections refused: more than 9 at once", "1 connection refused: more than 9 at once"},
		{1200, "records not stored", "1,200 records not stored"},
	} {
		if got := Things(c.n, c.words); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}
