// Package diagnose says what is probably wrong with a link: it puts findings
// that have one cause together and states the cause, what was seen of it and
// what to do. It is pure: no input or output, goroutine, lock, log or clock.
//
// The causes stand in tables, one for each place a cause takes: what keeps a
// link from coming up, what ends it, what has traffic refused, the rest. A
// finding proves one cause only: the first of the tables that it fits.
package diagnose

import (
	"cmp"
	"slices"

	"smpptap/analyze/audit"
)

// Diagnosis is one cause and the findings that prove it.
type Diagnosis struct {
	ID       string // D01 ... D30: which diagnosis
	Title    string // the cause in a few words
	Severity audit.Severity
	// Seen states facts, Concluded what follows from them, each one sentence;
	// Remedy says what to do.
	Seen, Concluded, Remedy string
	// Findings are the ids of those that prove it, the strongest first.
	Findings []int64
	// Connection and PDU are the first evidence's; zero: none.
	Connection, PDU int64
	Time            int64 // of the first evidence; nanoseconds since 1970 UTC
	Count           int64 // how often it was seen
}

// Facts are what diagnoses rest on: of a run or of a recorded capture.
type Facts struct {
	Findings []audit.Finding
	Sessions []Session
}

// Session is what of a session tells which connections are one account's.
type Session struct {
	Connection int64
	Server     string // address and port of the SMSC
	SystemID   string // empty: no bind was seen
}

// Of gives the causes behind findings, worst first: by severity, then by what
// keeps a link from coming up, ends it, has traffic refused, then by count and
// time. Nothing of facts is kept.
func Of(facts *Facts) []Diagnosis {
	d := newDesk(facts)
	type placed struct {
		Diagnosis
		place int
	}
	var found []placed
	for place, table := range tables {
		for i := range table {
			for _, g := range d.groups(&table[i]) {
				found = append(found, placed{g.diagnosis(), place})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b placed) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(a.place, b.place),
			cmp.Compare(b.Count, a.Count),
			cmp.Compare(a.Time, b.Time),
		)
	})
	out := make([]Diagnosis, len(found))
	for i := range found {
		out[i] = found[i].Diagnosis
	}
	return out
}

// tables are the causes by their place.
var tables = [...][]cause{comesUp, ends, refuses, rest}
