package audit

import (
	"cmp"
	"fmt"
	"strings"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// captureState is what the rules of the capture itself keep.
type captureState struct {
	gaps, cut, lost int64 // holes, PDUs that lack octets, octets lost
	losses          []string
	limits          int // of losses, those by our own limits
	finished        bool
}

// Notice judges what concerns the input as a whole.
func (a *Auditor) Notice(n stream.Notice) {
	c := &a.links.capture
	lossy := func(format string, args ...any) { c.losses = append(c.losses, fmt.Sprintf(format, args...)) }
	switch n.Kind {
	case stream.NoticeCut:
		lossy("the snap length cut %s (%s)", counted(n.Count, "packet"), counted(n.Octets, "octet"))
	case stream.NoticeDamaged:
		lossy("the input breaks off: %s", n.Text)
	case stream.NoticeDropped:
		lossy("the kernel or a queue dropped %s", counted(n.Count, "packet"))
	case stream.NoticeCap:
		c.limits++
		lossy("a limit dropped %s (%s)", counted(n.Count, "item"), n.Text)
	case stream.NoticeClock:
		a.captureFails(RuleCaptureClock, n, counted(n.Count, "step"), "time that runs on",
			fmt.Sprintf("The capture's time steps back or jumps %s, by up to %s, first in packet %d: times and order around these places are not certain.",
				counted(n.Count, "time"), inSeconds(n.Octets), n.First.Frame))
	case stream.NoticeDuplicates:
		a.captureFails(RuleCaptureDuplicates, n, counted(n.Count, "packet")+" twice", "each packet once",
			fmt.Sprintf("The capture has second copies of %s, as a mirror port gives them; they are left out.", counted(n.Count, "packet")))
	}
}

func (a *Auditor) captureFails(rule RuleID, n stream.Notice, seen, wanted, message string) {
	if n.Count == 0 {
		return
	}
	a.fail(evidence{
		rule: rule, frame: n.First.Frame, time: cmp.Or(max(n.First.Time, 0), a.now), seen: seen, wanted: wanted, message: message,
		quiet: rule == RuleCaptureClock && len(a.jumps) > 0,
	})
}

// oneSided: capture-one-sided.
func (a *Auditor) oneSided(c *connState, e *session.Event) {
	missing := dissect.ESME
	if c.conn.Of(dissect.ESME).PDUs > 0 {
		missing = dissect.SMSC
	}
	ev := at(c.conn, RuleCaptureOneSided, c.conn.Opened)
	ev.session = e.Session
	ev.seen, ev.wanted = "no packet with data of "+party(missing), "both directions"
	ev.message = fmt.Sprintf("No data of %s is in the capture: it sent none, or its direction was not captured. No rule that needs it was run on this connection.", party(missing))
	a.fail(ev)
}

// Finish judges what only the end of the input shows. All connections have
// ended before (EventConnEnd), all notices have come.
func (a *Auditor) Finish(now int64) {
	c := &a.links.capture
	if c.finished {
		return
	}
	c.finished = true
	a.Expire(now)
	a.finishParts()
	a.journeys.repeats.lastWords(a)
	a.judgeOthers()
	a.turnedAway()
	a.splitNotTaken()
	a.links.others = nil
	for _, r := range [...]RuleID{RuleCaptureLossy, RuleCaptureClock, RuleCaptureDuplicates} {
		a.check(r)
	}
	losses := c.losses
	if c.gaps > 0 {
		losses = append(losses, counted(c.gaps, "hole")+" in the streams")
	}
	if c.cut > 0 {
		losses = append(losses, counted(c.cut, "PDU")+" incomplete")
	}
	if len(losses) == 0 {
		return
	}
	e := evidence{rule: RuleCaptureLossy, time: now, seen: strings.Join(losses, "; "), wanted: "every octet"}
	if c.limits == len(losses) {
		e.remedy = "Raise the limit: --max-connections where connections were refused, else --cap."
	}
	e.message = fmt.Sprintf("The capture is not complete: %s; %s of SMPP known to be lost.", e.seen, counted(c.lost, "octet"))
	if names, checks := a.unchecked(); len(names) > 0 {
		shown := names[:min(len(names), 5)]
		e.message += fmt.Sprintf(" %s of %s could not be carried out (%s%s).", counted(checks, "check"), counted(int64(len(names)), "rule"),
			strings.Join(shown, ", "), map[bool]string{true: ", ..."}[len(shown) < len(names)])
	}
	a.fail(e)
}

// unchecked lists the rules with checks that were given up.
func (a *Auditor) unchecked() (names []string, checks int64) {
	for i := range a.checks {
		if n := a.checks[i].Unchecked; n > 0 {
			names = append(names, a.rule(RuleID(i)).Name)
			checks += n
		}
	}
	return names, checks
}
