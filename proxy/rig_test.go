package proxy

import (
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"smpptap/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds what must happen; nothing is measured by it.
const patience = 2 * time.Minute

// rig is a Server at work between a test's two ends.
type rig struct {
	t    testing.TB
	s    *Server
	smsc *net.TCPListener
	rec  *recorder
	log  *logText
	stop context.CancelFunc
	done chan error
}

// setup starts a proxy of one link to a listener of the test. change may alter
// the options.
func setup(t testing.TB, change ...func(*Options)) *rig {
	t.Helper()
	return setupWith(t, nil, change...)
}

// setupWith gives the proxy a Handler of its own; nil: the rig's recorder.
func setupWith(t testing.TB, h stream.Handler, change ...func(*Options)) *rig {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, smsc: ln.(*net.TCPListener), rec: &recorder{}, log: &logText{}, done: make(chan error, 1)}
	o := Options{
		Links:          []Link{{Name: "one", Listen: "127.0.0.1:0", Upstream: ln.Addr().String()}},
		ConnectTimeout: patience, Drain: -1,
		Logger: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, c := range change {
		c(&o)
	}
	if r.s, err = Listen(o); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	if h == nil {
		h = r.rec
	}
	go func() { r.done <- r.s.Run(ctx, h) }()
	t.Cleanup(func() {
		stop()
		r.wait()
		ln.Close()
	})
	return r
}

// wait for the end of Run.
func (r *rig) wait() {
	r.t.Helper()
	select {
	case err, open := <-r.done:
		if open {
			close(r.done)
		}
		if err != nil {
			r.t.Error("Run:", err)
		}
	case <-time.After(patience):
		r.t.Fatal("Run does not end")
	}
}

// client connects to a link.
func (r *rig) client(link string) *net.TCPConn {
	r.t.Helper()
	c, err := net.Dial("tcp", r.s.Addr(link).String())
	if err != nil {
		r.t.Fatal(err)
	}
	return r.own(c)
}

// server takes the proxy's next connection.
func (r *rig) server() *net.TCPConn {
	r.t.Helper()
	r.smsc.SetDeadline(time.Now().Add(patience))
	c, err := r.smsc.Accept()
	if err != nil {
		r.t.Fatal(err)
	}
	return r.own(c)
}

// own closes a connection with the test; none waits for ever.
func (r *rig) own(c net.Conn) *net.TCPConn {
	r.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return c.(*net.TCPConn)
}

// tcpEnds are the two ends of a connection without a proxy.
func tcpEnds(t *testing.T) (ours, peer *net.TCPConn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	p, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	c, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn), p.(*net.TCPConn)
}

// pair is a client and the SMSC's end of its connection.
func (r *rig) pair() (client, smsc *net.TCPConn) {
	r.t.Helper()
	client = r.client("one")
	return client, r.server()
}

// until waits for what is bound to come true.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !ok(); <-tick.C {
		if time.Now().After(end) {
			r.t.Fatalf("not seen: %s\nlog:\n%s\nstats: %+v", what, r.log, r.s.Stats())
		}
	}
}

// idle waits until no connection is open.
func (r *rig) idle() {
	r.t.Helper()
	r.until("all closed", func() bool {
		for _, l := range r.s.Stats() {
			if l.Open > 0 {
				return false
			}
		}
		return true
	})
}

func send(t testing.TB, c io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

func want(t testing.TB, c io.Reader, text string) {
	t.Helper()
	b := make([]byte, len(text))
	if n, err := io.ReadFull(c, b); err != nil || string(b) != text {
		t.Fatalf("read %q, %v; want %q", b[:n], err, text)
	}
}

// wantEnd reads the rest and gives how the connection ended: nil is FIN.
func wantEnd(t *testing.T, c io.Reader, rest string) error {
	t.Helper()
	b, err := io.ReadAll(c)
	if string(b) != rest {
		t.Errorf("the rest is %d octets %.40q, want %d %.40q", len(b), b, len(rest), rest)
	}
	return err
}

// logText is a log that may be read while it grows.
type logText struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// recorder is a Handler that keeps what it is told.
type recorder struct {
	mu      sync.Mutex
	taps    []*recorded
	notices []stream.Notice
	clocks  []stream.Stamp
}

func (r *recorder) Open(c *stream.Conn) stream.Tap {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := &recorded{rec: r, conn: c}
	r.taps = append(r.taps, t)
	return t
}

// count is how many connections were told.
func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.taps)
}

func (r *recorder) Notice(n stream.Notice) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notices = append(r.notices, n)
}

func (r *recorder) Clock(at stream.Stamp) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clocks = append(r.clocks, at)
}

// recorded is a tap that keeps what it is told.
type recorded struct {
	rec    *recorder
	conn   *stream.Conn
	octets [2]strings.Builder
	gaps   [2]int64
	events [2][]stream.EventKind // without EventSeen
	closed int
	reason error
}

func (t *recorded) Data(dir stream.Dir, _ stream.Stamp, p []byte) {
	t.rec.mu.Lock()
	defer t.rec.mu.Unlock()
	t.octets[dir].Write(p)
}

func (t *recorded) Gap(dir stream.Dir, _ stream.Stamp, n int64) {
	t.rec.mu.Lock()
	defer t.rec.mu.Unlock()
	t.gaps[dir] += n
}

func (t *recorded) Event(dir stream.Dir, _ stream.Stamp, e stream.Event) {
	t.rec.mu.Lock()
	defer t.rec.mu.Unlock()
	if e.Kind != stream.EventSeen {
		t.events[dir] = append(t.events[dir], e.Kind)
	}
}

func (t *recorded) Close(_ stream.Stamp, reason error) {
	t.rec.mu.Lock()
	defer t.rec.mu.Unlock()
	t.closed++
	t.reason = reason
}

// told gives the nth connection once it is closed.
func (r *rig) told(n int) *recorded {
	r.t.Helper()
	var t *recorded
	r.until("a closed connection", func() bool {
		r.rec.mu.Lock()
		defer r.rec.mu.Unlock()
		if len(r.rec.taps) <= n {
			return false
		}
		t = r.rec.taps[n]
		return t.closed > 0
	})
	if t.closed != 1 {
		r.t.Errorf("closed %d times", t.closed)
	}
	return t
}
