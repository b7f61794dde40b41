//go:build !unix || race

package analyze

// ownRing is a Ring of this process alone. The race detector sees what happens
// in memory of Go's alone.
func ownRing() *Ring {
	const page = 4096
	all := make([]byte, 2*page+RingOctets+ringCost) // a head that begins at the end lies in it, too
	return NewRing(all[2*page:][:RingOctets], all, all[page:])
}
