//go:build !unix

package capture

import (
	"os"
	"time"
)

// readable: here a file cannot be asked.
func readable(*os.File, time.Duration) bool { return true }
