package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// standardOutput remembers the first write that failed: help
// and short answers are printed without a look at it.
type standardOutput struct {
	io.Writer
	mu  sync.Mutex
	err error
}

// Write implements io.Writer.
func (r *standardOutput) Write(p []byte) (int, error) {
	n, err := r.Writer.Write(p)
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.err == nil {
			r.err = err
		}
	}
	return n, err
}

func (r *standardOutput) failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// output is where results go: standard output, or a file of -o. A file gets
// its name when it is whole, so that a run that fails leaves the one before.
type output struct {
	io.Writer
	file *os.File // nil: standard output
	path string   // the name it will get; empty: it has it
	err  error    // of the first write that failed
}

// output opens the file of -o. One that grows has its name at once: somebody
// may follow it. So has what is no regular file.
func (a *app) output(path string, grows bool) (*output, error) {
	if path == "" || path == "-" {
		return &output{Writer: a.out}, nil
	}
	o, err := openOutput(path, grows, 0)
	if err != nil {
		return nil, fmt.Errorf("write result: %w", err)
	}
	return o, nil
}

// openOutput opens a file of results. mode is that of a file that gets its name
// at its end; zero: as it was, or as the umask has it.
func openOutput(path string, grows bool, mode fs.FileMode) (*output, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		info, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	if grows || info != nil && !info.Mode().IsRegular() {
		f, err := os.Create(path)
		if err != nil {
			return nil, err
		}
		return newOutput(f, ""), nil
	}
	if info != nil {
		// What may not be written is not replaced either; and a link stays one.
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, err
		}
	}
	if mode == 0 && info != nil {
		mode = info.Mode().Perm()
	}
	f, err := os.OpenFile(besides(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, cmp.Or(mode, 0o666))
	if err != nil {
		if e := (*fs.PathError)(nil); errors.As(err, &e) {
			e.Path = path // nobody knows the other name
		}
		return nil, err
	}
	if mode != 0 { // which the umask may have narrowed
		if err := f.Chmod(mode); err != nil {
			return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}
	return newOutput(f, path), nil
}

// besides is a name for a file in the same directory that nothing has yet.
func besides(path string) string {
	dir, name := filepath.Split(path)
	return dir + "." + name[:min(len(name), 200)] + "." + rand.Text()[:8]
}

func newOutput(f *os.File, path string) *output {
	o := &output{file: f, path: path}
	o.Writer = &outputFile{o}
	return o
}

// outputFile writes to an output's file and remembers that it failed.
type outputFile struct{ o *output }

// Write implements io.Writer.
func (f *outputFile) Write(p []byte) (int, error) {
	n, err := f.o.file.Write(p)
	if err != nil && f.o.err == nil {
		f.o.err = err
	}
	return n, err
}

// close ends the output. With keep, and when all was written, the file takes
// its name; else it goes.
func (o *output) close(keep bool) (err error) {
	if o.file == nil {
		return nil
	}
	err = errors.Join(o.err, o.file.Close())
	if o.path != "" {
		if err == nil && keep {
			if err = os.Rename(o.file.Name(), o.path); err == nil {
				return nil
			}
		}
		err = errors.Join(err, os.Remove(o.file.Name()))
	}
	if err != nil {
		return fmt.Errorf("write result: %w", oneLine(err))
	}
	return nil
}

// unread is an error of printing the result of work that is done. That nobody
// reads it to its end is none, so what the work came to is still told by the
// exit code, however early the reader leaves.
func unread(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}

// stream is what a terminal would be told by.
func (o *output) stream() io.Writer {
	if o.file != nil {
		return o.file
	}
	return o.Writer
}
