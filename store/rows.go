package store

import (
	"database/sql/driver"
	"errors"
	"net/netip"

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
		"opened_at, closed_at, close_reason, tls, lost_octets, gaps, complete"
	sessionColumns = "id, connection_id, system_id, system_type, interface_version, bind_type, bind_status, " +
		"bound_at, ended_at, state, pdus_to_smsc, pdus_to_esme, errors, warnings, notes, version, offered"
	pduColumns = "id, connection_id, session_id, frame, time, direction, command_id, command_status, " +
		"sequence_number, length, request_id, latency_us, source_addr, destination_addr, message_id, raw"
	tlvColumns     = "pdu_id, position, tag, name, value"
	findingColumns = "id, capture_id, connection_id, session_id, pdu_id, last_pdu_id, rule, severity, time, last_time, " +
		"count, field, offset, length, seen, wanted, message, remedy, reference"
	partColumns    = "pdu_id, first_pdu_id, part, parts"
	checkColumns   = "capture_id, rule, checked, failed, unchecked, off"
	messageColumns = "id, capture_id, account, system_id, message_id, source_addr, destination_addr, text, encoding, " +
		"parts, parts_seen, submitted_at, accepted_at, status, receipt_state, receipt_err, done_at, latency_us, " +
		"receipt_delay_us, submit_session_id, submit_pdu_id, response_pdu_id, receipt_pdu_id"
)

// tagReceiptedID is receipted_message_id (v3.4 5.3.2.12).
const tagReceiptedID = 0x001E

// tables are the prepared writers of each table.
type tables struct {
	pdus, tlvs, parts                           *bulk
	conns, sessions, findings, checks, messages *upserts
}

func newTables(c *sqlite3.SQLiteConn) (t tables, err error) {
	var errs [8]error
	t.pdus, errs[0] = newBulk(c, "pdus", pduColumns, 32)
	t.tlvs, errs[1] = newBulk(c, "tlvs", tlvColumns, 64)
	t.conns, errs[2] = newUpserts(c, "connections", connectionColumns, 1)
	t.sessions, errs[3] = newUpserts(c, "sessions", sessionColumns, 1)
	t.findings, errs[4] = newUpserts(c, "findings", findingColumns, 1)
	t.checks, errs[5] = newUpserts(c, "checks", checkColumns, 2)
	t.messages, errs[6] = newUpserts(c, "messages", messageColumns, 1)
	t.parts, errs[7] = newBulk(c, "parts", partColumns, 32)
	return t, errors.Join(errs[:]...)
}

// drainBulk inserts kept PDUs and TLVs.
func (t *tables) drainBulk() error {
	for _, b := range [...]*bulk{t.pdus, t.tlvs, t.parts} {
		if err := b.drain(); err != nil {
			return err
		}
	}
	return nil
}

// drainUpserts writes what has changed.
func (t *tables) drainUpserts() error {
	for _, u := range [...]*upserts{t.conns, t.sessions, t.findings, t.checks, t.messages} {
		if err := u.drain(); err != nil {
			return err
		}
	}
	return nil
}

func (t *tables) close() {
	for _, b := range [...]*bulk{t.pdus, t.tlvs, t.parts} {
		if b != nil {
			_, _ = b.one.close(), b.many.close()
		}
	}
	for _, u := range [...]*upserts{t.conns, t.sessions, t.findings, t.checks, t.messages} {
		if u != nil {
			_ = u.stmt.close()
		}
	}
}

