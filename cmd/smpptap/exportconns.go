package main

import (
	"cmp"
	"container/heap"
	"context"
	"net/netip"
	"slices"
	"strings"

	"smpptap/analyze/session"
	"smpptap/capture"
	"smpptap/dissect"
	"smpptap/store"
	"smpptap/stream"
)

// exportConn is a recorded connection on its way into packets.
type exportConn struct {
	store.Connection
	synth  *capture.SynthConn // nil: not begun
	holes  []hole
	opens  bool    // its handshake may be written
	closes bool    // its end may be written
	ended  bool    // the PDU written last is an unbind or the answer to one
	half   bool    // one end has sent its FIN
	seen   int64   // the PDU written last; zero: none
	jumped [2]bool // a hole is before the next octets of a direction
}

// hole is a place where octets of a direction were lost.
type hole struct {
	toESME bool
	at     int64
	octets int64
}

// dir is the direction in packets, where A is who dialled.
func (c *exportConn) dir(toESME bool) stream.Dir {
	if toESME != (c.OpenedBy == "smsc") {
		return stream.FromB
	}
	return stream.FromA
}

// connections reads those of a capture.
func (e *packetExport) connections(ctx context.Context, about *store.Filter, findings []store.Finding) error {
	want := store.Filter{Capture: about.Capture}
	opens, closes := true, true
	if about.Session != 0 {
		of, err := e.db.Sessions(ctx, store.Filter{Capture: about.Capture, Session: about.Session})
		if err != nil {
			return err
		}
		if len(of) == 0 {
			return nil
		}
		want.Connection = of[0].Connection.ID
		if of, err = e.db.Sessions(ctx, want); err != nil {
			return err
		}
		opens, closes = of[0].ID == about.Session, of[len(of)-1].ID == about.Session
	}
	rows, err := e.db.Connections(ctx, want)
	if err != nil {
		return err
	}
	e.conns, e.opening, e.closing = make(map[int64]*exportConn, len(rows)), nil, nil
	for i := range rows {
		c := &exportConn{Connection: rows[i], opens: opens && rows[i].OpenedBy != "unknown" && rows[i].OpenedAt != 0, closes: closes}
		e.conns[c.ID] = c
		if e.whole && c.opens {
			e.opening = append(e.opening, c)
		}
	}
	slices.SortStableFunc(e.opening, func(x, y *exportConn) int { return cmp.Compare(x.OpenedAt, y.OpenedAt) })
	e.findHoles(findings)
	return nil
}

// findHoles finds the places where findings tell that octets were lost, or
// were no PDU and so are not recorded: the first and the last of each finding.
// Of holes the record has the octets of all of them together.
func (e *packetExport) findHoles(findings []store.Finding) {
	for i := range findings {
		f := &findings[i]
		c := e.conns[f.Connection]
		if c == nil {
			continue
		}
		h, esme, smsc := hole{octets: 1}, false, false
		switch f.RuleName {
		case "framing-gap":
			if c.Gaps == 0 || strings.Contains(f.Message, "lacks octets of") || strings.Contains(f.Message, " stand ") {
				continue // those of PDUs are known better, and what stands somewhere is no hole
			}
			h.octets = min(max(1, c.LostOctets/c.Gaps), maxHole)
			esme, smsc = strings.Contains(f.Message, " of the ESME in "), strings.Contains(f.Message, " of the SMSC in ")
			if !esme && !smsc { // recorded with --redact
				esme, smsc = true, true
			}
		case "framing-garbage", "framing-length-small", "framing-length-large":
			esme, smsc = strings.HasPrefix(f.Message, "The ESME sent "), strings.HasPrefix(f.Message, "The SMSC sent ")
		}
		for _, h.at = range slices.Compact([]int64{f.Time, f.LastTime}) {
			if h.toESME = false; esme {
				c.holes = append(c.holes, h)
			}
			if h.toESME = true; smsc {
				c.holes = append(c.holes, h)
			}
		}
	}
}

// skipHoles leaves out what was lost in a direction up to a time.
func (c *exportConn) skipHoles(dir stream.Dir, until int64) {
	c.holes = slices.DeleteFunc(c.holes, func(h hole) bool {
		if c.dir(h.toESME) != dir || h.at > until {
			return false
		}
		c.skip(dir, h.octets)
		return true
	})
}

// skip leaves out octets of a direction.
func (c *exportConn) skip(dir stream.Dir, octets int64) {
	if octets > 0 {
		c.synth.Gap(dir, min(octets, maxHole))
		c.jumped[dir] = true
	}
}

// leftOut writes what a slice lacks before a PDU as a packet in each direction
// whose octets were not captured: nobody shall miss what is only not chosen.
// Unlike one in sequence numbers, such a hole is known at once.
func (e *packetExport) leftOut(ctx context.Context, c *exportConn, p *store.PDU) error {
	after := c.seen
	c.seen = p.ID
	if e.whole || after+1 == p.ID || after == 0 && !c.opens {
		return nil
	}
	toSMSC, toESME, err := e.db.Between(ctx, c.ID, after, p.ID)
	if err == nil && toSMSC > 0 {
		err = c.synth.Cut(c.dir(false), p.Time, nil, min(toSMSC, packetOctets), "")
	}
	if err == nil && toESME > 0 {
		err = c.synth.Cut(c.dir(true), p.Time, nil, min(toESME, packetOctets), "")
	}
	return err
}

