package proxy

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pires/go-proxyproto"
)

func proxyIn(o *Options)  { o.Links[0].ProxyIn = true }
func proxyOut(o *Options) { o.Links[0].ProxyOut = true }

const v2Local = "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"

// v2 is a header of version 2, with a TLV.
func v2(t *testing.T, src, dst string) string {
	h := proxyproto.HeaderProxyFromAddrs(2, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(src)), net.TCPAddrFromAddrPort(netip.MustParseAddrPort(dst)))
	if err := h.SetTLVs([]proxyproto.TLV{{Type: 0xE0, Value: []byte("x")}}); err != nil {
		t.Fatal(err)
	}
	b, err := h.Format()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestProxyIn(t *testing.T) {
	r := setup(t, proxyIn)
	for i, c := range []struct{ header, client string }{
		{"PROXY TCP4 192.0.2.7 192.0.2.1 4711 2775\r\n", "192.0.2.7:4711"},
		{"PROXY TCP6 2001:db8::7 2001:db8::1 4711 2775\r\n", "[2001:db8::7]:4711"},
		{"PROXY UNKNOWN\r\n", ""},
		{"PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", ""},
		{v2(t, "192.0.2.7:4711", "192.0.2.1:2775"), "192.0.2.7:4711"},
		{v2(t, "[2001:db8::7]:4711", "[2001:db8::1]:2775"), "[2001:db8::7]:4711"},
		{v2Local, ""},
	} {
		client := r.client("one")
		send(t, client, c.header+"hello")
		smsc := r.server()
		want(t, smsc, "hello")
		send(t, client, " again")
		want(t, smsc, " again")
		client.Close()
		if err := wantEnd(t, smsc, ""); err != nil {
			t.Error(err)
		}
		smsc.Close()
		if c.client == "" {
			c.client = client.LocalAddr().String()
		}
		told := r.told(i)
		if told.conn.A.String() != c.client || told.octets[0].String() != "hello again" {
			t.Errorf("%q: told %v and %q", c.header, told.conn.A, &told.octets[0])
		}
	}
}

// Without a sound header nobody gets through.
func TestProxyInRequired(t *testing.T) {
	r := setup(t, proxyIn, func(o *Options) { o.ConnectTimeout = 50 * time.Millisecond })
	for _, octets := range []string{
		"\x00\x00\x00\x10\x00\x00\x00\x15\x00\x00\x00\x00\x00\x00\x00\x01",
		"PROXY TCP4 1.2.3.4 nonsense\r\n",
		"PROXY " + strings.Repeat("x", 200),
		"\r\n\r\n\x00\r\nQUIT\n\x21\x11\xff\xff",
		"\r\n\r\n\x00\r\nQUIT\n\x21\x31\x00\xd8" + strings.Repeat("\x00", 216), // unix
		"\r\n\r\n",
		"",
	} {
		client := r.client("one")
		_, err := io.WriteString(client, octets) // on a slow machine its time is over already
		if err == nil {
			_, err = io.ReadAll(client)
		}
		if !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%q: the client sees %v", octets, err)
		}
	}
	r.until("failures", func() bool { return r.s.Stats()[0].HeaderFailures == 7 })
	if r.rec.count() > 0 {
		t.Error("told as connections")
	}
}

func TestProxyOut(t *testing.T) {
	r := setup(t, proxyOut)
	client, smsc := r.pair()
	in := bufio.NewReader(smsc)
	h, err := proxyproto.Read(in)
	if err != nil {
		t.Fatal(err)
	}
	tlvs, _ := h.TLVs()
	if h.Version != 2 || h.SourceAddr.String() != client.LocalAddr().String() || h.DestinationAddr.String() != client.RemoteAddr().String() || len(tlvs) > 0 {
		t.Errorf("%+v", h)
	}
	send(t, client, "hello")
	want(t, in, "hello")
	client.Close()
	smsc.Close()
	if n := r.told(0).octets[0].Len(); n != 5 {
		t.Errorf("heard %d octets", n)
	}
}

// Both, with TLS on both sides: the header stands before the handshake.
func TestProxyInOutTLS(t *testing.T) {
	c := newCA(t)
	r := setup(t, proxyIn, proxyOut, func(o *Options) {
		o.Links[0].ListenTLS = c.server("proxy.test")
		o.Links[0].UpstreamTLS = &ClientTLS{CA: c.file, Name: "smsc.test"}
	})
	plain := r.client("one")
	done := make(chan *tls.Conn)
	go func() {
		io.WriteString(plain, v2(t, "[2001:db8::7]:4711", "192.0.2.1:2775"))
		x := tls.Client(plain, &tls.Config{RootCAs: c.pool(), ServerName: "proxy.test"})
		io.WriteString(x, "hello")
		done <- x
	}()
	smsc := r.server()
	pp := proxyproto.NewConn(smsc)
	x := tls.Server(pp, &tls.Config{Certificates: []tls.Certificate{c.pair("smsc.test")}})
	want(t, x, "hello")
	if got := pp.RemoteAddr().String(); got != "[2001:db8::7]:4711" {
		t.Errorf("the SMSC sees %s", got)
	}
	client := <-done
	send(t, x, "back")
	want(t, client, "back")
}

func TestSourceAddress(t *testing.T) {
	r := setup(t, func(o *Options) { o.Links[0].SourceAddress = netip.MustParseAddr("127.0.0.9") })
	_, smsc := r.pair()
	if got := addrPort(smsc.RemoteAddr()).Addr().String(); got != "127.0.0.9" {
		t.Errorf("the SMSC sees %s", got)
	}
}
