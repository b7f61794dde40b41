package capture

import (
	"errors"
	"math/bits"
)

// errOther says that a block held no packet after all.
var errOther = errors.New("no packet")

// packet reads a block that holds one packet, and leaves it behind.
func (r *ngReader) packet(p *packet, kind, total uint32, size int64) error {
	fixed := 28 // header of an enhanced or old packet block
	if kind == blockSimple {
		fixed = 12
	}
	if int(total) < fixed+4 {
		return r.corrupt("a packet block of %d octets", total)
	}
	h, err := r.w.peek(fixed)
	if err != nil {
		return r.w.broken(err, fixed, len(h), "packet block")
	}
	var id, caplen, origlen uint32
	var ticks uint64
	switch kind {
	case blockEnhanced:
		id = r.order.Uint32(h[8:])
	case blockOld:
		id = uint32(r.order.Uint16(h[8:])) // beside it 16 bits of drop count
	}
	if kind == blockSimple {
		origlen = r.order.Uint32(h[8:])
		caplen = min(origlen, total-16)
		if len(r.ifaces) > 0 && r.ifaces[0].snaplen > 0 {
			caplen = min(caplen, r.ifaces[0].snaplen)
		}
	} else {
		ticks = uint64(r.order.Uint32(h[12:]))<<32 | uint64(r.order.Uint32(h[16:]))
		caplen, origlen = r.order.Uint32(h[20:]), r.order.Uint32(h[24:])
	}
	if caplen > maxPacket {
		return tooLong(r.w.off, caplen)
	}
	if int64(caplen) > int64(total)-int64(fixed)-4 {
		return r.corrupt("a packet of %d octets in a block of %d", caplen, total)
	}
	return r.take(p, id, caplen, origlen, ticks, fixed, total, size, kind == blockSimple)
}

// take hands out the packet's octets. In the usual block, one that fits the
// window as a whole, nothing is copied and its end is checked before.
func (r *ngReader) take(p *packet, id, caplen, origlen uint32, ticks uint64, fixed int, total uint32, size int64, simple bool) error {
	if size > maxPacket+(1<<20) {
		return r.corrupt("a packet block of %d octets", size)
	}
	b, err := r.w.peek(int(size))
	if err != nil {
		return r.w.broken(err, int(size), len(b), "packet block")
	}
	if end := r.order.Uint32(b[size-4:]); end != total {
		return r.corrupt("a block's two lengths differ: %d and %d", total, end)
	}
	p.data = b[fixed : fixed+int(caplen) : fixed+int(caplen)]
	p.timeless = simple
	p.numbered, r.numbered = r.numbered, 0
	r.w.at += int(size)
	r.w.off += size
	if int64(id) >= int64(len(r.ifaces)) {
		p.time = r.last
		p.cutOf(caplen, origlen, 0)
		return errUnusable
	}
	f := &r.ifaces[id]
	p.cutOf(caplen, origlen, f.snaplen)
	p.link = f.link
	if !simple {
		r.last = f.clock.time(ticks)
	}
	p.time = r.last
	return nil
}

// clock turns an interface's ticks into nanoseconds, exactly.
type clock struct {
	perSec uint64 // ticks a second; zero: finer than 2^-63 or 10^-19
	mul    uint64 // nanoseconds a tick where that is whole, else zero
	offset int64  // seconds to add
}

// newClock takes if_tsresol: a negative power of 10, or of 2 with the top bit.
func newClock(resolution byte, offset int64) clock {
	c := clock{offset: offset}
	n := resolution & 0x7f
	if resolution&0x80 != 0 {
		if n < 64 {
			c.perSec = 1 << n
		}
	} else if n < 20 {
		c.perSec = 1
		for range n {
			c.perSec *= 10
		}
	}
	if c.perSec > 0 && 1e9%c.perSec == 0 {
		c.mul = 1e9 / c.perSec
	}
	return c
}

func (c *clock) time(ticks uint64) int64 {
	if c.perSec == 0 {
		return shift(0, c.offset) // such ticks do not reach a second in 64 bits
	}
	if c.mul != 0 {
		hi, lo := bits.Mul64(ticks, c.mul)
		if hi != 0 {
			return maxTime
		}
		return shift(lo, c.offset)
	}
	hi, lo := bits.Mul64(ticks, 1e9)
	if hi >= c.perSec {
		return maxTime
	}
	q, _ := bits.Div64(hi, lo, c.perSec)
	return shift(q, c.offset)
}

// shift adds whole seconds and keeps the sum between 1970 and maxTime.
func shift(ns uint64, seconds int64) int64 {
	ns = min(ns, maxTime)
	const most int64 = maxTime / 1_000_000_000
	seconds = max(min(seconds, most), -most)
	return max(0, min(int64(ns)+seconds*1e9, maxTime))
}
