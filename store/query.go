package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"strconv"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/dissect"
)

// ErrNotFound says that the database has no such row.
var ErrNotFound = errors.New("not found")

// Capture is one recorded run.
type Capture struct {
	ID int64
	analyze.Capture
	FirstPDU int64 // its PDUs' ids begin here
}

// Connection is one TCP connection. Times are nanoseconds since 1970 UTC,
// zero where they are not known, here as below.
type Connection struct {
	ID, Capture            int64
	Link                   string
	ClientAddr, ServerAddr string
	ClientPort, ServerPort int64
	OpenedBy               string
	OpenedAt, ClosedAt     int64
	CloseReason, TLS       string
	ClosedBy               string // esme, smsc: by FIN or reset; empty: nobody, or not known
	LostOctets, Gaps       int64
	Complete               bool
}

// Client is the ESME's address and port.
func (c *Connection) Client() string { return hostPort(c.ClientAddr, c.ClientPort) }

// Server is the SMSC's address and port.
func (c *Connection) Server() string { return hostPort(c.ServerAddr, c.ServerPort) }

func hostPort(host string, port int64) string {
	if host == "" {
		return ""
	}
	return net.JoinHostPort(host, strconv.FormatInt(port, 10))
}

// Session is one dialogue, with its connection.
type Session struct {
	ID                      int64
	Connection              Connection
	SystemID, SystemType    string
	BindSeen                bool // else BindType is presumed, and no bind value known
	InterfaceVersion        uint8
	BindType                string
	BindStatus              uint32
	BindAnswered            bool
	BoundAt, EndedAt        int64
	State                   string
	Version, Offered        dissect.Version // zero: unknown, none
	PDUsToSMSC, PDUsToESME  int64
	Errors, Warnings, Notes int64
}

// Finding is a finding with ids of the database. Its Frame is that of its
// first PDU.
type Finding struct {
	audit.Finding
	Capture  int64
	RuleName string
	Known    bool // the rule is in this program's catalogue; else Finding.Own names it
}

// Check is a rule's line of the scorecard.
type Check struct {
	audit.Check
	RuleName string
	Known    bool // the rule is in this program's catalogue; else Check.Own names it
	Off      bool // the profile does not set what the rule needs
}

// each runs a query and calls fn for each row. While fn runs the query holds
// its place in the log, so fn is quick: rows are few or fn only keeps them.
func (db *DB) each(ctx context.Context, query string, args []any, fn func(*sql.Rows) error) error {
	rows, err := db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return explain(db.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return explain(db.path, err)
		}
	}
	return explain(db.path, rows.Err())
}

// Captures lists all captures by id.
func (db *DB) Captures(ctx context.Context) ([]Capture, error) {
	var out []Capture
	const query = `SELECT id, kind, source, profile, coalesce(started_at, 0), coalesce(ended_at, 0), version,
		coalesce(stats, '{}'), first_pdu FROM captures ORDER BY id`
	err := db.each(ctx, query, nil, func(r *sql.Rows) error {
		var c Capture
		var stats []byte
		err := r.Scan(&c.ID, &c.Kind, &c.Source, &c.Profile, &c.StartedAt, &c.EndedAt, &c.Version, &stats, &c.FirstPDU)
		if err == nil {
			err = json.Unmarshal(stats, &c.Stats)
		}
		out = append(out, c)
		return err
	})
	return out, err
}

// Capture gives one capture by id, or the last.
func (db *DB) Capture(ctx context.Context, id int64) (Capture, error) {
	all, err := db.Captures(ctx)
	if err != nil {
		return Capture{}, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].ID == id || id == LastCapture {
			return all[i], nil
		}
	}
	if len(all) == 0 {
		return Capture{}, fmt.Errorf("database %s: %w", db.path, ErrEmpty)
	}
	return Capture{}, fmt.Errorf("database %s: capture %d: %w (it has 1 to %d)", db.path, id, ErrNotFound, all[len(all)-1].ID)
}

