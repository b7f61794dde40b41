package session

import (
	"net/netip"

	"smpptap/dissect"
	"smpptap/stream"
)

// AccountKey names an account (interfaces.md, Words): the SMSC's address and
// the system_id, or the link of a proxy and the system_id; the system_id alone
// where all addresses of the SMSC are joined. The port is no part of it: that
// of receivers may be another one than that of transmitters, and an outbind
// comes from any. Where no bind was seen, nothing tells whose connection it is:
// then it is the connection alone.
type AccountKey struct {
	Link     string
	Server   netip.Addr
	SystemID string
	Conn     int64
}

// Account is what belongs to all connections of an account.
type Account struct {
	AccountKey
	ID   int64  // from 1, in order of the first PDU
	Name string // for a table or a finding's fold; empty without a bind
	// Open are connections of the account that have not ended, the newest
	// last; more than MaxOpen are not kept.
	Open []*Conn

	// lostAt is when octets of the ESME and the SMSC were last lost on a
	// connection that has ended, or before one that was seen in its middle.
	lostAt [2]int64
}

// MaxOpen bounds the open connections that an account remembers.
const MaxOpen = 256

// maxAccounts bounds the accounts of a run. Who comes later has none.
const maxAccounts = 65_536

// Accounts finds the account of a session.
type Accounts struct {
	// BySystemID joins all addresses of the SMSC to one account a system_id;
	// binds with an empty one stay apart.
	BySystemID bool

	byKey map[AccountKey]*Account
	next  int64
}

// Of finds or makes the account of a session; nil when there are too many. A
// caller with many PDUs of one session keeps what it got while the session and
// its SystemID stay.
func (t *Accounts) Of(c *Conn, s *Session) *Account {
	k := t.keyOf(c, s)
	a := t.byKey[k]
	if a == nil {
		if len(t.byKey) >= maxAccounts {
			return nil
		}
		if t.byKey == nil {
			t.byKey = make(map[AccountKey]*Account)
		}
		t.next++
		a = &Account{AccountKey: k, ID: t.next, Name: k.String()}
		t.byKey[k] = a
	}
	a.join(c)
	return a
}

// Known finds the account of a session; nil: it has none so far.
func (t *Accounts) Known(c *Conn, s *Session) *Account { return t.byKey[t.keyOf(c, s)] }

// Unnamed gives the account of a connection of which no bind was seen; nil:
// there is none.
func (t *Accounts) Unnamed(c *Conn) *Account { return t.byKey[AccountKey{Conn: c.ID}] }

// Forget drops an account that no connection belongs to any more.
func (t *Accounts) Forget(a *Account) { delete(t.byKey, a.AccountKey) }

func (t *Accounts) keyOf(c *Conn, s *Session) AccountKey {
	switch {
	case !s.BindSeen:
		return AccountKey{Conn: c.ID}
	case c.Link != "":
		return AccountKey{Link: c.Link, SystemID: s.SystemID}
	case t.BySystemID && s.SystemID != "":
		return AccountKey{SystemID: s.SystemID}
	}
	server := c.B
	if c.DirOf(dissect.SMSC) == stream.FromA {
		server = c.A
	}
	return AccountKey{Server: server.Addr(), SystemID: s.SystemID}
}

func (k AccountKey) String() string {
	switch {
	case k.Conn != 0:
		return ""
	case k.Link != "":
		return k.Link + " " + k.SystemID
	case !k.Server.IsValid():
		return k.SystemID
	}
	return k.Server.String() + " " + k.SystemID
}

// join notes a connection of the account, and that its beginning was not seen.
func (a *Account) join(c *Conn) {
	for _, o := range a.Open {
		if o == c {
			return
		}
	}
	if len(a.Open) < MaxOpen {
		a.Open = append(a.Open, c)
	}
	if !c.SYN {
		a.lost(dissect.ESME, c.Opened.Time)
		a.lost(dissect.SMSC, c.Opened.Time)
	}
}

// Leave forgets a connection that has ended, or whose next session belongs to
// another account.
func (a *Account) Leave(c *Conn) {
	a.lost(dissect.ESME, c.Of(dissect.ESME).GapAt)
	a.lost(dissect.SMSC, c.Of(dissect.SMSC).GapAt)
	for i, o := range a.Open {
		if o == c {
			a.Open = append(a.Open[:i], a.Open[i+1:]...)
			return
		}
	}
}

func (a *Account) lost(side dissect.Side, at int64) {
	p := &a.lostAt[side>>1]
	*p = max(*p, at)
}

// LostSince tells that octets of a side may have been lost at or after t, on
// any connection of the account: in a gap, a cut PDU or before the capture
// began.
func (a *Account) LostSince(side dissect.Side, t int64) bool {
	at := a.lostAt[side>>1]
	for _, c := range a.Open {
		at = max(at, c.Of(side).GapAt)
	}
	return at != 0 && at >= t
}
