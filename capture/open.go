package capture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// zstdMemory bounds what a zstd frame may ask for as its window.
const zstdMemory = 128 << 20

// way is how an input is to be opened. The zero value reads a file to its end
// and tells nobody.
type way struct {
	ctx    context.Context
	stdin  io.Reader
	read   func(int)           // is told of octets as stored, packed
	idle   func(time.Duration) // is told of waiting
	window int                 // largest size; zero: windowSize
	follow bool
	ring   func(after time.Time) string // finds the next file of a ring
}

// input is an opened capture file.
type input struct {
	packets packetReader
	close   []func()
	tail    *tail // of a followed file
}

func (in *input) Close() {
	for i := len(in.close) - 1; i >= 0; i-- {
		in.close[i]()
	}
}

// successor is the file that goes on where a followed one has ended.
func (in *input) successor() string {
	if in.tail == nil {
		return ""
	}
	return in.tail.successor
}

// openInput opens a path, - for stdin, and finds out by its first octets what
// it is.
func openInput(path string, how way) (*input, error) {
	in := &input{}
	src, err := in.source(path, &how)
	if err != nil {
		in.Close()
		return nil, err
	}
	w := newWindow(&counted{src, how.read}, how.window)
	if w, err = in.unpack(w, how.window); err == nil {
		in.packets, err = sniff(w)
	}
	if err != nil && in.successor() != "" {
		return in, err
	}
	if err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

// source opens the octets as stored.
func (in *input) source(path string, how *way) (io.Reader, error) {
	if path == "-" {
		return patience(how.stdin, how), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unnamed(err)
	}
	in.close = append(in.close, func() { f.Close() })
	st, err := f.Stat()
	switch {
	case err == nil && st.IsDir():
		return nil, errors.New("this is a directory, not a capture file")
	case err == nil && st.Mode().IsRegular() && how.follow:
		in.tail = newTail(path, f, how)
		return in.tail, nil
	case how.ctx == nil:
		return f, nil
	}
	return patience(f, how), nil
}

// unpack puts a decompressor before the window when the magic says so.
func (in *input) unpack(w *window, size int) (*window, error) {
	head, err := behindSkippable(w)
	if err != nil {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := newGunzip(&drain{w})
		if err != nil {
			return nil, &damage{what: "it begins like gzip", err: err}
		}
		return newWindow(z, size), nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		// One at a time: no goroutines, and faster (dependencies.md 15).
		z, err := zstd.NewReader(&drain{w}, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(zstdMemory))
		if err != nil {
			return nil, &damage{what: "it begins like zstd", err: err}
		}
		in.close = append(in.close, z.Close)
		return newWindow(z, size), nil
	case bytes.HasPrefix(head, []byte{0x04, 0x22, 0x4d, 0x18}), bytes.HasPrefix(head, []byte{0x02, 0x21, 0x4c, 0x18}): // the second: lz4 -l
		return newWindow(lz4.NewReader(&drain{w}), size), nil
	}
	return w, nil
}

// behindSkippable gives the first octets behind skippable frames, which zstd
// and lz4 have in common and which hold nothing of the file. pzstd puts one
// before each of its frames.
func behindSkippable(w *window) ([]byte, error) {
	for {
		head, _ := w.peek(8)
		if len(head) < 8 || binary.LittleEndian.Uint32(head)&^0xf != 0x184d2a50 {
			return head, nil
		}
		size := 8 + int64(binary.LittleEndian.Uint32(head[4:]))
		if n, err := w.skip(size); err != nil {
			return nil, w.broken(err, int(size), int(n), "skippable frame")
		}
	}
}

// counted tells how far a file was read.
type counted struct {
	src  io.Reader
	read func(int)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	if n > 0 && c.read != nil {
		c.read(n)
	}
	return n, err
}

// drain reads a window as a stream.
type drain struct{ w *window }

func (d *drain) Read(p []byte) (int, error) {
	b, err := d.w.peek(1)
	if len(b) == 0 {
		return 0, err
	}
	n := copy(p, d.w.buf[d.w.at:d.w.end])
	d.w.at += n
	d.w.off += int64(n)
	return n, nil
}
