package main

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/dissect"
	"smpptap/report"
	"smpptap/store"
)

// listFlags are those of sessions, pdus, findings and messages.
type listFlags struct {
	capture  string
	session  int64
	rule     string
	ownRule  bool // rule is none of the catalogue
	severity string
	since    string
	until    string
	count    int64
	after    int64
	format   string

	rows   report.RowsFormat
	filter store.Filter
	named  func() bool // --capture was given
}

func (f *listFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.capture, "capture", "last", "an `id`, last, or all")
	f.named = func() bool { return fl.Changed("capture") }
	fl.Int64Var(&f.session, "session", 0, "only of this session `id`, in whatever capture it is")
	fl.StringVar(&f.rule, "rule", "", "only what findings of this rule name")
	fl.StringVar(&f.severity, "severity", "", "only what findings of this severity or above name")
	fl.StringVar(&f.since, "since", "", "from this `time` on: RFC 3339, '2026-11-03 10:00', '10m' ago")
	fl.StringVar(&f.until, "until", "", "up to this `time`")
	fl.Int64VarP(&f.count, "count", "c", 0, "at most `N` rows")
	fl.Int64Var(&f.after, "after", 0, "only rows behind this `id`: with -c the next page")
	fl.StringVarP(&f.format, "format", "T", "table", "table, json, ndjson or csv")
}

// check reads the flags into the filter.
func (f *listFlags) check(utc bool) (err error) {
	if err := oneOf("-T", f.format, "table", "json", "ndjson", "csv"); err != nil {
		return err
	}
	f.rows, _ = report.ParseRowsFormat(f.format)
	if f.filter.Capture, err = captureID(f.capture, true); err != nil {
		return err
	}
	if f.session > 0 && !f.named() {
		f.filter.Capture = store.AllCaptures // the id says which
	}
	if f.severity != "" {
		if err := oneOf("--severity", f.severity, words["severity"]...); err != nil {
			return err
		}
		f.filter.Severity, _ = audit.ParseSeverity(f.severity)
	}
	if f.rule != "" {
		_, known := audit.RuleByName(f.rule)
		f.ownRule = !known // the user's own, if the database has it
	}
	if f.count < 0 || f.session < 0 || f.after < 0 {
		return usagef("-c, --session and --after take a number above 0")
	}
	f.filter.After = f.after
	f.filter.Rule, f.filter.Session, f.filter.Limit = f.rule, f.session, int(f.count)
	if f.filter.Since, err = parseTime("--since", f.since, utc); err != nil {
		return err
	}
	f.filter.Until, err = parseTime("--until", f.until, utc)
	return err
}

// captureID reads --capture.
func captureID(s string, all bool) (int64, error) {
	switch {
	case s == "last":
		return store.LastCapture, nil
	case s == "all" && all:
		return store.AllCaptures, nil
	}
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil || id < 1 {
		return 0, usagef("--capture: %q is no capture's id", s)
	}
	return id, nil
}

var timeLayouts = []string{
	"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
}

// parseTime reads a time: with a zone, or in the zone that tables show, as
// seconds since 1970, or as a duration before now.
func parseTime(flag, s string, utc bool) (int64, error) {
	if s == "" {
		return 0, nil
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t.UnixNano(), nil
	}
	zone := time.Local
	if utc {
		zone = time.UTC
	}
	for _, layout := range timeLayouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t.UnixNano(), nil
		}
	}
	if seconds, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(seconds) < math.MaxInt64/1e9 {
		return int64(seconds * 1e9), nil
	}
	if d, err := age(s); err == nil { // knows days and weeks
		return time.Now().Add(-d).UnixNano(), nil
	}
	if d, err := time.ParseDuration(s); err == nil {
		return time.Now().Add(-d.Abs()).UnixNano(), nil
	}
	return 0, usagef("%s: %q is no time (2026-11-03T10:02:11Z, '2026-11-03 10:02', seconds since 1970, or 10m, 2d for as long ago)", flag, s)
}

// listCommand makes one of the list commands.
func (a *app) listCommand(use, short string, list func(context.Context, *store.DB, *listFlags) error) *cobra.Command {
	var f listFlags
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(a.time == "utc"); err != nil {
				return err
			}
			db, err := store.OpenAll(cmd.Context(), a.dbs...)
			if err != nil {
				return err
			}
			defer func() { _ = db.Close() }()
			if err := f.exists(cmd.Context(), db); err != nil {
				return err
			}
			return list(cmd.Context(), db, &f)
		},
	}
	f.add(cmd)
	return cmd
}

// exists finds a capture or a rule that the database does not have.
func (f *listFlags) exists(ctx context.Context, db *store.DB) error {
	if id := f.filter.Capture; id != store.AllCaptures {
		if _, err := db.Capture(ctx, id); err != nil {
			return err
		}
	}
	if f.ownRule {
		if has, err := db.HasRule(ctx, f.rule); err != nil || !has {
			return errors.Join(err, unknownRule(f.rule))
		}
	}
	return nil
}

