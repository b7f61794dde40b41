package report

import (
	"bytes"
	"strconv"

	"smpptap/analyze"
	"smpptap/dissect"
)

// Decoded is a PDU that was pasted, with what is known of the paste.
type Decoded struct {
	PDU    analyze.PDU
	Line   int    // of the input
	Format string // the dress it came in
	Note   string // what is odd with the paste; may be empty
	Side   dissect.Side
}

// AppendDecodedTree appends the tree of a pasted PDU.
func (o *Options) AppendDecodedTree(b []byte, x *Decoded) []byte {
	start := len(b)
	b = o.AppendTree(b, &x.PDU)
	head := bytes.IndexByte(b[start:], '\n') + start + 1
	rest := bytes.Clone(b[head:])
	b = append(b[:head], "    line "...)
	b = strconv.AppendInt(b, int64(x.Line), 10)
	b = append(b, ", "+x.Format...)
	if x.Side != dissect.SideUnknown {
		b = append(b, ", from the "+sideName(x.Side)...)
	}
	b = append(b, '\n')
	if x.Note != "" {
		b = append(b, "    "...)
		b = append(o.paint(b, styleWarn, "! "+Safe(x.Note)), '\n')
	}
	return append(b, rest...)
}

// AppendDecodedLine appends a pasted PDU as one line: number, input line,
// command, and what matters most.
func (o *Options) AppendDecodedLine(b []byte, x *Decoded) []byte {
	if o.widths.number == 0 {
		o.widths = startWidths
	}
	start := len(b)
	b = strconv.AppendInt(b, x.PDU.Number, 10)
	b = alignRight(b, start, &o.widths.number)
	b = append(b, "  line "...)
	start = len(b)
	b = strconv.AppendInt(b, int64(x.Line), 10)
	b = appendBlanks(b, start+4-len(b))
	b = append(b, ' ', ' ')
	b = o.lineCommand(b, x.PDU.P)
	b = o.appendInfo(b, &x.PDU)
	if x.Note != "" {
		b = o.paint(append(b, ' '), styleWarn, "["+Safe(x.Note)+"]")
	}
	return append(b, '\n')
}

// AppendDecoded appends a pasted PDU as the object of interfaces.md, without a
// newline; what is known of the paste stands behind the other keys.
func (o *Options) AppendDecoded(b []byte, x *Decoded) []byte {
	number := x.PDU.Number
	x.PDU.Number = 0 // a lone PDU is no PDU of a run
	b = o.AppendJSON(b, &x.PDU)
	x.PDU.Number = number
	j := object{b: b[:len(b)-1]}
	if x.Side != dissect.SideUnknown {
		j.str("direction", x.PDU.Direction())
	}
	j.int("input_line", int64(x.Line))
	j.str("input_format", x.Format)
	j.text("note", x.Note)
	return j.close()
}

// AppendDecodeError appends the object that stands for a paste without a PDU.
func AppendDecodeError(b []byte, reason string, line int) []byte {
	j := openObject(b)
	j.str("error", reason)
	j.int("input_line", int64(line))
	return j.close()
}
