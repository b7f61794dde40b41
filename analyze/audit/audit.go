package audit

import (
	"slices"
	"time"

	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// Options bound an Auditor. Zero values mean the stated default.
type Options struct {
	// Writings are how accounts write ids in receipts, by their names, where it
	// is known before.
	Writings map[string]session.Writing
	// MaxFindings is how many findings are kept, the most severe first; beyond
	// it occurrences are only counted in the scorecard. Default 10,000.
	MaxFindings int
	// MaxWaiting is how many accepted messages may wait for their receipts.
	// Default session.MaxWaiting.
	MaxWaiting int
	// Ports are the ports on which the user expects SMPP.
	Ports []uint16
	// Limits replace DefaultLimits; nil: those hold.
	Limits *Limits
	// Today gives the time by which the last day of a known finding is over;
	// nil: none is known.
	Today func() time.Time
	// Baseline are known findings beside those of the profile; nil: none.
	Baseline *profile.Baseline
	// Texts has the octets of long messages kept until their last part, for
	// Parts.
	Texts bool
	// Live: what else only the end of the input judges is judged as time goes on.
	Live bool
	// FirstID and StepID number the findings, so that those of several
	// Auditors have numbers of their own. Default 1 and 1.
	FirstID, StepID int64
}

// Check is a rule's line of the scorecard.
type Check struct {
	Rule      RuleID
	Checked   int64
	Failed    int64
	Unchecked int64 // given up: evicted, or the capture cannot show it
	NotKept   int64 // of those failed, how many no finding tells: MaxFindings
	Own       *Rule // the user's own rule; nil: one of the catalogue
	// Reference is where to look up what the rule rests on; empty: nowhere.
	Reference string
}

// Of gives the rule.
func (c *Check) Of() *Rule {
	if c.Own != nil {
		return c.Own
	}
	return &Rules[c.Rule]
}

// Add counts the checks of another Auditor as well.
func (c *Check) Add(other *Check) {
	c.Checked += other.Checked
	c.Failed += other.Failed
	c.Unchecked += other.Unchecked
	c.NotKept += other.NotKept
	c.Reference = bothReferences(c.Reference, other.Reference)
}

// Auditor runs the rules. Its methods are called in the order in which things
// happened, by one goroutine.
type Auditor struct {
	profile *profile.Profile
	dialect *dissect.Dialect
	opt     Options
	limit   Limits
	// By RuleID: those of the catalogue, then the user's own.
	off     []bool // the profile does not set what the rule needs, or turns it off
	hearsay []bool // what the profile says of it is not published
	checks  []Check
	rows    []*Rule    // with the profile's severity
	graded  []Severity // what the profile makes of its severity; zero: nothing
	own     ownRules
	known   KnownFindings

	findings []*Finding
	byKey    map[foldKey]*Finding
	changed  []*Finding
	ranks    ranks
	dropped  []*Finding

	conns    map[int64]*connState
	now      int64
	jumps    []jump
	issues   []dissect.Issue   // of the PDU in hand, from dissect.Validate
	hand     *session.Observed // the PDU in hand; nil: none is
	digest   *Digest           // of the PDU in hand
	digested Digest            // where nobody else has made it
	number   int64             // of the PDU in hand
	named    []RuleID          // rules that named it
	namedAs  []Severity        // how grave each found it; zero: not known yet
	// namedRows is what Named lends; found are rows with other severities than
	// their rules have, made when they are needed.
	namedRows []*Rule
	found     map[foundRow]*Rule
	provider
	contents contents // what the rules of message content keep
	links    links    // what the rules keep beyond one connection
	rates    map[rateKey]*rateState
	journeys journeys
	verdict
}

// verdict is what was already said of the PDU in hand, so that one cause is
// one rule (rules.yaml, head). It is reset for every PDU.
type verdict struct {
	broken    bool // a framing or body rule spoke: fields behind are not judged
	direction bool // command-direction spoke
	state     bool // a session-state rule spoke
	version   bool // command-id-version spoke
}

// connState is what the rules keep of one connection.
type connState struct {
	conn *session.Conn
	pdus pduState     // header, body, TLVs, provider
	req  requestState // requests and responses
	sess sessionState // session, keep-alive
	msg  messageState // message content
	flow flowState    // window, rate, throttling
	jour connJourney  // receipts
}

// New makes an Auditor for a profile. The profile is not changed afterwards.
func New(p *profile.Profile, opt Options) *Auditor {
	if opt.MaxFindings == 0 {
		opt.MaxFindings = 10_000
	}
	if opt.StepID == 0 {
		opt.FirstID, opt.StepID = 1, 1
	}
	a := &Auditor{
		profile: p,
		dialect: p.Dialect(),
		opt:     opt,
		limit:   DefaultLimits(),
		byKey:   make(map[foldKey]*Finding),
		conns:   make(map[int64]*connState),
	}
	if opt.Limits != nil {
		a.limit = *opt.Limits
	}
	a.links.times = timesOf(p, &a.limit)
	a.enable(p)
	a.known = KnownFindings{Suppress: p.Suppress, Baseline: opt.Baseline, Today: opt.Today}
	a.provider.init(p)
	a.contents.init(p, &a.limit)
	a.contents.concats.Keep = opt.Texts
	a.journeys.init(a.dialect, a.responseTime(dissect.ESME)+a.limit.Grace)
	a.journeys.MaxWaiting = opt.MaxWaiting
	a.journeys.layout = layoutExpected(p)
	a.journeys.writings = opt.Writings
	return a
}

// enable settles which rules run and how grave they are.
func (a *Auditor) enable(p *profile.Profile) {
	a.own.init(p)
	n := ruleCount + len(a.own.rules)
	a.off, a.hearsay = make([]bool, n), make([]bool, n)
	a.checks, a.graded, a.rows = make([]Check, n), make([]Severity, n), make([]*Rule, n)
	for i := range a.checks {
		id := RuleID(i)
		a.checks[i].Rule = id
		a.checks[i].Reference = a.rule(id).Reference(p)
		if id >= RuleOwn {
			a.checks[i].Own = a.rule(id)
		}
		needs := a.rule(id).Needs
		a.off[i] = needs != "" && !p.IsSet(needs)
		a.hearsay[i] = needs != "" && !p.Vouched(needs)
		if word := p.RuleOf(a.rule(id).Name); word != nil {
			a.off[i] = a.off[i] || word.Level == profile.LevelOff
			a.graded[i], _ = ParseSeverity(string(word.Level))
		}
		if a.rows[i] = a.rule(id); a.graded[i] != SeverityNone {
			row := *a.rows[i]
			row.Severity = a.graded[i]
			a.rows[i] = &row
		}
	}
}

// rule gives the row of a rule.
func (a *Auditor) rule(id RuleID) *Rule {
	if id >= RuleOwn {
		return &a.own.rules[id-RuleOwn].row
	}
	return &Rules[id]
}

// Observe judges one PDU, of which another goroutine may have made the Digest,
// and what its arrival caused.
func (a *Auditor) Observe(o *session.Observed, d *Digest, events []session.Event) {
	a.Clock(o.Time)
	a.take(o, d)
	c := a.state(o.Conn)
	if o.Cut {
		a.checkHeader(c, o)
	} else {
		a.checkBody(c, o)
		a.checkHeader(c, o)
		a.checkState(c, o)
		a.checkTLVs(c, o)
		a.checkProvider(c, o)
		a.checkMessage(c, o)
	}
	a.Events(events)
	if len(c.req.held.list) > 0 {
		a.passNumbers(c, o)
	}
	a.checkTiming(c, o)
	a.checkFlow(c, o)
	a.checkReceipt(c, o)
	if len(c.req.sides[o.Dir].silent) > 0 {
		c.broke(o.Dir)
	}
	a.hand = nil
}

// take takes a PDU in hand.
func (a *Auditor) take(o *session.Observed, d *Digest) {
	a.verdict, a.contents.parts = verdict{}, nil
	a.hand, a.number, a.named, a.issues = o, o.Number, a.named[:0], a.issues[:0]
	a.namedAs = a.namedAs[:0]
	if a.digest = d; d == nil {
		a.digest = &a.digested
		a.Digest(a.digest, o.PDU)
	}
}

// Events judges what time or the end of a connection caused.
func (a *Auditor) Events(events []session.Event) {
	for i := range events {
		e := &events[i]
		c := a.state(e.Conn)
		a.onRequest(c, e)
		a.onBind(c, e)
		a.onFlow(c, e)
		a.onJourney(c, e)
		a.onSession(c, e)
		a.onMessage(c, e)
		a.onEnd(c, e)
		if e.Kind == session.EventConnEnd {
			a.forgetUnnamed(c)
			delete(a.conns, e.Conn.ID)
			e.Conn.Rules = nil
			a.own.forget(e.Conn.ID)
			delete(a.rates, rateKey{conn: e.Conn.ID})
		}
	}
}

// onEnd frees what was kept of a request for the rules above.
func (a *Auditor) onEnd(c *connState, e *session.Event) {
	switch e.Kind {
	case session.EventAnswered, session.EventAnsweredLate, session.EventWrongType, session.EventAbandoned, session.EventEvicted:
		if isSubmit(e.Req.ID, e.Req.From) {
			c.req.refused.traits.free(e.Req.Sequence)
		}
	}
}

// Expire judges silence: time has come to now (nanoseconds since 1970 UTC).
func (a *Auditor) Expire(now int64) {
	a.Clock(now)
	a.expireTiming(now)
	a.expireParts(now)
	a.expireJourneys(now)
	a.judgeStanding(now)
}

func (a *Auditor) state(c *session.Conn) *connState {
	if s, ok := c.Rules.(*connState); ok {
		return s
	}
	s := &connState{conn: c}
	a.conns[c.ID], c.Rules = s, s
	a.opened(s)
	return s
}

// Frame judges octets that are no PDU: garbage, gaps and tails.
func (a *Auditor) Frame(c *session.Conn, dir stream.Dir, f *stream.Frame) {
	a.Clock(f.At.Time)
	a.checkFrame(a.state(c), dir, f)
}

// check counts n checks of a rule.
func (a *Auditor) check(id RuleID) { a.checks[id].Checked++ }

// giveUp counts a check that could not be carried out.
func (a *Auditor) giveUp(id RuleID) { a.checks[id].Unchecked++ }

// Checks gives the scorecard, one line a rule in the catalogue's order, then
// the user's own in that of the profile.
func (a *Auditor) Checks() []Check { return a.checks }

// Off tells that the profile does not set what the rule needs, or turns it off.
func (a *Auditor) Off(id RuleID) bool { return a.off[id] }

// Issues gives what dissect.Validate found in the PDU observed last; lent
// until the next call.
func (a *Auditor) Issues() []dissect.Issue { return a.issues }

// foundRow is a rule and what a finding of it came to.
type foundRow struct {
	rule     RuleID
	severity Severity
}

// Named gives the rules that named the PDU observed last, each with the
// severity of what it found; lent until the next call.
func (a *Auditor) Named() []*Rule {
	a.namedRows = a.namedRows[:0]
	for i, id := range a.named {
		a.namedRows = append(a.namedRows, a.rowOf(foundRow{id, a.namedAs[i]}))
	}
	return a.namedRows
}

func (a *Auditor) rowOf(f foundRow) *Rule {
	row := a.rows[f.rule]
	if f.severity == SeverityNone || f.severity == row.Severity {
		return row
	}
	if a.found[f] == nil {
		if a.found == nil {
			a.found = make(map[foundRow]*Rule)
		}
		other := *row
		other.Severity = f.severity
		a.found[f] = &other
	}
	return a.found[f]
}

// Parts gives the long message that the PDU observed last is a part of, as it
// stood with this part; nil: it is none, or of none that is followed.
func (a *Auditor) Parts() *session.PartMap { return a.contents.parts }

// Findings gives all findings by id. They stay the Auditor's.
func (a *Auditor) Findings() []*Finding { return a.findings }

// Changed gives the findings that are new or changed since the last call.
func (a *Auditor) Changed() []*Finding {
	out := slices.DeleteFunc(a.changed, func(f *Finding) bool { return f.dropped })
	for _, f := range out {
		f.changed = false
		f.Where = f.where()
		f.Known = a.known.Of(f)
	}
	a.changed = nil
	return out
}

// Dropped gives the findings that others have replaced under their ids since
// the last call.
func (a *Auditor) Dropped() []*Finding {
	out := a.dropped
	a.dropped = nil
	return out
}

// NotKept is how many occurrences no finding tells, because there are too
// many findings.
func (a *Auditor) NotKept() (n int64) {
	for i := range a.checks {
		n += a.checks[i].NotKept
	}
	return n
}
