//go:build linux && cgo

package main

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smpptap/internal/cost"
)

// hostile is how a peer misuses a connection, and the rules that tell so.
type hostile struct {
	name    string
	byMeter bool // an octet at a time
	octets  []byte
	bySMSC  bool // it is the SMSC that does
	stays   bool // it does not close
	rules   string
}

// hostiles are peers of a link on which a bind is wanted within a second.
func hostiles(t *testing.T) []hostile {
	header := func(length, id uint32, rest int) []byte {
		b := make([]byte, 16+rest)
		for i, v := range []uint32{length, id, 0, 7} {
			binary.BigEndian.PutUint32(b[4*i:], v)
		}
		return b
	}
	noise := make([]byte, 300_000)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise)
	bind := liveBind()
	return []hostile{
		{name: "says nothing and stays", stays: true, rules: "bind-timeout"},
		{name: "says nothing and leaves", rules: "connection-silent"},
		{name: "noise", octets: noise, rules: "framing-not-smpp"},
		{name: "HTTP", octets: []byte("GET / HTTP/1.1\r\nHost: smsc\r\n\r\n"), rules: "framing-not-smpp"},
		{name: "TLS", octets: tlsHello(t), rules: "framing-not-smpp"},
		{name: "a PDU of 4 GiB", octets: header(0xFFFF_FFFF, 4, 200_000), rules: "framing-length-large"},
		{name: "a PDU of 4 GiB, slowly", octets: header(0xFFFF_FFF0, 9, 300), byMeter: true, stays: true, rules: "bind-timeout framing-length-large"},
		{name: "noise behind a bind", octets: append(liveBind(), noise...), rules: "bind-unanswered cleartext-credentials framing-garbage"},
		{name: "a bind, slowly", octets: bind, byMeter: true, rules: "bind-unanswered cleartext-credentials"},
		{name: "half a bind", octets: bind[:len(bind)/2], rules: "framing-truncated"},
		{name: "noise of the SMSC", octets: noise, bySMSC: true, rules: "framing-not-smpp"},
		{name: "a PDU of 4 GiB of the SMSC", octets: header(0xFFFF_FFFF, 0x8000_0009, 100_000), bySMSC: true, rules: "framing-length-large"},
	}
}

// tlsHello is what a TLS client says first.
func tlsHello(t *testing.T) []byte {
	t.Helper()
	client, server := net.Pipe()
	defer client.Close()
	go func() { _ = tls.Client(client, &tls.Config{ServerName: "smsc.test"}).Handshake() }()
	record := make([]byte, 5)
	if _, err := io.ReadFull(server, record); err != nil {
		t.Fatal(err)
	}
	body := make([]byte, binary.BigEndian.Uint16(record[3:]))
	if _, err := io.ReadFull(server, body); err != nil {
		t.Fatal(err)
	}
	return append(record, body...)
}

