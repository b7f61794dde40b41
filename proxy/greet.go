package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"smpptap/stream"
)

// greet takes what must come from the client before the SMSC is dialled: the
// PROXY header and the TLS handshake. Who fails is reset, and known by the log
// and the counters alone: it never was a connection to the SMSC.
func (r *relay) greet() bool {
	client := &r.ends[stream.FromA]
	if r.link.ProxyIn {
		_ = client.tcp.SetDeadline(time.Now().Add(r.s.o.ConnectTimeout))
		if err := r.header(); err != nil {
			r.failed(&r.link.stats.header)
			r.refuse("client refused: no PROXY header", err)
			return false
		}
		_ = client.tcp.SetDeadline(time.Time{})
	}
	if r.link.ListenTLS == nil {
		return true
	}
	c := tls.Server(client.rw, r.link.keys.Load().listen)
	if err := r.handshake(c); err != nil {
		r.failed(&r.link.stats.listenTLS)
		r.refuse("client refused: TLS handshake failed", plainHint(err))
		return false
	}
	client.rw, client.tls = c, c
	return true
}

func (r *relay) handshake(c *tls.Conn) error {
	ctx, cancel := context.WithTimeout(r.s.ctx, r.s.o.ConnectTimeout)
	defer cancel()
	return c.HandshakeContext(ctx)
}

// plainHint says what the likeliest mistake is.
func plainHint(err error) error {
	var h tls.RecordHeaderError
	if errors.As(err, &h) && h.RecordHeader[0] == 0 && h.RecordHeader[1] == 0 {
		return fmt.Errorf("%w (it looks like plain SMPP)", err)
	}
	return err
}

func (r *relay) refuse(msg string, err error) {
	if !r.ended() {
		r.link.said.greeting.warn(r.log, msg, "client", r.client, "error", err)
	}
	r.drop()
}

func (r *relay) failed(count *atomic.Int64) {
	if !r.ended() {
		count.Add(1)
	}
}

// ended tells that the proxy ends what is under way: failures are its own.
func (r *relay) ended() bool { return r.stopping.Load() || r.s.ctx.Err() != nil }

// drop resets the client: its connection failed.
func (r *relay) drop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gone.Swap(true) {
		return
	}
	for i := range r.ends {
		if c := r.ends[i].tcp; c != nil {
			reset(c)
		}
	}
}
