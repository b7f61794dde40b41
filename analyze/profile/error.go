package profile

import (
	"fmt"
	"strings"
	"unicode"
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
		if d := distance(word, k, at); d < at {
			best, at = k, d
		}
	}
	return best
}

// distance is the edit distance of a and b with swapped neighbours as one
// edit, or limit when it is not below it.
func distance(a, b string, limit int) int {
	if len(a) > 64 || len(b)-len(a) >= limit || len(a)-len(b) >= limit {
		return limit
	}
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return min(prev[len(b)], limit)
}

// DidYouMean proposes the known word that a wrong one most likely means, in
// brackets behind a blank; empty: none is near.
func DidYouMean(word string, known []string) string {
	if n := nearest(word, known); n != "" {
		return fmt.Sprintf(" (did you mean %q?)", n)
	}
	return ""
}
