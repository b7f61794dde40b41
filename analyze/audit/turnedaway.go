package audit

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// turnedAway is what address-turned-away keeps of a client address and a
// server.
type turnedAway struct {
	n     int64 // connections that the server closed at once
	first *stream.Conn
	took  int64 // how long it took at most
	letIn bool  // another of its connections was not closed so
	last  int64 // when the last one was opened
	bound bool  // between the first and the last one the server took a bind
	said  standing
}

// spoke notes that a connection got as far as a PDU.
func (a *Auditor) spoke(c *session.Conn) {
	server := listener(c)
	client := c.A
	if client == server {
		client = c.B
	}
	a.letIn(client, server)
}

// letIn notes a connection that stayed, or may have: its address is let in, or
// turned away for another reason than its being that address.
func (a *Auditor) letIn(client, server netip.AddrPort) {
	if s, _ := entry(&a.links.silent, silentKey{client.Addr(), server}); s != nil {
		s.turned.letIn = true
	}
}

// turned counts a connection that its server closed at once, without an octet
// of either side.
func (a *Auditor) turned(s *silentState, x *otherConn) {
	t, end := &s.turned, x.ending
	took := end.At - x.conn.Opened.Time
	if end.At == 0 || end.By != stream.FromB || took > a.limit.TurnedWithin || x.conn.Link != "" {
		t.letIn = true // the client could have spoken, or the server saw a proxy's address
		return
	}
	a.check(RuleAddressTurnedAway)
	if t.n++; t.first == nil {
		t.first = x.conn
	}
	t.took = max(t.took, took)
	t.last = max(t.last, x.conn.Opened.Time)
	if srv := a.links.servers[x.conn.B]; srv != nil && srv.boundAt >= t.first.Opened.Time && srv.boundAt <= x.conn.Opened.Time {
		t.bound = true
	}
}

// tookBind notes that a server took a bind.
func (a *Auditor) tookBind(c *connState, e *session.Event) {
	if s, _ := entry(&a.links.servers, listener(c.conn)); s != nil {
		s.boundAt = e.Time
	}
}

// worked notes until when a connection worked that got as far as a bind.
func (a *Auditor) worked(c *connState) {
	ss := c.conn.Session
	if ss == nil || ss.BoundAt == 0 {
		return
	}
	if s, _ := entry(&a.links.servers, listener(c.conn)); s != nil {
		s.workedAt = max(s.workedAt, c.conn.Of(dissect.SMSC).LastPDU)
	}
}

// turnedAway: address-turned-away. Only where the server worked for others
// meanwhile does it say something of the address; before the end of the input
// that is known only where it took a bind of theirs.
func (a *Auditor) turnedAway() {
	var all []silentKey
	for k, s := range a.links.silent {
		if t := &s.turned; t.letIn {
			a.overtake(&t.said, "one of them stayed.")
		} else if t.n >= a.limit.TurnedAtLeast && a.workedMeanwhile(k.server, t) {
			all = append(all, k)
		}
	}
	slices.SortFunc(all, func(x, y silentKey) int {
		return cmp.Compare(a.links.silent[x].turned.first.ID, a.links.silent[y].turned.first.ID)
	})
	for _, k := range all {
		a.wasTurnedAway(k, &a.links.silent[k].turned)
	}
}

func (a *Auditor) workedMeanwhile(server netip.AddrPort, t *turnedAway) bool {
	srv := a.links.servers[server]
	if !a.links.capture.finished {
		return t.bound
	}
	return srv != nil && srv.workedAt >= t.last
}

func (a *Auditor) wasTurnedAway(k silentKey, t *turnedAway) {
	e := at(&session.Conn{Conn: t.first}, RuleAddressTurnedAway, t.first.Opened)
	e.account = k.client.String() + " " + k.server.String()
	e.seen, e.wanted = "closed by the server before any octet", "a connection that stays for a bind"
	e.message = fmt.Sprintf("%s closed each of the %d connections of %s at once (within %s), before any octet, while it worked for other addresses.",
		k.server, t.n, k.client, inSeconds(t.took))
	if t.bound {
		e.severity = Warning
		e.message += " It took a bind from another one meanwhile."
	} else {
		e.message += " It took no new bind meanwhile, so it may have had no room for any."
	}
	a.stand(&t.said, e, t.n)
}
