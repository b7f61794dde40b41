package analyze

import (
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// batchSize is how many items go through the stages together. Larger batches
// cost memory and latency, smaller ones more hand-overs between goroutines.
const batchSize = 128

// itemKind says what an item is.
type itemKind uint8

const (
	itemOpen   itemKind = iota + 1 // a connection that carries SMPP
	itemFrame                      // a PDU, gap, garbage or tail
	itemEvent                      // something about the connection
	itemClose                      // its end
	itemOther                      // a connection without SMPP has ended
	itemNotice                     // something about the input
	itemPause                      // the input pauses: nothing comes soon
	itemClock                      // time has come so far
	itemFault                      // the analysis panicked before stage C
	itemLost                       // octets of a connection without a tap
)

// item is one thing on its way from stage A to stage C.
type item struct {
	kind   itemKind
	dir    stream.Dir
	clean  dissect.Side  // as session.Observed.Clean
	digest *audit.Digest // of the batch; by stage B
	link   *link
	at     stream.Stamp
	frame  stream.Frame
	pdu    *dissect.PDU // of the batch; decoded by stage B
	octets int64        // itemOther, itemFault, itemLost: how many
	rare   *rare        // nil: nothing of it
}

// rare is what few items have. It stands apart because every octet of an item
// is copied and cleared for every PDU.
type rare struct {
	event  stream.Event
	notice stream.Notice
	err    error // itemClose, itemOther: why
	name   string
	lost   bool         // itemOther: the capture lacks octets of it
	ending audit.Ending // itemOther: what ended it
	fault  *ConnError
}

// link is a connection on both sides of the pipeline. Stage A uses the tap,
// stage C the tracked connection.
type link struct {
	conn    *stream.Conn
	lane    *lane
	tracked *session.Conn
	dead    bool // its analysis panicked and was given up
}

// batch carries items through the stages. Stage B tells by ready that it is done.
type batch struct {
	items   []item
	pdus    []dissect.PDU
	digests []audit.Digest // of pdus
	used    int            // of pdus
	ready   chan struct{}
	// chunks hold the octets of the frames.
	chunks []*chunk

	issues []dissect.Issue // scratch of stage B
}

func newBatch() *batch {
	return &batch{items: make([]item, 0, batchSize), pdus: make([]dissect.PDU, batchSize), digests: make([]audit.Digest, batchSize), ready: make(chan struct{}, 1)}
}

// reset readies a batch for its next use. PDUs keep their slices' memory.
func (b *batch) reset(from chunks) {
	for _, k := range b.chunks {
		from.leave(k)
	}
	clear(b.chunks)
	b.chunks = b.chunks[:0]
	clear(b.items)
	b.items, b.used = b.items[:0], 0
}

// use notes that frames are views of a chunk.
func (b *batch) use(k *chunk) {
	if n := len(b.chunks); n == 0 || b.chunks[n-1] != k {
		k.users.Add(1)
		b.chunks = append(b.chunks, k)
	}
}

// add appends an item. The caller sends the batch on when it is full.
func (b *batch) add(it item) {
	if it.kind == itemFrame && it.frame.Kind == stream.FramePDU {
		it.pdu, it.digest = &b.pdus[b.used], &b.digests[b.used]
		b.used++
	}
	b.items = append(b.items, it)
}

// decode is stage B: it decodes the PDUs of a batch, and does ahead of stage C
// what hangs on nothing that came before: it finds out of which of them Validate
// has nothing to say in the usual case, a 3.4 session, and has the auditor make
// its Digest.
func (b *batch) decode() {
	for i := range b.items {
		b.decodeItem(&b.items[i])
	}
	b.ready <- struct{}{}
}

func (b *batch) decodeItem(it *item) {
	if it.pdu != nil {
		dissect.Decode(it.pdu, it.frame.Octets)
		it.clean = b.cleanFrom(it.pdu, it.link.lane.dialect)
		it.link.lane.auditor.Digest(it.digest, it.pdu)
	}
}

func (b *batch) cleanFrom(p *dissect.PDU, d *dissect.Dialect) dissect.Side {
	if p.Command == nil || p.Broken || p.Command.From == dissect.Either && len(p.Command.Params) > 0 {
		return dissect.SideUnknown
	}
	from := p.Command.From
	b.issues = dissect.Validate(b.issues[:0], p, dissect.Context{Version: dissect.V34, From: from, Dialect: d})
	if len(b.issues) > 0 {
		return dissect.SideUnknown
	}
	return from
}
