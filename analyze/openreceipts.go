package analyze

import (
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// holds is the auditor's hook for receipts whose message is not known yet. As
// many as the auditor holds wait here for what becomes of them.
func (v *messages) holds(r *audit.ReceiptHeld) {
	x := Receipt{
		PDU: r.Number, Time: r.Time, Kind: "receipt", Account: r.Account, ID: r.ID, OtherID: r.OtherID,
		State: r.State, Err: r.Err, Final: r.Final,
	}
	if r.Again {
		v.found = append(v.found, x)
		return
	}
	if v.held == nil {
		v.held = make(map[int64]Receipt)
	}
	v.held[r.Number] = x
}

// stays is the hook for those that stay without.
func (v *messages) stays(number int64) {
	if r, ok := v.held[number]; ok {
		v.found = append(v.found, r)
		delete(v.held, number)
	}
}

// asked takes what the SMSC answered about a message: query_sm tells its
// state, cancel_sm ends it. The record tells the message by its id, as for a
// receipt that the run cannot place.
func (v *messages) asked(e *session.Event, account string, pdu *dissect.PDU) {
	resp, ok := e.Req.Answer()
	if !ok || resp.Status != 0 || e.Kind != session.EventAnswered && e.Kind != session.EventAnsweredLate {
		return
	}
	r := Receipt{PDU: resp.Number, Time: resp.Time, Account: account}
	switch e.Req.ID {
	case dissect.CmdQuerySM:
		if e.PDU == nil {
			return
		}
		state, known := e.PDU.U8(dissect.ParamMessageState)
		if !known {
			return
		}
		r.Kind, r.ID, r.State = "query", givenID(e), dissect.StateWord(state)
		_, r.Final, _ = dissect.ReceiptState(r.State)
	case dissect.CmdCancelSM:
		dissect.Decode(pdu, e.Req.Raw)
		r.Kind, r.ID, r.Final = "cancel", string(pdu.Bytes(dissect.ParamMessageID)), true
		r.State = dissect.StateWord(dissect.StateDeleted)
	default:
		return
	}
	if r.ID != "" {
		v.found = append(v.found, r)
	}
}
