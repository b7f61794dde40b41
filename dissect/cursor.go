package dissect

import "bytes"

// tlvHeader is the number of octets of tag and length (v3.4 3.2.4.1).
const tlvHeader = 4

// cursor reads octets from left to right and never past their end.
type cursor struct {
	b   []byte
	pos int
}

func (c *cursor) left() int { return len(c.b) - c.pos }

// take steps over n octets; false, and no step, when fewer are left.
func (c *cursor) take(n int) bool {
	if n > len(c.b)-c.pos {
		return false
	}
	c.pos += n
	return true
}

// str steps behind the next NUL; false, and no step, when there is none.
func (c *cursor) str() bool {
	n := bytes.IndexByte(c.b[c.pos:], 0)
	if n < 0 {
		return false
	}
	c.pos += n + 1
	return true
}

// tlv steps over a TLV; false, and no step, when it does not end in time.
func (c *cursor) tlv() (TLV, bool) {
	b := c.b[c.pos:]
	if len(b) < tlvHeader {
		return TLV{}, false
	}
	t := c.head()
	if tlvHeader+int(t.Len) > len(b) {
		return TLV{}, false
	}
	c.pos += tlvHeader + int(t.Len)
	return t, true
}

// head reads tag and length, which must be there, without a step.
func (c *cursor) head() TLV {
	b := c.b[c.pos : c.pos+tlvHeader]
	return TLV{
		Tag: uint16(b[0])<<8 | uint16(b[1]),
		Len: uint16(b[2])<<8 | uint16(b[3]),
		Off: int32(c.pos),
	}
}

// chain tells whether TLVs fill the rest without a remainder.
func (c cursor) chain() bool {
	for c.left() > 0 {
		if _, ok := c.tlv(); !ok {
			return false
		}
	}
	return true
}
