package report

import "math/bits"

// histogram counts durations in buckets that grow with the duration: sixteen
// to each doubling, so that a quantile is at most 6 % too large. Only the
// stretch between the smallest and the largest bucket is kept.
type histogram struct {
	low    int
	counts []uint32
	n      int64
	max    int64
}

const bucketsPerDoubling = 16

// bucketOf is the bucket of a duration in nanoseconds.
func bucketOf(ns int64) int {
	if ns < bucketsPerDoubling {
		return int(max(0, ns))
	}
	shift := bits.Len64(uint64(ns)) - 5
	return shift*bucketsPerDoubling + int(ns>>shift)
}

// bucketEnd is the largest duration of a bucket.
func bucketEnd(i int) int64 {
	if i < 2*bucketsPerDoubling {
		return int64(i)
	}
	shift := i/bucketsPerDoubling - 1
	return int64(i%bucketsPerDoubling+bucketsPerDoubling+1)<<shift - 1
}

func (h *histogram) add(ns int64) {
	i := bucketOf(ns)
	switch {
	case len(h.counts) == 0:
		h.low, h.counts = i, make([]uint32, 1)
	case i < h.low:
		h.counts = append(make([]uint32, h.low-i, h.low-i+len(h.counts)), h.counts...)
		h.low = i
	case i >= h.low+len(h.counts):
		h.counts = append(h.counts, make([]uint32, i-h.low-len(h.counts)+1)...)
	}
	h.counts[i-h.low]++
	h.n++
	h.max = max(h.max, ns)
}

// quantile is the duration that a share q of all does not exceed.
func (h *histogram) quantile(q float64) int64 {
	want, seen := int64(q*float64(h.n)+0.5), int64(0)
	for i, c := range h.counts {
		seen += int64(c)
		if seen >= max(1, want) {
			return min(bucketEnd(h.low+i), h.max)
		}
	}
	return h.max
}
