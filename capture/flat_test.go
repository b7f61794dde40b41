package capture

import (
	"context"
	"io"
	"runtime"
	"testing"

	"smpptap/analyze"
	"smpptap/analyze/profile"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// heapSink counts PDUs and, every so many, measures what is alive.
type heapSink struct {
	every, pdus, next int
	alive             []uint64
}

func (h *heapSink) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		if records[i].PDU != nil {
			h.count(1)
		}
	}
	return nil
}

func (h *heapSink) count(n int) {
	h.pdus += n
	if h.pdus >= h.next {
		h.next = h.pdus + h.every
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		h.alive = append(h.alive, m.HeapAlloc)
	}
}

func (h *heapSink) Close() error { return nil }

// generated runs a source over a made stream: a pipe with no file behind it.
func generated(t *testing.T, pdus int, run func(*File) error) {
	t.Helper()
	pr, pw := io.Pipe()
	made := make(chan error, 1)
	go func() {
		err := smpptest.Generate(pw, pdus, 200, 10)
		pw.CloseWithError(err)
		made <- err
	}()
	if err := run(NewFile(Options{Paths: []string{"-"}, Stdin: pr})); err != nil {
		t.Fatal(err)
	}
	if err := <-made; err != nil {
		t.Fatal(err)
	}
}

// flatHandler frames and counts, and measures as heapSink does.
type flatHandler struct {
	heap    *heapSink
	scratch []stream.Frame
}

type flatTap struct {
	*flatHandler
	framers [2]*stream.Framer
}

func (h *flatHandler) Open(*stream.Conn) stream.Tap {
	tap := &flatTap{flatHandler: h}
	for d := range tap.framers {
		tap.framers[d] = stream.NewFramer(stream.FramerOptions{})
	}
	return tap
}
func (h *flatHandler) Notice(stream.Notice) {}

func (k *flatTap) Data(d stream.Dir, at stream.Stamp, p []byte) {
	k.scratch = k.framers[d].Push(k.scratch[:0], at, append([]byte(nil), p...))
	k.heap.count(len(k.scratch))
	clear(k.scratch)
}
func (k *flatTap) Gap(stream.Dir, stream.Stamp, int64)          {}
func (k *flatTap) Event(stream.Dir, stream.Stamp, stream.Event) {}
func (k *flatTap) Close(stream.Stamp, error)                    {}

// TestFlatMemory: reading, reassembling and framing needs no more memory at
// the end of a stream than near its beginning.
func TestFlatMemory(t *testing.T) {
	pdus := 300_000
	if testing.Short() {
		pdus /= 2
	}
	h := &heapSink{every: pdus / 10}
	generated(t, pdus, func(f *File) error { return f.Run(t.Context(), &flatHandler{heap: h}) })
	early, late := h.alive[3], h.alive[len(h.alive)-1]
	t.Logf("%d PDUs; alive in KiB: %v", h.pdus, kib(h.alive))
	if h.pdus < pdus*9/10 || late > 20<<20 || late > early+early/10 {
		t.Errorf("%d PDUs; alive early %d, late %d octets", h.pdus, early, late)
	}
}

// TestPipelineMemory: the whole pipeline keeps within its caps.
func TestPipelineMemory(t *testing.T) {
	pdus := 100_000
	prof, err := profile.Load(profile.Default)
	if err != nil {
		t.Fatal(err)
	}
	h := &heapSink{every: pdus / 10}
	p := analyze.New(analyze.Options{Profile: prof, Sinks: []analyze.Sink{h}})
	generated(t, pdus, func(f *File) error { return p.Run(t.Context(), f) })
	t.Logf("%d PDUs; alive in KiB: %v", h.pdus, kib(h.alive))
	if late := h.alive[len(h.alive)-1]; h.pdus < pdus*9/10 || late > 96<<20 {
		t.Errorf("%d PDUs; alive at the end %d octets", h.pdus, late)
	}
}

func kib(n []uint64) (out []uint64) {
	for _, v := range n {
		out = append(out, v>>10)
	}
	return out
}
