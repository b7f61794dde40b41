package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"smpptap/analyze"
	"smpptap/analyze/filter"
	"smpptap/analyze/profile"
	"smpptap/report"
	"smpptap/store"
	"smpptap/stream"
)

// watch is a run over something that does not wait for it: live, proxy.
type watch struct {
	*app
	out     io.Writer // of results; app's own, or dressed
	kind    string    // live, proxy
	source  string    // in words, for the record
	profile *profile.Profile
	inputs  []string       // files that hold the packets, for the next command
	ring    bool           // they are named after inputs
	wanted  *filter.Filter // -Y; nil: no PDUs are listed
	sinks   []analyze.Sink
	running func(*analyze.Pipeline) // called before it runs; nil: nothing
	ended   func()                  // called before the summary; nil: nothing
	summary *report.Summary
	record  store.LiveOptions // how it is recorded
	links   bool              // there are several
	rec     *store.Live       // nil: nothing is recorded
}

func (a *app) newWatch(kind, source string) (*watch, error) {
	p, err := a.loadProfile()
	if err != nil {
		return nil, err
	}
	w := &watch{app: a, out: a.out, kind: kind, source: source, profile: p}
	if w.record, err = a.retain.options(); err != nil {
		return nil, err
	}
	if a.filter != "" {
		w.wanted, err = a.displayFilter(p.Dialect())
	}
	return w, err
}

// open readies everything but the source.
func (w *watch) open(more ...analyze.Sink) (err error) {
	w.summary = report.NewSummary()
	opt := w.reportOptions(w.app.out, w.profile)
	shown := &shownFindings{out: w.out, opt: opt, time: w.time, seen: map[findingKey]bool{}, links: w.links}
	w.sinks = append(w.sinks, w.summary)
	if !w.noDB {
		if w.rec, err = w.recordLive(w.record); err != nil {
			return err
		}
		shown.place = w.rec.Place
		w.sinks = append(w.sinks, w.rec, &dropLog{record: w.rec, log: w.log})
	}
	w.sinks = append(w.sinks, more...)
	if w.wanted != nil {
		w.sinks = append(w.sinks, &liveListing{report.NewListing(w.out, opt, report.ListingOptions{
			Format: report.FormatTable, Live: true, Header: opt.Width > 0, Filter: w.wanted,
		})})
	}
	w.sinks = append(w.sinks, shown)
	return nil
}

// run takes src, or opt.Inbox, to its end, which is when ctx is done, and tells
// the summary.
func (w *watch) run(ctx context.Context, src stream.Source, opt analyze.Options) error {
	opt.Kind, opt.Source, opt.Version, opt.Profile = w.kind, w.source, buildInfo().version, w.profile
	opt.Redact, opt.Key, opt.Ports, opt.Sinks = w.redaction(), w.secret, w.portNumbers(), w.sinks
	opt.Texts, opt.Parts, opt.Messages = true, true, w.rec != nil
	opt.Failed = w.failed
	w.log.Info("run begins", "kind", w.kind, "profile", w.profile.ID(), "source", w.source, "redact", w.redact)
	start := time.Now()
	pipeline := analyze.New(opt)
	if w.running != nil {
		w.running(pipeline)
	}
	err := pipeline.Run(ctx, src)
	w.log.Info("run ended", "seconds", time.Since(start).Seconds())
	if w.ended != nil {
		w.ended()
	}
	about := report.About{Profile: w.profile.ID(), Version: buildInfo().version, Inputs: w.inputs, Ring: w.ring}
	if w.rec != nil {
		err = errors.Join(err, closeLive(w.rec, &about))
	}
	if e := unread(w.summary.Print(w.out, w.reportOptions(w.app.out, w.profile), about)); e != nil {
		return e
	}
	return oneLine(err)
}

// failed logs what the run goes on without.
func (w *watch) failed(err error) {
	w.log.Error("a result is not written any more", "error", err)
}

// dropped is how many records were dropped so far.
func (w *watch) dropped() int64 {
	if w.rec == nil {
		return 0
	}
	return w.rec.State().Dropped
}

// dropLogEvery is how often it is logged that records are dropped.
const dropLogEvery = 10 * time.Second

// dropLog logs that records are dropped, now and then.
type dropLog struct {
	record *store.Live
	log    *slog.Logger
	told   time.Time
	before int64
}

// Write implements analyze.Sink.
func (d *dropLog) Write(context.Context, []analyze.Record) error {
	now := time.Now()
	if now.Sub(d.told) < dropLogEvery {
		return nil
	}
	d.told = now
	if s := d.record.State(); s.Dropped > d.before {
		d.log.Warn("records are dropped; the traffic is not touched", "records", s.Dropped-d.before, "in_all", s.Dropped, "reason", s.Away)
		d.before = s.Dropped
	}
	return nil
}

// Close implements analyze.Sink.
func (*dropLog) Close() error { return nil }

// liveListing is a listing that ends the run with its reader.
type liveListing struct{ *report.Listing }

// Write implements analyze.Sink.
func (l *liveListing) Write(ctx context.Context, records []analyze.Record) error {
	return closedPipe(l.Listing.Write(ctx, records))
}
