// Package diagnose says what is probably wrong with a link: it puts findings
// that have one cause together and states the cause, what was seen of it and
// what to do. It is pure: no input or output, goroutine, lock, log or clock.
package diagnose

import "smpptap/analyze/audit"

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
