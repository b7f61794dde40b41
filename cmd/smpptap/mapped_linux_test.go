package main

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestCleanMappings: what was changed in memory, as by the dynamic linker, must
// not be let go: it would come back as it stands in the file.
func TestCleanMappings(t *testing.T) {
	const smaps = `00400000-00403000 r--p 00000000 fe:00 41 /usr/bin/smpp tap
Rss:                  12 kB
Anonymous:             0 kB
VmFlags: rd mr mw me sd
00403000-00e99000 r-xp 00003000 fe:00 41 /usr/bin/smpp tap
Anonymous:             0 kB
01976000-01979000 r--p 01576000 fe:00 41 /usr/bin/smpp tap
Anonymous:            12 kB
01979000-01a77000 rw-p 01579000 fe:00 41 /usr/bin/smpp tap
Anonymous:             0 kB
214a41800000-214a44400000 rw-p 00000000 00:00 0
Anonymous:             0 kB
7fff9d1f2000-7fff9d1f4000 r-xp 00000000 00:00 0                          [vdso]
Anonymous:             0 kB
ffff-zz r-xp 00000000 fe:00 41 /odd
Anonymous:             0 kB
`
	want := []area{{0x400000, 0x403000}, {0x403000, 0xe99000}}
	if got := cleanMappings(strings.NewReader(smaps)); !slices.Equal(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
}

// TestUnmapStart: less of the program's file is mapped afterwards, and the
// program goes on as before.
func TestUnmapStart(t *testing.T) {
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range cleanMappings(bytes.NewReader(smaps)) {
		advise(m, unix.MADV_POPULATE_READ) // another test may have let go of it
	}
	before := mappedKiB(t)
	unmapStart()
	if after := mappedKiB(t); after > before*3/4 {
		t.Errorf("%d KiB of files were mapped, %d KiB are", before, after)
	}
	var out, errw bytes.Buffer
	if code := run(t.Context(), []string{"spec", "submit_sm"}, nil, &out, &errw); code != 0 || !strings.Contains(out.String(), "short_message") {
		t.Errorf("exit %d: %s", code, errw.String())
	}
}

func mappedKiB(t *testing.T) int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "RssFile:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
