package proxy

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"smpptap/stream"
)

// wantReset: the connection fails, it does not end.
func wantReset(t *testing.T, c net.Conn) {
	t.Helper()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client sees %v", err)
	}
}

// wantFailed connects and is reset, then or just after.
func (r *rig) wantFailed(link string) {
	r.t.Helper()
	c, err := net.Dial("tcp", r.s.Addr(link).String())
	if err == nil {
		_, err = r.own(c).Read(make([]byte, 1))
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		r.t.Errorf("the client sees %v", err)
	}
}

func TestDialRefused(t *testing.T) {
	r := setup(t)
	r.smsc.Close()
	r.wantFailed("one")
	told := r.told(0)
	told.wants(t, nil, []stream.EventKind{stream.EventRefused}, stream.ErrUnreached)
	if told.conn.B.String() != r.smsc.Addr().String() || told.conn.A.Addr().String() != "127.0.0.1" {
		t.Errorf("recorded %v to %v", told.conn.A, told.conn.B)
	}
	r.idle()
	if s := r.s.Stats()[0]; s.DialFailures != 1 || s.Accepted != 1 {
		t.Errorf("%+v", s)
	}
	if !strings.Contains(r.log.String(), "cannot reach the SMSC") {
		t.Error("not logged")
	}
}

// A listener whose queue is full does not answer.
func TestDialTimeout(t *testing.T) {
	deaf, addr := deafListener(t)
	defer syscall.Close(deaf)
	r := setup(t, func(o *Options) {
		o.Links[0].Upstream = addr
		o.ConnectTimeout = 50 * time.Millisecond
	})
	r.wantFailed("one")
	told := r.told(0)
	told.wants(t, nil, nil, stream.ErrUnreached)
	if told.conn.B.String() != addr {
		t.Errorf("recorded %v, dialled %s", told.conn.B, addr)
	}
}

// deafListener listens and has no room for connections.
func deafListener(t *testing.T) (fd int, addr string) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	sa, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	in := sa.(*syscall.SockaddrInet4)
	tcp := &net.TCPAddr{IP: in.Addr[:], Port: in.Port}
	for { // fill the queue
		c, err := net.DialTimeout("tcp", tcp.String(), 100*time.Millisecond)
		if err != nil {
			return fd, tcp.String()
		}
		t.Cleanup(func() { c.Close() })
	}
}

// A name that does not resolve any more stands for the address it had.
func TestTriedAddress(t *testing.T) {
	l := &link{}
	gone := &net.DNSError{Name: "smsc.test"}
	for _, c := range []struct {
		dest, want string
		err        error
	}{
		{"smsc.test:2775", "0.0.0.0:2775", gone},
		{"192.0.2.1:2775", "192.0.2.1:2775", context.DeadlineExceeded},
		{"smsc.test:2775", "192.0.2.7:2775", &net.OpError{Op: "dial", Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 2775}, Err: syscall.ECONNREFUSED}},
	} {
		if got := l.tried(c.dest, c.err).String(); got != c.want {
			t.Errorf("%s after %v: %s, want %s", c.dest, c.err, got, c.want)
		}
	}
	was := netip.MustParseAddrPort("192.0.2.9:2775")
	l.reached.Store(&was)
	if got := l.tried("smsc.test:2775", gone); got != was {
		t.Errorf("got %s", got)
	}
}

// Octets that the client sends before the SMSC is there wait in the kernel.
func TestEarlyOctets(t *testing.T) {
	r := setup(t)
	client := r.client("one")
	send(t, client, "early")
	want(t, r.server(), "early")
}

func TestLimit(t *testing.T) {
	second, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	r := setup(t, func(o *Options) {
		o.MaxConnections = 2
		o.Links = append(o.Links, Link{Name: "two", Listen: "127.0.0.1:0", Upstream: second.Addr().String()})
	})
	client, smsc := r.pair()
	other := r.client("two")
	c, err := second.Accept()
	if err != nil {
		t.Fatal(err)
	}
	r.own(c)
	for range 5 {
		r.wantFailed("one")
		r.wantFailed("two")
	}
	send(t, client, "unharmed")
	want(t, smsc, "unharmed")
	other.Close()
	c.Close()
	r.until("room", func() bool { return r.s.Stats()[1].Open == 0 })
	r.pair()
	for i, s := range r.s.Stats() {
		if s.Refused != 5 {
			t.Errorf("link %d: %+v", i, s)
		}
	}
	if n := strings.Count(r.log.String(), "too many"); n < 1 || n == 10 {
		t.Errorf("%d lines in the log", n)
	}
}

func TestListenErrors(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	good := Link{Name: "a", Listen: "127.0.0.1:0", Upstream: "127.0.0.1:1"}
	for want, o := range map[string]Options{
		"no link":                                {},
		"link a: another link has this name":     {Links: []Link{good, good}},
		"link : it has no name":                  {Links: []Link{{}}},
		"link b: listen: ":                       {Links: []Link{{Name: "b", Listen: "x", Upstream: "h:1"}}},
		"link b: upstream: none":                 {Links: []Link{{Name: "b", Listen: "127.0.0.1:0"}}},
		"link b: upstream: ":                     {Links: []Link{{Name: "b", Listen: "127.0.0.1:0", Upstream: "host"}}},
		"link b: transparent: \"x\"":             {Links: []Link{{Name: "b", Listen: "127.0.0.1:0", Transparent: "x"}}},
		"address already in use":                 {Links: []Link{good, {Name: "b", Listen: busy.Addr().String(), Upstream: "h:1"}}},
		"link b: listen-tls-cert: no file named": {Links: []Link{{Name: "b", Listen: "127.0.0.1:0", Upstream: "h:1", ListenTLS: &ServerTLS{}}}},
		"link b: upstream-ca: open /nowhere: no": {Links: []Link{{Name: "b", Listen: "127.0.0.1:0", Upstream: "h:1", UpstreamTLS: &ClientTLS{CA: "/nowhere"}}}},
	} {
		if s, err := Listen(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
			if s != nil {
				s.Close()
			}
		}
	}
}

// Peers that say nothing, nonsense, or announce too much are relayed as any;
// others do not notice.
func TestHostilePeers(t *testing.T) {
	r := setup(t)
	good, smsc := r.pair()
	for _, octets := range []string{"", "\xff\xff\xff\xff\x00\x00\x00\x04", "GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\x01", strings.Repeat("\x00", 100)} {
		client, server := r.pair()
		for i := range len(octets) { // an octet at a time
			send(t, client, octets[i:i+1])
		}
		want(t, server, octets)
		send(t, good, "hello")
		want(t, smsc, "hello")
		client.Close()
		if err := wantEnd(t, server, ""); err != nil {
			t.Error(err)
		}
		server.Close()
	}
}

// A thousand connections that say nothing do not keep another link from
// working.
func TestIdleConnections(t *testing.T) {
	second, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	r := setup(t, func(o *Options) {
		o.Links = append(o.Links, Link{Name: "two", Listen: "127.0.0.1:0", Upstream: second.Addr().String()})
	})
	for range 1000 {
		r.pair()
	}
	client := r.client("two")
	c, err := second.Accept()
	if err != nil {
		t.Fatal(err)
	}
	smsc := r.own(c)
	send(t, client, "hello")
	want(t, smsc, "hello")
	if n := r.s.Stats()[0].Open; n != 1000 {
		t.Errorf("%d open", n)
	}
}
