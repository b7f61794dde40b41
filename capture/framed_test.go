package capture

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// framed is a Handler that cuts each connection into frames and keeps one line
// a frame: the PDUs, gaps and garbage that a user sees.
type framed struct {
	t     testing.TB
	conns []*framedConn
}

type framedConn struct {
	info    stream.Conn
	framers [2]*stream.Framer
	lines   []string
}

func (f *framed) Open(c *stream.Conn) stream.Tap {
	fc := &framedConn{info: *c}
	for d := range fc.framers {
		fc.framers[d] = stream.NewFramer(stream.FramerOptions{Midstream: !c.SYN})
	}
	f.conns = append(f.conns, fc)
	return fc
}

func (f *framed) Notice(stream.Notice) {}

func (c *framedConn) Data(d stream.Dir, at stream.Stamp, p []byte) {
	c.add(d, c.framers[d].Push(nil, at, append([]byte(nil), p...)))
}

func (c *framedConn) Gap(d stream.Dir, at stream.Stamp, n int64) {
	c.add(d, c.framers[d].Gap(nil, at, n))
}

func (c *framedConn) Event(d stream.Dir, at stream.Stamp, e stream.Event) {
	if e.Kind == stream.EventConflict {
		c.lines = append(c.lines, fmt.Sprintf("%c conflict %d", 'A'+d, e.N))
	}
}

func (c *framedConn) Close(at stream.Stamp, reason error) {
	for d := range c.framers {
		c.add(stream.Dir(d), c.framers[d].Close(nil, at, reason == nil))
	}
}

// add writes frames as: direction, command and sequence number, octets, and
// how many are missing; or direction, kind, octets.
func (c *framedConn) add(d stream.Dir, frames []stream.Frame) {
	for i := range frames {
		f := &frames[i]
		var line string
		switch f.Kind {
		case stream.FramePDU:
			var p dissect.PDU
			dissect.Decode(&p, f.Octets)
			name := "?"
			if p.Command != nil {
				name = p.Command.Name
			}
			line = fmt.Sprintf("%c %s %d [%d]", 'A'+d, name, p.Sequence, len(f.Octets))
			if f.Missing > 0 {
				line += fmt.Sprintf(" missing %d", f.Missing)
			}
		case stream.FrameGap:
			line = fmt.Sprintf("%c gap %d", 'A'+d, f.Length)
		case stream.FrameTail:
			line = fmt.Sprintf("%c tail %d", 'A'+d, len(f.Octets))
		default:
			line = fmt.Sprintf("%c garbage %d", 'A'+d, f.Length)
		}
		c.lines = append(c.lines, line)
	}
}

// pdu makes a PDU with n octets of body; of submit_sm, with that much text.
func pdu(name string, seq uint32, n int) string {
	if name == "submit_sm" {
		return string(smpptest.Build(name, seq, smpptest.F{"source_addr": "ACME", "destination_addr": "919800000001", "short_message": strings.Repeat("x", n)}))
	}
	return string(smpptest.Build(name, seq, nil))
}

// frameAll reads a capture and frames its connections.
func frameAll(t testing.TB, file []byte) []*framedConn {
	t.Helper()
	f := &framed{t: t}
	if err := NewFile(Options{Paths: []string{"-"}, Stdin: bytes.NewReader(file)}).Run(context.Background(), f); err != nil {
		t.Error(err)
	}
	return f.conns
}

// wantFrames checks what a capture file gives, in one line a frame.
func wantFrames(t *testing.T, name string, file []byte, want ...string) {
	t.Helper()
	got := frameAll(t, file)
	if len(got) != 1 {
		t.Errorf("%s: %d connections", name, len(got))
		return
	}
	if a, b := strings.Join(got[0].lines, "\n"), strings.Join(want, "\n"); a != b {
		t.Errorf("%s:\n got:\n%s\nwant:\n%s", name, a, b)
	}
}
