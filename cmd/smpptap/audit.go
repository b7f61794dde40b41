package main

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/diagnose"
	"smpptap/analyze/profile"
	"smpptap/report"
	"smpptap/store"
)

// auditFlags are those of `audit`.
type auditFlags struct {
	files
	known   baselineFlags
	format  string
	out     string
	failOn  string
	capture string
	utc     bool // nobody asked for other times
	judge   bool // a profile was asked for
	given   func(flag string) bool
}

// auditFormats are what audit writes.
var auditFormats = []string{"table", "json", "html", "markdown", "junit", "sarif"}

// audited is what an audit gave. The dossier is there for the formats that
// show more than the audit itself.
type audited struct {
	*report.Audit
	dossier *report.Dossier
}

func (a *app) auditCommand() *cobra.Command {
	var f auditFlags
	cmd := &cobra.Command{
		Use:   "audit FILE... | DB...",
		Short: "Compliance report: scorecard by rule, findings with evidence; records nothing",
		Long: "audit checks captures, or the last capture of a database, and reports every rule and every\n" +
			"finding. Several databases are read as one. Exit code 3 when a finding is at or above --fail-on.",
		Example: "  smpptap audit capture.pcap\n  smpptap audit -T json --fail-on warning capture.pcap\n" +
			"  smpptap audit -T html -o report.html --redact all capture.pcap\n  smpptap audit smpptap.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			f.given = cmd.Flags().Changed
			if len(args)+len(f.flag) == 0 && f.given("db") {
				args = a.dbs
			}
			if err := f.check(args); err != nil {
				return err
			}
			f.utc, f.judge = !f.given("time"), f.given("profile")
			return a.audit(cmd.Context(), &f)
		},
	}
	f.files.add(cmd)
	f.known.addRead(cmd.Flags())
	f.known.addWrite(cmd.Flags())
	cmd.Flags().StringVarP(&f.format, "format", "T", "table", strings.Join(auditFormats, ", "))
	cmd.Flags().StringVarP(&f.out, "output", "o", "", "write to a `file`")
	cmd.Flags().StringVar(&f.failOn, "fail-on", "error", "exit with 3 from this severity on: error, warning, note, never")
	cmd.Flags().StringVar(&f.capture, "capture", "last", "of a database: the capture's `id`, or last")
	return cmd
}

func (f *auditFlags) check(args []string) error {
	if err := oneOf("-T", f.format, auditFormats...); err != nil {
		return err
	}
	if err := oneOf("--fail-on", f.failOn, words["fail-on"]...); err != nil {
		return err
	}
	if _, err := captureID(f.capture, false); err != nil {
		return err
	}
	if err := f.known.load(); err != nil {
		return err
	}
	f.files.baseline = f.known.baseline
	return f.take(args)
}

func (a *app) audit(ctx context.Context, f *auditFlags) error {
	result, err := a.auditInput(ctx, f)
	if result == nil {
		return err
	}
	result.Diagnose()
	if e := unread(a.writeAudit(result, f)); e != nil {
		return e
	}
	if err != nil {
		return err
	}
	if err := a.writeBaseline(&f.known, result.Audit); err != nil {
		return err
	}
	if least, ok := audit.ParseSeverity(f.failOn); ok && result.Worst() >= least {
		return &exitError{code: exitFindings}
	}
	return nil
}

// auditInput audits a database or files. A result beside an error is what
// could be read.
func (a *app) auditInput(ctx context.Context, f *auditFlags) (*audited, error) {
	databases := slices.DeleteFunc(slices.Clone(f.paths), func(path string) bool { return !isDatabase(store.Files(path)[0]) })
	switch len(databases) {
	case 0:
		return a.auditFiles(ctx, f)
	case len(f.paths):
		return a.auditDatabase(ctx, f)
	}
	return nil, usagef("%s is a database: audit it alone, or with other databases", databases[0])
}

// readingFlags say how captures are read.
var readingFlags = []string{"follow", "decode-as", "cap", "key"}

