//go:build !linux

package proxy

func newIntake(src *end, stopping interface{ Load() bool }) intake { return newBuffer(src, stopping) }
