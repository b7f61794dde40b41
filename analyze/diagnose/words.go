package diagnose

import (
	"slices"
	"strconv"
	"strings"

	"smpptap/analyze/audit"
	"smpptap/dissect"
)

// A finding's message begins with a sentence of what was seen; more facts and
// what may follow from them stand behind it.

// seen states the facts of a group as one sentence.
func (g *group) seen() string {
	text := first(g.lead.Message)
	if g.cause.seen != nil {
		text = g.cause.seen(g)
	}
	text += g.likewise()
	for _, id := range g.cause.adds {
		if f := g.explained(id); f != nil && !(id == audit.RuleBindRefused && has(text, "refused with")) {
			text += "; " + lower(fact(f))
		}
	}
	if n := len(g.conns); n > 1 {
		text += " (and on " + counted(n-1, "other connection") + ")"
	}
	return text + "."
}

// fact is the first sentence of a finding, of a refusal without what its
// status means.
func fact(f *audit.Finding) string {
	if f.Rule == audit.RuleResponseRefused {
		return refusal(f.Message)
	}
	return first(f.Message)
}

// maxLikewise bounds the further values that are told.
const maxLikewise = 4

// likewise names the values of the same field in the other findings.
func (g *group) likewise() string {
	var values []string
	if g.lead.Field == "" || g.lead.Field == "command_status" {
		return ""
	}
	for _, f := range g.by[1:] {
		if f.Rule == g.lead.Rule && f.Field == g.lead.Field && f.Seen != g.lead.Seen && f.Seen != "" && !slices.Contains(values, f.Seen) {
			values = append(values, f.Seen)
		}
	}
	if len(values) == 0 {
		return ""
	}
	more := ""
	if n := len(values) - maxLikewise; n > 0 {
		values, more = values[:maxLikewise], " and "+counted(n, "more value")
	}
	return ", likewise " + strings.Join(values, ", ") + more
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// sentences splits a message, leaving what stands in quotes whole. They come
// without their full stops.
func sentences(s string) (out []string) {
	quoted, from := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case quoted || s[i] != '.':
		case i+1 == len(s):
			return append(out, s[from:i])
		case s[i+1] == ' ':
			out = append(out, s[from:i])
			from = i + 2
		}
	}
	if from < len(s) {
		out = append(out, s[from:])
	}
	return out
}

// first is the first sentence.
func first(message string) string {
	if all := sentences(message); len(all) > 0 {
		return all[0]
	}
	return ""
}

// sentence is the first one behind the first that holds a part; empty: none.
func sentence(message, part string) string {
	for i, s := range sentences(message) {
		if i > 0 && has(s, part) {
			return s
		}
	}
	return ""
}

// joined makes one sentence of several; empty ones are left out.
func joined(sentences ...string) string {
	out := ""
	for _, s := range sentences {
		switch {
		case s == "":
		case out == "":
			out = s
		default:
			out += "; " + lower(s)
		}
	}
	return out
}

// upTo is s as far as a part, or all of it.
func upTo(s, part string) string {
	before, _, _ := strings.Cut(s, part)
	return before
}

// openers begin sentences of messages; other words may be names.
var openers = []string{
	"A", "All", "An", "Another", "Each", "Its", "It", "Message", "Messages", "No", "None", "Nothing", "One", "Other", "Part", "Refusals",
	"Seconds", "Sent", "Several", "The", "They", "Receipts", "Responses", "After", "Two", "By",
}

// lower makes a sentence one that stands behind another.
func lower(s string) string {
	if slices.Contains(openers, upTo(s, " ")) {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// capital makes a sentence of what stood behind a colon.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func has(s, part string) bool { return strings.Contains(s, part) }

// field tells findings of some fields.
func field(names ...string) func(*desk, *audit.Finding) bool {
	return func(_ *desk, f *audit.Finding) bool { return slices.Contains(names, f.Field) }
}

// refusedWith tells findings about a response with one of some statuses,
// written as findings write them: "0x0B".
func refusedWith(statuses ...string) func(*desk, *audit.Finding) bool {
	return func(_ *desk, f *audit.Finding) bool { return hasStatus(f, statuses) }
}

func hasStatus(f *audit.Finding, statuses []string) bool {
	if f.Field != "command_status" {
		return false
	}
	return slices.Contains(statuses, upTo(f.Seen, " "))
}

// commandIn is the first command that a message names, generic_nack aside.
func commandIn(message string) string {
	for word := range strings.FieldsSeq(message) {
		word = strings.TrimRight(word, ".,;:")
		if len(word) == len("0x00000000") && strings.HasPrefix(word, "0x") {
			return word // an unknown one
		}
		if strings.Contains(word, "_") && word != "generic_nack" && dissect.CommandByName(word) != nil {
			return word
		}
	}
	return ""
}
