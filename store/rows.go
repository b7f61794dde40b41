package store

import (
	"errors"

	"github.com/mattn/go-sqlite3"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/session"
	"smpptap/dissect"
	"smpptap/stream"
)

// The columns that are written, in order.
const (
	connectionColumns = "id, capture_id, link, client_addr, client_port, server_addr, server_port, opened_by, " +
		"opened_at, closed_at, close_reason, tls, lost_octets, gaps, complete, closed_by"
	sessionColumns = "id, connection_id, system_id, system_type, interface_version, bind_type, bind_status, " +
		"bound_at, ended_at, state, pdus_to_smsc, pdus_to_esme, errors, warnings, notes, version, offered"
	pduColumns = "id, connection_id, session_id, frame, time, direction, command_id, command_status, " +
		"sequence_number, length, request_id, latency_us, source_addr, destination_addr, message_id, raw"
	tlvColumns     = "pdu_id, position, tag, name, value"
	findingColumns = "id, capture_id, connection_id, session_id, pdu_id, last_pdu_id, rule, severity, time, last_time, " +
		"count, field, offset, length, seen, wanted, message, remedy, reference"
	partColumns    = "pdu_id, first_pdu_id, part, parts"
	checkColumns   = "capture_id, rule, checked, failed, unchecked, off, severity, title, reference"
	messageColumns = "id, capture_id, account, system_id, message_id, source_addr, destination_addr, text, encoding, " +
		"parts, parts_seen, submitted_at, accepted_at, status, receipt_state, receipt_err, done_at, latency_us, " +
		"receipt_delay_us, submit_session_id, submit_pdu_id, response_pdu_id, receipt_pdu_id"
	openColumns   = "pdu_id, capture_id, account, kind, message_id, other_id, state, err, final, time, candidates"
	partIDColumns = "response_pdu_id, message_ref, message_id"
)

// tables are the prepared writers of each table.
type tables struct {
	pdus, tlvs, parts, pairs, open, partIDs     *bulk
	conns, sessions, findings, checks, messages *upserts
}

// bulk are the writers of rows that stay as they are. A pair comes behind the
// response that it changes.
func (t *tables) bulk() [6]*bulk {
	return [...]*bulk{t.pdus, t.tlvs, t.parts, t.pairs, t.open, t.partIDs}
}

// changing are the writers of rows that change.
func (t *tables) changing() [5]*upserts {
	return [...]*upserts{t.conns, t.sessions, t.findings, t.checks, t.messages}
}

// newTables prepares them. conflict is about PDUs, TLVs and parts.
func newTables(c *sqlite3.SQLiteConn, conflict string) (t tables, err error) {
	var errs [11]error
	t.pdus, errs[0] = newBulk(c, "pdus", pduColumns, conflict)
	t.tlvs, errs[1] = newBulk(c, "tlvs", tlvColumns, conflict)
	t.conns, errs[2] = newUpserts(c, "connections", connectionColumns, 1)
	t.sessions, errs[3] = newUpserts(c, "sessions", sessionColumns, 1)
	t.findings, errs[4] = newUpserts(c, "findings", findingColumns, 1)
	t.checks, errs[5] = newUpserts(c, "checks", checkColumns, 2)
	t.messages, errs[6] = newUpserts(c, "messages", messageColumns, 1)
	t.parts, errs[7] = newBulk(c, "parts", partColumns, conflict)
	t.open, errs[9] = newBulk(c, "open_receipts", openColumns, conflict)
	t.partIDs, errs[10] = newBulk(c, "part_ids", partIDColumns, conflict)
	t.pairs = &bulk{}
	t.pairs.statement, errs[8] = prepare(c, "UPDATE pdus SET request_id = ?, latency_us = ? WHERE id = ?")
	return t, errors.Join(errs[:]...)
}

// drainBulk stores kept PDUs and what belongs to them.
func (t *tables) drainBulk(b *bases) error {
	for _, x := range t.bulk() {
		if err := x.drain(b); err != nil {
			return err
		}
	}
	return nil
}

// drainUpserts writes what has changed.
func (t *tables) drainUpserts(b *bases) error {
	for _, u := range t.changing() {
		if err := u.drain(b); err != nil {
			return err
		}
	}
	return nil
}

