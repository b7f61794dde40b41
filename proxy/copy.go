package proxy

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"smpptap/stream"
)

const (
	smallBuffer = 4 << 10
	bigBuffer   = 64 << 10
	// shrinkTime is how long the big buffer is kept without need.
	shrinkTime = time.Second
)

// intake reads what a peer sends.
type intake interface {
	// read waits for octets. They are good until the next call. There may be
	// some beside an error.
	read() ([]byte, error)
	// done must be called after the last read.
	done()
}

// remains are what a carrier could not do in a direction: octets that the tap
// has heard, to be written, unless that failed already, and then how reading
// ended, if it did.
type remains struct {
	octets      []byte
	write, read error // of the system call
}

// copy relays one direction, beginning with what is left, until reading or
// writing fails. The tap hears before the peer does, so that it knows a request
// when the response comes.
func (r *relay) copy(dir stream.Dir, left remains) (read, write error) {
	src, dst := &r.ends[dir], &r.ends[dir.Other()]
	in := newIntake(src, &r.stopping)
	defer in.done()
	out := newOutlet(dst)
	if left.write != nil {
		r.undelivered(dir, int64(len(left.octets)))
		return nil, opError("write", dst.tcp, left.write)
	}
	if err := r.deliver(dir, left.octets, out, stamp()); err != nil {
		return nil, err
	}
	if left.read != nil {
		return opError("read", src.tcp, left.read), nil
	}
	for {
		p, err := in.read()
		if len(p) > 0 {
			if err := r.deliver(dir, p, out, r.heard(dir, p)); err != nil {
				return nil, err
			}
		}
		if err != nil {
			return err, nil
		}
	}
}

// heard tells the tap and counts what came from dir's sender.
func (r *relay) heard(dir stream.Dir, p []byte) stream.Stamp {
	at := stamp()
	r.tap.data(dir, at, p)
	r.link.stats.octets[dir].Add(int64(len(p)))
	return at
}

// deliver writes octets of dir's sender, at the time at.
func (r *relay) deliver(dir stream.Dir, p []byte, to io.Writer, at stream.Stamp) error {
	if len(p) == 0 {
		return nil
	}
	r.writing[dir].Store(at.Time)
	if done, err := to.Write(p); err != nil {
		r.undelivered(dir, int64(len(p)-done))
		return err
	}
	r.writing[dir].Store(0)
	return nil
}

// opError is an error as net gives it.
func opError(op string, c *net.TCPConn, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError(op, err)}
}

// bigBuffers are shared: few connections need one at a time.
var bigBuffers = sync.Pool{New: func() any { return new([bigBuffer]byte) }}

// buffer is small until a read fills it, then big until shrinkTime passes in
// which small would have done. A read deadline wakes it for that; it is set
// only while the buffer is big.
type buffer struct {
	src      *end
	stopping *atomic.Bool
	octets   []byte
	small    []byte
	big      *[bigBuffer]byte // nil: small is in use
	needed   int64            // when big was of use
	n        int              // that were read last
}

func newBuffer(src *end, stopping *atomic.Bool) *buffer {
	b := &buffer{src: src, stopping: stopping, small: make([]byte, smallBuffer)}
	b.octets = b.small
	return b
}

func (b *buffer) read() (p []byte, err error) {
	if b.n >= smallBuffer {
		b.grow(time.Now().UnixNano())
	}
	for {
		b.n, err = b.src.rw.Read(b.octets)
		if b.n > 0 || err == nil || !b.tired(err) {
			return b.octets[:b.n], err
		}
	}
}

func (b *buffer) done() { b.shrink() }

// grow after a read that small had no room for.
func (b *buffer) grow(now int64) {
	b.needed = now
	if b.big == nil {
		b.big = bigBuffers.Get().(*[bigBuffer]byte)
		b.octets = b.big[:]
		b.wake(time.Unix(0, now).Add(shrinkTime))
	}
}

// tired takes the error of a read that its own deadline ended.
func (b *buffer) tired(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) || b.stopping.Load() {
		return false
	}
	if left := shrinkTime - time.Duration(time.Now().UnixNano()-b.needed); b.big != nil && left > 0 {
		b.wake(time.Now().Add(min(left, shrinkTime)))
	} else {
		b.shrink()
	}
	return true
}

func (b *buffer) shrink() {
	if b.big != nil {
		bigBuffers.Put(b.big)
		b.big, b.octets = nil, b.small
		b.wake(time.Time{})
	}
}

// wake sets the read deadline. Whoever stops the relay says so first and sets
// it then, so that one of the two sees the other.
func (b *buffer) wake(at time.Time) {
	_ = b.src.tcp.SetReadDeadline(at) // the next read tells
	if b.stopping.Load() {
		_ = b.src.tcp.SetReadDeadline(time.Unix(1, 0))
	}
}
