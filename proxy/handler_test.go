package proxy

import (
	"errors"
	"net"
	"strings"
	"sync"
	"testing"

	"smpptap/stream"
)

// moody panics where it is told to.
type moody struct {
	at    string
	mu    sync.Mutex
	calls []string
}

func (m *moody) call(what string) {
	m.mu.Lock()
	m.calls = append(m.calls, what)
	m.mu.Unlock()
	if what == m.at {
		panic("analysis is broken")
	}
}

func (m *moody) Open(*stream.Conn) stream.Tap                       { m.call("open"); return m }
func (m *moody) Notice(stream.Notice)                               { m.call("notice") }
func (m *moody) Clock(stream.Stamp)                                 { m.call("clock") }
func (m *moody) Data(stream.Dir, stream.Stamp, []byte)              { m.call("data") }
func (m *moody) Gap(stream.Dir, stream.Stamp, int64)                { m.call("gap") }
func (m *moody) Event(_ stream.Dir, _ stream.Stamp, e stream.Event) { m.call("event") }
func (m *moody) Close(stream.Stamp, error)                          { m.call("close") }

// Analysis that panics is left alone; the relay goes on.
func TestPanic(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"open", "notice", "clock", "data", "event", "close"} {
		t.Run(at, func(t *testing.T) {
			m := &moody{at: at}
			r := setupWith(t, m)
			for range 2 {
				client, smsc := r.pair()
				for range 3 {
					send(t, client, "hello")
					want(t, smsc, "hello")
				}
				client.Close()
				if err := wantEnd(t, smsc, ""); err != nil {
					t.Error(err)
				}
				smsc.Close()
			}
			if at == "clock" {
				r.until("clock", func() bool {
					m.mu.Lock()
					defer m.mu.Unlock()
					return strings.Count(strings.Join(m.calls, " "), "clock") >= 2
				})
			}
			r.idle()
			r.stop()
			r.wait()
			if !strings.Contains(r.log.String(), "analysis is broken") {
				t.Error("not logged")
			}
			if n := strings.Count(strings.Join(m.calls, " "), "data"); at == "data" && n != 2 {
				t.Errorf("a tap that panicked was called again: %v", m.calls)
			}
		})
	}
}

// A Handler may have no room for a connection.
type noRoom struct{}

func (noRoom) Open(*stream.Conn) stream.Tap { return nil }
func (noRoom) Notice(stream.Notice)         {}

func TestNoTap(t *testing.T) {
	r := setupWith(t, noRoom{})
	client, smsc := r.pair()
	send(t, client, "hello")
	want(t, smsc, "hello")
	smsc.Close()
	if err := wantEnd(t, client, ""); err != nil {
		t.Error(err)
	}
}

// Time is told while nothing comes, and never beyond what is under way.
func TestClock(t *testing.T) {
	t.Parallel()
	r := setup(t)
	client, smsc := r.pair()
	r.until("two beats", func() bool {
		send(t, client, "x")
		want(t, smsc, "x")
		r.rec.mu.Lock()
		defer r.rec.mu.Unlock()
		return len(r.rec.clocks) >= 2
	})
	r.rec.mu.Lock()
	defer r.rec.mu.Unlock()
	if a, b := r.rec.clocks[0], r.rec.clocks[1]; a.Time >= b.Time {
		t.Errorf("beats at %d and %d", a.Time, b.Time)
	}
}

// broken is an end that the relay itself cannot stand.
type broken struct{ net.Conn }

func (broken) Read([]byte) (int, error) { panic("a bug") }

// A bug that one connection hits closes that one.
func TestPanicInRelay(t *testing.T) {
	r := setup(t)
	client, smsc := r.pair()
	again, againSMSC := r.pair()
	x := newRelay(r.s, r.s.links[0], again)
	x.conn = &stream.Conn{}
	x.ends[0].rw = broken{again}
	x.ends[1].tcp, x.ends[1].rw = againSMSC, againSMSC
	x.run()
	if _, err := again.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("writing gives %v", err)
	}
	if !strings.Contains(r.log.String(), "a bug") {
		t.Error("not logged")
	}
	send(t, client, "hello")
	want(t, smsc, "hello")
}
