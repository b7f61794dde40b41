package proxy

import (
	"errors"
	"io"
	"net"
	"syscall"
	"time"

	"smpptap/stream"
)

// lastWords is how long the end that is left has to take what its peer sent
// before that peer was reset.
const lastWords = 2 * time.Second

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

// closeWrite ends what is sent to e: with FIN, and before it close_notify
// unless TLS was cut off.
func (e *end) closeWrite(whole bool) {
	if e.tls != nil && whole {
		_ = e.tls.CloseWrite() // who does not take it learns by the FIN
	}
	e.finSent.Store(true)
	_ = e.tcp.CloseWrite() // when it was reset, its own direction tells
}
