package report

import "testing"

// recent remembers as many numbers as it says, and no number twice as long.
func TestRecent(t *testing.T) {
	var s recent
	if s.has(0) || s.has(1) {
		t.Error("an empty set has something")
	}
	const span = recentWords * 64
	for n := int64(1); n < 3*span; n += 1_000_003 {
		s.add(n)
		s.add(n + 1)
		if !s.has(n) || !s.has(n+1) || s.has(n+2) {
			t.Fatalf("%d: not as entered", n)
		}
		if old := n - 1_000_003; old > 0 && !s.has(old) {
			t.Fatalf("%d is forgotten at %d", old, n)
		}
		if gone := n - 9*1_000_003; gone > 0 && s.has(gone) {
			t.Fatalf("%d is still known at %d", gone, n)
		}
	}
	s.add(100 * span) // far ahead: nothing of before is left
	for n := 100*span - span + 64; n < 100*span; n += 999 {
		if s.has(int64(n)) {
			t.Fatalf("%d was never entered", n)
		}
	}
	if len(s.bits) != recentWords {
		t.Errorf("%d words", len(s.bits))
	}
}
