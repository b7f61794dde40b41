package audit

import "smpptap/analyze/session"

// tlvOnly: receipt-tlv-only, which is legal.
func (a *Auditor) tlvOnly(o *session.Observed, st *accountJourney, v *receiptView) {
	if v.fromText || v.part || !v.flagged || len(v.tlvID) == 0 || !v.hasState || a.profile.Receipt.TLVOnly {
		return
	}
	e := of(o, RuleReceiptTlvOnly)
	if st != nil {
		e.account = st.account.Name
	}
	e.field = "receipted_message_id"
	if a.folded(&e) {
		return
	}
	e.seen, e.wanted = "id and state in TLVs", "id and stat in the text as well, where clients read that"
	e.message = "The SMSC sends receipts that tell id and state in their TLVs, receipted_message_id and message_state; their text, where there is one, does not read as a receipt."
	a.fail(e)
}
