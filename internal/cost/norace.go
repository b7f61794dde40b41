//go:build !race

package cost

// Race tells that the race detector is on: everything takes ten times as long,
// and counts that prove nothing about races may be smaller.
const Race = false
