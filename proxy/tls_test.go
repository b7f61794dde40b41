package proxy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"smpptap/stream"
)

// ca issues certificates into a directory of the test.
type ca struct {
	t    testing.TB
	dir  string
	file string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	n    int64
}

func newCA(t testing.TB) *ca {
	c := &ca{t: t, dir: t.TempDir(), n: 1}
	c.key = newKey(t)
	c.cert = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test CA"},
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, c.cert, c.cert, &c.key.PublicKey, c.key)
	if err != nil {
		t.Fatal(err)
	}
	if c.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	c.file = c.write("ca.pem", "CERTIFICATE", der)
	return c
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (c *ca) write(name, kind string, der []byte) string {
	file := filepath.Join(c.dir, name)
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return file
}

// issue writes a certificate for a name, and its key.
func (c *ca) issue(name string) (cert, key string) {
	c.n++
	k := newKey(c.t)
	x := &x509.Certificate{
		SerialNumber: big.NewInt(c.n), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, x, c.cert, &k.PublicKey, c.key)
	if err != nil {
		c.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.write(name+".pem", "CERTIFICATE", der), c.write(name+".key", "PRIVATE KEY", private)
}

func (c *ca) server(name string) *ServerTLS {
	cert, key := c.issue(name)
	return &ServerTLS{Cert: cert, Key: key}
}

func (c *ca) pair(name string) tls.Certificate {
	pair, err := tls.LoadX509KeyPair(c.issue(name))
	if err != nil {
		c.t.Fatal(err)
	}
	return pair
}

func (c *ca) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(c.cert)
	return p
}

// peer is an end of a connection, plain or TLS.
type peer interface {
	net.Conn
	CloseWrite() error
}

// tlsEnds does both handshakes of a new connection; a nil config is a plain
// end.
func (r *rig) tlsEnds(client, smsc *tls.Config) (a, b peer) {
	r.t.Helper()
	done := make(chan peer, 1)
	plain := r.client("one")
	go func() {
		if client == nil {
			done <- plain
			return
		}
		c := tls.Client(plain, client)
		if err := c.Handshake(); err != nil {
			r.t.Error("the client's handshake:", err)
		}
		done <- c
	}()
	server := r.server()
	b = server
	if smsc != nil {
		c := tls.Server(server, smsc)
		if err := c.Handshake(); err != nil {
			r.t.Error("the SMSC's handshake:", err)
		}
		b = c
	}
	return <-done, b
}

func TestTLS(t *testing.T) {
	c := newCA(t)
	listen, upstream := c.server("proxy.test"), &ClientTLS{CA: c.file, Name: "smsc.test"}
	smscPair := c.pair("smsc.test")
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client := &tls.Config{RootCAs: c.pool(), ServerName: "proxy.test", MinVersion: version, MaxVersion: version}
		smsc := &tls.Config{Certificates: []tls.Certificate{smscPair}, MinVersion: version, MaxVersion: version}
		for name, way := range map[string][2]*tls.Config{"client": {client, nil}, "server": {nil, smsc}, "both": {client, smsc}} {
			t.Run(name+" "+tls.VersionName(version), func(t *testing.T) {
				r := setup(t, func(o *Options) {
					if way[0] != nil {
						o.Links[0].ListenTLS = listen
					}
					if way[1] != nil {
						o.Links[0].UpstreamTLS = upstream
					}
				})
				a, b := r.tlsEnds(way[0], way[1])
				bulk := strings.Repeat("0123456789abcdef", 20_000)
				go io.WriteString(a, bulk)
				want(t, b, bulk)
				go io.WriteString(b, bulk)
				want(t, a, bulk)
				a.CloseWrite() // close_notify; then FIN by the proxy
				if err := wantEnd(t, b, ""); err != nil {
					t.Errorf("the SMSC sees %v", err)
				}
				send(t, b, "late")
				want(t, a, "late")
				b.CloseWrite()
				if err := wantEnd(t, a, ""); err != nil {
					t.Errorf("the client sees %v", err)
				}
				told := r.told(0)
				told.wants(t, fin, fin, nil)
				if told.octets[0].String() != bulk || told.octets[1].String() != bulk+"late" || told.conn.TLS != name {
					t.Errorf("heard %d and %d octets, TLS %s", told.octets[0].Len(), told.octets[1].Len(), told.conn.TLS)
				}

				a, b = r.tlsEnds(way[0], way[1])
				send(t, a, "x")
				want(t, b, "x")
				lower := a
				if x, ok := a.(*tls.Conn); ok {
					lower = x.NetConn().(*net.TCPConn)
				}
				lower.(*net.TCPConn).SetLinger(0)
				lower.Close()
				if err := wantEnd(t, b, ""); !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("the SMSC sees %v", err)
				}
				r.told(1).wants(t, rst, nil, nil)
			})
		}
	}
}