// rowsTo makes the writer of a list's rows.
func (a *app) rowsTo(w io.Writer, f *listFlags, columns ...string) *report.Rows {
	return report.NewRows(w, a.reportOptions(w, nil), f.rows, report.Columns(columns...))
}

func (a *app) sessionsCommand() *cobra.Command {
	return a.listCommand("sessions", "List sessions from the database", a.listSessions)
}

func (a *app) listSessions(ctx context.Context, db *store.DB, f *listFlags) error {
	want, err := a.wantedPDUs(ctx, db, f)
	if err != nil {
		return err
	}
	sessions, err := db.Sessions(ctx, f.filter)
	if err != nil {
		return err
	}
	opt, limit := a.reportOptions(a.out, nil), f.limit()
	rows := a.rowsTo(a.out, f, "session>", "connection>", "-capture>", "system_id", "-system_type", "bind_type",
		"bind_status", "-interface_version>", "-version", "-offered", "state", "client", "server", "bound_at", "-ended_at",
		"pdus_to_smsc>", "pdus_to_esme>", "errors>", "warnings>", "notes>", "-close_reason", "-presumed")
	for i := range sessions {
		s := &sessions[i]
		if !want.session(s.ID) {
			continue
		}
		if limit.spent() {
			break
		}
		status, version := "", any(nil)
		if s.BindAnswered {
			status = opt.StatusLabel(s.BindStatus)
		}
		if s.BindSeen {
			version = int64(s.InterfaceVersion)
		}
		bindType, presumed := s.BindType, any(nil)
		if !s.BindSeen && bindType != "" {
			presumed = true
			if f.rows == report.RowsTable {
				bindType += " (presumed)"
			}
		}
		c := &s.Connection
		err := rows.Row(s.ID, c.ID, c.Capture, s.SystemID, s.SystemType, bindType, status, version,
			versionText(s.Version), versionText(s.Offered), s.State,
			c.Client(), c.Server(), report.Time(s.BoundAt), report.Time(s.EndedAt), s.PDUsToSMSC, s.PDUsToESME,
			s.Errors, s.Warnings, s.Notes, c.CloseReason, presumed)
		if err != nil {
			return err
		}
	}
	return rows.Close()
}

// versionText is a version as the summary writes it; empty: not known.
func versionText(v dissect.Version) string {
	if v == dissect.VersionUnknown {
		return ""
	}
	return v.String()
}

func (a *app) findingsCommand() *cobra.Command {
	return a.listCommand("findings", "List findings from the database", a.listFindings)
}

// chosenFindings are those that the flags choose, as --redact has them.
func (a *app) chosenFindings(ctx context.Context, db *store.DB, f *listFlags) ([]store.Finding, error) {
	want, err := a.wantedPDUs(ctx, db, f)
	if err != nil {
		return nil, err
	}
	findings, err := db.Findings(ctx, f.filter)
	if err != nil {
		return nil, err
	}
	limit := f.limit()
	findings = slices.DeleteFunc(findings, func(x store.Finding) bool { return !want.any(x.PDU, x.LastPDU) || limit.spent() })
	for i := range findings {
		x := &findings[i].Finding
		*x = *analyze.RedactFinding(x, a.redaction())
	}
	return findings, nil
}

func (a *app) listFindings(ctx context.Context, db *store.DB, f *listFlags) error {
	findings, err := a.chosenFindings(ctx, db, f)
	if err != nil {
		return err
	}
	columns := report.Columns("rule", "severity", "count>", "pdu>", "-last_pdu>", "connection>", "session>",
		"time", "-last_time", "-field", "-offset>", "-length>", "-seen", "-wanted", "message", "-remedy",
		"-reference", "-id>", "-capture>")
	columns[14].Fill, columns[14].Max = true, 100 // message
	rows := report.NewRows(a.out, a.reportOptions(a.out, nil), f.rows, columns)
	for i := range findings {
		x := &findings[i]
		offset, length := place(&x.Finding)
		err := rows.Row(x.RuleName, x.Severity.String(), x.Count, report.ID(x.PDU), report.ID(x.LastPDU),
			report.ID(x.Connection), report.ID(x.Session), report.Time(x.Time), report.Time(x.LastTime),
			x.Field, offset, length, x.Seen, x.Wanted, x.Message, x.Remedy,
			x.Reference, x.ID, x.Capture)
		if err != nil {
			return err
		}
	}
	return rows.Close()
}

// place is where in the PDU a finding points to; nil: nowhere.
func place(f *audit.Finding) (offset, length any) {
	if f.Field == "" && f.Length == 0 {
		return nil, nil
	}
	return int64(f.Offset), int64(f.Length)
}

