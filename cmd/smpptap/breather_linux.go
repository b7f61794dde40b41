package main

import (
	"bytes"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

// breather holds the analysis back while it is far behind and hardly a
// processor is idle: it will not keep up then, and what it takes of the machine the traffic
// goes without. What it does not take in time becomes a counted gap. (A lower
// priority would do that, too, but starve the analysis of a quiet link on a
// machine that others keep busy.)
type breather struct {
	ended atomic.Bool // nothing is relayed any more
	next  time.Time   // when to look again
	busy  bool        // hardly a processor was idle
	idle  uint64      // ticks of all processors so far
	all   uint64
}

const (
	farBehind = 4 << 20                // octets that wait: more than one connection may have there
	breath    = 200 * time.Millisecond // a pause, after some 32 reads of the relay's
	lookEvery = 100 * time.Millisecond
	longAgo   = time.Second
	// Processors that are idle for one part in so many have some to spare. (Few
	// connections do not keep all of them busy, as each waits for its peer.)
	idleShare = 4
)

// breathe is analyze.Inbox.Breathe.
func (b *breather) breathe(waiting int64) {
	if b.ended.Load() {
		return
	}
	// Also while little waits, so that it knows at once when more does.
	if now := time.Now(); now.After(b.next) {
		old := now.Sub(b.next) > longAgo
		b.next = now.Add(lookEvery)
		b.look()
		b.busy = b.busy && !old // what was long ago tells nothing of now
	}
	if b.busy && waiting > farBehind {
		time.Sleep(breath)
	}
}

// look compares with the look before.
func (b *breather) look() {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		b.busy = false
		return
	}
	idle, all := ticks(stat)
	b.busy = all > b.all && (idle-b.idle)*idleShare < all-b.all
	b.idle, b.all = idle, all
}

// ticks reads proc_stat(5): user, nice, system, idle, iowait and others.
func ticks(stat []byte) (idle, all uint64) {
	line, _, _ := bytes.Cut(stat, []byte("\n"))
	for i, f := range bytes.Fields(line) {
		n, err := strconv.ParseUint(string(f), 10, 64)
		if err != nil || i > 8 { // the name; guests, who are in user already
			continue
		}
		all += n
		if i == 4 || i == 5 {
			idle += n
		}
	}
	return idle, all
}
