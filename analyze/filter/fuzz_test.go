package filter

import (
	"errors"
	"testing"
	"unicode/utf8"
)

// FuzzParse: whatever the source, Parse ends with a filter that answers for
// every row or with an error whose text can be written and that lies inside it.
func FuzzParse(f *testing.F) {
	for _, tt := range matchTests {
		f.Add(tt.filter)
	}
	for _, tt := range errorTests {
		f.Add(tt.filter)
	}
	all := rows(f)
	f.Fuzz(func(t *testing.T, src string) {
		parsed, err := Parse(src)
		if err != nil {
			var e *SyntaxError
			if !errors.As(err, &e) || e.Column < 1 || e.Column+e.Length > utf8.RuneCountInString(src)+1 && len(src) <= maxSource {
				t.Fatalf("%q: %#v", src, err)
			}
			if err.Error() == "" {
				t.Fatal("an empty message")
			}
			return
		}
		for _, r := range all {
			first := parsed.Match(r)
			if again := parsed.Match(r); first != again {
				t.Fatalf("%q answers once %v, once %v", src, first, again)
			}
		}
		negated, err := Parse("!(" + src + ")")
		if err != nil {
			return // the empty filter, or one level too deep
		}
		for name, r := range all {
			if parsed.Match(r) == negated.Match(r) {
				t.Fatalf("%q: row %c matches both the filter and its opposite", src, name)
			}
		}
	})
}
