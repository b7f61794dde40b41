package analyze

import (
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
)

// PanicAt makes the analysis of a run panic at PDUs while at says so.
// It must be called before Run.
func (p *Pipeline) PanicAt(at func() bool) {
	for _, l := range p.lanes {
		l.auditor = &panicky{l.auditor, at}
	}
}

type panicky struct {
	auditor
	at func() bool
}

func (f *panicky) Observe(o *session.Observed, d *audit.Digest, events []session.Event) {
	if f.at() {
		panic("a fault at a PDU")
	}
	f.auditor.Observe(o, d, events)
}

// Bound replaces the bounds of what waits for the analysis, in octets. It must
// be called before Run.
func (p *Pipeline) Bound(total, perConn int64) { p.room = room{total, perConn} }
