package analyze

import "sync/atomic"

// chunk is room for octets read from a file. It is used again when nobody looks
// into it any more: stage A has filled it, and stage C has judged all batches
// with a view of it. So whatever outlives its batch is a copy. A chunk that was
// let go is overwritten under the race detector (see stale), so that the tests
// of all that keeps something show whom a forgotten copy deceives.
type chunk struct {
	octets []byte
	users  atomic.Int32 // stage A while it fills the chunk, and batches
}

// chunks lends chunks. Spare ones wait in it.
type chunks chan *chunk

// spareChunks bounds what waits: 1 MiB.
const spareChunks = 16

// take gives a chunk with room for n octets, for its one user to be.
func (c chunks) take(n int) *chunk {
	if n <= chunkSize {
		select {
		case k := <-c:
			k.users.Store(1)
			return k
		default:
		}
	}
	k := &chunk{octets: make([]byte, 0, max(chunkSize, n))}
	k.users.Store(1)
	return k
}

// leave ends one user's interest.
func (c chunks) leave(k *chunk) {
	if k.users.Add(-1) > 0 {
		return
	}
	stale(k.octets)
	k.octets = k.octets[:0]
	if cap(k.octets) > chunkSize {
		return
	}
	select {
	case c <- k:
	default:
	}
}
