package report

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"smpptap/analyze/filter"
)

// Fields is what -T fields writes: the values of named fields, a row a PDU. An
// absent field is empty.
//
// Values are written as tshark writes them, with four exceptions: passwords
// are masked, times are UTC, what a terminal would act on is written as an
// escape, and where values are quoted, a quote in a value is doubled (RFC 4180)
// so that the row can be read back.
type Fields struct {
	infos []*filter.FieldInfo
	// One of them needs what the PDU carries as text, the audit's findings.
	texts, findings bool

	header, bom bool
	separator   string
	aggregator  string
	quote       byte // zero: none
	first, last bool // only the first, the last value of a field
	value       []byte
}

// NewFields reads the names of -e and the options of -E.
func NewFields(names, options []string) (*Fields, error) {
	f := &Fields{separator: "\t", aggregator: ","}
	for _, name := range names {
		info := filter.FieldByName(name)
		if info == nil {
			if near := filter.Nearest(name); near != "" {
				return nil, fmt.Errorf("-e: no field %q; did you mean %s?", name, near)
			}
			return nil, fmt.Errorf("-e: no field %q", name)
		}
		// The filter that asks for the field knows what it needs.
		if asks, err := filter.Parse(name); err == nil {
			f.texts = f.texts || asks.NeedsMessage()
			f.findings = f.findings || asks.NeedsFindings()
		}
		f.infos = append(f.infos, info)
	}
	for _, given := range options {
		for rest := given; ; {
			option, more, found := cutOption(rest)
			if err := f.option(option); err != nil {
				return nil, err
			}
			if rest = more; !found {
				break
			}
		}
	}
	return f, nil
}

// fieldOptions are the keys of -E.
var fieldOptions = [...]string{"header", "bom", "separator", "aggregator", "quote", "occurrence"}

// cutOption takes the first of several options of one -E, as in
// header=y,separator=; : a comma ends one where another key follows, except
// behind the = whose value it is.
func cutOption(s string) (option, rest string, found bool) {
	for i := 1; i < len(s); i++ {
		if s[i] != ',' || s[i-1] == '=' {
			continue
		}
		for _, key := range fieldOptions {
			if strings.HasPrefix(s[i+1:], key+"=") {
				return s[:i], s[i+1:], true
			}
		}
	}
	return s, "", false
}

// option reads one key=value of -E.
func (f *Fields) option(option string) (err error) {
	key, value, _ := strings.Cut(option, "=")
	switch key {
	case "header":
		f.header, err = yes(option, value)
	case "bom":
		f.bom, err = yes(option, value)
	case "separator":
		f.separator, err = character(option, value)
	case "aggregator":
		f.aggregator, err = character(option, value)
	case "quote":
		f.quote = 0
		switch value {
		case "d":
			f.quote = '"'
		case "s":
			f.quote = '\''
		case "n":
		default:
			err = fmt.Errorf("-E %s: d (double), s (single) or n (none)", option)
		}
	case "occurrence":
		f.first, f.last = value == "f", value == "l"
		if !f.first && !f.last && value != "a" {
			err = fmt.Errorf("-E %s: f (first), l (last) or a (all)", option)
		}
	default:
		err = fmt.Errorf("-E %s: header, separator, quote, occurrence, aggregator or bom, then = and a value", option)
	}
	return err
}

func yes(option, value string) (bool, error) {
	if value != "y" && value != "n" {
		return false, fmt.Errorf("-E %s: y or n", option)
	}
	return value == "y", nil
}

// character reads a separator as tshark does: /t, /s, or one character.
func character(option, value string) (string, error) {
	switch value {
	case "/t", `\t`:
		return "\t", nil
	case "/s":
		return " ", nil
	}
	if utf8.RuneCountInString(value) != 1 || value == "\n" {
		return "", fmt.Errorf("-E %s: /t (tab), /s (space) or one character", option)
	}
	return value, nil
}

// appendHead appends what stands above the rows.
func (f *Fields) appendHead(b []byte) []byte {
	if f.bom {
		b = append(b, "\uFEFF"...)
	}
	if !f.header {
		return b
	}
	for i, info := range f.infos {
		if i > 0 {
			b = append(b, f.separator...)
		}
		b = append(b, info.Name...)
	}
	return append(b, '\n')
}

// appendRow appends the row's values.
func (f *Fields) appendRow(b []byte, r *filter.Row) []byte {
	for i, info := range f.infos {
		if i > 0 {
			b = append(b, f.separator...)
		}
		b = f.appendValues(b, info, r)
	}
	return append(b, '\n')
}

func (f *Fields) appendValues(b []byte, info *filter.FieldInfo, r *filter.Row) []byte {
	start := len(b)
	for pos := 0; pos >= 0; {
		v, next := info.Next(r, pos, f.value[:0])
		f.value = v
		if next == 0 {
			break
		}
		switch {
		case f.last || pos == 0:
			b = f.openQuote(b[:start])
		default:
			b = append(b, f.aggregator...)
		}
		b = f.appendText(b, v)
		if pos = next; f.first {
			break
		}
	}
	if f.quote != 0 && len(b) > start {
		b = append(b, f.quote)
	}
	return b
}

func (f *Fields) openQuote(b []byte) []byte {
	if f.quote == 0 {
		return b
	}
	return append(b, f.quote)
}

// appendText appends a value made safe.
func (f *Fields) appendText(b, v []byte) []byte {
	if f.quote == 0 || bytes.IndexByte(v, f.quote) < 0 {
		return appendSafeOctets(b, v)
	}
	quote := string(f.quote)
	return AppendSafe(b, strings.ReplaceAll(string(v), quote, quote+quote))
}

// appendSafeOctets is AppendSafe for values that are plain as a rule.
func appendSafeOctets(b, v []byte) []byte {
	for _, c := range v {
		if c < ' ' || c > '~' {
			return AppendSafe(b, string(v))
		}
	}
	return append(b, v...)
}