func (a *app) auditFiles(ctx context.Context, f *auditFlags) (*audited, error) {
	p, err := a.loadProfile()
	if err != nil {
		return nil, err
	}
	if err := f.readable(); err != nil {
		return nil, err
	}
	if f.given("capture") {
		return nil, usagef("--capture is about the runs in a database; %s is none", f.paths[0])
	}
	result := &audited{Audit: &report.Audit{Profile: p.ID(), Source: f.paths}}
	if !f.withDossier() {
		stayLean()
		return result, a.analyse(ctx, &f.files, p, false, result.Audit)
	}
	result.dossier = a.newDossier(result.Audit, f, p)
	return result, a.dossierOfFiles(ctx, f, p, result.dossier)
}

// auditDatabase reports the findings that a capture's recording left.
func (a *app) auditDatabase(ctx context.Context, f *auditFlags) (*audited, error) {
	if i := slices.IndexFunc(readingFlags, f.given); i >= 0 {
		return nil, usagef("--%s is about captures as they are read; %s is a database", readingFlags[i], f.paths[0])
	}
	db, err := store.OpenAll(ctx, f.paths...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	id, _ := captureID(f.capture, false) // check has seen it
	c, err := db.Capture(ctx, id)
	if err != nil {
		return nil, err
	}
	if f.judge {
		if err := a.judgedAlready(c.Profile); err != nil {
			return nil, err
		}
	}
	result := &audited{Audit: &report.Audit{Profile: c.Profile, LinkProfiles: c.Stats.Profiles, Source: c.Stats.Inputs}}
	result.SetCapture(&c.Capture)
	if len(result.Source) == 0 {
		result.Source = []string{c.Source}
	}
	if err := a.fillAudit(ctx, db, &c, f.known.baseline, result.Audit); err != nil {
		return nil, err
	}
	if f.withDossier() {
		result.dossier, err = a.dossierOfDatabase(ctx, db, &c, f, result.Audit)
	}
	return result, err
}

// judgedAlready remarks on a --profile that has nothing to judge any more.
func (a *app) judgedAlready(under string) error {
	p, err := a.loadProfile()
	if err == nil && p.ID() != under {
		a.remark("a database keeps what was found when it was recorded, here under profile %s; for profile %s audit the capture itself, or what 'smpptap export' makes of it",
			under, p.ID())
	}
	return err
}

func (a *app) fillAudit(ctx context.Context, db *store.DB, c *store.Capture, b *profile.Baseline, result *report.Audit) error {
	id := c.ID
	sessions, err := db.Sessions(ctx, store.Filter{Capture: id})
	if err != nil {
		return err
	}
	for i := range sessions {
		s := &sessions[i]
		result.AddSession(diagnose.Session{Connection: s.Connection.ID, Server: s.Connection.Server(), SystemID: s.SystemID})
	}
	checks, err := db.Checks(ctx, id)
	if err != nil {
		return err
	}
	for i := range checks {
		result.AddCheck(&checks[i].Check, checks[i].Off)
	}
	findings, err := db.Findings(ctx, store.Filter{Capture: id})
	if err != nil {
		return err
	}
	if err := a.knownOf(ctx, db, c, b, sessions, findings); err != nil {
		return err
	}
	for i := range findings {
		result.AddFinding(analyze.RedactFinding(&findings[i].Finding, a.redaction()))
	}
	return nil
}

func (a *app) writeAudit(result *audited, f *auditFlags) error {
	out, err := a.output(f.out, false)
	if err != nil {
		return err
	}
	w := out.Writer
	switch f.format {
	case "json":
		_, err = out.Write(result.AppendJSON(nil))
	case "html":
		err = result.dossier.WriteHTML(w)
	case "markdown":
		err = result.dossier.WriteMarkdown(w)
	case "junit":
		err = result.dossier.WriteJUnit(w)
	case "sarif":
		err = result.dossier.WriteSARIF(w)
	default:
		err = result.Print(w, a.reportOptions(out.stream(), nil))
	}
	if e := out.close(err == nil); err == nil {
		err = e
	}
	return err
}

// isDatabase tells whether a file begins as an SQLite database does. A file
// that cannot be read is none; reading it as a capture says why.
func isDatabase(path string) bool {
	info, err := os.Stat(path)
	if path == "-" || err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 16)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false
	}
	return store.IsDatabase(head[:n])
}
