//go:build unix

package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// fileLock is the one writer's claim on a database: a flock on the file
// "<database>-lock", which holds the writer's pid. The kernel drops it with
// the process. It is not on the database itself because closing any of a
// process's descriptors of that file would drop SQLite's own (POSIX) locks.
type fileLock struct{ f *os.File }

// lockedError tells that another process writes.
type lockedError struct{ path, pid string }

func (e *lockedError) Error() string {
	who := "another smpptap"
	if e.pid != "" {
		who += " (process " + e.pid + ")"
	}
	return fmt.Sprintf("database %s is being written by %s: wait for it, or choose another file with --db", e.path, who)
}

// lockFile claims path for writing.
func lockFile(path string) (*fileLock, error) {
	name := path + "-lock"
	for {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, fmt.Errorf("database %s cannot be written: %w", path, err)
		}
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if errors.Is(err, syscall.EWOULDBLOCK) {
			pid, _ := io.ReadAll(io.LimitReader(f, 20))
			f.Close()
			return nil, &lockedError{path, strings.TrimSpace(string(pid))}
		}
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("lock database %s: %w", path, err)
		}
		if isCurrent(f, name) {
			// The pid is only told to whoever is refused; without it (a full
			// disk) the lock is as good.
			if f.Truncate(0) == nil {
				_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
			}
			return &fileLock{f}, nil
		}
		f.Close() // its last owner removed it between open and flock
	}
}

// isCurrent tells whether f is still the file of that name.
func isCurrent(f *os.File, name string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(name)
	return err == nil && os.SameFile(a, b)
}

// release gives the claim up. The file goes first, while it is still ours; one
// that another took the place of is not.
func (l *fileLock) release() error {
	var err error
	if isCurrent(l.f, l.f.Name()) {
		err = os.Remove(l.f.Name())
	}
	return errors.Join(err, l.f.Close())
}
