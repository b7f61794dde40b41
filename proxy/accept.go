package proxy

import (
	"errors"
	"net"
	"time"
)

const (
	minAcceptPause = 5 * time.Millisecond
	maxAcceptPause = time.Second
)

// acceptAll takes a link's connections until its listener is closed. What
// keeps it from accepting (no file descriptor, no memory) may pass: it waits,
// and clients wait in the kernel.
func (s *Server) acceptAll(l *link) {
	pause := time.Duration(0)
	for {
		c, err := l.listener.AcceptTCP()
		if err == nil {
			pause = 0
			s.take(l, c)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		pause = min(max(2*pause, minAcceptPause), maxAcceptPause)
		l.said.accept.warn(l.log, "cannot accept", "error", err)
		select {
		case <-time.After(pause):
		case <-s.killed:
			return
		}
	}
}

// take serves a connection, or resets it when there are too many.
func (s *Server) take(l *link, c *net.TCPConn) {
	l.stats.accepted.Add(1)
	r := newRelay(s, l, c)
	if !s.enter(r) {
		reset(c)
		return
	}
	s.serving.Go(func() {
		if !r.reach() {
			s.leave(r)
			return
		}
		// Reaching the SMSC took a deep stack, TLS most, and no stack gets as
		// small again as a new one: where thousands are idle that counts.
		s.serving.Go(func() {
			defer s.leave(r)
			r.serve()
		})
	})
}

// enter counts a connection among those that are open.
func (s *Server) enter(r *relay) bool {
	s.mu.Lock()
	full, stopping := len(s.relays) >= s.o.MaxConnections, s.stopping
	if !full && !stopping {
		s.relays[r] = struct{}{}
	}
	s.mu.Unlock()
	switch {
	case stopping:
		return false
	case full:
		r.link.stats.refused.Add(1)
		r.link.said.limit.warn(r.log, "connection refused: too many are open", "max_connections", s.o.MaxConnections)
		return false
	}
	r.link.stats.open.Add(1)
	return true
}

func (s *Server) leave(r *relay) {
	r.link.stats.open.Add(-1)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.relays, r)
}

// reset closes with a RST.
func reset(c *net.TCPConn) {
	_ = c.SetLinger(0) // fails on a socket that is closed already
	_ = c.Close()
}
