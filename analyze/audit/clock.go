package audit

import "fmt"

// maxJumps bounds the jumps that are told apart.
const maxJumps = 64

// jump is a span of time in which nothing was captured.
type jump struct{ from, to int64 }

// Clock takes the time of the capture on. It is called before what that time
// causes is judged (Events, Expire).
func (a *Auditor) Clock(now int64) {
	if a.now > 0 && now-a.now > a.limit.ClockJump {
		a.clockJumps(now)
		if n := len(a.jumps); n == maxJumps {
			a.jumps[n-1].to = now
		} else {
			a.jumps = append(a.jumps, jump{a.now, now})
		}
	}
	a.now = max(a.now, now)
}

// clockJumps: capture-clock, for a jump.
func (a *Auditor) clockJumps(now int64) {
	e := evidence{rule: RuleCaptureClock, time: now, cause: "jump", quiet: len(a.jumps) > 0}
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = fmt.Sprintf("a jump of %d h", (now-a.now)/(60*minute)), "time that runs on"
	e.message = fmt.Sprintf("The capture's time jumps ahead by %d h: nothing was captured, or the clock was set. What was missing meanwhile is at most a note.",
		(now-a.now)/(60*minute))
	e.remedy = "Capture with one clock; where captures of several days are read at once, nothing is wrong."
	a.fail(e)
}

// jumped tells whether time jumped between two times.
func (a *Auditor) jumped(from, to int64) bool {
	for _, j := range a.jumps {
		if from < j.to && to > j.from {
			return true
		}
	}
	return false
}

// during notes the time over which something was missing.
func (e *evidence) during(from, to int64) { e.from, e.to = from, to }

// doubtClock makes at most a note of what was missing while time jumped.
func (a *Auditor) doubtClock(e *evidence) {
	if e.to != 0 && len(a.jumps) > 0 && a.jumped(e.from, e.to) {
		e.severity = min(e.severity, Note)
		e.seen += " (the capture's time jumps meanwhile)"
	}
}
