package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"smpptap/internal/smpptest"
)

// result is what esme prints.
type result struct {
	Messages int     `json:"messages"`
	Seconds  float64 `json:"seconds"`
	Rate     float64 `json:"rate"`
	P50      float64 `json:"p50_us"`
	P99      float64 `json:"p99_us"`
	Max      float64 `json:"max_us"`
	CPU      float64 `json:"cpu_us_per_message,omitempty"`
	RSS      float64 `json:"rss_mib,omitempty"`
}

// esme is one session.
type esme struct {
	conn net.Conn
	r    *bufio.Reader

	mu     sync.Mutex
	sent   []time.Time // by sequence_number, modulo its length
	next   uint32
	out    []byte
	took   []time.Duration
	submit []byte
}

func dial(addr string, slots, expect int) (*esme, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	e := &esme{
		conn: c, r: bufio.NewReaderSize(c, 64<<10), sent: make([]time.Time, slots), next: 2,
		took: make([]time.Duration, 0, expect),
		submit: smpptest.Build("submit_sm", 0, smpptest.F{
			"source_addr_ton": 5, "source_addr": "ACME", "dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": "919800000001",
			"registered_delivery": 0, "short_message": "Your code is 123456. It is valid for ten minutes.",
		}),
	}
	bind := smpptest.Build("bind_transceiver", 1, smpptest.F{"system_id": "acme", "password": "secret", "system_type": "smpp", "interface_version": 0x34})
	if _, err := c.Write(bind); err != nil {
		return nil, err
	}
	_, err = next(e.r)
	return e, err
}

// add puts n submits, due at a time, into the output.
func (e *esme) add(n int, due time.Time) {
	for range n {
		at := len(e.out)
		e.out = append(e.out, e.submit...)
		binary.BigEndian.PutUint32(e.out[at+12:], e.next)
		e.sent[int(e.next)%len(e.sent)] = due
		e.next++
	}
}

func (e *esme) flush() error {
	if len(e.out) == 0 {
		return nil
	}
	_, err := e.conn.Write(e.out)
	e.out = e.out[:0]
	return err
}

// closed sends a submit for every response until the end.
func (e *esme) closed(window int, end time.Time) error {
	e.add(window, time.Now())
	if err := e.flush(); err != nil {
		return err
	}
	for open := window; open > 0; {
		p, err := next(e.r)
		if err != nil {
			return err
		}
		now := time.Now()
		e.received(p, now)
		if open--; now.Before(end) {
			e.add(1, now)
			open++
		}
		if e.r.Buffered() < headerLen {
			if err := e.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *esme) received(p []byte, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.took = append(e.took, now.Sub(e.sent[int(binary.BigEndian.Uint32(p[12:]))%len(e.sent)]))
}

// paced sends n submits, one each interval, whatever comes back.
func (e *esme) paced(n int, interval time.Duration) error {
	errs := make(chan error, 1)
	go func() {
		for range n {
			p, err := next(e.r)
			if err != nil {
				errs <- err
				return
			}
			e.received(p, time.Now())
		}
		errs <- nil
	}()
	begin := time.Now()
	for i := 0; i < n; {
		due := int(time.Since(begin)/interval) + 1
		if due = min(due, n); due <= i {
			time.Sleep(time.Until(begin.Add(time.Duration(i) * interval)))
			continue
		}
		e.mu.Lock()
		e.add(due-i, begin.Add(time.Duration(i)*interval))
		i = due
		e.mu.Unlock()
		if err := e.flush(); err != nil {
			return err
		}
	}
	return <-errs
}

func (o *options) measure(context.Context) error {
	const slots = 1 << 16
	all := make([]*esme, o.sessions)
	for i := range all {
		e, err := dial(o.connect, slots, 1<<20)
		if err != nil {
			return err
		}
		defer func() { _ = e.conn.Close() }()
		all[i] = e
	}
	pids := family(o.pid)
	cpu := processTime(pids)
	begin := time.Now()
	errs := make([]error, len(all))
	var sessions sync.WaitGroup
	for i, e := range all {
		sessions.Go(func() {
			if o.rate > 0 {
				interval := time.Duration(float64(time.Second) * float64(o.sessions) / float64(o.rate))
				errs[i] = e.paced(int(o.seconds*float64(time.Second)/float64(interval)), interval)
			} else {
				errs[i] = e.closed(o.window, begin.Add(time.Duration(o.seconds*float64(time.Second))))
			}
		})
	}
	sessions.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	r := result{Seconds: time.Since(begin).Seconds()}
	var took []time.Duration
	for _, e := range all {
		took = append(took, e.took...)
	}
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Nanoseconds()) / 1000 }
	r.Messages, r.Rate = len(took), float64(len(took))/r.Seconds
	r.P50, r.P99, r.Max = at(0.5), at(0.99), at(1)
	if o.pid > 0 {
		r.CPU, r.RSS = (processTime(pids)-cpu).Seconds()*1e6/float64(len(took)), memory(pids)
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// idle opens binds, tells the memory of the process between, and leaves.
func (o *options) idle(context.Context) error {
	pids := family(o.pid)
	before := memory(pids)
	for range o.sessions {
		e, err := dial(o.connect, 1, 0)
		if err != nil {
			return err
		}
		defer func() { _ = e.conn.Close() }()
	}
	fmt.Printf("{\"sessions\":%d,\"rss_before_mib\":%.1f,\"rss_mib\":%.1f}\n", o.sessions, before, memory(pids))
	return nil
}