// counting counts what comes from below.
type counting struct {
	net.Conn
	n int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.n += n
	return n, err
}

// An orderly end is one on the other side; what breaks off inside a record is
// not made one by a close_notify.
func TestTLSCutOff(t *testing.T) {
	c := newCA(t)
	r := setup(t, func(o *Options) {
		o.Links[0].ListenTLS = c.server("proxy.test")
		o.Links[0].UpstreamTLS = &ClientTLS{CA: c.file, Name: "smsc.test"}
	})
	pair := c.pair("smsc.test")
	for _, whole := range []bool{true, false} {
		a := tls.Client(r.client("one"), &tls.Config{RootCAs: c.pool(), ServerName: "proxy.test"})
		go a.Write([]byte("x"))
		below := &counting{Conn: r.server()}
		b := tls.Server(below, &tls.Config{Certificates: []tls.Certificate{pair}})
		want(t, b, "x")
		before := below.n
		if whole {
			a.CloseWrite()
		} else {
			send(t, a.NetConn(), "\x17\x03\x03\x00\x20")
			a.NetConn().(*net.TCPConn).CloseWrite()
		}
		if err := wantEnd(t, b, ""); err != nil {
			t.Errorf("whole %v: the SMSC sees %v", whole, err)
		}
		if told := below.n > before; told != whole {
			t.Errorf("whole %v: close_notify %v", whole, told)
		}
	}
}

// Who breaks TLS has reset nothing, but the connection is over.
func TestTLSBroken(t *testing.T) {
	c := newCA(t)
	r := setup(t, func(o *Options) { o.Links[0].ListenTLS = c.server("proxy.test") })
	a, b := r.tlsEnds(&tls.Config{RootCAs: c.pool(), ServerName: "proxy.test"}, nil)
	send(t, a, "x")
	want(t, b, "x")
	send(t, a.(*tls.Conn).NetConn(), "\x17\x03\x03\x00\x20 no record that anybody encrypted.")
	if err := wantEnd(t, b, ""); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the SMSC sees %v", err)
	}
	r.told(0).wants(t, nil, nil, stream.ErrLost)
}

func TestClientCertificate(t *testing.T) {
	c, other := newCA(t), newCA(t)
	r := setup(t, func(o *Options) {
		o.Links[0].ListenTLS = c.server("proxy.test")
		o.Links[0].ListenTLS.ClientCA = c.file
	})
	config := &tls.Config{RootCAs: c.pool(), ServerName: "proxy.test"}
	for _, pair := range [][]tls.Certificate{nil, {other.pair("esme.test")}} {
		config.Certificates = pair
		x := tls.Client(r.client("one"), config)
		if err := x.Handshake(); err == nil {
			if _, err = x.Read(make([]byte, 1)); err == nil {
				t.Error("taken")
			}
		}
	}
	r.until("failures", func() bool { return r.s.Stats()[0].ListenTLSFailures == 2 })
	config.Certificates = []tls.Certificate{c.pair("esme.test")}
	a, b := r.tlsEnds(config, nil)
	send(t, a, "hello")
	want(t, b, "hello")
	if n := r.rec.count(); n != 1 {
		t.Errorf("%d connections told", n)
	}
}

// The SMSC's certificate is verified: its CA and its name.
func TestUpstreamVerified(t *testing.T) {
	c, other := newCA(t), newCA(t)
	pair := c.pair("smsc.test")
	for name, o := range map[string]*ClientTLS{
		"CA":      {CA: other.file, Name: "smsc.test"},
		"name":    {CA: c.file, Name: "other.test"},
		"no name": {CA: c.file}, // the upstream's host is 127.0.0.1
	} {
		t.Run(name, func(t *testing.T) {
			r := setup(t, func(x *Options) { x.Links[0].UpstreamTLS = o })
			client := r.client("one")
			if err := tls.Server(r.server(), &tls.Config{Certificates: []tls.Certificate{pair}}).Handshake(); err == nil {
				t.Log("the SMSC learns of it later") // TLS 1.3
			}
			wantReset(t, client)
			if s := r.s.Stats()[0]; s.UpstreamTLSFailures != 1 || s.DialFailures != 0 {
				t.Errorf("%+v", s)
			}
			r.told(0)
		})
	}
	r := setup(t, func(x *Options) { x.Links[0].UpstreamTLS = &ClientTLS{Insecure: true} })
	a, b := r.tlsEnds(nil, &tls.Config{Certificates: []tls.Certificate{pair}})
	send(t, a, "hello")
	want(t, b, "hello")
	if n := strings.Count(r.log.String(), "INSECURE"); n != 1 {
		t.Errorf("said %d times", n)
	}
}

