package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"slices"

	"smpptap/analyze"
	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/report"
)

// withDossier tells the formats that show more than the audit itself.
func (f *auditFlags) withDossier() bool { return f.format != "table" && f.format != "json" }

// withEvidence tells the formats that show PDUs and traffic.
func (f *auditFlags) withEvidence() bool { return f.format == "html" || f.format == "markdown" }

func (a *app) newDossier(result *report.Audit, f *auditFlags, p *profile.Profile) *report.Dossier {
	opt := &report.Options{Dialect: p.Dialect(), Time: report.TimeUTC}
	if !f.utc {
		opt.Time, _ = report.ParseTimeFormat(a.time) // check has seen it
	}
	d := report.NewDossier(result, opt)
	b := buildInfo()
	d.Version, d.Commit = b.version, b.commit
	d.Profile = factsOf(p)
	d.FailOn, _ = audit.ParseSeverity(f.failOn)
	d.Redacted = map[analyze.Redact]string{
		analyze.RedactText: "texts", analyze.RedactAddresses: "addresses", analyze.RedactAll: "texts and addresses",
	}[a.redaction()]
	return d
}

func factsOf(p *profile.Profile) report.ProfileFacts {
	f := report.ProfileFacts{ID: p.ID(), Title: p.Title, Revised: p.Revised, Extends: p.Extends}
	if text, err := p.YAML(); err == nil {
		sum := sha256.Sum256(text)
		f.SHA256 = hex.EncodeToString(sum[:])
	}
	return f
}

// dossierOfFiles audits files into a dossier. Findings may come long after
// their PDU, so files are read again for the PDUs that they name; what can be
// read only once, or still grows, is looked at as it passes.
func (a *app) dossierOfFiles(ctx context.Context, f *auditFlags, p *profile.Profile, d *report.Dossier) error {
	sinks := []analyze.Sink{d.Audit, d}
	again := f.withEvidence() && f.readableAgain()
	if f.withEvidence() && !again {
		d.Evidence = report.NewRecentEvidence(d.Options)
		sinks = append(sinks, d.Evidence)
	}
	before := fileStates(f.paths)
	f.parts = again
	runErr := a.analyse(ctx, &f.files, p, false, sinks...)
	if wanted := d.Wanted(); again && len(wanted) > 0 && ctx.Err() == nil {
		d.Evidence = report.NewEvidence(d.Options, wanted)
		// What is wrong with the files is told by the first pass.
		_ = a.quietly().analyse(ctx, &f.files, p, true, d.Evidence)
	}
	d.Inputs = inputsOf(d, f)
	if !slices.Equal(before, fileStates(f.paths)) {
		d.Remarks = append(d.Remarks, "A file changed while this report was made: its SHA-256 and the octets shown may not be those that were audited.")
	}
	return runErr
}

// quietly is the app without progress and remarks.
func (a *app) quietly() *app {
	q := *a
	q.quiet = true
	return &q
}

// readableAgain tells that the input gives the same octets when it is read a
// second time.
func (f *auditFlags) readableAgain() bool {
	return !f.follow && !slices.ContainsFunc(f.paths, func(path string) bool {
		info, err := os.Stat(path)
		return path == "-" || err == nil && !info.Mode().IsRegular() && !info.IsDir()
	})
}

// fileState tells whether a file was touched.
type fileState struct {
	path     string
	size     int64
	modified int64
}

func fileStates(paths []string) (out []fileState) {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && path != "-" {
			out = append(out, fileState{path, info.Size(), info.ModTime().UnixNano()})
		}
	}
	return out
}
