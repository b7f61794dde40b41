package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// ticks a second in /proc/PID/stat; Linux tells all programs 100.
const ticks = 100

// processTime is a process's CPU time so far; zero: it cannot be told.
func processTime(pid int) time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name, in brackets, may hold blanks; utime and stime are fields 14 and 15.
	fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	var user, system int64
	fmt.Sscan(fields[11], &user)
	fmt.Sscan(fields[12], &system)
	return time.Duration(user+system) * time.Second / ticks
}

// memory is a process's resident memory in MiB.
func memory(pid int) (mib float64) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			fmt.Sscan(rest, &mib)
		}
	}
	return mib / 1024
}
