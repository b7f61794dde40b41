package filter

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"smpptap/dissect"
)

// Values appends the field's values in the row, each written as tshark -T fields
// writes it, and returns dst. Text is not made safe for a terminal.
func (f *FieldInfo) Values(r *Row, dst []string) []string {
	for pos := 0; pos >= 0; {
		b, next := f.Next(r, pos, nil)
		if next == 0 {
			break
		}
		dst = append(dst, string(b))
		pos = next
	}
	return dst
}

// Next appends the value at a position, which is 0 for the first one, as Values
// writes it, and returns the position of the next value: negative when there is
// none behind it. It is 0, and nothing is appended, where there is no value.
func (f *FieldInfo) Next(r *Row, pos int, b []byte) (out []byte, next int) {
	v, next := f.get(r, pos)
	if next == 0 {
		return b, 0
	}
	return f.write(r, v, b), next
}

func (f *FieldInfo) write(r *Row, v value, b []byte) []byte {
	switch f.Type {
	case Uint:
		return f.writeUint(v.n, b)
	case String:
		if len(v.b) == 0 {
			return append(b, f.empty...)
		}
		return append(b, v.b...)
	case Bytes:
		return f.writeBytes(r, v.b, b)
	case Address:
		return v.a.AppendTo(b)
	case Time:
		return time.Unix(0, v.n).UTC().AppendFormat(b, "Jan _2, 2006 15:04:05.000000000 MST")
	case Duration:
		return writeSeconds(v.n, b)
	}
	if f.empty != "" {
		return append(b, f.empty...)
	}
	return append(b, '1')
}

func (f *FieldInfo) writeUint(n int64, b []byte) []byte {
	if f.named {
		for _, w := range f.words {
			if n >= w.from && n <= w.to {
				return append(b, w.name...)
			}
		}
	}
	if !f.hex {
		return strconv.AppendInt(b, n, 10)
	}
	b = append(b, "0x"...)
	for shift := 8*f.size - 4; shift >= 0; shift -= 4 {
		b = append(b, "0123456789abcdef"[n>>shift&15])
	}
	return b
}

func (f *FieldInfo) writeBytes(r *Row, octets, b []byte) []byte {
	if f.Name == "smpp" {
		return append(b, describe(r.PDU)...)
	}
	if len(octets) == 0 {
		return append(b, "<none>"...)
	}
	return hex.AppendEncode(b, octets)
}

// describe is the line that stands for the PDU in the tree.
func describe(p *dissect.PDU) string {
	s := "Short Message Peer to Peer, Command: " + p.CommandName()
	if p.IsResponse() {
		s += fmt.Sprintf(", Status: %q", p.StatusName(nil))
	}
	return fmt.Sprintf("%s, Seq: %d, Len: %d", s, p.Sequence, p.Length)
}

func writeSeconds(n int64, b []byte) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/1e9, 10)
	b = append(b, '.')
	for div := int64(1e8); div > 0; div /= 10 {
		b = append(b, byte('0'+n/div%10))
	}
	return b
}
