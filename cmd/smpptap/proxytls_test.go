//go:build linux && cgo

package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// certificate writes a certificate for localhost that signs itself, and its
// key.
func certificate(t *testing.T, dir, name string, serial int64) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, &c, &c, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// TestProxyTLS: with TLS on both sides the plaintext is recorded and kept as
// packets, in which tshark sees every PDU and nobody the password. SIGHUP
// brings a new certificate.
func TestProxyTLS(t *testing.T) {
	dir := t.TempDir()
	smscCert, smscKey := certificate(t, dir, "smsc", 1)
	cert, key := certificate(t, dir, "proxy", 2)
	pair, err := tls.LoadX509KeyPair(smscCert, smscKey)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(localSMSC(t, l))
	r := startProxy(t, "--listen", "127.0.0.1:0", "--upstream", "localhost:"+port, "--upstream-tls", "--upstream-ca", smscCert,
		"--listen-tls-cert", cert, "--listen-tls-key", key, "-w", filepath.Join(dir, "kept"))
	talk := func(serial int64) {
		t.Helper()
		// Who answers is what is looked at, not whether to trust it.
		c, err := tls.Dial("tcp", r.addr("link1"), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := c.ConnectionState().PeerCertificates[0].SerialNumber.Int64(); got != serial {
			t.Errorf("certificate %d, want %d", got, serial)
		}
		e := boundOn(t, c)
		e.submits(20)
		e.leave()
	}
	talk(2)
	certificate(t, dir, "proxy", 3)
	r.signal(syscall.SIGHUP)
	r.said("certificates were read again")
	talk(3)
	if err := os.WriteFile(cert, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.signal(syscall.SIGHUP)
	r.said("certificates were not read again")
	talk(3)
	r.stop()
	const want = 3 * 2 * (1 + 20 + 1)
	if got := r.query("SELECT count(*) || ' ' || (SELECT group_concat(DISTINCT tls) FROM connections) FROM pdus"); got != "132 both" {
		t.Errorf("recorded: %s", got)
	}
	files, err := filepath.Glob(filepath.Join(dir, "kept", "smpptap_00001_*.pcapng"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if raw, err := os.ReadFile(files[0]); err != nil || bytes.Contains(raw, []byte("s3cr3tpw")) || !bytes.Contains(raw, []byte("hello 2")) {
		t.Errorf("the packets: %v, or a password, or no text", err)
	}
	shark := func(filter string) string {
		out, err := exec.CommandContext(t.Context(), "tshark", "-r", files[0], "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
			"-d", "tcp.port=="+port+",smpp", "-Y", filter, "-T", "fields", "-e", "frame.number", "-e", "smpp.command_id").Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if bad := shark("_ws.malformed or tcp.checksum.status == 0 or ip.checksum.status == 0 or tcp.analysis.flags"); bad != "" {
		t.Errorf("tshark finds fault:\n%s", bad)
	}
	if got := strings.Count(shark("smpp"), "0x"); got != want {
		t.Errorf("tshark sees %d PDUs, want %d", got, want)
	}
	if list, err := exec.CommandContext(t.Context(), "smpptap", "read", "-T", "ndjson", files[0]).Output(); err != nil || bytes.Count(list, []byte("\n")) != want {
		t.Errorf("smpptap reads %d PDUs: %v", bytes.Count(list, []byte("\n")), err)
	}
}
