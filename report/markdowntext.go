package report

import "strings"

// mdText writes safe text so that Markdown and what GitHub makes of it beside
// (links, mentions, issue numbers, formulas) leave it alone. Plain prose stays
// prose with its few signs escaped; everything else becomes a code span, the
// only place where nothing is read into text.
func mdText(s string) string {
	if !isProse(s) {
		return codeSpan(s)
	}
	var b []byte
	for i := range len(s) {
		switch c := s[i]; {
		case c == '_' && !isInner(s, i), strings.IndexByte("[]~!", c) >= 0:
			b = append(b, '\\', c)
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// isInner tells that a letter or digit stands on both sides, where an
// underscore emphasises nothing.
func isInner(s string, i int) bool {
	return i > 0 && i+1 < len(s) && isAlnum(s[i-1]) && isAlnum(s[i+1])
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isProse tells text of letters, digits and the signs that mean nothing
// inside of a line, or that mdText escapes.
func isProse(s string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case isAlnum(c), c == ' ':
		case strings.IndexByte(".,;:'\"()=/%+-_?!~[]", c) >= 0:
		default:
			return false
		}
	}
	return s == strings.TrimSpace(s) && !strings.Contains(s, "://") && !strings.Contains(s, "](") &&
		!strings.Contains(strings.ToLower(s), "www.") && !strings.Contains(strings.ToLower(s), "gh-") && !hasShortcode(s)
}

// hasShortcode tells whether something stands between two colons that may
// name a picture (:+1:). The minutes of a time do not.
func hasShortcode(s string) bool {
	parts := strings.Split(s, ":")
	for _, part := range parts[1:max(1, len(parts)-1)] {
		digits := len(part) == 2 && isDigit(part[0]) && isDigit(part[1])
		if part != "" && !digits && !strings.Contains(part, " ") {
			return true
		}
	}
	return false
}

// codeSpan writes text between more backticks than it holds in a row.
func codeSpan(s string) string {
	if s == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	// A span is stripped of one blank at each end where it has both; and a
	// backtick at an end would join the fence.
	return fence + " " + s + " " + fence
}

// mdCell is mdText for a cell of a table, where a bar ends the cell even
// inside of a code span.
func mdCell(s string) string { return strings.ReplaceAll(mdText(s), "|", `\|`) }

// mdFence is what opens and closes a block of code.
func mdFence(code string) string { return strings.Repeat("`", max(3, longestRun(code, '`')+1)) }

func longestRun(s string, c byte) (longest int) {
	n := 0
	for i := range len(s) {
		if s[i] != c {
			n = 0
			continue
		}
		n++
		longest = max(longest, n)
	}
	return longest
}
