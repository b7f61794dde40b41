package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Block types of pcapng (draft-ietf-opsawg-pcapng).
const (
	blockSection  = 0x0a0d0d0a
	blockIface    = 1
	blockOld      = 2
	blockSimple   = 3
	blockStats    = 5
	blockEnhanced = 6
	blockJournal  = 9
	blockCustom   = 0x0bad
	blockCustomNo = 0x40000bad // not to be copied
)

const (
	orderMagic uint32 = 0x1a2b3c4d
	// maxOptions bounds how much of an interface or statistics block is read
	// for its options; behind that it is skipped.
	maxOptions = 64 << 10
	// maxIfaces bounds the interfaces of a section.
	maxIfaces = 4096
)

// iface is what packets need to know of their interface.
type iface struct {
	link    uint32
	snaplen uint32
	clock   clock
	dropped uint64 // by the last statistics block
}

type ngReader struct {
	w      *window
	order  binary.ByteOrder
	ifaces []iface
	last   int64 // time of the last packet that had one
	drops  uint64
	// numbered: blocks since the last packet to which Wireshark gives the
	// number of a frame although they hold none.
	numbered int64
}

// newNg starts at a section header; ok is false when there is none.
func newNg(w *window) (*ngReader, bool) {
	h, _ := w.peek(4)
	if len(h) < 4 || binary.LittleEndian.Uint32(h) != blockSection {
		return nil, false
	}
	return &ngReader{w: w, order: binary.LittleEndian}, true
}

// dropped is how many packets the file says its capture lost.
func (r *ngReader) dropped() uint64 {
	n := r.drops
	for i := range r.ifaces {
		n += r.ifaces[i].dropped
	}
	return n
}

func (r *ngReader) next(p *packet) error {
	for {
		h, err := r.w.peek(12)
		if err != nil {
			if len(h) == 0 && isEnd(err) {
				return err
			}
			return r.w.broken(err, 12, len(h), "pcapng block header")
		}
		kind := r.order.Uint32(h)
		if kind == blockSection { // the same in both orders
			if err := r.section(h); err != nil {
				return err
			}
			h, _ = r.w.peek(12) // section looked further, so the first look is void
		}
		total := r.order.Uint32(h[4:])
		if total < 12 {
			return r.corrupt("a block of %d octets, less than the 12 of its frame", total)
		}
		// Some writers do not count the padding; Wireshark rounds up too.
		size := (int64(total) + 3) &^ 3
		switch kind {
		case blockEnhanced, blockOld, blockSimple:
			err = r.packet(p, kind, total, size)
			if !errors.Is(err, errOther) {
				return err
			}
		case blockSection:
			err = r.skip(size, total)
		case blockIface, blockStats:
			err = r.describe(kind, total, size)
		case blockJournal, blockCustom, blockCustomNo:
			r.numbered++
			err = r.skip(size, total)
		default:
			err = r.skip(size, total)
		}
		if err != nil {
			return err
		}
	}
}

func (r *ngReader) corrupt(format string, a ...any) error {
	return &damage{
		off:  r.w.off,
		what: fmt.Sprintf(format, a...),
		hint: "the file is corrupt from here on; all packets before were read",
	}
}

// section begins a section: byte order anew, no interfaces.
func (r *ngReader) section(h []byte) error {
	switch orderMagic {
	case binary.LittleEndian.Uint32(h[8:]):
		r.order = binary.LittleEndian
	case binary.BigEndian.Uint32(h[8:]):
		r.order = binary.BigEndian
	default:
		return r.corrupt("a section header without a byte-order magic (%x)", h[8:12])
	}
	if n := r.order.Uint32(h[4:]); n < 28 {
		return r.corrupt("a section header of %d octets, less than 28", n)
	}
	b, err := r.w.peek(16)
	if err != nil {
		return r.w.broken(err, 16, len(b), "section header")
	}
	if major := r.order.Uint16(b[12:]); major != 1 {
		return r.corrupt("pcapng version %d is not known (1 is)", major)
	}
	r.drops = r.dropped()
	r.ifaces = r.ifaces[:0]
	return nil
}

// skip leaves a block behind whose octets are not wanted, and checks its end.
func (r *ngReader) skip(size int64, total uint32) error {
	start := r.w.off
	n, err := r.w.skip(size - 4)
	if err == nil {
		var tail []byte
		if tail, err = r.w.peek(4); err == nil {
			if end := r.order.Uint32(tail); end != total {
				r.w.off = start
				return r.corrupt("a block's two lengths differ: %d and %d", total, end)
			}
			_, err = r.w.skip(4)
			return err
		}
		n += int64(len(tail))
	}
	r.w.off = start
	return r.w.broken(err, int(size), int(n), "pcapng block")
}

// describe reads an interface description or its statistics.
func (r *ngReader) describe(kind, total uint32, size int64) error {
	want := int(min(size, maxOptions))
	b, err := r.w.peek(want)
	if err != nil {
		return r.w.broken(err, int(size), len(b), "interface block")
	}
	if int(total) <= want {
		b = b[:total-4]
	}
	switch kind {
	case blockIface:
		err = r.addIface(b)
	case blockStats:
		r.stats(b)
	}
	if err != nil {
		return err
	}
	return r.skip(size, total)
}

func (r *ngReader) addIface(b []byte) error {
	if len(b) < 16 {
		return r.corrupt("an interface description of %d octets", len(b)+4)
	}
	if len(r.ifaces) == maxIfaces {
		return r.corrupt("more than %d interfaces in a section", maxIfaces)
	}
	resolution, offset := byte(6), int64(0)
	r.options(b[16:], func(code uint16, v []byte) {
		switch {
		case code == optionResolution && len(v) >= 1:
			resolution = v[0]
		case code == 14 && len(v) >= 8: // if_tsoffset
			offset = int64(r.order.Uint64(v))
		}
	})
	r.ifaces = append(r.ifaces, iface{
		link:    uint32(r.order.Uint16(b[8:])),
		snaplen: r.order.Uint32(b[12:]),
		clock:   newClock(resolution, offset),
	})
	return nil
}

func (r *ngReader) stats(b []byte) {
	if len(b) < 20 {
		return
	}
	id := r.order.Uint32(b[8:])
	if int64(id) >= int64(len(r.ifaces)) {
		return
	}
	var n uint64
	r.options(b[20:], func(code uint16, v []byte) {
		if (code == 5 || code == 7) && len(v) >= 8 { // isb_ifdrop, isb_osdrop
			n += min(r.order.Uint64(v), 1<<48)
		}
	})
	r.ifaces[id].dropped = n // counted from the start of the capture: the last holds
}

func (r *ngReader) options(b []byte, each func(code uint16, v []byte)) {
	for len(b) >= 4 {
		code, n := r.order.Uint16(b), int(r.order.Uint16(b[2:]))
		b = b[4:]
		if code == 0 || n > len(b) {
			return
		}
		each(code, b[:n])
		b = b[min(len(b), (n+3)&^3):]
	}
}
