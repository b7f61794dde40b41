package audit

import "smpptap/analyze/session"

// Severity of a rule or finding.
type Severity uint8

// The severities.
const (
	SeverityNone Severity = iota
	Note
	Warning
	Error
)

var severityNames = [...]string{"", "note", "warning", "error"}

func (s Severity) String() string { return severityNames[s] }

// ParseSeverity reads a severity's name.
func ParseSeverity(name string) (Severity, bool) {
	for i, n := range severityNames {
		if i > 0 && n == name {
			return Severity(i), true
		}
	}
	return SeverityNone, false
}

// Finding is one fault, folded: all occurrences of one rule with the same
// cause on one connection (or account). Offsets count octets from the start
// of the PDU.
type Finding struct {
	// ID counts from 1 in order of the first evidence. At the cap of findings
	// a more severe one takes over the id of one that is dropped for it.
	ID         int64
	Rule       RuleID
	Severity   Severity
	Connection int64 // zero: the capture as a whole
	Session    int64 // zero: none
	PDU        int64 // first evidence; zero: no PDU
	LastPDU    int64
	Frame      int64
	Time       int64 // nanoseconds since 1970 UTC
	LastTime   int64
	Count      int64
	Field      string
	Offset     int
	Length     int
	Seen       string
	Wanted     string
	Message    string
	Remedy     string
	Reference  string
	Own        *Rule // the user's own rule; nil: one of the catalogue
	Where      Where
	Known      *Known // nil: nobody knows of it

	conn *session.Conn

	session *session.Session
	place   int64 // in Auditor.findings, from 1
	key     foldKey
	changed bool
	dropped bool // another has taken its place
}

// Of gives the rule.
func (f *Finding) Of() *Rule {
	if f.Own != nil {
		return f.Own
	}
	return &Rules[f.Rule]
}

// SessionOf gives the session of the first evidence; nil: none.
func (f *Finding) SessionOf() *session.Session { return f.session }
