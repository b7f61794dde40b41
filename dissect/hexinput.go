package dissect

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// MaxHexLine is the longest line that a HexScanner reads, and the longest array
// over many lines, in octets.
const MaxHexLine = 8 << 20

// Bounds of a HexScanner, so that no input makes it keep more.
const (
	maxHexBlock  = 1 << 20   // octets that were read and are no PDU yet
	maxHexPDU    = 128 << 10 // what command_length may say in a pasted PDU
	maxHexSearch = 4096      // octets in front of the first PDU of a packet
)

// HexFormat is the dress in which octets were pasted, for people.
type HexFormat string

// The formats.
const (
	HexPlain  HexFormat = "plain hex"
	HexLog    HexFormat = "hex in a log line"
	HexDump   HexFormat = "hex dump"
	HexKannel HexFormat = "Kannel octet string dump"
	HexNetty  HexFormat = "Netty hex dump"
	HexArray  HexFormat = "array of numbers"
	HexBuffer HexFormat = "Node Buffer"
	HexString HexFormat = "escaped string"
	HexBase64 HexFormat = "base64"
)

// HexInput is a PDU found in pasted text, or what stands in a PDU's place.
type HexInput struct {
	// Octets of the PDU, for Decode: fewer or more than command_length says
	// when Whole is false. They are the caller's. nil where Err says why.
	Octets []byte
	// Line and Column, from 1, are where its first octet stands.
	Line, Column int
	Format       HexFormat
	Whole        bool
	// Note says what the reader of the text should know of it; may be empty.
	Note string
	// Err is what is no PDU, and why. It quotes no more than one character,
	// as the text may hold a password.
	Err error
}

// HexScanner finds PDUs in text pasted from logs, whatever the dress: lines go
// in, PDUs come out as soon as what follows cannot belong to them. The zero
// value is ready. Its memory is bounded, whatever the input.
type HexScanner struct {
	line  int
	block hexBlock
	open  hexOpen
	out   []HexInput

	inFields bool // inside a Kannel dump of fields
	isLog    bool // lines of a log were seen: what is not understood is a log's
	fields   hexFields
	found    bool // anything was given out
	text     bool // a line that was not blank
}

// Line reads one line, without its newline. The result is lent until the next
// call; line is not kept.
func (s *HexScanner) Line(line []byte) []HexInput {
	s.out = s.out[:0]
	s.line++
	if len(line) > MaxHexLine {
		s.flush()
		s.open.reset()
		s.fail(1, fmt.Sprintf("the line has more than %d characters", MaxHexLine))
		return s.out
	}
	line = tidyLine(line)
	if s.open.on && s.openLine(line) {
		return s.out
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return s.out // PDUs pasted from the web stand double-spaced
	}
	s.text = true
	s.read(line)
	return s.out
}

// Close ends the input and gives what was still held back.
func (s *HexScanner) Close() []HexInput {
	s.out = s.out[:0]
	if s.open.on {
		s.closeOpen()
	}
	s.flush()
	if s.found {
		return s.out
	}
	switch {
	case s.fields.line > 0:
		s.failAt(s.fields.line, 1, s.fields.who+fieldsReason)
	case s.text:
		s.failAt(1, 1, "no PDU in it: neither hexadecimal digits nor an array, a dump or base64 that begins with an SMPP header")
	default:
		s.failAt(1, 1, "the input is empty")
	}
	return s.out
}

// read tells what a line is and does what that asks for.
func (s *HexScanner) read(line []byte) {
	if s.fieldDump(line) {
		return
	}
	part, kind := s.recognise(line)
	switch kind {
	case lineOctets:
		s.add(&part)
	case lineNothing:
		s.isLog = s.isLog || isLogLine(line)
		s.flush()
	case lineOpened:
		s.flush()
	case lineWrong:
		s.flush()
		s.fail(part.column, part.note)
	}
}

func (s *HexScanner) fail(column int, reason string) { s.failAt(s.line, column, reason) }

func (s *HexScanner) failAt(line, column int, reason string) {
	s.found = true
	s.out = append(s.out, HexInput{Line: line, Column: column, Err: &HexError{line, column, reason}})
}

// HexError says where in pasted text something is no PDU, and why.
type HexError struct {
	Line, Column int
	Reason       string
}

func (e *HexError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// tidyLine makes what copying through web pages, terminals and editors leaves
// behind plain: colours, odd blanks, dashes and quotes, marks of no width.
func tidyLine(line []byte) []byte {
	line = bytes.TrimRight(line, "\r\n")
	plain := true
	for _, c := range line {
		if c >= 0x80 || c == 0x1b {
			plain = false
			break
		}
	}
	if plain {
		return line
	}
	line = withoutColours(line)
	out := make([]byte, 0, len(line))
	for len(line) > 0 {
		r, n := utf8.DecodeRune(line)
		if r == utf8.RuneError { // octets of a string, or of another encoding
			out = append(out, line[:n]...)
		} else if r = plainRune(r); r >= 0 {
			out = utf8.AppendRune(out, r)
		}
		line = line[n:]
	}
	return out
}

// plainRune is what was typed for r, -1 when nothing was.
func plainRune(r rune) rune {
	switch {
	case r == 0xA0 || r == 0x202F || r == 0x3000 || r >= 0x2000 && r <= 0x200A:
		return ' '
	case r >= 0x200B && r <= 0x200F || r == 0xFEFF || r == 0x2060 || r == 0xAD:
		return -1
	case r >= 0x2010 && r <= 0x2015 || r == 0x2212:
		return '-'
	case r == 0x2018 || r == 0x2019:
		return '\''
	case r == 0x201C || r == 0x201D:
		return '"'
	}
	return r
}

// withoutColours leaves out the terminal's colour sequences.
func withoutColours(line []byte) []byte {
	out := make([]byte, 0, len(line))
	for i := 0; i < len(line); i++ {
		if line[i] != 0x1b || i+1 == len(line) || line[i+1] != '[' {
			out = append(out, line[i])
			continue
		}
		for i += 2; i < len(line) && (line[i] == ';' || line[i] >= '0' && line[i] <= '9'); {
			i++
		}
	}
	return out
}