// add takes one record.
func (w *Writer) add(r *analyze.Record) error {
	if w.capture == 0 && r.Kind != analyze.RecordCapture {
		return errors.New("a record came before the capture's own")
	}
	w.rows++
	switch r.Kind {
	case analyze.RecordCapture:
		return w.addCapture(r.Capture)
	case analyze.RecordConn:
		w.addConn(r.Conn)
	case analyze.RecordSession:
		w.addSession(r.Session)
	case analyze.RecordPDU:
		return w.addPDU(r.PDU)
	case analyze.RecordPair:
		w.pairs = append(w.pairs, *r.Pair)
	case analyze.RecordFinding:
		w.addFinding(r.Finding)
	case analyze.RecordMessage:
		w.addMessage(r.Message)
	case analyze.RecordCheck:
		c := r.Check
		w.tables.checks.put(int64(c.Rule), w.capture, c.Rule.String(), c.Checked, c.Failed, c.Unchecked, r.Off)
	case analyze.RecordGap: // connections count them
	}
	return nil
}

// addCapture makes the capture's row; what a later record says of it is
// stored by finish.
func (w *Writer) addCapture(c *analyze.Capture) error {
	copied := *c
	w.final = &copied
	if w.capture != 0 {
		return nil
	}
	w.started = c.StartedAt != 0
	res, err := w.db.write.Exec("INSERT INTO captures (kind, source, profile, started_at, version, first_pdu) VALUES (?, ?, ?, ?, ?, ?)",
		[]driver.Value{c.Kind, c.Source, c.Profile, known(c.StartedAt), c.Version, w.base.pdu + 1})
	if err != nil {
		return err
	}
	w.capture, err = res.LastInsertId()
	return err
}

func (w *Writer) addConn(c *session.Conn) {
	client, server := c.A, c.B
	if c.ESME == stream.FromB {
		client, server = c.B, c.A
	}
	opened := "unknown"
	if c.SYN && c.Decided {
		opened = c.Sender(stream.FromA).String()
	}
	var reason driver.Value
	if c.EndedAt != 0 {
		reason = c.End.String()
	}
	tls := c.TLS
	if tls == "" {
		tls = "none"
	}
	a, b := &c.Sides[stream.FromA], &c.Sides[stream.FromB]
	w.tables.conns.put(c.ID, w.base.conn+c.ID, w.capture, text(c.Link),
		address(client), port(client), address(server), port(server), opened,
		known(c.Opened.Time), known(c.EndedAt), reason, tls, a.Lost+b.Lost, a.Gaps+b.Gaps, c.Complete())
}

func (w *Writer) addSession(s *analyze.SessionRecord) {
	var systemType, version, status driver.Value
	if s.BindSeen {
		systemType, version = s.SystemType, int64(s.InterfaceVersion)
	}
	if s.BindAnswered {
		status = int64(s.BindStatus)
	}
	w.tables.sessions.put(s.ID, w.base.session+s.ID, w.base.conn+s.Conn.ID, s.SystemID, systemType, version,
		s.BindType.String(), status, known(s.BoundAt), known(s.EndedAt), s.State.String(),
		s.PDUsToSMSC, s.PDUsToESME, s.Errors, s.Warnings, s.Notes, known(int64(s.Version)), known(int64(s.Offered)))
}

func (w *Writer) addPDU(p *analyze.PDU) error {
	if !w.started {
		// So that a capture that is cut off has a beginning all the same.
		if err := w.exec("UPDATE captures SET started_at = ? WHERE id = ?", p.At.Time, w.capture); err != nil {
			return err
		}
		w.started = true
	}
	id := w.base.pdu + p.Number
	var sess, latency driver.Value
	if p.Session != nil {
		sess = w.base.session + p.Session.ID
	}
	if p.Request != 0 {
		latency = micros(p.Latency)
	}
	d := p.P
	w.index.added++
	err := w.tables.pdus.add(id, w.base.conn+p.Conn.ID, sess, known(p.At.Frame), p.At.Time, p.Direction(),
		int64(d.ID), int64(d.Status), int64(d.Sequence), int64(d.Length), w.pdu(p.Request), latency,
		octets(d.Bytes(dissect.ParamSourceAddr)), octets(destination(d)), messageID(p), raw(d.Raw))
	if err != nil {
		return err
	}
	if err := w.addPart(p); err != nil {
		return err
	}
	for i := range d.TLVs {
		t := &d.TLVs[i]
		var name driver.Value
		if t.Def != nil {
			name = t.Def.Name
		}
		w.rows++
		if err := w.tables.tlvs.add(id, int64(i), int64(t.Tag), name, raw(d.TLVValue(*t))); err != nil {
			return err
		}
	}
	return nil
}

