package main

import (
	"cmp"
	"context"
	"io"
	"slices"
	"time"

	"smpptap/analyze"
	"smpptap/analyze/filter"
	"smpptap/capture"
	"smpptap/dissect"
	"smpptap/store"
	"smpptap/stream"
)

const (
	// packetOctets bounds the PDUs that are put into one packet, as they were.
	packetOctets = 1460
	// maxHole bounds a jump of sequence numbers: half of their range is no
	// jump ahead any more.
	maxHole = 1 << 28
	// sortedWithin is how much later than its place in a stream a PDU may have
	// been captured: packets are in order of time.
	sortedWithin = 2 * time.Second
)

// packetExport writes recorded PDUs as packets.
type packetExport struct {
	a      *app
	db     *store.DB
	synth  *capture.Synth
	bar    *progress
	octets int64

	whole    bool // every PDU of its connections is written
	comments map[int64]string
	conns    map[int64]*exportConn // of the capture under way
	opening  []*exportConn         // by time, those that open before a PDU is written
	closing  closings
	first    int64 // time of the earliest PDU; zero: none yet
	newest   int64 // time of the latest PDU
	last     int64 // of the newest packet
	pdus     int64
	packet   madePacket
}

// madePacket gathers the PDUs that shared a packet.
type madePacket struct {
	conn    *exportConn
	dir     stream.Dir
	at      int64
	frame   int64
	jumped  bool // behind a hole
	octets  []byte
	lost    int64 // octets of the PDU in it that were not captured
	comment string
}

// exportPackets writes the chosen PDUs in pcapng to w.
func (a *app) exportPackets(ctx context.Context, db *store.DB, f *exportFlags, w io.Writer) error {
	_, err := a.packetsTo(ctx, db, f, w)
	return err
}

func (a *app) packetsTo(ctx context.Context, db *store.DB, f *exportFlags, w io.Writer) (*packetExport, error) {
	synth, err := capture.NewSynth(&capture.WriteOptions{
		To: w, Masked: true, Sort: sortedWithin, Application: "smpptap " + buildInfo().version,
		Comment: "Made by smpptap export from a database: SMPP as it was recorded, passwords masked, in packets that are made up around it.",
	})
	if err != nil {
		return nil, err
	}
	e := &packetExport{a: a, db: db, synth: synth, bar: newProgress(a.err, a.quiet)}
	defer e.bar.done()
	if err := e.captures(ctx, f); err != nil {
		return nil, err
	}
	return e, synth.Close()
}

// captures writes what is chosen, capture by capture in order of time.
func (e *packetExport) captures(ctx context.Context, f *exportFlags) error {
	want, err := e.a.listFilter()
	if err != nil {
		return err
	}
	e.whole = want == nil && f.rule == "" && f.severity == "" && f.since == "" && f.until == "" && f.message == "" && f.count == 0 && f.after == 0
	all, err := e.db.Captures(ctx)
	if err != nil {
		return err
	}
	switch id := f.filter.Capture; id {
	case store.AllCaptures:
		slices.SortStableFunc(all, func(x, y store.Capture) int { return cmp.Compare(x.StartedAt, y.StartedAt) })
	case store.LastCapture:
		all = all[len(all)-1:]
	default:
		all = slices.DeleteFunc(all, func(c store.Capture) bool { return c.ID != id })
	}
	about := f.filter
	for i := range all {
		about.Capture = all[i].ID
		if f.count > 0 {
			if about.Limit = int(f.count - e.pdus); about.Limit <= 0 {
				break
			}
		}
		if err := e.capture(ctx, about, want); err != nil {
			return err
		}
	}
	return nil
}

