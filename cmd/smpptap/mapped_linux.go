package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// mappedTogether is how much of a file Linux maps at a fault where pages are
// small.
const mappedTogether = 64 << 10

// unmapStart lets go of what the start has touched of the program's own file:
// the pages stay in the page cache, and come back at a fault where they are
// needed again, which is a third of them. Since Linux 6.18 a fault maps the
// whole folio of the page cache, of up to 2 MiB, but no further than its
// mapping goes; mappings of unlike advice are apart, and the advice itself is
// only about reading from the disk.
func unmapStart() {
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer f.Close()
	for _, m := range cleanMappings(f) {
		for at := m.from&^(mappedTogether-1) + mappedTogether; at+mappedTogether < m.to; at += 2 * mappedTogether {
			advise(area{at, at + mappedTogether}, unix.MADV_RANDOM)
		}
		advise(m, unix.MADV_DONTNEED)
	}
}

// advise calls madvise(2). Where that fails nothing is gained or lost.
func advise(m area, advice uintptr) {
	_, _, _ = unix.Syscall(unix.SYS_MADVISE, m.from, m.to-m.from, advice)
}

// area is a stretch of addresses.
type area struct{ from, to uintptr }

// cleanMappings reads from smaps (proc_pid_smaps(5)) where files are mapped that
// the process can neither write to nor has changed in memory.
func cleanMappings(smaps io.Reader) (clean []area) {
	var m area
	file := false
	for s := bufio.NewScanner(smaps); s.Scan(); {
		f := bytes.Fields(s.Bytes())
		switch {
		case len(f) == 0:
		case len(f) >= 6 && bytes.IndexByte(f[0], '-') > 0: // addresses, rights, offset, device, inode, path
			from, to, _ := strings.Cut(string(f[0]), "-")
			m = area{address(from), address(to)}
			file = m.from < m.to && f[1][0] == 'r' && f[1][1] != 'w' && f[5][0] == '/'
		case string(f[0]) == "Anonymous:" && file && string(f[1]) == "0":
			clean = append(clean, m)
		}
	}
	return clean
}

func address(hex string) uintptr {
	n, err := strconv.ParseUint(hex, 16, strconv.IntSize)
	if err != nil {
		return 0
	}
	return uintptr(n)
}
