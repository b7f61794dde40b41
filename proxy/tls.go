package proxy

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

// keySet is what a link's files say; nil: no TLS on that side. It is not
// changed, so that a handshake under way keeps its own.
type keySet struct {
	listen, upstream *tls.Config
}

// Reload reads certificates, client CAs and key pairs of all links again, for
// the connections that come. When one cannot be read, all stay as they were.
func (s *Server) Reload() error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	sets := make([]*keySet, len(s.links))
	for i, l := range s.links {
		var err error
		if sets[i], err = l.readKeys(); err != nil {
			return fmt.Errorf("link %s: %w", l.Name, err)
		}
	}
	for i, l := range s.links {
		l.keys.Store(sets[i])
	}
	return nil
}

func (l *link) readKeys() (*keySet, error) {
	var s keySet
	var err error
	if l.ListenTLS != nil {
		if s.listen, err = l.ListenTLS.config(); err != nil {
			return nil, err
		}
	}
	if l.UpstreamTLS != nil {
		if s.upstream, err = l.UpstreamTLS.config(l.Upstream); err != nil {
			return nil, err
		}
	}
	return &s, nil
}

// config of the listening side. Sessions are not resumed: binds last, and a
// ticket could outlive the CA that a client's certificate was checked against.
func (t *ServerTLS) config() (*tls.Config, error) {
	pair, err := keyPair("listen-tls-cert", t.Cert, "listen-tls-key", t.Key)
	if err != nil {
		return nil, err
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, SessionTicketsDisabled: true}
	if t.ClientCA != "" {
		if c.ClientCAs, err = pool("listen-tls-client-ca", t.ClientCA); err != nil {
			return nil, err
		}
		c.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return c, nil
}

// config of the side that dials. Without a name the destination's host is
// verified.
func (t *ClientTLS) config(upstream string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.Name, InsecureSkipVerify: t.Insecure} // insecure by a flag only, and loudly
	var err error
	if c.ServerName == "" && upstream != "" {
		c.ServerName = certifiedName(upstream)
	}
	if t.CA != "" {
		if c.RootCAs, err = pool("upstream-ca", t.CA); err != nil {
			return nil, err
		}
	}
	if t.Cert != "" || t.Key != "" {
		pair, err := keyPair("upstream-cert", t.Cert, "upstream-key", t.Key)
		if err != nil {
			return nil, err
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// certifiedName is what the certificate of HOST:PORT, which is one, names.
func certifiedName(hostPort string) string {
	host, _, _ := net.SplitHostPort(hostPort)
	host, _, _ = strings.Cut(host, "%") // no certificate names a zone
	return host
}

// keyPair reads a certificate and its key. Errors name the flag that names
// the file.
func keyPair(certFlag, certFile, keyFlag, keyFile string) (tls.Certificate, error) {
	cert, err := readPEM(certFlag, certFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := readPEM(keyFlag, keyFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%s %s with %s %s: %w", certFlag, certFile, keyFlag, keyFile, err)
	}
	return pair, nil
}

func pool(flag, file string) (*x509.CertPool, error) {
	b, err := readPEM(flag, file)
	if err != nil {
		return nil, err
	}
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("%s: %s holds no certificate in PEM", flag, file)
	}
	return p, nil
}

// maxPEM is the largest file of certificates, in octets: many times all that
// a system trusts.
const maxPEM = 4 << 20

func readPEM(flag, file string) ([]byte, error) {
	if file == "" {
		return nil, errors.New(flag + ": no file named")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err) // os says which file and why
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxPEM+1))
	if err == nil && len(b) > maxPEM {
		err = fmt.Errorf("%s is larger than %d octets", file, maxPEM)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	return b, nil
}
