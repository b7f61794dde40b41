package main

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"smpptap/analyze"
	"smpptap/report"
	"smpptap/store"
)

func (a *app) analyzeCommand() *cobra.Command {
	var f files
	var known baselineFlags
	cmd := &cobra.Command{
		Use:   "analyze FILE... | -",
		Short: "Reassemble, dissect, track, audit, record and summarise captures",
		Long: "analyze reads captures, says what is probably wrong, worst first, and what was seen, and\n" +
			"records everything in the database as one capture. Several files are one run.",
		Example: "  smpptap analyze capture.pcap\n  smpptap analyze --no-db --profile smpp34 a.pcap b.pcap.gz",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.take(args); err != nil {
				return err
			}
			if err := known.load(); err != nil {
				return err
			}
			f.baseline = known.baseline
			return a.analyze(cmd.Context(), &f)
		},
	}
	f.add(cmd)
	known.addRead(cmd.Flags())
	return cmd
}

func (a *app) analyze(ctx context.Context, f *files) error {
	p, err := a.loadProfile()
	if err != nil {
		return err
	}
	if err := f.readable(); err != nil {
		return err
	}
	summary := report.NewSummary()
	about := report.About{Profile: p.ID(), Version: buildInfo().version, Inputs: f.paths, Once: slices.ContainsFunc(f.paths, onceOnly)}
	if a.noDB {
		stayLean()
		err = a.analyse(ctx, f, p, false, summary)
	} else {
		path, e := a.recordedTo()
		if e != nil {
			return e
		}
		rec, e := newRecorder(path)
		if e != nil {
			return e
		}
		err = a.analyse(ctx, f, p, true, summary, rec)
		debug.FreeOSMemory() // the run's tables, before SQLite takes as much to sort the indices
		err = errors.Join(err, rec.close(&about))
	}
	// What was found is told also when the input broke off.
	if e := unread(summary.Print(a.out, a.reportOptions(a.out, p), about)); e != nil {
		return e
	}
	return err
}

// recorder is the database's sink. It holds back the beginning of a capture
// until something was read, so that a file that is none leaves no row.
type recorder struct {
	db     *store.DB
	writer *store.Writer
	first  *analyze.Capture // held back
}

func newRecorder(path string) (*recorder, error) {
	db, err := store.Open(path, store.Options{})
	if err != nil {
		return nil, err
	}
	w, err := db.NewWriter(store.WriterOptions{})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &recorder{db: db, writer: w}, nil
}

// Write implements analyze.Sink.
func (r *recorder) Write(ctx context.Context, records []analyze.Record) error {
	if r.writer.CaptureID() == 0 && !hasContent(records) {
		for i := range records {
			if c := records[i].Capture; c != nil && r.first == nil {
				held := *c
				r.first = &held
			}
		}
		return nil
	}
	if r.first != nil {
		first := []analyze.Record{{Kind: analyze.RecordCapture, Capture: r.first}}
		r.first = nil
		if err := r.writer.Write(ctx, first); err != nil {
			return err
		}
	}
	return r.writer.Write(ctx, records)
}

// hasContent tells records worth a capture's row. A run over a file that
// cannot be read at all ends with nothing but the scorecard and the finding
// that the capture is lossy.
func hasContent(records []analyze.Record) bool {
	content := false
	for i := range records {
		switch r := &records[i]; r.Kind {
		case analyze.RecordCheck:
		case analyze.RecordCapture:
			if st := &r.Capture.Stats; r.Capture.EndedAt != 0 {
				return st.Packets > 0 || len(st.Damaged) == 0
			}
		default:
			content = true
		}
	}
	return content
}

// recording tells that a database takes the records.
func recording(sinks []analyze.Sink) bool {
	return slices.ContainsFunc(sinks, func(s analyze.Sink) bool {
		_, ok := s.(*recorder)
		return ok
	})
}

// Close implements analyze.Sink; close does the work.
func (r *recorder) Close() error { return nil }

// close ends the capture and tells its numbers.
func (r *recorder) close(about *report.About) error {
	err := r.writer.Close()
	if id := r.writer.CaptureID(); id != 0 && err == nil {
		about.Database, about.Capture = r.db.Path(), id
		err = r.offsets(about)
	}
	return errors.Join(err, r.db.Close())
}

// offsets finds what the database added to the run's own numbers.
func (r *recorder) offsets(about *report.About) error {
	ctx := context.Background() // also after an interrupt
	f := store.Filter{Capture: about.Capture, Limit: 1}
	c, err := r.db.Capture(ctx, about.Capture)
	if err != nil {
		return err
	}
	about.PDUOffset = c.FirstPDU - 1
	conns, err := r.db.Connections(ctx, f)
	if err != nil {
		return err
	}
	if len(conns) > 0 {
		about.ConnOffset = conns[0].ID - 1
	}
	sessions, err := r.db.Sessions(ctx, f)
	if err != nil {
		return err
	}
	if len(sessions) > 0 {
		about.SessionOffset = sessions[0].ID - 1
	}
	return nil
}
