package audit

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

const (
	// maxRepeats bounds the deliveries whose repetition is looked for.
	maxRepeats = 16_384
	// maxStray is how many deliveries of a connection are followed until
	// their answer.
	maxStray = 256
	// maxRecent is how many receipts of a connection wait for their answers to
	// be noted.
	maxRecent = 64
)

// strayDeliver is a delivery without an answer.
type strayDeliver struct {
	hash uint64
	at   int64
}

// deliveries are those of a connection that may get an answer.
type deliveries struct {
	recent numbered[int32] // receipts, with their journeys' slots
	stray  numbered[strayDeliver]
	oldest int64 // no stray delivery is older
}

// repeats are deliveries that failed, of all connections: the SMSC sends them
// again over any of an account.
type repeats struct {
	failed map[repeatKey]*repeat
	order  []repeatKey // as they failed; some have been answered since
	said   map[netip.AddrPort]*repeatTally
}

// repeatKey is the SMSC and what it delivers.
type repeatKey struct {
	server netip.AddrPort
	hash   uint64
}

// repeat is a delivery that failed.
type repeat struct {
	n              int64 // times it was sent
	last           int64 // when it was last sent
	first, longest int64 // distances
	growing        bool
}

// repeatTally is what was said of an SMSC.
type repeatTally struct {
	finding *Finding
	id      int64  // in order of their making
	name    string // of the command
	n       int64  // repetitions
	most    repeat
}

// deliverSent: deliver-repeated.
func (a *Auditor) deliverSent(c *connState, o *session.Observed) {
	if c.conn.OneSided() {
		a.giveUp(RuleDeliverRepeated)
		return
	}
	a.check(RuleDeliverRepeated)
	if c.jour.sent == nil {
		c.jour.sent = new(deliveries)
	}
	h := a.digest.hash
	if o.PDU.ID != dissect.CmdDeliverSM {
		h = bodyHash(o.PDU.Raw)
	}
	key := repeatKey{endOf(c.conn, dissect.SMSC), h}
	r := a.journeys.repeats.failed[key]
	if r == nil {
		if at := c.jour.sent.open(h, o.Time, a.limit.DeliverOpen); at != 0 && c.conn.Of(dissect.ESME).GapAt < at {
			r = a.deliverFailed(key, at) // open for so long
		}
	}
	if r != nil {
		a.repeated(c, o, r)
	}
	c.jour.sent.stray.put(o.Number, strayDeliver{h, o.Time}, maxStray)
}

// open gives the time of the same delivery that has had no answer for so long.
func (j *deliveries) open(h uint64, now, after int64) int64 {
	if now-j.oldest < after {
		return 0
	}
	oldest := now
	for i := range j.stray.places {
		p := &j.stray.places[i]
		if p.number == 0 {
			continue
		}
		x := &p.what
		oldest = min(oldest, x.at)
		if x.hash == h && now-x.at >= after {
			return x.at
		}
	}
	j.oldest = oldest
	return 0
}

// deliverDone ends a delivery, or notes that it failed.
func (a *Auditor) deliverDone(c *connState, r *session.Request, failed bool) {
	if c.jour.sent == nil {
		return // it was cut
	}
	sent, known := c.jour.sent.stray.take(r.Number)
	h := sent.hash
	v := &a.journeys.repeats
	if !failed && len(v.failed) == 0 {
		return
	}
	if !known {
		h = bodyHash(r.Raw)
	}
	key := repeatKey{endOf(c.conn, dissect.SMSC), h}
	if failed {
		a.deliverFailed(key, r.Time)
	} else {
		delete(v.failed, key)
	}
}

func (a *Auditor) deliverFailed(key repeatKey, at int64) *repeat {
	v := &a.journeys.repeats
	if r := v.failed[key]; r != nil {
		return r
	}
	if len(v.order) >= maxRepeats {
		v.forget()
		a.giveUp(RuleDeliverRepeated)
	}
	if v.failed == nil {
		v.failed = make(map[repeatKey]*repeat)
	}
	r := &repeat{n: 1, last: at, growing: true}
	v.failed[key] = r
	v.order = append(v.order, key)
	return r
}

// forget drops the older half.
func (v *repeats) forget() {
	n := len(v.order) / 2
	for _, k := range v.order[:n] {
		delete(v.failed, k)
	}
	v.order = append(v.order[:0], v.order[n:]...)
}

// repeated judges a delivery that failed before.
func (a *Auditor) repeated(c *connState, o *session.Observed, r *repeat) {
	distance := o.Time - r.last
	r.n++
	if r.first == 0 {
		r.first = distance
	}
	r.growing = r.growing && distance >= r.longest
	r.last, r.longest = o.Time, max(r.longest, distance)

	v := &a.journeys.repeats
	server := endOf(c.conn, dissect.SMSC)
	t := v.said[server]
	if t == nil {
		if len(v.said) >= maxLinks {
			return
		}
		if v.said == nil {
			v.said = make(map[netip.AddrPort]*repeatTally)
		}
		t = &repeatTally{id: int64(len(v.said))}
		v.said[server] = t
	}
	t.n++
	if r.n >= t.most.n {
		t.most = *r
	}
	e := of(o, RuleDeliverRepeated)
	e.account = server.String()
	if t.n > 1 && !milestone(t.n) && a.folded(&e) {
		return
	}
	e.seen, e.wanted = "the same "+o.PDU.Command.Name+" again", "one delivery, answered at once"
	t.name = o.PDU.Command.Name
	e.message = t.words()
	if f := a.fail(e); f != nil {
		t.finding = f
	}
	a.reword(t.finding, e.message)
}

// lastWords brings what was said of all SMSCs up to date.
func (v *repeats) lastWords(a *Auditor) {
	said := slices.SortedFunc(maps.Values(v.said), func(t, u *repeatTally) int { return cmp.Compare(t.id, u.id) })
	for _, t := range said {
		a.reword(t.finding, t.words())
	}
}

func (t *repeatTally) words() string {
	s := fmt.Sprintf("The SMSC sent %s again that had not been answered, or been refused", several(t.n, t.name))
	m := &t.most
	s += fmt.Sprintf("; one of them %d times in all, at first after %s", m.n, inSeconds(m.first))
	switch {
	case m.n <= 2:
		return s + "."
	case m.growing && m.longest > m.first+m.first/10:
		return s + fmt.Sprintf(", at last after %s: the distance grows.", inSeconds(m.longest))
	}
	return s + fmt.Sprintf(", at most after %s.", inSeconds(m.longest))
}
