package audit

import (
	"bytes"
	"fmt"
	"hash/maphash"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// repeatedID is what an account's repeated message_ids have shown so far.
type repeatedID struct {
	id   []byte // given last to a second message
	conn uint32 // on which
	what uint64 // that message's addresses and text, hashed
}

// idRepeated: message-id-repeated. Two messages with one id may be one that was
// sent again, so the third is waited for, and it must differ from the second in
// address or text: what else differs may be a new time or a count of the
// client's. A server that was started again counts from the beginning: only
// messages of one connection are compared.
func (a *Auditor) idRepeated(st *accountJourney, e *session.Event, id []byte, before *session.Journey, asks bool) {
	r, again := e.Req, &st.again
	if before.Conn != uint32(r.Conn.ID) || len(id) > session.MaxID {
		return
	}
	what, ok := a.messageOfItsOwn(r)
	if !ok {
		return
	}
	if again.conn != before.Conn || !bytes.Equal(again.id, id) {
		again.id, again.conn, again.what = append(again.id[:0], id...), before.Conn, what
		return
	}
	if again.what == what {
		return
	}
	again.what = what
	f, _ := e.PDU.Field(dissect.ParamMessageID)
	ev := ofResponse(e, RuleMessageIdRepeated)
	ev.severity = lowered(Warning, !asks) // what nobody asks about needs no name
	ev.field, ev.offset, ev.length = "message_id", int(f.Off), int(f.End-f.Off)
	if a.folded(&ev) {
		return
	}
	ev.seen, ev.wanted = shown(id), "an id that no other message has"
	ev.message = fmt.Sprintf("The SMSC gives message_id %q to several messages: receipts with it cannot be told apart.", id)
	if !asks {
		ev.message = fmt.Sprintf("The SMSC gives message_id %q to several messages that ask for no receipt: a query or cancellation with it means any of them.", id)
	}
	a.fail(ev)
}

// messageOfItsOwn hashes what makes a message another than the one before;
// false: the capture or the table lacks octets of it, or the server may give it
// an id that it gave before: it is a part of a long one, takes the place of
// another, or belongs to a USSD dialogue.
func (a *Auditor) messageOfItsOwn(r *session.Request) (what uint64, ok bool) {
	p := &a.again
	dissect.Decode(p, r.Raw)
	if p.Broken || uint32(len(r.Raw)) != p.Length || isPart(p, r.From) {
		return 0, false
	}
	addresses, text := addressOctets(p), p.UserData().Octets
	if addresses == nil || len(text) > 0 && (text[0] == 5 || text[0] == 6) { // a header that esm_class does not announce
		return 0, false
	}
	if v, _ := p.U8(dissect.ParamReplaceIfPresentFlag); v != 0 {
		return 0, false
	}
	for i := range p.TLVs {
		if tag := p.TLVs[i].Tag; tag == dissect.TagUSSDServiceOp || tag == dissect.TagITSSessionInfo {
			return 0, false
		}
	}
	return maphash.Bytes(idSeed, addresses)*mixer ^ maphash.Bytes(idSeed, text), true
}
