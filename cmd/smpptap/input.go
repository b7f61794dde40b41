package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smpptap/analyze"
	"smpptap/analyze/profile"
	"smpptap/capture"
)

// files are the captures a command reads.
type files struct {
	flag     []string // -r
	paths    []string
	follow   bool
	decodeAs []string // -d
	noAudit  bool     // what is shown has nothing of the audit
	parts    bool     // the texts of long messages are shown
	as       analyze.DecodeAs
	caps     caps
	baseline *profile.Baseline
}

func (f *files) add(cmd *cobra.Command) {
	cmd.Flags().StringSliceVarP(&f.flag, "read-file", "r", nil, "capture `file` to read, as with tshark")
	cmd.Flags().BoolVar(&f.follow, "follow", false, "go on as the newest file grows, is replaced, or gets a successor in its directory; time is that of its packets")
	cmd.Flags().StringArrayVarP(&f.decodeAs, "decode-as", "d", nil, "`rule` tcp.port==PORT,smpp or tcp.port==PORT,none overrides recognition")
	f.caps.add(cmd.Flags())
}

// take puts arguments and -r together.
func (f *files) take(args []string) error {
	f.paths = append(slices.Clone(f.flag), args...)
	if len(f.paths) == 0 {
		return usagef("name a capture file, or - for standard input")
	}
	stdin := 0
	for _, path := range f.paths {
		if path == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return usagef("standard input (-) can be read only once")
	}
	if err := f.caps.read(); err != nil {
		return err
	}
	f.as = analyze.DecodeAs{}
	for _, rule := range f.decodeAs {
		if err := f.as.Add(rule); err != nil {
			return usagef("-d: %w", err)
		}
	}
	return nil
}

// readable fails when no input can be opened at all, before anything is
// written. What is wrong with one of several is told at the end.
func (f *files) readable() error {
	var first error
	for _, path := range f.paths {
		if path == "-" {
			return nil
		}
		err := openable(path)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

func openable(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return cannotRead(path, err)
	}
	if info.IsDir() {
		return nil // the captures in it are read
	}
	if !info.Mode().IsRegular() {
		return nil // opening a pipe would take its data
	}
	file, err := os.Open(path)
	if err != nil {
		return cannotRead(path, err)
	}
	return file.Close()
}

// cannotRead names the file once, and not the system call.
func cannotRead(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("read %s: %w", path, err)
}

// source is the captures' name in records.
func (f *files) source() string { return strings.Join(f.paths, " ") }

var errInterrupted = errors.New("interrupted: what was read until then was given")

// analyse runs the pipeline over the files into sinks.
func (a *app) analyse(ctx context.Context, f *files, p *profile.Profile, texts bool, sinks ...analyze.Sink) error {
	bar := newProgress(a.err, a.quiet)
	src := capture.NewFile(capture.Options{
		Paths: f.paths, Stdin: a.in, Ports: a.portNumbers(), Progress: bar.update, Follow: f.follow,
		MaxConns: f.caps.connections, MaxHeld: f.caps.held,
	})
	pipeline := analyze.New(analyze.Options{
		Kind: analyze.KindPcap, Source: f.source(), Version: buildInfo().version, Profile: p,
		Redact: a.redaction(), Key: a.secret, Ports: a.portNumbers(), Sinks: sinks, Texts: texts, DecodeAs: f.as,
		NoAudit: f.noAudit, Parts: f.parts, Messages: recording(sinks),
		Caps:     f.caps.run,
		Baseline: f.baseline, Today: a.today,
		Writings: a.writings(ctx, recording(sinks)),
	})
	a.log.Info("run begins", "profile", p.ID(), "files", len(f.paths), "redact", a.redact)
	start := time.Now()
	err := pipeline.Run(ctx, src)
	bar.done()
	a.log.Info("run ended", "seconds", time.Since(start).Seconds())
	if ctx.Err() != nil && !f.follow {
		return errInterrupted
	}
	return oneLine(err)
}

// oneLine joins the lines of several errors.
func oneLine(err error) error {
	if err == nil || !strings.Contains(err.Error(), "\n") {
		return err
	}
	return lineError{err}
}

type lineError struct{ error }

func (e lineError) Error() string { return strings.ReplaceAll(e.error.Error(), "\n", "; ") }
func (e lineError) Unwrap() error { return e.error }

// isLive tells whether someone waits for each line: a terminal reads the
// result, or the input may pause.
func (a *app) isLive(out io.Writer, f *files) bool {
	_, term := isTerminal(out)
	return term || f.follow || slices.ContainsFunc(f.paths, onceOnly)
}

// onceOnly tells an input that cannot be read twice: standard input, a pipe.
func onceOnly(path string) bool {
	info, err := os.Stat(path)
	return path == "-" || err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

// buffered is for results that are written in small pieces.
func buffered(w io.Writer) *bufio.Writer { return bufio.NewWriterSize(w, 64<<10) }
