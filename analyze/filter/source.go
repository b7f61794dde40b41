package filter

import (
	"bytes"
	"math/bits"
	"slices"

	"smpptap/dissect"
)

// part is a run of octets of a value and the bits of it that count.
type part struct {
	off, size int    // size zero: the rest
	mask      uint32 // zero: all bits
}

// shift is the number of bits by which Wireshark moves a masked value down.
func (x part) shift() int {
	if x.mask == 0 {
		return 0
	}
	return bits.TrailingZeros32(x.mask)
}

func (x part) of(n uint32) int64 {
	if x.mask == 0 {
		return int64(n)
	}
	return int64(n & x.mask >> x.shift())
}

// number reads the part as an integer; false when the octets do not reach it.
func (x part) number(b []byte) (value, bool) {
	if x.size == 0 || len(b) < x.off+x.size {
		return value{}, false
	}
	var n uint32
	for _, o := range b[x.off : x.off+x.size] {
		n = n<<8 | uint32(o)
	}
	return value{n: x.of(n)}, true
}

// read makes a value of the octets of a parameter or TLV.
type read func(b []byte) (value, bool)

func readOctets(b []byte) (value, bool) { return value{b: b}, true }

// readFilled is for octets and lists that Wireshark does not show when there is
// nothing in them.
func readFilled(b []byte) (value, bool) { return value{b: b}, len(b) > 0 }

// readString ends at the NUL that a TLV carries with it.
func readString(b []byte) (value, bool) {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return value{b: b}, true
}

// readInteger takes a TLV's integer in the length it has; false where there is
// none, or one too large for the field.
func (x part) readInteger(b []byte) (value, bool) {
	if len(b) > x.size {
		if !allZero(b[:len(b)-x.size]) {
			return value{}, false
		}
		b = b[len(b)-x.size:]
	}
	x.size = len(b)
	return x.number(b)
}

func allZero(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }

// parameter yields a parameter of the body.
func parameter(id dissect.ParamID, conv read) getter {
	return func(r *Row, _ int) (value, int) {
		if r.PDU == nil {
			return value{}, 0
		}
		f, ok := r.PDU.Field(id)
		if !ok {
			f, ok = r.PDU.Unfinished()
			ok = ok && f.Param.ID == id
		}
		if !ok || isListOf(f.Param, id) {
			return value{}, 0
		}
		v, ok := conv(r.PDU.Value(f))
		if !ok {
			return value{}, 0
		}
		return v, last
	}
}

// isListOf tells that a parameter is an array of entries of its own name, as
// message_id of query_last_msgs_resp: its entries have the values.
func isListOf(p *dissect.Param, id dissect.ParamID) bool {
	return p.Kind == dissect.Array && slices.ContainsFunc(p.Entry, func(e dissect.Param) bool { return e.ID == id })
}

// entries yields a field of the entries of an array.
func entries(id dissect.ParamID, conv read) getter {
	return func(r *Row, pos int) (value, int) {
		if r.PDU == nil {
			return value{}, 0
		}
		for i := pos; i < len(r.PDU.Entries); i++ {
			if f := r.PDU.Entries[i]; f.Param.ID == id {
				if v, ok := conv(r.PDU.Value(f)); ok {
					return v, i + 1
				}
			}
		}
		return value{}, 0
	}
}

// tlv yields all TLVs with a tag.
func tlv(tag uint16, conv read) getter {
	return tlvs(func(p *dissect.PDU, t dissect.TLV) (value, bool) {
		if t.Tag != tag {
			return value{}, false
		}
		return conv(p.TLVValue(t))
	})
}

// integerTLV yields the integers of all TLVs with a tag that are whole.
func integerTLV(tag uint16, x part) getter {
	return tlvs(func(p *dissect.PDU, t dissect.TLV) (value, bool) {
		b := p.TLVValue(t)
		if t.Tag != tag || len(b) < int(t.Len) {
			return value{}, false
		}
		return x.readInteger(b)
	})
}

