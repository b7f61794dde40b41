package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"smpptap/analyze/audit"
	"smpptap/analyze/profile"
	"smpptap/report"
	"smpptap/store"
)

// knownFor is how long what a new baseline holds is known.
const knownFor = 90 * 24 * time.Hour

// baselineFlags are about findings that are known.
type baselineFlags struct {
	read, write   string
	until, reason string
	baseline      *profile.Baseline // nil: none
}

// addRead adds the flag of who only reads one.
func (b *baselineFlags) addRead(f *pflag.FlagSet) {
	f.StringVar(&b.read, "baseline", "", "`file` of known findings: they are shown as known and do not count for --fail-on")
}

// addWrite adds the flags of who writes one.
func (b *baselineFlags) addWrite(f *pflag.FlagSet) {
	f.StringVar(&b.write, "write-baseline", "", "write the findings to a `file` for --baseline")
	f.StringVar(&b.until, "known-until", "", "with --write-baseline: the last `day` on which they are known, like 2027-03-31 (default: in 90 days)")
	f.StringVar(&b.reason, "known-reason", "found when the baseline was written", "with --write-baseline: why they are known")
}

// load reads the baseline, before anything else is done.
func (b *baselineFlags) load() (err error) {
	if b.until != "" {
		if _, err := time.Parse(time.DateOnly, b.until); err != nil {
			return usagef("--known-until %s: a day is written like 2027-03-31", b.until)
		}
	}
	if b.reason == "" && b.write != "" {
		return usagef("--known-reason: say why the findings are known")
	}
	if b.read != "" {
		b.baseline, err = profile.LoadBaseline(b.read)
	}
	return err
}

// today is the time by which the last day of a known finding is over: the
// clock's, for a capture may be old.
func (a *app) today() time.Time {
	if a.clock != nil {
		return a.clock()
	}
	return time.Now()
}

// writeBaseline keeps the findings as known ones. Those that are known already
// keep their day and reason. The file is there whole or not at all.
func (a *app) writeBaseline(b *baselineFlags, result *report.Audit) error {
	if b.write == "" {
		return nil
	}
	day := a.today().UTC().Add(knownFor)
	if b.until != "" {
		day, _ = time.Parse(time.DateOnly, b.until) // load has seen it
	}
	all := profile.BaselineEntry{Until: day.Truncate(24 * time.Hour), Reason: b.reason}
	known := make(map[profile.BaselineKey]profile.BaselineEntry)
	findings := result.Findings()
	for i := range findings {
		f := &findings[i]
		entry := all
		if f.Known != nil {
			entry = profile.BaselineEntry{Until: f.Known.Until, Reason: f.Known.Reason}
		}
		entry.Severity = profile.Level(f.Severity.String())
		key := f.BaselineKey()
		if was, ok := known[key]; ok {
			if worst, _ := audit.ParseSeverity(string(was.Severity)); worst > f.Severity {
				entry.Severity = was.Severity
			}
		}
		known[key] = entry
	}
	if err := replaceFile(b.write, profile.AppendBaseline(nil, result.Profile, all, known)); err != nil {
		return fmt.Errorf("write baseline: %w", err)
	}
	a.remark("%s holds %s, until %s where no other day is given",
		report.Safe(b.write), report.Things(int64(len(known)), "known findings"), all.Until.Format(time.DateOnly))
	return nil
}

func replaceFile(path string, data []byte) error {
	out, err := openOutput(path, false, 0)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	if e := out.close(err == nil); err == nil {
		err = e
	}
	return err
}

// knownOf finds which findings of a database are known.
func (a *app) knownOf(ctx context.Context, db *store.DB, c *store.Capture, b *profile.Baseline, sessions []store.Session, findings []store.Finding) error {
	p, err := a.loadProfileOf(c.Profile)
	if err != nil { // a file that is gone, or several profiles
		if p, err = a.loadProfile(); err != nil {
			return err
		}
	}
	systems := make(map[int64]string, len(sessions))
	for i := range sessions {
		systems[sessions[i].ID] = sessions[i].SystemID
	}
	at, err := places(ctx, db, c.ID)
	if err != nil {
		return err
	}
	known := audit.KnownFindings{Suppress: p.Suppress, Baseline: b, Today: a.today}
	for i := range findings {
		f := &findings[i].Finding
		f.Where = at[f.Connection]
		f.Where.SystemID = systems[f.Session]
		f.Known = known.Of(f)
	}
	return nil
}

// places gives the ends of a capture's connections.
func places(ctx context.Context, db *store.DB, capture int64) (map[int64]audit.Where, error) {
	conns, err := db.Connections(ctx, store.Filter{Capture: capture})
	if err != nil {
		return nil, err
	}
	out := make(map[int64]audit.Where, len(conns))
	for i := range conns {
		c := &conns[i]
		client, server := recordedEnds(c)
		out[c.ID] = audit.Where{Link: c.Link, Client: client, Server: server}
	}
	return out, nil
}
