package audit

import (
	"net/netip"

	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// maxLinks bounds each table of links. Who comes after that is not judged by
// the rules that look over several connections.
const maxLinks = 65_536

// links is what the rules keep beyond one connection.
type links struct {
	deadlines deadlines
	counters  map[counterKey]*sharedCounter
	servers   map[netip.AddrPort]*serverState
	accounts  map[accountKey]*accountState
	clients   map[clientKey]*clientState
	// sweepClients is how many clients there are when they are looked at next.
	sweepClients int
	silent       map[silentKey]*silentState
	others       []otherConn           // wait until it is known whether SMPP is expected there
	mute         map[*stream.Conn]bool // open and silent, and told so by bind-timeout
	mixtures     map[mixtureKey]*mixture
	packings     map[packingKey]*packings
	capture      captureState
	times        linkTimes
	scratch      dissect.PDU
	// standingAt is when judgeStanding judged last.
	standingAt int64
}

// counterKey is an address in one role.
type counterKey struct {
	addr netip.Addr
	side dissect.Side
}

// accountKey is an account (interfaces.md, Words).
type accountKey struct {
	server netip.AddrPort
	system string
}

// clientKey is an account as one client address uses it.
type clientKey struct {
	accountKey
	client netip.Addr
}

func (k accountKey) String() string {
	if !k.server.IsValid() { // joined over all servers
		return k.system
	}
	return k.server.String() + " " + k.system
}

// entry finds or makes the entry of a bounded table; nil when it is full.
func entry[K comparable, V any](m *map[K]*V, k K) (v *V, fresh bool) {
	if v = (*m)[k]; v != nil {
		return v, false
	}
	if len(*m) >= maxLinks {
		return nil, false
	}
	if *m == nil {
		*m = make(map[K]*V)
	}
	v = new(V)
	(*m)[k] = v
	return v, true
}

// end gives the address of the end that sends in dir.
func end(c *stream.Conn, dir stream.Dir) netip.AddrPort {
	if dir == stream.FromA {
		return c.A
	}
	return c.B
}

// endOf gives the address of a side.
func endOf(c *session.Conn, side dissect.Side) netip.AddrPort {
	return end(c.Conn, c.DirOf(side))
}

// keyOf names the account of a session, whose addresses of the SMSC the
// profile may join.
func (a *Auditor) keyOf(c *session.Conn, s *session.Session) accountKey {
	if a.links.times.joined && s.SystemID != "" {
		return accountKey{system: s.SystemID}
	}
	return serverKeyOf(c, s)
}

// serverKeyOf names it at one address of the SMSC.
func serverKeyOf(c *session.Conn, s *session.Session) accountKey {
	return accountKey{endOf(c, dissect.SMSC), s.SystemID}
}

// listener is the end that was dialled; where the opening was not seen, the
// SMSC's.
func listener(c *session.Conn) netip.AddrPort {
	if c.SYN || !c.Decided {
		return c.B
	}
	return endOf(c, dissect.SMSC)
}
