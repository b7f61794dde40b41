package report

import "testing"

// recent gives a number back once, remembers as many as it says, and none twice
// as long.
func TestRecent(t *testing.T) {
	var s recent
	if s.take(0) || s.take(1) {
		t.Error("an empty set has something")
	}
	const span, step = recentPages * recentSpan, 1_000_003
	for n := int64(1); n < 3*span; n += step {
		s.add(n)
		s.add(n)
		s.add(n + 1)
		if !s.take(n) || s.take(n) || s.take(n+2) {
			t.Fatalf("%d: not as entered", n)
		}
		if old := n - 7*step; old > 0 && !s.take(old+1) {
			t.Fatalf("%d is forgotten at %d", old+1, n)
		}
	}
	for n := int64(1); n < 20*step; n += step {
		s.add(span*10 + n)
	}
	for n := int64(1); n < 20*step; n += step {
		if got, want := s.take(span*10+n), n+span > 19*step; got != want {
			t.Errorf("%d of those up to 19 million: %v, want %v", n, got, want)
		}
	}
	s.add(100 * span) // far ahead: nothing of before is left
	for n := int64(100*span - span); n < 100*span; n += 999 {
		if s.take(n) {
			t.Fatalf("%d was never entered", n)
		}
	}
	s.add(1) // long past
	if s.take(1) {
		t.Error("1 is in the set beside numbers a hundred times its span later")
	}
}

// recent keeps no page for numbers that were taken, nor more than its ring
// holds.
func TestRecentRoom(t *testing.T) {
	var s recent
	const answers = 10_000 // so many numbers later
	for n := int64(0); n < 3*recentPages*recentSpan; n += 2 {
		s.add(n)
		if n >= answers && !s.take(n-answers) {
			t.Fatalf("%d is forgotten", n-answers)
		}
	}
	pages := len(s.spare)
	for _, p := range s.pages {
		if p != nil {
			pages++
		}
	}
	if want := answers/recentSpan + 2; pages > want {
		t.Errorf("%d pages, %d spare; want %d", pages, len(s.spare), want)
	}
	for n := int64(0); n < 3*recentPages; n++ {
		s.add(n * recentSpan)
	}
	if len(s.spare) > 1 {
		t.Errorf("%d pages spare beside a full ring", len(s.spare))
	}
}
