package proxy

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A receiver that does not read stops the sender: what lies between them is
// the kernel's, and one buffer.
func TestBackpressure(t *testing.T) {
	t.Parallel()
	r := setup(t)
	client, smsc := r.pair()
	smsc.SetReadBuffer(64 << 10)
	const total = 256 << 20
	block := make([]byte, 1<<20)
	sent := 0
	client.SetWriteDeadline(time.Now().Add(time.Second))
	for sent < total {
		n, err := client.Write(block)
		if sent += n; errors.Is(err, os.ErrDeadlineExceeded) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if sent == total {
		t.Fatalf("all of %d octets were taken from the sender", sent)
	}
	if got := r.s.Stats()[0].Octets[0]; got > 32<<20 {
		t.Errorf("the proxy took %d octets", got)
	}
	// The other direction is as free as before.
	send(t, smsc, "free")
	want(t, client, "free")
	client.CloseWrite()
	n, err := io.Copy(io.Discard, smsc)
	if err != nil || n != int64(sent) {
		t.Errorf("%d of %d octets arrived: %v", n, sent, err)
	}
	smsc.Close()
	if heard := r.told(0).octets[0].Len(); heard != sent {
		t.Errorf("the tap heard %d of %d octets", heard, sent)
	}
}

// clog writes to client, until the end of the test, what nobody reads from
// smsc, and returns when nothing moves any more.
func (r *rig) clog(client, smsc *net.TCPConn) {
	r.t.Helper()
	smsc.SetReadBuffer(64 << 10)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for block := make([]byte, 1<<20); ; {
			if _, err := client.Write(block); err != nil {
				return
			}
		}
	}()
	r.t.Cleanup(func() {
		client.Close()
		<-done
	})
	last, same := int64(0), 0
	r.until("a standstill", func() bool {
		if n := r.s.Stats()[0].Octets[0] + r.s.Stats()[0].Octets[1]; n != last || n == 0 {
			last, same = n, 0
		}
		same++
		return same == 300
	})
}

// What a peer that resets leaves unread is counted as not delivered.
func TestUndelivered(t *testing.T) {
	t.Parallel()
	r := setup(t)
	client, smsc := r.pair()
	r.clog(client, smsc)
	smsc.SetLinger(0)
	smsc.Close()
	told := r.told(0)
	told.wants(t, nil, rst, nil)
	if n := r.s.Stats()[0].Undelivered[0]; n == 0 || n > r.s.Stats()[0].Octets[0] {
		t.Errorf("undelivered: %d", n)
	}
	if told.gaps[0] == 0 {
		t.Error("the tap does not know that the proxy left octets unread")
	}
}

// A reset is carried over although its sender's octets still wait for a peer
// that does not read, and so nobody reads from the sender.
func TestResetBehindClog(t *testing.T) {
	t.Parallel()
	r := setup(t)
	client, smsc := r.pair()
	r.clog(client, smsc)
	client.SetLinger(0)
	client.Close()
	r.told(0).wants(t, rst, nil, nil)
	if _, err := io.Copy(io.Discard, smsc); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the SMSC sees %v", err)
	}
}

// Both ends write and neither reads; then one resets. The other learns of it.
func TestResetBetweenClogs(t *testing.T) {
	t.Parallel()
	r := setup(t)
	client, smsc := r.pair()
	r.clog(smsc, client)
	r.clog(client, smsc)
	smsc.SetLinger(0)
	smsc.Close()
	r.told(0).wants(t, nil, rst, nil)
	_, err := io.Copy(io.Discard, client)
	if err == nil { // its write was told
		_, err = client.Write([]byte("x"))
	}
	if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		t.Errorf("the client sees %v", err)
	}
}

// The buffer grows when a read fills it and shrinks after a second in which
// that was of no use.
func TestBuffer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var stopping atomic.Bool
	b := newBuffer(&end{tcp: c.(*net.TCPConn)}, &stopping)
	sizes := func(what string, want int) {
		t.Helper()
		if len(b.octets) != want {
			t.Errorf("%s: %d octets", what, len(b.octets))
		}
	}
	if b.tired(io.EOF) {
		t.Error("an end is no pause")
	}
	now := time.Now().UnixNano()
	b.grow(now)
	sizes("a full read", bigBuffer)
	if !b.tired(os.ErrDeadlineExceeded) {
		t.Error("a pause is no end")
	}
	sizes("a short pause", bigBuffer)
	b.needed = now - int64(2*shrinkTime)
	if !b.tired(os.ErrDeadlineExceeded) {
		t.Error("a pause is no end")
	}
	sizes("a long pause", smallBuffer)
	stopping.Store(true)
	if b.tired(os.ErrDeadlineExceeded) {
		t.Error("a relay that is to stop goes on")
	}
}

// Silence after bulk, longer than shrinkTime, is nothing that a peer sees.
func TestSilenceAfterBulk(t *testing.T) {
	t.Parallel()
	c := newCA(t)
	for name, way := range map[string]*ServerTLS{"plain": nil, "tls": c.server("proxy.test")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := setup(t, func(o *Options) { o.Links[0].ListenTLS = way })
			var client net.Conn
			var smsc *net.TCPConn
			if client = r.client("one"); way != nil {
				client = tls.Client(client, &tls.Config{RootCAs: c.pool(), ServerName: "proxy.test"})
			}
			bulk := make([]byte, 1<<20)
			go client.Write(bulk)
			smsc = r.server()
			if _, err := io.CopyN(io.Discard, smsc, int64(len(bulk))); err != nil {
				t.Fatal(err)
			}
			smsc.SetReadDeadline(time.Now().Add(shrinkTime * 3 / 2))
			if _, err := smsc.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatalf("the SMSC sees %v", err)
			}
			smsc.SetReadDeadline(time.Now().Add(patience))
			send(t, client, "still here")
			want(t, smsc, "still here")
			send(t, smsc, "me too")
			want(t, client, "me too")
		})
	}
}
