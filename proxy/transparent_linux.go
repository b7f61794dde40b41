package proxy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// supported tells whether this system can do what the link wants.
func (l *link) supported() error { return nil }

// listenConfig: with tproxy the listener takes connections that were meant for
// other addresses (ip(7), IP_TRANSPARENT).
func (l *link) listenConfig() net.ListenConfig {
	c := net.ListenConfig{KeepAliveConfig: keepAlive}
	if l.Transparent == TransparentTPROXY {
		c.Control = beTransparent
	}
	return c
}

// dialer dials the SMSC for a client; with tproxy from the client's own
// address and port.
func (l *link) dialer(client netip.AddrPort) net.Dialer {
	d := net.Dialer{KeepAliveConfig: keepAlive}
	switch {
	case l.Transparent == TransparentTPROXY:
		d.LocalAddr = net.TCPAddrFromAddrPort(client)
		d.Control = func(network, address string, c syscall.RawConn) error {
			// The client may use its port again while the last connection from
			// it is not forgotten here.
			return errors.Join(beTransparent(network, address, c), setInt(c, unix.SOL_SOCKET, unix.SO_REUSEADDR))
		}
	case l.SourceAddress.IsValid():
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(l.SourceAddress, 0))
	}
	return d
}

// beTransparent lets a socket bind to addresses that are not this machine's.
func beTransparent(network, _ string, c syscall.RawConn) error {
	level, option := unix.SOL_IP, unix.IP_TRANSPARENT
	if network == "tcp6" {
		level, option = unix.SOL_IPV6, unix.IPV6_TRANSPARENT
	}
	err := setInt(c, level, option)
	if errors.Is(err, unix.EPERM) {
		return fmt.Errorf("tproxy needs the capability CAP_NET_ADMIN: %w", err)
	}
	return err
}

func setInt(c syscall.RawConn, level, option int) error {
	var err error
	if e := c.Control(func(fd uintptr) {
		err = os.NewSyscallError("setsockopt", unix.SetsockoptInt(int(fd), level, option, 1))
	}); e != nil {
		return e
	}
	return err
}

// destination is the HOST:PORT that a client's connection is for. With tproxy
// and redirect that is where the client wanted to go; a connection straight to
// the listener goes to Upstream, if there is one.
func (l *link) destination(c *net.TCPConn) (string, error) {
	if !l.transparent() {
		return l.Upstream, nil
	}
	here := addrPort(c.LocalAddr())
	wanted := here
	if l.Transparent == TransparentRedirect {
		var err error
		if wanted, err = originalDestination(c, here.Addr().Is4()); err != nil && !errors.Is(err, unix.ENOENT) {
			return "", err
		}
	}
	if wanted.IsValid() && wanted != here || l.Transparent == TransparentTPROXY && !l.isMine(here) {
		return wanted.String(), nil
	}
	if l.Upstream == "" {
		return "", fmt.Errorf("the client connected to the proxy itself (%s), not through %s, and there is no upstream", here, l.Transparent)
	}
	return l.Upstream, nil
}

// isMine tells that an address is the listener's own, on this machine.
func (l *link) isMine(a netip.AddrPort) bool {
	if a.Port() != addrPort(l.listener.Addr()).Port() {
		return false
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, x := range own {
		if n, ok := x.(*net.IPNet); ok && n.IP.Equal(a.Addr().AsSlice()) {
			return true
		}
	}
	return false
}

// originalDestination is where a connection was going before the kernel
// redirected it (SO_ORIGINAL_DST, and IP6T_SO_ORIGINAL_DST with the same
// number).
func originalDestination(c *net.TCPConn, v4 bool) (netip.AddrPort, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return netip.AddrPort{}, err
	}
	var out netip.AddrPort
	if e := raw.Control(func(fd uintptr) { out, err = askOriginal(int(fd), v4) }); e != nil {
		return out, e
	}
	if err != nil {
		err = fmt.Errorf("ask where the connection was going: %w", os.NewSyscallError("getsockopt", err))
	}
	return out, err
}

const originalDst = 80

func askOriginal(fd int, v4 bool) (netip.AddrPort, error) {
	if v4 {
		// The kernel writes a sockaddr_in, which is as long as an IPv6Mreq and
		// some: port and address stand in its first eight octets.
		m, err := unix.GetsockoptIPv6Mreq(fd, unix.SOL_IP, originalDst)
		if err != nil {
			return netip.AddrPort{}, err
		}
		b := m.Multiaddr
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), binary.BigEndian.Uint16(b[2:])), nil
	}
	m, err := unix.GetsockoptIPv6MTUInfo(fd, unix.SOL_IPV6, originalDst)
	if err != nil {
		return netip.AddrPort{}, err
	}
	port := binary.NativeEndian.AppendUint16(nil, m.Addr.Port) // as it lies there, in network order
	return netip.AddrPortFrom(netip.AddrFrom16(m.Addr.Addr), binary.BigEndian.Uint16(port)), nil
}
