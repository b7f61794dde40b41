package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// asksAck are the bits of registered_delivery that ask an ESME for an
// acknowledgement (v3.4 5.2.17).
const asksAck = 0x0C

// notesAsked remembers that the SMSC asked an account for acknowledgements.
func (st *accountJourney) notesAsked(p *dissect.PDU) {
	if v, _ := p.U8(dissect.ParamRegisteredDelivery); v&asksAck != 0 {
		st.acks = true
	}
}

// classMixed: esm-class-mixed. An acknowledgement is short; that of a message
// which asked for it may be anything all the same.
func (a *Auditor) classMixed(c *connState, o *session.Observed, m *content) {
	kind := m.class & dissect.EsmTypeMask
	if kind != dissect.EsmDeliveryAck && kind != dissect.EsmUserAck || m.kind == "" || m.total < 2 {
		return
	}
	st := a.journeyOf(c, o.Session)
	if st != nil && st.acks {
		return
	}
	f, _ := o.PDU.Field(dissect.ParamEsmClass)
	e := of(o, RuleEsmClassMixed)
	unseen := st == nil || st.account.Conn != 0 || st.account.LostSince(dissect.SMSC, 1)
	e.severity = lowered(Warning, unseen)
	e.field, e.offset, e.length = "esm_class", int(f.Off), 1
	e.cause = hexOctets[m.class]
	if a.folded(&e) {
		return
	}
	what := "a delivery acknowledgement of an ESME"
	if kind == dissect.EsmUserAck {
		what = "an acknowledgement by a user"
	}
	e.seen, e.wanted = e.cause, hexOctets[m.class&^dissect.EsmTypeMask]
	e.message = fmt.Sprintf("The ESME sends part %d of %d of a long message with esm_class %s: 0x40 announces its header, and 0x%02X says that it is %s, for which no message to the account in sight asked.",
		m.part, m.total, e.cause, kind, what)
	if unseen {
		e.message += " The capture lacks octets in which it may have been asked for."
	}
	a.fail(e)
}