func (t *tables) close() {
	for _, b := range t.bulk() {
		if b != nil {
			_ = b.close()
		}
	}
	for _, u := range t.changing() {
		if u != nil {
			_ = u.close()
		}
	}
}

// conn adds a connection's row.
func (r *row) conn(c *session.Conn) {
	client, server := c.A, c.B
	if c.ESME == stream.FromB {
		client, server = c.B, c.A
	}
	opened := "unknown"
	if c.SYN && c.Decided {
		opened = c.Sender(stream.FromA).String()
	}
	reason, by := "", ""
	if c.EndedAt != 0 {
		reason = c.End.String()
		switch c.End {
		case session.EndFIN, session.EndHalf, session.EndRST:
			if c.Decided {
				by = c.Sender(c.EndedBy).String()
			}
		}
	}
	tls := c.TLS
	if tls == "" {
		tls = "none"
	}
	a, b := &c.Sides[stream.FromA], &c.Sides[stream.FromB]
	r.ref(refConn, c.ID)
	r.ref(refCapture, 1)
	r.some(c.Link)
	r.end(client)
	r.end(server)
	r.text(opened)
	r.known(c.Opened.Time)
	r.known(c.EndedAt)
	r.some(reason)
	r.text(tls)
	r.int(a.Lost + b.Lost)
	r.int(a.Gaps + b.Gaps)
	r.bool(c.Complete())
	r.some(by)
}

// session adds a session's row.
func (r *row) session(s *analyze.SessionRecord) {
	r.ref(refSession, s.ID)
	r.ref(refConn, s.Conn.ID)
	r.text(s.SystemID)
	if s.BindSeen {
		r.text(s.SystemType)
		r.int(int64(s.InterfaceVersion))
	} else {
		r.null()
		r.null()
	}
	r.text(s.BindType.String())
	if s.BindAnswered {
		r.int(int64(s.BindStatus))
	} else {
		r.null()
	}
	r.known(s.BoundAt)
	r.known(s.EndedAt)
	r.text(s.Known().String())
	r.int(s.PDUsToSMSC)
	r.int(s.PDUsToESME)
	r.int(s.Errors)
	r.int(s.Warnings)
	r.int(s.Notes)
	r.known(int64(s.Version))
	r.known(int64(s.Offered))
}

// pdu adds a PDU's row.
func (r *row) pdu(p *analyze.PDU) {
	d := p.P
	r.ref(refPDU, p.Number)
	r.ref(refConn, p.Conn.ID)
	if p.Session != nil {
		r.ref(refSession, p.Session.ID)
	} else {
		r.null()
	}
	r.known(p.At.Frame)
	r.int(p.At.Time)
	r.text(p.Direction())
	r.int(int64(d.ID))
	r.int(int64(d.Status))
	r.int(int64(d.Sequence))
	r.int(int64(d.Length))
	r.ref(refPDU, p.Request)
	if p.Request != 0 {
		r.micros(p.Latency)
	} else {
		r.null()
	}
	r.octets(d.Bytes(dissect.ParamSourceAddr))
	r.octets(destination(d))
	r.messageID(p)
	r.blob(d.Raw)
}

// tlvs adds the rows of a PDU's TLVs and gives their number.
func (r *row) tlvs(p *analyze.PDU) int {
	d := p.P
	for i := range d.TLVs {
		t := &d.TLVs[i]
		r.ref(refPDU, p.Number)
		r.int(int64(i))
		r.int(int64(t.Tag))
		if t.Def != nil {
			r.text(t.Def.Name)
		} else {
			r.null()
		}
		r.blob(d.TLVValue(*t))
	}
	return len(d.TLVs)
}

// part notes of which long message the PDU carries a part.
func (r *row) part(p *analyze.PDU) {
	if p.Parts == nil {
		return
	}
	for i := range p.Parts.Seen {
		if x := &p.Parts.Seen[i]; x.PDU == p.Number {
			r.ref(refPDU, p.Number)
			r.ref(refPDU, p.Parts.First)
			r.int(int64(x.Number))
			r.int(int64(p.Parts.Total))
			return
		}
	}
	// It names the message and is none of its parts.
}

