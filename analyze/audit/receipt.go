package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// checkReceipt judges what the SMSC delivers as a receipt.
func (a *Auditor) checkReceipt(c *connState, o *session.Observed) {
	if a.journeys.begun == 0 {
		a.journeys.begun = o.Time
	}
	if o.From != dissect.SMSC || o.Cut || o.PDU.ID != dissect.CmdDeliverSM && o.PDU.ID != dissect.CmdDataSM {
		return
	}
	a.deliverSent(c, o)
	if a.verdict.broken || o.PDU.Broken {
		return
	}
	a.check(RuleReceiptNotFlagged)
	st := a.journeyOf(c, o.Session)
	if st != nil {
		st.delivers++
		st.notesAsked(o.PDU)
	}
	v := &a.journeys.view
	if !a.readReceipt(v, o.PDU) {
		return
	}
	if st != nil {
		st.came++
	}
	a.check(RuleReceiptMalformed)
	a.check(RuleReceiptStateMismatch)
	if a.receiptMalformed(o, v) && len(v.anyID()) == 0 {
		return
	}
	if !a.off[RuleReceiptStateUnknown] && len(v.stat) > 0 {
		a.stateUnknown(o, v)
	}
	a.stateMismatch(o, v)
	a.check(RuleReceiptTlvOnly)
	a.tlvOnly(o, st, v)
	a.checkLayout(o, st, v)
	known := false
	if st == nil {
		a.giveUp(RuleReceiptUnmatched)
	} else if len(v.anyID()) > 0 {
		known = a.match(c, o, st, v)
	}
	if !v.flagged {
		a.notFlagged(o, v, known)
	}
}

// receiptMalformed: receipt-malformed.
func (a *Auditor) receiptMalformed(o *session.Observed, v *receiptView) bool {
	if len(v.anyID()) > 0 && v.tellsState() || v.part || !v.flagged || v.intermediate && !v.fromText {
		return false
	}
	e := of(o, RuleReceiptMalformed)
	missing := "an id and a state"
	switch {
	case len(v.anyID()) > 0:
		missing = "a state"
	case v.tellsState():
		missing = "an id"
	}
	e.cause = missing
	e.field = "short_message"
	if u := o.PDU.UserData(); u.Octets != nil {
		e.offset, e.length = u.Off, len(u.Octets)
		if u.Tag != 0 {
			e.field = "message_payload"
		}
	}
	if a.folded(&e) {
		return true
	}
	e.seen, e.wanted = "a receipt without "+missing, "id and stat in the text, or receipted_message_id and message_state"
	e.message = fmt.Sprintf("esm_class says that this %s is a receipt, but neither its text nor its TLVs give %s.", o.PDU.Command.Name, missing)
	a.fail(e)
	return true
}

// notFlagged: receipt-not-flagged. A subscriber can type such a text: it is a
// receipt for certain only when its id is known.
func (a *Auditor) notFlagged(o *session.Observed, v *receiptView, known bool) {
	f, ok := o.PDU.Field(dissect.ParamEsmClass)
	if !ok {
		return
	}
	class := o.PDU.Raw[f.Off]
	if class&(dissect.EsmReceipt|dissect.EsmIntermediate) != 0 {
		return // a type that is not defined, which field-reserved says
	}
	e := of(o, RuleReceiptNotFlagged)
	e.field, e.offset, e.length = "esm_class", int(f.Off), 1
	e.severity = lowered(Warning, !known)
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = hexOctets[class], "0x04 (receipt) in its message type"
	where := "text"
	if !v.fromText {
		where = "TLVs"
	}
	e.message = fmt.Sprintf("By its %s this %s is a receipt, but esm_class %s does not say so: a client takes it for a message of a subscriber.",
		where, o.PDU.Command.Name, e.seen)
	if !known {
		e.message += " Its id is not known, so a subscriber may have written it."
	}
	a.fail(e)
}

// stateUnknown: receipt-state-unknown.
func (a *Auditor) stateUnknown(o *session.Observed, v *receiptView) {
	a.check(RuleReceiptStateUnknown)
	w := a.meaningOf(v.stat)
	if w.listed {
		return
	}
	e := of(o, RuleReceiptStateUnknown)
	c := a.state(o.Conn)
	e.cause = c.bounded(RuleReceiptStateUnknown, shown(v.stat))
	e.field = "short_message"
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = shown(v.stat), "a state of appendix B or of the profile"
	e.message = fmt.Sprintf("Receipts say stat:%s, which neither appendix B nor the profile lists.", e.seen)
	if w.known {
		e.message += fmt.Sprintf(" It is read as %s.", dissect.StateWord(w.state))
	}
	a.fail(e)
}

// shown is text of a message for words: short, and no other characters than a
// terminal takes.
func shown(b []byte) string {
	const most = 40
	more := ""
	if len(b) > most {
		b, more = b[:most], "..."
	}
	for _, o := range b {
		if o < ' ' || o > '~' {
			return fmt.Sprintf("%q", b) + more
		}
	}
	return string(b) + more
}

// stateMismatch: receipt-state-mismatch.
func (a *Auditor) stateMismatch(o *session.Observed, v *receiptView) {
	e := of(o, RuleReceiptStateMismatch)
	switch {
	case len(v.stat) > 0 && v.hasState && a.contradicts(v):
		e.cause, e.field = "state", "message_state"
		if a.folded(&e) {
			return
		}
		e.seen, e.wanted = fmt.Sprintf("message_state %d (%s)", v.tlvState, dissect.StateWord(v.tlvState)), "stat:"+shown(v.stat)
		e.message = fmt.Sprintf("The receipt's text says stat:%s, its TLV message_state %d, which is %s.", shown(v.stat), v.tlvState, dissect.StateWord(v.tlvState))
	case len(v.id) > 0 && len(v.tlvID) > 0 && session.Relate(v.tlvID, v.id) == session.RelationNone:
		e.cause, e.field = "id", "receipted_message_id"
		if a.folded(&e) {
			return
		}
		e.seen, e.wanted = shown(v.tlvID), "id:"+shown(v.id)
		e.message = fmt.Sprintf("The receipt's text says id:%s, its TLV receipted_message_id %s; no way of writing makes them one.", shown(v.id), shown(v.tlvID))
	default:
		return
	}
	if t, ok := o.PDU.TLV(map[string]uint16{"state": dissect.TagMessageState, "id": dissect.TagReceiptedMessageID}[e.cause]); ok {
		e.offset, e.length = int(t.Off), 4+int(t.Len)
	}
	a.fail(e)
}

// contradicts tells that the TLV cannot mean what the word means. Words that
// providers made up say delivered or not; only those of appendix B say more.
func (a *Auditor) contradicts(v *receiptView) bool {
	if v.tlvState > dissect.StateSkipped {
		return false // tlv-value says it
	}
	w := a.meaningOf(v.stat)
	if !w.known || w.state == v.tlvState {
		return false
	}
	return w.spec || (w.state == dissect.StateDelivered) != (v.tlvState == dissect.StateDelivered)
}
