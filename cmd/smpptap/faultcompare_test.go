//go:build linux && cgo

package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// wantRatio is what of its throughput the relay must have under a fault.
const wantRatio = 0.95

// comparison is of the relay's throughput in stretches with a fault and in
// those around them. A machine that others use, too, makes each stretch differ
// from the next by far more than what is asked for; so pairs are added until
// their estimate is clear.
type comparison struct{ with, without []float64 }

// The bounds of a comparison: pairs, and standard errors of the estimate.
const (
	fewest   = 6
	many     = 40 // before them nothing is found bad, behind them what seems good is
	most     = 120
	accurate = 0.035
	// What is as good as it should be hardly ever seems so much worse, in errors.
	clearlyLess = 4
)

func (c *comparison) add(with, without float64) {
	c.with, c.without = append(c.with, with), append(c.without, without)
}

// ratio is the estimate and its standard error. It is one of sums, as a single
// stretch in which somebody else had the machine would spoil a mean of ratios.
func (c *comparison) ratio() (ratio, err float64) {
	var with, without, squares float64
	for i := range c.with {
		with += c.with[i]
		without += c.without[i]
	}
	ratio = with / without
	for i := range c.with {
		d := c.with[i] - ratio*c.without[i]
		squares += d * d
	}
	return ratio, math.Sqrt(squares) / without
}

// open tells that more pairs are needed.
func (c *comparison) open() bool {
	ratio, err := c.ratio()
	n := len(c.with)
	switch {
	case n < fewest:
		return true
	case n >= most:
		return false
	case ratio < wantRatio:
		return n < many || ratio > wantRatio-clearlyLess*err
	}
	return n < many && err > accurate && ratio < wantRatio+3*err
}

// enough tells that few pairs show what is wanted, or twice as many do not.
func (c *comparison) enough() bool {
	n := len(c.with)
	return n >= fewest && c.holds() || n >= 2*fewest
}

// holds is told of a comparison that is not open any more. In doubt it holds.
func (c *comparison) holds() bool {
	ratio, err := c.ratio()
	return ratio+clearlyLess*err >= wantRatio
}

func (c *comparison) String() string {
	ratio, err := c.ratio()
	return fmt.Sprintf("%.3f ± %.3f of %d stretches", ratio, err, len(c.with))
}

// TestComparison: a loss of a seventh is found in spite of noise and drift, and
// none where there is none.
func TestComparison(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 34))
	const tries = 5000
	for _, ratio := range []float64{0.5, 0.85, 1, 1.1} {
		held, pairs := 0, 0
		for range tries {
			c := truly(ratio, random)
			if c.holds() {
				held++
			}
			pairs += len(c.with)
		}
		t.Logf("%.2f: found good %d of %d times, after %d pairs", ratio, held, tries, pairs/tries)
		if ratio < wantRatio && held > tries/10 || ratio >= 1 && held < tries {
			t.Errorf("%.2f is found good %d of %d times", ratio, held, tries)
		}
	}
}

// truly is a comparison whose truth is known, on a busy machine: at times there
// is hardly anything left for a stretch.
func truly(ratio float64, random *rand.Rand) *comparison {
	var c comparison
	pace := 1e5
	stretch := func() float64 {
		pace *= math.Exp(random.NormFloat64() / 20)
		if random.IntN(100) == 0 {
			return pace / 20
		}
		return pace * max(0.01, 1+random.NormFloat64()/8)
	}
	before := stretch()
	for c.open() {
		with, after := ratio*stretch(), stretch()
		c.add(with, (before+after)/2)
		before = after
	}
	return &c
}
