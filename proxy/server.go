package proxy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"smpptap/stream"
)

const (
	defaultMaxConnections = 10_000
	defaultConnectTimeout = 10 * time.Second
	defaultDrain          = 30 * time.Second
)

// Server is a stream.Source that relays. It may be run once.
type Server struct {
	o     Options
	log   *slog.Logger
	links []*link

	reloading sync.Mutex // one Reload at a time

	handler  handler
	ctx      context.Context // of dialling; ends when connections are stopped
	cancel   context.CancelFunc
	accept   sync.WaitGroup // accepting goroutines
	serving  sync.WaitGroup // connections
	ran      atomic.Bool
	carriers *carriers
	killed   chan struct{}
	kill     sync.Once

	mu       sync.Mutex
	relays   map[*relay]struct{}
	stopping bool // relays that come are not served any more

	opening sync.Mutex // makes ids and Open one step
	lastID  int64
}

var _ stream.Source = (*Server)(nil)

// Listen checks the options, reads certificates and opens all listeners;
// clients wait in the kernel until Run. An error names the link and the flag
// or file. Run or Close must follow.
func Listen(o Options) (*Server, error) {
	if len(o.Links) == 0 {
		return nil, errors.New("proxy: no link")
	}
	o.defaults()
	s := &Server{o: o, log: o.Logger, killed: make(chan struct{}), relays: make(map[*relay]struct{})}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	names := make(map[string]bool)
	for i := range o.Links {
		l, err := newLink(&o.Links[i], s.log)
		if err == nil && names[l.Name] {
			err = errors.New("another link has this name")
		}
		if err == nil {
			err = l.open(s.ctx)
		}
		if err != nil {
			s.Close()
			return nil, fmt.Errorf("link %s: %w", o.Links[i].Name, err)
		}
		names[l.Name] = true
		s.links = append(s.links, l)
	}
	s.checkDescriptors()
	s.carriers = newCarriers(o.Carriers)
	return s, nil
}

// checkDescriptors says what would otherwise show under load.
func (s *Server) checkDescriptors() {
	const others = 64 // listeners, databases, files
	needed := uint64(2*s.o.MaxConnections + others)
	if limit := descriptors(); limit < needed {
		s.log.Warn("file descriptors may run out: raise the limit or lower the connections",
			"max_connections", s.o.MaxConnections, "needed", needed, "limit", limit)
	}
}

func (o *Options) defaults() {
	if o.MaxConnections <= 0 {
		o.MaxConnections = defaultMaxConnections
	}
	if o.ConnectTimeout <= 0 {
		o.ConnectTimeout = defaultConnectTimeout
	}
	if o.Carriers == 0 {
		o.Carriers = Carriers()
	}
	if o.Drain == 0 {
		o.Drain = defaultDrain
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

// Close gives up a Server that is not run.
func (s *Server) Close() {
	s.cancel()
	s.closeListeners()
	s.carriers.close()
}

func (s *Server) closeListeners() {
	for _, l := range s.links {
		_ = l.listener.Close() // nothing can be done about it
	}
}

// Addr is where a link listens; nil: there is no such link.
func (s *Server) Addr(link string) net.Addr {
	for _, l := range s.links {
		if l.Name == link {
			return l.listener.Addr()
		}
	}
	return nil
}

// Run relays until ctx is done: it then accepts no more, waits up to
// Options.Drain for connections to end by themselves, closes the others (what
// was read is still written, then close_notify and FIN) and returns nil. h and
// its Taps are called from many goroutines at once. When h is a stream.Clocked
// its Clock is called every second.
func (s *Server) Run(ctx context.Context, h stream.Handler) error {
	if s.ran.Swap(true) {
		return errors.New("proxy: run twice")
	}
	defer s.cancel()
	s.handler = handler{behind: h, log: s.log}
	beat := s.newBeat()
	for _, l := range s.links {
		s.accept.Go(func() { s.acceptAll(l) })
	}
	select {
	case <-ctx.Done():
	case <-s.killed:
	}
	s.closeListeners()
	s.accept.Wait()
	s.drain()
	s.carriers.close()
	beat.end()
	s.notices(beat)
	return nil
}

// Kill closes all connections at once; Run returns soon. It may be called at
// any time and more than once.
func (s *Server) Kill() { s.kill.Do(func() { close(s.killed) }) }

// open makes the connection known to the handler.
func (s *Server) open(c *stream.Conn) tap {
	s.opening.Lock()
	defer s.opening.Unlock()
	s.lastID++
	c.ID = s.lastID
	return s.handler.open(c)
}
