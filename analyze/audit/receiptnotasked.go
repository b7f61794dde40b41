package audit

import (
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// Bits of registered_delivery (v3.4 5.2.17).
const registeredReceipt = 0x03

// noteAsked counts an accepted message, and tells whether it asks for a
// receipt.
func (a *Auditor) noteAsked(c *connState, st *accountJourney, r *session.Request) (asks bool) {
	v, known := a.registeredOf(c, r)
	asks = v&registeredReceipt != 0
	st.asksUnseen = st.asksUnseen || !known
	st.accepted++
	if asks {
		st.asked++
	} else {
		st.asksElse |= v
	}
	if st.accepted == 1 || asks && st.asked == 1 {
		st.first = ofRequest(r, RuleReceiptNotAsked)
	}
	return asks
}

// notAsked: receipt-not-asked. Where receipts come all the same, or the provider
// does not heed the field, nothing is amiss.
func (a *Auditor) notAsked(st *accountJourney) {
	if st.accepted < a.limit.AskedAtLeast || a.profile.Fields.RegisteredDelivery.Ignored {
		return
	}
	none := st.asked == 0 && st.came == 0
	unseen := none && st.asksUnseen // one of the messages that lack octets may ask
	if a.links.capture.finished {
		if unseen {
			a.giveUp(RuleReceiptNotAsked)
			return
		}
		a.check(RuleReceiptNotAsked)
	}
	if !none {
		a.overtake(&st.notAsked, "messages ask for one, or receipts come.")
		return
	}
	if unseen || !a.stood(st.first.time) {
		return
	}
	e := st.first
	e.account = st.account.Name
	e.field = "registered_delivery"
	e.seen, e.wanted = "no request for a receipt", "0x01 where a receipt is wanted"
	e.message = fmt.Sprintf("None of the %d accepted messages%s asks for a receipt: registered_delivery is 0 in all of them.", st.accepted, ofSystem(st))
	if st.asksElse != 0 {
		e.message = fmt.Sprintf("None of the %d accepted messages%s asks for a receipt: the bits 0x%02X that some of them have in registered_delivery ask for something else.",
			st.accepted, ofSystem(st), st.asksElse)
	}
	if st.account.LostSince(dissect.ESME, 1) {
		e.message += " The capture lacks octets in which others may ask."
	}
	if st.account.Conn == 0 && !st.receiver && !st.unsure && st.delivers == 0 {
		e.message += " It binds no receiver in sight either."
	}
	a.stand(&st.notAsked, e, 1)
}

// ofSystem names an account by its system_id, where it is known.
func ofSystem(st *accountJourney) string {
	if st.account.SystemID == "" {
		return ""
	}
	return " of " + st.account.SystemID
}
