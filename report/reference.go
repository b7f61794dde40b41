package report

import (
	"slices"
	"strings"
)

// shortReference is a reference where width matters: without the
// specification's issue, the document's title and the word diagnosis.
func shortReference(reference string) string {
	var parts []string
	for part := range strings.SplitSeq(reference, "; ") {
		part = strings.TrimPrefix(strings.TrimPrefix(part, "diagnosis "), "diagnoses ")
		part = strings.Replace(part, " Issue 1.2, ", ", ", 1)
		if provider, document, ok := strings.Cut(part, ": "); ok {
			_, topic := cutLast(document, ", ")
			part = provider + ", " + topic
		}
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "; ")
}

// cutLast cuts around the last sep; without one, all stands behind it.
func cutLast(s, sep string) (before, after string) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):]
	}
	return "", s
}
