package capture

import "math/bits"

const (
	duplicateSlots = 1 << 13
	// A mirror port's second copy follows within microseconds, behind a busy
	// switch within milliseconds. A retransmission takes 200 ms or bears a new
	// IP identification.
	duplicateNear = 10_000_000
	// Without an IP identification only time tells a copy from a fast
	// retransmission.
	duplicateNearNoID = 1_000_000
)

// duplicates recognises packets that were captured twice. It looks at the
// headers only: VLAN tag and TTL may differ between the copies. Whether the
// octets are the same, ordering finds out.
type duplicates struct {
	slots []duplicateSlot
	count int64
}

type duplicateSlot struct {
	sum  uint64
	time int64
}

// again says whether this very packet was there a moment ago.
func (d *duplicates) again(s *segment, time int64) bool {
	near := int64(duplicateNear)
	if s.ipid == 0 {
		// Repeated empty ACKs are what TCP does at a loss.
		if s.length() == 0 && s.flags&(flagSYN|flagFIN|flagRST) == 0 {
			return false
		}
		near = duplicateNearNoID
	}
	if d.slots == nil {
		d.slots = make([]duplicateSlot, duplicateSlots)
	}
	sum := s.fingerprint()
	slot := &d.slots[sum%duplicateSlots]
	same := slot.sum == sum && max(time-slot.time, slot.time-time) <= near
	slot.sum, slot.time = sum, time
	return same
}

func (s *segment) fingerprint() uint64 {
	h := mix(s.src.hi^0x9e3779b97f4a7c15, s.src.lo^0xd6e8feb86659fd93)
	h = mix(h^s.dst.hi, s.dst.lo^0xa0761d6478bd642f)
	h = mix(h^(uint64(s.seq)<<32|uint64(s.ack)), uint64(s.sport)<<48|uint64(s.dport)<<32|uint64(s.ipid)^0xe7037ed1a0b428db)
	return mix(h^uint64(s.length()), uint64(s.flags)<<32|uint64(s.window)<<16|uint64(s.checksum)^0x8ebc6af09c88c6e3)
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
