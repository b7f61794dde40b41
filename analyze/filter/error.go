package filter

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"smpptap/dissect"
)

// SyntaxError is what is wrong with a filter, and where.
type SyntaxError struct {
	Filter  string
	Column  int    // of the part that is wrong, in characters from 1
	Length  int    // characters of it; zero: the end of the filter
	Message string // without the column
	Nearest string // the name that may have been meant; empty: none is near
}

// Error writes the message, the filter and a caret under the part that is wrong.
func (e *SyntaxError) Error() string {
	line, caret := e.excerpt()
	return fmt.Sprintf("%s\n    %s\n    %s", e.Summary(), line, caret)
}

// Summary is the message on one line, for places that show the column otherwise.
func (e *SyntaxError) Summary() string {
	s := fmt.Sprintf("filter, column %d: %s", e.Column, e.Message)
	if e.Nearest != "" {
		s += fmt.Sprintf("; did you mean %s?", e.Nearest)
	}
	return s
}

// around is how many characters before and behind the fault are shown.
const around = 60

// excerpt returns the filter around the fault and the carets. A filter may hold
// anything: what would move the cursor is shown as a dot.
func (e *SyntaxError) excerpt() (line, caret string) {
	runes := []rune(e.Filter)
	for i, r := range runes {
		if !unicode.IsPrint(r) {
			runes[i] = '.'
			if unicode.IsSpace(r) {
				runes[i] = ' '
			}
		}
	}
	from := max(0, e.Column-1-around)
	to := min(len(runes), e.Column-1+e.Length+around)
	length := min(max(e.Length, 1), 2*around)
	return string(runes[from:to]), strings.Repeat(" ", e.Column-1-from) + "^" + strings.Repeat("~", length-1)
}

// fault makes an error about the octets [off, end) of the source.
func fault(src string, off, end int, format string, args ...any) *SyntaxError {
	return &SyntaxError{
		Filter: src, Column: utf8.RuneCountInString(src[:off]) + 1,
		Length: utf8.RuneCountInString(src[off:end]), Message: fmt.Sprintf(format, args...),
	}
}

func (e *SyntaxError) near(name string) *SyntaxError { e.Nearest = name; return e }

// nearest finds the candidate that was probably meant: the one that ends with
// the name as its last part, else the one with the fewest typing errors.
func nearest(name string, candidates []string) string {
	if len(name) > 64 {
		return ""
	}
	best, distance := "", len(name)/3+1
	low := strings.ToLower(name)
	for _, c := range candidates {
		candidate := strings.ToLower(c)
		if candidate == low || strings.HasSuffix(candidate, "."+low) {
			return c
		}
		if d := dissect.Typos(low, candidate, distance); d < distance || d == distance && best == "" {
			best, distance = c, d
		}
	}
	return best
}
