package capture

import (
	"errors"
	"fmt"
	"io"
)

const (
	// windowSize is what is read ahead: measured, it halves the cost of reading
	// against bufio's 4 KiB, and more gains nothing. A small file needs only
	// windowStart.
	windowSize  = 256 << 10
	windowStart = 64 << 10
	// maxPacket is the largest packet believed. Wireshark stops at 256 KiB for
	// network packets; a larger one is still read, but room for it is made only
	// as octets really arrive.
	maxPacket = 16 << 20
)

// window looks at the input without copying. What peek returns is valid until
// the next peek.
type window struct {
	src io.Reader
	buf []byte
	at  int   // first octet not yet skipped
	end int   // behind the last octet read
	off int64 // place of buf[at] in the (decompressed) input
	err error // what ended src; io.EOF too
	// most is how large it grows for speed; for a large packet it grows beyond.
	most int
}

// newWindow makes a window; most zero: windowSize.
func newWindow(src io.Reader, most int) *window {
	if most == 0 {
		most = windowSize
	}
	return &window{src: src, buf: make([]byte, windowStart), most: most}
}

// peek gives the next n octets. At the end of the input it gives what there is
// and the error that ended it, io.EOF for a regular end.
func (w *window) peek(n int) ([]byte, error) {
	if w.end-w.at >= n {
		return w.buf[w.at : w.at+n : w.at+n], nil
	}
	return w.fill(n)
}

// ahead gives the next octets without waiting for more, n of them at most.
func (w *window) ahead(n int) []byte { return w.buf[w.at:min(w.end, w.at+n)] }

func (w *window) fill(n int) ([]byte, error) {
	if w.end == len(w.buf) && w.end < w.most {
		w.resize(w.most)
	} else if w.at > 0 {
		w.end = copy(w.buf, w.buf[w.at:w.end])
		w.at = 0
	}
	for empty := 0; w.end < n; {
		if w.err != nil {
			return w.buf[:w.end:w.end], w.err
		}
		if w.end == len(w.buf) { // doubled only when full: no header makes us allocate
			w.resize(2 * len(w.buf))
		}
		k, err := w.src.Read(w.buf[w.end:])
		w.end += k
		w.err = err
		if k > 0 {
			empty = 0
		} else if empty++; empty > 100 && err == nil {
			w.err = io.ErrNoProgress
		}
	}
	return w.buf[:n:n], nil
}

func (w *window) resize(n int) {
	b := make([]byte, n)
	w.end = copy(b, w.buf[w.at:w.end])
	w.at = 0
	w.buf = b
}

// skip leaves n octets behind, more than were peeked if need be, and says how
// many there were.
func (w *window) skip(n int64) (int64, error) {
	left := n
	for {
		k := min(left, int64(w.end-w.at))
		w.at += int(k)
		w.off += k
		if left -= k; left == 0 {
			return n, nil
		}
		if _, err := w.fill(1); err != nil {
			return n - left, err
		}
	}
}

// damage says that the input is cut or corrupt at a place. Everything before
// that place was delivered.
type damage struct {
	off  int64
	what string
	hint string
	err  error
}

func (d *damage) Error() string {
	s := fmt.Sprintf("at octet %d: %s", d.off, d.what)
	if d.err != nil {
		s += ": " + d.err.Error()
	}
	if d.hint != "" {
		s += " (" + d.hint + ")"
	}
	return s
}

func (d *damage) Unwrap() error { return d.err }

// broken makes of a failed peek the error that tells a cut file from a failed
// read or a broken compressed stream.
func (w *window) broken(err error, want, got int, what string) error {
	if errors.Is(err, io.EOF) {
		return &damage{
			off:  w.off,
			what: fmt.Sprintf("the file ends inside a %s: %d octets wanted, %d there", what, want, got),
			hint: "it was cut while being written or copied; all packets before were read",
		}
	}
	return &damage{
		off:  w.off,
		what: fmt.Sprintf("reading a %s", what),
		hint: "all packets before were read",
		err:  err,
	}
}
