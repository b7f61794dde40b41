package report

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"smpptap/dissect"
)

// TestTimeline: however long the span, the buckets are bounded, nothing is
// lost, and a bucket holds just what lies in its time.
func TestTimeline(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, step := range []int64{1e6, 1e8, 1e9, 3600e9, 4 * 86400e9} {
		var tl timeline
		at, start := int64(1e18), int64(1e18)
		want := map[int64]int64{} // by time
		const n = 5000
		for range n {
			tl.add(at, dissect.CmdSubmitSMResp, dissect.SMSC, r.Int64N(1e9))
			want[at]++
			at += r.Int64N(2*step + 1)
		}
		if len(tl.buckets) > maxBuckets || tl.start != start {
			t.Errorf("step %d: %d buckets from %d", step, len(tl.buckets), tl.start)
		}
		var pdus, answers int64
		for i := range tl.buckets {
			b := &tl.buckets[i]
			pdus, answers = pdus+b.pdus, answers+b.answers.n
			for k, v := range want {
				if k >= start+int64(i)*tl.width && k < start+int64(i+1)*tl.width {
					b.pdus -= v
				}
			}
			if b.pdus != 0 {
				t.Fatalf("step %d: bucket %d is wrong by %d", step, i, b.pdus)
			}
		}
		if pdus != n || answers != n {
			t.Errorf("step %d: %d PDUs, %d answers", step, pdus, answers)
		}
	}
}

// TestTimelineOddClocks: times that step back, jump to the end of the world or
// are zero neither panic nor grow it.
func TestTimelineOddClocks(t *testing.T) {
	var tl timeline
	for _, at := range []int64{0, math.MaxInt64, -5, math.MinInt64, 1, math.MaxInt64 - 1} {
		tl.add(at, dissect.CmdSubmitSM, dissect.ESME, -1)
	}
	var n int64
	for i := range tl.buckets {
		n += tl.buckets[i].pdus
	}
	if n != 6 || len(tl.buckets) > maxBuckets || tl.width <= 0 {
		t.Errorf("%d PDUs in %d buckets of %d ns", n, len(tl.buckets), tl.width)
	}
	d := &Dossier{Audit: &Audit{}, Options: &Options{Time: TimeUTC}, timeline: tl}
	if p := d.ratePlot(); p == nil || strings.Contains(p.Series[0].Path, "NaN") || strings.Contains(p.Series[0].Path, "Inf") {
		t.Errorf("plot %+v", p)
	}
	if p := d.latencyPlot(); p != nil {
		t.Errorf("a plot of no answers: %+v", p)
	}
}

// TestHistogramMerge: two histograms put together are one of all values.
func TestHistogramMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var a, b, all histogram
		for range r.IntN(40) {
			v := int64(1) << r.IntN(40)
			a.add(v)
			all.add(v)
		}
		for range r.IntN(40) {
			v := r.Int64N(1 << 30)
			b.add(v)
			all.add(v)
		}
		a.merge(&b)
		for _, q := range []float64{0, 0.5, 0.99, 1} {
			if a.n != all.n || a.quantile(q) != all.quantile(q) {
				t.Fatalf("q %v: %d of %d, want %d of %d", q, a.quantile(q), a.n, all.quantile(q), all.n)
			}
		}
	}
}

// TestPlots: what is drawn stands where it should.
func TestPlots(t *testing.T) {
	d := &Dossier{Audit: &Audit{}, Options: &Options{Time: TimeUTC}}
	for i := range 100 { // ten a second for ten seconds, none in the middle
		if i < 40 || i >= 60 {
			d.timeline.add(int64(i)*int64(100*time.Millisecond), dissect.CmdSubmitSMResp, dissect.SMSC, int64(5*time.Millisecond))
		}
	}
	rate := d.ratePlot()
	if got := rate.Y[len(rate.Y)-1].Label; got != "10" {
		t.Errorf("the axis ends at %s, want 10", got)
	}
	// Up from 4 s to 6 s there is nothing: 10/s is the top, 0 the bottom.
	if want := "M64.0 10.0H321.6V162.0H450.4V10.0H708.0V162.0H64.0Z"; rate.Series[0].Path != want {
		t.Errorf("rate %s, want %s", rate.Series[0].Path, want)
	}
	latency := d.latencyPlot()
	labels := []string{latency.Y[0].Label, latency.Y[len(latency.Y)-1].Label}
	if !slices.Equal(labels, []string{"1 ms", "10 ms"}) {
		t.Errorf("axis %q", labels)
	}
	if strings.Count(latency.Series[0].Path, "M") != 2 {
		t.Errorf("two stretches were answered: %s", latency.Series[0].Path)
	}
}

func TestNiceStep(t *testing.T) {
	for whole, want := range map[float64]float64{0: 1, 1: 0.2, 4: 1, 5: 1, 7: 2, 10: 2, 24: 5, 26: 10, 999: 200, 1001: 500} {
		if got := niceStep(whole); math.Abs(got-want) > 1e-9 {
			t.Errorf("niceStep(%v) = %v, want %v", whole, got, want)
		}
	}
}
