package filter

import (
	"strconv"
	"strings"

	"smpptap/dissect"
)

// Bounds are what every row that a filter matches fulfils. They let a database
// choose by its columns before the filter looks at what is left; they never
// keep out a row that it matches. Zero values: no bound.
type Bounds struct {
	Command, Status, Sequence      *uint32
	Source, Destination, MessageID string
	Session, Frame                 int64
	Direction                      string
}

// Bounds gives those that stand for themselves in the source: comparisons of
// one field with one value by ==, joined by and alone.
func (f *Filter) Bounds() (b Bounds) {
	l := lexer{src: f.src}
	var term []token
	for {
		t, err := l.next()
		if err != nil {
			return Bounds{}
		}
		end := t.kind == tokEnd
		if end || t.word("and") || t.is("&&") {
			b.take(term)
			term = term[:0]
			if end {
				return b
			}
			continue
		}
		if t.kind == tokSymbol && t.text != "==" || t.word("or") || t.word("xor") || t.word("not") || t.word("any") || t.word("all") {
			if !harmless[t.text] {
				return Bounds{}
			}
		}
		term = append(term, t)
	}
}

// harmless symbols stand inside a term.
var harmless = map[string]bool{"!=": true, "<": true, "<=": true, ">": true, ">=": true, "===": true, "&": true, "~": true}

// take takes a term when it is a bound.
func (b *Bounds) take(term []token) {
	if len(term) != 3 || term[0].kind != tokWord || term[1].text != "==" && term[1].text != "eq" || strings.Contains(term[2].text, `\`) {
		return
	}
	v := term[2]
	n, err := exactNumber(v)
	switch name := term[0].text; {
	case name == "smpp.command_id" && err == nil:
		b.Command = &n
	case name == "smpp.command_id":
		if c := dissect.CommandByName(v.text); c != nil && c.Name == strings.ToLower(v.text) {
			b.Command = &c.ID
		}
	case name == "smpp.command_status" && err == nil:
		b.Status = &n
	case name == "smpp.sequence_number" && err == nil:
		b.Sequence = &n
	case name == "smpptap.session" && err == nil:
		b.Session = int64(n)
	case name == "frame.number" && err == nil:
		b.Frame = int64(n)
	case v.kind != tokString || v.raw || !plain(v.text):
	case name == "smpp.source_addr":
		b.Source = v.text
	case name == "smpp.destination_addr":
		b.Destination = v.text
	case name == "smpp.message_id":
		b.MessageID = v.text
	case name == "smpptap.direction" && (v.text == "to_smsc" || v.text == "to_esme"):
		b.Direction = v.text
	}
}

// exactNumber reads a decimal or hexadecimal number of 32 bits.
func exactNumber(t token) (uint32, error) {
	if t.kind != tokWord || len(t.text) > 1 && t.text[0] == '0' && !strings.HasPrefix(t.text, "0x") {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseUint(t.text, 0, 32)
	return uint32(n), err
}

// plain tells a word that stands the same in a column.
func plain(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return s != ""
}