// The proxy's own certificate, for SMSCs that want one.
func TestUpstreamClientCertificate(t *testing.T) {
	c := newCA(t)
	cert, key := c.issue("esme.test")
	r := setup(t, func(o *Options) {
		o.Links[0].UpstreamTLS = &ClientTLS{CA: c.file, Name: "smsc.test", Cert: cert, Key: key}
	})
	_, b := r.tlsEnds(nil, &tls.Config{Certificates: []tls.Certificate{c.pair("smsc.test")}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: c.pool()})
	if got := b.(*tls.Conn).ConnectionState().PeerCertificates[0].Subject.CommonName; got != "esme.test" {
		t.Errorf("the SMSC sees %s", got)
	}
}

// A client that speaks plain SMPP to TLS is told by a RST, and the log says
// what it did.
func TestPlainToTLS(t *testing.T) {
	c := newCA(t)
	r := setup(t, func(o *Options) { o.Links[0].ListenTLS = c.server("proxy.test") })
	client := r.client("one")
	send(t, client, "\x00\x00\x00\x10\x00\x00\x00\x15\x00\x00\x00\x00\x00\x00\x00\x01")
	if _, err := io.ReadAll(client); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client sees %v", err)
	}
	r.until("failure", func() bool { return r.s.Stats()[0].ListenTLSFailures == 1 })
	r.until("log", func() bool { return strings.Contains(r.log.String(), "looks like plain SMPP") })
}

// A handshake that does not come is not waited for longer than ConnectTimeout.
func TestHandshakeTimeout(t *testing.T) {
	c := newCA(t)
	r := setup(t, func(o *Options) {
		o.Links[0].ListenTLS = c.server("proxy.test")
		o.ConnectTimeout = 20 * time.Millisecond
	})
	client := r.client("one")
	if _, err := client.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("the client sees %v", err)
	}
	r.until("failure", func() bool { return r.s.Stats()[0].ListenTLSFailures == 1 })
}

func TestReload(t *testing.T) {
	c := newCA(t)
	own := c.server("proxy.test")
	own.ClientCA = c.file
	r := setup(t, func(o *Options) { o.Links[0].ListenTLS = own })
	config := &tls.Config{RootCAs: c.pool(), ServerName: "proxy.test", Certificates: []tls.Certificate{c.pair("esme.test")}}
	serial := func(p peer) int64 { return p.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.Int64() }
	old, oldSMSC := r.tlsEnds(config, nil)
	first := serial(old)

	c.issue("proxy.test") // the same files
	if err := r.s.Reload(); err != nil {
		t.Fatal(err)
	}
	a, b := r.tlsEnds(config, nil)
	if serial(a) == first {
		t.Error("the certificate did not change")
	}
	second := serial(a)
	for _, ends := range [][2]peer{{old, oldSMSC}, {a, b}} {
		send(t, ends[0], "hello")
		want(t, ends[1], "hello")
	}

	if err := os.Remove(own.Key); err != nil {
		t.Fatal(err)
	}
	if err := r.s.Reload(); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "link one: listen-tls-key: open "+own.Key) {
		t.Errorf("the error is %v", err)
	}
	if a, _ := r.tlsEnds(config, nil); serial(a) != second {
		t.Error("what was in force is gone")
	}
}

func TestKeyErrors(t *testing.T) {
	c := newCA(t)
	cert, key := c.issue("a.test")
	_, otherKey := c.issue("b.test")
	for want, o := range map[string]*ServerTLS{
		"listen-tls-cert " + cert + " with listen-tls-key " + otherKey: {Cert: cert, Key: otherKey},
		"listen-tls-client-ca: " + key + " holds no certificate":       {Cert: cert, Key: key, ClientCA: key},
		"listen-tls-key: no file named":                                {Cert: cert},
	} {
		if _, err := o.config(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
