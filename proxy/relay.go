package proxy

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
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

// lastWords is how long the end that is left has to take what its peer sent
// before that peer was reset.
const lastWords = 2 * time.Second

// relay is one connection: the client's and the one to the SMSC.
//
// Each direction has a goroutine that reads from its sender, and it alone
// tells what becomes of that sender: FIN, RST, or lost.
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

// serve relays from accepting to the end.
func (r *relay) serve() {
	defer r.recover()
	if !r.greet() || !r.connect() {
		return
	}
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
		var other sync.WaitGroup
		other.Go(func() { r.direction(stream.FromB) })
		r.direction(stream.FromA)
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

// direction relays what the sender of dir sends, and then tells its peer how
// that ended.
func (r *relay) direction(dir stream.Dir) {
	defer r.recover()
	src, dst := &r.ends[dir], &r.ends[dir.Other()]
	err, failed := r.copy(dir)
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

func isEOF(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// finished carries a FIN over. Its sender may still reset the connection while
// the other direction goes on.
func (r *relay) finished(dir stream.Dir, err error) {
	src, dst := &r.ends[dir], &r.ends[dir.Other()]
	r.tap.event(dir, stamp(), stream.EventFIN)
	src.fin.Store(true)
	dst.closeWrite(errors.Is(err, io.EOF))
	if r.fins.Add(1) == 2 {
		r.close()
		return
	}
	if src.watch() {
		r.resetBy(dir)
	}
}

// resetBy carries a RST over: what was read from its sender has been written.
func (r *relay) resetBy(dir stream.Dir) {
	r.wasReset.Store(true)
	r.tap.event(dir, stamp(), stream.EventRST)
	r.abort(dir)
}

// lost resets both ends: the sender of dir vanished, or broke TLS. Nobody
// reset anything, so the tap is not told so.
func (r *relay) lost(dir stream.Dir, err error) {
	r.link.said.relay.warn(r.log, "connection lost", "end", endName(dir), "client", r.conn.A, "smsc", r.conn.B, "error", err)
	r.abort(dir)
}

// writeFailed: octets of dir's sender could not be written. When the other end
// was reset, its own direction tells so, after what it sent before; the
// end that is left has lastWords to take it.
func (r *relay) writeFailed(dir stream.Dir, err error) {
	src, dst := &r.ends[dir], &r.ends[dir.Other()]
	r.leftBehind(dir)
	switch {
	case errors.Is(err, net.ErrClosed), r.stopping.Load():
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		_ = src.tcp.SetWriteDeadline(time.Now().Add(lastWords)) // fails when it is closed, which is as good
		dst.reset.Store(true)
		if dst.fin.Load() && !canWatch {
			r.resetBy(dir.Other())
		}
	case src.reset.Load():
		r.resetBy(dir) // lastWords are over, or see unblock
	default:
		r.lost(dir.Other(), err)
	}
}

// unblock ends a write that waits for a peer that does not read, when the one
// whose octets they are has reset meanwhile: nobody reads from that one now.
func (r *relay) unblock(now int64) {
	for dir := range r.ends {
		since := r.writing[dir].Load()
		src, dst := &r.ends[dir], &r.ends[1-dir]
		if since == 0 || now-since < int64(beatTime) || !src.isReset() {
			continue
		}
		src.reset.Store(true)
		_ = dst.tcp.SetWriteDeadline(time.Unix(1, 0)) // fails when it is closed, which is as good
	}
}

// abort resets both ends and tells what surely did not arrive. What had left
// when a reset came may have: nobody knows, with or without a proxy.
func (r *relay) abort(dir stream.Dir) {
	if r.gone.Swap(true) {
		return
	}
	src, dst := &r.ends[dir], &r.ends[dir.Other()]
	r.undelivered(dir, dst.unsent())
	r.undelivered(dir.Other(), src.unsent())
	for i := range r.ends {
		r.left[i].Store(r.ends[i].unread())
	}
	reset(dst.tcp)
	reset(src.tcp)
}

// leftBehind tells the tap that dir's sender sent more than was read, so that
// nobody takes a PDU that breaks off there for the sender's fault.
func (r *relay) leftBehind(dir stream.Dir) {
	unread := r.ends[dir].unread() // before left: abort may be under way
	if n := max(unread, r.left[dir].Load()); n > 0 {
		r.tap.gap(dir, stamp(), n)
	}
}

// undelivered counts octets that dir's sender sent and the other end did not
// get.
func (r *relay) undelivered(dir stream.Dir, n int64) {
	if n <= 0 {
		return
	}
	r.link.stats.undelivered[dir].Add(n)
	r.link.said.relay.warn(r.log, "octets received and not delivered", "from", endName(dir), "octets", n, "client", r.conn.A, "smsc", r.conn.B)
}

func endName(dir stream.Dir) string {
	if dir == stream.FromA {
		return "client"
	}
	return "smsc"
}

// close closes both ends, as far as there are two.
func (r *relay) close() {
	if r.gone.Swap(true) {
		return
	}
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
	if !r.running {
		r.close()
		return
	}
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
}

// closeWrite ends what is sent to e: with FIN, and before it close_notify
// unless TLS was cut off.
func (e *end) closeWrite(whole bool) {
	if e.tls != nil && whole {
		_ = e.tls.CloseWrite() // who does not take it learns by the FIN
	}
	e.finSent.Store(true)
	_ = e.tcp.CloseWrite() // when it was reset, its own direction tells
}
