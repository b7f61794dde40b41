package proxy

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
)

// What is read into is borrowed while there is something to read, in the size
// that this wants, and given back before waiting and at the end.
func TestLoan(t *testing.T) {
	c, peer := tcpEnds(t)
	l := newIntake(&end{tcp: c, rw: c}, nil).(*loan)
	send(t, peer, "hello")
	if p, err := l.read(); string(p) != "hello" || err != nil {
		t.Errorf("read %q, %v", p, err)
	}
	_ = l.raw.Control(func(fd uintptr) { // as when it would wait now
		if l.receive(fd) || l.octets != nil {
			t.Errorf("waits with %d octets", len(l.octets))
		}
	})
	text, held := strings.Repeat("x", 3*bigBuffer), map[int]bool{}
	go func() {
		io.WriteString(peer, text)
		peer.CloseWrite()
	}()
	got := 0
	var err error
	for err == nil {
		var p []byte
		p, err = l.read()
		got += len(p)
		held[len(l.octets)] = true
	}
	if !errors.Is(err, io.EOF) || got != len(text) || !held[smallBuffer] || !held[bigBuffer] {
		t.Errorf("%v, %d octets, held %v", err, got, held)
	}
	l.done()
	if l.octets != nil {
		t.Error("not given back at the end")
	}
	c.Close()
	if _, err := l.read(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}
