//go:build !linux

package proxy

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// supported tells whether this system can do what the link wants.
func (l *link) supported() error {
	if l.transparent() {
		return fmt.Errorf("%s works on Linux only: %w", l.Transparent, errors.ErrUnsupported)
	}
	return nil
}

func (l *link) listenConfig() net.ListenConfig {
	return net.ListenConfig{KeepAliveConfig: keepAlive}
}

// dialer dials the SMSC for a client.
func (l *link) dialer(netip.AddrPort) net.Dialer {
	d := net.Dialer{KeepAliveConfig: keepAlive}
	if l.SourceAddress.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(l.SourceAddress, 0))
	}
	return d
}

// destination is the HOST:PORT that a client's connection is for.
func (l *link) destination(*net.TCPConn) (string, error) { return l.Upstream, nil }
