package main

import (
	"os"
	"runtime/debug"
)

// stayLean keeps a run small that records nothing. Its tables hold hardly a
// pointer and its PDUs allocate nothing, so the collector runs some 25 times in
// 4 million PDUs, mostly while the tables grow; with Go's default the heap would
// double between two rounds. What encodes or stores each PDU allocates more: it
// keeps the default. GOGC, when set, holds.
func stayLean() {
	unmapStart()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(8)
	}
}
