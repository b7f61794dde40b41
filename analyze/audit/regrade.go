package audit

import "smpptap/analyze/session"

// absent are rules whose default is a note and that rest on something not
// being there: nothing in their severity tells when the capture may lack it.
var absent = map[RuleID]bool{
	RuleBodyMissing: true, RuleUnbindMissing: true, RuleEnquireLinkLate: true, RuleIdleLimitNotEnforced: true,
	RuleReceiptUnmatched: true, RuleMessageIdUnknown: true,
}

// regrade gives evidence the severity that the profile sets for its rule, all
// findings the same. It does not raise what rests on incomplete evidence: what
// the rule itself put below its default, and what is missing on a connection
// that was not captured whole.
func (a *Auditor) regrade(e *evidence, to Severity) {
	if e.severity < a.rule(e.rule).Severity || absent[e.rule] && !whole(e.conn) {
		to = min(to, e.severity)
	}
	e.severity = to
}

// whole tells that a connection was captured from its opening, in both
// directions and without loss.
func whole(c *session.Conn) bool {
	return c != nil && c.SYN && !c.OneSided() && !gapSince(c, 0)
}
