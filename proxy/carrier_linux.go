package proxy

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"

	"smpptap/stream"
)

// carrier is a thread that relays many plain connections, as long as nothing
// happens but octets that can be read and written at once. Whatever else does
// (FIN, RST, an error, a peer that takes no more, the proxy's end) it leaves to
// the connection's goroutines, and gives the connection back to them.
//
// It is there for the rate: of the threads of Go's scheduler one waits for the
// kernel's word and has to wake another, so that processors idle while there is
// something to relay. Each carrier waits for its own connections.
type carrier struct {
	epoll, event int    // descriptors; the event has it look at recalled and end
	octets       []byte // what was read; bigBuffer
	lone         lone
	keepsP       bool // while it waits; see wait

	mu       sync.Mutex
	ends     map[int32]carriedEnd // by descriptor
	recalled []*carried
	end      bool
}

// carriedEnd is an end of a connection; what its peer sends has direction dir.
type carriedEnd struct {
	c   *carried
	dir stream.Dir
}

// carriers are those of a Server.
type carriers struct {
	spare   spares
	all     []*carrier
	running sync.WaitGroup
	ending  sync.Once
	busy    atomic.Pointer[lone]
}

// newCarriers starts n, or none where that fails: then goroutines relay all.
func newCarriers(n int) *carriers {
	s := &carriers{}
	s.spare.fill()
	for range n {
		c := &carrier{octets: make([]byte, bigBuffer), ends: make(map[int32]carriedEnd), keepsP: mayKeepPs(n)}
		if n > 1 { // else there may be one processor
			c.lone.busy = &s.busy
		}
		if c.open() != nil {
			break
		}
		s.all = append(s.all, c)
		s.running.Go(c.run)
	}
	return s
}

// close ends them, once; no connection may be with them any more.
func (s *carriers) close() {
	if s == nil {
		return
	}
	s.ending.Do(func() {
		for _, c := range s.all {
			c.mu.Lock()
			c.end = true
			c.mu.Unlock()
			c.wake()
		}
		s.running.Wait()
		closeAll(s.spare.all)
	})
}

// idlest is the one with the fewest connections; nil: there is none.
func (s *carriers) idlest() *carrier {
	if s == nil || len(s.all) == 0 {
		return nil
	}
	return slices.MinFunc(s.all, func(a, b *carrier) int { return a.load() - b.load() })
}

func (c *carrier) load() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.ends)
}

func (c *carrier) open() (err error) {
	if c.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if c.event, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err == nil {
		err = c.watch(unix.EPOLL_CTL_ADD, c.event)
	} else {
		c.event = -1
	}
	if err != nil {
		c.release()
	}
	return err
}

func (c *carrier) release() {
	_ = unix.Close(c.epoll)
	if c.event >= 0 {
		_ = unix.Close(c.event)
	}
}

// watch has events told once each, those of the wait before no second time:
// less to look at for the kernel, and more for ready.
func (c *carrier) watch(how, fd int) error {
	return unix.EpollCtl(c.epoll, how, fd, &unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLPRI | unix.EPOLLET, Fd: int32(fd)})
}

func (c *carrier) wake() { _, _ = unix.Write(c.event, []byte{1, 0, 0, 0, 0, 0, 0, 0}) }

// take begins to relay a connection; false: it cannot.
func (c *carrier) take(x *carried) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if x.recalled {
		return false
	}
	for dir, fd := range x.fds {
		if c.watch(unix.EPOLL_CTL_ADD, fd) != nil {
			c.forget(x)
			return false
		}
		c.ends[int32(fd)] = carriedEnd{x, stream.Dir(dir)}
	}
	return true
}

// recall has a connection given back soon.
func (c *carrier) recall(x *carried) {
	c.mu.Lock()
	x.recalled = true
	c.recalled = append(c.recalled, x)
	c.mu.Unlock()
	c.wake()
}

// forget ends relaying a connection; false: it had ended.
func (c *carrier) forget(x *carried) (found bool) {
	for _, fd := range x.fds {
		// Its word may come late, when the number is another connection's.
		if e, here := c.ends[int32(fd)]; here && e.c == x {
			found = true
			delete(c.ends, int32(fd))
			// Closing would not do: the socket lives on with another descriptor.
			_ = unix.EpollCtl(c.epoll, unix.EPOLL_CTL_DEL, fd, nil)
		}
	}
	return found
}

// giveBack gives a connection to the goroutine that waits for it.
func (c *carrier) giveBack(x *carried) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.forget(x) {
		close(x.done)
	}
}

// run relays until close.
func (c *carrier) run() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer c.release()
	events := make([]unix.EpollEvent, 64)
	for {
		n := c.wait(events)
		c.lone.saw(events[:n])
		for i := range n {
			if int(events[i].Fd) != c.event {
				c.ready(events[i])
			} else if c.told() {
				return
			}
		}
	}
}

// told gives back what was recalled; true: this is the end.
func (c *carrier) told() bool {
	_, _ = unix.Read(c.event, make([]byte, 8))
	c.mu.Lock()
	recalled, end := c.recalled, c.end
	c.recalled = nil
	c.mu.Unlock()
	for _, x := range recalled {
		c.giveBack(x)
	}
	return end
}

// ready relays what came at an end, unless more than octets came. The event may
// be of a connection that was given back since.
func (c *carrier) ready(event unix.EpollEvent) {
	c.mu.Lock()
	e, found := c.ends[event.Fd]
	c.mu.Unlock()
	if !found {
		return
	}
	n, goesOn := 0, event.Events == unix.EPOLLIN
	if goesOn {
		n, goesOn = e.c.pass(e.dir, c.octets)
	}
	if goesOn && n == len(c.octets) {
		// There may be more: it is told again, after what the others have.
		goesOn = c.watch(unix.EPOLL_CTL_MOD, int(event.Fd)) == nil
	}
	if !goesOn {
		c.giveBack(e.c)
	}
}

// pass relays what dir's sender sent: the n octets that could be read at once.
// When it does not go on, the rest is for goroutines.
func (x *carried) pass(dir stream.Dir, octets []byte) (n int, goesOn bool) {
	defer func() {
		if p := recover(); p != nil { // as relay.recover does
			x.r.log.Error("panic in the relay: this connection is closed", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			x.broken, goesOn = true, false
		}
	}()
	left := &x.left[dir]
	n, err := atOnce(unix.SYS_RECVFROM, uintptr(x.fds[dir]), octets)
	switch {
	case errors.Is(err, syscall.EAGAIN):
		return 0, true
	case err != nil:
		left.read = err
		return 0, false
	case n == 0:
		return 0, false // who reads next finds it again
	}
	x.r.heard(dir, octets[:n])
	for rest := octets[:n]; len(rest) > 0; {
		written, err := atOnce(unix.SYS_SENDTO, uintptr(x.fds[dir.Other()]), rest)
		rest = rest[written:]
		if err == nil {
			continue
		}
		left.octets = slices.Clone(rest)
		if !errors.Is(err, syscall.EAGAIN) {
			left.write = err
		}
		return n, false
	}
	return n, true
}
