package report

import (
	"cmp"
	"slices"

	"smpptap/analyze/audit"
)

// cause is what stands behind findings that one remedy cures, on whatever
// connections.
type cause struct {
	First       audit.Finding // the first of them, by time
	Findings    int64
	Count       int64
	Connections int64
}

// causeRank orders causes of one severity: what keeps the link from coming up
// stands before what ends it, then what refuses traffic, then the rest; what
// the capture itself lacks comes last. A rule that is not listed has
// rankOther.
var causeRank = map[audit.RuleID]int{
	audit.RuleBindRefused:      0,
	audit.RuleBindAlreadyBound: 0,
	audit.RuleBindUnanswered:   0,
	audit.RuleFramingNotSmpp:   0,

	audit.RuleSystemType:           1,
	audit.RuleInterfaceVersion:     1,
	audit.RuleBindTypeNotOffered:   1,
	audit.RuleTransceiverBeforeV34: 1,
	audit.RuleSystemIdEmpty:        1,
	audit.RulePasswordEmpty:        1,
	audit.RuleTlvBeforeV34:         1,
	audit.RuleBindMissing:          1,
	audit.RuleBindRepeated:         1,
	audit.RuleBindTimeout:          1,
	audit.RuleMaxBinds:             1,
	audit.RuleBindStorm:            1,

	audit.RuleIdleDisconnect:        2,
	audit.RuleConnectionReset:       2,
	audit.RuleEnquireLinkUnanswered: 2,
	audit.RuleEnquireLinkMissing:    2,
	audit.RuleIdleClosePattern:      2,

	audit.RuleThrottled:         3,
	audit.RuleThrottleIgnored:   3,
	audit.RuleDeliverRefused:    3,
	audit.RuleDeliverUnanswered: 3,
	audit.RuleGenericNack:       3,
	audit.RuleResponseRefused:   3,
	audit.RuleResponseMissing:   3,

	audit.RuleCleartextCredentials: 5,
	audit.RuleFramingGap:           6,
	audit.RuleCaptureOneSided:      6,
	audit.RuleCaptureLossy:         6,
	audit.RuleCaptureClock:         6,
	audit.RuleCaptureDuplicates:    6,
}

const rankOther = 4

func rankOf(id audit.RuleID) int {
	if r, ok := causeRank[id]; ok {
		return r
	}
	return rankOther
}

// causesOf gathers findings into causes, worst first: by severity, then by what
// is likely to be the root (causeRank), then by count, then by first time.
func causesOf(findings []audit.Finding) []cause {
	type key struct {
		rule     string
		severity audit.Severity
		remedy   string
		known    bool
	}
	type pair struct {
		key  key
		conn int64
	}
	at := make(map[key]int)
	conns := make(map[pair]bool)
	var causes []cause
	for i := range findings {
		f := &findings[i]
		k := key{f.Of().Name, f.Severity, f.Remedy, f.Known != nil}
		n, ok := at[k]
		if !ok {
			n = len(causes)
			at[k] = n
			causes = append(causes, cause{First: *f})
		}
		c := &causes[n]
		c.Findings++
		c.Count += f.Count
		if f.Time < c.First.Time {
			c.First = *f
		}
		if p := (pair{k, f.Connection}); !conns[p] {
			conns[p] = true
			c.Connections++
		}
	}
	slices.SortStableFunc(causes, compareCauses)
	return causes
}

func compareCauses(a, b cause) int {
	return cmp.Or(
		cmp.Compare(b.First.Severity, a.First.Severity),
		cmp.Compare(rankOf(a.First.Rule), rankOf(b.First.Rule)),
		cmp.Compare(b.Count, a.Count),
		cmp.Compare(a.First.Time, b.First.Time),
		cmp.Compare(a.First.Rule, b.First.Rule),
		cmp.Compare(a.First.Of().Name, b.First.Of().Name),
	)
}
