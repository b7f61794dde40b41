package capture

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"smpptap/analyze"
	"smpptap/analyze/profile"
	"smpptap/internal/cost"
	"smpptap/internal/smpptest"
)

// mutants is how many damaged captures the pipeline must survive.
func mutants() int {
	if cost.Race || testing.Short() {
		return 300
	}
	return 10_000
}

// seedCaptures are the project's samples and captures of every kind that is
// read: links, tunnels, fragments, holes, blocks, compression.
func seedCaptures(t *testing.T) (seeds [][]byte) {
	t.Helper()
	paths, err := filepath.Glob("../samples/*.pcap*")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) < 64<<10 {
			seeds = append(seeds, b)
		}
	}
	for _, ends := range bothFamilies {
		s, _ := exchange(ends)
		for _, w := range wraps {
			var packets, pieces []smpptest.Packet
			for i := range s {
				packets = append(packets, smpptest.Packet{Time: s[i].Time, Data: w.ip(s[i].IP())})
				for _, f := range reversed(fragments(s[i].IP(), 24)) {
					pieces = append(pieces, smpptest.Packet{Time: s[i].Time, Data: w.ip(f)})
				}
			}
			seeds = append(seeds, smpptest.Pcap{Link: w.link}.Write(packets...), smpptest.Pcap{Link: w.link, Big: true}.Write(pieces...))
		}
	}
	d := dialogue()
	ng := (&smpptest.NG{}).Section().Iface(1, 0).Iface(101, 96, smpptest.Option{Code: 9, Value: []byte{9}})
	for i, p := range smpptest.Packets(d) {
		switch i % 3 {
		case 0:
			ng.Enhanced(p, uint64(p.Time/1000), smpptest.Option{Code: 1, Value: []byte("comment")})
		case 1:
			ng.Old(p, uint64(p.Time/1000))
		default:
			ng.Simple(p).Stats(0, 1)
		}
	}
	ng.Big = true
	ng.Section().Iface(276, 0)
	seeds = append(seeds, ng.Out, file(at(d, 0, 1, 2, 4, 3, 6, 8, 7, 10, 9, 11, 12)))
	for _, how := range []string{"gzip", "zstd", "lz4"} {
		seeds = append(seeds, pack(t, how, file(d)), pack(t, how, ng.Out))
	}
	return seeds
}

// mutate damages a capture as disks, networks and people do: bits flip, ends
// are missing, pieces are lost, doubled, or of another file, numbers are odd.
func mutate(rnd *rand.Rand, seeds [][]byte) []byte {
	b := bytes.Clone(seeds[rnd.IntN(len(seeds))])
	for range 1 + rnd.IntN(4) {
		if len(b) < 8 {
			break
		}
		i := rnd.IntN(len(b))
		switch rnd.IntN(7) {
		case 0, 1:
			for range 1 + rnd.IntN(8) {
				b[rnd.IntN(len(b))] ^= 1 << rnd.IntN(8)
			}
		case 2:
			b = b[:i]
		case 3:
			b = append(b[:i], b[min(len(b), i+rnd.IntN(200)):]...)
		case 4:
			o := seeds[rnd.IntN(len(seeds))]
			b = append(b[:i:i], o[rnd.IntN(len(o)):]...)
		case 5:
			piece := bytes.Clone(b[i:min(len(b), i+rnd.IntN(400))])
			b = append(b[:i:i], append(piece, b[i:]...)...)
		default:
			v := []uint32{0, 1, 0x7fffffff, 0x80000000, 0xffffffff, rnd.Uint32(), uint32(len(b))}[rnd.IntN(7)]
			if i <= len(b)-4 {
				binary.LittleEndian.PutUint32(b[i:], v)
			}
		}
	}
	return b
}

// counter is a Sink that reads what it is given.
type counter struct{ records, pdus, octets int }

func (c *counter) Write(_ context.Context, records []analyze.Record) error {
	for i := range records {
		c.records++
		if p := records[i].PDU; p != nil {
			c.pdus++
			c.octets += len(p.P.Raw)
		}
	}
	return nil
}

func (c *counter) Close() error { return nil }

// TestMutants sends damaged captures through the reader and the whole
// pipeline: no panic, no hang, no more memory than the file's size allows.
func TestMutants(t *testing.T) {
	seeds := seedCaptures(t)
	prof, err := profile.Load(profile.Default)
	if err != nil {
		t.Fatal(err)
	}
	n := mutants()
	var sum counter
	var before, after runtime.MemStats
	slow := time.AfterFunc(time.Hour, func() { panic("a mutant hangs") })
	defer slow.Stop()
	start := time.Now()
	for i := range n {
		b := mutate(rand.New(rand.NewPCG(uint64(i), 7)), seeds)
		slow.Reset(2 * time.Minute)
		runtime.ReadMemStats(&before)
		c := &checker{t: t}
		// Errors are what most mutants deserve.
		_ = NewFile(Options{Paths: []string{"-"}, Stdin: bytes.NewReader(b)}).Run(t.Context(), c)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 8<<20+uint64(len(b))*64 && !packed(b) {
			t.Errorf("mutant %d: the reader allocated %d octets for %d", i, got, len(b))
		}
		p := analyze.New(analyze.Options{Profile: prof, Sinks: []analyze.Sink{&sum}, Texts: true, Workers: 1})
		_ = p.Run(t.Context(), NewFile(Options{Paths: []string{"-"}, Stdin: bytes.NewReader(b)}))
		runtime.ReadMemStats(&before)
		if got := before.TotalAlloc - after.TotalAlloc; got > 64<<20 && !packed(b) {
			t.Errorf("mutant %d: the pipeline allocated %d octets for %d", i, got, len(b))
		}
		if c.open != 0 {
			t.Errorf("mutant %d: %d connections left open", i, c.open)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d mutants in %v: %d PDUs of %d octets in %d records", n, time.Since(start).Round(time.Millisecond), sum.pdus, sum.octets, sum.records)
	if sum.pdus < n {
		t.Errorf("%d PDUs from %d mutants: the damage leaves too little to test", sum.pdus, n)
	}
}

// packed tells a file whose decompressor may need more memory than it is long.
func packed(b []byte) bool {
	for _, magic := range []string{"\x1f\x8b", "\x28\xb5\x2f\xfd", "\x04\x22\x4d\x18"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	return false
}
