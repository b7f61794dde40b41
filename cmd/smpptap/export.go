package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smpptap/report"
	"smpptap/store"
)

// exportFlags are those of `export`: what is chosen as in lists, and where it
// goes.
type exportFlags struct {
	listFlags
	what    string
	out     string
	message string
	hex     bool
	bundle  string
	verify  string
}

// The kinds of rows that an export may hold.
const (
	whatPDUs     = "pdus"
	whatSessions = "sessions"
	whatMessages = "messages"
	whatFindings = "findings"
)

// formatPackets is the format that is no list.
const formatPackets = "pcapng"

// maxExported bounds the messages that --message may mean.
const maxExported = 1000

func (a *app) exportCommand() *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Database to pcapng, ndjson, json or csv, or an evidence bundle",
		Long: "export writes recorded PDUs as packets that Wireshark opens, or as records. The packets are made\n" +
			"up around the recorded octets: addresses, ports, times, order and what lay in one packet are as\n" +
			"recorded, and so are holes, as far as the record has their place; acknowledgements, windows and\n" +
			"hop limits are invented, and octets that are no PDU are left out. What findings say stands in the\n" +
			"comments of packets. A connection that is not exported whole has a handshake only before a bind and an\n" +
			"end only behind an unbind; what is left out before a PDU is a packet each way without its octets, so\n" +
			"that no reader takes it for missing. In CSV, text that a spreadsheet would take for a formula (it\n" +
			"begins with = + - @, a tab or a carriage return) gets an apostrophe before it; lines end with a line\n" +
			"feed.\n\n" +
			"--bundle writes packets, records, findings as text and a manifest with the SHA-256 of each file\n" +
			"into one zip, the same octets for the same database and selection. --verify checks such a file.\n" +
			"Who changes a file can change the manifest as well: keep the sum that --bundle prints elsewhere.",
		Example: "  smpptap export -o slice.pcapng --session 3\n  smpptap export -o refused.csv -Y 'smpp.command_status != 0'\n" +
			"  smpptap export --message 2F7A10 -T ndjson\n  smpptap export --bundle evidence.zip --rule bind-refused --redact all\n" +
			"  smpptap export --verify evidence.zip",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.verify != "" {
				return a.verifyBundle(cmd.Context(), f.verify)
			}
			if f.message != "" && !cmd.Flags().Changed("capture") {
				f.capture = "all"
			}
			return a.export(cmd.Context(), &f)
		},
	}
	f.add(cmd)
	fl := cmd.Flags()
	format := fl.Lookup("format")
	format.DefValue, f.format = "", ""
	format.Usage = "pcapng, ndjson, json or csv (default: as the name of -o ends, else pcapng)"
	fl.StringVarP(&f.out, "output", "o", "", "write to a `file`, which is there only when it is whole")
	fl.StringVar(&f.what, "what", whatPDUs, "of ndjson, json and csv: pdus, sessions, messages or findings")
	fl.StringVar(&f.message, "message", "", "only the journeys of messages with this `id`, in any spelling, as trace finds them")
	fl.BoolVarP(&f.hex, "hexdump", "x", false, "the octets too, in ndjson and json")
	fl.StringVar(&f.bundle, "bundle", "", "write an evidence bundle to a zip `file`")
	fl.StringVar(&f.verify, "verify", "", "check an evidence bundle, a zip `file`")
	return cmd
}

