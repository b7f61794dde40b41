package filter

import (
	"slices"
	"strings"

	"smpptap/dissect"
)

// ValueNames returns the names that stand for values of the field, for
// completion. d may be nil.
func (f *FieldInfo) ValueNames(d *dissect.Dialect) []string {
	names := slices.Clone(f.vocabulary)
	for _, w := range f.wordList(d) {
		if !slices.Contains(names, w.name) {
			names = append(names, w.name)
		}
	}
	return names
}

// wordList lists the names of an integer's values. One name may stand for several.
func (f *FieldInfo) wordList(d *dissect.Dialect) []word {
	words := slices.Clone(f.words)
	for _, e := range f.enums {
		words = append(words, valueWords(e.Values, 0)...)
	}
	for _, g := range f.groups {
		words = append(words, valueWords(g.Values, part{mask: g.Mask}.shift())...)
	}
	if f.commands {
		words = append(words, commandWords()...)
	}
	if f.statuses {
		words = append(words, statusWords(d)...)
	}
	return words
}

func valueWords(values []dissect.Value, shift int) []word {
	var words []word
	for i := range values {
		if x := &values[i]; !x.IsText {
			words = append(words, word{x.Name, int64(x.From >> shift), int64(x.To >> shift)})
		}
	}
	return words
}

func commandWords() []word {
	var words []word
	rows := dissect.Commands()
	for i := range rows {
		id := int64(rows[i].ID)
		words = append(words, word{rows[i].Name, id, id})
		for _, a := range rows[i].Aliases {
			words = append(words, word{a, id, id})
		}
	}
	return words
}

// statusWords lists the table's names and the provider's, who may give a value
// another name: both then stand for it.
func statusWords(d *dissect.Dialect) []word {
	var words []word
	rows := dissect.Statuses()
	for i := range rows {
		v := int64(rows[i].Value)
		words = append(words, word{rows[i].Name, v, v})
		if rows[i].Name34 != "" {
			words = append(words, word{rows[i].Name34, v, v})
		}
	}
	if d != nil {
		for v, s := range d.Statuses {
			words = append(words, word{s.Name, int64(v), int64(v)})
		}
	}
	return words
}

// spanOf returns the values that a name stands for.
func spanOf(words []word, name string) []span {
	var spans []span
	key := canonical(name)
	for _, w := range words {
		if s := (span{w.from, w.to}); canonical(w.name) == key && !slices.Contains(spans, s) {
			spans = append(spans, s)
		}
	}
	return spans
}

// canonical makes spellings of a name alike: case does not count, and
// Wireshark's "Submit_sm - resp" is submit_sm_resp.
func canonical(name string) string {
	name = strings.ToLower(name)
	name = strings.ReplaceAll(name, " - ", "_")
	return strings.NewReplacer(" ", "_", "-", "_").Replace(name)
}

func nearestWord(name string, words []word) string {
	names := make([]string, len(words))
	for i := range words {
		names[i] = words[i].name
	}
	return nearest(canonical(name), names)
}
