package dissect

import (
	"bytes"
	"regexp"
)

// Dumps: an offset or a word, up to sixteen octets, perhaps their characters.

var (
	kannelData = regexp.MustCompile(`(?:^|\s)data: ((?:[0-9a-fA-F]{2} ){0,15}[0-9a-fA-F]{2})(?: |$)`)
	nettyRow   = regexp.MustCompile(`\|([0-9a-f]{8})\|((?: [0-9a-f]{2}){1,16})\s*\|`)
)

// kannelRow reads a row of Kannel's octet string dump, which has no offsets; a
// short row is the last one.
func kannelRow(line []byte) (hexPart, bool) {
	if !bytes.Contains(line, []byte("data: ")) { // says so sooner than the expression
		return hexPart{}, false
	}
	m := kannelData.FindSubmatchIndex(line)
	if m == nil {
		return hexPart{}, false
	}
	n, ok := readNumbers(line[m[2]:m[3]], false)
	return hexPart{format: HexKannel, column: m[2] + 1, octets: n.octets, last: len(n.octets) < 16}, ok
}

// dumpRow reads a row with an offset: of Wireshark, tcpdump, xxd, hexdump, od,
// Netty and their relatives.
func dumpRow(line []byte, b *hexBlock) (hexPart, bool) {
	if m := nettyRow.FindSubmatchIndex(line); m != nil {
		n, ok := readNumbers(line[m[4]:m[5]], false)
		return hexPart{format: HexNetty, column: m[4] + 2, octets: n.octets,
			offset: int(hexNumber(line[m[2]:m[3]])), isRow: true}, ok
	}
	r := rowReader{line: line, end: len(line)}
	if !r.offsetColumn(b) {
		return hexPart{}, false
	}
	p := hexPart{format: HexDump, offset: r.offset, isRow: true, column: r.at + 1}
	if p.octets = r.octets(); len(p.octets) == 0 {
		// hexdump ends with the offset behind the last octet.
		p.last = b.format == HexDump && p.offset == b.next
		return p, p.last
	}
	if r.digits == 7 && r.width == 4 { // hexdump without -C: words of this machine
		for i := 0; i+1 < len(p.octets); i += 2 {
			p.octets[i], p.octets[i+1] = p.octets[i+1], p.octets[i]
		}
	}
	return p, true
}

// rowReader reads a row of a dump.
type rowReader struct {
	line           []byte
	at, end        int
	offset, digits int
	width          int // digits of a group
}

// offsetColumn steps over the offset. Four to eight digits may also be a group
// of plain hex, so without a colon the rest must speak for an offset.
func (r *rowReader) offsetColumn(b *hexBlock) bool {
	r.blanks()
	if bytes.HasPrefix(r.line[r.at:], []byte("0x")) {
		r.at += 2
	}
	start := r.at
	r.digitRun()
	r.digits = r.at - start
	if r.digits < 3 || r.digits > 8 {
		return false
	}
	r.offset = int(hexNumber(r.line[start:r.at]))
	if r.at < r.end && (r.line[r.at] == ':' || r.line[r.at] == '|') {
		r.at++
		return r.blanks() > 0 || r.at == r.end
	}
	gap := r.blanks()
	if r.at == r.end {
		return b.format == HexDump && r.offset == b.next
	}
	if gap == 0 {
		return false
	}
	group := r.at
	r.digitRun()
	width := r.at - group
	r.at = group
	if b.format == HexDump && r.offset == b.next {
		return true
	}
	return r.offset%16 == 0 && (r.offset == 0 && r.digits == 7 || width == 2 && r.digits > 3 && (r.offset == 0 || gap > 1) || gap > 1 && r.offset == 0)
}

// octets reads the groups of digits up to the characters beside them, which
// may look like digits too.
func (r *rowReader) octets() []byte {
	out := make([]byte, 0, 32)
	for r.at < r.end {
		start := r.at
		r.digitRun()
		n := r.at - start
		if n == 0 || n%2 != 0 || r.width > 0 && n > r.width || !r.groupEnds() {
			break
		}
		if r.width == 0 {
			r.width = n
		}
		for i := start; i < r.at; i += 2 {
			out = append(out, hexValue(r.line[i])<<4|hexValue(r.line[i+1]))
		}
		gap := r.blanks()
		if gap == 0 && r.at < r.end {
			r.at++ // DOS debug's dash in the middle
		}
		if n < r.width || gap > 2 || gap == 2 && len(out) != 8 || len(out) >= 64 {
			break
		}
	}
	return out
}

func (r *rowReader) groupEnds() bool {
	return r.at == r.end || r.line[r.at] == ' ' || r.line[r.at] == '\t' || r.line[r.at] == '-'
}

func (r *rowReader) digitRun() {
	for r.at < r.end && isHexDigit(r.line[r.at]) {
		r.at++
	}
}

// blanks steps over blanks and returns their columns.
func (r *rowReader) blanks() (n int) {
	for ; r.at < r.end; r.at++ {
		switch r.line[r.at] {
		case ' ':
			n++
		case '\t':
			n += 8
		default:
			return n
		}
	}
	return n
}

func hexNumber(digits []byte) (v uint32) {
	for _, c := range digits {
		v = v<<4 | uint32(hexValue(c))
	}
	return v
}
