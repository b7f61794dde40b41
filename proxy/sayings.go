package proxy

import (
	"log/slog"
	"sync"
	"time"
)

// sayEvery is how often one thing is logged at most: who makes thousands of
// connections must not fill the disk with lines.
const sayEvery = time.Second

// saying is something that may happen often. What was not logged is counted in
// the next line.
type saying struct {
	mu    sync.Mutex
	next  time.Time
	quiet int64
}

func (s *saying) warn(log *slog.Logger, msg string, attrs ...any) {
	s.mu.Lock()
	now := time.Now()
	if now.Before(s.next) {
		s.quiet++
		s.mu.Unlock()
		return
	}
	if s.quiet > 0 {
		attrs = append(attrs, "not_logged", s.quiet)
	}
	s.next, s.quiet = now.Add(sayEvery), 0
	s.mu.Unlock()
	log.Warn(msg, attrs...)
}

// sayings of a link.
type sayings struct {
	accept, limit, greeting, dial, relay saying
}
