package proxy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// An outlet writes as net.Conn does: all of it, waiting where the peer does not
// read, and as much as went where it cannot go on.
func TestOutlet(t *testing.T) {
	ends := func() (*net.TCPConn, io.Writer, *net.TCPConn) {
		c, peer := tcpEnds(t)
		o := newOutlet(&end{tcp: c, rw: c})
		if _, straight := o.(*outlet); !straight {
			t.Fatalf("%T", o)
		}
		return c, o, peer
	}
	// More than both kernels' buffers take, so that it must wait for room.
	text := bytes.Repeat([]byte("0123456789abcdef"), 2<<20)

	c, o, peer := ends()
	got := make(chan []byte)
	go func() {
		b, _ := io.ReadAll(peer)
		got <- b
	}()
	if n, err := o.Write(text); n != len(text) || err != nil {
		t.Errorf("wrote %d of %d, %v", n, len(text), err)
	}
	c.CloseWrite()
	if !bytes.Equal(<-got, text) {
		t.Error("something else arrived")
	}
	c.Close()
	if n, err := o.Write([]byte("x")); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed: %d, %v", n, err)
	}

	c, o, peer = ends()
	first := make(chan []byte)
	go func() { // the time ends when some of it is there
		b := make([]byte, 1)
		io.ReadFull(peer, b)
		c.SetWriteDeadline(time.Now())
		first <- b
	}()
	n, err := o.Write(text)
	if n == 0 || n == len(text) || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("wrote %d of %d, %v", n, len(text), err)
	}
	c.Close() // sends what the kernel has
	b := <-first
	rest, _ := io.ReadAll(peer)
	if b = append(b, rest...); !bytes.Equal(b, text[:n]) {
		t.Errorf("%d octets arrived, %d were told as written", len(b), n)
	}

	_, o, peer = ends()
	peer.SetLinger(0)
	peer.Close()
	for err = nil; err == nil; {
		_, err = o.Write(text[:1]) // until the reset is there
	}
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "write" || !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		t.Errorf("reset: %v", err)
	}
}
