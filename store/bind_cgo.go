//go:build linux && cgo

package store

/*
// The symbols are those of the SQLite that go-sqlite3 brings along; they are
// there when the program is linked.
#cgo LDFLAGS: -Wl,--unresolved-symbols=ignore-in-object-files
#include <stdint.h>
#include <string.h>

typedef struct sqlite3_stmt sqlite3_stmt;
typedef struct sqlite3 sqlite3;
int sqlite3_bind_null(sqlite3_stmt *, int);
int sqlite3_bind_int64(sqlite3_stmt *, int, long long);
int sqlite3_bind_text(sqlite3_stmt *, int, const char *, int, void (*)(void *));
int sqlite3_bind_blob(sqlite3_stmt *, int, const void *, int, void (*)(void *));
int sqlite3_step(sqlite3_stmt *);
int sqlite3_reset(sqlite3_stmt *);
int sqlite3_clear_bindings(sqlite3_stmt *);
int sqlite3_extended_errcode(sqlite3 *);
int sqlite3_system_errno(sqlite3 *);
sqlite3 *sqlite3_db_handle(sqlite3_stmt *);

enum { NUL, INT, TEXT, BLOB, REF, DONE = 101 };

// insert_rows runs a statement for each row of p. No binding outlives it: what
// p points at is Go's.
static int insert_rows(sqlite3_stmt *s, const unsigned char *p, int64_t n, int cols, const int64_t *bases) {
	const unsigned char *end = p + n;
	int rc = 0;
	while (p < end && rc == 0) {
		for (int i = 1; i <= cols && rc == 0; i++) {
			unsigned char tag = *p++;
			int64_t v = 0;
			uint32_t len = 0;
			if (tag == TEXT || tag == BLOB) {
				memcpy(&len, p, 4);
				p += 4;
			} else if (tag != NUL) {
				memcpy(&v, p, 8);
				p += 8;
			}
			switch (tag) {
			case NUL: rc = sqlite3_bind_null(s, i); break;
			case INT: rc = sqlite3_bind_int64(s, i, v); break;
			case TEXT: rc = sqlite3_bind_text(s, i, (const char *)p, (int)len, 0); break;
			case BLOB: rc = sqlite3_bind_blob(s, i, p, (int)len, 0); break;
			default: rc = sqlite3_bind_int64(s, i, bases[tag - REF] + v);
			}
			p += len;
		}
		if (rc == 0 && (rc = sqlite3_step(s)) == DONE)
			rc = 0;
		if (rc != 0)
			rc = sqlite3_extended_errcode(sqlite3_db_handle(s));
		sqlite3_reset(s);
	}
	sqlite3_clear_bindings(s);
	return rc;
}

static int system_errno(sqlite3_stmt *s) { return sqlite3_system_errno(sqlite3_db_handle(s)); }
*/
import "C"

import (
	"errors"
	"reflect"
	"syscall"
	"unsafe"

	"github.com/mattn/go-sqlite3"
)

// handle is SQLite's own name of a prepared statement. The driver keeps it to
// itself; a test tells when it is not found any more.
func handle(s *sqlite3.SQLiteStmt) (*C.sqlite3_stmt, error) {
	f := reflect.ValueOf(s).Elem().FieldByName("s")
	if !f.IsValid() || f.Kind() != reflect.Pointer || f.IsNil() {
		return nil, errors.New("go-sqlite3 keeps its statements elsewhere than this program knows")
	}
	return (*C.sqlite3_stmt)(f.UnsafePointer()), nil
}

// run runs the statement for each of the rows, which have its columns.
func (s statement) run(rows row, b *bases) error {
	if len(rows) == 0 {
		return nil
	}
	h, err := handle(s.stmt)
	if err != nil {
		return err
	}
	rc := C.insert_rows(h, (*C.uchar)(unsafe.SliceData(rows)), C.int64_t(len(rows)), C.int(s.cols), (*C.int64_t)(&b[0]))
	if rc != 0 {
		return sqlite3.Error{SystemErrno: syscall.Errno(C.system_errno(h)), Code: sqlite3.ErrNo(rc & 0xff), ExtendedCode: sqlite3.ErrNoExtended(rc)}
	}
	return nil
}
