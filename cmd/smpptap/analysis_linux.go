package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"smpptap/analyze"
)

// runAnalysis analyses and records what the process that started this one
// relays, until that one says that nothing follows, or is gone.
func (x *proxying) runAnalysis() error {
	if err := os.Unsetenv(analysisVariable); err != nil {
		return err
	}
	// They are for the relay, which tells.
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	behindTraffic()
	memory, err := inheritedMemory(fdMemory, len(x.links))
	if err != nil {
		return fmt.Errorf("%s is for the program's own use: %w", analysisVariable, err)
	}
	if err := unix.SetNonblock(fdControl, true); err != nil {
		return os.NewSyscallError("fcntl", err)
	}
	control := os.NewFile(fdControl, "control")
	wake, breather := make(chan struct{}, 1), &breather{}
	r := &relayed{
		inbox: analyze.Inbox{Ring: memory.ring, Wake: wake, Breathe: breather.breathe}, counters: memory.counters, stops: &memory.state.stops,
		process: os.Getppid(), ready: func() { _, _ = control.Write([]byte{1}) },
	}
	if x.flags.admin.metrics != "" {
		if r.admin, err = inheritedListener(); err != nil {
			return err
		}
	}
	go func() {
		defer close(wake)
		defer breather.ended.Store(true)
		octets := make([]byte, 64)
		for {
			if _, err := control.Read(octets); err != nil {
				break
			}
			select {
			case wake <- struct{}{}:
			default:
			}
		}
		if os.Getppid() != r.process && r.admin != nil {
			_ = r.admin.Close() // the next relay may want it
		}
	}()
	// The relay's end is the end; the signals are not for this process.
	return x.analyse(context.Background(), r)
}

func inheritedListener() (net.Listener, error) {
	f := os.NewFile(fdAdmin, "metrics")
	defer f.Close()
	return net.FileListener(f)
}

const (
	// behindNice is the niceness: where there are not enough processors the relay
	// gets nine times as much of them. As much is relayed with 19, but then other
	// programs, too, may leave the analysis nothing for seconds.
	behindNice = 10
	// sooner makes the kernel end this process before others when there is no
	// memory left.
	sooner = 500
)

// behindTraffic gives all threads of this process, and those that they start,
// less of the machine than the relay's. It needs no privilege; where it fails
// the analysis only competes.
func behindTraffic() {
	for range 2 { // the second time for threads that others started meanwhile
		tasks, _ := filepath.Glob("/proc/self/task/*")
		for _, t := range tasks {
			if id, err := strconv.Atoi(filepath.Base(t)); err == nil {
				_ = unix.Setpriority(unix.PRIO_PROCESS, id, behindNice)
			}
		}
	}
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte(strconv.Itoa(sooner)), 0)
	_ = os.WriteFile("/proc/self/comm", []byte("smpptap:analyse"), 0) // in lists of processes
}
