package main

import (
	"fmt"
	"io"
	"time"

	"smpptap/report"
)

// progress draws how far a file is read, on a terminal and after a second
// only, so that short runs and logs stay clean.
type progress struct {
	w     io.Writer // nil: draw nothing
	start time.Time
	last  time.Time
	drawn bool
}

// newProgress makes a progress on a stream that may be no terminal.
func newProgress(w io.Writer, quiet bool) *progress {
	p := &progress{start: time.Now()}
	if _, ok := isTerminal(w); ok && !quiet {
		p.w = w
	}
	return p
}

// update is capture.Options.Progress.
func (p *progress) update(read, total int64) {
	now := time.Now()
	if p.w == nil || now.Sub(p.start) < time.Second || now.Sub(p.last) < 100*time.Millisecond {
		return
	}
	p.last, p.drawn = now, true
	rate := report.Size(int64(float64(read)/now.Sub(p.start).Seconds())) + "/s"
	if total <= 0 {
		fmt.Fprintf(p.w, "\r\x1b[Kreading %s, %s", report.Size(read), rate)
		return
	}
	share := min(1, float64(read)/float64(total))
	bar := []rune("░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░")
	for i := range int(share * float64(len(bar))) {
		bar[i] = '█'
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s %3.0f %%  %s of %s, %s", string(bar), 100*share,
		report.Size(read), report.Size(total), rate)
}

// done takes the bar away.
func (p *progress) done() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}