// tlvs yields what get takes from the TLVs that it wants.
func tlvs(get func(p *dissect.PDU, t dissect.TLV) (value, bool)) getter {
	return func(r *Row, pos int) (value, int) {
		if r.PDU == nil {
			return value{}, 0
		}
		for i := pos; i < len(r.PDU.TLVs); i++ {
			if v, ok := get(r.PDU, r.PDU.TLVs[i]); ok {
				return v, i + 1
			}
		}
		return value{}, 0
	}
}

// header yields a field of the header of which end octets are needed.
func header(end int, get func(p *dissect.PDU) uint32) getter {
	return func(r *Row, _ int) (value, int) {
		if r.PDU == nil || len(r.PDU.Raw) < end {
			return value{}, 0
		}
		return value{n: int64(get(r.PDU))}, last
	}
}

// commandStatus exists in responses, and where a request has one: its status is
// unused and 0 (v3.4 3.2.1.3), so Wireshark does not show it at all.
func commandStatus(r *Row, _ int) (value, int) {
	p := r.PDU
	if p == nil || len(p.Raw) < 12 || !p.IsResponse() && p.Status == 0 {
		return value{}, 0
	}
	return value{n: int64(p.Status)}, last
}

// Time parameters have two fields: one holds absolute times, one relative.

// A relative time counts years and months, whose length the specification
// leaves open; Time.After has them exact for a given day.
const (
	nanos = int64(1e9)
	day   = 24 * 3600 * nanos
	month = 30 * day
	year  = 365 * day
)

func readAbsolute(b []byte) (value, bool) {
	b = withoutNUL(b)
	t, fault := dissect.ParseTime(b)
	if fault != "" || t.Kind != dissect.TimeAbsolute && t.Kind != dissect.TimeLocal {
		return value{}, false
	}
	return value{n: t.At.UnixNano()}, true
}

// readAmount is for times that should be absolute, of which Wireshark does not
// show an empty one.
func readAmount(b []byte) (value, bool) {
	if len(withoutNUL(b)) == 0 {
		return value{}, false
	}
	return readRelative(b)
}

// readRelative gives an empty time as 0, as Wireshark does.
func readRelative(b []byte) (value, bool) {
	b = withoutNUL(b)
	t, fault := dissect.ParseTime(b)
	if fault != "" || t.Kind != dissect.TimeRelative && t.Kind != dissect.TimeEmpty {
		return value{}, false
	}
	n := int64(t.Years)*year + int64(t.Months)*month + int64(t.Days)*day +
		(int64(t.Hours)*3600+int64(t.Minutes)*60+int64(t.Seconds))*nanos
	return value{n: n}, true
}

func withoutNUL(b []byte) []byte { return bytes.TrimSuffix(b, []byte{0}) }

// dcs yields bits of data_coding where it has a GSM coding group: Wireshark
// shows them from 0x40 on, those of the message class from 0xF0.
func dcs(from, to uint8, mask uint32) getter {
	x := part{mask: mask}
	return func(r *Row, _ int) (value, int) {
		if r.PDU == nil {
			return value{}, 0
		}
		c, ok := r.PDU.U8(dissect.ParamDataCoding)
		if !ok || c < from || c > to {
			return value{}, 0
		}
		return value{n: x.of(uint32(c))}, last
	}
}

// unknownTLV yields the values of TLVs that no version defines, vendors' or the
// reserved ones.
func unknownTLV(vendor bool) getter {
	return tlvs(func(p *dissect.PDU, t dissect.TLV) (value, bool) {
		if t.Def != nil || dissect.IsVendorTag(t.Tag) != vendor {
			return value{}, false
		}
		return value{b: p.TLVValue(t)}, true
	})
}

// payloadDuplicate yields the payloads that have the message in the PDU once
// more; an empty one has none.
func payloadDuplicate(r *Row, pos int) (value, int) {
	if r.PDU == nil {
		return value{}, 0
	}
	found := len(r.PDU.Bytes(dissect.ParamShortMessage)) > 0
	for i, t := range r.PDU.TLVs {
		if t.Tag != dissect.TagMessagePayload || t.Len == 0 {
			continue
		}
		if found && i >= pos {
			return value{}, i + 1
		}
		found = true
	}
	return value{}, 0
}
