package dissect

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
)

// hexPart is the octets of one line.
type hexPart struct {
	format HexFormat
	column int
	octets []byte
	// offset is a dump's offset of the first octet, with isRow.
	offset int
	isRow  bool
	last   bool // no line behind it belongs to it
	// prose: other words stand around it, so it is a PDU only if it looks
	// like one.
	prose bool
	// solid: digits without separators, which a wrapped line may cut in the
	// middle of an octet: digit then is its first half, behind octets.
	solid, half bool
	digit       byte
	decimal     bool
	carry       []byte // base64 digits that make no octet yet
	width       int    // of a base64 line, in digits
	more        int    // octets that the log says it left out
	note        string
}

// hexBlock is the octets of lines that belong together.
type hexBlock struct {
	format  HexFormat
	octets  []byte
	marks   []hexMark
	at      int // octets before it are judged
	held    int // from here to at: a PDU whose end is not sure yet
	holding bool
	used    bool // a PDU was found in it
	prose   bool
	half    bool // digit is the first half of the next octet
	digit   byte
	decimal bool
	carry   []byte
	width   int
	more    int
	note    string // of the next PDU

	next   int    // a dump's offset of the next row
	last   []byte // a dump's last row
	starts int    // a dump's offset of the first row
	star   bool
}

// hexMark says where the octets from an index on stand in the text.
type hexMark struct{ index, line, column int }

// add takes the octets of a line.
func (s *HexScanner) add(p *hexPart) {
	b := &s.block
	switch {
	case p.prose:
		s.isLog = true
		s.flush()
	case b.format == "":
	case p.isRow && len(p.octets) == 0: // the offset behind a dump's last octet
		s.flush()
		return
	case p.isRow:
		if !b.follows(p) {
			s.flush()
		}
	case b.format != p.format || startsPDU(p.octets) || isSegment(p.octets),
		p.format == HexBase64 && (p.width > b.width || lacksLength(p.octets)):
		s.flush()
	}
	b.append(p, s.line)
	if !p.isRow || b.used || startsPDU(b.octets) { // a dump may begin with the headers of lower layers
		s.drain(false)
	}
	if len(b.octets) > maxHexBlock {
		s.fail(1, fmt.Sprintf("more than %d octets and no PDU among them", maxHexBlock))
		s.block = hexBlock{}
		return
	}
	if p.last || p.prose {
		s.flush()
	}
}

// follows tells whether a dump's row goes on where the block ends.
func (b *hexBlock) follows(p *hexPart) bool {
	if b.format != p.format || p.offset == b.starts {
		return false
	}
	if over := b.next - p.offset; over > 0 && over < len(b.last) && len(b.octets)-over >= b.at {
		// Text beside the last row read as octets too.
		b.octets = b.octets[:len(b.octets)-over]
		b.next = p.offset
	}
	fill := p.offset - b.next
	if b.star && fill > 0 && fill <= maxHexBlock {
		for range fill / len(b.last) {
			b.octets = append(b.octets, b.last...)
			b.next += len(b.last)
		}
	}
	b.star = false
	return p.offset == b.next
}

func (b *hexBlock) append(p *hexPart, line int) {
	if b.format == "" {
		b.format, b.prose, b.starts, b.width = p.format, p.prose, p.offset, p.width
	}
	b.marks = append(b.marks, hexMark{len(b.octets), line, p.column})
	b.last = p.octets
	b.next = p.offset + len(p.octets)
	octets := p.octets
	if b.half && p.solid {
		octets = b.joinHalf(p)
	} else {
		b.half, b.digit = p.half, p.digit
	}
	b.octets = append(b.octets, octets...)
	b.decimal, b.carry, b.more = p.decimal, p.carry, p.more
	if p.note != "" {
		b.note = p.note
	}
}

// joinHalf puts the digit that the last line left over before the new ones.
func (b *hexBlock) joinHalf(p *hexPart) []byte {
	out := make([]byte, 0, len(p.octets)+1)
	digit := b.digit
	for _, c := range p.octets {
		out = append(out, digit<<4|c>>4)
		digit = c & 15
	}
	if b.half = !p.half; p.half {
		return append(out, digit<<4|p.digit)
	}
	b.digit = digit
	return out
}

// mark is where the octet at an index stands.
func (b *hexBlock) mark(index int) hexMark {
	i := sort.Search(len(b.marks), func(i int) bool { return b.marks[i].index > index })
	if i == 0 {
		return hexMark{}
	}
	return b.marks[i-1]
}

