package session

import (
	"smpptap/dissect"
	"smpptap/stream"
)

// State is a session's state (v3.4 2.2, v5.0 2.4).
type State uint8

// The states. StateUnknown: the capture began inside the connection and no
// bind was seen since.
const (
	StateUnknown State = iota
	StateOpen
	StateOutbound
	StateBoundTX
	StateBoundRX
	StateBoundTRX
	StateUnbound
	StateClosed
)

var stateNames = [...]string{"unknown", "open", "outbound", "bound_tx", "bound_rx", "bound_trx", "unbound", "closed"}

func (s State) String() string { return stateNames[s] }

// Known is the state as it is told: of a session without a bind in view it
// stays unknown, also behind an unbind (interfaces.md, Words).
func (s *Session) Known() State {
	if !s.BindSeen && s.State == StateUnbound {
		return StateUnknown
	}
	return s.State
}

// Bound tells whether a bind is in force.
func (s State) Bound() bool { return s >= StateBoundTX && s <= StateBoundTRX }

// BindType is transmitter, receiver or transceiver.
type BindType uint8

// The bind types.
const (
	BindNone BindType = iota
	BindTX
	BindRX
	BindTRX
)

var bindTypeNames = [...]string{"", "tx", "rx", "trx"}

func (b BindType) String() string { return bindTypeNames[b] }

// Basis says by what the ESME's end was told.
type Basis uint8

// The bases, weakest first.
const (
	BasisNone Basis = iota
	BasisLowerPort
	BasisPort // the other end's port is a known SMSC port
	BasisSYN  // it opened the connection
	BasisCommand
	BasisBind
	BasisLink // a proxy's listening side
)

// EndKind says how a connection ended.
type EndKind uint8

// The ends.
const (
	EndNone    EndKind = iota // still open when the input ended
	EndFIN                    // FIN from both sides
	EndHalf                   // a lone FIN, then no data
	EndRST                    // reset
	EndReused                 // its four-tuple was opened again
	EndUnknown                // given up (a cap), or one end vanished
)

var endNames = [...]string{"open", "fin", "half-close", "rst", "reused", "unknown"}

func (e EndKind) String() string { return endNames[e] }

// SideState is what one end of a connection did.
type SideState struct {
	Seen   bool  // a packet of it was captured
	Octets int64 // octets in PDUs, garbage and tails
	PDUs   int64
	Lost   int64 // octets known lost to gaps
	Gaps   int64
	Cut    int64 // PDUs with Missing octets
	// Times in nanoseconds since 1970 UTC; zero: never.
	FirstAt, LastAt int64 // first and last octet
	LastPDU         int64 // last whole PDU
	GapAt           int64 // last gap or cut PDU
	FINAt, RSTAt    int64
	// Outstanding counts this side's requests that wait for a response;
	// MaxOutstanding is its maximum.
	Outstanding, MaxOutstanding int

	lastFrame int64 // the packet in which the last PDU ended; zero: none
}

// Conn is a connection as the tracker sees it. Others read it only.
type Conn struct {
	*stream.Conn
	ESME    stream.Dir // which end is the ESME, when Decided
	Decided bool
	Basis   Basis
	Session *Session // the current one; nil before the first PDU
	Sides   [2]SideState
	End     EndKind
	EndedBy stream.Dir // who sent the first FIN or the RST
	EndedAt int64
	// Conflicts counts stream conflicts.
	Conflicts int64
	// Unordered: the capture has the two directions out of step, so that it
	// does not show which of two PDUs of unlike directions came first.
	Unordered bool
	// Rules is what the rules keep of the connection. It is theirs; it stands
	// here so that no table has to be asked for every PDU.
	Rules any

	tables [2]table   // requests by the dir of their sender
	early  [2]earlies // responses that wait for their request, by their own dir
	closed bool
}

// Sender is the side that sends in dir.
func (c *Conn) Sender(dir stream.Dir) dissect.Side {
	if !c.Decided {
		return dissect.SideUnknown
	}
	if dir == c.ESME {
		return dissect.ESME
	}
	return dissect.SMSC
}

// DirOf is the direction in which side sends.
func (c *Conn) DirOf(side dissect.Side) stream.Dir {
	if side == dissect.ESME {
		return c.ESME
	}
	return c.ESME.Other()
}

// Of gives the state of the end that plays side.
func (c *Conn) Of(side dissect.Side) *SideState { return &c.Sides[c.DirOf(side)] }

// OneSided tells that nothing of one direction was captured although the
// other one spoke.
func (c *Conn) OneSided() bool {
	a, b := &c.Sides[stream.FromA], &c.Sides[stream.FromB]
	return a.PDUs > 0 && !b.captured() || b.PDUs > 0 && !a.captured()
}

func (s *SideState) captured() bool { return s.Seen || s.Octets > 0 || s.Lost > 0 || s.FINAt != 0 }

// FollowsBind tells that a frame was sent behind a successful bind, so that no
// password is to be expected in it. What opens a stream may be a bind whose
// beginning was not captured; its answer may come out first.
func (c *Conn) FollowsBind(f *stream.Frame) bool {
	s := c.Session
	return s != nil && s.BoundAt != 0 && f.Offset > 0 && f.Began.Time > s.BoundAt
}

// Complete tells that the connection's opening was seen and nothing of it is
// known to be lost.
func (c *Conn) Complete() bool {
	a, b := &c.Sides[stream.FromA], &c.Sides[stream.FromB]
	return c.SYN && a.Gaps == 0 && b.Gaps == 0 && a.Cut == 0 && b.Cut == 0
}

// Session is one dialogue on one connection (interfaces.md, Words).
type Session struct {
	ID   int64 // from 1 in order of the first PDU
	Conn *Conn

	State State
	// The last bind's values, without the password. BindSeen: a bind request
	// was seen; else SystemID is empty and Presumed may hold a bind type
	// that the traffic suggests.
	BindSeen         bool
	SystemID         string
	SystemType       string
	InterfaceVersion uint8
	BindType         BindType
	Presumed         bool
	BindStatus       uint32
	BindAnswered     bool
	// SCVersion is sc_interface_version of the bind response; HasSC tells
	// whether it was there.
	SCVersion uint8
	HasSC     bool
	// Version is in force; zero: unknown. Offered is a higher one that the
	// server offered; zero: none.
	Version, Offered dissect.Version

	StartedAt, BoundAt, EndedAt int64
	PDUsToSMSC, PDUsToESME      int64
	// UnbindBy is the side that sent unbind; UnbindAnswered: its response
	// was seen.
	UnbindBy       dissect.Side
	UnbindAnswered bool

	submits, delivers bool // the ESME submitted, the SMSC delivered: see presume
	versionSeen       bool // the bind's interface_version was captured
}
