//go:build !linux

package proxy

import (
	"io"
	"sync/atomic"
)

func newIntake(src *end, stopping *atomic.Bool) intake { return newBuffer(src, stopping) }

func newOutlet(dst *end) io.Writer { return dst.rw }
