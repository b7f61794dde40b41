//go:build !race

package filter

const pooled = true
