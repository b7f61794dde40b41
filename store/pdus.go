package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"smpptap/analyze/filter"
	"smpptap/dissect"
)

// pageOctets bounds the raw octets of a page, beside pageRows.
const pageOctets = 4 << 20

// PDU is one recorded PDU. Raw is masked; decode it for fields, TLVs and text.
type PDU struct {
	ID, Connection, Session, Frame int64
	Capture                        int64
	Time                           int64
	Direction                      string // to_smsc, to_esme
	Client, Server                 string // ESME and SMSC, address and port
	Link                           string // of a proxy; empty: none
	SystemID, BindType             string
	CommandID, Status, Sequence    uint32
	Length                         int64 // command_length; Raw may be shorter
	Request                        int64 // the request that it answers; zero: none
	Response                       int64 // the response to it; zero: none
	LatencyUS                      int64 // of a response; negative: unknown
	ResponseLatencyUS              int64 // of the response to it; negative: unknown
	SourceAddr, DestinationAddr    string
	MessageID                      string
	Raw                            []byte
}

// ExchangeUS is the latency of the exchange that the PDU is half of; negative:
// unknown.
func (p *PDU) ExchangeUS() int64 { return max(p.LatencyUS, p.ResponseLatencyUS) }

// ToESME tells that the SMSC sent the PDU.
func (p *PDU) ToESME() bool { return isToESME(p.Direction) }

func isToESME(direction string) bool { return direction == "to_esme" }

// Source is the sender's address and port.
func (p *PDU) Source() string {
	if p.ToESME() {
		return p.Server
	}
	return p.Client
}

// Destination is the receiver's address and port.
func (p *PDU) Destination() string {
	if p.ToESME() {
		return p.Client
	}
	return p.Server
}

const pduSelect = `SELECT p.id, p.connection_id, coalesce(p.session_id, 0), coalesce(p.frame, 0), c.capture_id, p.time, p.direction,
	coalesce(c.client_addr, ''), coalesce(c.client_port, 0), coalesce(c.server_addr, ''), coalesce(c.server_port, 0),
	coalesce(s.system_id, ''), coalesce(s.bind_type, ''), p.command_id, p.command_status, p.sequence_number, p.length,
	coalesce(p.request_id, 0), coalesce(p.latency_us, -1), coalesce(p.source_addr, ''), coalesce(p.destination_addr, ''),
	coalesce(p.message_id, ''), coalesce(c.link, ''), p.raw
	FROM pdus AS p JOIN connections AS c ON c.id = p.connection_id LEFT JOIN sessions AS s ON s.id = p.session_id`

func scanPDU(r *sql.Rows) (p PDU, err error) {
	var c Connection
	err = r.Scan(&p.ID, &p.Connection, &p.Session, &p.Frame, &p.Capture, &p.Time, &p.Direction,
		&c.ClientAddr, &c.ClientPort, &c.ServerAddr, &c.ServerPort, &p.SystemID, &p.BindType,
		&p.CommandID, &p.Status, &p.Sequence, &p.Length, &p.Request, &p.LatencyUS,
		&p.SourceAddr, &p.DestinationAddr, &p.MessageID, &p.Link, &p.Raw)
	p.Client, p.Server = c.Client(), c.Server()
	p.ResponseLatencyUS = -1
	return p, err
}

// PDUs gives PDUs by id to fn, which may take its time and keep what it is
// given. An error of fn ends the list and is returned as it is. Of the filter
// Rule and Severity select the PDUs that a finding names as its first or last
// evidence.
func (db *DB) PDUs(ctx context.Context, f Filter, fn func(*PDU) error) error {
	indexed, err := db.hasIndex(ctx, "pdus_request")
	if err != nil {
		return err
	}
	read := func(f Filter) ([]PDU, error) {
		var w where
		w.pdus(&f)
		page, err := db.pduPage(ctx, w.String()+" ORDER BY p.id"+limit(&f), w.tail(&f))
		if err != nil || len(page) == 0 {
			return page, err
		}
		return page, db.findResponses(ctx, page, indexed)
	}
	return pages(f, read, func(p *PDU) int64 { return p.ID }, fn)
}

func (w *where) pdus(f *Filter) {
	w.pduRange(f)
	equal(w, "p.connection_id", f.Connection)
	if f.Session != 0 {
		equal(w, "p.session_id", f.Session)
		w.add("p.connection_id = (SELECT connection_id FROM sessions WHERE id = ?)", f.Session)
	}
	w.ids("p.id", f.IDs)
	w.bounds(&f.Bounds)
	w.oneOf("p.message_id", f.MessageIDs)
	w.oneOf("p.source_addr", f.Sources)
	w.oneOf("p.destination_addr", f.Destinations)
	w.within(f, "p.time", "p.time")
	w.named(f, "p.id", "pdu_id", "last_pdu_id")
	after(w, f, "p.id")
}

