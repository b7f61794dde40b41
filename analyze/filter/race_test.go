//go:build race

package filter

// pooled: the race detector makes sync.Pool forget, and regexp allocate for it.
const pooled = false
