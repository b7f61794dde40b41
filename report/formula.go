package report

import "strings"

// noFormula makes text fit for a cell of CSV that a spreadsheet opens: what it
// would take for a formula gets an apostrophe before it. A negative number is
// none.
func noFormula(s string) string {
	if s == "" || strings.IndexByte("=+-@\t\r", s[0]) < 0 || s[0] == '-' && isNumber(s[1:]) {
		return s
	}
	return "'" + s
}

// isNumber tells figures with at most one point among them.
func isNumber(s string) bool {
	whole, part, point := strings.Cut(s, ".")
	return isFigures(whole) && (!point || isFigures(part))
}

func isFigures(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
