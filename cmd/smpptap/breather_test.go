//go:build linux

package main

import (
	"testing"
	"time"
)

func TestTicks(t *testing.T) {
	idle, all := ticks([]byte("cpu  10 20 30 400 50 6 7 8 9 1\ncpu0 1 2 3 4 5 6 7 8 9 1\n"))
	if idle != 450 || all != 531 {
		t.Errorf("idle %d of %d", idle, all)
	}
	if idle, all := ticks(nil); idle != 0 || all != 0 {
		t.Errorf("idle %d of %d", idle, all)
	}
}

// TestBreather: who is not far behind never waits, nor who has nothing more to
// expect.
func TestBreather(t *testing.T) {
	b := breather{busy: true, next: time.Now().Add(time.Hour)}
	waits := func(waiting int64) bool {
		begin := time.Now()
		b.breathe(waiting)
		return time.Since(begin) >= breath
	}
	if !waits(farBehind + 1) {
		t.Error("it does not hold back far behind")
	}
	b.ended.Store(true)
	if waits(farBehind + 1) {
		t.Error("it holds back at the end")
	}
}
