package proxy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/pires/go-proxyproto"
)

// errNoAddress: the header's addresses are not those of TCP.
var errNoAddress = errors.New("the header has no TCP addresses")

// header reads the PROXY header that must stand before everything else. LOCAL
// and UNKNOWN mean that the connection is the sender's own: its addresses
// stay. The read deadline is the caller's. A header of v1 must come in one
// segment, as its specification has it.
func (r *relay) header() error {
	c := r.ends[0].tcp
	in := bufio.NewReader(c)
	h, err := proxyproto.Read(in)
	if err != nil {
		return err
	}
	if h.Command == proxyproto.PROXY {
		src, dst, ok := h.TCPAddrs()
		if !ok {
			return errNoAddress
		}
		r.client, r.dest = addrPort(src), addrPort(dst)
	}
	if n := in.Buffered(); n > 0 {
		rest, err := in.Peek(n)
		if err != nil {
			return err
		}
		r.ends[0].rw = &readAhead{TCPConn: c, rest: bytes.Clone(rest)}
	}
	return nil
}

// readAhead is a connection of which octets were read already.
type readAhead struct {
	*net.TCPConn
	rest []byte
}

func (c *readAhead) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		return c.TCPConn.Read(p)
	}
	n := copy(p, c.rest)
	if c.rest = c.rest[n:]; len(c.rest) == 0 {
		c.rest = nil
	}
	return n, nil
}

// introduce sends a header of v2 without TLVs: who the client is, and where it
// connected to.
func introduce(smsc net.Conn, client, dest netip.AddrPort) error {
	h := proxyproto.HeaderProxyFromAddrs(2, net.TCPAddrFromAddrPort(client), net.TCPAddrFromAddrPort(dest))
	if _, err := h.WriteTo(smsc); err != nil {
		return fmt.Errorf("PROXY header: %w", err)
	}
	return nil
}
