package proxy

import (
	"errors"
	"io"
	"net"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// outlet writes straight to a TCP connection.
type outlet struct {
	tcp  *net.TCPConn
	raw  syscall.RawConn
	send func(fd uintptr) bool
	rest []byte // to be written
	err  error
}

// newOutlet is an outlet where octets go straight to TCP, and else what stands
// before it.
func newOutlet(dst *end) io.Writer {
	if dst.rw == net.Conn(dst.tcp) {
		if raw, err := dst.tcp.SyscallConn(); err == nil {
			o := &outlet{tcp: dst.tcp, raw: raw}
			o.send = o.give
			return o
		}
	}
	return dst.rw
}

// Write writes all of p, or less with an error, as net.Conn does.
func (o *outlet) Write(p []byte) (int, error) {
	o.rest, o.err = p, nil
	err := o.raw.Write(o.send)
	n := len(p) - len(o.rest)
	o.rest = nil
	if err == nil {
		err = o.err
	}
	return n, err
}

// give is what raw calls: at once, and whenever there may be room.
func (o *outlet) give(fd uintptr) (done bool) {
	for len(o.rest) > 0 {
		n, err := atOnce(unix.SYS_SENDTO, fd, o.rest)
		switch {
		case err == nil:
			o.rest = o.rest[n:]
		case errors.Is(err, syscall.EAGAIN):
			return false
		default:
			o.err = opError("write", o.tcp, err)
			return true
		}
	}
	return true
}

// atOnce calls recvfrom(2) or sendto(2) with octets, not empty, for what can be
// had without waiting. Go's scheduler is not told of the call, as it is of those
// that may wait: where there are thousands in a second, its watch over them
// costs a tenth of the time that relaying takes.
func atOnce(call, fd uintptr, octets []byte) (int, error) {
	for {
		n, _, errno := unix.RawSyscall6(call, fd, uintptr(unsafe.Pointer(&octets[0])), uintptr(len(octets)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case syscall.EINTR:
		default:
			return 0, errno
		}
	}
}
