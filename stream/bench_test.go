package stream

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"smpptap/internal/cost"
)

func benchPush(b *testing.B, o FramerOptions, in []byte, size int) {
	b.ReportAllocs()
	b.SetBytes(int64(len(in)))
	dst := make([]Frame, 0, 4096)
	n := 0
	for b.Loop() {
		f := NewFramer(o)
		n = 0
		for at := 0; at < len(in); at += size {
			dst = f.Push(dst[:0], Stamp{}, in[at:min(at+size, len(in)):min(at+size, len(in))])
			n += len(dst)
		}
		n += len(f.Close(dst[:0], Stamp{}, false))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(max(n, 1)), "ns/frame")
}

func BenchmarkFramer(b *testing.B) {
	text := "hello, this is a message of usual length, as one sends it to a subscriber; it has some more words"
	small := bytes.Repeat(cat(submit(1, text), submitResp(2)), 500)
	large := bytes.Repeat(payload(3, 1200, text), 100)
	noise := mixture(rand.New(rand.NewPCG(1, 1)), 100000)
	b.Run("whole", func(b *testing.B) { benchPush(b, FramerOptions{}, small, len(small)) })
	b.Run("segments", func(b *testing.B) { benchPush(b, FramerOptions{}, small, 1448) })
	b.Run("octets", func(b *testing.B) { benchPush(b, FramerOptions{}, small, 1) })
	b.Run("large", func(b *testing.B) { benchPush(b, FramerOptions{}, large, len(large)) })
	b.Run("noise", func(b *testing.B) { benchPush(b, FramerOptions{}, noise, len(noise)) })
}

// hostile octets are made to be expensive.
func hostile() map[string][]byte {
	nested := bytes.Repeat(withLength(submit(1, "")[:16], 69000), 20000)
	return map[string][]byte{
		"zeros":           make([]byte, 1<<20),
		"text":            bytes.Repeat([]byte("text "), 1<<18),
		"lying headers":   nested,
		"lies, then PDUs": bytes.Repeat(cat(nested[:32], enquire(1)), 8000),
		"strange headers": bytes.Repeat(pdu(0x12345678, 1, 1, ""), 60000),
		"strange lengths": bytes.Repeat(withLength(pdu(0x12345678, 1, 1, ""), 4096), 60000),
		"lengths":         bytes.Repeat([]byte{0, 0, 0xF0, 0}, 1<<18),
		"many TLVs":       bytes.Repeat(cat(withLength(submit(1, ""), 69000), bytes.Repeat([]byte{4, 0, 0, 0}, 100)), 2000),
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, in := range hostile() {
		b.Run(name, func(b *testing.B) { benchPush(b, FramerOptions{Midstream: true}, in, 1448) })
		b.Run(name+" by octet", func(b *testing.B) { benchPush(b, FramerOptions{Midstream: true}, in, 1) })
	}
}

func BenchmarkRecogniser(b *testing.B) {
	for _, name := range []string{"random", "small numbers"} {
		in := strangers[name](rand.New(rand.NewPCG(1, 1)))
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				recognise(RecogniserOptions{}, 1448, in)
			}
		})
	}
	b.Run("SMPP", func(b *testing.B) {
		in := bind(1)
		b.ReportAllocs()
		for b.Loop() {
			recognise(RecogniserOptions{}, 1448, in)
		}
	})
}

// What hostile octets cost must grow with their number, not faster: a limit
// generous enough for slow machines, and far below what a rescan would cost.
func TestHostileIsLinear(t *testing.T) {
	for name, in := range hostile() {
		for _, size := range []int{1448, 1} {
			for _, mid := range []bool{false, true} {
				took := cost.CPU(func() {
					f := NewFramer(FramerOptions{Midstream: mid})
					var dst []Frame
					for at := 0; at < len(in); at += size {
						dst = f.Push(dst[:0], Stamp{Frame: int64(at)}, in[at:min(at+size, len(in)):min(at+size, len(in))])
						if n := cap(f.hold.octets); n > 4*DefaultMaxPDU || len(f.hold.marks) > maxMarks {
							t.Fatalf("%s: %d octets and %d marks in hold", name, n, len(f.hold.marks))
						}
					}
					f.Close(dst[:0], Stamp{}, true)
				})
				if took > time.Duration(len(in))*4*time.Microsecond {
					t.Errorf("%s by %d: %v for %d octets", name, size, took, len(in))
				}
			}
		}
	}
}
