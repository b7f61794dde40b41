package store

import (
	"database/sql/driver"
	"time"
)

// When the write-ahead log is moved into the database: after so many octets
// of rows, and not more often than this. A reader that stays open keeps part
// of it from being moved; then it is tried less often.
const (
	logOctets = 4 << 20
	logEvery  = time.Second
	logHeld   = 10 * time.Second
)

// logState tells when the log was moved last.
type logState struct {
	octets int64
	next   time.Time
}

// checkpoint moves the log when it is time. PASSIVE waits for nobody, and
// nobody for it; what it cannot move stays, and is tried again.
func (s *logState) checkpoint(k *keeper, octets int64) {
	s.octets += octets
	now := time.Now()
	if s.octets < logOctets || now.Before(s.next) {
		return
	}
	s.octets, s.next = 0, now.Add(logEvery)
	rows, err := k.db.write.Query("PRAGMA wal_checkpoint(PASSIVE)", nil)
	if err != nil {
		return // the next commit tells
	}
	defer rows.Close() //nolint:errcheck // it was read
	v := make([]driver.Value, 3)
	if rows.Next(v) == nil && v[1] != v[2] { // frames in the log, frames moved
		s.next = now.Add(logHeld)
	}
}
