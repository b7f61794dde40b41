package audit

import (
	"hash/maphash"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// Digest is what the rules want to know of a PDU that hangs on nothing but the
// PDU, the profile and the limits, so that another goroutine finds it ahead.
type Digest struct {
	// hash is what tables of messages look the PDU up by: of a submit what makes
	// it the same message, of its response the id, of a deliver_sm the body.
	// Zero: of this PDU nothing is looked up, or by more than the PDU tells.
	hash    uint64
	traits  traits // of a submit
	good    good
	receipt dissect.PlainReceipt // with plainReceipt; views of the PDU
}

// good says of what there is nothing to say.
type good uint8

const (
	goodSource good = 1 << iota
	goodDestinations
	goodTimes    // it has none
	plainReceipt // its text is laid out as that of most receipts
)

// Digest makes the Digest of a PDU. It may be called on any goroutine, and d is
// as good as the octets of p.
func (a *Auditor) Digest(d *Digest, p *dissect.PDU) {
	*d = Digest{}
	if !holds(p, dissect.ParamScheduleDeliveryTime) && !holds(p, dissect.ParamValidityPeriod) && !holds(p, dissect.ParamFinalDate) {
		d.good |= goodTimes
	}
	switch p.ID {
	case dissect.CmdSubmitSM, dissect.CmdSubmitMulti, dissect.CmdDataSM:
		if addresses := addressOctets(p); addresses != nil {
			d.hash = messageHash(p, addresses)
		}
		a.digestSubmit(d, p)
	case dissect.CmdSubmitSMResp, dissect.CmdSubmitMultiResp:
		if id := p.Bytes(dissect.ParamMessageID); len(id) > 0 {
			d.hash = session.HashID(id)
		}
	case dissect.CmdDeliverSM:
		d.hash = bodyHash(p.Raw)
	}
	if p.ID == dissect.CmdDeliverSM || p.ID == dissect.CmdDataSM {
		a.digestReceipt(d, p)
	}
}

func (a *Auditor) digestSubmit(d *Digest, p *dissect.PDU) {
	d.traits = traitsOf(p, &a.limit)
	if f, ok := p.Field(dissect.ParamSourceAddr); ok && a.sourceFault(p, f).severity == SeverityNone {
		d.good |= goodSource
	}
	if f, ok := p.Field(dissect.ParamDestinationAddr); ok && len(p.Entries) == 0 {
		if addr := p.Value(f); len(addr) > 0 && a.destinationFault(p, f, addr).severity == SeverityNone {
			d.good |= goodDestinations
		}
	}
}

func (a *Auditor) digestReceipt(d *Digest, p *dissect.PDU) {
	class, _ := p.U8(dissect.ParamEsmClass)
	coding, _ := p.U8(dissect.ParamDataCoding)
	if class&dissect.EsmUDHI != 0 || a.journeys.wide[coding] {
		return
	}
	var plain bool
	if d.receipt, plain = dissect.ReadPlainReceipt(p.UserData().Octets); plain {
		d.good |= plainReceipt
	}
}

// messageHash is over what makes two messages of an account the same:
// addresses, text, data_coding, part and TLVs. user_message_reference is the
// client's own count.
func messageHash(p *dissect.PDU, addresses []byte) uint64 {
	class, _ := p.U8(dissect.ParamEsmClass)
	coding, _ := p.U8(dissect.ParamDataCoding)
	h := maphash.Bytes(idSeed, addresses)
	h = h*mixer ^ maphash.Bytes(idSeed, p.UserData().Octets)
	h = h*mixer ^ (uint64(class&dissect.EsmUDHI)<<8 | uint64(coding))
	for i := range p.TLVs {
		t := &p.TLVs[i]
		if t.Tag != dissect.TagUserMessageReference {
			h = h*mixer ^ maphash.Bytes(idSeed, p.TLVValue(*t)) ^ uint64(t.Tag)
		}
	}
	return h
}

// bodyHash is over what a deliver_sm repeats when it is sent again.
func bodyHash(raw []byte) uint64 {
	return maphash.Bytes(flowSeed, raw[min(len(raw), dissect.HeaderLen):min(len(raw), session.KeptOctets)])
}
