package proxy

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// wait waits for events, and gives their number.
//
// First it does not tell Go's scheduler, which would take the thread's P away
// and find it another one for each of the short waits of a busy link. When the
// runtime wants the thread (to collect, or as it has had its P for 10 ms), it
// sends a signal, and the wait goes on as the scheduler's.
func (c *carrier) wait(events []unix.EpollEvent) int {
	if n := c.lone.poll(c.epoll, events); n > 0 {
		return n
	}
	if c.keepsP {
		if n, errno := rawWait(c.epoll, events, -1); errno == 0 {
			return n
		}
	}
	n, err := unix.EpollWait(c.epoll, events, -1)
	if err != nil && !errors.Is(err, syscall.EINTR) {
		panic(fmt.Sprint("epoll_wait: ", err)) // the descriptor is not one: a bug
	}
	return max(n, 0)
}

// mayKeepPs tells whether n carriers may: others must have a P, too, and the
// runtime its signals, which somebody who debugs may have turned off.
func mayKeepPs(n int) bool {
	return runtime.GOMAXPROCS(0) > n && !strings.Contains(os.Getenv("GODEBUG"), "asyncpreemptoff=1")
}

// rawWait is epoll_wait(2), for timeout ms, that Go's scheduler knows nothing of.
func rawWait(epoll int, events []unix.EpollEvent, timeout int) (int, syscall.Errno) {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epoll), uintptr(unsafe.Pointer(&events[0])), uintptr(len(events)), uintptr(timeout), 0, 0)
	return int(n), errno
}

// lone has a carrier look for more before it sleeps, while all that carriers
// relay is octets of one connection, and they come quickly: a peer that has one
// request open at a time waits mostly for processors to wake up. With more to
// relay than that, the peers can use the processors better.
type lone struct {
	busy  *atomic.Pointer[lone] // of the carrier that had the last event of all; nil: no looking
	last  [2]int32              // descriptors: the ends of a connection take turns
	at    time.Time
	quick int // events in a row
}

const (
	pollTime   = 100 * time.Microsecond // the longest look; what comes sooner is quick
	pollBehind = 16                     // quick events
)

// saw learns what a wait gave.
func (l *lone) saw(events []unix.EpollEvent) {
	if l.busy == nil {
		return
	}
	if l.busy.Load() != l {
		l.busy.Store(l)
		l.quick = 0
	}
	if len(events) != 1 || !l.same(events[0].Fd) {
		l.quick = 0
		return
	}
	now := time.Now()
	if now.Sub(l.at) < pollTime {
		l.quick++
	} else {
		l.quick = 0
	}
	l.at = now
}

// same tells whether fd may be of the connection that had the last event.
func (l *lone) same(fd int32) bool {
	switch fd {
	case l.last[0]:
		return true
	case l.last[1]:
		l.last[0], l.last[1] = fd, l.last[0]
		return true
	}
	l.last[0], l.last[1] = fd, l.last[0]
	return false
}

// poll looks for events where that is worth it; 0: there is none yet.
func (l *lone) poll(epoll int, events []unix.EpollEvent) int {
	if l.quick < pollBehind {
		return 0
	}
	for began := time.Now(); time.Since(began) < pollTime; {
		if n, errno := rawWait(epoll, events, 0); errno == 0 && n > 0 {
			return n
		}
	}
	l.quick = 0
	return 0
}
