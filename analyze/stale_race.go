//go:build race

package analyze

// chunkSize is how many octets of a file share one allocation: those of one
// segment, so that many chunks are let go in a small capture, too.
const chunkSize = 1

// stale spoils octets that nobody may look at any more.
func stale(octets []byte) {
	for i := range octets {
		octets[i] = 0xDB
	}
}
