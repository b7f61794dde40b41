package audit

import (
	"bytes"
	"fmt"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// match finds the message that a receipt is about; false: none is known yet.
func (a *Auditor) match(c *connState, o *session.Observed, st *accountJourney, v *receiptView) bool {
	state, final := a.outcome(v)
	m, relation, doubt := a.find(st, v)
	if m == nil {
		a.hold(o, st, v, state, final, doubt)
		return false
	}
	for _, r := range [...]RuleID{RuleReceiptUnmatched, RuleReceiptConflict, RuleReceiptDuplicate, RuleReceiptBeforeResponse} {
		a.check(r)
	}
	if a.journeys.Told(m) == nil {
		st.writing.Add(a.journeys.ID(m), v.certainID())
		a.learn(st, m, v.id, relation, place{o.Session, o.Number, o.Frame.At.Frame, o.Time})
		st.zone.learn(v.sent, m.SubmittedAt, &a.limit)
	}
	a.elsewhere(c, o, st, m)
	a.justBehind(c, o, st, m)
	if final && m.Final && !m.Multi {
		a.onceMore(o, m, v, state)
	}
	a.tell(m, v, o.Number, o.Time, state, final)
	a.told(m, o.Number, o.Time, state, final)
	c.jour.sent.recent.put(o.Number, m.Slot, maxRecent)
	return true
}

// find looks for a message by the TLV's id and by the text's; doubt: one of
// several may be meant, or it may be chance.
func (a *Auditor) find(st *accountJourney, v *receiptView) (m *session.Journey, r session.Relation, doubt bool) {
	m, r, doubt = a.journeys.Find(st.account, v.certainID(), &st.writing)
	if m == nil && st.writing.Learned() != session.FamilyNone {
		var any session.Writing
		if other, _, _ := a.journeys.Find(st.account, v.certainID(), &any); other != nil {
			st.writing.Missed()
		}
	}
	if m != nil || len(v.id) == 0 || len(v.tlvID) == 0 {
		return m, r, doubt
	}
	m, r, also := a.journeys.Find(st.account, v.id, &st.inText)
	return m, r, m == nil && (doubt || also)
}

// tell hands a receipt to the hook; v is nil for one that was held.
func (a *Auditor) tell(m *session.Journey, v *receiptView, number, at int64, state uint8, final bool) {
	if a.journeys.hook == nil {
		return
	}
	r := a.seen(v, number, at, state, final)
	a.journeys.hook(m, &r)
}

func (a *Auditor) seen(v *receiptView, number, at int64, state uint8, final bool) ReceiptSeen {
	r := ReceiptSeen{Number: number, Time: at, Code: state, Final: final}
	if int(state) < len(a.journeys.words) {
		r.State = string(a.journeys.words[state])
	}
	if v != nil && len(v.stat) > 0 {
		r.State = string(v.stat)
	}
	if v != nil {
		r.Err = string(v.err)
	}
	return r
}

// told notes what a receipt told of a message.
func (a *Auditor) told(m *session.Journey, number, at int64, state uint8, final bool) {
	a.journeys.Tell(m, session.Told{Receipt: number, ReceiptAt: at})
	if m.Final && !final {
		return
	}
	m.State = state
	if final && !m.Multi {
		m.Final = true
		if evicted := a.journeys.Settle(m); evicted != nil {
			a.evicted(evicted)
		}
	}
}

// onceMore: receipt-duplicate and receipt-conflict, for a second final receipt.
func (a *Auditor) onceMore(o *session.Observed, m *session.Journey, v *receiptView, state uint8) {
	if m.State != state {
		a.conflict(o, m, v, state)
		return
	}
	e := of(o, RuleReceiptDuplicate)
	if a.folded(&e) {
		return
	}
	first := a.journeys.Told(m)
	e.seen = "id:" + shown(v.anyID()) + ", " + stateShown(v, state)
	e.wanted = "one final receipt"
	e.message = fmt.Sprintf("The receipt of message %s came again, %s after the first; %s.",
		shown(v.anyID()), inSeconds(o.Time-first.ReceiptAt), a.answerWords(first))
	a.fail(e)
}

// answerWords say what became of the receipt before.
func (a *Auditor) answerWords(t *session.Told) string {
	switch {
	case t.Answer == 0:
		return "the first was not answered until then"
	case t.Answer < 0:
		return "the first was refused"
	case t.Answer > a.limit.LateReceipt:
		return "the first was answered late, after " + inSeconds(t.Answer)
	}
	return "the first was answered in time, after " + inSeconds(t.Answer)
}

func (a *Auditor) conflict(o *session.Observed, m *session.Journey, v *receiptView, state uint8) {
	e := of(o, RuleReceiptConflict)
	if a.folded(&e) {
		return
	}
	first := string(a.journeys.words[m.State])
	e.seen, e.wanted = stateShown(v, state), first+", as before"
	e.message = fmt.Sprintf("Message %s has two final receipts: %s, and %s %s later.",
		shown(v.anyID()), first, stateShown(v, state), inSeconds(o.Time-a.journeys.Told(m).ReceiptAt))
	a.fail(e)
}

// stateShown is the state as the receipt writes it.
func stateShown(v *receiptView, state uint8) string {
	if len(v.stat) > 0 {
		return shown(v.stat)
	}
	return fmt.Sprintf("message_state %d", state)
}

// hold keeps a receipt whose message is not known: its response may follow.
func (a *Auditor) hold(o *session.Observed, st *accountJourney, v *receiptView, state uint8, final, doubt bool) {
	m, old, evicted := a.journeys.Hold(st.account, v.anyID())
	a.checks[RuleReceiptUnmatched].Unchecked += evicted
	if old {
		m.More++
	} else {
		m.Session, m.Receipt, m.Frame, m.ReceiptAt = o.Session, o.Number, o.Frame.At.Frame, o.Time
		m.Sent, _ = readDate(v.sent)
	}
	m.State, m.Final, m.Doubt = state, final, m.Doubt || doubt
	if a.journeys.held == nil {
		return
	}
	r := ReceiptHeld{
		ReceiptSeen: a.seen(v, o.Number, o.Time, state, final),
		Account:     st.account.Name, ID: string(v.certainID()), Again: old,
	}
	if len(v.id) > 0 && !bytes.Equal(v.id, v.certainID()) {
		r.OtherID = string(v.id)
	}
	a.journeys.held(&r)
}

// early: receipt-before-response.
func (a *Auditor) early(st *accountJourney, m *session.Journey, resp *session.Event, held *session.HeldReceipt) {
	n := 1 + held.More
	for _, r := range [...]RuleID{RuleReceiptUnmatched, RuleReceiptConflict, RuleReceiptDuplicate, RuleReceiptBeforeResponse} {
		a.checks[r].Checked += n
	}
	if !responseStoodFirst(resp, held) {
		e := ofHeld(held, RuleReceiptBeforeResponse)
		id := shown(a.journeys.ID(m))
		e.seen, e.wanted = "receipt of "+id, "submit_sm_resp first"
		e.message = fmt.Sprintf("The receipt of message %s came %s before the response that tells its id: the client cannot know it yet.",
			id, inSeconds(resp.Resp.Time-held.ReceiptAt))
		if held.Session != resp.Req.Session {
			e.message += " It came over another connection."
		}
		a.fail(e)
	}
	heldID := a.journeys.HeldID(held)
	a.learn(st, m, heldID, session.Relate(a.journeys.ID(m), heldID), placeOf(held))
	number, at, state, final := held.Receipt, held.ReceiptAt, held.State, held.Final
	a.journeys.Release(held)
	a.tell(m, nil, number, at, state, final)
	a.told(m, number, at, state, final)
}

// responseStoodFirst tells a response that was sent before the receipt and had
// to wait for its request, which a hole in the other direction held back.
func responseStoodFirst(resp *session.Event, held *session.HeldReceipt) bool {
	return resp.Resp.Time < held.ReceiptAt || held.Session == resp.Req.Session && resp.Resp.Number < held.Receipt
}

// ofHeld starts evidence from a receipt that was held.
func ofHeld(m *session.HeldReceipt, id RuleID) evidence {
	p := placeOf(m)
	return p.evidence(id)
}

// expireReceipts judges receipts that waited long enough for the response of
// their message; over: the input has ended.
func (a *Auditor) expireReceipts(now int64, over bool) {
	wait := a.journeys.wait
	for m := a.journeys.OldestHeld(); m != nil && (over || m.ReceiptAt+wait <= now); m = a.journeys.OldestHeld() {
		if !a.unmatchedReceipt(m) && a.journeys.stays != nil {
			a.journeys.stays(m.Receipt)
		}
		a.journeys.Release(m)
	}
}

// unmatchedReceipt: receipt-unmatched. matched: what became known meanwhile
// tells its message.
func (a *Auditor) unmatchedReceipt(m *session.HeldReceipt) (matched bool) {
	st := a.journeys.accounts[m.Account]
	n := 1 + m.More
	if st == nil || st.evicted {
		a.checks[RuleReceiptUnmatched].Unchecked += n
		return false
	}
	a.checks[RuleReceiptUnmatched].Checked += n
	if found, r, doubt := a.journeys.Find(m.Account, a.journeys.HeldID(m), &st.inText); found != nil {
		a.learn(st, found, a.journeys.HeldID(m), r, placeOf(m)) // what the account does became known meanwhile
		a.tell(found, nil, m.Receipt, m.ReceiptAt, m.State, m.Final)
		a.told(found, m.Receipt, m.ReceiptAt, m.State, m.Final)
		return true
	} else if doubt {
		a.checks[RuleReceiptUnmatched].Checked -= n
		a.checks[RuleReceiptUnmatched].Unchecked += n
		return false
	} else if a.surelyInside(st, m) {
		a.unmatchedFails(m, n, Warning)
		return false
	}
	a.unmatchedFails(m, n, Note)
	return false
}

func (a *Auditor) unmatchedFails(m *session.HeldReceipt, n int64, severity Severity) {
	e, id := ofHeld(m, RuleReceiptUnmatched), shown(a.journeys.HeldID(m))
	e.severity = severity
	e.seen, e.wanted = "id:"+id, "an id that a response gave"
	e.message = fmt.Sprintf("The receipt names message %s, which no response of the account in sight has given, in whatever way of writing.", id)
	switch {
	case a.wasGiven(m.Session, a.journeys.HeldID(m)):
		e.severity = Note
		e.wanted = "the id of a message in sight"
		e.message = fmt.Sprintf("The receipt names message %s. A response gave this id, but it answers no submission in sight.", id)
	case severity == Note:
		e.message += " It may have been submitted before the capture or elsewhere."
	default:
		e.message += " By its submit date the submission should be in the capture."
	}
	f := a.fail(e)
	a.checks[e.rule].Failed += n - 1
	if f != nil {
		f.Count += n - 1
	}
}

// surelyInside tells that the message was submitted while all connections of
// the account were watched, by more than a minute.
func (a *Auditor) surelyInside(st *accountJourney, m *session.HeldReceipt) bool {
	acc := st.account
	if m.Sent == 0 || st.nameless > 0 || acc.Conn != 0 || !st.zone.sure(a.limit.DatesAtLeast) || acc.LostSince(dissect.ESME, 1) || acc.LostSince(dissect.SMSC, 1) {
		return false
	}
	sent := m.Sent - st.zone.offset
	return sent > a.journeys.begun+a.limit.Inside && sent+minute < a.now-a.limit.Inside
}
