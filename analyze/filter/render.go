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
		v, next := f.get(r, pos)
		if next == 0 {
			break
		}
		dst = append(dst, f.write(r, v))
		pos = next
	}
	return dst
}

func (f *FieldInfo) write(r *Row, v value) string {
	switch f.Type {
	case Uint:
		return f.writeUint(v.n)
	case String:
		if len(v.b) == 0 {
			return f.empty
		}
		return string(v.b)
	case Bytes:
		return f.writeBytes(r, v.b)
	case Address:
		return v.a.String()
	case Time:
		return time.Unix(0, v.n).UTC().Format("Jan _2, 2006 15:04:05.000000000 MST")
	case Duration:
		return writeSeconds(v.n)
	}
	if f.empty != "" {
		return f.empty
	}
	return "1"
}

func (f *FieldInfo) writeUint(n int64) string {
	if f.named {
		for _, w := range f.words {
			if n >= w.from && n <= w.to {
				return w.name
			}
		}
	}
	if f.hex {
		return fmt.Sprintf("0x%0*x", 2*f.size, n)
	}
	return strconv.FormatInt(n, 10)
}

func (f *FieldInfo) writeBytes(r *Row, b []byte) string {
	if f.Name == "smpp" {
		return describe(r.PDU)
	}
	if len(b) == 0 {
		return "<none>"
	}
	return hex.EncodeToString(b)
}

// describe is the line that stands for the PDU in the tree.
func describe(p *dissect.PDU) string {
	s := "Short Message Peer to Peer, Command: " + p.CommandName()
	if p.IsResponse() {
		s += fmt.Sprintf(", Status: %q", p.StatusName(nil))
	}
	return fmt.Sprintf("%s, Seq: %d, Len: %d", s, p.Sequence, p.Length)
}

func writeSeconds(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%09d", sign, n/1e9, n%1e9)
}
