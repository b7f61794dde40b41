package audit

import "testing"

// TestNumbered: what was put is taken once; beyond the places that there may
// be, the newest are there.
func TestNumbered(t *testing.T) {
	var x numbered[int]
	if _, ok := x.take(5); ok {
		t.Error("something is in an empty one")
	}
	const most, many = 64, 1000
	for n := 1; n <= many; n++ {
		x.put(int64(n), n*n, most)
	}
	if len(x.places) != most {
		t.Errorf("%d places", len(x.places))
	}
	for n := many; n > 0; n-- {
		what, ok := x.take(int64(n))
		if ok != (n > many-most) || ok && what != n*n {
			t.Errorf("%d: %d, %v", n, what, ok)
		}
		if _, again := x.take(int64(n)); again {
			t.Errorf("%d is there twice", n)
		}
	}
	for _, n := range []int64{3, 3 + 4, 3 + 8, 3 + 16} { // all want one place of four
		x.put(n, int(n), most)
	}
	for _, n := range []int64{3, 7, 11, 19} {
		if what, ok := x.take(n); !ok || what != int(n) {
			t.Errorf("%d: %d, %v", n, what, ok)
		}
	}
}
