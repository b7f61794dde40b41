package proxy

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"smpptap/stream"
)

// stopTime is how long connections have for what was read and for saying
// goodbye when they are stopped.
const stopTime = time.Second

// drain waits for the connections to end, then ends them.
func (s *Server) drain() {
	done := make(chan struct{})
	go func() {
		s.serving.Wait()
		close(done)
	}()
	within := func(d time.Duration) bool {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-done:
			return true
		case <-s.killed:
		case <-t.C:
		}
		return false
	}
	if s.o.Drain > 0 && within(s.o.Drain) {
		return
	}
	s.each((*relay).stop)
	if !within(stopTime) {
		s.each((*relay).kill)
	}
	<-done
}

// each does something to all connections; there will be no more.
func (s *Server) each(do func(*relay)) {
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	s.cancel()
	for _, r := range s.all() {
		do(r)
	}
}

// all connections that are open now.
func (s *Server) all() []*relay {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.relays))
}

// notices tells of the run as a whole. A proxy sees no packets.
func (s *Server) notices(b *beat) {
	now := stamp()
	var refused, octets int64
	for _, l := range s.links {
		n := l.stats
		of := n.octets[stream.FromA].Load() + n.octets[stream.FromB].Load()
		octets += of
		refused += n.refused.Load()
		s.handler.notice(stream.Notice{
			Kind: stream.NoticeInput, Text: l.Name + " " + l.listener.Addr().String(),
			Octets: of, First: b.first, Last: now,
		})
	}
	s.handler.notice(stream.Notice{Kind: stream.NoticePackets, Octets: octets, First: b.first, Last: now})
	if refused > 0 {
		s.handler.notice(stream.Notice{
			Kind: stream.NoticeCap, Count: refused,
			Text: fmt.Sprintf("connections refused: more than %d at once", s.o.MaxConnections),
		})
	}
	if b.steps > 0 {
		s.handler.notice(stream.Notice{Kind: stream.NoticeClock, Count: b.steps, Octets: b.largest, First: b.at})
	}
}
