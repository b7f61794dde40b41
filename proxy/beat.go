package proxy

import (
	"time"

	"smpptap/stream"
)

const (
	beatTime = time.Second
	// underWay is how long octets may take from their stamp into the tap, by
	// a processor that has others to serve.
	underWay = 250 * time.Millisecond
	// clockStep is how far the clock has to be set back to be told.
	clockStep = 10 * time.Millisecond
)

// beat tells the handler time, watches whether the clock steps back, and looks
// after connections that stand still.
type beat struct {
	first   stream.Stamp
	steps   int64
	largest int64
	at      stream.Stamp // of the first step
	stop    chan struct{}
	stopped chan struct{}
}

func stamp() stream.Stamp { return stream.Stamp{Time: time.Now().UnixNano()} }

func (s *Server) newBeat() *beat {
	b := &beat{first: stamp(), stop: make(chan struct{}), stopped: make(chan struct{})}
	go b.run(s)
	return b
}

func (b *beat) run(s *Server) {
	defer close(b.stopped)
	tick := time.NewTicker(beatTime)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-b.stop:
			return
		case <-tick.C:
		}
		now := time.Now()
		b.compare(last, now)
		last = now
		s.handler.clock(stream.Stamp{Time: now.Add(-underWay).UnixNano()})
		for _, r := range s.all() {
			r.unblock(now.UnixNano())
		}
	}
}

// compare the clock's step with the time that passed.
func (b *beat) compare(last, now time.Time) {
	back := now.Sub(last) - time.Duration(now.UnixNano()-last.UnixNano())
	if back < clockStep {
		return
	}
	if b.steps++; b.steps == 1 {
		b.at = stream.Stamp{Time: now.UnixNano()}
	}
	b.largest = max(b.largest, int64(back))
}

func (b *beat) end() {
	close(b.stop)
	<-b.stopped
}
