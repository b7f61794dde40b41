package audit

import (
	"fmt"
	"net/netip"
	"strings"

	"smpptap/analyze/session"
	"smpptap/stream"
)

// maxOthers bounds the connections without SMPP that wait for a judgement.
const maxOthers = 16_384

// Unreached is what OtherConn is told of a connection that a proxy accepted and
// for which it could not connect to the server.
const Unreached = "the server was not reached"

// otherConn is a connection that carried no SMPP.
type otherConn struct {
	conn     *stream.Conn
	protocol string
	octets   int64
	lost     bool // octets of it are missing from the capture
	ending   Ending
	open     bool  // it said nothing so far, and still may
	at       int64 // when that was known
}

// Ending is the first sign of a connection's end. At is zero where there was
// none.
type Ending struct {
	By stream.Dir
	At int64 // nanoseconds since 1970 UTC
}

// silentKey is who opens silent connections to whom.
type silentKey struct {
	client netip.Addr
	server netip.AddrPort
}

// silentState is what connection-silent keeps of a client.
type silentState struct {
	finding              *Finding
	n                    int64
	last                 int64 // opening of the last one
	shortest, longestGap int64 // between two openings
	turned               turnedAway
}

// serverState is what the rules keep of a server's end.
type serverState struct {
	smpp bool // SMPP was seen there
	idle []idleClose
	said *Finding
	seen bool // idle-close-pattern was counted
	// When it last took a bind and last sent a PDU to whom it is bound.
	boundAt, workedAt int64
}

// smppAt notes that a connection's server end speaks SMPP, and judges the
// connections that waited for knowing that.
func (a *Auditor) smppAt(c *session.Conn) {
	a.spoke(c)
	s, _ := entry(&a.links.servers, listener(c))
	if s == nil || s.smpp {
		return
	}
	s.smpp = true
	a.judgeOthers()
}

// expected tells that SMPP should have been spoken on a connection.
func (a *Auditor) expected(c *stream.Conn) bool {
	if c.Expected {
		return true
	}
	if s := a.links.servers[c.B]; s != nil && s.smpp {
		return true
	}
	s := a.links.servers[c.A]
	return !c.SYN && s != nil && s.smpp
}

// OtherConn takes a connection that ended, was left open by the input, or is
// known to carry something else, without any SMPP. protocol names what it
// carried, as far as known; lost tells that the capture lacks octets of it,
// ending what ended it.
func (a *Auditor) OtherConn(c *stream.Conn, protocol string, octets int64, lost bool, ending Ending) {
	a.otherConn(&otherConn{conn: c, protocol: protocol, octets: octets, lost: lost, ending: ending, at: a.now})
}

// MuteConn takes a connection on which nothing was said so far. It is told of
// again when it ends, or when it speaks.
func (a *Auditor) MuteConn(c *stream.Conn) {
	a.otherConn(&otherConn{conn: c, open: true, at: a.now})
}

func (a *Auditor) otherConn(x *otherConn) {
	switch {
	case a.expected(x.conn):
		a.judgeOther(x)
	case len(a.links.others) < maxOthers:
		a.links.others = append(a.links.others, *x)
	default:
		a.giveUp(RuleFramingNotSmpp)
	}
}

// judgeOthers judges those that by now are known to be out of place.
func (a *Auditor) judgeOthers() {
	kept := a.links.others[:0]
	for i := range a.links.others {
		if x := &a.links.others[i]; a.expected(x.conn) {
			a.judgeOther(x)
		} else {
			kept = append(kept, *x)
		}
	}
	clear(a.links.others[len(kept):])
	a.links.others = kept
}

func (a *Auditor) judgeOther(x *otherConn) {
	if x.protocol == Unreached {
		a.unreached(x)
		return
	}
	a.mute(x)
	if x.open || x.octets > 0 || !x.conn.SYN || x.lost {
		a.letIn(x.conn.A, x.conn.B)
	}
	if x.open {
		return
	}
	if whole := x.conn.SYN && !x.lost; x.octets == 0 && !whole {
		a.giveUp(RuleConnectionSilent) // what it carried is not in the capture
		return
	}
	a.check(RuleFramingNotSmpp)
	a.check(RuleConnectionSilent)
	if x.octets == 0 {
		a.silentConn(x)
		return
	}
	e := at(&session.Conn{Conn: x.conn}, RuleFramingNotSmpp, x.conn.Opened)
	name := x.protocol
	e.severity = Error
	switch {
	case strings.HasPrefix(strings.ToLower(name), "tls"):
		e.severity = Note
		name = "TLS"
	case name == "":
		name = "an unknown protocol"
		e.severity = lowered(Error, !x.conn.SYN || x.lost)
	}
	e.seen, e.wanted = name, "SMPP"
	e.message = fmt.Sprintf("The connection from %s to %s carries %s, where SMPP is expected.", x.conn.A, x.conn.B, name)
	if e.severity == Note && name == "an unknown protocol" {
		e.message += " The capture lacks octets of it, so that it may be SMPP."
		e.remedy = "Capture whole packets from the start, with no snap length."
	}
	if name == "TLS" {
		e.message += " What is inside cannot be checked here."
		e.remedy = "To check it, let smpptap proxy end the TLS, or capture behind the TLS endpoint."
	}
	a.fail(e)
}