// checkExport reads the flags.
func (a *app) checkExport(f *exportFlags) error {
	if a.key != "" {
		return usagef("export: pseudonyms (--key) are made when traffic or captures are read, not of a record")
	}
	if err := oneOf("--what", f.what, whatPDUs, whatSessions, whatMessages, whatFindings); err != nil {
		return err
	}
	if f.bundle != "" {
		if f.format != "" || f.out != "" || f.what != whatPDUs {
			return usagef("export: a bundle holds all formats; --bundle takes neither -T, -o nor --what")
		}
		f.format = formatPackets
	}
	if f.format == "" {
		f.format = formatOf(f.out, f.what)
	}
	if err := oneOf("-T", f.format, formatPackets, "ndjson", "json", "csv"); err != nil {
		return err
	}
	packets := f.format == formatPackets
	if packets && f.what != whatPDUs {
		return usagef("export: packets hold PDUs; --what %s needs -T ndjson, json or csv", f.what)
	}
	if _, term := isTerminal(a.out); packets && term && f.out == "" && f.bundle == "" {
		return usagef("export: pcapng is nothing for a terminal: name a file with -o, or choose -T ndjson")
	}
	if packets {
		f.format = "ndjson" // which lists know
		defer func() { f.format = formatPackets }()
	}
	return f.check(a.time == "utc")
}

// formatOf guesses the format from a file's name.
func formatOf(out, what string) string {
	switch ext := strings.ToLower(filepath.Ext(out)); {
	case ext == ".csv", ext == ".json", ext == ".ndjson":
		return ext[1:]
	case ext == ".jsonl", what != whatPDUs:
		return "ndjson"
	}
	return formatPackets
}

func (a *app) export(ctx context.Context, f *exportFlags) error {
	if err := a.checkExport(f); err != nil {
		return err
	}
	db, err := store.OpenAll(ctx, a.dbs...)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := a.selected(ctx, db, f); err != nil {
		return err
	}
	if f.bundle != "" {
		return a.exportBundle(ctx, db, f)
	}
	return a.exportTo(f.out, func(w io.Writer) error { return a.exportRows(ctx, db, f, w) })
}

// selected checks what is chosen against the database, and finds the PDUs of
// --message.
func (a *app) selected(ctx context.Context, db *store.DB, f *exportFlags) error {
	if err := f.exists(ctx, db); err != nil || f.message == "" {
		return err
	}
	t := &tracer{db: db, rec: a.recorded(db), opt: a.reportOptions(io.Discard, nil)}
	want := &traceFlags{id: f.message, count: maxExported}
	want.filter.Capture = f.filter.Capture
	traces, more, err := t.find(ctx, want)
	if err != nil {
		return err
	}
	for _, x := range traces {
		for i := range x.Steps {
			f.filter.IDs = append(f.filter.IDs, x.Steps[i].PDU)
		}
	}
	if len(f.filter.IDs) == 0 {
		a.remark("no such message is recorded")
		f.filter.IDs = []int64{-1} // none
	}
	if more {
		a.remark("there are more messages with this id; these are the newest %d", maxExported)
	}
	f.filter.Capture = store.AllCaptures // a journey may pass through several
	return nil
}

// exportRows writes what is chosen in one of the formats.
func (a *app) exportRows(ctx context.Context, db *store.DB, f *exportFlags, w io.Writer) error {
	if f.format == formatPackets {
		return a.exportPackets(ctx, db, f, w)
	}
	to, l := *a, f.listFlags // lists change both
	to.out = w
	switch {
	case f.what == whatSessions:
		return to.listSessions(ctx, db, &l)
	case f.what == whatMessages:
		return to.listMessages(ctx, db, &l)
	case f.what == whatFindings:
		return to.listFindings(ctx, db, &l)
	case l.rows == report.RowsCSV:
		return to.pdusAsCSV(ctx, db, &l)
	}
	return to.listPDUs(ctx, db, &l, f.hex)
}

// exportTo writes to a file that takes its name when it is whole; empty or -:
// to standard output.
func (a *app) exportTo(path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return write(a.out)
	}
	if slices.ContainsFunc(a.databases(nil), func(db string) bool { return same(path, db) }) {
		return usagef("export: %s is the database", path)
	}
	o, err := openOutput(path, false, 0o600) // its owner's alone
	if err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	err = write(o)
	return cmp.Or(err, o.close(err == nil))
}
