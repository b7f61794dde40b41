package capture

import (
	"bytes"
	"context"
	"runtime"
	"testing"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// checker holds a Source to its promises whatever the input is.
type checker struct {
	t      testing.TB
	open   int
	octets int64
}

type checkerTap struct {
	c      *checker
	closed bool
	fin    [2]bool
}

func (c *checker) Open(info *stream.Conn) stream.Tap {
	c.open++
	if !info.A.IsValid() || !info.B.IsValid() || info.Opened.Frame == 0 {
		c.t.Errorf("connection %+v", info)
	}
	return &checkerTap{c: c}
}

func (c *checker) Notice(stream.Notice) {}

func (k *checkerTap) Data(d stream.Dir, at stream.Stamp, p []byte) {
	if len(p) == 0 || at.Frame == 0 || k.closed || k.fin[d] {
		k.c.t.Errorf("data %d at %v, closed %v, FIN %v", len(p), at, k.closed, k.fin[d])
	}
	k.c.octets += int64(len(p))
}

func (k *checkerTap) Gap(d stream.Dir, at stream.Stamp, n int64) {
	if n == 0 || n < -1 || k.closed || k.fin[d] {
		k.c.t.Errorf("gap %d, closed %v, FIN %v", n, k.closed, k.fin[d])
	}
}

func (k *checkerTap) Event(d stream.Dir, at stream.Stamp, e stream.Event) {
	if k.closed || e.Kind == stream.EventFIN && k.fin[d] {
		k.c.t.Errorf("event %v, closed %v, FIN %v", e, k.closed, k.fin[d])
	}
	if e.Kind == stream.EventFIN {
		k.fin[d] = true
	}
}

func (k *checkerTap) Close(stream.Stamp, error) {
	if k.closed {
		k.c.t.Error("closed twice")
	}
	k.closed = true
	k.c.open--
}

// FuzzReader reads anything as a capture file, from end to end.
func FuzzReader(f *testing.F) {
	packets := smpptest.Packets(talk().Segments)
	f.Add(smpptest.Pcap{}.Write(packets...))
	f.Add(smpptest.Pcap{Big: true, Modified: true}.Write(packets...))
	n := (&smpptest.NG{}).Section().Iface(1, 96).Iface(276, 0, smpptest.Option{Code: 9, Value: []byte{0x8a}})
	for _, p := range packets {
		n.Enhanced(p, uint64(p.Time/1000)).Simple(p).Old(p, 1)
	}
	f.Add(n.Stats(0, 1).Out)
	f.Add(pack(f, "gzip", smpptest.Pcap{}.Write(packets...)))
	for _, w := range wraps {
		var p []smpptest.Packet
		for _, s := range talk().Segments[:5] {
			p = append(p, smpptest.Packet{Data: w.ip(s.IP()), Time: s.Time})
		}
		f.Add(smpptest.Pcap{Link: w.link, Nano: true}.Write(p...))
	}
	for _, s := range talk().Segments[3:4] {
		var p []smpptest.Packet
		for _, b := range fragments(s.IP(), 8) {
			p = append(p, smpptest.Packet{Data: b, Time: s.Time})
		}
		f.Add(smpptest.Pcap{Link: 101}.Write(p...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		c := &checker{t: t}
		// Errors are what most inputs deserve.
		_ = NewFile(Options{Paths: []string{"-"}, Stdin: bytes.NewReader(b)}).Run(context.Background(), c)
		runtime.ReadMemStats(&after)
		if c.open != 0 {
			t.Errorf("%d connections left open", c.open)
		}
		compressed := bytes.HasPrefix(b, []byte{0x1f, 0x8b}) || bytes.HasPrefix(b, []byte{0x28, 0xb5}) || bytes.HasPrefix(b, []byte{0x04, 0x22})
		if n := after.TotalAlloc - before.TotalAlloc; !compressed && n > 8<<20+uint64(len(b))*64 {
			t.Errorf("%d octets allocated for an input of %d", n, len(b))
		}
	})
}

// FuzzOrder sends one stream in segments as the input says, out of order,
// overlapping and repeated: what is delivered is the stream, minus the gaps.
func FuzzOrder(f *testing.F) {
	f.Add([]byte{0, 5, 5, 5, 10, 5}, uint32(0xfffffff0))
	f.Add([]byte{10, 5, 0, 5, 3, 9, 5, 5}, uint32(7))
	f.Add([]byte{200, 50, 0, 255, 100, 100}, uint32(1<<31-50))
	f.Fuzz(func(t *testing.T, b []byte, isn uint32) {
		whole := make([]byte, 600)
		for i := range whole {
			whole[i] = byte(i * 7)
		}
		tk := smpptest.NewTalk(client, server)
		tk.Next[0] = isn
		tk.Open()
		base := tk.Next[0]
		covered := make([]bool, len(whole))
		for i := 0; i+1 < len(b) && i < 100; i += 2 {
			from := int(b[i])
			to := from + int(b[i+1])
			tk.Next[0] = base + uint32(from)
			tk.Data(0, string(whole[from:to]))
			for j := from; j < to; j++ {
				covered[j] = true
			}
		}
		tk.Step = 0
		rec := readSegments(t, tk.Segments)
		var got []byte
		for _, line := range rec.only().log {
			if line[1] == 'C' {
				t.Errorf("a conflict in %v", rec.only().log)
			}
		}
		got = rec.only().data[0]
		var want []byte
		for i, ok := range covered {
			if ok {
				want = append(want, whole[i])
			}
		}
		if !bytes.Equal(got, want) {
			t.Errorf("got %d octets of %d\n%v", len(got), len(want), rec.only().log)
		}
	})
}