// begin begins a connection, if it has not, for its first PDU.
func (e *packetExport) begin(c *exportConn, p *store.PDU) error {
	if c.synth != nil {
		return nil
	}
	if !c.opens || !e.whole && !dissect.IsBind(p.CommandID) && p.CommandID != dissect.CmdOutbind {
		a, b := c.ends()
		c.opens = false
		c.synth = e.synth.Join(c.iface(), a, b)
		if e.whole {
			e.closing.add(c)
		}
		return nil
	}
	at := min(c.OpenedAt, p.Time)
	if at < e.last { // it opened among packets that are written already
		at = p.Time
	}
	return e.open(c, at)
}

// open begins a connection with its handshake.
func (e *packetExport) open(c *exportConn, at int64) (err error) {
	a, b := c.ends()
	c.synth, err = e.synth.Open(c.iface(), a, b, at)
	e.last = max(e.last, at)
	if e.whole {
		e.closing.add(c)
	}
	return err
}

func (c *exportConn) iface() string { return cmp.Or(c.Link, "smpptap") }

// ends gives who dialled and who was dialled. An address that is not recorded
// is one of those reserved for documentation.
func (c *exportConn) ends() (a, b netip.AddrPort) {
	const dynamic, many = 1024, 60_000
	a = recordedEnd(c.ClientAddr, c.ClientPort, "192.0.2.1", uint16(dynamic+c.ID%many))
	b = recordedEnd(c.ServerAddr, c.ServerPort, "198.51.100.1", stream.SMPPPort)
	if c.OpenedBy == "smsc" {
		a, b = b, a
	}
	return a, b
}

func recordedEnd(addr string, port int64, otherwise string, otherPort uint16) netip.AddrPort {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		ip = netip.MustParseAddr(otherwise)
	}
	if port <= 0 || port > 0xFFFF {
		port = int64(otherPort)
	}
	return netip.AddrPortFrom(ip.Unmap().WithZone(""), uint16(port))
}

// until opens and closes connections up to a time.
func (e *packetExport) until(ctx context.Context, now int64) error {
	for {
		opens := len(e.opening) > 0 && e.opening[0].OpenedAt <= now
		closes := len(e.closing) > 0 && e.closing[0].ClosedAt <= now
		var err error
		switch {
		case opens && (!closes || e.opening[0].OpenedAt <= e.closing[0].ClosedAt):
			if c := e.opening[0]; c.synth == nil {
				err = e.open(c, c.OpenedAt)
			}
			e.opening = e.opening[1:]
		case closes:
			err = e.close(ctx, heap.Pop(&e.closing).(*exportConn))
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// end opens and closes what is left of a capture.
func (e *packetExport) end(ctx context.Context) error {
	if err := e.flush(); err != nil {
		return err
	}
	return e.until(ctx, 1<<63-1)
}

// close writes a connection's end, if who began it is known. The other end's
// FIN follows at once, or behind what it had to say.
func (e *packetExport) close(ctx context.Context, c *exportConn) error {
	if !e.whole && !c.ended {
		return nil
	}
	first := c.dir(c.ClosedBy == "smsc")
	e.last = max(e.last, c.ClosedAt)
	c.skipHoles(first, c.ClosedAt)
	c.skipHoles(first.Other(), c.ClosedAt)
	if c.CloseReason == session.EndRST.String() {
		return c.synth.RST(first, c.ClosedAt)
	}
	if !c.half {
		if err := c.synth.FIN(first, c.ClosedAt); err != nil || c.CloseReason == session.EndHalf.String() {
			return err
		}
		at, err := e.db.LastOn(ctx, c.ID)
		if err != nil {
			return err
		}
		if at > c.ClosedAt {
			c.half, c.ClosedAt = true, at+1
			heap.Push(&e.closing, c)
			return nil
		}
	}
	return c.synth.FIN(first.Other(), c.ClosedAt)
}

// closings are connections by the time of their end.
type closings []*exportConn

// add takes a connection of which the end is to be written.
func (h *closings) add(c *exportConn) {
	switch c.CloseReason {
	case session.EndFIN.String(), session.EndHalf.String(), session.EndRST.String():
		if c.closes && c.ClosedAt != 0 && c.ClosedBy != "" && !slices.Contains(*h, c) {
			heap.Push(h, c)
		}
	}
}

func (h closings) Len() int           { return len(h) }
func (h closings) Less(i, j int) bool { return h[i].ClosedAt < h[j].ClosedAt }
func (h closings) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *closings) Push(x any)        { *h = append(*h, x.(*exportConn)) }
func (h *closings) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
