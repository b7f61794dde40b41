package analyze

import (
	"context"
	"fmt"
	"runtime/debug"

	"smpptap/stream"
)

// A fault of the analysis itself ends what it touched and nothing else: in a
// live run a panic ends the analysis of that connection, or a sink. A run over
// files is left to crash: nobody's traffic hangs on it.

// ConnError tells that the analysis of a connection panicked and was given up.
type ConnError struct {
	Conn  *stream.Conn // nil: it was at no connection
	Panic any
	Stack []byte
}

func (e *ConnError) Error() string {
	if e.Conn == nil {
		return fmt.Sprintf("analysis panicked: %v", e.Panic)
	}
	return fmt.Sprintf("analysis of connection %d panicked, it is not analysed further: %v", e.Conn.ID, e.Panic)
}

// panicked makes a ConnError of what recover gave; nil: there was no panic.
func panicked(caught any, l *link) *ConnError {
	if caught == nil {
		return nil
	}
	e := &ConnError{Panic: caught, Stack: debug.Stack()}
	if l != nil {
		e.Conn = l.conn
	}
	return e
}

// itemSafely is item for a live run.
func (p *Pipeline) itemSafely(b *batch, i int) {
	it := &b.items[i]
	p.clockSafely(it.at)
	switch {
	case it.kind == itemLost, it.link != nil && it.link.dead:
		p.lose(it)
		return
	case it.rare != nil && it.rare.fault != nil:
		p.giveUp(it.link, it.rare.fault)
		p.lose(it)
		return
	}
	recorded := len(p.pdus)
	defer func() {
		if e := panicked(recover(), it.link); e != nil {
			p.giveUp(it.link, e)
			if len(p.pdus) == recorded {
				p.lose(it)
			}
		}
	}()
	p.item(b, i)
}

// readAheadSafely is readAhead for a live run. What panics here does so again
// where the item is judged, if it matters.
func (p *Pipeline) readAheadSafely(b *batch) {
	defer func() { _ = recover() }()
	p.readAhead(b)
}

// lose counts the octets of an item that is not analysed.
func (p *Pipeline) lose(it *item) {
	n := it.octets + it.frame.Length
	if it.link == nil || n <= 0 {
		return
	}
	if !p.begun {
		p.begin(it.at.Time)
	}
	p.capture.Stats.LostOctets += n
	p.record(Record{Kind: RecordLost, Lost: Lost{Conn: it.link.conn, Octets: n}})
}

func (p *Pipeline) clockSafely(at stream.Stamp) {
	defer func() {
		if e := panicked(recover(), nil); e != nil {
			p.giveUp(nil, e)
		}
	}()
	p.clock(at)
}

// giveUp ends the analysis of a connection as if the input ended here, so that
// nobody is accused of what was not seen.
func (p *Pipeline) giveUp(l *link, e *ConnError) {
	if p.opt.Failed != nil {
		p.opt.Failed(e)
	}
	if l == nil || l.dead {
		return
	}
	l.dead = true
	if l.tracked == nil {
		return
	}
	defer func() { _ = recover() }() // its state may be what is broken
	p.events(l.lane, l.lane.tracker.Close(l.tracked, stream.Stamp{Time: p.now}, stream.ErrInputEnd))
}

// finishSafely is finish for a live run.
func (p *Pipeline) finishSafely() {
	defer func() {
		if e := panicked(recover(), nil); e != nil {
			p.giveUp(nil, e)
			p.capture.EndedAt = max(p.now, 1)
		}
	}()
	p.finish()
}

// writeSafely hands records to a sink of a live run.
func writeSafely(ctx context.Context, s Sink, r []Record) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("writing results panicked: %v", caught)
		}
	}()
	return s.Write(ctx, r)
}

// decodeSafely is decode for a live run.
func (b *batch) decodeSafely() {
	defer func() { b.ready <- struct{}{} }()
	for i := 0; i < len(b.items); {
		i = b.decodeFrom(i)
	}
}

// decodeFrom decodes from an item on, up to the end or behind one at which it
// panicked.
func (b *batch) decodeFrom(from int) (next int) {
	defer func() {
		it := &b.items[min(next, len(b.items)-1)]
		if e := panicked(recover(), it.link); e != nil {
			it.rare = &rare{fault: e}
			next++
		}
	}()
	for next = from; next < len(b.items); next++ {
		b.decodeItem(&b.items[next])
	}
	return next
}

// replaySafely makes the call that an entry stands for. A connection whose tap
// panics has none from then on.
func (f *feeder) replaySafely(e *queued) {
	defer func() {
		caught := recover()
		if caught == nil {
			return
		}
		if e.tap == nil {
			f.add(item{kind: itemFault, at: e.at, rare: &rare{fault: panicked(caught, nil)}})
			return
		}
		l, held := &link{conn: e.tap.conn}, int64(len(e.data))
		if t, ok := e.tap.behind.(*tap); ok {
			l, held = t.link, t.unsent()
		}
		e.tap.behind, e.tap.link = nil, l
		f.add(item{kind: itemFault, at: e.at, link: l, octets: held, rare: &rare{fault: panicked(caught, l)}})
	}()
	switch {
	case e.tap == nil || e.tap.behind != nil || e.kind == ringOpen:
		f.replay(e)
	case e.tap.link != nil:
		if n := int64(len(e.data)) + max(e.n, 0); n > 0 {
			f.add(item{kind: itemLost, at: e.at, link: e.tap.link, octets: n})
		}
	}
}
