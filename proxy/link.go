package proxy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

// keepAlive of both sides. What is idle is not ended by it, only what is gone.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 60 * time.Second, Interval: 10 * time.Second, Count: 6}

// link is a Link at work.
type link struct {
	*Link
	log      *slog.Logger
	listener *net.TCPListener
	keys     atomic.Pointer[keySet]         // in force
	reached  atomic.Pointer[netip.AddrPort] // the SMSC's address, last
	stats    *Counters
	said     sayings
}

// newLink checks a Link and reads its keys.
func newLink(o *Link, log *slog.Logger) (*link, error) {
	l := &link{Link: o, log: log.With("link", o.Name), stats: o.Counters}
	if l.stats == nil {
		l.stats = new(Counters)
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	k, err := l.readKeys()
	if err != nil {
		return nil, err
	}
	l.keys.Store(k)
	if o.UpstreamTLS != nil && o.UpstreamTLS.Insecure {
		l.log.Warn("INSECURE: the SMSC's certificate is not verified; anyone on the path can read and change what passes", "flag", "upstream-insecure")
	}
	return l, nil
}

func (l *link) check() error {
	if l.Name == "" {
		return errors.New("it has no name")
	}
	if _, _, err := net.SplitHostPort(l.Listen); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	switch l.Transparent {
	case "", TransparentOff, TransparentTPROXY, TransparentRedirect:
	default:
		return fmt.Errorf("transparent: %q is not off, tproxy or redirect", l.Transparent)
	}
	if l.Transparent == TransparentTPROXY && l.SourceAddress.IsValid() {
		return errors.New("source-address: with tproxy the SMSC sees the client's own")
	}
	if l.Upstream == "" {
		if l.transparent() {
			return nil
		}
		return errors.New("upstream: none given")
	}
	if host, port, err := net.SplitHostPort(l.Upstream); err != nil {
		return fmt.Errorf("upstream: %w", err)
	} else if host == "" || port == "" || port == "0" {
		return fmt.Errorf("upstream: %q is not HOST:PORT", l.Upstream)
	}
	return nil
}

func (l *link) transparent() bool { return l.Transparent != "" && l.Transparent != TransparentOff }

// open opens the listener.
func (l *link) open(ctx context.Context) error {
	if err := l.supported(); err != nil {
		return fmt.Errorf("transparent: %w", err)
	}
	lc := l.listenConfig()
	ln, err := lc.Listen(ctx, "tcp", l.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	l.listener = ln.(*net.TCPListener) // what "tcp" gives
	return nil
}

// tlsName is what Conn.TLS says.
func (l *link) tlsName() string {
	switch {
	case l.ListenTLS != nil && l.UpstreamTLS != nil:
		return "both"
	case l.ListenTLS != nil:
		return "client"
	case l.UpstreamTLS != nil:
		return "server"
	}
	return "none"
}

// addrPort is a TCP address with IPv4 in its short form; the zero AddrPort for
// what is none.
func addrPort(a net.Addr) netip.AddrPort {
	t, ok := a.(*net.TCPAddr)
	if !ok || t == nil {
		return netip.AddrPort{}
	}
	ap := t.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
