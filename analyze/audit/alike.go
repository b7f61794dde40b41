package audit

import (
	"fmt"

	"smpptap/analyze/profile"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// mixture counts the messages of an account that carry a TLV and those that
// do not.
type mixture struct {
	with, without int64
	cause         string // of the finding
}

type mixtureKey struct {
	account int64
	tag     uint16
}

// alikeTLV: required-tlv, for a TLV of which it is not known who adds it: the
// messages of an account should be alike. The rarer kind is what is odd, so
// each message counts that is not as the ones before it.
func (a *Auditor) alikeTLV(c *connState, o *session.Observed, t *profile.TLVRule) {
	acc := a.accountOf(c, o.Session)
	if acc == nil {
		return
	}
	m := a.mixtureOf(c, mixtureKey{acc.ID, t.Tag})
	if m == nil {
		return
	}
	if m.cause == "" {
		m.cause = t.Name + " mixed"
	}
	tlv, there := o.PDU.TLV(t.Tag)
	same, others := &m.with, m.without
	if !there {
		same, others = &m.without, m.with
	}
	if *same++; *same > others || others == 0 {
		return
	}
	a.mixed(acc, o, t, m, tlv, there)
}

// mixtureOf gives an account's, which a connection keeps at hand; nil: there are
// too many.
func (a *Auditor) mixtureOf(c *connState, k mixtureKey) *mixture {
	at := &c.pdus.mixtures[k.tag%uint16(len(c.pdus.mixtures))]
	if at.of == nil || at.key != k {
		at.key = k
		at.of, _ = entry(&a.links.mixtures, k)
	}
	return at.of
}

// mixed tells of a message that is not as the ones before it.
func (a *Auditor) mixed(acc *session.Account, o *session.Observed, t *profile.TLVRule, m *mixture, tlv dissect.TLV, there bool) {
	e := of(o, RuleRequiredTlv)
	e.severity, e.account, e.field, e.cause = Note, acc.Name, t.Name, m.cause
	e.offset = len(o.PDU.Raw)
	if there {
		e.offset, e.length = int(tlv.Off), 4+int(tlv.Len)
	}
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = "some with, some without", fmt.Sprintf("TLV 0x%04X (%s) in all or in none", t.Tag, t.Name)
	e.message = fmt.Sprintf("The account sends some messages to such numbers with TLV 0x%04X and some without (%d and %d up to here).", t.Tag, m.with, m.without)
	e.remedy = "Find which of the applications behind the account sends them without; where the platform adds the TLV, none should send it. Say which holds by instance in a profile of your own."
	a.fail(e)
}
