package proxy

import (
	"math"

	"golang.org/x/sys/unix"
)

// tcpClose is TCP_CLOSE of the kernel's net/tcp_states.h.
const tcpClose = 7

// canWatch: watch sees a reset that comes after a FIN.
const canWatch = true

// isReset tells, where reading e ended, that it was reset: another system call
// may have taken the error that told so.
func (e *end) isReset() bool {
	closed := false
	e.control(func(fd int) {
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		closed = err == nil && info.State == tcpClose
	})
	return e.reset.Load() || closed && !e.finSent.Load() // in that order, see closeWrite
}

// watch waits, after e's FIN, until it is reset (true) or the relay is over.
func (e *end) watch() bool {
	raw, err := e.tcp.SyscallConn()
	if err != nil {
		return false
	}
	found := false
	err = raw.Read(func(uintptr) bool {
		found = e.isReset()
		return found || e.finSent.Load()
	})
	return err == nil && found
}

// unread are octets that e's peer sent and nobody read; with TLS as they come.
func (e *end) unread() int64 { return e.queued(unix.SIOCINQ) }

// unsent are octets written to e that did not leave yet.
func (e *end) unsent() int64 { return e.queued(unix.SIOCOUTQNSD) }

func (e *end) queued(request uint) int64 {
	n := 0
	e.control(func(fd int) { n, _ = unix.IoctlGetInt(fd, request) })
	return int64(n)
}

func (e *end) control(f func(fd int)) {
	if raw, err := e.tcp.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { f(int(fd)) }) // fails when it is closed
	}
}

// descriptors is how many files the process may have open.
func descriptors() uint64 {
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &r) != nil {
		return math.MaxUint64
	}
	return r.Cur
}