// mute: bind-timeout on a connection that has not said anything. Those of one
// client are one finding: there may be thousands.
func (a *Auditor) mute(x *otherConn) {
	told := a.links.mute[x.conn]
	if !x.open {
		delete(a.links.mute, x.conn)
	}
	if told || x.octets > 0 || x.lost || !x.conn.SYN || x.at-x.conn.Opened.Time <= a.initTime() {
		return
	}
	if x.open && len(a.links.mute) >= maxOthers {
		a.giveUp(RuleBindTimeout)
		return
	}
	if x.open {
		if a.links.mute == nil {
			a.links.mute = make(map[*stream.Conn]bool)
		}
		a.links.mute[x.conn] = true
	}
	a.check(RuleBindTimeout)
	deadline := x.conn.Opened.Time + a.initTime()
	e := at(&session.Conn{Conn: x.conn}, RuleBindTimeout, stream.Stamp{Time: deadline})
	e.account = x.conn.A.Addr().String() + " " + x.conn.B.String()
	e.during(x.conn.Opened.Time, deadline)
	e.seen, e.wanted = "no octet", "a bind within "+inSeconds(a.initTime())
	e.message = fmt.Sprintf("%s has been connected to %s for %s and has sent nothing.", x.conn.A, x.conn.B, inSeconds(a.initTime()))
	a.fail(e)
}

// unreached: connection-silent, where the client is not to blame.
func (a *Auditor) unreached(x *otherConn) {
	a.check(RuleConnectionSilent)
	client, server := x.conn.A.Addr(), x.conn.B
	e := at(&session.Conn{Conn: x.conn}, RuleConnectionSilent, x.conn.Opened)
	e.account = client.String() + " " + server.String()
	e.cause = Unreached
	e.seen, e.wanted = "no connection to the server", "one"
	e.message = fmt.Sprintf("The proxy could not connect to %s, so that connections of %s came to nothing.", server, client)
	e.remedy = "Check the server's address and port, TLS, the provider's allow-list for the proxy's address, and firewalls between; the proxy's log has the error."
	a.fail(e)
}

// silentConn: connection-silent, one finding for a client and server.
func (a *Auditor) silentConn(x *otherConn) {
	key := silentKey{x.conn.A.Addr(), x.conn.B}
	s, _ := entry(&a.links.silent, key)
	if s == nil {
		s = new(silentState)
	}
	opened := x.conn.Opened.Time
	if s.n++; s.n > 1 {
		gap := opened - s.last
		if s.n == 2 {
			s.shortest, s.longestGap = gap, gap
		}
		s.shortest, s.longestGap = min(s.shortest, gap), max(s.longestGap, gap)
	}
	s.last = opened
	a.turned(s, x)
	e := at(&session.Conn{Conn: x.conn}, RuleConnectionSilent, x.conn.Opened)
	e.account = key.client.String() + " " + key.server.String()
	e.seen, e.wanted = "no octet", "a bind"
	e.message = s.words(key, a.limit.MonitorVisits)
	if f := a.fail(e); f != nil {
		s.finding = f
	}
	a.reword(s.finding, e.message)
}

// words say monitor, scan or refusal (D29): what repeats evenly is a monitor,
// unless the server will not have it.
func (s *silentState) words(k silentKey, monitor int64) string {
	if s.turned.n == s.n && !s.turned.letIn {
		text := fmt.Sprintf("%s opened %s to %s, and the server closed %s at once, without an octet.", k.client, counted(s.n, "connection"), k.server, itOrThem(s.n))
		return text + " It may refuse this address, or have no room."
	}
	text := fmt.Sprintf("%s opened and closed %s to %s without an octet.", k.client, counted(s.n, "connection"), k.server)
	if s.n >= monitor && s.shortest >= second && s.longestGap-s.shortest <= max(second, s.shortest/5) {
		return text + fmt.Sprintf(" They come every %s: a monitor or a load balancer's check.", inSeconds((s.longestGap+s.shortest)/2))
	}
	return text + " It may be a monitor or a port scan; or the server refuses this address before any PDU."
}
