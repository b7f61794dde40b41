//go:build unix

package capture

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// readable waits until a read of f would not block, at most so long. What
// cannot be asked is taken for readable.
func readable(f *os.File, most time.Duration) bool {
	raw, err := f.SyscallConn()
	if err != nil {
		return true
	}
	yes := true
	err = raw.Control(func(fd uintptr) {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(most/time.Millisecond))
		yes = n > 0 || err != nil && !errors.Is(err, unix.EINTR)
	})
	return yes || err != nil
}
