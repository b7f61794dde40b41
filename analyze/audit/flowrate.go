package audit

import (
	"fmt"
	"strconv"

	"smpptap/analyze/session"
)

// rateKey is what the profile's rate counts over: an account, or a connection.
type rateKey struct {
	accountKey
	conn int64
}

func (a *Auditor) rateKeyOf(c *connState, s *session.Session) rateKey {
	switch a.profile.Flow.RateScope {
	case "bind":
		return rateKey{conn: c.conn.ID}
	case "server":
		return rateKey{accountKey: serverKeyOf(c.conn, s)}
	}
	return rateKey{accountKey: a.keyOf(c.conn, s)}
}

// rateState is what rate-exceeded keeps of an account.
type rateState struct {
	from    int64 // the second began
	sent    float64
	over    bool // and was counted
	highest float64
	failed  int64
	finding *Finding
}

// rateExceeded: rate-exceeded. Each second begins with a submit, so a second
// with too many is one also for who counts in another way.
func (a *Auditor) rateExceeded(c *connState, o *session.Observed) {
	k := a.rateKeyOf(c, o.Session)
	r, _ := entry(&a.rates, k)
	if r == nil {
		a.giveUp(RuleRateExceeded)
		return
	}
	limit := a.profile.Flow.RateMax
	span := float64(second)
	if limit < 1 {
		span /= limit // "one in two seconds"
	}
	if r.from == 0 || float64(o.Time-r.from) >= span {
		r.from, r.sent, r.over = o.Time, 0, false
		a.check(RuleRateExceeded)
	}
	r.sent++
	if r.sent <= max(limit, 1) {
		return
	}
	if r.sent > r.highest {
		r.highest = r.sent
	}
	if r.over {
		return
	}
	r.over = true
	e := of(o, RuleRateExceeded)
	if k.conn == 0 {
		e.account = k.String()
	}
	r.failed++
	if r.finding == nil || milestone(r.failed) {
		e.seen, e.wanted = "more than "+trimmed(limit)+" submits in a second", "at most "+trimmed(limit)+" a second"
		e.message = rateWords(r, limit)
	}
	if f := a.fail(e); f != nil {
		r.finding = f
	}
	if milestone(r.failed) {
		a.reword(r.finding, rateWords(r, limit))
	}
}

// rateLast brings the words up to date when a session ends.
func (a *Auditor) rateLast(c *connState) {
	if r := a.rates[a.rateKeyOf(c, c.flow.session)]; r != nil && r.finding != nil {
		a.reword(r.finding, rateWords(r, a.profile.Flow.RateMax))
	}
}

func rateWords(r *rateState, limit float64) string {
	return fmt.Sprintf("In %s the ESME submitted more than the %s messages that the provider allows a second, at most %s.",
		counted(r.failed, "second"), trimmed(limit), trimmed(r.highest))
}

func trimmed(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
