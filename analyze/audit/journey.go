package audit

import (
	"net/netip"

	"smpptap/analyze/session"
	"smpptap/dissect"
)

// journeys is what the rules of receipts keep beyond one connection.
type journeys struct {
	session.Journeys
	accounts map[*session.Account]*accountJourney
	order    []*accountJourney // as they came
	view     receiptView       // of the PDU in hand
	wide     [256]bool         // data_codings with more than one octet a character, or packed
	words    [dissect.StateSkipped + 1][]byte
	meanings map[string]stateWord
	begun    int64 // time of the first PDU
	// strangers counts the accounts whose first bind came to nothing.
	strangers int
	layout    string // what that of receipts is held against
	wait      int64  // how long a receipt waits for its message's response
	repeats   repeats
	finished  bool
	answers   answers
	writings  map[string]session.Writing
	// hook takes what happens to messages; nil: nobody wants it.
	hook func(*session.Journey, *ReceiptSeen)
	// held and stays take receipts whose message is not known.
	held  func(*ReceiptHeld)
	stays func(number int64)
}

// ReceiptSeen is a receipt of a message that is known.
type ReceiptSeen struct {
	Number, Time int64 // of the PDU
	State        string
	Code         uint8 // message_state
	Final        bool
	Err          string
}

// ReceiptHeld is a receipt whose message is not known yet. It is lent for the
// call.
type ReceiptHeld struct {
	ReceiptSeen
	Account string // its name; empty: no bind was seen
	ID      string // the TLV's, else the text's
	OtherID string // the text's, where the TLV has another
	Again   bool   // one with its id is held already; it is given up at once
}

// OnHeld has held called with each receipt whose message is not known, and
// stays with the number of each that stays without: nothing of the run tells
// which message it is about. It is called before the first PDU.
func (a *Auditor) OnHeld(held func(*ReceiptHeld), stays func(number int64)) {
	a.journeys.held, a.journeys.stays = held, stays
	a.journeys.GivenUp = func(m *session.HeldReceipt) { stays(m.Receipt) }
}

// OnJourney has take called with each message when it was accepted (r is nil)
// and with each of its receipts, and gone when it is forgotten. Both are lent
// for the call. It is called before the first PDU.
func (a *Auditor) OnJourney(take func(m *session.Journey, r *ReceiptSeen), gone func(*session.Journey)) {
	a.journeys.hook, a.journeys.Dropped = take, gone
}

// AccountName names the account of a session, for a table; empty without a
// bind.
func (a *Auditor) AccountName(c *session.Conn, s *session.Session) string {
	var acc *session.Account
	if st, open := c.Rules.(*connState); open {
		acc = a.accountOf(st, s)
	} else { // a connection that has ended is not begun anew
		acc = a.contents.accounts.Known(c, s)
	}
	if acc == nil {
		return ""
	}
	return acc.Name
}

// accountJourney is what they keep of an account.
type accountJourney struct {
	account  *session.Account
	server   netip.AddrPort // the SMSC of its first connection
	pairs    [session.RelationCount]pair
	total    int64           // of pairs
	byTLV    int64           // of them those that the TLV alone made
	writing  session.Writing // of ids: the TLV's, where there is none the text's
	inText   session.Writing // of ids in texts, where there is none the TLV's
	said     *Finding
	evicted  bool  // a message was dropped: what has none accuses nobody
	nameless int64 // accepted or unanswered messages whose id is not known
	delivers int64
	acks     bool // the SMSC asked for acknowledgements
	layouts  layouts
	zone     zone

	accepted   int64    // messages
	asked      int64    // of them those that ask for a receipt
	first      evidence // the first of these; the first of all while none asks
	asksElse   uint8    // what those that do not ask for one ask for, in registered_delivery
	asksUnseen bool     // of a message it is not known whether it asks
	came       int64    // receipts
	behind     behind
	home, away int64 // receipts over the message's own session, and over another
	elsewhere  *Finding

	again repeatedID

	receiver bool // a session that takes receipts
	refused  bool // the bind of one was refused
	unsure   bool // there may be one

	notAsked, noReceiver standing
}

// pair is how often ids stand in a relation, with an example.
type pair struct {
	n                 int64
	response, receipt string
	at                place
}

// place is where a receipt was seen.
type place struct {
	session          *session.Session
	pdu, frame, time int64
}

func (p *place) evidence(id RuleID) evidence {
	return evidence{rule: id, conn: p.session.Conn, session: p.session, pdu: p.pdu, frame: p.frame, time: p.time}
}

// placeOf is the place of a receipt that was held.
func placeOf(m *session.HeldReceipt) place { return place{m.Session, m.Receipt, m.Frame, m.ReceiptAt} }

// connJourney is what they keep of a connection.
type connJourney struct {
	account *session.Account
	of      *accountJourney
	sent    *deliveries // nil: the SMSC delivered nothing
}

