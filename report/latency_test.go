package report

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestBuckets(t *testing.T) {
	last := -1
	for ns := int64(0); ns < 1<<20; ns += 1 + ns/100 {
		i := bucketOf(ns)
		if i < last {
			t.Fatalf("bucket of %d ns is %d, below %d", ns, i, last)
		}
		last = i
		if end := bucketEnd(i); end < ns || float64(end) > float64(ns)*1.07+1 {
			t.Fatalf("bucket %d of %d ns ends at %d", i, ns, end)
		}
	}
}

func TestQuantile(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var h histogram
	var all []int64
	for range 10_000 {
		v := int64(r.ExpFloat64() * 1e6)
		all = append(all, v)
		h.add(v)
	}
	slices.Sort(all)
	for _, q := range []float64{0.5, 0.99, 1} {
		want, got := all[int(q*float64(len(all)-1))], h.quantile(q)
		if float64(got) < 0.98*float64(want) || float64(got) > 1.08*float64(want) {
			t.Errorf("quantile %v is %d, want about %d", q, got, want)
		}
	}
}
