package analyze_test

import (
	"context"
	"strings"
	"testing"

	"smpptap/analyze"
	"smpptap/stream"
)

// capsSeen is a Sink that keeps what a run says of its caps.
type capsSeen struct{ caps map[string]int64 }

// Write implements analyze.Sink.
func (s *capsSeen) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		if r := &records[i]; r.Kind == analyze.RecordCapture {
			s.caps = r.Capture.Stats.Caps
		}
	}
	return nil
}

// Close implements analyze.Sink.
func (*capsSeen) Close() error { return nil }

// TestUndecidedBounded: what never shows whether it is SMPP costs bounded
// memory, also where the capture has no octets of it, as with a short snap
// length; that it was given up is told, and accuses nobody.
func TestUndecidedBounded(t *testing.T) {
	const many = 500_000
	for name, flood := range map[string]func(*wire){
		"gaps":   func(w *wire) { w.tap.Gap(stream.FromA, w.at, 1448) },
		"events": func(w *wire) { w.tap.Event(stream.FromA, w.at, stream.Event{Kind: stream.EventSentAgain}) },
	} {
		t.Run(name, func(t *testing.T) {
			seen := &capsSeen{}
			out, err := run(t, analyze.Options{Sinks: []analyze.Sink{seen}}, func(h stream.Handler) error {
				w := dial(h, 1, true)
				before := heap()
				for range many {
					flood(w)
				}
				if used := (heap() - before) >> 20; used > 48 {
					t.Errorf("%d MiB are held for a connection that showed nothing", used)
				}
				w.end(nil)
				dial(h, 2, true).esme(bind).smsc(bindResp).esme(unbind).smsc(unbindResp).end(nil)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if n := len(out.pdus()); n != 4 {
				t.Errorf("%d PDUs of the other connection, want 4", n)
			}
			told := false
			for text, n := range seen.caps {
				told = told || n == 1 && strings.HasPrefix(text, "connections settled early")
			}
			if !told {
				t.Errorf("caps %v", seen.caps)
			}
			for _, line := range out.lines {
				if strings.Contains(line, "framing") || strings.Contains(line, "connection-silent") {
					t.Error(line)
				}
			}
		})
	}
}
