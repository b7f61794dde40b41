package audit

// A live run may go on for months. What else only the end of the input judges,
// because later traffic may show it otherwise, is judged every minute there,
// once it has stood for some time. A finding that is overtaken says so.

const (
	standingEvery = minute
	standingFor   = 10 * minute
)

// standing is a finding that counts what has come together so far.
type standing struct {
	n         int64    // occurrences that it counts; 0: not said
	finding   *Finding // nil: none has room
	overtaken bool
}

// judgeStanding judges a live run up to now.
func (a *Auditor) judgeStanding(now int64) {
	if !a.opt.Live || a.links.capture.finished || now-a.links.standingAt < standingEvery {
		return
	}
	a.links.standingAt = now
	a.turnedAway()
	a.splitNotTaken()
	r := a.receiversSeen()
	for _, st := range a.journeys.order {
		a.noReceiver(st, &r)
		a.notAsked(st)
	}
}

// stood tells that what began at a time has stood for long enough to be said.
func (a *Auditor) stood(since int64) bool {
	return a.links.capture.finished || a.now-since >= standingFor
}

// stand says of n occurrences, whose first is e, what holds of them all; again
// it brings that up to date.
func (a *Auditor) stand(s *standing, e evidence, n int64) {
	if s.overtaken || a.off[e.rule] {
		return
	}
	more := n - s.n
	if s.n == 0 {
		s.finding = a.fail(e)
		more--
	}
	s.n = n
	a.checks[e.rule].Failed += more
	if f := s.finding; f != nil {
		f.Count += more
		if e.severity != SeverityNone {
			f.Severity = min(f.Severity, e.severity)
		}
		a.reword(f, e.message)
	}
}

// overtake says that what was said holds no more, in the words what.
func (a *Auditor) overtake(s *standing, what string) {
	if s.n == 0 || s.overtaken {
		return
	}
	s.overtaken = true
	if f := s.finding; f != nil {
		f.Severity = min(f.Severity, Note)
		a.reword(f, f.Message+" Later "+what)
	}
}
