package report

import (
	"bytes"
	"context"
	"slices"

	"smpptap/analyze"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// Bounds of the evidence that a report shows. What they leave out is said.
const (
	maxExhibits = 200 // PDUs
	ringPDUs    = 16384
	ringOctets  = 16 << 20
)

// exhibit is a PDU that a finding names: its octets, masked, and its tree.
type exhibit struct {
	Number  int64
	Command string
	Missing int64 // octets that the capture cut off
	Raw     []byte
	Tree    []byte
}

// Evidence is a sink that keeps the PDUs that findings name.
//
// Findings may come long after their PDU. What can be read twice is therefore
// read again for the PDUs that are wanted by then (NewEvidence); of what can
// not, a ring keeps the last PDUs, and what a finding names further back is
// not there any more (NewRecentEvidence).
type Evidence struct {
	opt    *Options
	want   map[int64]bool // nil: a ring
	kept   map[int64]*exhibit
	ring   []passed // oldest at head, when it is full
	head   int
	octets int
}

// passed is a PDU of the ring, without what was lent with it.
type passed struct {
	pdu analyze.PDU // P is nil
	raw []byte
}

// NewEvidence keeps the PDUs of these numbers and ends the run when it has
// them all.
func NewEvidence(opt *Options, wanted []int64) *Evidence {
	e := &Evidence{opt: opt, want: make(map[int64]bool), kept: make(map[int64]*exhibit)}
	for _, n := range wanted {
		e.want[n] = true
	}
	return e
}

// NewRecentEvidence keeps the PDUs that findings name while they are among the
// last ones.
func NewRecentEvidence(opt *Options) *Evidence {
	return &Evidence{opt: opt, kept: make(map[int64]*exhibit)}
}

// Write implements analyze.Sink. It returns analyze.ErrStop when all that is
// wanted is there.
func (e *Evidence) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		switch r := &records[i]; {
		case r.Kind == analyze.RecordPDU && e.want == nil:
			e.remember(r.PDU)
		case r.Kind == analyze.RecordPDU && e.want[r.PDU.Number]:
			e.Keep(r.PDU)
		case r.Kind == analyze.RecordFinding && e.want == nil:
			e.recall(r.Finding.PDU)
		}
	}
	if e.want != nil && len(e.kept) == len(e.want) {
		return analyze.ErrStop
	}
	return nil
}

// Close implements analyze.Sink.
func (e *Evidence) Close() error { return nil }

// Wants tells whether a PDU is wanted and not yet there.
func (e *Evidence) Wants(number int64) bool { return e.want[number] && e.kept[number] == nil }

// Keep takes a PDU, which is lent for the call.
func (e *Evidence) Keep(p *analyze.PDU) {
	e.kept[p.Number] = &exhibit{
		Number: p.Number, Command: commandName(p.P), Missing: p.Missing,
		Raw: bytes.Clone(p.P.Raw), Tree: e.opt.AppendTree(nil, p),
	}
}

// remember puts a PDU into the ring in place of the oldest ones.
func (e *Evidence) remember(p *analyze.PDU) {
	r := passed{pdu: *p, raw: bytes.Clone(p.P.Raw)}
	r.pdu.P, r.pdu.Parts, r.pdu.Message, r.pdu.Receipt = nil, nil, nil, nil
	r.pdu.Issues, r.pdu.Findings = slices.Clone(p.Issues), slices.Clone(p.Findings)
	if p.Conn != nil {
		r.pdu.Conn = &session.Conn{Conn: p.Conn.Conn, ESME: p.Conn.ESME, Decided: p.Conn.Decided, Basis: p.Conn.Basis}
	}
	if s := p.Session; s != nil {
		r.pdu.Session = &session.Session{ID: s.ID, Version: s.Version, Offered: s.Offered}
	}
	e.octets += len(r.raw)
	e.ring = append(e.ring, r)
	for len(e.ring)-e.head > ringPDUs || e.octets > ringOctets && len(e.ring)-e.head > 1 {
		e.octets -= len(e.ring[e.head].raw)
		e.ring[e.head] = passed{}
		e.head++
	}
	if e.head > ringPDUs {
		e.ring = append(e.ring[:0], e.ring[e.head:]...)
		e.head = 0
	}
}

// recall keeps a PDU of the ring for good.
func (e *Evidence) recall(number int64) {
	if number == 0 || e.kept[number] != nil || len(e.kept) >= 4*maxExhibits {
		return
	}
	i, found := slices.BinarySearchFunc(e.ring[e.head:], number, func(r passed, n int64) int { return int(r.pdu.Number - n) })
	if !found {
		return
	}
	r := &e.ring[e.head+i]
	p := r.pdu
	p.P = new(dissect.PDU)
	dissect.Decode(p.P, r.raw)
	p.Message, p.Receipt = dissect.ReadMessage(p.P, p.From, e.opt.Dialect)
	e.Keep(&p)
}
