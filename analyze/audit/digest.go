package audit

import (
	"hash/maphash"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// Digest hashes what the tables of messages look a PDU up by: of a submit what
// makes it the same message, of its response the id, of a deliver_sm the body.
// It depends on nothing but the PDU, so that other goroutines do it ahead. Zero:
// of this PDU nothing is looked up, or by more than the PDU tells.
func (*Auditor) Digest(p *dissect.PDU) uint64 {
	switch p.ID {
	case idSubmitSM, idSubmitMulti:
		if addresses := addressOctets(p); addresses != nil {
			return messageHash(p, addresses)
		}
	case dissect.CmdSubmitSMResp, dissect.CmdSubmitMultiResp:
		if id := p.Bytes(dissect.ParamMessageID); len(id) > 0 {
			return session.HashID(id)
		}
	case idDeliverSM:
		return bodyHash(p.Raw)
	}
	return 0
}

// messageHash is over what makes two messages of an account the same:
// addresses, text, data_coding, part and TLVs. user_message_reference is the
// client's own count.
func messageHash(p *dissect.PDU, addresses []byte) uint64 {
	class, _ := p.U8(dissect.ParamEsmClass)
	coding, _ := p.U8(dissect.ParamDataCoding)
	h := maphash.Bytes(idSeed, addresses)
	h = h*mixer ^ maphash.Bytes(idSeed, p.UserData().Octets)
	h = h*mixer ^ (uint64(class&esmUDHI)<<8 | uint64(coding))
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
