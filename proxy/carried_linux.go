package proxy

import (
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"smpptap/stream"
)

// carried is a connection that a carrier relays.
type carried struct {
	r    *relay
	fds  [2]int // by stream.Dir
	done chan struct{}

	recalled bool // under the carrier's mu

	// What follows is the carrier's until done.
	left   [2]remains // by direction
	broken bool       // by a bug
}

// backTime is how long a connection that a carrier gave back waits while there
// is no descriptor for it.
const backTime = 10 * time.Second

// carry has a carrier relay while that one can, and gives what is left to do by
// direction. Where no carrier can, nothing has happened.
func (r *relay) carry() (left [2]remains) {
	c := r.s.carriers.idlest()
	if c == nil {
		return left
	}
	x := &carried{r: r, done: make(chan struct{})}
	if !x.leaveNet(c) {
		return left
	}
	if c.take(x) {
		<-x.done
	}
	x.backToNet()
	return x.left
}

// leaveNet takes the sockets away from Go's poller, which else would wake up
// for every octet, too; false: they stay there.
func (x *carried) leaveNet(c *carrier) bool {
	for dir := range x.fds {
		fd, err := x.r.ends[dir].descriptor()
		if err != nil {
			closeAll(x.fds[:dir])
			return false
		}
		x.fds[dir] = fd
	}
	x.r.mu.Lock()
	defer x.r.mu.Unlock()
	if x.r.stopping.Load() {
		closeAll(x.fds[:])
		return false
	}
	for dir := range x.r.ends {
		_ = x.r.ends[dir].tcp.Close() // the socket lives on
	}
	x.r.recall = func() { c.recall(x) }
	return true
}

// descriptor is another one of e's socket, where octets come straight from TCP.
func (e *end) descriptor() (fd int, err error) {
	if e.rw != net.Conn(e.tcp) {
		return -1, errors.ErrUnsupported
	}
	err = net.ErrClosed
	e.control(func(own int) { fd, err = unix.FcntlInt(uintptr(own), unix.F_DUPFD_CLOEXEC, 0) })
	return fd, err
}

func closeAll(fds []int) {
	for _, fd := range fds {
		_ = unix.Close(fd)
	}
}

// backToNet undoes leaveNet, and does what stop and kill could not meanwhile.
func (x *carried) backToNet() {
	r := x.r
	var conns [2]*net.TCPConn
	var errs [2]error
	for dir, fd := range x.fds {
		conns[dir], errs[dir] = x.netConn(fd)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.recall = nil
	for dir, c := range conns {
		if c != nil {
			r.ends[dir].tcp, r.ends[dir].rw = c, c
		}
	}
	switch err := errors.Join(errs[:]...); {
	case r.gone.Load():
		r.closeEnds()
	case err != nil:
		x.lose(err)
	case x.broken:
		r.close()
	case r.stopping.Load():
		r.hurry()
	}
}

// lose resets a connection that cannot be had back.
func (x *carried) lose(err error) {
	r := x.r
	r.link.said.relay.warn(r.log, "connection lost", "client", r.conn.A, "smsc", r.conn.B, "error", err)
	for dir := range x.left {
		r.undelivered(stream.Dir(dir), int64(len(x.left[dir].octets)))
	}
	x.left = [2]remains{}
	r.gone.Store(true)
	for i := range r.ends {
		reset(r.ends[i].tcp) // or it is closed
	}
}

// netConn gives a socket to Go's poller, and its descriptor up. That takes
// another descriptor for a moment: where there is none, one of the spare ones
// makes room, and if others were quicker it waits. A socket that it cannot give
// is reset.
func (x *carried) netConn(fd int) (*net.TCPConn, error) {
	f := os.NewFile(uintptr(fd), "carried")
	defer f.Close()
	for end := time.Now().Add(backTime); ; {
		c, err := x.r.s.carriers.spare.fileConn(f)
		if err == nil {
			tcp := c.(*net.TCPConn) // what f is
			_ = tcp.SetKeepAliveConfig(keepAlive)
			return tcp, nil
		}
		if !noDescriptor(err) || time.Now().After(end) || x.r.gone.Load() {
			_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
			return nil, err
		}
		time.Sleep(minAcceptPause)
	}
}

func noDescriptor(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// spares are descriptors for connections that come back when there is no
// other, with which their ends then free two.
type spares struct {
	mu  sync.Mutex
	all []int
}

const spareDescriptors = 4

// fill opens those that are missing, as far as it can.
func (s *spares) fill() {
	for len(s.all) < spareDescriptors {
		fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
		if err != nil {
			return
		}
		s.all = append(s.all, fd)
	}
}

// fileConn is net.FileConn, with spare descriptors where there are no others. f
// is closed then, so that they can be had again.
func (s *spares) fileConn(f *os.File) (net.Conn, error) {
	c, err := net.FileConn(f)
	if err == nil || !noDescriptor(err) {
		return c, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.all) > 0 && noDescriptor(err) {
		last := len(s.all) - 1
		_ = unix.Close(s.all[last])
		s.all = s.all[:last]
		c, err = net.FileConn(f)
	}
	if err == nil {
		_ = f.Close()
	}
	s.fill()
	return c, err
}