const connectionSelect = `c.id, c.capture_id, coalesce(c.link, ''), coalesce(c.client_addr, ''), coalesce(c.client_port, 0),
	coalesce(c.server_addr, ''), coalesce(c.server_port, 0), c.opened_by, coalesce(c.opened_at, 0), coalesce(c.closed_at, 0),
	coalesce(c.close_reason, ''), c.tls, c.lost_octets, c.gaps, c.complete, coalesce(c.closed_by, '')`

// into gives where a row of connectionSelect is scanned to.
func (c *Connection) into() []any {
	return []any{&c.ID, &c.Capture, &c.Link, &c.ClientAddr, &c.ClientPort, &c.ServerAddr, &c.ServerPort, &c.OpenedBy,
		&c.OpenedAt, &c.ClosedAt, &c.CloseReason, &c.TLS, &c.LostOctets, &c.Gaps, &c.Complete, &c.ClosedBy}
}

// Connections lists connections by id. Of the filter Capture, Connection,
// times, After and Limit count.
func (db *DB) Connections(ctx context.Context, f Filter) ([]Connection, error) {
	var w where
	w.capture(&f, "c.capture_id")
	equal(&w, "c.id", f.Connection)
	w.within(&f, "coalesce(c.opened_at, 0)", never("c.closed_at"))
	after(&w, &f, "c.id")
	var out []Connection
	query := "SELECT " + connectionSelect + " FROM connections AS c" + w.String() + " ORDER BY c.id" + limit(&f)
	err := db.each(ctx, query, w.tail(&f), func(r *sql.Rows) error {
		var c Connection
		err := r.Scan(c.into()...)
		out = append(out, c)
		return err
	})
	return out, err
}

// never is a column whose NULL means "not yet".
func never(column string) string {
	return "coalesce(" + column + ", " + strconv.FormatInt(math.MaxInt64, 10) + ")"
}

func after(w *where, f *Filter, id string) {
	if f.After != 0 {
		w.add(id+" > ?", f.After)
	}
}

// Sessions lists sessions by id.
func (db *DB) Sessions(ctx context.Context, f Filter) ([]Session, error) {
	var w where
	w.capture(&f, "c.capture_id")
	equal(&w, "c.id", f.Connection)
	equal(&w, "s.id", f.Session)
	w.within(&f, "coalesce(s.bound_at, c.opened_at, 0)", never("coalesce(s.ended_at, c.closed_at)"))
	w.named(&f, "s.id", "session_id")
	after(&w, &f, "s.id")
	query := `SELECT s.id, s.system_id, coalesce(s.system_type, ''), s.interface_version, s.bind_type, s.bind_status,
		coalesce(s.bound_at, 0), coalesce(s.ended_at, 0), s.state, s.pdus_to_smsc, s.pdus_to_esme,
		s.errors, s.warnings, s.notes, coalesce(s.version, 0), coalesce(s.offered, 0), ` + connectionSelect +
		" FROM sessions AS s JOIN connections AS c ON c.id = s.connection_id" + w.String() + " ORDER BY s.id" + limit(&f)
	var out []Session
	err := db.each(ctx, query, w.tail(&f), func(r *sql.Rows) error {
		var s Session
		var version, status sql.NullInt64
		err := r.Scan(append([]any{&s.ID, &s.SystemID, &s.SystemType, &version, &s.BindType, &status,
			&s.BoundAt, &s.EndedAt, &s.State, &s.PDUsToSMSC, &s.PDUsToESME, &s.Errors, &s.Warnings, &s.Notes,
			&s.Version, &s.Offered},
			s.Connection.into()...)...)
		s.BindSeen, s.InterfaceVersion = version.Valid, uint8(version.Int64)
		s.BindAnswered, s.BindStatus = status.Valid, uint32(status.Int64)
		out = append(out, s)
		return err
	})
	return out, err
}