func (e *packetExport) capture(ctx context.Context, about store.Filter, want *filter.Filter) error {
	findings, err := e.db.Findings(ctx, store.Filter{Capture: about.Capture})
	if err != nil {
		return err
	}
	e.comments = e.a.commentsOf(findings)
	if err := e.connections(ctx, &about, findings); err != nil {
		return err
	}
	if want == nil {
		err = e.db.PDUs(ctx, about, func(p *store.PDU) error {
			e.a.redactPDU(p)
			return e.pdu(ctx, p)
		})
	} else {
		err = e.a.filteredPDUs(ctx, e.db, about, want, func(p *store.PDU, _ *analyze.PDU, _ *dissect.Dialect) error { return e.pdu(ctx, p) })
	}
	if err != nil {
		return err
	}
	return e.end(ctx)
}

// pdu writes one PDU.
func (e *packetExport) pdu(ctx context.Context, p *store.PDU) error {
	c := e.conns[p.Connection]
	if c == nil {
		return nil // the connection's row is missing
	}
	if e.pdus++; e.first == 0 || p.Time < e.first {
		e.first = p.Time
	}
	e.newest = max(e.newest, p.Time)
	e.octets += int64(len(p.Raw))
	e.bar.update(e.octets, 0)
	if e.joins(c, p) {
		c.seen = p.ID
		e.add(p)
		return nil
	}
	if err := e.flush(); err != nil {
		return err
	}
	if err := e.until(ctx, p.Time); err != nil {
		return err
	}
	if err := e.begin(c, p); err != nil {
		return err
	}
	if err := e.leftOut(ctx, c, p); err != nil {
		return err
	}
	dir := c.dir(p.ToESME())
	c.skipHoles(dir, p.Time)
	c.ended = p.CommandID&^dissect.ResponseBit == dissect.CmdUnbind
	if c.ended && !e.whole {
		e.closing.add(c)
	}
	e.packet = madePacket{conn: c, dir: dir, at: p.Time, frame: p.Frame, jumped: c.jumped[dir], octets: e.packet.octets[:0]}
	c.jumped[dir] = false
	e.packet.lost = min(max(0, p.Length-int64(len(p.Raw))), maxHole)
	e.add(p)
	return nil
}

// joins tells that a PDU lay in the same packet as those before it.
func (e *packetExport) joins(c *exportConn, p *store.PDU) bool {
	m := &e.packet
	return m.conn == c && (e.whole || p.ID == c.seen+1) && m.lost == 0 && p.Frame != 0 && p.Frame == m.frame && p.Time == m.at && m.dir == c.dir(p.ToESME()) &&
		p.Length == int64(len(p.Raw)) && len(m.octets)+len(p.Raw) <= packetOctets
}

func (e *packetExport) add(p *store.PDU) {
	m := &e.packet
	m.octets = append(m.octets, p.Raw...)
	if text := e.comments[p.ID]; text != "" {
		if m.comment != "" {
			m.comment += "\n"
		}
		m.comment += text
	}
}

// flush writes the packet that is being gathered.
func (e *packetExport) flush() error {
	m := &e.packet
	if m.conn == nil {
		return nil
	}
	c := m.conn
	m.conn = nil
	e.last = max(e.last, m.at)
	if m.lost > 0 {
		return c.synth.Cut(m.dir, m.at, m.octets, m.lost, m.comment)
	}
	err := c.synth.Data(m.dir, m.at, m.octets, m.comment)
	if err == nil && m.jumped { // so that the hole is known to be one of the capture, at once
		err = c.synth.Ack(m.dir, m.at)
	}
	return err
}

// commentsOf gives what findings say of PDUs, by PDU.
func (a *app) commentsOf(findings []store.Finding) map[int64]string {
	out := make(map[int64]string)
	for i := range findings {
		f := analyze.RedactFinding(&findings[i].Finding, a.redaction())
		text := f.Severity.String() + " " + findings[i].RuleName + ": " + f.Message
		for _, pdu := range slices.Compact([]int64{f.PDU, f.LastPDU}) {
			if out[pdu] != "" {
				out[pdu] += "\n"
			}
			out[pdu] += text
		}
	}
	delete(out, 0) // of no PDU
	return out
}
