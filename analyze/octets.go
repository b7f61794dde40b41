package analyze

import (
	"fmt"

	"smpptap/stream"
)

// lend makes the call that an entry stands for to Options.Octets.
func (p *Pipeline) lend(e *queued) {
	if p.opt.Octets == nil {
		return
	}
	defer func() {
		if caught := recover(); caught != nil {
			p.opt.Octets = nil
			if p.opt.Failed != nil {
				p.opt.Failed(fmt.Errorf("keeping octets panicked: %v", caught))
			}
		}
	}()
	switch t := e.tap; {
	case e.kind == ringNotice:
		p.opt.Octets.Notice(*e.notice)
	case e.kind == ringClock:
		if c, ok := p.opt.Octets.(stream.Clocked); ok {
			c.Clock(e.at)
		}
	case e.kind == ringOpen:
		t.aside = p.opt.Octets.Open(t.conn)
	case t.aside != nil:
		e.tell(t.aside)
	}
}

// Waiting is how many octets of memory hold what waits for the analysis of a
// live run. It may be called at any time.
func (p *Pipeline) Waiting() int64 {
	if p.inbox.Ring == nil {
		return 0
	}
	return p.inbox.Ring.waiting()
}
