package audit

import (
	"cmp"
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// sessionState is what the rules of sessions, endings and timers keep of a
// connection.
type sessionState struct {
	framing framingState
	timing  timingState
	ending  endingState

	bindSeen    bool
	bindMissing bool     // bind-missing was counted for the connection
	held        heldBack // bind-missing behind a bind that waits for its answer
	repeats     heldBack // bind-repeated beside one
	bindLate    bool     // bind-timeout was said
	afterUnbind bool     // traffic-after-unbind was counted for the unbind
	// pending is the time of the bind that waits for its answer; zero: none.
	pending int64
	// boundSince and boundPDU are of the bind in force, for bind-storm.
	boundSince, boundPDU, boundFrame int64
}

// checkState judges a PDU by who sends it and by the session's state.
func (a *Auditor) checkState(c *connState, o *session.Observed) {
	a.check(RuleFramingLengthSmall)
	a.check(RuleFramingLengthLarge)
	cmd := o.PDU.Command
	if cmd == nil {
		return
	}
	a.checkDirection(c, o)
	if o.PDU.ID&dissect.ResponseBit != 0 {
		if o.PDU.ID == dissect.CmdGenericNack && o.Request == 0 {
			a.unclaimedNack(c, o)
		}
		return
	}
	if isSubmit(o.PDU.ID, o.From) && !a.verdict.broken {
		a.noteTraits(c, o)
	}
	bind := dissect.IsBind(o.PDU.ID)
	switch {
	case a.verdict.direction:
	case bind && (o.Before.Bound() || c.sess.pending != 0):
		a.bindRepeated(c, o)
	case o.AfterUnbind && !bind:
		a.trafficAfterUnbind(c, o)
	case o.Before == session.StateOpen || o.Before == session.StateOutbound:
		a.beforeBind(c, o)
	case o.Before.Bound():
		a.commandState(c, o)
	}
	if bind {
		a.check(RuleBindRepeated)
		a.bindRequested(c, o)
	}
}

// checkDirection holds a command against the side that sends it.
func (a *Auditor) checkDirection(c *connState, o *session.Observed) {
	a.check(RuleCommandDirection)
	if o.From == dissect.SideUnknown || o.PDU.Command.From&o.From != 0 {
		return
	}
	a.verdict.direction = true
	e := of(o, RuleCommandDirection)
	name := o.PDU.Command.Name
	e.cause = name
	// What an address told is a guess that this very command contradicts.
	e.severity = lowered(Error, c.conn.Basis < session.BasisCommand)
	e.seen, e.wanted = "from "+party(o.From), "only from "+party(o.PDU.Command.From)
	e.message = fmt.Sprintf("%s sent %s, which only %s may send. Which end is the ESME was told by %s.",
		opening(o.From), name, party(o.PDU.Command.From), basisText(c.conn.Basis))
	a.fail(e)
}

func basisText(b session.Basis) string {
	switch b {
	case session.BasisLink:
		return "the proxy's link"
	case session.BasisBind:
		return "the bind"
	case session.BasisCommand:
		return "the first command that only one side may send"
	case session.BasisSYN:
		return "who opened the connection"
	case session.BasisPort:
		return "a known SMSC port"
	}
	return "the lower port"
}

// gapSince tells that octets of either direction were lost at or after t, so
// that the state may have moved unseen; or that it is not known which of the
// two directions moved it first.
func gapSince(c *session.Conn, t int64) bool {
	return c.Unordered || max(c.Sides[0].GapAt, c.Sides[1].GapAt) >= max(t, 1)
}

// versionBefore is the version by which what stands before the bind is
// judged: no version is in force yet.
func (a *Auditor) versionBefore(s *session.Session) dissect.Version {
	return cmp.Or(s.Version, a.profile.Spec, dissect.V34)
}

// beforeBind judges a request that stands before a successful bind.
func (a *Auditor) beforeBind(c *connState, o *session.Observed) {
	id := o.PDU.ID
	a.check(RuleCommandState)
	if mayStand(id, a.versionBefore(o.Session), o.From, o.Before) {
		if o.Before == session.StateOutbound && dissect.IsBind(id) && id != dissect.CmdBindReceiver {
			a.otherBindAfterOutbind(o)
		}
		return
	}
	if id == dissect.CmdEnquireLink || id == dissect.CmdOutbind || dissect.IsBind(id) || id == dissect.CmdGenericNack {
		if c.sess.bindSeen && c.conn.OneSided() {
			a.giveUp(RuleCommandState) // the bind may have been answered where nothing was captured
			return
		}
		a.commandStateFails(c, o, id == dissect.CmdEnquireLink)
		return
	}
	if !c.conn.SYN {
		return
	}
	a.verdict.state = true
	e := of(o, RuleBindMissing)
	e.severity = lowered(Error, gapSince(c.conn, 0))
	why := "no bind came before it"
	switch {
	case c.sess.pending != 0:
		why = "the bind was not answered yet"
	case c.sess.bindSeen:
		why = "the bind before it was not accepted"
	}
	e.seen, e.wanted = "state "+o.Before.String(), "a successful bind first"
	e.message = fmt.Sprintf("%s sent %s although %s.", opening(o.From), commandName(id), why)
	if c.sess.pending != 0 || c.sess.bindSeen && c.conn.OneSided() {
		// The bind may have been answered where nothing was captured, or the
		// capture brings the answer too late.
		c.sess.held.add(e)
		return
	}
	if h := &c.sess.held; h.n > 0 { // behind a bind whose time is over
		h.first.severity = e.severity
		a.judgeMissing(c)
	}
	a.bindMissing(c, e)
}

// otherBindAfterOutbind: v3.4 2.2.1 speaks of bind_receiver only, v5.0 2.4 of
// every bind.
func (a *Auditor) otherBindAfterOutbind(o *session.Observed) {
	if v := o.Session.Version; v == dissect.VersionUnknown || v >= dissect.V50 {
		return
	}
	e := of(o, RuleCommandState)
	e.severity = Note
	e.cause = fmt.Sprint(o.PDU.Command.Name, o.Before, o.From)
	e.seen, e.wanted = commandName(o.PDU.ID)+" after outbind", "bind_receiver"
	e.message = fmt.Sprintf("%s answers outbind with %s; version 3.4 speaks of bind_receiver there, 5.0 of any bind.",
		opening(o.From), commandName(o.PDU.ID))
	e.remedy = "Bind as receiver after outbind, unless the SMSC says otherwise."
	a.fail(e)
}

// bindMissing counts one failed check a connection.
func (a *Auditor) bindMissing(c *connState, e evidence) {
	e.quiet, c.sess.bindMissing = c.sess.bindMissing, true
	a.fail(e)
}

// commandState judges a request in a bound session.
func (a *Auditor) commandState(c *connState, o *session.Observed) {
	a.check(RuleCommandState)
	if mayStand(o.PDU.ID, o.Session.Version, o.From, o.Before) {
		return
	}
	a.commandStateFails(c, o, false)
}

func (a *Auditor) commandStateFails(c *connState, o *session.Observed, minor bool) {
	s, cmd := o.Session, o.PDU.Command
	if cmd.Vendor != "" || !cmd.Versions.Has(s.Version) {
		return // command-id-version says it
	}
	a.verdict.state = true
	e := of(o, RuleCommandState)
	e.cause = fmt.Sprint(cmd.Name, o.Before, o.From)
	offered := s.Offered != 0 && mayStand(cmd.ID, s.Offered, o.From, o.Before)
	e.severity = lowered(Error, minor || offered || gapSince(c.conn, max(s.BoundAt, s.StartedAt)))
	e.seen, e.wanted = "state "+o.Before.String(), wantedStates(cmd.ID, a.versionBefore(s), o.From)
	e.message = fmt.Sprintf("%s sent %s in state %s.", opening(o.From), cmd.Name, o.Before)
	switch {
	case o.Before == session.StateBoundRX && o.From == dissect.ESME:
		e.message += " The session is bound as receiver; only a transmitter or transceiver may send it."
		e.remedy = "Send it over a transmitter or transceiver session, or bind as transceiver."
	case o.Before == session.StateBoundTX && o.From == dissect.SMSC:
		e.message += " The session is bound as transmitter; only a receiver or transceiver takes it."
		e.remedy = "Deliver over a receiver or transceiver session of the account."
	case minor:
		e.message += " Version 3.4 allows it in bound states only; 5.0 allows it here."
		e.remedy = "Send enquire_link only after the bind was accepted."
	}
	a.fail(e)
}

// wantedStates lists the states in which the request may stand.
func wantedStates(id uint32, v dissect.Version, side dissect.Side) string {
	list := ""
	for s := session.StateOpen; s <= session.StateUnbound; s++ {
		if !mayStand(id, v, side, s) {
			continue
		}
		if list != "" {
			list += ", "
		}
		list += s.String()
	}
	return list
}

// bindRepeated: a bind while one is in force or pending (v3.4 2.3).
func (a *Auditor) bindRepeated(c *connState, o *session.Observed) {
	a.verdict.state = true
	e := of(o, RuleBindRepeated)
	since := max(o.Session.BoundAt, c.sess.pending)
	e.severity = lowered(Error, gapSince(c.conn, since))
	e.seen, e.wanted = "state "+o.Before.String(), "one bind a session"
	e.message = fmt.Sprintf("%s sent %s in a session that is bound already (%s, for %s).",
		opening(o.From), commandName(o.PDU.ID), o.Before, inSeconds(o.Time-o.Session.BoundAt))
	if !o.Before.Bound() {
		e.cause = "pending"
		e.message = fmt.Sprintf("%s sent %s while a bind sent %s before was still unanswered.",
			opening(o.From), commandName(o.PDU.ID), inSeconds(o.Time-c.sess.pending))
		c.sess.repeats.add(e)
		return
	}
	a.fail(e)
}

// trafficAfterUnbind: a new request behind unbind_resp. Version 5.0 allows
// enquire_link in state UNBOUND.
func (a *Auditor) trafficAfterUnbind(c *connState, o *session.Observed) {
	if mayStand(o.PDU.ID, o.Session.Version, o.From, session.StateUnbound) {
		return
	}
	a.verdict.state = true
	e := of(o, RuleTrafficAfterUnbind)
	e.quiet, c.sess.afterUnbind = c.sess.afterUnbind, true
	e.cause = commandName(o.PDU.ID)
	e.seen, e.wanted = e.cause+" after unbind_resp", "the end of the connection"
	e.message = fmt.Sprintf("%s sent %s %s after unbind_resp; the session was over.",
		opening(o.From), e.cause, inSeconds(o.Time-o.Session.EndedAt))
	if gapSince(c.conn, o.Session.EndedAt) {
		e.severity = Note
		e.message += " The capture lost octets meanwhile: another bind may have been among them."
	}
	a.fail(e)
}
