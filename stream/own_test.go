package stream_test

import (
	"encoding/binary"
	"runtime"
	"testing"

	"smpptap/stream"
)

// TestFramerOwn: the beginning of a PDU costs what came of it, neither the
// chunk that it lay in nor the length that its header tells.
func TestFramerOwn(t *testing.T) {
	const n, chunk = 200, 256 << 10
	framers := make([]*stream.Framer, n)
	before := heap()
	for i := range framers {
		framers[i] = stream.NewFramer(stream.FramerOptions{})
		p := make([]byte, 24, chunk)
		binary.BigEndian.PutUint32(p, 60_000)
		p[7] = 4 // submit_sm
		p[15] = 1
		if frames := framers[i].Push(nil, stream.Stamp{Time: 1}, p); len(frames) > 0 {
			t.Fatalf("%d frames of a beginning", len(frames))
		}
		framers[i].Own()
	}
	if grown := heap() - before; grown > n*4096 {
		t.Errorf("%d framers hold %d octets", n, grown)
	}
	rest := make([]byte, 60_000-24)
	for i := range framers {
		frames := framers[i].Push(nil, stream.Stamp{Time: 2}, rest)
		if len(frames) != 1 || len(frames[0].Octets) != 60_000 || frames[0].Octets[7] != 4 {
			t.Fatalf("framer %d: %d frames", i, len(frames))
		}
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
