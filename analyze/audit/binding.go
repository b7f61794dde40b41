package audit

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// accountState is what bind-already-bound keeps of an account.
type accountState struct{ bound []*session.Conn }

// maxBound bounds the bound connections remembered of an account.
const maxBound = 256

// onSession judges binds and the ends of sessions and connections.
func (a *Auditor) onSession(c *connState, e *session.Event) {
	switch e.Kind {
	case session.EventBind:
		a.bindAccepted(c, e)
	case session.EventBindRefused:
		a.bindRefused(c, e)
	case session.EventSessionEnd:
		a.sessionEnded(c, e)
	case session.EventConnEnd:
		a.connEnded(c, e)
	}
}

// bindRequested notes a bind and judges how late it came.
func (a *Auditor) bindRequested(c *connState, o *session.Observed) {
	s := &c.sess
	s.pending = o.Time
	if s.bindSeen {
		return
	}
	s.bindSeen = true
	since := c.conn.Opened.Time
	if limit := a.initTime(); c.conn.SYN && !s.bindLate && o.Time-since > limit {
		s.bindLate = true
		e := of(o, RuleBindTimeout)
		e.during(since, o.Time)
		e.seen, e.wanted = inSeconds(o.Time-since), "a bind within "+inSeconds(limit)
		e.message = fmt.Sprintf("The bind came only %s after the connection was opened.", inSeconds(o.Time-since))
		a.fail(e)
	}
}

// initTime is the session_init_timer (v3.4 7.2).
func (a *Auditor) initTime() int64 {
	return int64(cmp.Or(a.profile.Timers.SessionInit, time.Minute))
}

// bindOverdue: bind-timeout on a connection that still has no bind.
func (a *Auditor) bindOverdue(c *connState, deadline int64) {
	c.sess.bindLate = true
	if gapSince(c.conn, 0) || c.conn.OneSided() {
		a.giveUp(RuleBindTimeout)
		return
	}
	e := at(c.conn, RuleBindTimeout, stream.Stamp{Time: deadline})
	e.during(c.conn.Opened.Time, deadline)
	e.seen, e.wanted = "no bind", "a bind within "+inSeconds(a.initTime())
	e.message = fmt.Sprintf("The connection has been open for %s and no bind was sent.", inSeconds(a.initTime()))
	a.fail(e)
}

func (a *Auditor) bindAccepted(c *connState, e *session.Event) {
	s := e.Session
	a.release(c, e.Resp.Time)
	c.sess.pending = 0
	c.sess.boundSince, c.sess.boundPDU, c.sess.boundFrame = e.Resp.Time, e.Resp.Number, e.Resp.Frame
	c.sess.timing.start(e.Resp.Time)
	a.rearm(c)
	a.check(RuleBindRefused)
	a.check(RuleBindAlreadyBound)
	a.countBinds(c, s)
	if !s.BindSeen {
		return
	}
	if acc, _ := entry(&a.links.accounts, a.keyOf(c.conn, s)); acc != nil && len(acc.bound) < maxBound {
		acc.drop(c.conn)
		acc.bound = append(acc.bound, c.conn)
	}
	a.versions(e)
}

// drop forgets a connection.
func (acc *accountState) drop(c *session.Conn) {
	for i, b := range acc.bound {
		if b == c {
			acc.bound = append(acc.bound[:i], acc.bound[i+1:]...)
			return
		}
	}
}

// versions: version-disagreement.
func (a *Auditor) versions(e *session.Event) {
	s := e.Session
	if !s.HasSC || s.Version == dissect.VersionUnknown { // cut before the bind's
		return
	}
	a.check(RuleVersionDisagreement)
	if s.SCVersion == s.InterfaceVersion {
		return
	}
	ev := ofResponse(e, RuleVersionDisagreement)
	ev.field = "sc_interface_version"
	ev.seen = fmt.Sprintf("0x%02X", s.SCVersion)
	ev.wanted = fmt.Sprintf("0x%02X, as in the bind", s.InterfaceVersion)
	ev.message = fmt.Sprintf("The bind says interface_version 0x%02X, the SMSC answers sc_interface_version 0x%02X: version %s is in force.",
		s.InterfaceVersion, s.SCVersion, s.Version)
	a.fail(ev)
}

