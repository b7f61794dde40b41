package audit

import (
	"testing"
	"time"

	"smpptap/stream"
)

// What a connection needed is given back when it ends, not when its last
// deadline would have come.
func TestDeadlinesHoldNoEndedConnection(t *testing.T) {
	r := newRig(t, "kaleyra")
	r.bound()
	r.fin(stream.FromA)
	h := r.audit.links.deadlines
	if len(h) == 0 {
		t.Fatal("no deadline was armed: the test proves nothing")
	}
	for _, d := range h {
		if d.conn.connState != nil {
			t.Error("an entry still holds the connection")
		}
	}
	r.after(time.Hour)
	r.audit.Expire(r.now)
}