// pair changes a response's row.
func (r *row) pair(p *analyze.Pair) {
	r.ref(refPDU, p.Request)
	r.micros(p.Latency)
	r.ref(refPDU, p.Response)
}

// destination is destination_addr; of submit_multi the first SME address.
// The others stand in raw.
func destination(p *dissect.PDU) []byte {
	if b := p.Bytes(dissect.ParamDestinationAddr); b != nil {
		return b
	}
	for _, f := range p.Entries {
		if f.Param.ID == dissect.ParamDestinationAddr && f.End > f.Off {
			return p.Value(f)
		}
	}
	return nil
}

// messageID is the message that the PDU speaks of: its message_id, in a
// receipt that of the message that it is about.
func (r *row) messageID(p *analyze.PDU) {
	if b := p.P.Bytes(dissect.ParamMessageID); b != nil {
		r.octets(b)
		return
	}
	if t, ok := p.P.TLV(dissect.TagReceiptedMessageID); ok {
		b := p.P.TLVValue(t)
		if n := len(b); n > 0 && b[n-1] == 0 {
			b = b[:n-1]
		}
		r.text(string(b))
		return
	}
	if p.Receipt != nil {
		r.some(p.Receipt.ID)
		return
	}
	r.null()
}

// finding adds a finding's row.
func (r *row) finding(f *audit.Finding) {
	r.ref(refFinding, f.ID)
	r.ref(refCapture, 1)
	r.ref(refConn, f.Connection)
	r.ref(refSession, f.Session)
	r.ref(refPDU, f.PDU)
	r.ref(refPDU, f.LastPDU)
	r.text(f.Of().Name)
	r.text(f.Severity.String())
	r.known(f.Time)
	r.known(f.LastTime)
	r.int(f.Count)
	r.text(f.Field)
	r.int(int64(f.Offset))
	r.int(int64(f.Length))
	r.text(f.Seen)
	r.text(f.Wanted)
	r.text(f.Message)
	r.text(f.Remedy)
	r.text(f.Reference)
}

// message adds a message's row.
func (r *row) message(m *analyze.Message) {
	r.ref(refMessage, m.ID)
	r.ref(refCapture, 1)
	r.some(m.Account)
	r.some(m.SystemID)
	r.some(m.MessageID)
	r.text(m.Source)
	r.text(m.Destination)
	r.text(m.Text)
	r.some(m.Encoding)
	r.int(int64(m.Parts))
	r.int(int64(m.PartsSeen))
	r.known(m.SubmittedAt)
	r.known(m.AcceptedAt)
	if m.Answered {
		r.int(int64(m.Status))
	} else {
		r.null()
	}
	r.some(m.ReceiptState)
	r.some(m.ReceiptErr)
	r.known(m.DoneAt)
	r.span(m.Latency, m.AcceptedAt)
	r.span(m.ReceiptDelay, m.DoneAt)
	r.ref(refSession, m.SubmitSession)
	r.ref(refPDU, m.SubmitPDU)
	r.ref(refPDU, m.ResponsePDU)
	r.ref(refPDU, m.ReceiptPDU)
}

// open adds the row of a receipt whose message is not known.
func (r *row) open(x *analyze.Receipt) {
	r.ref(refPDU, x.PDU)
	r.ref(refCapture, 1)
	r.some(x.Account)
	r.text(x.Kind)
	r.text(x.ID)
	r.some(x.OtherID)
	r.some(x.State)
	r.some(x.Err)
	r.bool(x.Final)
	r.int(x.Time)
	r.null()
}

// partID adds the row of a further part's id.
func (r *row) partID(x *analyze.PartID) {
	r.ref(refPDU, x.Response)
	r.ref(refMessage, x.Message)
	r.text(x.ID)
}

// check adds a rule's line of the scorecard.
func (r *row) check(c *audit.Check, off bool) {
	r.ref(refCapture, 1)
	r.text(c.Of().Name)
	r.int(c.Checked)
	r.int(c.Failed)
	r.int(c.Unchecked)
	r.bool(off)
	if c.Own == nil {
		r.null()
		r.null()
		r.text(c.Reference)
		return
	}
	r.text(c.Own.Severity.String())
	r.text(c.Own.Title)
	r.text(c.Reference)
}