func (a *app) listMessages(ctx context.Context, db *store.DB, f *listFlags) error {
	want, err := a.wantedPDUs(ctx, db, f)
	if err != nil {
		return err
	}
	opt, limit := a.reportOptions(a.out, nil), f.limit()
	columns := report.Columns("id>", "-capture>", "-account", "system_id", "message_id", "source_addr", "destination_addr",
		"text", "-encoding", "-parts>", "-parts_seen>", "submitted_at", "-accepted_at", "status", "receipt_state",
		"-receipt_err", "-done_at", "-latency_us>", "-receipt_delay_us>", "-submit_session>", "submit_pdu>",
		"-response_pdu>", "-receipt_pdu>")
	columns[7].Max = 40 // text
	rows := report.NewRows(a.out, opt, f.rows, columns)
	err = db.Messages(ctx, f.filter, func(m *store.Message) error {
		if !want.any(m.SubmitPDU, m.ResponsePDU, m.ReceiptPDU) {
			return nil
		}
		a.redactMessage(&m.Message)
		if limit.spent() {
			return analyze.ErrStop
		}
		status := ""
		if m.Answered {
			status = opt.StatusLabel(m.Status)
		}
		return rows.Row(m.ID, m.Capture, m.Account, m.SystemID, m.MessageID, m.Source, m.Destination, m.Text,
			m.Encoding, report.ID(m.Parts), report.ID(m.PartsSeen), report.Time(m.SubmittedAt),
			report.Time(m.AcceptedAt), status, m.ReceiptState, m.ReceiptErr, report.Time(m.DoneAt),
			micros(m.Latency), micros(m.ReceiptDelay), report.ID(m.SubmitSession), report.ID(m.SubmitPDU),
			report.ID(m.ResponsePDU), report.ID(m.ReceiptPDU))
	})
	if err != nil && !errors.Is(err, analyze.ErrStop) {
		return err
	}
	return rows.Close()
}

// micros is a duration in microseconds; nil: not known.
func micros(ns int64) any {
	if ns < 0 {
		return nil
	}
	return ns / int64(time.Microsecond)
}

func (a *app) pdusCommand() *cobra.Command {
	var hex bool
	cmd := a.listCommand("pdus", "List PDUs from the database", func(ctx context.Context, db *store.DB, f *listFlags) error {
		if f.rows == report.RowsCSV {
			return a.pdusAsCSV(ctx, db, f)
		}
		return a.listPDUs(ctx, db, f, hex)
	})
	cmd.Flags().BoolVarP(&hex, "hexdump", "x", false, "the octets too")
	return cmd
}

var pduFormats = map[report.RowsFormat]report.Format{
	report.RowsTable: report.FormatTable, report.RowsJSON: report.FormatJSON, report.RowsNDJSON: report.FormatNDJSON,
}

// listPDUs writes PDUs as `read` does, with what only a database knows: a
// request's response and all findings.
func (a *app) listPDUs(ctx context.Context, db *store.DB, f *listFlags, hex bool) error {
	want, err := a.listFilter()
	if err != nil {
		return err
	}
	opt := a.reportOptions(a.out, nil)
	opt.Hex = hex
	list := report.NewListing(a.out, opt, report.ListingOptions{Format: pduFormats[f.rows], Header: opt.Width > 0})
	long := longMessages{db: db, redact: a.redaction()}
	err = a.filteredPDUs(ctx, db, f.filter, want, func(p *store.PDU, x *analyze.PDU, d *dissect.Dialect) error {
		if list.ShowsMessages() {
			if err := long.join(ctx, x); err != nil {
				return err
			}
		}
		opt.Response, opt.Dialect = p.Response, d
		if f.rows != report.RowsTable { // a line tells it with the response alone
			x.Latency = latencyOf(p.ExchangeUS())
		}
		return list.PDU(x)
	})
	if err != nil {
		return err
	}
	return list.Close()
}

func (a *app) pdusAsCSV(ctx context.Context, db *store.DB, f *listFlags) error {
	rows := a.rowsTo(a.out, f, "id", "capture", "connection", "session", "frame", "time", "direction", "source",
		"destination", "system_id", "bind_type", "command", "status", "sequence_number", "length", "request",
		"response", "latency_us", "source_addr", "destination_addr", "message_id", "raw")
	opt := a.reportOptions(a.out, nil)
	want, err := a.listFilter()
	if err != nil {
		return err
	}
	each := db.PDUs
	if want != nil {
		each = func(ctx context.Context, about store.Filter, row func(*store.PDU) error) error {
			return a.filteredPDUs(ctx, db, about, want, func(p *store.PDU, _ *analyze.PDU, _ *dissect.Dialect) error { return row(p) })
		}
	}
	err = each(ctx, f.filter, func(p *store.PDU) error {
		a.redactPDU(p)
		latency := any(nil)
		if p.ExchangeUS() >= 0 {
			latency = p.ExchangeUS()
		}
		return rows.Row(p.ID, p.Capture, p.Connection, report.ID(p.Session), report.ID(p.Frame), report.Time(p.Time),
			p.Direction, p.Source(), p.Destination(), p.SystemID, p.BindType, report.CommandLabel(p.CommandID),
			opt.StatusLabel(p.Status), int64(p.Sequence), p.Length, report.ID(p.Request), report.ID(p.Response),
			latency, p.SourceAddr, p.DestinationAddr, p.MessageID, p.Raw)
	})
	if err != nil {
		return err
	}
	return rows.Close()
}
