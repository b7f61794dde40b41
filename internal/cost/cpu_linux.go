package cost

import (
	"runtime"
	"syscall"
	"time"
)

// CPU is the processor time that f takes on its own goroutine. Unlike the time
// on the clock it does not grow while other processes have the machine.
func CPU(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := used()
	f()
	return used() - before
}

func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_THREAD, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
