//go:build linux && cgo

package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

const (
	loadSessions = 4
	loadWindow   = 10
)

// load is traffic in a closed loop through a proxy, of which it knows every
// octet at both ends.
type load struct {
	t        *testing.T
	smsc     hashingListener
	esmes    []*esme
	talking  sync.WaitGroup
	rest     time.Duration // after each window
	answered atomic.Int64
	over     atomic.Bool
	gate     sync.RWMutex // who holds it lets nobody begin a window
}

// hashingListener's connections hash what passes.
type hashingListener struct {
	net.Listener
	mu    sync.Mutex
	conns []*hashingConn
}

type hashingConn struct {
	*net.TCPConn
	in, out hash.Hash
	once    sync.Once
	closed  chan struct{}
}

func hashing(c net.Conn) *hashingConn {
	return &hashingConn{TCPConn: c.(*net.TCPConn), in: sha256.New(), out: sha256.New(), closed: make(chan struct{})}
}

// Close implements net.Conn.
func (c *hashingConn) Close() error {
	defer c.once.Do(func() { close(c.closed) })
	return c.TCPConn.Close()
}

func (c *hashingConn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	c.in.Write(p[:n])
	return n, err
}

func (c *hashingConn) Write(p []byte) (int, error) {
	n, err := c.TCPConn.Write(p)
	c.out.Write(p[:n])
	return n, err
}

// Accept implements net.Listener.
func (l *hashingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	h := hashing(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns = append(l.conns, h)
	return h, nil
}

// newLoad makes its SMSC, and gives the address.
func newLoad(t *testing.T) (l *load, upstream string) {
	t.Helper()
	l = &load{t: t}
	var err error
	if l.smsc.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return l, localSMSC(t, &l.smsc)
}

// begin binds sessions and has them talk.
func (l *load) begin(address string) {
	l.t.Helper()
	for range loadSessions {
		c, err := net.Dial("tcp", address)
		if err != nil {
			l.t.Fatal(err)
		}
		l.esmes = append(l.esmes, boundOn(l.t, hashing(c)))
	}
	for _, e := range l.esmes {
		l.talking.Go(func() { l.talk(e) })
	}
}

func (l *load) talk(e *esme) {
	for !l.over.Load() {
		l.gate.RLock()
		l.gate.RUnlock() //nolint:staticcheck // passing is enough
		var out bytes.Buffer
		for range loadWindow {
			e.n++
			out.Write(smpptest.Build("submit_sm", e.n, smpptest.F{
				"source_addr": "ACME", "source_addr_ton": 5, "destination_addr": "919800000001", "short_message": fmt.Sprint("hello ", e.n),
			}))
		}
		if _, err := e.c.Write(out.Bytes()); err != nil {
			l.t.Error("a connection is lost: ", err)
			return
		}
		for range loadWindow {
			if _, err := readPDU(e.in); err != nil {
				l.t.Error("a connection is lost: ", err)
				return
			}
			l.answered.Add(1)
		}
		time.Sleep(l.rest)
	}
}

// passes waits until so many messages more were answered.
func (l *load) passes(messages int64) {
	l.t.Helper()
	before := l.answered.Load()
	for end := time.Now().Add(longWait); l.answered.Load() < before+messages; time.Sleep(time.Millisecond) {
		if time.Now().After(end) || l.t.Failed() {
			l.t.Fatalf("%d messages passed of %d", l.answered.Load()-before, messages)
		}
	}
}

// pace is how many messages are answered in a second.
func (l *load) pace() float64 {
	begin, before := time.Now(), l.answered.Load()
	time.Sleep(200 * time.Millisecond)
	return float64(l.answered.Load()-before) / time.Since(begin).Seconds()
}

// end ends all connections in order, and compares what was sent with what came.
func (l *load) end() {
	l.t.Helper()
	l.over.Store(true)
	l.talking.Wait()
	for i, e := range l.esmes {
		e.leave()
		a, b := e.c.(*hashingConn), l.smsc.conns[i]
		<-b.closed
		if !bytes.Equal(a.out.Sum(nil), b.in.Sum(nil)) || !bytes.Equal(a.in.Sum(nil), b.out.Sum(nil)) {
			l.t.Errorf("session %d: what came is not what was sent", i)
		}
	}
}
