package audit

import (
	"fmt"
	"hash/maphash"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// audience is what the provider's rules keep of an account.
type audience struct {
	asks   bool      // a message asked for a receipt
	zeroes []*zeroes // of connections, until one asks
	ids    idSet     // message_ids that responses gave
	bound  []*session.Conn
	judged bool // max-binds was counted
}

// audienceKey is an account; where no bind was seen, the connection alone.
type audienceKey struct {
	accountKey
	conn int64
}

// audienceOf finds the account of the session in force; nil when the table is
// full.
func (a *Auditor) audienceOf(c *connState, s *session.Session) *audience {
	st := &c.pdus
	if st.account != nil && st.session == s && (st.whose.system == s.SystemID) {
		return st.account
	}
	k := audienceKey{accountKey: a.keyOf(c.conn, s)}
	if !s.BindSeen {
		k.conn = c.conn.ID
	}
	st.account, _ = entry(&a.audiences, k)
	st.whose, st.session = k, s
	return st.account
}

// zeroes are messages of a connection that asked for no receipt, while it is
// not known whether the account asks for any.
type zeroes struct {
	of          *audience
	n           int64
	first, last evidence
}

// maxZeroes bounds the connections that all accounts remember.
const maxZeroes = 16_384

// registered: registered-delivery-not-offered.
func (a *Auditor) registered(c *connState, o *session.Observed) {
	f, ok := o.PDU.Field(dissect.ParamRegisteredDelivery)
	r := &a.profile.Fields.RegisteredDelivery
	if !ok || r.Ignored {
		return
	}
	a.check(RuleRegisteredDeliveryNotOffered)
	v := o.PDU.Raw[f.Off]
	acc := a.audienceOf(c, o.Session)
	if v&0x03 != 0 && acc != nil && !acc.asks {
		a.nowAsks(acc)
	}
	for _, x := range r.Allowed {
		if x == v {
			return
		}
	}
	e := of(o, RuleRegisteredDeliveryNotOffered)
	e.field, e.offset, e.length, e.cause = "registered_delivery", int(f.Off), 1, hexOctets[v]
	switch {
	case v == 0:
		if !isPart(o.PDU, o.From) { // another part may ask for the receipt of all
			a.asksNothing(c, acc, e)
		}
		return
	case v&0x03 >= 2:
		e.severity = Warning
	}
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = e.cause, a.registeredWanted()
	e.remedy = "Send registered_delivery " + e.wanted + " to ask for a receipt."
	e.message = fmt.Sprintf("The ESME sends %s with registered_delivery %s, which %s does not document.", o.PDU.Command.Name, e.cause, a.profile.Title)
	a.fail(e)
}

// isPart tells a part of a long message.
func isPart(p *dissect.PDU, from dissect.Side) bool {
	var m content
	m.read(p, from)
	m.takeSAR()
	return m.total > 1
}

func (a *Auditor) registeredWanted() string {
	s := ""
	for i, v := range a.profile.Fields.RegisteredDelivery.Allowed {
		if i > 0 {
			s += " or "
		}
		s += hexOctets[v]
	}
	return s
}

// asksNothing notes a message that asks for no receipt. It is a finding only
// when the account asks for receipts elsewhere.
func (a *Auditor) asksNothing(c *connState, acc *audience, e evidence) {
	if acc == nil {
		return
	}
	if acc.asks {
		a.noReceipt(e, 1)
		return
	}
	z := c.pdus.zero
	if z == nil || z.of != acc {
		if a.zeroes >= maxZeroes {
			return
		}
		a.zeroes++
		z = &zeroes{of: acc, first: e}
		c.pdus.zero = z
		acc.zeroes = append(acc.zeroes, z)
	}
	z.n++
	z.last = e
}

// nowAsks says what was noted before the account asked for a receipt.
func (a *Auditor) nowAsks(acc *audience) {
	acc.asks = true
	for _, z := range acc.zeroes {
		a.noReceipt(z.first, z.n)
		if f := a.byKey[z.first.key()]; f != nil && z.last.time >= f.LastTime {
			f.LastTime, f.LastPDU = z.last.time, z.last.pdu
		}
	}
	a.zeroes -= len(acc.zeroes)
	acc.zeroes = nil
}

func (a *Auditor) noReceipt(e evidence, n int64) {
	e.severity = Note
	e.seen, e.wanted = e.cause, a.registeredWanted()
	e.remedy = "Send registered_delivery " + e.wanted + " where a receipt is wanted."
	e.message = "Messages ask for no receipt (registered_delivery 0x00), while the account asks for one elsewhere."
	f := a.fail(e)
	a.checks[e.rule].Failed += n - 1
	if f != nil {
		f.Count += n - 1
	}
}

// messageIDKnown: message-id-unknown.
func (a *Auditor) messageIDKnown(c *connState, o *session.Observed) {
	f, ok := o.PDU.Field(dissect.ParamMessageID)
	if !ok || f.End-f.Off <= 1 {
		return // cancel_sm by addresses
	}
	acc := a.audienceOf(c, o.Session)
	if acc == nil || acc.ids.full || !o.Session.BindSeen {
		a.giveUp(RuleMessageIdUnknown)
		return
	}
	a.check(RuleMessageIdUnknown)
	id := o.PDU.Value(f)
	if acc.ids.has(hashID(id)) {
		return
	}
	e := of(o, RuleMessageIdUnknown)
	e.field, e.offset, e.length, e.cause = "message_id", int(f.Off), int(f.End-f.Off), o.PDU.Command.Name
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = string(id), "a message_id that a response gave"
	e.message = fmt.Sprintf("%s names message_id %q, which no response of the account in sight has given.", o.PDU.Command.Name, id)
	a.fail(e)
}

// maxIDs bounds the message_ids kept, of an account and of all.
const (
	maxIDs    = 131_072
	maxAllIDs = 1 << 20
)

// gaveID remembers a message_id that a response gave.
func (a *Auditor) gaveID(c *connState, o *session.Observed, id []byte) {
	acc := a.audienceOf(c, o.Session)
	if acc == nil || acc.ids.full {
		return
	}
	if acc.ids.n >= maxIDs || a.ids >= maxAllIDs {
		a.ids -= acc.ids.n
		acc.ids = idSet{full: true}
		return
	}
	acc.ids.add(hashID(id))
	a.ids++
}

// wasGiven tells that a response of the account gave a message_id, whether its
// request was seen or not.
func (a *Auditor) wasGiven(s *session.Session, id []byte) bool {
	if s == nil {
		return false
	}
	k := audienceKey{accountKey: a.keyOf(s.Conn, s)}
	if !s.BindSeen {
		k.conn = s.Conn.ID
	}
	acc := a.audiences[k]
	return acc != nil && acc.ids.has(hashID(id))
}

var idSeed = maphash.MakeSeed()

// hashID hashes an id octet for octet: to the SMSC it is an opaque string
// (v3.4 5.2.23).
func hashID(id []byte) uint64 { return max(maphash.Bytes(idSeed, id), 1) }

// idSet is a set of hashes that are not 0. Every response adds one and hardly
// anybody asks, so they are only noted in turn, which runs through memory, until
// somebody does.
type idSet struct {
	noted []uint64 // since somebody asked
	slots []uint64 // a power of two of them, at most half of them taken
	taken int
	n     int  // added, those that came again too
	full  bool // given up: it may lack ids
}

func (s *idSet) at(h uint64) int {
	mask := len(s.slots) - 1
	i := int(h) & mask
	for s.slots[i] != 0 && s.slots[i] != h {
		i = (i + 1) & mask
	}
	return i
}

func (s *idSet) has(h uint64) bool {
	for _, x := range s.noted {
		s.settle(x)
	}
	s.noted = s.noted[:0]
	return s.taken > 0 && s.slots[s.at(h)] == h
}

func (s *idSet) add(h uint64) {
	s.noted = append(s.noted, h)
	s.n++
}

func (s *idSet) settle(h uint64) {
	if 2*(s.taken+1) > len(s.slots) {
		old := s.slots
		s.slots = make([]uint64, max(64, 4*len(old)))
		for _, x := range old {
			if x != 0 {
				s.slots[s.at(x)] = x
			}
		}
	}
	i := s.at(h)
	if s.slots[i] != h {
		s.slots[i] = h
		s.taken++
	}
}
