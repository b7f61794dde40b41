package analyze

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// faulty is an auditor with a fault: it panics at the PDUs of one connection,
// and at each step of time.
type faulty struct {
	auditor
	conn  int64
	clock bool
}

func (f *faulty) Observe(o *session.Observed, d *audit.Digest, events []session.Event) {
	if o.Conn.ID == f.conn {
		panic("a fault at a PDU")
	}
	f.auditor.Observe(o, d, events)
}

func (f *faulty) Expire(now int64) {
	if f.clock {
		panic("a fault of a timer")
	}
	f.auditor.Expire(now)
}

// counted counts PDUs and ended connections.
type counted struct {
	pdus  map[int64]int
	ended map[int64]bool
	panic bool
}

func newCounted() *counted { return &counted{pdus: map[int64]int{}, ended: map[int64]bool{}} }

// Write implements Sink.
func (c *counted) Write(_ context.Context, records []Record) error {
	for i := range records {
		switch r := &records[i]; r.Kind {
		case RecordPDU:
			c.pdus[r.PDU.Conn.ID]++
		case RecordCapture:
			c.ended[0] = r.Capture.EndedAt != 0
		}
	}
	if c.panic {
		panic("a fault of a sink")
	}
	return nil
}

// Close implements Sink.
func (*counted) Close() error { return nil }

// talk is a Source of two connections with 20 probes each.
type talk struct{}

// Run implements stream.Source.
func (talk) Run(_ context.Context, h stream.Handler) error {
	var taps [3]stream.Tap
	for id := range taps {
		if id > 0 {
			taps[id] = h.Open(&stream.Conn{
				ID: int64(id), SYN: true, Expected: true, Opened: stream.Stamp{Time: 1},
				A: netip.MustParseAddrPort("10.0.0.1:40000"), B: netip.MustParseAddrPort("10.0.0.2:2775"),
			})
		}
	}
	for i := range 20 {
		for id := 1; id < len(taps); id++ {
			at := stream.Stamp{Time: int64(1+i) * 1_000_000_000}
			taps[id].Data(stream.FromA, at, smpptest.Build("enquire_link", uint32(i+1), nil))
		}
	}
	return nil
}

func survivor(t *testing.T, opt Options) (*Pipeline, *[]string) {
	t.Helper()
	p, err := profile.Load("smpp34")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	opt.Kind, opt.Profile, opt.Failed = "proxy", p, func(err error) { told = append(told, err.Error()) }
	return New(opt), &told
}

// TestPanicEndsItsConnection: a panic of the analysis ends the analysis of
// that connection, is told once, and the others' goes on.
func TestPanicEndsItsConnection(t *testing.T) {
	sink := newCounted()
	p, told := survivor(t, Options{Sinks: []Sink{sink}})
	p.lanes[0].auditor = &faulty{auditor: p.lanes[0].auditor, conn: 1}
	if err := p.Run(t.Context(), talk{}); err != nil {
		t.Fatal(err)
	}
	if sink.pdus[1] != 0 || sink.pdus[2] != 20 || !sink.ended[0] {
		t.Errorf("PDUs recorded: %v, capture ended: %v", sink.pdus, sink.ended[0])
	}
	if len(*told) != 1 || !strings.Contains((*told)[0], "connection 1 panicked") || !strings.Contains((*told)[0], "a fault at a PDU") {
		t.Errorf("told %q", *told)
	}
}

// TestPanicOfTimer: it is at no connection, and ends none.
func TestPanicOfTimer(t *testing.T) {
	sink := newCounted()
	p, told := survivor(t, Options{Sinks: []Sink{sink}})
	p.lanes[0].auditor = &faulty{auditor: p.lanes[0].auditor, clock: true}
	if err := p.Run(t.Context(), talk{}); err != nil {
		t.Fatal(err)
	}
	if sink.pdus[1] != 20 || sink.pdus[2] != 20 || len(*told) == 0 {
		t.Errorf("PDUs recorded: %v; told %d times", sink.pdus, len(*told))
	}
}

// TestPanicOfSink: the run goes on without it.
func TestPanicOfSink(t *testing.T) {
	bad, good := newCounted(), newCounted()
	bad.panic = true
	p, told := survivor(t, Options{Sinks: []Sink{bad, good}})
	err := p.Run(t.Context(), talk{})
	if err == nil || !strings.Contains(err.Error(), "a fault of a sink") {
		t.Errorf("Run says %v", err)
	}
	if good.pdus[1] != 20 || len(*told) != 1 {
		t.Errorf("PDUs recorded: %v; told %q", good.pdus, *told)
	}
}

// TestPanicInDecode: stage B goes on behind the PDU.
func TestPanicInDecode(t *testing.T) {
	b := newBatch()
	l := &lane{auditor: unaudited{}}
	octets := smpptest.Build("enquire_link", 1, nil)
	for i := range 3 {
		it := item{kind: itemFrame, link: &link{lane: l, conn: &stream.Conn{ID: int64(i)}}, frame: stream.Frame{Kind: stream.FramePDU, Octets: octets}}
		if i == 1 {
			it.link.lane = nil // which nothing can be read by
		}
		b.add(it)
	}
	b.decodeSafely()
	<-b.ready
	got := []bool{b.items[0].rare != nil, b.items[1].rare != nil, b.items[2].rare != nil}
	if !slices.Equal(got, []bool{false, true, false}) || b.items[2].pdu.ID == 0 {
		t.Errorf("faults %v, third PDU has command_id %#x", got, b.items[2].pdu.ID)
	}
}

// brokenTap panics at octets.
type brokenTap struct{ stream.Tap }

func (brokenTap) Data(stream.Dir, stream.Stamp, []byte) { panic("a fault of a tap") }

// TestPanicInFraming: stage A gives the connection up and tells stage C.
func TestPanicInFraming(t *testing.T) {
	f := &feeder{next: newBatch, batch: newBatch(), out: func(*batch) {}}
	e := queued{kind: ringData, tap: &queuedTap{conn: &stream.Conn{ID: 7}, behind: brokenTap{}}}
	f.replaySafely(&e)
	f.replaySafely(&e)
	if n := len(f.batch.items); n != 1 {
		t.Fatalf("%d items, want 1", n)
	}
	var fault *ConnError
	if err := error(f.batch.items[0].rare.fault); !errors.As(err, &fault) || fault.Conn.ID != 7 {
		t.Errorf("fault %v", err)
	}
}
