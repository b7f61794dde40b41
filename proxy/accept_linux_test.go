package proxy

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// Without a file descriptor left a client waits; those that are relayed do
// not notice.
func TestNoDescriptors(t *testing.T) {
	r := setup(t)
	old, oldSMSC := r.pair()
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	next, err := syscall.Dup(int(os.Stderr.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	syscall.Close(next)
	scarce := was
	scarce.Cur = uint64(next) + 1 // for the client's end
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &scarce); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was)
	client := r.client("one")
	r.until("failure", func() bool { return strings.Contains(r.log.String(), "cannot accept") })
	send(t, old, "hello")
	want(t, oldSMSC, "hello")
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	send(t, client, "at last")
	want(t, r.server(), "at last")
}
