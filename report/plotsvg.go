package report

import (
	"math"
	"strconv"
	"time"
)

// Size of a plot's drawing in its own units, and of the margins for labels.
const (
	plotWidth  = 720
	plotHeight = 190
	plotLeft   = 64
	plotRight  = 12
	plotTop    = 10
	plotBottom = 28
)

// plot is a drawing of series over time. All texts in it are ours.
type plot struct {
	Title, About string
	Width        int
	Height       int
	Left, Right  string // ends of the axis of time
	X, Y         []plotTick
	Series       []plotSeries
	Marks        []plotMark
}

type plotTick struct{ At, Label string }

// plotSeries is a line or an area; Class says how it is drawn.
type plotSeries struct{ Name, Class, Path string }

// plotMark is a finding's time.
type plotMark struct{ At, Class string }

// axis maps a value to a place: linear, or of decades when log is set.
type axis struct {
	low, high float64
	log       bool
	from, to  float64
}

func (a *axis) at(v float64) float64 {
	low, high := a.low, a.high
	if a.log {
		v, low, high = math.Log10(max(v, low)), math.Log10(low), math.Log10(high)
	}
	return a.from + (v-low)/(high-low)*(a.to-a.from)
}

func coordinate(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// ratePlot draws PDUs and submits a second.
func (d *Dossier) ratePlot() *plot {
	all, width := d.timeline.perSecond()
	if len(all) == 0 {
		return nil
	}
	seconds := float64(width) / 1e9
	most := 0.0
	for i := range all {
		most = max(most, float64(all[i].pdus)/seconds)
	}
	step := niceStep(most)
	y := axis{low: 0, high: math.Ceil(most/step) * step, from: plotHeight - plotBottom, to: plotTop}
	p := d.newPlot("PDUs per second", "counted over "+spanWord(width)+" each", len(all), width)
	for v := 0.0; v <= y.high+step/2; v += step {
		p.Y = append(p.Y, plotTick{coordinate(y.at(v)), strconv.FormatFloat(v, 'g', 6, 64)})
	}
	rate := func(n func(*bucket) int64) func(int) (float64, bool) {
		return func(i int) (float64, bool) { return y.at(float64(n(&all[i])) / seconds), true }
	}
	pdus := steps(len(all), rate(func(b *bucket) int64 { return b.pdus }))
	base := coordinate(y.from)
	p.Series = []plotSeries{
		{"all PDUs", "area", pdus + "V" + base + "H" + coordinate(plotLeft) + "Z"},
		{"submits of the ESME", "one", steps(len(all), rate(func(b *bucket) int64 { return b.submits }))},
	}
	return p
}

// latencyPlot draws the median and the 99th percentile of the SMSC's response
// times; nil: it answered nothing.
func (d *Dossier) latencyPlot() *plot {
	all, width := d.timeline.buckets, d.timeline.width
	low, high := int64(math.MaxInt64), int64(0)
	for i := range all {
		if h := &all[i].answers; h.n > 0 {
			low, high = min(low, h.quantile(0.5)), max(high, h.quantile(0.99))
		}
	}
	if low > high {
		return nil
	}
	y := axis{log: true, from: plotHeight - plotBottom, to: plotTop}
	first := math.Floor(math.Log10(float64(max(low, 1000))))
	last := max(first+1, math.Ceil(math.Log10(float64(max(high, 1000)))))
	y.low, y.high = math.Pow(10, first), math.Pow(10, last)
	p := d.newPlot("Response times of the SMSC", "over "+spanWord(width)+" each, logarithmic", len(all), width)
	for v := first; v <= last; v++ {
		p.Y = append(p.Y, plotTick{coordinate(y.at(math.Pow(10, v))), decade(int(v))})
	}
	quantile := func(q float64) func(int) (float64, bool) {
		return func(i int) (float64, bool) {
			h := &all[i].answers
			return y.at(float64(h.quantile(q))), h.n > 0
		}
	}
	p.Series = []plotSeries{
		{"median (p50)", "one", steps(len(all), quantile(0.5))},
		{"99th percentile (p99)", "two", steps(len(all), quantile(0.99))},
	}
	return p
}

// newPlot makes the frame and the axis of time for n buckets.
func (d *Dossier) newPlot(title, about string, n int, width int64) *plot {
	p := &plot{Title: title, About: about, Width: plotWidth, Height: plotHeight}
	p.Left, p.Right = coordinate(plotX(0)), coordinate(plotX(1))
	const ticks = 5
	span := int64(n) * width
	for i := range ticks {
		at := d.timeline.start + span/(ticks-1)*int64(i)
		p.X = append(p.X, plotTick{coordinate(plotX(float64(i) / (ticks - 1))), d.tickTime(at, span)})
	}
	for i := range d.findings.all {
		f := &d.findings.all[i]
		if at := float64(f.Time-d.timeline.start) / float64(span); f.Time != 0 && at >= 0 && at <= 1 && len(p.Marks) < maxBuckets {
			p.Marks = append(p.Marks, plotMark{coordinate(plotX(at)), f.Severity.String()})
		}
	}
	return p
}

func plotX(share float64) float64 { return plotLeft + share*(plotWidth-plotLeft-plotRight) }

// steps draws a line of n level pieces; at gives the place of each, or false
// where there is none.
func steps(n int, at func(i int) (float64, bool)) string {
	var b []byte
	drawn, last := false, ""
	for i := range n {
		v, ok := at(i)
		if !ok {
			drawn = false
			continue
		}
		x, y := coordinate(plotX(float64(i)/float64(n))), coordinate(v)
		switch {
		case !drawn:
			b = append(b, 'M')
			b = append(append(append(b, x...), ' '), y...)
		case y != last: // the line stands at x already
			b = append(append(b, 'V'), y...)
		}
		drawn, last = true, y
		if next, ok := peek(at, i+1, n); !ok || coordinate(next) != y {
			b = append(append(b, 'H'), coordinate(plotX(float64(i+1)/float64(n)))...)
		}
	}
	return string(b)
}

func peek(at func(int) (float64, bool), i, n int) (float64, bool) {
	if i >= n {
		return 0, false
	}
	return at(i)
}

// niceStep gives a step of 1, 2 or 5 times a power of ten that makes at most
// five of the whole.
func niceStep(whole float64) float64 {
	if whole <= 0 {
		return 1
	}
	step := math.Pow(10, math.Floor(math.Log10(whole/5)))
	for _, m := range [...]float64{1, 2, 5, 10} {
		if whole/(step*m) <= 5 {
			return step * m
		}
	}
	return step * 10
}

// decade writes 10^n nanoseconds.
func decade(n int) string {
	units := [...]string{"ns", "µs", "ms", "s"}
	u := min(n/3, len(units)-1)
	value := "1"
	for range n - 3*u {
		value += "0"
	}
	return value + " " + units[u]
}

// spanWord writes the width of a bucket in full: "125 ms", "8 s".
func spanWord(ns int64) string {
	if ns < int64(time.Second) {
		return strconv.FormatInt(ns/int64(time.Millisecond), 10) + " ms"
	}
	return Count(ns/int64(time.Second)) + " s"
}

// tickTime writes a time of the axis, no finer than the span needs.
func (d *Dossier) tickTime(ns, span int64) string {
	if d.Options.Time == TimeRelative || d.Options.Time == TimeEpoch {
		return string(d.Options.appendTimeDigits(nil, ns, 1))
	}
	at := time.Unix(0, ns)
	if d.Options.Time == TimeUTC {
		at = at.UTC()
	}
	switch {
	case span < 10*int64(time.Second):
		return at.Format("15:04:05.000")
	case span < 2*24*int64(time.Hour):
		return at.Format("15:04:05")
	}
	return at.Format("2 Jan 15:04")
}
