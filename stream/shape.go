package stream

import (
	"bytes"
	"encoding/binary"
	"slices"

	"smpptap/dissect"
)

// shape is how octets read as a command's PDU.
type shape uint8

const (
	broken shape = iota // they do not
	short               // they do as far as they go, and break off
	whole               // they do, to the last octet
)

const (
	// shapeSteps bounds the entries and the TLVs that are followed, so that
	// hostile octets cannot make the search for a header expensive. No PDU
	// needs as many; one that has them counts as broken here.
	shapeSteps = 64
	// stringSlack is by how much a string may be too long: long passwords are
	// common, and nothing but a bound is wanted here. longestString bounds a
	// string for which the table has no limit.
	stringSlack   = 64
	longestString = 256
	// lowestTag is the lowest tag of the specification (v3.4 5.3.2). Were 0 a
	// tag, the header of a PDU behind would read as a TLV.
	lowestTag = 0x0005
)

// shapeOf walks the body of a PDU along the table; b is all of the PDU, or
// less when complete is false. Unlike dissect.Decode it has a bound on its
// time, tells breaking off from not fitting, and says nothing else.
func shapeOf(c *dissect.Command, b []byte, complete bool) shape {
	if complete && len(b) == dissect.HeaderLen {
		// A response may leave its body out (v3.4 4.1.2 and others).
		if len(c.Params) == 0 || c.IsResponse() {
			return whole
		}
		return broken
	}
	if len(c.Params) == 0 && len(c.TLVs) == 0 && len(b) > dissect.HeaderLen {
		return broken
	}
	w := walker{rest: b[dissect.HeaderLen:], partial: !complete}
	if s := w.params(c.Params); s != whole {
		return s
	}
	return w.tlvs()
}

// walker steps through the octets of a body.
type walker struct {
	rest    []byte
	partial bool
	// last is the integer read last: the length of what stands behind it.
	last   uint32
	lastID dissect.ParamID
	flag   uint32 // dest_flag of the entry
}

// lack is the shape when more octets are wanted than there are.
func (w *walker) lack() shape {
	if w.partial {
		return short
	}
	return broken
}

func (w *walker) params(ps []dissect.Param) shape {
	for i := range ps {
		p := &ps[i]
		if p.WhenFlag != 0 && uint32(p.WhenFlag) != w.flag {
			continue
		}
		if s := w.param(p); s != whole {
			return s
		}
	}
	return whole
}

func (w *walker) param(p *dissect.Param) shape {
	switch p.Kind {
	case dissect.Uint8, dissect.Uint16, dissect.Uint32:
		return w.integer(p, p.Kind.Size())
	case dissect.COctet:
		return w.cstring(p)
	case dissect.Octets:
		if p.LengthOf != w.lastID {
			return broken
		}
		return w.skip(int(w.last))
	case dissect.Array:
		return w.array(p)
	}
	return broken
}

func (w *walker) integer(p *dissect.Param, n int) shape {
	if len(w.rest) < n {
		return w.lack()
	}
	w.last, w.lastID = 0, p.ID
	for _, b := range w.rest[:n] {
		w.last = w.last<<8 | uint32(b)
	}
	if p.ID == dissect.ParamDestFlag {
		w.flag = w.last
	}
	w.rest = w.rest[n:]
	return whole
}

func (w *walker) cstring(p *dissect.Param) shape {
	limit := max(p.Max[0], p.Max[1], p.Max[2])
	if len(p.Sizes) > 0 {
		limit = max(limit, slices.Max(p.Sizes))
	}
	if limit += stringSlack; limit == stringSlack {
		limit = longestString
	}
	end := bytes.IndexByte(w.rest[:min(limit, len(w.rest))], 0)
	switch {
	case end >= 0:
		w.rest = w.rest[end+1:]
		return whole
	case len(w.rest) < limit:
		return w.lack()
	}
	return broken
}

func (w *walker) skip(n int) shape {
	if n < 0 || len(w.rest) < n {
		return w.lack()
	}
	w.rest = w.rest[n:]
	return whole
}

func (w *walker) array(p *dissect.Param) shape {
	n := w.last
	if p.LengthOf != w.lastID || n > shapeSteps {
		return broken
	}
	for range n {
		if s := w.params(p.Entry); s != whole {
			return s
		}
	}
	return whole
}

func (w *walker) tlvs() shape {
	for range shapeSteps {
		if len(w.rest) == 0 && !w.partial {
			return whole
		}
		if len(w.rest) < 4 {
			return w.lack()
		}
		if binary.BigEndian.Uint16(w.rest) < lowestTag {
			return broken
		}
		n := int(binary.BigEndian.Uint16(w.rest[2:]))
		w.rest = w.rest[4:]
		if s := w.skip(n); s != whole {
			return s
		}
	}
	return broken
}
