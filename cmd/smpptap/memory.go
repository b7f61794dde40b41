package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// Go's collector begins its first round when the heap has 4 MiB times GOGC / 100
// and as many per cent of the program's variables, the next ones when what lived
// through the last has grown by GOGC per cent.
const (
	firstRound = 550 // at 32 MiB, which is what the tables of a long capture take
	nextRounds = 8
)

// stayLean keeps a run small that records nothing. Its tables hold hardly a
// pointer and its PDUs allocate next to nothing, so the collector runs but a few
// times in millions of PDUs; with Go's default the heap would double between
// two rounds. Before the tables are as large as they get there is nothing to
// gain by it, and a short capture needs no round at all. What encodes or stores
// each PDU allocates more: it keeps the default. GOGC, when set, holds.
func stayLean() {
	unmapStart()
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(firstRound)
	unreachable := new([1 << 10]byte)
	runtime.AddCleanup(unreachable, func(percent int) { debug.SetGCPercent(percent) }, nextRounds)
}
