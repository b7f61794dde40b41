package analyze

import (
	"time"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// Bounds of the look for the PDU that tells which end is the ESME
// (interfaces.md, direction).
const (
	lookPDUs   = 64
	lookOctets = 64 << 10
	lookItems  = 8192               // of all connections
	lookTime   = int64(time.Second) // live
)

// decide looks ahead for the PDU that tells which end is the ESME.
func (p *Pipeline) decide(l *lane, c *session.Conn, from int) {
	s := scout{conn: c}
	if p.opt.live() {
		s.until = p.now + lookTime
	}
	for n := 0; n < len(p.ahead) || s.items < lookItems && p.fetch(); n++ {
		if s.search(p.ahead[n].items[from:]) {
			break
		}
		from = 0
	}
	if s.side == dissect.SideUnknown {
		l.tracker.DecideByAddress(c)
		return
	}
	l.tracker.Decide(c, esmeDir(s.dir, s.side), basis(s.strong))
}

// scout looks for the PDU that decides. On a connection whose opening was
// seen a bind should come, and counts over everything; elsewhere the first
// PDU that only one side may send decides.
type scout struct {
	conn                *session.Conn
	until               int64 // live: wait no longer than that
	pdus, octets, items int
	dir                 stream.Dir
	side                dissect.Side
	strong              bool
}

// search goes through items; true: no more are wanted.
func (s *scout) search(items []item) bool {
	for i := range items {
		it := &items[i]
		s.items++
		if it.kind == itemPause {
			return true
		}
		if s.until > 0 && it.at.Time >= s.until {
			return true
		}
		if it.link == nil || it.link.tracked != s.conn {
			continue
		}
		if it.kind == itemClose || it.pdu != nil && s.weigh(it) {
			return true
		}
	}
	return false
}

func (s *scout) weigh(it *item) bool {
	side, strong := session.Decisive(it.pdu)
	if strong || side != dissect.SideUnknown && s.side == dissect.SideUnknown {
		s.dir, s.side, s.strong = it.dir, side, strong
	}
	s.pdus++
	s.octets += len(it.frame.Octets)
	return strong || s.side != dissect.SideUnknown && !s.conn.SYN || s.pdus >= lookPDUs || s.octets >= lookOctets
}

func esmeDir(dir stream.Dir, sender dissect.Side) stream.Dir {
	if sender == dissect.ESME {
		return dir
	}
	return dir.Other()
}

func basis(strong bool) session.Basis {
	if strong {
		return session.BasisBind
	}
	return session.BasisCommand
}
