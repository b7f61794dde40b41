package report

import (
	"time"

	"smpptap/dissect"
)

// A timeline counts PDUs and response times in buckets of time. There are at
// most maxBuckets: when the span grows beyond them, their width doubles and
// neighbours are put together, so its memory does not depend on the span.
const (
	maxBuckets  = 300
	firstBucket = int64(125 * time.Millisecond) // eight are a second
)

// maxSpan is the longest span of a timeline in nanoseconds; what is later, as
// after a clock that jumped, counts at its end.
const maxSpan = int64(1) << 61

type timeline struct {
	begun   bool
	start   int64 // nanoseconds since 1970 UTC
	width   int64
	buckets []bucket
}

type bucket struct {
	pdus, submits int64
	answers       histogram // of the SMSC, by when the response was seen
}

// add counts a PDU. Latency is in nanoseconds, negative where it is no
// response or the request is not known.
func (t *timeline) add(at int64, command uint32, from dissect.Side, latency int64) {
	b := t.at(at)
	b.pdus++
	switch command {
	case dissect.CmdSubmitSM, dissect.CmdSubmitMulti, dissect.CmdDataSM, dissect.CmdBroadcastSM:
		if from == dissect.ESME {
			b.submits++
		}
	}
	if latency >= 0 && from == dissect.SMSC {
		b.answers.add(latency)
	}
}

// at gives the bucket of a time. The first PDU's time is the start; what is
// earlier, as after a step of the clock, counts there.
func (t *timeline) at(ns int64) *bucket {
	if !t.begun {
		t.begun, t.start, t.width = true, ns, firstBucket
	}
	past := max(0, ns-t.start)
	if ns > t.start && past == 0 || past > maxSpan { // or the difference overflows
		past = maxSpan
	}
	for past/t.width >= maxBuckets {
		t.double()
	}
	i := int(past / t.width)
	for len(t.buckets) <= i {
		t.buckets = append(t.buckets, bucket{})
	}
	return &t.buckets[i]
}

func (t *timeline) double() {
	t.width *= 2
	t.buckets = joined(t.buckets, 2)
}

// joined puts each n neighbours together, into the same array.
func joined(all []bucket, n int) []bucket {
	count := (len(all) + n - 1) / n
	for i := range count {
		sum := all[i*n]
		for k := i*n + 1; k < min((i+1)*n, len(all)); k++ {
			sum.pdus += all[k].pdus
			sum.submits += all[k].submits
			sum.answers.merge(&all[k].answers)
		}
		all[i] = sum
	}
	clear(all[count:])
	return all[:count]
}

// merge adds what another histogram counted.
func (h *histogram) merge(o *histogram) {
	if o.n == 0 {
		return
	}
	if h.n == 0 {
		*h = histogram{low: o.low, counts: append([]uint32(nil), o.counts...), n: o.n, max: o.max}
		return
	}
	low := min(h.low, o.low)
	high := max(h.low+len(h.counts), o.low+len(o.counts))
	counts := make([]uint32, high-low)
	copy(counts[h.low-low:], h.counts)
	for i, c := range o.counts {
		counts[o.low-low+i] += c
	}
	h.low, h.counts = low, counts
	h.n += o.n
	h.max = max(h.max, o.max)
}

// perSecond gives the buckets with a width of a second at least: a rate over
// less says nothing.
func (t *timeline) perSecond() ([]bucket, int64) {
	all, width := append([]bucket(nil), t.buckets...), t.width
	if n := int64(time.Second) / max(1, width); n > 1 {
		for i := range all { // the histograms stay the timeline's
			all[i].answers = histogram{}
		}
		all, width = joined(all, int(n)), width*n
	}
	return all, width
}
