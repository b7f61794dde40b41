package capture

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is a Handler that keeps all it is told, and holds the Source to
// its promises.
type recorder struct {
	t       testing.TB
	conns   []*recConn
	notices []stream.Notice
	err     error
}

type recConn struct {
	t      testing.TB
	info   stream.Conn
	data   [2][]byte
	gaps   [2][]int64
	events []string
	quiet  []string // what TCP tells of silence
	stalls []string // EventStalled
	behind []string // where a direction stands behind the other
	log    []string // everything, in order
	reason error
	closed int
}

func (r *recorder) Open(c *stream.Conn) stream.Tap {
	rc := &recConn{t: r.t, info: *c}
	r.conns = append(r.conns, rc)
	if c.ID != int64(len(r.conns)) {
		r.t.Errorf("connection %d has id %d", len(r.conns), c.ID)
	}
	return rc
}

func (r *recorder) Notice(n stream.Notice) { r.notices = append(r.notices, n) }

func (r *recorder) notice(k stream.NoticeKind) stream.Notice {
	for _, n := range r.notices {
		if n.Kind == k {
			return n
		}
	}
	return stream.Notice{}
}

func (c *recConn) alive() {
	if c.closed > 0 {
		c.t.Errorf("connection %d: a call after Close", c.info.ID)
	}
}

func (c *recConn) Data(d stream.Dir, at stream.Stamp, p []byte) {
	c.alive()
	if len(p) == 0 {
		c.t.Error("empty data")
	}
	c.data[d] = append(c.data[d], p...)
	c.log = append(c.log, fmt.Sprintf("%c%q@%d", 'A'+d, p, at.Frame))
}

func (c *recConn) Gap(d stream.Dir, at stream.Stamp, n int64) {
	c.alive()
	if n == 0 {
		c.t.Error("empty gap")
	}
	c.gaps[d] = append(c.gaps[d], n)
	c.log = append(c.log, fmt.Sprintf("%cgap%d@%d", 'A'+d, n, at.Frame))
}

func (c *recConn) Event(d stream.Dir, at stream.Stamp, e stream.Event) {
	c.alive()
	switch e.Kind {
	case stream.EventSeen:
		return // it follows from the packets
	case stream.EventBehind:
		c.behind = append(c.behind, fmt.Sprintf("%c@%d", 'A'+d, at.Frame))
		return
	case stream.EventMissed:
		c.quiet = append(c.quiet, fmt.Sprintf("%cmissed@%d", 'A'+d, at.Frame))
		return
	case stream.EventStalled:
		c.stalls = append(c.stalls, fmt.Sprintf("%cstalled(%d)@%d", 'A'+d, e.N, at.Frame))
		return
	case stream.EventAcknowledged, stream.EventSentAgain:
		c.quiet = append(c.quiet, quietText(d, at, e))
		return
	}
	name := [...]string{"", "FIN", "RST", "CONFLICT", "REFUSED"}[e.Kind]
	s := fmt.Sprintf("%c%s", 'A'+d, name)
	if e.N != 0 || e.Other != 0 {
		s += fmt.Sprintf("(%d,%d)", e.N, e.Other)
	}
	c.events = append(c.events, s)
	c.log = append(c.log, fmt.Sprintf("%s@%d", s, at.Frame))
}

func (c *recConn) Close(at stream.Stamp, reason error) {
	c.alive()
	c.closed++
	c.reason = reason
}

// readFile runs a File and checks that every connection was closed.
func readFile(t testing.TB, o Options) *recorder {
	t.Helper()
	rec := &recorder{t: t}
	rec.err = NewFile(o).Run(context.Background(), rec)
	for _, c := range rec.conns {
		if c.closed != 1 {
			t.Errorf("connection %d was closed %d times", c.info.ID, c.closed)
		}
	}
	return rec
}

// readBytes runs a File over a capture in memory.
func readBytes(t testing.TB, b []byte) *recorder {
	t.Helper()
	return readFile(t, Options{Paths: []string{"-"}, Stdin: bytes.NewReader(b)})
}

// readPackets runs a File over packets in an Ethernet pcap with nanoseconds.
func readPackets(t testing.TB, packets ...smpptest.Packet) *recorder {
	t.Helper()
	rec := readBytes(t, smpptest.Pcap{Nano: true}.Write(packets...))
	if rec.err != nil {
		t.Fatal(rec.err)
	}
	return rec
}

func readSegments(t testing.TB, s []smpptest.Segment) *recorder {
	t.Helper()
	return readPackets(t, smpptest.Packets(s)...)
}

// only gives the one connection that a recording must have.
func (r *recorder) only() *recConn {
	r.t.Helper()
	if len(r.conns) != 1 {
		r.t.Fatalf("%d connections, want 1", len(r.conns))
	}
	return r.conns[0]
}

func (c *recConn) want(log ...string) {
	c.t.Helper()
	if d := cmp.Diff(log, c.log); d != "" {
		c.t.Errorf("connection %d (-want +got):\n%s", c.info.ID, d)
	}
}

func (r *recorder) skipped() map[string]int64 {
	m := map[string]int64{}
	for _, n := range r.notices {
		if n.Kind == stream.NoticeSkipped {
			m[n.Text] = n.Count
		}
	}
	return m
}
