package analyze

import (
	"strings"

	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
)

// Bounds of what is kept for messages that may still change. What goes beyond
// was recorded as far as it was known, and changes no more.
const (
	maxOpenMessages = 131_072
	maxOpenLong     = 16_384
	maxKeptText     = 64 << 20 // octets, of all
)

// messages makes the records of submitted messages: one a message, all parts
// of a long one together. It is of stage C.
type messages struct {
	last  *int64             // of their numbers, in the run
	kept  int                // octets of texts
	open  map[int64]*message // without a response, by the submit's number
	slots []*message         // accepted, by the journey's slot
	// resting are those of slots that were packed (messagerest.go).
	resting []string
	packed  []byte             // by rest
	long    map[int64]*message // incomplete, by the first part's PDU
	order   []int64            // of long, the oldest first
	dirty   []*message
	steps   []step
	held    map[int64]Receipt // that wait for their message, by PDU
	found   []Receipt         // without a message, to be recorded
	ids     []PartID          // to be recorded

	scratch dissect.PDU
}

// message is a record in the making.
type message struct {
	Message
	refs  int      // entries of open and slots
	slot  int32    // the last of slots
	texts []string // of the parts of a long message
	worst bool     // a receipt told of a failure
	final bool     // a receipt told a final state
	dirty bool
	size  int
}

// step is what the auditor found out about a message.
type step struct {
	slot   int32
	submit int64 // of a message that was accepted; zero: see receipt, gone
	told   audit.ReceiptSeen
	gone   bool
}

// take is the auditor's hook.
func (v *messages) take(m *session.Journey, r *audit.ReceiptSeen) {
	s := step{slot: m.Slot}
	if r != nil {
		s.told = *r
		if h, ok := v.held[r.Number]; ok {
			s.told.State, s.told.Err, s.told.Final = h.State, h.Err, h.Final
			delete(v.held, r.Number)
		}
	} else {
		s.submit = m.Submit
	}
	v.steps = append(v.steps, s)
}

func (v *messages) drop(m *session.Journey) {
	v.steps = append(v.steps, step{slot: m.Slot, gone: true})
}

// touch notes that a message has to be recorded.
func (v *messages) touch(m *message) {
	if !m.dirty {
		m.dirty = true
		v.dirty = append(v.dirty, m)
	}
}

// submitted takes a submit as it is recorded, so masked.
func (v *messages) submitted(r *PDU, account string, d *dissect.Dialect) {
	text := r.Message
	if text == nil {
		text, _ = dissect.ReadMessage(r.P, r.From, d)
	}
	if text == nil {
		text = &dissect.Message{}
	}
	m := v.part(r, text, d)
	if m == nil {
		*v.last++
		m = &message{Message: Message{
			ID: *v.last, Account: account, SystemID: r.SystemID,
			Source: string(r.P.Bytes(dissect.ParamSourceAddr)), Destination: destinationOf(r.P),
			Text: text.Text, Encoding: string(text.Alphabet), Parts: 1, PartsSeen: 1,
			SubmittedAt: r.At.Time, Latency: -1, ReceiptDelay: -1,
			SubmitSession: r.Session.ID, SubmitPDU: r.Number,
		}}
		v.begin(m, r, text)
	}
	v.touch(m)
	if v.open == nil {
		v.open = make(map[int64]*message)
	}
	if len(v.open) < maxOpenMessages && v.kept < maxKeptText {
		v.open[r.Number] = m
		m.refs++
	}
	if m.refs > 0 { // else nothing would take it out of the count
		v.keep(m, len(text.Text))
	}
}

// keep counts the octets of a message.
func (v *messages) keep(m *message, n int) {
	m.size += n
	v.kept += n
}

// part joins a part to its long message; nil: it is the first, or none.
func (v *messages) part(r *PDU, text *dissect.Message, d *dissect.Dialect) *message {
	if r.Parts == nil || !isPart(text) {
		return nil
	}
	m := v.long[r.Parts.First]
	if m == nil || text.Part > m.Parts || m.texts[text.Part-1] != "" {
		return nil // its first, or all of it is sent again
	}
	m.texts[text.Part-1] = partText(text)
	m.PartsSeen++
	m.Text = joined(m.texts)
	if m.PartsSeen == m.Parts {
		delete(v.long, r.Parts.First)
		// Read as one, a character may be split between two parts.
		if all, whole := r.Parts.Read(d); whole {
			m.Text = all.Text
		}
	}
	return m
}

// begin opens a long message with its first part.
func (v *messages) begin(m *message, r *PDU, text *dissect.Message) {
	if !isPart(text) {
		return
	}
	m.Parts = text.Parts
	m.texts = make([]string, text.Parts)
	m.texts[text.Part-1] = partText(text)
	m.Text = joined(m.texts)
	if r.Parts == nil {
		return
	}
	if v.long == nil {
		v.long = make(map[int64]*message)
	}
	if len(v.order) >= maxOpenLong {
		for _, k := range v.order[:maxOpenLong/2] {
			delete(v.long, k)
		}
		v.order = append(v.order[:0], v.order[maxOpenLong/2:]...)
	}
	v.long[r.Parts.First] = m
	v.order = append(v.order, r.Parts.First)
}

func isPart(t *dissect.Message) bool {
	return t.Concat != "" && t.Parts > 1 && t.Part >= 1 && t.Part <= t.Parts
}

// partText is never empty: an empty text marks a part that was not seen.
func partText(t *dissect.Message) string {
	if t.Text == "" {
		return "\x00"
	}
	return t.Text
}

// joined is the text as far as it is known.
func joined(texts []string) string {
	var b strings.Builder
	for _, t := range texts {
		switch t {
		case "":
			b.WriteString("[...]")
		case "\x00":
		default:
			b.WriteString(t)
		}
	}
	return b.String()
}

