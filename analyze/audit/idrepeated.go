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
	body uint64 // of that message, hashed
}

// idRepeated: message-id-repeated. Two messages with one id may be one that was
// sent again, so the third is waited for, and it must differ from the second. A
// server that was started again counts from the beginning: only messages of one
// connection are compared.
func (a *Auditor) idRepeated(st *accountJourney, e *session.Event, id []byte, before *session.Journey) {
	r, again := e.Req, &st.again
	if before.Conn != uint32(r.Conn.ID) || len(r.Raw) <= dissect.HeaderLen {
		return
	}
	dissect.Decode(&a.again, r.Raw)
	if isPart(&a.again, r.From) {
		return
	}
	body := maphash.Bytes(idSeed, r.Raw[dissect.HeaderLen:])
	if !bytes.Equal(again.id, id) {
		again.id, again.body = append(again.id[:0], id...), body
		return
	}
	if again.body == body {
		return
	}
	again.body = body
	f, _ := e.PDU.Field(dissect.ParamMessageID)
	ev := ofResponse(e, RuleMessageIdRepeated)
	ev.field, ev.offset, ev.length = "message_id", int(f.Off), int(f.End-f.Off)
	if a.folded(&ev) {
		return
	}
	ev.seen, ev.wanted = shown(id), "an id that no other message has"
	ev.message = fmt.Sprintf("The SMSC gives message_id %q to several messages: receipts with it cannot be told apart.", ev.seen)
	a.fail(ev)
}
