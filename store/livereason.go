package store

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// Why records are dropped (metrics: label reason).
const (
	reasonLocked   = "locked"
	reasonFull     = "full"
	reasonReadOnly = "readonly"
	reasonGone     = "gone"
	reasonIO       = "io"
	reasonDamaged  = "damaged"
	reasonError    = "error"
	reasonSlow     = "slow"
)

var reasonText = map[string]string{
	reasonLocked:   "database locked",
	reasonFull:     "no space left",
	reasonReadOnly: "database cannot be written",
	reasonGone:     "database file gone",
	reasonIO:       "device failed",
	reasonDamaged:  "database damaged",
	reasonError:    "database failed",
	reasonSlow:     "recording slower than traffic",
}

// errGone: the path names another file than the one that is open, or none.
var errGone = errors.New("the file was deleted, moved or replaced")

// reasonOf tells why a database is away.
func reasonOf(err error) string {
	var locked *lockedError
	switch {
	case errors.Is(err, errGone), errors.Is(err, fs.ErrNotExist):
		return reasonGone
	case errors.As(err, &locked):
		return reasonLocked
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return reasonFull
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return reasonReadOnly
	case errors.Is(err, syscall.EIO):
		return reasonIO
	}
	var se sqlite3.Error
	if !errors.As(err, &se) {
		return reasonError
	}
	if se.SystemErrno != 0 && (se.Code == sqlite3.ErrIoErr || se.Code == sqlite3.ErrCantOpen) {
		if r := reasonOf(se.SystemErrno); r != reasonError {
			return r
		}
	}
	if r, ok := codeReasons[se.Code]; ok {
		return r
	}
	return reasonError
}

var codeReasons = map[sqlite3.ErrNo]string{
	sqlite3.ErrBusy:     reasonLocked,
	sqlite3.ErrLocked:   reasonLocked,
	sqlite3.ErrProtocol: reasonLocked,
	sqlite3.ErrFull:     reasonFull,
	sqlite3.ErrReadonly: reasonReadOnly,
	sqlite3.ErrPerm:     reasonReadOnly,
	sqlite3.ErrCantOpen: reasonGone,
	sqlite3.ErrIoErr:    reasonIO,
	sqlite3.ErrCorrupt:  reasonDamaged,
	sqlite3.ErrNotADB:   reasonDamaged,
}

// mayPass tells trouble in opening that time may cure, from a path that is
// wrong.
func mayPass(err error) bool {
	if isLocked(err) || errors.Is(err, fs.ErrPermission) {
		return false
	}
	switch reasonOf(err) {
	case reasonLocked, reasonFull, reasonReadOnly, reasonIO:
		return true
	}
	return false
}

// isLocked tells that another process writes.
func isLocked(err error) bool {
	var locked *lockedError
	return errors.As(err, &locked)
}

// reopen tells trouble that only a new connection may end.
func reopen(reason string) bool { return reason != reasonLocked && reason != reasonFull }
