package main

import (
	"context"
	"path/filepath"
	"testing"

	"smpptap/analyze"
	"smpptap/analyze/profile"
	"smpptap/capture"
	"smpptap/stream"
)

// way is one direction of one connection.
type way struct {
	conn int64
	dir  stream.Dir
}

// weigher is a Source and a Sink that add up the octets of every direction at
// both ends of the pipeline.
type weigher struct {
	stream.Source
	in, out map[way]int64
	unknown map[way]bool // a gap of unknown length
}

// Run implements stream.Source.
func (w *weigher) Run(ctx context.Context, h stream.Handler) error {
	return w.Source.Run(ctx, weighedHandler{h, w})
}

type weighedHandler struct {
	stream.Handler
	w *weigher
}

func (h weighedHandler) Open(c *stream.Conn) stream.Tap {
	return weighedTap{h.Handler.Open(c), c.ID, h.w}
}

type weighedTap struct {
	stream.Tap
	conn int64
	w    *weigher
}

func (t weighedTap) Data(dir stream.Dir, at stream.Stamp, p []byte) {
	t.w.in[way{t.conn, dir}] += int64(len(p))
	t.Tap.Data(dir, at, p)
}

func (t weighedTap) Gap(dir stream.Dir, at stream.Stamp, n int64) {
	t.w.in[way{t.conn, dir}] += max(n, 0)
	t.w.unknown[way{t.conn, dir}] = t.w.unknown[way{t.conn, dir}] || n < 0
	t.Tap.Gap(dir, at, n)
}

// Write implements analyze.Sink.
func (w *weigher) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		switch r := &records[i]; r.Kind {
		case analyze.RecordPDU:
			w.out[way{r.PDU.Conn.ID, r.PDU.Dir}] += int64(r.PDU.P.Length)
		case analyze.RecordGap:
			w.out[way{r.Gap.Conn.ID, r.Gap.Dir}] += max(r.Gap.Frame.Length, 0)
		}
	}
	return nil
}

// Close implements analyze.Sink.
func (*weigher) Close() error { return nil }

// TestEveryOctetOnce proves that every octet of a direction ends up in
// exactly one PDU, gap or run of garbage.
func TestEveryOctetOnce(t *testing.T) {
	var files []string
	for _, pattern := range []string{filepath.Join(samplesDir, "*.pcap"), filepath.Join(corpusDir, "s*"), filepath.Join(corpusDir, "public", "*.pcap")} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	p, err := profile.Load("smpp34")
	if err != nil {
		t.Fatal(err)
	}
	weighed := 0
	for _, path := range files {
		w := &weigher{
			Source: capture.NewFile(capture.Options{Paths: []string{path}}),
			in:     map[way]int64{}, out: map[way]int64{}, unknown: map[way]bool{},
		}
		if err := analyze.New(analyze.Options{Source: path, Profile: p, Sinks: []analyze.Sink{w}}).Run(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		for k, n := range w.out {
			if w.unknown[k] {
				continue
			}
			weighed++
			if w.in[k] != n {
				t.Errorf("%s connection %d direction %d: %d octets in, %d in frames", path, k.conn, k.dir, w.in[k], n)
			}
		}
	}
	if weighed == 0 {
		t.Fatal("nothing weighed")
	}
}
