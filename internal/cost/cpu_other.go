//go:build !linux

package cost

import "time"

// CPU is the time that f takes.
func CPU(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}
