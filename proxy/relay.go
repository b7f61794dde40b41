package proxy

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"smpptap/stream"
)

// relay is one connection: the client's and the one to the SMSC.
//
// While nothing happens but octets a carrier relays it, if there is one. Then
// each direction has a goroutine that reads from its sender, and it alone tells
// what becomes of that sender: FIN, RST, or lost.
type relay struct {
	s      *Server
	link   *link
	log    *slog.Logger
	client netip.AddrPort // by the PROXY header, where there is one
	dest   netip.AddrPort // that the client connected to
	ends   [2]end         // by stream.Dir
	conn   *stream.Conn
	tap    tap

	// writing is since when a direction writes; zero: it does not.
	writing [2]atomic.Int64

	mu       sync.Mutex
	running  bool
	recall   func()      // while a carrier relays
	stopping atomic.Bool // by the proxy
	fins     atomic.Int32
	gone     atomic.Bool     // both ends are closed
	left     [2]atomic.Int64 // octets that were in the kernel when abort closed
	wasReset atomic.Bool
}

// end is a peer's connection.
type end struct {
	tcp *net.TCPConn
	rw  net.Conn // tcp, or what stands before it
	tls *tls.Conn
	// finSent: we ended our direction; fin: the peer ended its own; reset:
	// writing showed that it was reset.
	finSent, fin, reset atomic.Bool
}

func newRelay(s *Server, l *link, c *net.TCPConn) *relay {
	r := &relay{s: s, link: l, log: l.log, client: addrPort(c.RemoteAddr()), dest: addrPort(c.LocalAddr())}
	r.ends[stream.FromA].tcp, r.ends[stream.FromA].rw = c, c
	return r
}

// reach does what comes before octets pass, and tells whether they can.
func (r *relay) reach() bool {
	defer r.recover()
	return r.greet() && r.connect()
}

// serve relays from then to the end.
func (r *relay) serve() {
	defer r.recover()
	r.log = r.log.With("conn", r.conn.ID)
	r.log.Debug("connected", "client", r.conn.A, "smsc", r.conn.B)
	r.run()
	at := stamp()
	reason := r.reason()
	r.tap.close(at, reason)
	r.log.Debug("closed", "seconds", float64(at.Time-r.conn.Opened.Time)/1e9, "reason", reason)
}

// recover keeps a bug that one connection hits from ending the others.
func (r *relay) recover() {
	if p := recover(); p != nil {
		r.log.Error("panic in the relay: this connection is closed", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		r.close()
	}
}

// run relays until both directions are over.
func (r *relay) run() {
	r.mu.Lock()
	r.running = !r.stopping.Load()
	r.mu.Unlock()
	if r.running {
		left := r.carry()
		var other sync.WaitGroup
		other.Go(func() { r.direction(stream.FromB, left[stream.FromB]) })
		r.direction(stream.FromA, left[stream.FromA])
		other.Wait()
	}
	r.close()
}

// reason is what the tap is told at the end.
func (r *relay) reason() error {
	switch {
	case r.wasReset.Load() || r.fins.Load() == 2:
		return nil
	case r.stopping.Load():
		return stream.ErrInputEnd
	}
	return stream.ErrLost
}

// direction relays what the sender of dir sends, beginning with what is left,
// and then tells its peer how that ended.
func (r *relay) direction(dir stream.Dir, left remains) {
	defer r.recover()
	src, dst := &r.ends[dir], &r.ends[dir.Other()]
	err, failed := r.copy(dir, left)
	switch {
	case failed != nil:
		r.writeFailed(dir, failed)
	case r.stopping.Load():
		dst.closeWrite(true)
	case isEOF(err) && !src.isReset():
		r.finished(dir, err)
	case isEOF(err) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE):
		r.resetBy(dir)
	case errors.Is(err, net.ErrClosed): // by the other direction, which told why
		r.leftBehind(dir)
	default:
		r.lost(dir, err)
	}
}

// close closes both ends, as far as there are two.
func (r *relay) close() {
	if !r.gone.Swap(true) {
		r.closeEnds()
	}
}

func (r *relay) closeEnds() {
	for i := range r.ends {
		if c := r.ends[i].tcp; c != nil {
			_ = c.Close()
		}
	}
}

// stop ends the connection from outside: what was read is written, then both
// ends get FIN.
func (r *relay) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopping.Store(true)
	switch {
	case !r.running:
		r.close()
	case r.recall != nil:
		r.recall()
	default:
		r.hurry()
	}
}

// hurry has reading end at once and writing soon.
func (r *relay) hurry() {
	now := time.Now()
	for i := range r.ends {
		_ = r.ends[i].tcp.SetReadDeadline(now)
		_ = r.ends[i].tcp.SetWriteDeadline(now.Add(stopTime))
	}
}

// kill closes it at once.
func (r *relay) kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopping.Store(true)
	r.close()
	if r.recall != nil {
		r.recall()
	}
}
