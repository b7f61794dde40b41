package session

import (
	"math/rand/v2"
	"testing"
)

// TestBySequence holds the table against a map, with numbers that rise, jump
// and come again.
func TestBySequence(t *testing.T) {
	for name, next := range map[string]func(r *rand.Rand, n uint32) uint32{
		"rising": func(_ *rand.Rand, n uint32) uint32 { return n + 1 },
		"steps":  func(_ *rand.Rand, n uint32) uint32 { return n + 4096 },
		"random": func(r *rand.Rand, _ uint32) uint32 { return r.Uint32() },
		"few":    func(r *rand.Rand, _ uint32) uint32 { return r.Uint32N(40) },
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(3, 4))
			var table bySequence
			known := map[uint32]*Request{}
			var order []uint32
			for seq := uint32(0); len(order) < 30_000; {
				seq = next(r, seq)
				q := &Request{Sequence: seq}
				table.set(q)
				known[seq] = q
				order = append(order, seq)
				if r.IntN(5) > 0 { // what waits grows
					old := order[r.IntN(len(order))]
					if known[old] != nil {
						table.remove(old)
						delete(known, old)
					}
				}
				if got := table.get(seq); got != known[seq] {
					t.Fatalf("%d: %p, want %p", seq, got, known[seq])
				}
			}
			for _, seq := range order {
				if table.get(seq) != known[seq] {
					t.Fatalf("%d is not as entered", seq)
				}
			}
			if n := table.n + len(table.more); n != len(known) || len(table.slots) > maxSequences {
				t.Errorf("%d entries, want %d; %d places", n, len(known), len(table.slots))
			}
		})
	}
}