// destinationOf is the destination, of several the first.
func destinationOf(p *dissect.PDU) string {
	if b := p.Bytes(dissect.ParamDestinationAddr); b != nil {
		return string(b)
	}
	for _, f := range p.Entries {
		if f.Param.ID == dissect.ParamDestinationAddr {
			return string(p.Value(f))
		}
	}
	return ""
}

func isSubmit(id uint32) bool {
	return id == dissect.CmdSubmitSM || id == dissect.CmdSubmitMulti || id == dissect.CmdDataSM
}

// became takes what became of a submit.
func (v *messages) became(e *session.Event) {
	switch e.Kind {
	case session.EventAnswered, session.EventAnsweredLate, session.EventWrongType,
		session.EventAbandoned, session.EventOpen, session.EventEvicted:
	default:
		return
	}
	m := v.open[e.Req.Number]
	if m == nil {
		return
	}
	delete(v.open, e.Req.Number)
	if resp, ok := e.Req.Answer(); ok {
		v.answered(m, e, &resp)
	}
	v.release(m)
}

// answered notes a response. Of a long message the first part's counts; a
// refusal of any part is the message's.
func (v *messages) answered(m *message, e *session.Event, resp *session.Response) {
	first := !m.Answered
	if first || m.Status == 0 && resp.Status != 0 {
		m.Answered, m.Status, m.ResponsePDU = true, resp.Status, resp.Number
	}
	if resp.Status == 0 && m.AcceptedAt == 0 {
		m.AcceptedAt, m.Latency = resp.Time, e.Latency
		m.MessageID = givenID(e)
	} else if id := givenID(e); resp.Status == 0 && m.Parts > 1 && id != "" && id != m.MessageID {
		v.ids = append(v.ids, PartID{Message: m.ID, Response: resp.Number, ID: id})
	}
	v.touch(m)
}

// givenID is the id that a response gives.
func givenID(e *session.Event) string {
	if e.PDU == nil {
		return ""
	}
	id := e.PDU.Bytes(dissect.ParamMessageID)
	if len(id) == 0 && e.Session != nil && e.Session.BoundAt != 0 {
		id = e.PDU.Unterminated(dissect.ParamMessageID)
	}
	return string(id)
}

// release lets go of a message that nothing can change any more.
func (v *messages) release(m *message) {
	if m.refs--; m.refs == 0 {
		v.kept -= m.size
		m.size = 0
	}
}

// apply takes what the auditor found out, in order.
func (v *messages) apply() {
	for i := range v.steps {
		s := &v.steps[i]
		for int(s.slot) >= len(v.slots) {
			v.slots = append(v.slots, make([]*message, 1024)...)
			v.resting = append(v.resting, make([]string, 1024)...)
		}
		m := v.wake(s.slot)
		switch {
		case s.gone:
			v.empty(s.slot)
		case s.submit != 0:
			v.empty(s.slot)
			if m = v.open[s.submit]; m != nil {
				v.slots[s.slot] = m
				m.refs++
				m.slot = s.slot
			}
		case m != nil:
			v.receipt(m, &s.told)
			v.rest(m)
		}
	}
	clear(v.steps)
	v.steps = v.steps[:0]
}

// empty takes the message out of a slot.
func (v *messages) empty(slot int32) {
	if m := v.slots[slot]; m != nil {
		v.release(m)
		v.slots[slot] = nil
	}
}

// receipt notes a receipt: the last one counts, but a final state over others,
// the first of several that say the same, and a part's failure over the others'
// success.
func (v *messages) receipt(m *message, r *audit.ReceiptSeen) {
	failed := r.Final && r.Code != dissect.StateDelivered
	if m.worst && !failed || m.final && (!r.Final || m.Parts == 1 && m.ReceiptState == r.State) {
		return
	}
	m.worst = m.worst || m.Parts > 1 && failed
	m.final = m.final || r.Final
	m.ReceiptState, m.ReceiptErr, m.ReceiptPDU = r.State, r.Err, r.Number
	m.DoneAt, m.ReceiptDelay = r.Time, r.Time-m.SubmittedAt
	v.touch(m)
}

// follow brings the records of messages up to date; o is nil where no PDU
// came.
func (p *Pipeline) follow(l *lane, o *session.Observed, events []session.Event) {
	v := l.messages
	if v == nil {
		return
	}
	if o != nil && o.From == dissect.ESME && isSubmit(o.PDU.ID) {
		v.submitted(&p.pdus[len(p.pdus)-1], l.accountName(o.Conn, o.Session), l.dialect)
	}
	v.apply()
	for i := range events {
		e := &events[i]
		v.became(e)
		if e.Req != nil && (e.Req.ID == dissect.CmdQuerySM || e.Req.ID == dissect.CmdCancelSM) {
			v.asked(e, l.accountName(e.Conn, e.Session), &v.scratch)
		}
	}
}

// changedMessages records the messages that changed since the last call.
func (p *Pipeline) changedMessages(l *lane) {
	v := l.messages
	if v == nil {
		return
	}
	v.apply()
	for _, m := range v.dirty {
		m.dirty = false
		p.record(Record{Kind: RecordMessage, Message: &m.Message})
		v.rest(m)
	}
	clear(v.dirty)
	v.dirty = v.dirty[:0]
	for i := range v.ids {
		p.record(Record{Kind: RecordPartID, PartID: &v.ids[i]})
	}
	for i := range v.found {
		p.record(Record{Kind: RecordReceipt, Receipt: &v.found[i]})
	}
	v.ids, v.found = nil, nil // the records are lent with them
}
