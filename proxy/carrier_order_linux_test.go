package proxy

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A word that a connection be given back may come when it has been, and when
// another one has its descriptors' numbers. That one is not touched.
func TestCarrierRecallsLate(t *testing.T) {
	c := &carrier{ends: make(map[int32]carriedEnd)}
	if err := c.open(); err != nil {
		t.Fatal(err)
	}
	defer c.release()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(fds[:])
	old := &carried{fds: fds, done: make(chan struct{})}
	if !c.take(old) {
		t.Fatal("not taken")
	}
	c.giveBack(old)
	next := &carried{fds: fds, done: make(chan struct{})}
	if !c.take(next) {
		t.Fatal("not taken")
	}
	c.recall(old)
	c.told()
	if c.load() != 2 {
		t.Error("another connection was given back")
	}
	c.recall(next)
	c.told()
	<-next.done
}
