package stream

import (
	"bytes"
	"testing"
)

// FuzzFramer cuts the input twice, in one piece and in pieces of the sizes
// that the second argument gives, and wants the same frames, which hold each
// octet once; then puts gaps between pieces.
func FuzzFramer(f *testing.F) {
	for _, s := range streams() {
		f.Add(s, []byte{3, 0, 100}, false)
	}
	f.Add(cat(enquire(1), payload(5, 700, "x"), enquire(2)), []byte{16, 20}, true)
	f.Fuzz(func(t *testing.T, in, sizes []byte, mid bool) {
		o := FramerOptions{Midstream: mid, MaxPDU: 5000}
		whole := frameAll(o, in, false)
		checkFrames(t, in, whole)
		i := -1
		next := func(int) int {
			if i++; len(sizes) == 0 {
				return 1
			}
			return int(sizes[i%len(sizes)])
		}
		compare(t, whole, frameBy(o, in, next))
		checkGaps(t, o, in, sizes)
	})
}

// checkGaps pushes pieces with gaps between, and counts.
func checkGaps(t *testing.T, o FramerOptions, in, sizes []byte) {
	f := NewFramer(o)
	var dst []Frame
	var sum int64
	for i, s := range sizes {
		n := min(int(s), len(in))
		dst = f.Push(dst, Stamp{}, bytes.Clone(in[:n]))
		in = in[n:]
		sum += int64(n)
		if i%3 == 1 {
			dst = f.Gap(dst, Stamp{}, int64(s/2))
			sum += int64(s / 2)
		}
	}
	dst = f.Close(dst, Stamp{}, true)
	var off int64
	for i, fr := range dst {
		if fr.Offset != off || fr.Length <= 0 || int64(len(fr.Octets)) > fr.Length-fr.Missing {
			t.Fatalf("frame %d: %+v, want offset %d", i, fr, off)
		}
		off += fr.Length
	}
	if off != sum {
		t.Fatalf("%d octets in frames, %d given", off, sum)
	}
}

// FuzzRecogniser wants no panic, and a verdict that stays.
func FuzzRecogniser(f *testing.F) {
	for _, s := range streams() {
		f.Add(s, []byte{3, 0, 100})
	}
	f.Add([]byte("GET / HTTP/1.1\r\n"), []byte{2})
	f.Fuzz(func(t *testing.T, in, sizes []byte) {
		r := NewRecogniser(RecogniserOptions{Limit: 500})
		last := Undecided
		for i, s := range sizes {
			n := min(int(s), len(in))
			v := r.Push(Dir(i%2), in[:n:n])
			if i%5 == 4 {
				v = r.Gap(Dir(i%2), int64(s)-5)
			}
			if last != Undecided && v != last {
				t.Fatalf("verdict %d after %d", v, last)
			}
			in, last = in[n:], v
		}
		if v := r.Close(); v == Undecided || last != Undecided && v != last {
			t.Fatalf("verdict %d at the end, %d before", v, last)
		}
	})
}
