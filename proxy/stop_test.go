package proxy

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"smpptap/stream"
)

func drainFor(d time.Duration) func(*Options) { return func(o *Options) { o.Drain = d } }

// refused tells that a link does not take connections. One that it takes is
// reset, so that nothing waits for its end.
func (r *rig) refused(link string) bool {
	c, err := net.Dial("tcp", r.s.Addr(link).String())
	if err == nil {
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
	return err != nil
}

func TestDrainWaits(t *testing.T) {
	r := setup(t, drainFor(patience))
	client, smsc := r.pair()
	r.stop()
	r.until("closed listener", func() bool { return r.refused("one") })
	for range 10 {
		send(t, client, "request")
		want(t, smsc, "request")
		send(t, smsc, "response")
		want(t, client, "response")
	}
	select {
	case <-r.done:
		t.Fatal("Run did not wait")
	default:
	}
	client.Close()
	smsc.Close()
	r.wait()
	r.told(0).wants(t, fin, fin, nil)
}

// After the drain what was read is still written; then both ends get FIN.
func TestDrainEnds(t *testing.T) {
	r := setup(t, drainFor(time.Millisecond))
	client, smsc := r.pair()
	send(t, client, "last")
	r.until("octets", func() bool { return r.s.Stats()[0].Octets[0] == 4 })
	r.stop()
	if err := wantEnd(t, smsc, "last"); err != nil {
		t.Errorf("the SMSC sees %v", err)
	}
	if err := wantEnd(t, client, ""); err != nil {
		t.Errorf("the client sees %v", err)
	}
	r.wait()
	r.told(0).wants(t, nil, nil, stream.ErrInputEnd)
	n := r.rec.notices
	if len(n) < 2 || n[0].Kind != stream.NoticeInput || n[0].Octets != 4 || n[1].Kind != stream.NoticePackets || n[1].Octets != 4 {
		t.Errorf("notices: %+v", n)
	}
}

// A connection that half closed is stopped as well, and so is one whose peer
// does not read.
func TestDrainEndsStuck(t *testing.T) {
	t.Parallel()
	r := setup(t, drainFor(-1))
	client, smsc := r.pair()
	client.CloseWrite()
	if err := wantEnd(t, smsc, ""); err != nil {
		t.Fatal(err)
	}
	stuck, deaf := r.pair()
	r.clog(stuck, deaf)
	r.stop()
	r.wait()
	r.told(0).wants(t, fin, nil, stream.ErrInputEnd)
	r.told(1).wants(t, nil, nil, stream.ErrInputEnd)
	got, err := io.Copy(io.Discard, deaf)
	if err != nil {
		t.Errorf("the deaf peer sees %v", err)
	}
	if n := r.s.Stats()[0]; n.Undelivered[0] == 0 || got+n.Undelivered[0] != n.Octets[0] {
		t.Errorf("%d octets arrived: %+v", got, n)
	}
}

func TestKill(t *testing.T) {
	r := setup(t, drainFor(patience))
	client, smsc := r.pair()
	send(t, client, "hello") // it is relayed, not only dialled
	want(t, smsc, "hello")
	r.stop()
	r.until("closed listener", func() bool { return r.refused("one") })
	r.s.Kill()
	r.s.Kill()
	r.wait()
	for _, c := range []net.Conn{client, smsc} {
		if _, err := c.Read(make([]byte, 1)); err == nil {
			t.Error("still open")
		}
	}
	r.told(0).wants(t, nil, nil, stream.ErrInputEnd)
	if err := r.s.Run(t.Context(), r.rec); err == nil {
		t.Error("ran twice")
	}
}

// Kill does not wait for a dial, nor for a handshake.
func TestKillEarly(t *testing.T) {
	addr := stallListener(t)
	ca := newCA(t)
	r := setup(t, drainFor(patience), func(o *Options) {
		o.Links[0].Upstream = addr
		o.Links[0].UpstreamTLS = &ClientTLS{Insecure: true}
		o.Links = append(o.Links, Link{Name: "tls", Listen: "127.0.0.1:0", Upstream: addr, ListenTLS: ca.server("localhost")},
			Link{Name: "header", Listen: "127.0.0.1:0", Upstream: addr, ProxyIn: true})
	})
	for _, link := range []string{"one", "tls", "header"} {
		r.client(link)
	}
	r.until("all accepted", func() bool {
		n := int64(0)
		for _, s := range r.s.Stats() {
			n += s.Open
		}
		return n == 3
	})
	r.s.Kill()
	r.wait()
	for _, s := range r.s.Stats() {
		if s.Accepted != 1 || s.DialFailures+s.ListenTLSFailures+s.UpstreamTLSFailures+s.HeaderFailures > 0 {
			t.Errorf("%+v", s)
		}
	}
	if r.rec.count() > 0 || strings.Contains(r.log.String(), "level=WARN msg=c") {
		t.Errorf("what the proxy gave up is told as others' failure:\n%s", r.log)
	}
}

// stallListener takes connections and says nothing.
func stallListener(t *testing.T) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln.Addr().String()
}

func TestCloseWithoutRun(t *testing.T) {
	s, err := Listen(Options{Links: []Link{{Name: "a", Listen: "127.0.0.1:0", Upstream: "127.0.0.1:1"}}})
	if err != nil {
		t.Fatal(err)
	}
	if s.Addr("a") == nil || s.Addr("b") != nil {
		t.Error("addresses")
	}
	s.Close()
	if c, err := net.Dial("tcp", s.Addr("a").String()); err == nil {
		c.Close()
		t.Error("still listening")
	}
}