// flush ends the block: nothing more belongs to it.
func (s *HexScanner) flush() {
	b := &s.block
	if b.format == "" {
		return
	}
	if len(b.carry) > 1 {
		if rest, err := decodeBase64(b.carry); err == nil {
			b.octets = append(b.octets, rest...)
		}
	}
	if !b.used && !b.holding && !b.prose && !startsPDU(b.octets) && !lacksLength(b.octets) {
		if off, end, note, ok := findSMPP(b.octets); ok {
			b.octets, b.note, b.at = b.octets[:end], note, off
		}
	}
	s.drain(true)
	*b = hexBlock{octets: b.octets[:0], marks: b.marks[:0]}
}

// drain gives out the PDUs of the block whose ends are sure; final: all.
func (s *HexScanner) drain(final bool) {
	b := &s.block
	for {
		rest := b.octets[b.at:]
		n, ok := pduLength(rest)
		switch {
		case len(rest) == 0 && b.half && b.holding && !final:
			return // the next line tells whose digit is left over
		case len(rest) == 0:
			s.release(0)
			b.compact()
			return
		case ok && n <= len(rest):
			s.release(0)
			b.held, b.holding, b.at = b.at, true, b.at+n
		case !final:
			b.compact()
			return
		case ok:
			s.release(0)
			s.short(rest, n)
			b.at = len(b.octets)
		case b.holding && b.prose && len(rest) < 4:
			b.octets = b.octets[:b.at] // "... 00 25 bytes": a word of the log's
		case b.holding:
			b.at = len(b.octets)
			s.release(len(rest))
		default:
			s.refuse(rest)
			b.at = len(b.octets)
		}
	}
}

// release gives out the PDU that is held, with extra octets that follow it and
// are none.
func (s *HexScanner) release(extra int) {
	b := &s.block
	if !b.holding {
		return
	}
	b.holding = false
	octets := b.octets[b.held:b.at]
	note := ""
	switch n := len(octets) - extra; {
	case extra > 0:
		note = fmt.Sprintf("declares %s, %d given: %s no PDU", octetsText(n), len(octets), theLast(extra))
	case b.half && b.at == len(b.octets):
		note = "a single digit stands behind it"
	}
	s.give(b.held, octets, note == "", note)
}

func theLast(n int) string {
	if n == 1 {
		return "the last one is"
	}
	return fmt.Sprintf("the last %d are", n)
}

func (s *HexScanner) short(rest []byte, n int) {
	b := &s.block
	note := fmt.Sprintf("declares %s, %d given: %s missing", octetsText(n), len(rest), theLast(n-len(rest)))
	if b.more > 0 {
		note += fmt.Sprintf("; the log left out %s (log the whole Buffer, with toString('hex'))", octetsText(b.more))
	}
	if b.half {
		note += "; the number of digits is odd"
	}
	s.give(b.at, rest, false, note)
}

func (s *HexScanner) give(at int, octets []byte, whole bool, note string) {
	b := &s.block
	m := b.mark(at)
	if b.note != "" && note != "" {
		note = b.note + "; " + note
	} else {
		note = b.note + note
	}
	b.note, b.used, s.found = "", true, true
	s.out = append(s.out, HexInput{
		Octets: bytes.Clone(octets), Line: m.line, Column: m.column, Format: b.format, Whole: whole, Note: note,
	})
}

// refuse says why octets are no PDU, if they should be one.
func (s *HexScanner) refuse(rest []byte) {
	b := &s.block
	if lacksLength(rest) && !b.used {
		n := uint32(len(rest) + 4)
		octets := append([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, rest...)
		s.give(b.at, octets, true, fmt.Sprintf(
			"command_length was not in it (Kannel dumps a PDU without): %d was put in front", n))
		return
	}
	if b.prose {
		return // a session's key, a hash: a log holds much hex that is no PDU
	}
	if emptySegment(b.octets) && !b.used {
		s.isLog = true
		return
	}
	m := b.mark(b.at)
	s.failAt(m.line, m.column, refusal(rest, b.half))
}

// compact lets go of octets that were given out.
func (b *hexBlock) compact() {
	from := b.at
	if b.holding {
		from = b.held
	}
	if from == 0 {
		return
	}
	m := b.mark(from)
	m.index = from
	b.octets = append(b.octets[:0], b.octets[from:]...)
	b.at, b.held = b.at-from, b.held-from
	b.marks = slices.DeleteFunc(b.marks, func(x hexMark) bool { return x.index <= from })
	b.marks = append([]hexMark{m}, b.marks...)
	for i := range b.marks {
		b.marks[i].index -= from
	}
}
