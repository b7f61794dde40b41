package proxy

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"

	"smpptap/stream"
)

// handler stands before a stream.Handler, so that its panics end here.
type handler struct {
	behind stream.Handler
	log    *slog.Logger
}

func (h *handler) open(c *stream.Conn) (t tap) {
	t.state = &tapState{log: h.log, conn: c}
	defer t.recover()
	t.behind = h.behind.Open(c)
	return t
}

func (h *handler) notice(n stream.Notice) {
	defer h.recover()
	h.behind.Notice(n)
}

func (h *handler) clock(at stream.Stamp) {
	defer h.recover()
	if c, ok := h.behind.(stream.Clocked); ok {
		c.Clock(at)
	}
}

func (h *handler) recover() {
	if p := recover(); p != nil {
		h.log.Error("panic in analysis", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	}
}

// tap stands before a stream.Tap. One that panicked is not called again; a
// Handler may also give none.
type tap struct {
	behind stream.Tap // nil: none
	state  *tapState
}

type tapState struct {
	broken atomic.Bool
	log    *slog.Logger
	conn   *stream.Conn
}

func (t *tap) deaf() bool { return t.behind == nil || t.state.broken.Load() }

func (t *tap) data(dir stream.Dir, at stream.Stamp, p []byte) {
	if !t.deaf() {
		defer t.recover()
		t.behind.Data(dir, at, p)
	}
}

func (t *tap) gap(dir stream.Dir, at stream.Stamp, n int64) {
	if !t.deaf() {
		defer t.recover()
		t.behind.Gap(dir, at, n)
	}
}

func (t *tap) event(dir stream.Dir, at stream.Stamp, kind stream.EventKind) {
	if !t.deaf() {
		defer t.recover()
		t.behind.Event(dir, at, stream.Event{Kind: kind})
	}
}

func (t *tap) close(at stream.Stamp, reason error) {
	if !t.deaf() {
		defer t.recover()
		t.behind.Close(at, reason)
	}
}

func (t *tap) recover() {
	if p := recover(); p != nil {
		t.state.broken.Store(true)
		t.state.log.Error("panic in analysis: this connection is relayed and not analysed any more",
			"conn", t.state.conn.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	}
}
