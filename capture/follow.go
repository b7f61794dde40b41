package capture

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"time"
)

// ringStep is how often a ring's directory is looked at; its files live longer.
const ringStep = time.Second

// tail reads a file that grows. At its end it waits, until the file grows, is
// cut, is replaced under its name, or has a successor in its ring; then it ends
// and names what is to be read next.
type tail struct {
	path      string
	file      *os.File
	ctx       context.Context
	idle      func(time.Duration)
	ring      func(after time.Time) string
	off       int64
	last      bool   // successor is known, and what came until then is being read
	successor string // empty: none, the end is that of ctx
}

func newTail(path string, f *os.File, how *way) *tail {
	return &tail{path: path, file: f, ctx: how.ctx, idle: how.idle, ring: how.ring}
}

func (t *tail) Read(b []byte) (int, error) {
	for waited := time.Duration(0); ; waited += waitStep {
		n, err := t.file.Read(b)
		t.off += int64(n)
		if n > 0 || err != nil && !isEnd(err) {
			return n, err
		}
		if t.last {
			return 0, io.EOF
		}
		if err := t.ctx.Err(); err != nil {
			return 0, err
		}
		if t.successor = t.find(waited); t.successor != "" {
			t.last = true
			continue // what was written before it came
		}
		if waited%time.Second == 0 {
			t.idle(waited)
		}
		sleep(t.ctx, waitStep)
	}
}

// find says what is to be read instead of a file that does not grow.
func (t *tail) find(waited time.Duration) string {
	own, err := t.file.Stat()
	if err != nil {
		return ""
	}
	if own.Size() < t.off {
		return t.path // begun anew
	}
	now, err := os.Stat(t.path)
	if err == nil && !os.SameFile(own, now) && now.Mode().IsRegular() {
		return t.path // replaced
	}
	if t.ring != nil && waited > 0 && waited%ringStep == 0 {
		return t.ring(own.ModTime())
	}
	return ""
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// ring gives the function that finds the file with which the ring of s goes
// on: of the capture files in its directory, new or written since they were
// read, the one that was written first after s. Names may come again.
func (r *run) ring(s *source) func(time.Time) string {
	if !s.follow {
		return nil
	}
	dir := filepath.Dir(s.path)
	if r.known == nil {
		r.known = map[string]time.Time{}
		each(dir, func(path string, st os.FileInfo) { r.known[path] = st.ModTime() })
	}
	return func(after time.Time) (next string) {
		var best time.Time
		each(dir, func(path string, st os.FileInfo) {
			at := st.ModTime()
			if path == s.path || at.Equal(r.known[path]) || at.Before(after) || next != "" && !at.Before(best) {
				return
			}
			if isCapture(path, false) {
				next, best = path, at
			}
		})
		if next != "" {
			r.known[s.path], r.known[next] = after, best
		}
		return next
	}
}

// each names the regular files of a directory.
func each(dir string, f func(path string, st os.FileInfo)) {
	entries, _ := os.ReadDir(dir) // what cannot be read now may be the next time
	for _, e := range entries {
		if st, err := e.Info(); err == nil && st.Mode().IsRegular() {
			f(filepath.Join(dir, e.Name()), st)
		}
	}
}
