//go:build linux && cgo

package analyze_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"smpptap/internal/smpptest"
)

const (
	sessions = 4
	window   = 10
)

// load is traffic through a relay, in a closed loop: every response lets the
// next request out. It plays both ends, and knows what each had and got.
type load struct {
	t        *testing.T
	smsc     net.Listener
	addr     string // where the ESMEs connect
	conns    []net.Conn
	in       []*bufio.Reader
	asked    atomic.Int64 // requests that the ESMEs sent
	served   atomic.Int64 // requests that the SMSC got
	answered atomic.Int64 // responses that the ESMEs got
	paused   atomic.Bool
	over     atomic.Bool // the test has failed already
	esmes    sync.WaitGroup
	servers  sync.WaitGroup
}

func newLoad(t *testing.T) *load {
	t.Helper()
	l := &load{t: t}
	var err error
	if l.smsc, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	l.servers.Go(func() {
		for {
			c, err := l.smsc.Accept()
			if err != nil {
				return
			}
			l.servers.Go(func() { l.serve(c) })
		}
	})
	return l
}

// bind opens the sessions and lets them talk.
func (l *load) bind(addr string) {
	l.t.Helper()
	l.addr, l.conns, l.in = addr, nil, nil
	l.paused.Store(false)
	for range sessions {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			l.t.Fatal(err)
		}
		l.conns, l.in = append(l.conns, c), append(l.in, bufio.NewReaderSize(c, 32<<10))
	}
	for i := range sessions {
		l.ask(i, smpptest.Build("bind_transceiver", 1, smpptest.F{
			"system_id": fmt.Sprint("acme", i), "password": "s3cr3t", "interface_version": 0x34,
		}))
		l.esmes.Go(func() { l.talk(i) })
	}
}

// ask sends a request and waits for its response.
func (l *load) ask(i int, request []byte) {
	l.asked.Add(1)
	if _, err := l.conns[i].Write(request); err != nil {
		l.failed("session", i, err)
		return
	}
	if _, err := take(l.in[i]); err != nil {
		l.failed("session", i, err)
		return
	}
	l.answered.Add(1)
}

// talk keeps the window full until the load is paused.
func (l *load) talk(i int) {
	submit := smpptest.Build("submit_sm", 0, smpptest.F{
		"source_addr_ton": 5, "source_addr": "ACME", "dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": "919800000001",
		"short_message": "Your code is 123456. It is valid for ten minutes.",
	})
	var out []byte
	seq := uint32(1)
	for open, due := 0, window; ; due = 0 {
		for ; due > 0 || open < window && !l.paused.Load(); due-- {
			seq++
			out = append(out, submit...)
			binary.BigEndian.PutUint32(out[len(out)-len(submit)+12:], seq)
			open++
			l.asked.Add(1)
		}
		if l.in[i].Buffered() < 16 && len(out) > 0 {
			if _, err := l.conns[i].Write(out); err != nil {
				l.failed("session", i, err)
				return
			}
			out = out[:0]
		}
		if open == 0 {
			return
		}
		if _, err := take(l.in[i]); err != nil {
			l.failed("session", i, err)
			return
		}
		l.answered.Add(1)
		open--
	}
}

// failed tells of a connection that is lost.
func (l *load) failed(what ...any) {
	if !l.over.Load() {
		l.t.Error(what...)
	}
}

// pause stops sending and waits for all responses.
func (l *load) pause() {
	l.t.Helper()
	l.paused.Store(true)
	l.esmes.Wait()
}

// again ends the sessions of a load that is paused, and opens new ones.
func (l *load) again() {
	l.t.Helper()
	l.unbind()
	l.bind(l.addr)
}

// unbind checks that every connection comes to its end in order.
func (l *load) unbind() {
	l.t.Helper()
	for i, c := range l.conns {
		l.ask(i, smpptest.Build("unbind", 0x7FFFFFFF, nil))
		if _, err := l.in[i].ReadByte(); err != io.EOF {
			l.t.Errorf("session %d ends by %v", i, err)
		}
		c.Close()
	}
}

// leave unbinds, and checks that every request was served and answered.
func (l *load) leave() {
	l.t.Helper()
	l.unbind()
	l.smsc.Close()
	l.servers.Wait()
	if asked, served, answered := l.asked.Load(), l.served.Load(), l.answered.Load(); served != asked || answered != asked {
		l.t.Errorf("%d requests, %d reached the SMSC, %d were answered", asked, served, answered)
	}
}

// serve is the SMSC's side of a connection. It closes after an unbind.
func (l *load) serve(c net.Conn) {
	defer c.Close()
	in := bufio.NewReaderSize(c, 32<<10)
	var out []byte
	for id := 0; ; id++ {
		p, err := take(in)
		if err != nil {
			l.failed("SMSC", err)
			return
		}
		l.served.Add(1)
		command, body := binary.BigEndian.Uint32(p[4:]), ""
		switch command {
		case 4:
			body = fmt.Sprintf("%08x\x00", id)
		case 9:
			body = "SMSC\x00"
		}
		out = binary.BigEndian.AppendUint32(out, uint32(16+len(body)))
		out = binary.BigEndian.AppendUint32(out, command|0x80000000)
		out = append(append(append(out, 0, 0, 0, 0), p[12:16]...), body...)
		if in.Buffered() < 16 {
			if _, err := c.Write(out); err != nil {
				l.failed("SMSC", err)
				return
			}
			out = out[:0]
		}
		if command == 6 {
			return
		}
	}
}

// take reads a PDU, valid until the next call.
func take(in *bufio.Reader) ([]byte, error) {
	head, err := in.Peek(4)
	if err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(head))
	p, err := in.Peek(n)
	if err != nil {
		return nil, err
	}
	_, err = in.Discard(n)
	return p, err
}
