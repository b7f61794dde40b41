package store

import (
	"math"
	"strconv"
	"strings"

	"smpptap/analyze/audit"
	"smpptap/analyze/filter"
)

// Captures that a Filter may name beside an id.
const (
	LastCapture int64 = 0
	AllCaptures int64 = -1
)

// Filter selects what a list shows. Zero values select everything of the last
// capture.
type Filter struct {
	Capture    int64 // an id, LastCapture or AllCaptures
	Connection int64
	Session    int64
	Rule       string
	// Severity is the least one. Of PDUs and sessions: those that a finding
	// of that severity names.
	Severity audit.Severity
	// Since and Until, in nanoseconds since 1970 UTC, bound the time, both
	// included; what lasts is selected when it touches the span.
	Since, Until int64
	After        int64 // only ids above it
	Limit        int   // how many at most

	// Of messages and PDUs: spellings of an id and of addresses, one of which
	// is wanted exactly. Empty: any.
	MessageIDs, Sources, Destinations []string
	// Of messages: ReceiptStates are words of receipts, Status is the
	// response's (nil: any), Unreceipted are those that were accepted and have
	// no final receipt, OlderThan those submitted before a time.
	ReceiptStates []string
	Status        *uint32
	Unreceipted   bool
	OlderThan     int64
	// Bounds narrow PDUs by columns: every PDU that a display filter wants
	// fulfils them.
	Bounds filter.Bounds
	// IDs are those of PDUs; empty: any.
	IDs []int64
}

// where collects the conditions of a query. Values are always parameters.
type where struct {
	terms []string
	args  []any
}

func (w *where) add(term string, args ...any) {
	w.terms = append(w.terms, term)
	w.args = append(w.args, args...)
}

// equal adds a condition unless the value is zero or empty.
func equal[T comparable](w *where, column string, v T) {
	var zero T
	if v != zero {
		w.add(column+" = ?", v)
	}
}

// oneOf adds a condition unless there are no values.
func (w *where) oneOf(column string, values []string) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	w.add(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
}

// ids adds a condition unless there are no ids. They are one parameter, so
// there may be any number of them.
func (w *where) ids(column string, ids []int64) {
	if len(ids) == 0 {
		return
	}
	list := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(list, id, 10)
	}
	w.add(column+" IN (SELECT value FROM json_each(?))", string(append(list, ']')))
}

// within adds the bounds of Filter for something that begins at one column
// and ends at another.
func (w *where) within(f *Filter, begin, end string) {
	if f.Since != 0 {
		w.add(end+" >= ?", f.Since)
	}
	if f.Until != 0 {
		w.add(begin+" <= ?", f.Until)
	}
}

// capture adds the condition on a column that holds captures.id.
func (w *where) capture(f *Filter, column string) {
	switch f.Capture {
	case AllCaptures:
	case LastCapture:
		w.add(column + " = (SELECT max(id) FROM captures)")
	default:
		w.add(column+" = ?", f.Capture)
	}
}

// pduRange adds the capture's condition on pdus.id: a capture's ids follow
// each other, which serves a query also while there are no indices.
func (w *where) pduRange(f *Filter) {
	const from = "p.id >= (SELECT first_pdu FROM captures WHERE id = "
	switch f.Capture {
	case AllCaptures:
	case LastCapture:
		w.add(from + "(SELECT max(id) FROM captures))")
	default:
		w.add(from+"?)", f.Capture)
		w.add("p.id < coalesce((SELECT min(first_pdu) FROM captures WHERE id > ?), ?)", f.Capture, int64(math.MaxInt64))
	}
}

// severity adds the condition on a column of severities.
func (w *where) severity(s audit.Severity, column string) {
	if s <= audit.Note {
		return
	}
	var names []string
	for ; s <= audit.Error; s++ {
		names = append(names, s.String())
	}
	w.oneOf(column, names)
}

// named adds, where the filter asks for findings, that one of the columns of
// a finding names the id.
func (w *where) named(f *Filter, id string, columns ...string) {
	if f.Rule == "" && f.Severity == audit.SeverityNone {
		return
	}
	var parts []string
	var args []any
	for _, column := range columns {
		var sub where
		equal(&sub, "rule", f.Rule)
		sub.severity(f.Severity, "severity")
		sub.capture(f, "capture_id")
		parts = append(parts, "SELECT "+column+" FROM findings"+sub.String())
		args = append(args, sub.args...)
	}
	w.add(id+" IN ("+strings.Join(parts, " UNION ALL ")+")", args...)
}

func (w *where) String() string {
	if len(w.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.terms, " AND ")
}

// limit is the clause that bounds a list.
func limit(f *Filter) string {
	if f.Limit > 0 {
		return " LIMIT ?"
	}
	return ""
}

// tail adds the limit's argument.
func (w *where) tail(f *Filter) []any {
	if f.Limit > 0 {
		return append(w.args, f.Limit)
	}
	return w.args
}
