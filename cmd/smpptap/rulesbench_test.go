package main

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"smpptap/analyze"
	"smpptap/analyze/profile"
	"smpptap/capture"
	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/report"
)

// BenchmarkRules tells which share of the CPU time the rules have: a generated
// capture goes through all stages, in turn with and without audit, and the
// least of each is compared, for what others do on the machine only adds. What
// stage B does ahead for the rules (dissect.Validate) runs without audit as
// well; it is timed by itself and added.
//
// The pipeline has the sinks of analyze (recorded), of analyze --no-db
// (summed), or none, by which the share is the largest there is.
func BenchmarkRules(b *testing.B) {
	const pdus = 100_000
	path := generated(b, pdus)
	p, err := profile.Load("kaleyra")
	if err != nil {
		b.Fatal(err)
	}
	run := func(b *testing.B, noAudit bool, sinks ...analyze.Sink) {
		b.Helper()
		pipeline := analyze.New(analyze.Options{Source: path, Profile: p, NoAudit: noAudit, Sinks: sinks})
		if err := pipeline.Run(b.Context(), capture.NewFile(capture.Options{Paths: []string{path}})); err != nil {
			b.Fatal(err)
		}
	}
	frames := &validated{}
	run(b, true, frames)
	for _, x := range [...]struct {
		name  string
		sinks func(b *testing.B) (sinks []analyze.Sink, done func())
	}{
		{"recorded", recordingSinks},
		{"summed", func(*testing.B) ([]analyze.Sink, func()) { return []analyze.Sink{report.NewSummary()}, func() {} }},
		{"alone", func(*testing.B) ([]analyze.Sink, func()) { return nil, func() {} }},
	} {
		b.Run(x.name, func(b *testing.B) {
			with, without, ahead := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			timed := func(noAudit bool) time.Duration {
				return cpuOf(b, func() {
					sinks, done := x.sinks(b)
					run(b, noAudit, sinks...)
					done()
				})
			}
			for b.Loop() {
				with, without, ahead = min(with, timed(false)), min(without, timed(true)), min(ahead, cpuOf(b, frames.validate))
			}
			b.ReportMetric(100*float64(with-without+ahead)/float64(with), "%rules")
			b.ReportMetric(float64((with-without+ahead).Nanoseconds())/pdus, "rules-ns/PDU")
			b.ReportMetric(float64(with.Nanoseconds())/pdus, "CPU-ns/PDU")
		})
	}
}

// recordingSinks are those of analyze.
func recordingSinks(b *testing.B) (sinks []analyze.Sink, done func()) {
	b.Helper()
	r, err := newRecorder(filepath.Join(b.TempDir(), "bench.db"))
	if err != nil {
		b.Fatal(err)
	}
	return []analyze.Sink{report.NewSummary(), r}, func() {
		if err := r.close(&report.About{}); err != nil {
			b.Fatal(err)
		}
	}
}

// generated writes a capture of about pdus PDUs.
func generated(b *testing.B, pdus int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "bench.pcap")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := smpptest.Generate(f, pdus, 64, 10); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// cpuOf gives the CPU time that f takes of this process, all threads and the
// collector included.
func cpuOf(b *testing.B, f func()) time.Duration {
	b.Helper()
	from := cpuSoFar(b)
	f()
	return cpuSoFar(b) - from
}

func cpuSoFar(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// validated keeps the PDUs of a run, to validate them again.
type validated struct {
	pdus    []dissect.PDU
	dialect *dissect.Dialect
	issues  []dissect.Issue
}

// Write implements analyze.Sink.
func (v *validated) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		if r := &records[i]; r.Kind == analyze.RecordPDU {
			v.pdus = append(v.pdus, dissect.PDU{})
			dissect.Decode(&v.pdus[len(v.pdus)-1], bytes.Clone(r.PDU.P.Raw))
			v.dialect = r.PDU.Dialect
		}
	}
	return nil
}

// Close implements analyze.Sink.
func (*validated) Close() error { return nil }

func (v *validated) validate() {
	for i := range v.pdus {
		p := &v.pdus[i]
		v.issues = dissect.Validate(v.issues[:0], p, dissect.Context{Version: dissect.V34, From: p.Command.From, Dialect: v.dialect})
	}
}
