package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// zstdMemory bounds what a zstd frame may ask for as its window.
const zstdMemory = 128 << 20

// input is an opened capture file.
type input struct {
	packets packetReader
	close   []func()
}

func (in *input) Close() {
	for i := len(in.close) - 1; i >= 0; i-- {
		in.close[i]()
	}
}

// openInput opens a path, - for stdin, and finds out by its first octets what
// it is. Octets read from it, still compressed, are told to read.
func openInput(path string, stdin io.Reader, read func(int)) (*input, error) {
	in := &input{}
	var src io.Reader
	if path == "-" {
		src = stdin
	} else {
		f, err := os.Open(path)
		if err != nil {
			return nil, errors.Unwrap(err) // the caller names the file
		}
		in.close = append(in.close, func() { f.Close() })
		src = f
		if st, err := f.Stat(); err == nil && st.IsDir() {
			in.Close()
			return nil, errors.New("this is a directory, not a capture file")
		}
	}
	w := newWindow(&counted{src, read})
	w, err := in.unpack(w)
	if err == nil {
		in.packets, err = sniff(w)
	}
	if err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

// unpack puts a decompressor before the window when the magic says so.
func (in *input) unpack(w *window) (*window, error) {
	head, _ := w.peek(4)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(&drain{w})
		if err != nil {
			return nil, &damage{what: "it begins like gzip", err: err}
		}
		in.close = append(in.close, func() { z.Close() })
		return newWindow(z), nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		// One at a time: no goroutines, and faster (dependencies.md 15).
		z, err := zstd.NewReader(&drain{w}, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(zstdMemory))
		if err != nil {
			return nil, &damage{what: "it begins like zstd", err: err}
		}
		in.close = append(in.close, z.Close)
		return newWindow(z), nil
	}
	return w, nil
}

// sniff chooses the reader.
func sniff(w *window) (packetReader, error) {
	if r, ok := newNg(w); ok {
		return r, nil
	}
	r, ok, err := newPcap(w)
	if err != nil {
		return nil, err
	}
	if ok {
		return r, nil
	}
	head, err := w.peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, w.broken(err, 4, len(head), "file header")
	}
	return nil, fmt.Errorf("no capture file (pcap or pcapng): %s", looksLike(head))
}

// looksLike names what a file that is no capture seems to be.
func looksLike(head []byte) string {
	for _, m := range []struct{ magic, what string }{
		{"SQLite format 3\x00", "this is an SQLite database; the list commands and audit read smpptap's own with --db"},
		{"\x1f\x8b", "this is gzip inside compression; unpack it once"},
		{"\x28\xb5\x2f\xfd", "this is zstd inside compression; unpack it once"},
		{"PK\x03\x04", "this is a zip archive; unpack it first"},
		{"BZh", "this is bzip2; unpack it first"},
		{"\xfd7zXZ\x00", "this is xz; unpack it first"},
		{"\x04\x22\x4d\x18", "this is lz4; unpack it first"},
		{"snoop\x00", "this is a Solaris snoop file; convert it with: editcap -F pcapng IN OUT"},
		{"XCP\x00", "this is a NetXRay file; convert it with: editcap -F pcapng IN OUT"},
		{"GMBU", "this is a Microsoft Network Monitor file; convert it with: editcap -F pcapng IN OUT"},
		{"TRSNIFF data", "this is a Sniffer file; convert it with: editcap -F pcapng IN OUT"},
		{"\x7fELF", "this is a program"},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.what
		}
	}
	switch {
	case len(head) == 0:
		return "it is empty"
	case len(head) < 4:
		return fmt.Sprintf("it has %d octets only", len(head))
	case isText(head):
		return "it looks like text; for PDUs in hex use: smpptap decode"
	}
	return fmt.Sprintf("it begins with % x", head[:min(8, len(head))])
}

func isText(b []byte) bool {
	if len(b) > 500 {
		b = b[:500-utf8.UTFMax] // not to cut a character
		for len(b) > 0 && !utf8.RuneStart(b[len(b)-1]) {
			b = b[:len(b)-1]
		}
		b = b[:max(0, len(b)-1)]
	}
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return utf8.Valid(b)
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
