//go:build linux && cgo

package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

// healthy is an ESME that goes on exchanging submit_sm and enquire_link, each
// after the response to the one before, while others misbehave elsewhere.
type healthy struct {
	*esme
	count atomic.Int64  // of exchanges that were answered as they should be
	more  chan struct{} // holds one
	stop  chan struct{}
	done  chan struct{}
}

func beHealthy(t *testing.T, address string) *healthy {
	t.Helper()
	h := &healthy{esme: bound(t, address), more: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	go h.exchange()
	t.Cleanup(func() {
		h.c.Close()
		<-h.done
	})
	return h
}

// exchange keeps to some hundred requests a second: a database of a reasonable
// size.
func (h *healthy) exchange() {
	defer close(h.done)
	pace := time.NewTicker(2 * time.Millisecond)
	defer pace.Stop()
	for {
		h.n++
		request := smpptest.Build("enquire_link", h.n, nil)
		if h.n%2 == 0 {
			request = smpptest.Build("submit_sm", h.n, smpptest.F{
				"source_addr": "ACME", "source_addr_ton": 5, "destination_addr": "447700900123", "short_message": fmt.Sprint("hello ", h.n),
			})
		}
		if err := h.answered(request); err != nil {
			h.t.Errorf("the healthy link, request %d: %v", h.n, err)
			return
		}
		h.count.Add(1)
		select {
		case h.more <- struct{}{}:
		default:
		}
		select {
		case <-h.stop:
			return
		case <-pace.C:
		}
	}
}

// answered asks, and wants the right response.
func (e *esme) answered(request []byte) error {
	defer e.took(time.Now())
	if _, err := e.c.Write(request); err != nil {
		return err
	}
	p, err := readPDU(e.in)
	if err != nil {
		return err
	}
	word := func(b []byte, i int) uint32 { return binary.BigEndian.Uint32(b[4*i:]) }
	if word(p, 1) != word(request, 1)|0x8000_0000 || word(p, 2) != 0 || word(p, 3) != word(request, 3) {
		return fmt.Errorf("%x is answered by %x", request[:16], p[:16])
	}
	return nil
}

// goesOn waits for some more exchanges.
func (h *healthy) goesOn() {
	h.t.Helper()
	for want := h.count.Load() + 5; h.count.Load() < want; {
		select {
		case <-h.more:
		case <-h.done:
			h.t.FailNow() // it told why
		}
	}
}

// leaves ends it, and waits until the other side has closed, too.
func (h *healthy) leaves() {
	h.t.Helper()
	close(h.stop)
	<-h.done
	h.leave()
}

// exchanges is how many there were, bind and unbind included.
func (h *healthy) exchanges() int64 { return h.count.Load() + 2 }

// innocence leaves out what is said of every plain link that waits for each
// response and wants no receipt; and that an answer came late where the machine
// stood still for as long.
func (h *healthy) innocence() string {
	rules := "'cleartext-credentials', 'window-of-one', 'receipt-not-asked'"
	if h.longest > 4*time.Second {
		rules += ", 'response-slow'"
	}
	return " AND rule NOT IN (" + rules + ")"
}

// wholeOn checks that the database has what the healthy ESME exchanged on a
// link, each response with its request, accuses it of nothing, and is sound.
func (r *proxyRun) wholeOn(link string, h *healthy) {
	r.t.Helper()
	of := " JOIN connections c ON c.id = connection_id WHERE c.link = '" + link + "'"
	for sql, want := range map[string]string{
		"SELECT count(*) || ' ' || count(request_id) FROM pdus" + of:                               fmt.Sprint(2*h.exchanges(), " ", h.exchanges()),
		"SELECT coalesce(group_concat(DISTINCT rule), '') FROM findings" + of + h.innocence():      "",
		"SELECT sum(lost_octets) || ' ' || sum(gaps) FROM connections WHERE link = '" + link + "'": "0 0",
		"PRAGMA integrity_check":                          "ok",
		"SELECT count(*) - count(ended_at) FROM captures": "0",
	} {
		if got := r.query(sql); got != want {
			r.t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

// memory is the most that the command and those it started have held, in MiB.
func (r *proxyRun) memory() float64 {
	r.t.Helper()
	return peak(r.t, r.cmd.Process.Pid)
}

func peak(t *testing.T, pid int) (mib float64) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if kib, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseFloat(strings.Fields(kib)[0], 64)
			if err != nil {
				t.Fatal(err)
			}
			mib += n / 1024
		}
	}
	for _, child := range children(t, pid) {
		mib += peak(t, child)
	}
	return mib
}

// children are those that any thread of a process started.
func children(t *testing.T, pid int) (pids []int) {
	t.Helper()
	tasks := fmt.Sprintf("/proc/%d/task", pid)
	threads, err := os.ReadDir(tasks)
	if err != nil {
		t.Fatal(err)
	}
	for _, thread := range threads {
		text, err := os.ReadFile(tasks + "/" + thread.Name() + "/children")
		if os.IsNotExist(err) {
			continue // a thread that ended meanwhile
		} else if err != nil {
			t.Fatal(err)
		}
		for _, field := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, child)
		}
	}
	return pids
}