// bounds adds what a display filter asks of columns. A submit_multi has more
// destinations than its column.
func (w *where) bounds(b *filter.Bounds) {
	for _, x := range [...]struct {
		column string
		value  *uint32
	}{{"p.command_id", b.Command}, {"p.command_status", b.Status}, {"p.sequence_number", b.Sequence}} {
		if x.value != nil {
			w.add(x.column+" = ?", *x.value)
		}
	}
	equal(w, "p.session_id", b.Session)
	equal(w, "p.frame", b.Frame)
	equal(w, "p.direction", b.Direction)
	equal(w, "p.source_addr", b.Source)
	equal(w, "p.message_id", b.MessageID)
	if b.Destination != "" {
		w.add("(p.destination_addr = ? OR p.command_id = ?)", b.Destination, dissect.CmdSubmitMulti)
	}
}

// errPage ends a page that holds enough octets.
var errPage = errors.New("page is full")

func (db *DB) pduPage(ctx context.Context, rest string, args []any) ([]PDU, error) {
	var page []PDU
	var size int
	err := db.each(ctx, pduSelect+rest, args, func(r *sql.Rows) error {
		p, err := scanPDU(r)
		page = append(page, p)
		if size += len(p.Raw); err == nil && size > pageOctets {
			return errPage
		}
		return err
	})
	if errors.Is(err, errPage) {
		err = nil
	}
	return page, err
}

// responseWindow is how far behind a page its responses are looked for while
// there is no index: in a capture that is still running or was cut off.
const responseWindow = 50_000

// findResponses fills Response and ResponseLatencyUS of a page.
func (db *DB) findResponses(ctx context.Context, page []PDU, indexed bool) error {
	at := make(map[int64]*PDU, len(page))
	for i := range page {
		at[page[i].ID] = &page[i]
	}
	first, last := page[0].ID, page[len(page)-1].ID
	query := "SELECT request_id, id, coalesce(latency_us, -1) FROM pdus WHERE request_id BETWEEN ? AND ?"
	args := []any{first, last}
	if !indexed {
		query += " AND id BETWEEN ? AND ?"
		args = append(args, first-responseWindow, last+responseWindow)
	}
	return db.each(ctx, query, args, func(r *sql.Rows) error {
		var request, response, latency int64
		err := r.Scan(&request, &response, &latency)
		if p := at[request]; p != nil && p.Response == 0 {
			p.Response, p.ResponseLatencyUS = response, latency
		}
		return err
	})
}

func (db *DB) hasIndex(ctx context.Context, name string) (bool, error) {
	var n int
	err := db.read.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name = ?", name).Scan(&n)
	return n > 0, explain(db.path, err)
}

// TLV is a recorded TLV.
type TLV struct {
	Position int
	Tag      uint16
	Name     string // empty: not in the standard table
	Value    []byte // masked
}

// Detail is a PDU with all that belongs to it.
type Detail struct {
	PDU        PDU
	Connection Connection
	Session    *Session // nil: none
	// Exchange is the other PDU: the request of a response, the response to a
	// request; nil: none.
	Exchange *PDU
	TLVs     []TLV
	Findings []Finding // those that name it as their first or last evidence
}

// PDU gives one PDU by id. The error is ErrNotFound when there is none.
func (db *DB) PDU(ctx context.Context, id int64) (*Detail, error) {
	p, err := db.onePDU(ctx, id)
	if err != nil {
		return nil, err
	}
	d := &Detail{PDU: *p}
	conns, err := db.Connections(ctx, Filter{Capture: AllCaptures, Connection: p.Connection})
	if err != nil {
		return nil, err
	}
	d.Connection = conns[0] // pduSelect joins it
	if err := db.detail(ctx, d); err != nil {
		return nil, err
	}
	return d, nil
}

// detail fills what hangs on a PDU.
func (db *DB) detail(ctx context.Context, d *Detail) error {
	if d.PDU.Session != 0 {
		s, err := db.Sessions(ctx, Filter{Capture: AllCaptures, Session: d.PDU.Session})
		if err != nil {
			return err
		}
		if len(s) > 0 {
			d.Session = &s[0]
		}
	}
	if other := max(d.PDU.Request, d.PDU.Response); other != 0 {
		var err error
		if d.Exchange, err = db.onePDU(ctx, other); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	err := db.each(ctx, "SELECT position, tag, coalesce(name, ''), value FROM tlvs WHERE pdu_id = ? ORDER BY position",
		[]any{d.PDU.ID}, func(r *sql.Rows) error {
			var t TLV
			err := r.Scan(&t.Position, &t.Tag, &t.Name, &t.Value)
			d.TLVs = append(d.TLVs, t)
			return err
		})
	if err != nil {
		return err
	}
	d.Findings, err = db.findings(ctx, " WHERE f.pdu_id = ? OR f.last_pdu_id = ? ORDER BY f.id", []any{d.PDU.ID, d.PDU.ID})
	return err
}

func (db *DB) onePDU(ctx context.Context, id int64) (*PDU, error) {
	page, err := db.pduPage(ctx, " WHERE p.id = ?", []any{id})
	if err != nil {
		return nil, err
	}
	if len(page) == 0 {
		var last sql.NullInt64
		if err := db.read.QueryRowContext(ctx, "SELECT max(id) FROM pdus").Scan(&last); err != nil {
			return nil, explain(db.path, err)
		}
		return nil, fmt.Errorf("database %s: PDU %d: %w (the last is %d)", db.path, id, ErrNotFound, last.Int64)
	}
	indexed, err := db.hasIndex(ctx, "pdus_request")
	if err != nil {
		return nil, err
	}
	return &page[0], db.findResponses(ctx, page, indexed)
}
