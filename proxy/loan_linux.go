package proxy

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// loan reads from a TCP connection into octets that are borrowed when there is
// something to read, and given back when there is no more: a connection that
// is idle holds none, and those that are not share what is warm in the
// processor's cache.
type loan struct {
	tcp    *net.TCPConn
	raw    syscall.RawConn
	take   func(fd uintptr) bool
	octets []byte // nil: nothing is borrowed
	large  bool   // a small one would not have done for what was read last
	n      int
	err    error
}

var smallBuffers = sync.Pool{New: func() any { return new([smallBuffer]byte) }}

// newIntake is a loan where octets come straight from TCP; TLS wants a buffer
// before it knows whether it has anything to put there.
func newIntake(src *end, stopping *atomic.Bool) intake {
	if src.rw == net.Conn(src.tcp) {
		if raw, err := src.tcp.SyscallConn(); err == nil {
			l := &loan{tcp: src.tcp, raw: raw}
			l.take = l.receive
			return l
		}
	}
	return newBuffer(src, stopping)
}

func (l *loan) read() ([]byte, error) {
	if err := l.raw.Read(l.take); err != nil {
		return nil, err // closed, or told to stop by the deadline
	}
	return l.octets[:l.n], l.err
}

// receive is what raw calls: at once, and whenever there may be something.
func (l *loan) receive(fd uintptr) (done bool) {
	l.borrow()
	l.n, l.err = atOnce(unix.SYS_RECVFROM, fd, l.octets)
	switch {
	case errors.Is(l.err, syscall.EAGAIN):
		l.done()
		return false
	case l.err != nil:
		l.n = 0
		l.err = opError("read", l.tcp, l.err)
	case l.n == 0:
		l.err = io.EOF
	}
	l.large = l.n >= smallBuffer
	return true
}

// borrow makes what is held fit for what was read last.
func (l *loan) borrow() {
	if l.octets != nil && l.large == (len(l.octets) == bigBuffer) {
		return
	}
	l.done()
	if l.large {
		l.octets = bigBuffers.Get().(*[bigBuffer]byte)[:]
	} else {
		l.octets = smallBuffers.Get().(*[smallBuffer]byte)[:]
	}
}

// done gives back what is held.
func (l *loan) done() {
	switch len(l.octets) {
	case bigBuffer:
		bigBuffers.Put((*[bigBuffer]byte)(l.octets))
	case smallBuffer:
		smallBuffers.Put((*[smallBuffer]byte)(l.octets))
	}
	l.octets = nil
}
