package capture

import (
	"context"
	"fmt"
	"testing"

	"go.uber.org/goleak"

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
