package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	"smpptap/stream"
)

// connect dials the SMSC and makes the connection known to the handler, also
// when it failed.
func (r *relay) connect() bool {
	ctx, cancel := context.WithTimeout(r.s.ctx, r.s.o.ConnectTimeout)
	defer cancel()
	b, err := r.dial(ctx)
	if err != nil {
		r.unreached(b, err)
		return false
	}
	r.open(b)
	return true
}

// open tells the handler.
func (r *relay) open(smsc netip.AddrPort) {
	at := stamp()
	r.conn = &stream.Conn{
		Link: r.link.Name, A: r.client, B: smsc, Opened: at,
		SYN: true, Expected: true, TLS: r.link.tlsName(),
	}
	r.tap = r.s.open(r.conn)
	r.tap.event(stream.FromA, at, stream.EventSeen)
	if r.ends[stream.FromB].tcp != nil {
		r.tap.event(stream.FromB, at, stream.EventSeen)
	}
}

// dial connects to the SMSC, TLS included, and gives its address as far as it
// is known.
func (r *relay) dial(ctx context.Context) (netip.AddrPort, error) {
	dest, err := r.link.destination(r.ends[stream.FromA].tcp)
	if err != nil {
		r.failed(&r.link.stats.dial)
		return netip.AddrPortFrom(netip.IPv4Unspecified(), 0), err
	}
	d := r.link.dialer(r.client)
	c, err := d.DialContext(ctx, network(d.LocalAddr), dest)
	if err != nil {
		r.failed(&r.link.stats.dial)
		return r.link.tried(dest, err), err
	}
	smsc := addrPort(c.RemoteAddr())
	r.link.reached.Store(&smsc)
	if !r.dialled(c.(*net.TCPConn)) { // what "tcp" gives
		return smsc, context.Canceled
	}
	if err := r.speak(ctx, c, dest); err != nil {
		return smsc, err
	}
	return smsc, nil
}

// dialled keeps the connection, unless all are being closed.
func (r *relay) dialled(c *net.TCPConn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopping.Load() {
		reset(c)
		return false
	}
	smsc := &r.ends[stream.FromB]
	smsc.tcp, smsc.rw = c, c
	return true
}

// speak sends what the SMSC is to see before the client's octets.
func (r *relay) speak(ctx context.Context, c net.Conn, dest string) error {
	if r.link.ProxyOut {
		if err := introduce(c, r.client, r.dest); err != nil {
			r.failed(&r.link.stats.dial)
			return err
		}
	}
	if r.link.UpstreamTLS == nil {
		return nil
	}
	t := tls.Client(c, r.link.clientConfig(dest))
	if err := t.HandshakeContext(ctx); err != nil {
		r.failed(&r.link.stats.upstreamTLS)
		return fmt.Errorf("TLS handshake: %w", err)
	}
	smsc := &r.ends[stream.FromB]
	smsc.rw, smsc.tls = t, t
	return nil
}

// unreached tells the handler, the log and, by a RST, the client that the SMSC
// could not be had.
func (r *relay) unreached(smsc netip.AddrPort, err error) {
	if r.ended() {
		r.drop()
		return
	}
	r.link.said.dial.warn(r.log, "cannot reach the SMSC", "client", r.client, "error", err)
	r.open(smsc)
	at := stamp()
	if errors.Is(err, syscall.ECONNREFUSED) {
		r.tap.event(stream.FromB, at, stream.EventRefused)
	}
	r.drop()
	r.tap.close(at, fmt.Errorf("%w: %w", stream.ErrUnreached, err))
}

// tried is the address that a failed dial was for. When the name could not be
// resolved it is the one that was reached last, and 0.0.0.0 before that.
func (l *link) tried(dest string, err error) netip.AddrPort {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		if a := addrPort(op.Addr); a.IsValid() {
			return a
		}
	}
	if a, err := netip.ParseAddrPort(dest); err == nil {
		return a
	}
	if a := l.reached.Load(); a != nil {
		return *a
	}
	_, text, _ := net.SplitHostPort(dest)      // it was dialled
	port, _ := strconv.ParseUint(text, 10, 16) // a name is none
	return netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(port))
}

// network keeps to the family of the address that is dialled from.
func network(local net.Addr) string {
	a := addrPort(local)
	switch {
	case !a.IsValid():
		return "tcp"
	case a.Addr().Is4():
		return "tcp4"
	}
	return "tcp6"
}

// clientConfig is that of a handshake with the SMSC at dest.
func (l *link) clientConfig(dest string) *tls.Config {
	c := l.keys.Load().upstream
	if c.ServerName != "" {
		return c
	}
	c = c.Clone()
	c.ServerName = certifiedName(dest)
	return c
}
