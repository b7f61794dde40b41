package audit

import (
	"slices"

	"smpptap/analyze/session"
	"smpptap/stream"
)

// evidence is one occurrence of a fault. A rule fills what it knows.
type evidence struct {
	rule     RuleID
	severity Severity // zero: the rule's default
	conn     *session.Conn
	session  *session.Session
	pdu      int64
	frame    int64
	time     int64
	// cause and status fold occurrences: equal ones are one finding.
	cause  string
	status uint32
	// account, when set, folds over all connections of the account.
	account string

	field   string
	offset  int
	length  int
	seen    string
	wanted  string
	message string
	remedy  string // empty: the rule's
	ref     string // empty: the rule's
	// from and to: over that time something was missing (during).
	from, to int64
	own      *Rule // the user's own rule
	// quiet: the failed check was counted already.
	quiet bool
}

type foldKey struct {
	rule    RuleID
	conn    int64
	account string
	cause   string
	status  uint32
}

// of starts evidence from the PDU in hand.
func of(o *session.Observed, id RuleID) evidence {
	return evidence{
		rule: id, conn: o.Conn, session: o.Session,
		pdu: o.Number, frame: o.Frame.At.Frame, time: o.Time,
	}
}

// ofRequest starts evidence from a request seen before.
func ofRequest(r *session.Request, id RuleID) evidence {
	return evidence{
		rule: id, conn: r.Conn, session: r.Session,
		pdu: r.Number, frame: r.Frame, time: r.Time,
	}
}

// at starts evidence from a place of a connection that is no PDU.
func at(c *session.Conn, id RuleID, s stream.Stamp) evidence {
	return evidence{rule: id, conn: c, session: c.Session, frame: s.Frame, time: s.Time}
}

func (e *evidence) key() foldKey {
	key := foldKey{rule: e.rule, account: e.account, cause: e.cause, status: e.status}
	if e.account == "" && e.conn != nil {
		key.conn = e.conn.ID
	}
	return key
}

// grade settles the severity: the rule's default where none is given, what the
// profile makes of it, and at most a note where the profile does not vouch for
// what the rule rests on.
func (a *Auditor) grade(e *evidence) {
	if e.severity == SeverityNone {
		e.severity = a.rule(e.rule).Severity
	}
	if to := a.graded[e.rule]; to != SeverityNone {
		a.regrade(e, to)
	}
	if a.hearsay[e.rule] {
		e.severity = min(e.severity, Note)
	}
	a.doubtClock(e)
	if e.ref == "" {
		e.ref = a.checks[e.rule].Reference
	}
}

// occurred counts the failed check and notes that the rule named the PDU.
func (a *Auditor) occurred(e *evidence) {
	if !e.quiet {
		a.checks[e.rule].Failed++
	}
	if e.pdu == a.number {
		a.name(e.rule, e.severity)
	}
}

// name notes that a rule named the PDU, and how grave it found it at most.
func (a *Auditor) name(rule RuleID, severity Severity) {
	if i := slices.Index(a.named, rule); i >= 0 {
		a.namedAs[i] = max(a.namedAs[i], severity)
		return
	}
	a.named, a.namedAs = append(a.named, rule), append(a.namedAs, severity)
}

// fail records an occurrence: it counts the failed check and folds the
// finding. It returns the finding, or nil when the rule is off or the cap of
// findings leaves no place for it.
func (a *Auditor) fail(e evidence) *Finding {
	if a.off[e.rule] {
		return nil
	}
	a.grade(&e)
	a.occurred(&e)
	key := e.key()
	f := a.byKey[key]
	if f != nil {
		f.add(&e)
		a.touch(f)
		return f
	}
	id := a.place(e.severity)
	if id == 0 {
		a.checks[e.rule].NotKept++
		return nil
	}
	f = newFinding(&e)
	f.ID, f.place, f.key = a.opt.FirstID+(id-1)*a.opt.StepID, id, key
	a.findings[id-1] = f
	a.byKey[key] = f
	a.touch(f)
	return f
}

func newFinding(e *evidence) *Finding {
	r := e.own
	if r == nil {
		r = &Rules[e.rule]
	}
	f := &Finding{
		Own: e.own, Rule: e.rule, Severity: e.severity, PDU: e.pdu, LastPDU: e.pdu, Frame: e.frame,
		Time: e.time, LastTime: e.time, Count: 1,
		Field: e.field, Offset: e.offset, Length: e.length,
		Seen: e.seen, Wanted: e.wanted, Message: e.message,
		Remedy: e.remedy, Reference: e.ref,
	}
	if e.conn != nil {
		f.Connection, f.conn = e.conn.ID, e.conn
	}
	if e.session != nil {
		f.Session, f.session = e.session.ID, e.session
	}
	if f.Remedy == "" {
		f.Remedy = r.Remedy
	}
	if f.Message == "" {
		f.Message = r.Title
	}
	return f
}

// add folds a further occurrence. The first evidence stays, unless the new
// one is more severe: then its words count.
func (f *Finding) add(e *evidence) {
	f.Count++
	if e.time >= f.LastTime {
		f.LastTime, f.LastPDU = e.time, e.pdu
	}
	if e.severity <= f.Severity {
		return
	}
	n := newFinding(e)
	n.ID, n.place, n.Count, n.Time, n.LastTime, n.LastPDU = f.ID, f.place, f.Count, f.Time, f.LastTime, f.LastPDU
	n.changed, n.key, n.dropped = f.changed, f.key, f.dropped
	*f = *n
}
