//go:build !race

package analyze

// chunkSize is how many octets of a file share one allocation. The chunks that
// ten batches of usual PDUs need then fit into a core's cache together.
const chunkSize = 64 << 10

// stale spoils octets that nobody may look at any more, under the race
// detector.
func stale([]byte) {}
