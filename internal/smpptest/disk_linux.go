package smpptest

import (
	"fmt"
	"os"
	"syscall"
	"testing"
)

// SmallDisk mounts a disk of so many octets for the test and gives its
// directory. It needs root; in CI a test that cannot have it fails.
func SmallDisk(t *testing.T, octets int64) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, fmt.Sprint("size=", octets)); err != nil {
		if os.Getenv("CI") == "" {
			t.Skip("cannot mount: ", err)
		}
		t.Fatal("cannot mount: ", err)
	}
	t.Cleanup(func() {
		_ = syscall.Unmount(dir, syscall.MNT_DETACH) // what a test mounted in it, too
	})
	return dir
}
