package session

import (
	"slices"

	"smpptap/dissect"
	"smpptap/stream"
)

// bindTypeOf gives what a bind of this command_id leads to.
func bindTypeOf(id uint32) (BindType, State) {
	switch id {
	case dissect.CmdBindTransmitter:
		return BindTX, StateBoundTX
	case dissect.CmdBindReceiver:
		return BindRX, StateBoundRX
	case dissect.CmdBindTransceiver:
		return BindTRX, StateBoundTRX
	}
	return BindNone, StateUnknown
}

// Decisive tells which side alone may send a command; strong: a bind or its
// response, which decides over all else (interfaces.md, direction).
func Decisive(p *dissect.PDU) (side dissect.Side, strong bool) {
	if p.Command == nil || p.Command.From == dissect.Either || p.ID == dissect.CmdGenericNack {
		return dissect.SideUnknown, false
	}
	return p.Command.From, dissect.IsBind(p.ID &^ dissect.ResponseBit)
}

// Decide settles which end is the ESME, for the connection's life.
func (t *Tracker) Decide(c *Conn, esme stream.Dir, by Basis) {
	if !c.Decided {
		c.Decided, c.ESME, c.Basis = true, esme, by
	}
}

// DecideByAddress settles it where no PDU does: the sender of the SYN is the
// ESME; else the end with a known SMSC port is the SMSC; else the lower port.
func (t *Tracker) DecideByAddress(c *Conn) {
	a, b := c.Port(stream.FromA), c.Port(stream.FromB)
	switch pa, pb := t.smscPort(a), t.smscPort(b); {
	case c.SYN:
		t.Decide(c, stream.FromA, BasisSYN)
	case pb && !pa:
		t.Decide(c, stream.FromA, BasisPort)
	case pa && !pb:
		t.Decide(c, stream.FromB, BasisPort)
	case a < b:
		t.Decide(c, stream.FromB, BasisLowerPort)
	default:
		t.Decide(c, stream.FromA, BasisLowerPort)
	}
}

func (t *Tracker) smscPort(p uint16) bool {
	return p == stream.SMPPPort || slices.Contains(t.opt.Ports, p)
}

// bindRequested notes a bind: the last one's values count.
func (t *Tracker) bindRequested(s *Session, p *dissect.PDU) {
	s.BindSeen, s.Presumed = true, false
	s.SystemID = string(p.Bytes(dissect.ParamSystemID))
	s.SystemType = string(p.Bytes(dissect.ParamSystemType))
	v, whole := p.U8(dissect.ParamInterfaceVersion)
	s.InterfaceVersion, s.versionSeen = v, whole
	s.BindType, _ = bindTypeOf(p.ID)
	s.BindAnswered, s.BindStatus, s.HasSC, s.SCVersion = false, 0, false, 0
	s.Version, s.Offered = s.asked(), 0
}

// asked is the version that the bind asks for; unknown where the capture cut
// the bind before it.
func (s *Session) asked() dissect.Version {
	if !s.versionSeen {
		return dissect.VersionUnknown
	}
	return versionOf(s.InterfaceVersion)
}

// bindAnswered moves the state by a bind's response.
func (t *Tracker) bindAnswered(c *Conn, r *Request, resp Response, p *dissect.PDU) {
	s := r.Session
	s.BindAnswered, s.BindStatus = true, resp.Status
	kind := EventBindRefused
	if resp.Status == 0 && resp.ID != dissect.CmdGenericNack {
		kind = EventBind
		_, s.State = bindTypeOf(r.ID)
		s.BoundAt = resp.Time
		t.agreeVersion(s, p)
	}
	t.emit(Event{Kind: kind, Conn: c, Session: s, Req: r, Resp: resp, PDU: p, Time: resp.Time, Latency: -1})
}

// boundUnseen takes a bind response whose request was not captured.
func (t *Tracker) boundUnseen(c *Conn, o *Observed) {
	s := o.Session
	if s.State.Bound() || s.State == StateUnbound || o.PDU.Status != 0 || o.From == dissect.ESME {
		return
	}
	s.BindType, s.State = bindTypeOf(o.PDU.ID &^ dissect.ResponseBit)
	s.BindAnswered, s.BoundAt = true, o.Time
	t.emit(Event{Kind: EventBind, Conn: c, Session: s, Resp: responseOf(o), PDU: o.PDU, Time: o.Time, Latency: -1})
}

// agreeVersion sets the version in force: the lower of the two offers, and
// without sc_interface_version the bind's, put through the fallback.
func (t *Tracker) agreeVersion(s *Session, p *dissect.PDU) {
	bind := s.asked()
	s.Version, s.Offered = bind, 0
	if v, ok := p.TLV(dissect.TagSCInterfaceVersion); ok && v.Len == 1 && len(p.TLVValue(v)) == 1 {
		s.SCVersion, s.HasSC = p.TLVValue(v)[0], true
		if bind == dissect.VersionUnknown {
			return
		}
		sc := versionOf(s.SCVersion)
		s.Version = min(bind, sc)
		if sc > s.Version {
			s.Offered = sc
		}
		return
	}
	if int(p.Length) > len(p.Raw) { // the capture cut the answer
		s.offerUnseen()
		return
	}
	if t.opt.Fallback != nil && bind != dissect.VersionUnknown {
		s.Version = t.opt.Fallback(s.InterfaceVersion, bind)
	}
}

// offerUnseen lets the server have offered any version: the capture lacks what
// would tell.
func (s *Session) offerUnseen() {
	if s.Version != dissect.VersionUnknown && s.Version < dissect.V50 {
		s.Offered = dissect.V50
	}
}

// versionOf reads an interface_version: up to 0x33 all mean 3.3 or earlier
// (v3.4 5.2.4).
func versionOf(v uint8) dissect.Version {
	switch {
	case v <= 0x33:
		return dissect.V33
	case v < 0x50:
		return dissect.V34
	default:
		return dissect.V50
	}
}

func (t *Tracker) unbound(s *Session, at int64) {
	s.State, s.UnbindAnswered, s.EndedAt = StateUnbound, true, at
}

// presume derives a bind type from the traffic where no bind was seen.
func presume(s *Session, id uint32) {
	switch id {
	case dissect.CmdSubmitSM, dissect.CmdSubmitMulti:
		s.submits = true
	case dissect.CmdDeliverSM:
		s.delivers = true
	default:
		return
	}
	switch {
	case s.submits && s.delivers:
		s.BindType = BindTRX
	case s.submits:
		s.BindType = BindTX
	default:
		s.BindType = BindRX
	}
	s.Presumed = true
}