// Findings lists findings by id: in order of their first evidence.
func (db *DB) Findings(ctx context.Context, f Filter) ([]Finding, error) {
	var w where
	w.capture(&f, "f.capture_id")
	equal(&w, "f.connection_id", f.Connection)
	equal(&w, "f.session_id", f.Session)
	equal(&w, "f.rule", f.Rule)
	w.severity(f.Severity, "f.severity")
	w.within(&f, "coalesce(f.time, 0)", "coalesce(f.last_time, 0)")
	after(&w, &f, "f.id")
	return db.findings(ctx, w.String()+" ORDER BY f.id"+limit(&f), w.tail(&f))
}

func (db *DB) findings(ctx context.Context, rest string, args []any) ([]Finding, error) {
	query := `SELECT f.id, f.capture_id, coalesce(f.connection_id, 0), coalesce(f.session_id, 0), coalesce(f.pdu_id, 0),
		coalesce(f.last_pdu_id, 0), f.rule, f.severity, coalesce(f.time, 0), coalesce(f.last_time, 0), f.count, f.field,
		f.offset, f.length, f.seen, f.wanted, f.message, f.remedy, f.reference, coalesce(p.frame, 0)
		FROM findings AS f LEFT JOIN pdus AS p ON p.id = f.pdu_id` + rest
	var out []Finding
	err := db.each(ctx, query, args, func(r *sql.Rows) error {
		var f Finding
		var severity string
		err := r.Scan(&f.ID, &f.Capture, &f.Connection, &f.Session, &f.PDU, &f.LastPDU, &f.RuleName, &severity, &f.Time,
			&f.LastTime, &f.Count, &f.Field, &f.Offset, &f.Length, &f.Seen, &f.Wanted, &f.Message, &f.Remedy, &f.Reference, &f.Frame)
		f.Severity, _ = audit.ParseSeverity(severity)
		if rule, ok := audit.RuleByName(f.RuleName); ok {
			f.Rule, f.Known = rule.ID, true
		} else {
			f.Rule = audit.RuleOwn
			f.Own = &audit.Rule{
				ID: f.Rule, Name: f.RuleName, Severity: f.Severity, Max: f.Severity,
				Title: f.Message, Remedy: f.Remedy, Ref: f.Reference,
			}
		}
		out = append(out, f)
		return err
	})
	return out, err
}

// HasRule tells whether any capture was judged by a rule.
func (db *DB) HasRule(ctx context.Context, name string) (has bool, err error) {
	query := "SELECT EXISTS(SELECT 1 FROM checks WHERE rule = ?) OR EXISTS(SELECT 1 FROM findings WHERE rule = ?)"
	err = db.each(ctx, query, []any{name, name}, func(r *sql.Rows) error { return r.Scan(&has) })
	return has, err
}

// Checks gives the scorecard of a capture, in the catalogue's order; the
// user's own rules, and others that this program does not know, stand last.
func (db *DB) Checks(ctx context.Context, capture int64) ([]Check, error) {
	var w where
	w.capture(&Filter{Capture: capture}, "capture_id")
	known := make([]*Check, len(audit.Rules))
	var out, unknown []Check
	query := "SELECT rule, checked, failed, unchecked, off, coalesce(severity, ''), coalesce(title, rule), coalesce(reference, '') FROM checks" + w.String() + " ORDER BY rule"
	err := db.each(ctx, query, w.args, func(r *sql.Rows) error {
		var c Check
		var severity, title string
		if err := r.Scan(&c.RuleName, &c.Checked, &c.Failed, &c.Unchecked, &c.Off, &severity, &title, &c.Reference); err != nil {
			return err
		}
		if rule, ok := audit.RuleByName(c.RuleName); ok {
			c.Rule, c.Known = rule.ID, true
			known[rule.ID] = &c
		} else {
			c.Rule = audit.RuleOwn + audit.RuleID(len(unknown))
			c.Own = &audit.Rule{ID: c.Rule, Name: c.RuleName, Title: title, Ref: c.Reference}
			c.Own.Severity, _ = audit.ParseSeverity(severity)
			unknown = append(unknown, c)
		}
		return nil
	})
	for _, c := range known {
		if c != nil {
			out = append(out, *c)
		}
	}
	return append(out, unknown...), err
}
