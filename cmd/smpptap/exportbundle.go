package main

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"path/filepath"
	"strings"
	"time"

	"smpptap/analyze"
	"smpptap/store"
)

// The files of a bundle, beside its records.
const (
	bundlePackets  = "capture.pcapng"
	bundleFindings = "findings.txt"
	bundleManifest = "manifest.json"
	bundleSum      = "manifest.json.sha256" // as sha256sum writes it
)

// bundleRecords are the kinds of rows in a bundle, each in a file of its own.
var bundleRecords = []string{whatPDUs, whatSessions, whatMessages, whatFindings}

// bundleTime is every file's: the same octets come out whenever it is made.
var bundleTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// bundle writes an evidence bundle.
type bundle struct {
	zip      *zip.Writer
	manifest manifest
}

func (a *app) exportBundle(ctx context.Context, db *store.DB, f *exportFlags) error {
	var sum string
	err := a.exportTo(f.bundle, func(w io.Writer) (err error) {
		b := &bundle{zip: zip.NewWriter(w)}
		if b.manifest, err = a.newManifest(ctx, db, f); err != nil {
			return err
		}
		sum, err = a.fillBundle(ctx, db, f, b)
		return err
	})
	if err != nil {
		return err
	}
	to := a.out
	if f.bundle == "-" {
		to = a.err
	}
	_, err = fmt.Fprintf(to, "SHA-256 of the manifest: %s\n", sum)
	return err
}

// fillBundle writes all files, and gives the manifest's sum.
func (a *app) fillBundle(ctx context.Context, db *store.DB, f *exportFlags, b *bundle) (sum string, err error) {
	err = b.add(bundlePackets, func(w io.Writer) error {
		e, err := a.packetsTo(ctx, db, f, w)
		if err == nil {
			b.manifest.PDUs, b.manifest.From, b.manifest.To = e.pdus, isoTime(e.first), isoTime(e.newest)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	for _, what := range bundleRecords {
		rows := *f
		rows.what, rows.format, rows.hex = what, "ndjson", true
		if err := b.add(what+".ndjson", func(w io.Writer) error { return a.exportRows(ctx, db, &rows, w) }); err != nil {
			return "", err
		}
	}
	if err := b.add(bundleFindings, func(w io.Writer) error { return a.findingTexts(ctx, db, f, w) }); err != nil {
		return "", err
	}
	text, err := json.MarshalIndent(&b.manifest, "", "  ")
	if err != nil {
		return "", err
	}
	text = append(text, '\n')
	sum = sumOf(text)
	for _, x := range []struct{ name, text string }{{bundleManifest, string(text)}, {bundleSum, sum + "  " + bundleManifest + "\n"}} {
		if err := b.add(x.name, func(w io.Writer) error { _, err := io.WriteString(w, x.text); return err }); err != nil {
			return "", err
		}
	}
	return sum, b.zip.Close()
}

// add writes a file and notes it in the manifest.
func (b *bundle) add(name string, write func(io.Writer) error) error {
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: bundleTime})
	if err != nil {
		return err
	}
	s := &summed{w: w, hash: sha256.New()}
	out := buffered(s)
	if err := write(out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	b.manifest.Files = append(b.manifest.Files, bundleFile{Name: name, Size: s.size, SHA256: hex.EncodeToString(s.hash.Sum(nil))})
	return nil
}

// summed hashes and counts what passes.
type summed struct {
	w    io.Writer
	hash hash.Hash
	size int64
}

func (s *summed) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.hash.Write(p[:n])
	s.size += int64(n)
	return n, err
}

// manifest says what a bundle holds and from where. Its own file and its sum
// are not listed in it.
type manifest struct {
	Format    string          `json:"format"`
	Version   int             `json:"version"`
	Tool      string          `json:"tool"`
	Commit    string          `json:"commit"`
	Database  string          `json:"database"`
	Captures  []bundleCapture `json:"captures"`
	Selection bundleSelection `json:"selection"`
	PDUs      int64           `json:"pdus"`
	From      string          `json:"from,omitempty"`
	To        string          `json:"to,omitempty"`
	Files     []bundleFile    `json:"files"`
}

const (
	manifestFormat  = "smpptap-bundle"
	manifestVersion = 1
)

type bundleFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// bundleCapture is a recorded run that the selection may come from.
type bundleCapture struct {
	ID        int64             `json:"id"`
	Kind      string            `json:"kind"`
	Source    string            `json:"source"`
	Profile   string            `json:"profile"`
	Profiles  map[string]string `json:"profiles,omitempty"` // of a proxy's links
	Version   string            `json:"version"`            // of smpptap
	StartedAt string            `json:"started_at,omitempty"`
	EndedAt   string            `json:"ended_at,omitempty"`
}

// bundleSelection is what was asked for. Under --redact the words of a filter
// and the id of a message stay out: they may be what is masked.
type bundleSelection struct {
	Capture  string `json:"capture"`
	Filter   string `json:"filter,omitempty"`
	Session  int64  `json:"session,omitempty"`
	Rule     string `json:"rule,omitempty"`
	Severity string `json:"severity,omitempty"`
	Since    string `json:"since,omitempty"`
	Until    string `json:"until,omitempty"`
	Message  string `json:"message,omitempty"`
	After    int64  `json:"after,omitempty"`
	Count    int64  `json:"count,omitempty"`
	Redact   string `json:"redact"`
}

// baseNames are names without their directories.
func baseNames(paths []string) (names []string) {
	for _, p := range paths {
		names = append(names, filepath.Base(p))
	}
	return names
}

func (a *app) newManifest(ctx context.Context, db *store.DB, f *exportFlags) (manifest, error) {
	info := buildInfo()
	m := manifest{
		Format: manifestFormat, Version: manifestVersion, Tool: "smpptap " + info.version, Commit: info.commit,
		Database: strings.Join(baseNames(a.dbs), ", "), Captures: []bundleCapture{},
		Selection: bundleSelection{
			Capture: f.capture, Filter: a.filter, Session: f.session, Rule: f.rule, Severity: f.severity,
			Since: isoTime(f.filter.Since), Until: isoTime(f.filter.Until), Message: f.message, After: f.after, Count: f.count, Redact: a.redact,
		},
	}
	if a.redaction() != analyze.RedactNone {
		for _, s := range []*string{&m.Selection.Filter, &m.Selection.Message} {
			if *s != "" {
				*s = "masked"
			}
		}
	}
	all, err := db.Captures(ctx)
	for i := range all {
		c := &all[i]
		if id := f.filter.Capture; id == c.ID || id == store.AllCaptures || id == store.LastCapture && i == len(all)-1 {
			m.Captures = append(m.Captures, bundleCapture{
				ID: c.ID, Kind: c.Kind, Source: c.Source, Profile: c.Profile, Profiles: c.Stats.Profiles, Version: c.Version,
				StartedAt: isoTime(c.StartedAt), EndedAt: isoTime(c.EndedAt),
			})
		}
	}
	return m, err
}

// findingTexts writes the chosen findings as `audit` does.
func (a *app) findingTexts(ctx context.Context, db *store.DB, f *exportFlags, w io.Writer) error {
	l := f.listFlags
	findings, err := a.chosenFindings(ctx, db, &l)
	if err != nil {
		return err
	}
	utc := *a
	utc.time = "utc"
	opt := utc.reportOptions(io.Discard, nil)
	opt.Color = false
	for i := range findings {
		if _, err := w.Write(opt.AppendFindingText(nil, &findings[i].Finding)); err != nil {
			return err
		}
	}
	return nil
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
