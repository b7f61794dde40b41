package audit

import (
	"fmt"
	"strings"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// refusals is what response-refused keeps of a connection.
type refusals struct {
	commands []*commandAnswers
	traits   traitRing
}

// commandAnswers counts the answers to one command in a session.
type commandAnswers struct {
	id       uint32
	total    int64 // throttled ones not counted
	accepted traitSet
	mostOpen int32 // requests when one was sent that was accepted
	refused  []*statusAnswers
}

// statusAnswers are those with one status.
type statusAnswers struct {
	status   uint32
	n        int64 // in the session
	finding  *Finding
	floor    Severity // what an earlier session came to
	known    int64    // of n those whose request's traits are known
	first    traits
	varying  traits // bits in which they differ
	badState int64  // sent in a state that forbids the command
	open     int32  // the least open when one was sent
	from     dissect.Side
}

// maxStatuses bounds the statuses of one command that are counted.
const maxStatuses = 64

func (r *refusals) command(id uint32) *commandAnswers {
	for _, k := range r.commands {
		if k.id == id {
			return k
		}
	}
	k := &commandAnswers{id: id}
	r.commands = append(r.commands, k)
	return k
}

func (k *commandAnswers) answered(status uint32) *statusAnswers {
	for _, s := range k.refused {
		if s.status == status {
			return s
		}
	}
	s := &statusAnswers{status: status}
	if len(k.refused) >= maxStatuses {
		return s // told, but not counted together
	}
	k.refused = append(k.refused, s)
	return s
}

func isSubmit(id uint32, from dissect.Side) bool {
	return id == dissect.CmdSubmitSM || id == dissect.CmdSubmitMulti || id == dissect.CmdDataSM && from == dissect.ESME
}

// refusedOrNot takes the status of an answer.
func (a *Auditor) refusedOrNot(c *connState, e *session.Event) {
	r := e.Req
	if r.Command == nil || dissect.IsBind(r.ID) || r.ID == dissect.CmdDeliverSM || e.Resp.ID == dissect.CmdGenericNack {
		return
	}
	status := e.Resp.Status
	submit := isSubmit(r.ID, r.From)
	if submit && (status == dissect.StatusThrottled || status == dissect.StatusQueueFull) {
		return
	}
	a.check(RuleResponseRefused)
	k := c.req.refused.command(r.ID)
	k.total++
	var t traits
	var known bool
	if submit {
		t, known = c.req.refused.traits.of(r.Sequence)
	}
	if status == 0 {
		if submit {
			k.accepted.add(t, known)
			k.mostOpen = max(k.mostOpen, r.Open)
		}
		return
	}
	a.refuse(e, k, t, known)
}

func (a *Auditor) refuse(e *session.Event, k *commandAnswers, t traits, known bool) {
	r, s := e.Req, k.answered(e.Resp.Status)
	if s.n++; s.n == 1 || r.Open < s.open {
		s.open = r.Open
	}
	s.from = r.From
	if known {
		if s.known == 0 {
			s.first = t
		}
		s.varying |= t ^ s.first
		s.known++
	}
	if r.State != session.StateUnknown && !mayStand(r.ID, r.Session.Version, r.From, r.State) {
		s.badState++
	}
	ev := ofResponse(e, RuleResponseRefused)
	ev.cause, ev.status = commandName(r.ID), e.Resp.Status
	ev.field, ev.offset, ev.length = "command_status", 8, 4
	name, def := a.status(e.Resp.Status)
	ev.seen, ev.wanted = name, "0x00 (ESME_ROK)"
	if def != nil {
		ev.remedy = def.Remedy
	}
	if s.n == 1 {
		ev.message = a.refusedWords(k, s)
	}
	ev.severity = Note
	if f := a.fail(ev); f != nil {
		s.finding = f
	}
	if milestone(s.n) {
		a.rejudge(k, s, k.total >= a.limit.RefusedSure)
	}
}

// rejudge brings a refusal's words and severity up to date.
func (a *Auditor) rejudge(k *commandAnswers, s *statusAnswers, certain bool) {
	if s.finding == nil || s.n == 0 {
		return
	}
	severity := max(Note, s.floor)
	_, shows := s.reason(k)
	if shows || certain && s.n >= a.limit.RefusedAtLeast && s.n*100 >= k.total*a.limit.RefusedShare {
		severity = Warning
	}
	if s.finding.Severity != severity {
		s.finding.Severity = severity
		a.touch(s.finding)
	}
	a.reword(s.finding, a.refusedWords(k, s))
}

// judgeRefusals judges the shares of a session that is over.
func (a *Auditor) judgeRefusals(c *connState, _ *session.Session) {
	for _, k := range c.req.refused.commands {
		for _, s := range k.refused {
			a.rejudge(k, s, true)
			if s.finding != nil {
				s.floor = s.finding.Severity
			}
			*s = statusAnswers{status: s.status, finding: s.finding, floor: s.floor}
		}
		k.total, k.accepted, k.mostOpen = 0, traitSet{}, 0
	}
}

func (a *Auditor) refusedWords(k *commandAnswers, s *statusAnswers) string {
	name, def := a.status(s.status)
	var b strings.Builder
	fmt.Fprintf(&b, "%s answered %d of %s with %s", opening(otherSide(s.from)), s.n, several(k.total, commandName(k.id)), name)
	if m := meaning(s.status, def); m != "" {
		fmt.Fprintf(&b, ": %s", m)
	}
	b.WriteString(".")
	if def != nil && def.Cause != "" {
		fmt.Fprintf(&b, " Likely cause: %s.", strings.TrimSuffix(def.Cause, "."))
	}
	if why, ok := s.reason(k); ok {
		fmt.Fprintf(&b, " The request shows why: %s.", why)
	} else if split := s.contrast(k, &a.limit); split != "" {
		fmt.Fprintf(&b, " All %d refused have %s, none of the %d accepted does.", s.known, split, k.accepted.n)
	}
	return b.String()
}

// reasonTraits are the traits in which the reason of a status can show.
var reasonTraits = map[uint32][]trait{
	dissect.StatusInvalidLength:      {traitLength},
	dissect.StatusInvalidSource:      {traitSource},
	dissect.StatusInvalidSourceTON:   {traitSourceTON, traitSource},
	dissect.StatusInvalidSourceNPI:   {traitSource},
	dissect.StatusInvalidDestination: {traitDestination},
	dissect.StatusInvalidDestTON:     {traitDestinationTON, traitDestination},
	dissect.StatusInvalidDestNPI:     {traitDestination},
	dissect.StatusInvalidEsmClass:    {traitEsmClass},
	dissect.StatusInvalidSchedule:    {traitSchedule},
	dissect.StatusInvalidExpiry:      {traitValidity},
	dissect.StatusInvalidTLVStream:   {traitTLVs}, 0xC1: {traitTLVs}, 0xC2: {traitTLVs}, 0xC3: {traitTLVs},
	dissect.StatusInvalidTLVValue: {traitTLVs},
}

// reason tells what in the refused requests shows the reason of the status:
// an odd value that all refused have and no accepted one.
func (s *statusAnswers) reason(k *commandAnswers) (string, bool) {
	if s.status == dissect.StatusInvalidBindStatus && s.badState == s.n {
		return "the session's state does not allow the command", true
	}
	if s.known != s.n || s.known == 0 || k.accepted.unknown {
		return "", false
	}
	for _, x := range reasonTraits[s.status] {
		if v := s.first.value(x); s.same(x) && x.odd(v) && !k.accepted.has(x, v) {
			return x.text(v), true
		}
	}
	return "", false
}

// contrast finds a value that all refused requests have and no accepted one.
func (s *statusAnswers) contrast(k *commandAnswers, l *Limits) string {
	if s.known != s.n || s.known < l.ContrastRefused || k.accepted.n < l.ContrastAccepted || k.accepted.unknown {
		return ""
	}
	for x := range traitCount {
		if v := s.first.value(x); s.same(x) && !k.accepted.has(x, v) {
			return x.text(v)
		}
	}
	if s.open > k.mostOpen {
		return fmt.Sprintf("more than %d requests open at once", k.mostOpen)
	}
	return ""
}

func (s *statusAnswers) same(x trait) bool { return s.varying.value(x) == 0 }
