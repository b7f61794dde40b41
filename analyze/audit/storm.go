package audit

import (
	"fmt"
	"slices"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// attempt is a bind that came to nothing.
type attempt struct {
	session    *session.Session
	pdu, frame int64
	time       int64
}

// clientState is what bind-storm keeps of an account and client address.
type clientState struct {
	last    []attempt // by time, at most Limits.StormBinds
	finding *Finding
	n       int64 // attempts since the storm began
	began   int64
}

func (a *Auditor) client(c *connState, s *session.Session) *clientState {
	if len(a.links.clients) >= a.links.sweepClients {
		a.sweepClients()
	}
	k := clientKey{a.keyOf(c.conn, s), endOf(c.conn, dissect.ESME).Addr()}
	cl, fresh := entry(&a.links.clients, k)
	if cl == nil {
		a.giveUp(RuleBindStorm)
	} else if fresh {
		a.check(RuleBindStorm)
	}
	return cl
}

// fewClients are not worth looking at.
const fewClients = 4096

// sweepClients drops who has made no storm and no attempt for StormTime.
func (a *Auditor) sweepClients() {
	for k, cl := range a.links.clients {
		if n := len(cl.last); cl.finding == nil && (n == 0 || a.now-cl.last[n-1].time > a.limit.StormTime) {
			delete(a.links.clients, k)
		}
	}
	a.links.sweepClients = max(2*len(a.links.clients), fewClients)
}

// countBinds counts the account among those that bind-storm looks at.
func (a *Auditor) countBinds(c *connState, s *session.Session) {
	if s.BindSeen {
		a.client(c, s)
	}
}

// bindFailed takes a bind that was refused, stayed unanswered, or whose
// session ended at once.
func (a *Auditor) bindFailed(c *connState, x attempt) {
	cl := a.client(c, x.session)
	if cl == nil {
		return
	}
	i, _ := slices.BinarySearchFunc(cl.last, x, func(p, q attempt) int {
		return int(min(max(p.time-q.time, -1), 1))
	})
	cl.last = slices.Insert(cl.last, i, x)
	if len(cl.last) > a.limit.StormBinds {
		cl.last = slices.Delete(cl.last, 0, 1)
	}
	first, newest := &cl.last[0], &cl.last[len(cl.last)-1]
	if len(cl.last) < a.limit.StormBinds || newest.time-first.time > a.limit.StormTime {
		return
	}
	s := first.session
	e := evidence{
		rule: RuleBindStorm, conn: s.Conn, session: s, pdu: first.pdu, frame: first.frame, time: first.time,
		account: a.keyOf(s.Conn, s).String(), cause: endOf(s.Conn, dissect.ESME).Addr().String(),
	}
	if cl.finding != nil {
		e.quiet = true
		e.session, e.pdu, e.frame, e.time = x.session, x.pdu, x.frame, x.time
		cl.n++
	} else {
		cl.n, cl.began = int64(a.limit.StormBinds), first.time
	}
	words := fmt.Sprintf("%d bind attempts of %q from %s within %s came to nothing (refused, unanswered or closed at once).",
		cl.n, s.SystemID, e.cause, inSeconds(newest.time-cl.began))
	e.message = words
	e.seen, e.wanted = fmt.Sprintf("%d attempts", cl.n), "a growing delay between attempts"
	if f := a.fail(e); f != nil {
		cl.finding = f
		f.Count, f.Seen = cl.n, e.seen
	}
	a.reword(cl.finding, words)
}
