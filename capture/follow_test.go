package capture

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// live is a Handler that tells in a channel what comes, as it comes; what the
// Source tells before it waits is what a user would see.
type live struct {
	t     *testing.T
	rows  chan string
	ready []string // not yet shown
	idles []time.Duration
}

func (l *live) Open(*stream.Conn) stream.Tap { return liveTap{l} }
func (l *live) Notice(stream.Notice)         {}

func (l *live) Idle(waited time.Duration) {
	l.idles = append(l.idles, waited)
	for _, row := range l.ready {
		l.rows <- row
	}
	l.ready = nil
}

type liveTap struct{ l *live }

func (k liveTap) Data(_ stream.Dir, _ stream.Stamp, p []byte) {
	k.l.ready = append(k.l.ready, string(p))
}
func (k liveTap) Gap(stream.Dir, stream.Stamp, int64)          { k.l.ready = append(k.l.ready, "gap") }
func (k liveTap) Event(stream.Dir, stream.Stamp, stream.Event) {}
func (k liveTap) Close(stream.Stamp, error)                    {}

// see waits for rows.
func (l *live) see(want ...string) {
	l.t.Helper()
	for _, w := range want {
		select {
		case got := <-l.rows:
			if got != w {
				l.t.Fatalf("row %q, want %q", got, w)
			}
		case <-time.After(time.Minute):
			l.t.Fatalf("no row %q", w)
		}
	}
}

// start runs a File beside the test; stop ends it and gives its error.
func (l *live) start(o Options) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- NewFile(o).Run(ctx, l) }()
	return func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(time.Minute):
			l.t.Fatal("Run goes on after its context has ended")
			return nil
		}
	}
}

func newLive(t *testing.T) *live { return &live{t: t, rows: make(chan string, 100)} }

// numbered is a capture with a segment for each of the words, cut up: the
// header, then each packet.
func numbered(words ...string) [][]byte {
	tk := opened()
	for _, w := range words {
		tk.Data(0, w)
	}
	p := smpptest.Packets(tk.Segments)
	parts := [][]byte{smpptest.Pcap{Nano: true}.Write(p[:3]...)}
	for i := 3; i < len(p); i++ {
		parts = append(parts, smpptest.Pcap{Nano: true}.Write(p[i])[24:])
	}
	return parts
}

func appendTo(t *testing.T, path string, b []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(b); err != nil {
		t.Fatal(err)
	}
	f.Close()
}

// TestFollow: rows come as the file grows, also in the middle of a packet; the
// end of the context is a regular end.
func TestFollow(t *testing.T) {
	parts := numbered("one", "two", "three")
	path := writeFile(t, t.TempDir(), "growing", parts[0])
	l := newLive(t)
	stop := l.start(Options{Paths: []string{path}, Follow: true})
	appendTo(t, path, parts[1])
	l.see("one")
	appendTo(t, path, parts[2][:30])
	time.Sleep(2 * waitStep)
	appendTo(t, path, parts[2][30:])
	l.see("two")
	appendTo(t, path, parts[3][:20]) // cut off by our end, not by the file's
	time.Sleep(2 * waitStep)
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestFollowNone: what begins as no capture does becomes none by growing.
func TestFollowNone(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	path := writeFile(t, t.TempDir(), "notes", []byte("eight or more"))
	err := NewFile(Options{Paths: []string{path}, Follow: true}).Run(ctx, newLive(t))
	if err == nil || !strings.Contains(err.Error(), "it looks like text") || ctx.Err() != nil {
		t.Error(err)
	}
}

// TestFollowReplaced: a file that is moved away is read to its end, then the
// new one of its name; a file that begins anew is read from its start.
func TestFollowReplaced(t *testing.T) {
	parts := numbered("one", "two", "three", "four")
	dir := t.TempDir()
	path := writeFile(t, dir, "growing", append(parts[0], parts[1]...))
	l := newLive(t)
	stop := l.start(Options{Paths: []string{path}, Follow: true})
	l.see("one")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	appendTo(t, path+".1", parts[2]) // its writer has not noticed yet
	writeFile(t, dir, "new", append(append([]byte{}, parts[0][:24]...), parts[3]...))
	if err := os.Rename(filepath.Join(dir, "new"), path); err != nil {
		t.Fatal(err)
	}
	l.see("two", "three")
	writeFile(t, dir, "growing", append(append([]byte{}, parts[0][:24]...), parts[4]...)[:24+20]) // truncates
	time.Sleep(3 * waitStep)
	appendTo(t, path, parts[4][20:])
	l.see("four")
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestFollowRing: a followed directory goes on with its next file.
func TestFollowRing(t *testing.T) {
	parts := numbered("one", "two", "three", "four")
	head := parts[0][:24]
	dir := t.TempDir()
	writeFile(t, dir, "b", append(append([]byte{}, parts[0]...), parts[1]...))
	l := newLive(t)
	stop := l.start(Options{Paths: []string{dir}, Follow: true})
	l.see("one")
	writeFile(t, dir, "notes", []byte("nothing of the kind"))
	writeFile(t, dir, "a", append(append([]byte{}, head...), parts[2]...))
	l.see("two")
	appendTo(t, filepath.Join(dir, "a"), parts[3])
	l.see("three")
	writeFile(t, dir, "b", append(append([]byte{}, head...), parts[4]...)) // names begin again
	l.see("four")
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestPipe: what comes through a pipe is told before the next wait, and a wait
// heeds the context.
func TestPipe(t *testing.T) {
	for _, how := range []string{"pipe", "reader"} {
		parts := numbered("one", "two")
		pr, pw, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Paths: []string{"-"}, Stdin: pr}
		if how == "reader" {
			o.Stdin = io.MultiReader(pr) // one that cannot be asked
		}
		l := newLive(t)
		stop := l.start(o)
		pw.Write(append(parts[0], parts[1]...))
		l.see("one")
		pw.Write(parts[2])
		l.see("two")
		if how == "reader" {
			pw.Close()
		}
		if err := stop(); how == "pipe" && err == nil {
			t.Error("no error: standard input had not ended")
		}
		pw.Close()
		pr.Close()
	}
}

// TestPauseEndsWaitAtStart: what might be the second segment of a stream is
// shown when the input pauses.
func TestPauseEndsWaitAtStart(t *testing.T) {
	s := dialogue()
	pr, pw, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pr.Close()
	l := newLive(t)
	stop := l.start(Options{Paths: []string{"-"}, Stdin: pr})
	pw.Write(file(s[4:5]))
	l.see(string(s[4].Payload))
	pw.Close()
	stop()
}

// TestNotIdle: a regular file tells nobody of waiting.
func TestNotIdle(t *testing.T) {
	l := newLive(t)
	path := writeFile(t, t.TempDir(), "f", bytes.Join(numbered("one"), nil))
	if err := NewFile(Options{Paths: []string{path}}).Run(t.Context(), l); err != nil || len(l.idles) > 0 {
		t.Errorf("%v, idle %v", err, l.idles)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := NewFile(Options{Paths: []string{"-"}, Stdin: f}).Run(t.Context(), l); err != nil || len(l.idles) > 0 {
		t.Errorf("%v, idle %v", err, l.idles)
	}
}
