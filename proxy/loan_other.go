//go:build !linux

package proxy

import "io"

func newIntake(src *end, stopping interface{ Load() bool }) intake { return newBuffer(src, stopping) }

func newOutlet(dst *end) io.Writer { return dst.rw }
