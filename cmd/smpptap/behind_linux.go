package main

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// behindNice is the niceness of threads that only look at traffic: the lowest
// priority, so that under full load what relays it runs, and the analysis sheds.
const behindNice = 19

// stayBehind readies the process for n goroutines that call behindTraffic. A
// thread that is not given the machine keeps its place in Go's scheduler all the
// same, so that there have to be more places than processors: otherwise what
// relays would wait for one that waits for the machine.
func stayBehind(n int) { runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + n) }

// behindTraffic gives the calling goroutine a thread of its own with the lowest
// priority. Linux has priorities by thread. It needs no privilege; where it
// fails the analysis only competes.
func behindTraffic() {
	runtime.LockOSThread()
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), behindNice)
}
