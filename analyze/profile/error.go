package profile

import (
	"fmt"
	"strings"
	"unicode"

	"smpptap/dissect"
)

// Error is a fault of a profile file.
type Error struct {
	File         string
	Line, Column int // from 1; Line zero: the file as a whole
	Message      string
	Excerpt      string // the line, made safe for a terminal
}

// Error gives file, place and fault, and below it the line with a mark.
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Message)
	}
	s := fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
	if e.Excerpt == "" {
		return s
	}
	head := fmt.Sprintf("%5d | ", e.Line)
	if e.Column > maxExcerpt { // behind what is shown
		return s + "\n" + head + e.Excerpt
	}
	return s + "\n" + head + e.Excerpt + "\n" + strings.Repeat(" ", len(head)-2) + "| " +
		strings.Repeat(" ", max(e.Column-1, 0)) + "^"
}

// MaxExcerpt is how much of a line an error shows.
const maxExcerpt = 100

func excerpt(lines []string, line int) string {
	if line < 1 || line > len(lines) {
		return ""
	}
	r := []rune(lines[line-1])
	if len(r) > maxExcerpt {
		r = append(r[:maxExcerpt], '…')
	}
	for i, c := range r {
		if !unicode.IsPrint(c) {
			r[i] = '?'
			if c == '\t' {
				r[i] = ' '
			}
		}
	}
	return string(r)
}

// nearest gives the known word that a wrong one most likely means, or "".
func nearest(word string, known []string) string {
	best, at := "", min(3, len(word)/2+1)
	for _, k := range known {
		if d := dissect.Typos(word, k, at); d < at {
			best, at = k, d
		}
	}
	return best
}

// DidYouMean proposes the known word that a wrong one most likely means, in
// brackets behind a blank; empty: none is near.
func DidYouMean(word string, known []string) string {
	if n := nearest(word, known); n != "" {
		return fmt.Sprintf(" (did you mean %q?)", n)
	}
	return ""
}