// addPart notes of which long message the PDU carries a part.
func (w *Writer) addPart(p *analyze.PDU) error {
	if p.Parts == nil {
		return nil
	}
	for i := range p.Parts.Seen {
		if x := &p.Parts.Seen[i]; x.PDU == p.Number {
			return w.tables.parts.add(w.base.pdu+p.Number, w.base.pdu+p.Parts.First, int64(x.Number), int64(p.Parts.Total))
		}
	}
	return nil // it names the message and is none of its parts
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
func messageID(p *analyze.PDU) driver.Value {
	if b := p.P.Bytes(dissect.ParamMessageID); b != nil {
		return string(b)
	}
	if t, ok := p.P.TLV(tagReceiptedID); ok {
		b := p.P.TLVValue(t)
		if n := len(b); n > 0 && b[n-1] == 0 {
			b = b[:n-1]
		}
		return string(b)
	}
	if p.Receipt != nil {
		return text(p.Receipt.ID)
	}
	return nil
}

func (w *Writer) addFinding(f *audit.Finding) {
	w.tables.findings.put(f.ID, w.base.finding+f.ID, w.capture,
		above(w.base.conn, f.Connection), above(w.base.session, f.Session), w.pdu(f.PDU), w.pdu(f.LastPDU),
		f.Rule.String(), f.Severity.String(), known(f.Time), known(f.LastTime), f.Count, f.Field,
		int64(f.Offset), int64(f.Length), f.Seen, f.Wanted, f.Message, f.Remedy, f.Reference)
}

func (w *Writer) addMessage(m *analyze.Message) {
	var status driver.Value
	if m.Answered {
		status = int64(m.Status)
	}
	w.tables.messages.put(m.ID, w.base.message+m.ID, w.capture, text(m.Account), text(m.SystemID), text(m.MessageID),
		m.Source, m.Destination, m.Text, text(m.Encoding), int64(m.Parts), int64(m.PartsSeen),
		known(m.SubmittedAt), known(m.AcceptedAt), status, text(m.ReceiptState), text(m.ReceiptErr), known(m.DoneAt),
		span(m.Latency, m.AcceptedAt), span(m.ReceiptDelay, m.DoneAt), above(w.base.session, m.SubmitSession),
		w.pdu(m.SubmitPDU), w.pdu(m.ResponsePDU), w.pdu(m.ReceiptPDU))
}

// pdu is the id of a PDU of the run, NULL for none.
func (w *Writer) pdu(number int64) driver.Value { return above(w.base.pdu, number) }

func above(base, number int64) driver.Value {
	if number == 0 {
		return nil
	}
	return base + number
}

// known is n, NULL where zero stands for "never" or "none".
func known(n int64) driver.Value { return above(0, n) }

// micros rounds down; a negative latency is not known.
func micros(ns int64) driver.Value {
	if ns < 0 {
		return nil
	}
	return ns / 1000
}

// span is a duration up to an event, NULL when that did not happen.
func span(ns, event int64) driver.Value {
	if event == 0 {
		return nil
	}
	return micros(ns)
}

func text(s string) driver.Value {
	if s == "" {
		return nil
	}
	return s
}

// octets is a field's text, NULL when the PDU lacks it.
func octets(b []byte) driver.Value {
	if b == nil {
		return nil
	}
	return string(b)
}

// raw is a BLOB, never NULL.
func raw(b []byte) driver.Value {
	if b == nil {
		return []byte{}
	}
	return b
}

func address(a netip.AddrPort) driver.Value {
	if !a.IsValid() {
		return nil
	}
	return a.Addr().String()
}

func port(a netip.AddrPort) driver.Value {
	if !a.IsValid() {
		return nil
	}
	return int64(a.Port())
}
