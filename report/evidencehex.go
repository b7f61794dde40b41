package report

import (
	"bytes"
	"strconv"
	"strings"
)

// piece is a part of a line; Mark: it is what a finding is about.
type piece struct {
	Text string
	Mark bool
}

// Octets of a PDU that are shown: so many from its start, and so many from
// shortly before those that the finding is about.
const (
	shownHead = 1024
	shownMark = 512
)

// hexLine is a line of octets; of a line that stands for others only Skipped
// is set.
type hexLine struct {
	Offset     string
	Hex, Text  []piece
	Fill       string // blanks between a short line's octets and its text
	Skipped    string
	anyMark    bool
	start, end int
}

// markedHex writes octets sixteen to a line, those from offset on marked.
// Without whole only the lines with marked ones are there.
func markedHex(raw []byte, offset, length int, whole bool) (lines []hexLine) {
	from, to := clampedMark(len(raw), offset, length)
	hidden := 0
	hide := func() {
		if hidden > 0 && whole {
			lines = append(lines, hexLine{Skipped: plural(int64(hidden), "octet") + " not shown"})
		}
		hidden = 0
	}
	for at := 0; at < len(raw); at += 16 {
		end := min(at+16, len(raw))
		marked := at < to && end > from
		near := end > from-16 && at < min(to, from+shownMark)
		if near && to > from || whole && at < shownHead {
			if whole || marked {
				hide()
				lines = append(lines, newHexLine(raw, at, end, from, to))
				continue
			}
		}
		hidden += end - at
	}
	hide()
	return lines
}

// clampedMark keeps a finding's octets inside of those that are there.
func clampedMark(size, offset, length int) (from, to int) {
	if length <= 0 || offset < 0 || offset >= size {
		return 0, 0
	}
	return offset, min(size, offset+min(length, size))
}

func newHexLine(raw []byte, at, end, from, to int) hexLine {
	l := hexLine{start: at, end: end, Fill: strings.Repeat("   ", 16-(end-at)), anyMark: at < to && end > from}
	head := appendHexLine(nil, at, nil)
	l.Offset = string(head[:bytes.IndexByte(head, ' ')])
	for i := at; i < end; i++ {
		mark := i >= from && i < to
		c := raw[i]
		if c < ' ' || c > '~' {
			c = '.'
		}
		first := i == at
		if n := len(l.Hex); n > 0 && l.Hex[n-1].Mark == mark {
			l.Hex[n-1].Text += " " + hexOctet(raw[i])
			l.Text[n-1].Text += string(rune(c))
			continue
		} else if !first {
			// The blank between two pieces belongs to the one without a mark.
			if mark {
				l.Hex[n-1].Text += " "
			}
		}
		blank := ""
		if !first && !mark {
			blank = " "
		}
		l.Hex = append(l.Hex, piece{blank + hexOctet(raw[i]), mark})
		l.Text = append(l.Text, piece{string(rune(c)), mark})
	}
	return l
}

func hexOctet(c byte) string { return string([]byte{lowerHex[c>>4], lowerHex[c&15]}) }

// treeLines cuts a tree into lines, those whose octets lie in the finding's
// marked. A tree's lines begin with the range of their octets, flush right in
// treeOctets columns; notes below them are indented further.
func treeLines(tree []byte, offset, length int) []piece {
	var lines []piece
	for line := range strings.Lines(string(tree)) {
		line = strings.TrimRight(line, "\n")
		lines = append(lines, piece{line, length > 0 && isTreeRowIn(line, offset, offset+length)})
	}
	return lines
}

func isTreeRowIn(line string, from, to int) bool {
	if len(line) < treeOctets {
		return false
	}
	first, last, isRange := strings.Cut(strings.TrimLeft(line[:treeOctets], " "), "-")
	a, err := strconv.Atoi(first)
	if err != nil {
		return false
	}
	b := a
	if isRange {
		if b, err = strconv.Atoi(last); err != nil {
			return false
		}
	}
	return a < to && b >= from
}

// appendMarkedHex appends lines of octets as plain text; below a line with
// marked ones carets stand under them.
func appendMarkedHex(b []byte, lines []hexLine) []byte {
	for i := range lines {
		l := &lines[i]
		if l.Skipped != "" {
			b = append(append(b, "      ... "...), l.Skipped...)
			b = append(b, '\n')
			continue
		}
		b = append(append(b, l.Offset...), ' ', ' ')
		for _, s := range l.Hex {
			b = append(b, s.Text...)
		}
		b = append(b, l.Fill...)
		b = append(b, ' ', ' ', ' ')
		for _, s := range l.Text {
			b = append(b, s.Text...)
		}
		b = append(b, '\n')
		if l.anyMark {
			b = appendCarets(b, l)
		}
	}
	return b
}

func appendCarets(b []byte, l *hexLine) []byte {
	b = appendBlanks(b, len(l.Offset)+2)
	end := len(b)
	for _, s := range l.Hex {
		for range s.Text {
			if s.Mark {
				b = append(b, '^')
				end = len(b)
			} else {
				b = append(b, ' ')
			}
		}
	}
	return append(b[:end], '\n')
}