func (v *journeys) init(d *dissect.Dialect, wait int64) {
	v.wait = wait
	for coding := range v.wide {
		switch alphabet, _ := dissect.AlphabetOf(uint8(coding), d); alphabet {
		case dissect.AlphabetGSMPacked, dissect.AlphabetUCS2, dissect.AlphabetUTF16, dissect.AlphabetUTF16LE:
			v.wide[coding] = true
		}
	}
	for state := range v.words {
		v.words[state] = []byte(dissect.StateWord(uint8(state)))
	}
}

// journeyOf finds what is kept of a session's account; nil when there are too
// many.
func (a *Auditor) journeyOf(c *connState, s *session.Session) *accountJourney {
	acc := a.accountOf(c, s)
	j := &c.jour
	if acc == nil || j.account == acc {
		return j.of
	}
	v := &a.journeys
	st := v.accounts[acc]
	if st == nil {
		if v.accounts == nil {
			v.accounts = make(map[*session.Account]*accountJourney)
		}
		st = &accountJourney{account: acc, server: endOf(c.conn, dissect.SMSC)}
		st.writing = v.writings[acc.Name]
		st.inText = st.writing
		v.accounts[acc] = st
		v.order = append(v.order, st)
	}
	j.account, j.of = acc, st
	return st
}

// onJourney takes what became of a request, for the journeys of messages.
func (a *Auditor) onJourney(c *connState, e *session.Event) {
	switch e.Kind {
	case session.EventAnswered, session.EventAnsweredLate, session.EventWrongType:
		if isSubmit(e.Req.ID, e.Req.From) {
			a.submitAccepted(c, e)
		} else if isDeliver(e.Req) {
			a.deliverAnswered(c, e)
		}
	case session.EventTimeout, session.EventAbandoned, session.EventEvicted, session.EventOpen:
		if isDeliver(e.Req) {
			a.deliverOpen(c, e)
		} else if isSubmit(e.Req.ID, e.Req.From) && (e.Kind == session.EventTimeout || !e.Req.TimedOut) {
			if st := a.journeyOf(c, e.Req.Session); st != nil {
				st.nameless++
			}
		}
	case session.EventBind, session.EventBindRefused, session.EventSessionEnd:
		a.noteReceiver(c, e)
	}
}

// submitAccepted enters a message that was accepted.
func (a *Auditor) submitAccepted(c *connState, e *session.Event) {
	r := e.Req
	if e.Resp.Status != 0 || e.Resp.ID == dissect.CmdGenericNack || e.Kind == session.EventWrongType {
		return
	}
	st := a.journeyOf(c, r.Session)
	if st == nil {
		return
	}
	asks := a.noteAsked(c, st, r)
	id := e.PDU.Bytes(dissect.ParamMessageID)
	if len(id) == 0 && r.Session != nil && r.Session.BoundAt != 0 {
		id = e.PDU.Unterminated(dissect.ParamMessageID) // receipts name it all the same
	}
	if len(id) == 0 {
		st.nameless++
		return
	}
	held := a.journeys.Held(st.account, id, &st.inText)
	m, evicted := a.journeys.Accept(st.account, id, a.hashOfID(e.PDU, id), asks)
	a.check(RuleMessageIdRepeated)
	if before := a.journeys.Before(); before != nil {
		a.idRepeated(st, e, id, before, asks)
	}
	if evicted != nil {
		a.evicted(evicted)
		a.giveUp(RuleReceiptUnmatched)
	}
	m.Submit, m.SubmittedAt, m.Multi, m.Conn = r.Number, r.Time, r.ID == dissect.CmdSubmitMulti, uint32(r.Conn.ID)
	a.journeys.answers.put(m.Slot, e.Resp.Time)
	if a.journeys.hook != nil {
		a.journeys.hook(m, nil)
	}
	if held != nil {
		a.early(st, m, e, held)
	}
}

// hashOfID hashes the id that a response gives, or takes what was hashed ahead.
func (a *Auditor) hashOfID(p *dissect.PDU, id []byte) uint64 {
	if o := a.hand; o != nil && o.PDU == p && a.digest.hash != 0 {
		return a.digest.hash
	}
	return session.HashID(id)
}

// evicted notes that a message of an account was dropped.
func (a *Auditor) evicted(acc *session.Account) {
	if st := a.journeys.accounts[acc]; st != nil {
		st.evicted = true
	}
}

// registeredOf gives the registered_delivery of a submit; false: it is not
// there, or not in the capture.
func (a *Auditor) registeredOf(c *connState, r *session.Request) (v uint8, ok bool) {
	if t, known := c.req.refused.traits.of(r.Sequence); known {
		return t.value(traitReceipt), t&traitsWhole != 0
	}
	dissect.Decode(&a.again, r.Raw)
	return a.again.U8(dissect.ParamRegisteredDelivery)
}

// expireJourneys judges what time has decided; at the end of the input it is
// called last.
func (a *Auditor) expireJourneys(now int64) {
	if a.links.capture.finished && !a.journeys.finished {
		a.journeys.finished = true
		a.lastReceipts()
		return
	}
	a.expireReceipts(now, false)
}