// bindRefused: bind-already-bound for ESME_RALYBND, else bind-refused.
func (a *Auditor) bindRefused(c *connState, e *session.Event) {
	a.release(c, e.Resp.Time)
	c.sess.pending = 0
	a.check(RuleBindRefused)
	a.check(RuleBindAlreadyBound)
	r := e.Req
	if r == nil {
		return
	}
	a.bindFailed(c, attempt{r.Session, r.Number, r.Frame, r.Time})
	name, def := a.status(e.Resp.Status)
	if e.Resp.Status == dissect.StatusAlreadyBound && e.Resp.ID != dissect.CmdGenericNack {
		ev := ofResponse(e, RuleBindAlreadyBound)
		ev.seen, ev.wanted = name, "0x00 (ESME_ROK)"
		ev.message = fmt.Sprintf("The SMSC refused %s of %q with %s. %s", commandName(r.ID), e.Session.SystemID, name, a.whoIsBound(c, e))
		a.fail(ev)
		return
	}
	ev := ofResponse(e, RuleBindRefused)
	ev.status, ev.cause = e.Resp.Status, r.Session.SystemID
	ev.field, ev.offset, ev.length = "command_status", 8, 4
	ev.seen, ev.wanted = name, "0x00 (ESME_ROK)"
	ev.message = fmt.Sprintf("The SMSC refused %s of %q with %s.", commandName(r.ID), e.Session.SystemID, name)
	if m := meaning(e.Resp.Status, def); m != "" {
		ev.message += " It means: " + m + "."
	}
	dissect.Decode(&a.links.scratch, r.Raw)
	if odd := a.bindOddities(c, &a.links.scratch, e.Session); len(odd) > 0 {
		ev.message += " Seen in the bind: " + strings.Join(odd, "; ") + "."
	}
	if def != nil {
		ev.remedy = def.Remedy
	}
	a.fail(ev)
}

// bindOddities lists what a refused bind shows, without the password.
func (a *Auditor) bindOddities(c *connState, p *dissect.PDU, s *session.Session) []string {
	var odd []string
	say := func(format string, args ...any) { odd = append(odd, fmt.Sprintf(format, args...)) }
	whole := func(id dissect.ParamID) bool { _, ok := p.Field(id); return ok } // what the capture cut is not empty
	if whole(dissect.ParamSystemID) {
		textOddities("system_id", p.Bytes(dissect.ParamSystemID), 15, say)
	}
	if whole(dissect.ParamPassword) {
		pass := p.Bytes(dissect.ParamPassword)
		textOddities("password", pass, 8, say)
		if len(pass) == 8 {
			say("password has exactly 8 characters (a longer one may have been cut)")
		}
	}
	if whole(dissect.ParamSystemType) {
		say("system_type %q", s.SystemType)
	}
	if whole(dissect.ParamInterfaceVersion) {
		say("interface_version 0x%02X", s.InterfaceVersion)
	}
	if r := p.Bytes(dissect.ParamAddressRange); len(r) > 0 {
		say("address_range is set")
	}
	here := endOf(c.conn, dissect.ESME).Addr()
	say("client address %s", here)
	if acc := a.links.accounts[a.keyOf(c.conn, s)]; acc != nil {
		for _, b := range acc.bound {
			if other := endOf(b, dissect.ESME).Addr(); other != here {
				say("the same system_id is bound from %s (an allow-list of addresses?)", other)
				break
			}
		}
	}
	return odd
}

func textOddities(name string, b []byte, limit int, say func(string, ...any)) {
	switch {
	case len(b) == 0:
		say("%s is empty", name)
		return
	case len(b) > limit:
		say("%s has %d characters, the limit is %d", name, len(b), limit)
	}
	for _, x := range b {
		if x <= ' ' || x > '~' {
			say("%s holds white space or an octet outside ASCII", name)
			return
		}
	}
}

// whoIsBound says what of the account is up when a bind gets ESME_RALYBND.
func (a *Auditor) whoIsBound(c *connState, e *session.Event) string {
	if e.Req.State.Bound() {
		return "This connection is bound already."
	}
	acc := a.links.accounts[a.keyOf(c.conn, e.Session)]
	up, silent := 0, ""
	if acc != nil {
		for _, b := range acc.bound {
			if b == c.conn {
				continue
			}
			up++
			last := max(b.Sides[0].LastPDU, b.Sides[1].LastPDU)
			if idle := e.Time - last; idle >= a.limit.HalfOpen && silent == "" {
				silent = fmt.Sprintf("An older connection from %s never closed and has been silent for %s: the server still counts it",
					endOf(b, dissect.ESME), inSeconds(idle))
			}
		}
	}
	switch {
	case silent != "" && a.profile.Inactivity.Timeout > 0:
		return silent + fmt.Sprintf(" until its inactivity time of %s is over.", inSeconds(int64(a.profile.Inactivity.Timeout)))
	case silent != "":
		return silent + "."
	case up > 0:
		return fmt.Sprintf("%s of the account %s up at that moment: the account limit looks like %d.", counted(int64(up), "session"), were(up), up)
	}
	return "No other session of the account is in sight: another host may hold it, or the server still counts a connection that closed before."
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}