// TestProxyHostilePeers: peers that say nothing, noise, another protocol, too
// much or too little, on either side and to a TLS port. Their octets are
// relayed; each gets the finding that is due, and nobody on the other link
// notices anything. Those that will not leave are made to.
func TestProxyHostilePeers(t *testing.T) {
	dir := t.TempDir()
	cert, key := certificate(t, dir, "proxy", 1)
	smsc, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer smsc.Close()
	config := filepath.Join(dir, "links.yaml")
	text := "profile: {id: hasty, title: Hasty, extends: kaleyra}\ntimers: {session_init: {value: 1, provenance: private}}\n"
	if err := os.WriteFile(filepath.Join(dir, "hasty.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	text = "listen: 127.0.0.1:0\nlinks:\n  - {name: good, upstream: '" + localSMSC(t, nil) + "'}\n" +
		"  - {name: bad, upstream: '" + smsc.Addr().String() + "', profile: " + filepath.Join(dir, "hasty.yaml") + "}\n" +
		"  - {name: tls, upstream: '" + smsc.Addr().String() + "', listen-tls-cert: " + cert + ", listen-tls-key: " + key + "}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := startProxy(t, "--config", config, "--drain", "0s", "--connect-timeout", "1s")
	h := beHealthy(t, r.addr("good"))

	ports, stay := map[string]string{}, []net.Conn{}
	for _, x := range hostiles(t) {
		client, server := connect(t, r.addr("bad"), smsc)
		_, ports[x.name], _ = net.SplitHostPort(client.LocalAddr().String())
		from, to := client, server
		if x.bySMSC {
			from, to = server, client
		}
		if got := x.misuse(t, from, to); !bytes.Equal(got, x.octets) {
			t.Errorf("%s: %d octets arrived, want %d", x.name, len(got), len(x.octets))
		}
		if x.stays {
			stay = append(stay, client, server)
		}
		h.goesOn()
	}
	mute, err := net.Dial("tcp", r.addr("tls"))
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	plain, err := net.Dial("tcp", r.addr("tls"))
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if _, err := plain.Write(liveBind()); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, plain); err == nil { // a TLS alert may come first
		t.Error("plain SMPP to a TLS port: the connection ended in order")
	}
	r.said("client refused: TLS handshake failed.*looks like plain SMPP")
	r.until(`^smpptap_connection_failures_total\{link="tls",reason="tls_in"\} 2`)
	r.until(`^smpptap_findings_total\{link="bad",rule="bind-timeout",severity="warning"\} 2`)
	h.goesOn()
	if held := r.memory(); !cost.Race && held > 200 { // 64 MiB are for what waits
		t.Errorf("it held %.0f MiB", held)
	}
	h.leaves()
	r.stop()
	for _, c := range stay {
		if n, err := io.Copy(io.Discard, c); n != 0 || err != nil {
			t.Errorf("who stayed sees %d octets, %v", n, err)
		}
	}
	for _, x := range hostiles(t) {
		// connection-silent names no port: it is about all of a client's.
		got := r.query("SELECT coalesce(group_concat(DISTINCT rule), '') FROM (SELECT rule FROM findings LEFT JOIN connections c ON c.id = connection_id" +
			" WHERE c.client_port = " + ports[x.name] + " OR message LIKE '%127.0.0.1:" + ports[x.name] + " %' ORDER BY rule)")
		if x.rules == "connection-silent" {
			got += r.query("SELECT group_concat(rule) FROM findings WHERE rule = '" + x.rules + "' AND count = 1")
		}
		if got = strings.ReplaceAll(got, ",", " "); !strings.Contains(x.rules, "bind-timeout") {
			got = strings.TrimPrefix(strings.ReplaceAll(" "+got, " bind-timeout", ""), " ") // on a machine that is slow
		}
		if got != x.rules {
			t.Errorf("%s: findings %q, want %q", x.name, got, x.rules)
		}
	}
	r.wholeOn("good", h)
}

// connect connects an ESME through the proxy, and gives both ends.
func connect(t *testing.T, address string, smsc net.Listener) (client, server *net.TCPConn) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s, err := smsc.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return c.(*net.TCPConn), s.(*net.TCPConn)
}

// misuse does what x does, and gives what arrived.
func (x *hostile) misuse(t *testing.T, from, to *net.TCPConn) []byte {
	t.Helper()
	got := make([]byte, len(x.octets))
	if x.byMeter {
		for i := range x.octets { // the next one when this one has arrived
			if _, err := from.Write(x.octets[i : i+1]); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(to, got[i:i+1]); err != nil {
				t.Fatal(err)
			}
		}
	} else {
		go func() { _, _ = from.Write(x.octets) }()
		if _, err := io.ReadFull(to, got); err != nil {
			t.Fatal(err)
		}
	}
	if x.stays {
		return got
	}
	for _, c := range []*net.TCPConn{from, to} {
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []*net.TCPConn{to, from} {
		if _, err := c.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("%s: no end: %v", x.name, err)
		}
	}
	return got
}
