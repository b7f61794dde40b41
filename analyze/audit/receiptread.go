package audit

import (
	"bytes"

	"smpptap/dissect"
)

// receiptView is what a PDU says as a receipt. The slices are views, or short
// lived copies.
type receiptView struct {
	id, stat, sent, err []byte // of the text
	tlvID               []byte
	tlvState            uint8
	hasState            bool // the TLV message_state is there
	flagged             bool // esm_class says receipt or intermediate notification
	intermediate        bool
	fromText            bool // the text reads as a receipt
	layout              dissect.ReceiptLayout
	part                bool // of a long message: the rest of the text is elsewhere
}

// anyID is the id to name in words: the text's, else the TLV's.
func (v *receiptView) anyID() []byte {
	if len(v.id) > 0 {
		return v.id
	}
	return v.tlvID
}

// certainID is the id that names the message most surely: the TLV's, else the
// text's.
func (v *receiptView) certainID() []byte {
	if len(v.tlvID) > 0 {
		return v.tlvID
	}
	return v.id
}

func (v *receiptView) tellsState() bool { return len(v.stat) > 0 || v.hasState }

// readReceipt reads the receipt in a deliver_sm or data_sm; false: it is none.
func (a *Auditor) readReceipt(v *receiptView, p *dissect.PDU) bool {
	*v = receiptView{}
	class, _ := p.U8(dissect.ParamEsmClass)
	if a.digest.good&plainReceipt != 0 {
		r := &a.digest.receipt
		v.id, v.sent, v.stat, v.err, v.layout = r.ID, r.SubmitDate, r.Stat, r.Err, r.Layout
		v.fromText = true
		v.flagged = class&dissect.EsmTypeMask == dissect.EsmReceipt || class&dissect.EsmTypeMask == dissect.EsmIntermediate
		v.intermediate = class&dissect.EsmTypeMask == dissect.EsmIntermediate
		v.readTLVs(p)
		return true
	}
	if class&dissect.EsmTypeMask == 0 && len(p.TLVs) == 0 {
		if _, ok := dissect.ReceiptStat(p, dissect.SMSC, a.dialect); !ok {
			return false // an ordinary message
		}
	}
	m, r := dissect.ReadMessage(p, dissect.SMSC, a.dialect)
	if r == nil {
		return false
	}
	v.id, v.stat, v.sent, v.err = []byte(r.ID), []byte(r.Stat), []byte(r.SubmitDate), []byte(r.Err)
	v.flagged, v.intermediate, v.fromText, v.layout = r.Flagged, r.Intermediate, r.FromText, r.Layout
	v.part = m != nil && m.Concat != "" && m.Parts > 1
	v.readTLVs(p)
	return true
}

func (v *receiptView) readTLVs(p *dissect.PDU) {
	if len(p.TLVs) == 0 {
		return
	}
	if t, ok := p.TLV(dissect.TagReceiptedMessageID); ok {
		id := p.TLVValue(t)
		if i := bytes.IndexByte(id, 0); i >= 0 {
			id = id[:i]
		}
		v.tlvID = id
	}
	if t, ok := p.TLV(dissect.TagMessageState); ok && len(p.TLVValue(t)) > 0 {
		v.tlvState, v.hasState = uint8(p.TLVUint(t)), true
	}
}

// stateWord is what a state's word means.
type stateWord struct {
	state  uint8
	final  bool
	known  bool // it has a meaning
	listed bool // by appendix B or the profile
	spec   bool // it is appendix B's for the state
}

// maxWords bounds the words whose meaning is remembered.
const maxWords = 1024

// meaningOf tells what a state's word means; the profile's word counts first.
func (a *Auditor) meaningOf(stat []byte) stateWord {
	v := &a.journeys
	if w, ok := v.meanings[string(stat)]; ok {
		return w
	}
	var w stateWord
	w.state, w.final, w.known = dissect.ReceiptState(string(stat))
	for state := range v.words {
		if bytes.EqualFold(stat, v.words[state]) {
			w.listed, w.spec = true, true
		}
	}
	if s, ok := a.profile.Receipt.States[string(stat)]; ok {
		w.state, w.final, w.known, w.listed = stateNamed(s.Name), s.Final, true, true
	}
	if v.meanings == nil {
		v.meanings = make(map[string]stateWord)
	}
	if len(v.meanings) < maxWords {
		v.meanings[string(stat)] = w
	}
	return w
}

// outcome is the state that a receipt tells, and whether it is the last word.
func (a *Auditor) outcome(v *receiptView) (state uint8, final bool) {
	word := v.stat
	if len(word) == 0 {
		if v.tlvState > dissect.StateSkipped {
			return v.tlvState, false
		}
		word = a.journeys.words[v.tlvState]
	}
	w := a.meaningOf(word)
	return w.state, w.final && !v.intermediate
}

// stateNamed gives the message_state for a profile's word.
func stateNamed(name string) uint8 {
	switch name {
	case "enroute":
		return dissect.StateEnroute
	case "accepted":
		return dissect.StateAccepted
	case "delivered":
		return dissect.StateDelivered
	case "expired":
		return dissect.StateExpired
	case "deleted":
		return dissect.StateDeleted
	case "undeliverable":
		return dissect.StateUndeliverable
	case "rejected":
		return dissect.StateRejected
	}
	return dissect.StateUnknown
}
