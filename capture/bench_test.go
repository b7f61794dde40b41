package capture

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"testing"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// traffic is a capture of n packets in 64 connections, each a request of 100
// octets and an answer of 17, with the empty ACKs between them.
func traffic(n int, ng bool) []byte {
	talks := make([]*smpptest.Talk, 64)
	var packets []smpptest.Packet
	now := int64(1_790_000_000_000_000_000)
	move := func(t *smpptest.Talk, f func()) {
		t.Now, t.Segments = now, t.Segments[:0]
		f()
		for i := range t.Segments {
			t.Segments[i].Options = []byte{1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2}
		}
		packets = append(packets, smpptest.Packets(t.Segments)...)
		now = t.Now
	}
	for i := range talks {
		talks[i] = smpptest.NewTalk(fmt.Sprintf("10.1.0.%d:4000%d", i, i%10), server)
		talks[i].Step = 10_000
		move(talks[i], func() { talks[i].Open() })
	}
	request, answer := strings.Repeat("r", 100), strings.Repeat("a", 17)
	for i := 0; len(packets) < n; i++ {
		t := talks[i*7%64]
		move(t, func() { t.Data(0, request).Send(1, smpptest.ACK, "").Data(1, answer).Send(0, smpptest.ACK, "") })
	}
	if !ng {
		return smpptest.Pcap{}.Write(packets...)
	}
	w := (&smpptest.NG{}).Section().Iface(1, 262144)
	for _, p := range packets {
		w.Enhanced(p, uint64(p.Time/1000))
	}
	return w.Out
}

type nowhere struct{ octets int }

func (n *nowhere) Open(*stream.Conn) stream.Tap                 { return n }
func (n *nowhere) Notice(stream.Notice)                         {}
func (n *nowhere) Data(_ stream.Dir, _ stream.Stamp, p []byte)  { n.octets += len(p) }
func (n *nowhere) Gap(stream.Dir, stream.Stamp, int64)          {}
func (n *nowhere) Event(stream.Dir, stream.Stamp, stream.Event) {}
func (n *nowhere) Close(stream.Stamp, error)                    {}

// job makes what Run makes, with the reader before the first packet.
func job(tb testing.TB, src io.Reader) (*run, packetReader) {
	in, err := openInput("-", way{stdin: src})
	if err != nil {
		tb.Fatal(err)
	}
	return &run{ctx: context.Background(), asm: newReassembler(&nowhere{}, &Options{})}, in.packets
}

// BenchmarkFile reads and reassembles; an operation is a packet.
func BenchmarkFile(b *testing.B) {
	for _, ng := range []bool{false, true} {
		b.Run(map[bool]string{false: "pcap", true: "pcapng"}[ng], func(b *testing.B) {
			const n = 200_000
			file := traffic(n, ng)
			b.ReportAllocs()
			b.ResetTimer()
			for done := 0; done < b.N; done += n {
				h := &nowhere{}
				if err := NewFile(Options{Paths: []string{"-"}, Stdin: bytes.NewReader(file)}).Run(context.Background(), h); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(len(file) / n))
		})
	}
}

// BenchmarkStages measures up to a stage; an operation is a packet.
func BenchmarkStages(b *testing.B) {
	const n = 200_000
	file := traffic(n, false)
	for stage, name := range []string{"read", "decode"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for done := 0; done < b.N; done += n {
				r, src := job(b, bytes.NewReader(file))
				var p packet
				for src.next(&p) == nil {
					if stage > 0 {
						r.dec.decode(&p, p.time)
					}
				}
			}
		})
	}
}

// TestNoAllocations: a packet in order costs none.
func TestNoAllocations(t *testing.T) {
	for _, ng := range []bool{false, true} {
		defer debug.SetGCPercent(debug.SetGCPercent(-1))
		r, src := job(t, bytes.NewReader(traffic(30_000, ng)))
		r.asm.past.grow(historySize) // memory that grows once, with use
		var p packet
		step := func() {
			if err := src.next(&p); err != nil {
				t.Fatal(err)
			}
			r.frame++
			at := stream.Stamp{Time: p.time, Frame: r.frame}
			r.asm.tick(at)
			r.tally.packet(&p)
			if why := r.dec.decode(&p, r.asm.clock.now); why != usable {
				t.Fatal(why)
			}
			r.asm.add(&r.dec.seg, at)
		}
		for range 64 * 3 {
			step()
		}
		if n := testing.AllocsPerRun(20_000, step); n != 0 {
			t.Errorf("pcapng %v: %v allocations a packet", ng, n)
		}
	}
}

// TestHolesCostNoMemory: a file full of holes needs no more than a short one.
func TestHolesCostNoMemory(t *testing.T) {
	tk := opened()
	tk.Step = 1000
	for range 60_000 {
		tk.Data(0, "0123456789")
	}
	segments := tk.Segments[:3:3]
	for i, s := range tk.Segments[3:] {
		if i%3 != 0 {
			segments = append(segments, s)
		}
	}
	r, src := job(t, bytes.NewReader(smpptest.Pcap{}.Write(smpptest.Packets(segments)...)))
	var p packet
	for src.next(&p) == nil {
		r.frame++
		at := stream.Stamp{Time: p.time, Frame: r.frame}
		r.asm.tick(at)
		r.dec.decode(&p, r.asm.clock.now)
		r.asm.add(&r.dec.seg, at)
		for _, c := range r.asm.conns {
			if n := len(c.halves[0].waiting); n > holeSegments+1 || r.asm.held > 10*(holeSegments+1) {
				t.Fatalf("%d pieces, %d octets wait", n, r.asm.held)
			}
		}
	}
}
