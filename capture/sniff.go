package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

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
	if h, err := w.peek(4); err != nil && !errors.Is(err, io.EOF) {
		return nil, w.broken(err, 4, len(h), "file header")
	}
	return nil, fmt.Errorf("no capture file (pcap or pcapng): %s", looksLike(w.ahead(512)))
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
		{"\x04\x22\x4d\x18", "this is lz4 inside compression; unpack it once"},
		{"\x02\x21\x4c\x18", "this is lz4 inside compression; unpack it once"},
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
