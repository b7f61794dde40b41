//go:build !unix

package store

import (
	"fmt"
	"os"
)

// fileLock without flock: a file that must not be there. After a crash the
// user removes it.
type fileLock struct{ f *os.File }

func lockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path+"-lock", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if os.IsExist(err) {
		return nil, fmt.Errorf("database %s is being written by another smpptap; if none runs, remove %s-lock", path, path)
	}
	if err != nil {
		return nil, fmt.Errorf("database %s cannot be written: %w", path, err)
	}
	return &fileLock{f}, nil
}

func (l *fileLock) release() error {
	l.f.Close()
	return os.Remove(l.f.Name())
}
