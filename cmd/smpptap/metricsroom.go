package main

import (
	"net"
	"sync"
)

// room is a listener that has so many connections open at most; others wait
// in the kernel until one of them ends.
type room struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	once   sync.Once
}

func newRoom(l net.Listener, places int) *room {
	return &room{Listener: l, places: make(chan struct{}, places), closed: make(chan struct{})}
}

// Accept implements net.Listener.
func (r *room) Accept() (net.Conn, error) {
	select {
	case r.places <- struct{}{}:
	case <-r.closed:
		return nil, net.ErrClosed
	}
	c, err := r.Listener.Accept()
	if err != nil {
		<-r.places
		return nil, err
	}
	return &placed{Conn: c, leave: sync.OnceFunc(func() { <-r.places })}, nil
}

// Close implements net.Listener.
func (r *room) Close() error {
	r.once.Do(func() { close(r.closed) })
	return r.Listener.Close()
}

// placed is a connection that has a place.
type placed struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (c *placed) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
