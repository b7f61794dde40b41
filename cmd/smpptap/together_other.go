//go:build !linux

package main

import (
	"context"
	"sync/atomic"

	"smpptap/proxy"
)

// run relays and analyses in one process; on Linux they are two.
func (x *proxying) run(ctx context.Context) error {
	r := &relayed{stops: new(atomic.Int32)}
	for i := range x.links {
		r.counters = append(r.counters, new(proxy.Counters))
		x.links[i].Counters = r.counters[i]
	}
	server, err := proxy.Listen(x.flags.options(x.app, x.links))
	if err != nil {
		return err
	}
	defer server.Close()
	if r.admin, err = x.flags.admin.listen(); err != nil {
		return err
	}
	r.source = server
	r.ready = func() { x.announceProxy(server, x.links) }
	defer x.signals(server, r.stops)()
	return x.analyse(ctx, r)
}
