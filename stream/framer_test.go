package stream

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// want is a frame in short.
type want struct {
	Kind   FrameKind
	Cause  GarbageCause
	Length int64
}

func inShort(frames []Frame) (out []want) {
	for _, f := range frames {
		out = append(out, want{f.Kind, f.Cause, f.Length})
	}
	return out
}

// frameAll pushes b in one piece and closes.
func frameAll(o FramerOptions, b []byte, ended bool) []Frame {
	f := NewFramer(o)
	dst := f.Push(nil, Stamp{Frame: 1}, b)
	return f.Close(dst, Stamp{Frame: 2}, ended)
}

func pduOf(b []byte) want { return want{FramePDU, GarbageNone, int64(len(b))} }

func garbage(c GarbageCause, n int) want { return want{FrameGarbage, c, int64(n)} }

func TestFramer(t *testing.T) {
	enq, sub, bnd := enquire(7), submit(8, "hello"), bind(1)
	strange := pdu(0x00000999, 0, 9, "what is this")
	weird := pdu(0x12345678, 0x7000000, 9, "what is this")
	weak := pdu(idSubmit, 0, 3, "no body of a submit_sm")
	big := payload(5, 60000, "x")
	liar := withLength(submit(8, "hello"), 5000)
	full := cat(liar, bytes.Repeat(cat(enq, sub), 80))[:5000]
	http := []byte("GET / HTTP/1.1\r\nHost: smsc\r\n\r\n")
	for _, c := range []struct {
		name string
		o    FramerOptions
		in   []byte
		want []want
	}{
		{"nothing", FramerOptions{}, nil, nil},
		{"PDUs", FramerOptions{}, cat(bnd, enq, sub), []want{pduOf(bnd), pduOf(enq), pduOf(sub)}},
		{"largest", FramerOptions{}, cat(big, enq), []want{pduOf(big), pduOf(enq)}},
		{"unknown command", FramerOptions{}, cat(bnd, strange, enq), []want{pduOf(bnd), pduOf(strange), pduOf(enq)}},
		{"unknown command at the start", FramerOptions{}, cat(strange, enq), []want{pduOf(strange), pduOf(enq)}},
		{"unknown command alone", FramerOptions{}, strange, []want{pduOf(strange)}},
		{"strange header confirmed", FramerOptions{}, cat(bnd, weird, enq), []want{pduOf(bnd), pduOf(weird), pduOf(enq)}},
		{"strange header at the end", FramerOptions{}, cat(bnd, weird), []want{pduOf(bnd), pduOf(weird)}},
		{
			"strange header refuted", FramerOptions{}, cat(bnd, weird, []byte("?"), enq),
			[]want{pduOf(bnd), garbage(GarbageOctets, len(weird)+1), pduOf(enq)},
		},
		{
			"length 0", FramerOptions{}, cat(bnd, withLength(enq, 0), enq),
			[]want{pduOf(bnd), garbage(GarbageSmall, 16), pduOf(enq)},
		},
		{
			"length 15", FramerOptions{}, cat(bnd, withLength(enq, 15)[:15], enq),
			[]want{pduOf(bnd), garbage(GarbageSmall, 15), pduOf(enq)},
		},
		{
			"length 0xffffffff", FramerOptions{}, cat(bnd, withLength(sub, 0xFFFFFFFF), enq),
			[]want{pduOf(bnd), garbage(GarbageLarge, len(sub)), pduOf(enq)},
		},
		{
			"length 70000", FramerOptions{}, cat(bnd, withLength(sub, 70000), enq, sub),
			[]want{pduOf(bnd), garbage(GarbageLarge, len(sub)), pduOf(enq), pduOf(sub)},
		},
		{
			"enquire_link of 5000", FramerOptions{}, cat(bnd, withLength(enq, 5000), enq),
			[]want{pduOf(bnd), garbage(GarbageLarge, 16), pduOf(enq)},
		},
		{
			"limit", FramerOptions{MaxPDU: 1000}, cat(big[:60016], enq),
			[]want{garbage(GarbageLarge, 60016), pduOf(enq)},
		},
		{"CRLF in front", FramerOptions{}, cat([]byte("\r\n"), bnd), []want{garbage(GarbageOctets, 2), pduOf(bnd)}},
		{
			"zeros between", FramerOptions{}, cat(bnd, make([]byte, 7), enq),
			[]want{pduOf(bnd), garbage(GarbageOctets, 7), pduOf(enq)},
		},
		{
			"a good PDU between garbage", FramerOptions{}, cat([]byte("x"), enq, []byte("yz"), sub),
			[]want{garbage(GarbageOctets, 1), pduOf(enq), garbage(GarbageOctets, 2), pduOf(sub)},
		},
		{
			"a poor PDU behind garbage", FramerOptions{}, cat([]byte("x"), weak, enq),
			[]want{garbage(GarbageOctets, 1), pduOf(weak), pduOf(enq)},
		},
		{
			"a poor PDU behind garbage, at the end", FramerOptions{}, cat([]byte("x"), weak),
			[]want{garbage(GarbageOctets, 1), pduOf(weak)},
		},
		{
			"a poor PDU in garbage", FramerOptions{}, cat([]byte("x"), weak, []byte("y"), enq),
			[]want{garbage(GarbageOctets, len(weak)+2), pduOf(enq)},
		},
		{"HTTP", FramerOptions{}, http, []want{garbage(GarbageOctets, 30)}},
		{
			"PROXY protocol", FramerOptions{}, cat([]byte("PROXY TCP4 10.0.0.1 10.0.0.2 4711 2775\r\n"), bnd),
			[]want{garbage(GarbagePreamble, 40), pduOf(bnd)},
		},
		{
			"midstream", FramerOptions{Midstream: true}, cat(sub[20:], enq, sub),
			[]want{garbage(GarbageMidstream, len(sub)-20), pduOf(enq), pduOf(sub)},
		},
		{"midstream on a boundary", FramerOptions{Midstream: true}, cat(enq, sub), []want{pduOf(enq), pduOf(sub)}},
		{"midstream without end", FramerOptions{Midstream: true}, sub[20:], []want{garbage(GarbageMidstream, len(sub)-20)}},
		{"cut", FramerOptions{}, cat(enq, sub[:43]), []want{pduOf(enq), {FrameTail, 0, 43}}},
		{"cut in the header", FramerOptions{}, cat(enq, sub[:7]), []want{pduOf(enq), {FrameTail, 0, 7}}},
		{"cut in the length", FramerOptions{}, cat(enq, sub[:2]), []want{pduOf(enq), {FrameTail, 0, 2}}},
		{"not even a header", FramerOptions{}, cat(enq, []byte("bye")), []want{pduOf(enq), garbage(GarbageOctets, 3)}},
		{"cut small", FramerOptions{}, cat(enq, withLength(enq, 3)[:9]), []want{pduOf(enq), garbage(GarbageSmall, 9)}},
		{
			"midstream, cut", FramerOptions{Midstream: true}, cat([]byte("12"), sub[:30]),
			[]want{garbage(GarbageMidstream, 2), {FrameTail, 0, 30}},
		},
		{
			"a lying length at the end", FramerOptions{}, cat(bnd, liar, enq, sub, sub[:20]),
			[]want{pduOf(bnd), garbage(GarbageLying, len(liar)), pduOf(enq), pduOf(sub), {FrameTail, 0, 20}},
		},
		{"a lying length, complete", FramerOptions{}, full, lying(full, len(liar), len(enq), len(sub))},
		{
			"PDUs in a payload", FramerOptions{}, cat(payload(5, 1600, string(enq)), enq),
			[]want{{FramePDU, 0, int64(len(payload(5, 1600, "x")))}, pduOf(enq)},
		},
		{
			"PDUs in a payload, cut", FramerOptions{}, payload(5, 1600, string(enq))[:1000],
			[]want{{FrameTail, 0, 1000}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := inShort(frameAll(c.o, c.in, true))
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("frames (-want +got):\n%s", d)
			}
		})
	}
}

// lying is what a PDU with a lying length and two kinds behind make of in.
func lying(in []byte, liar, enq, sub int) []want {
	out := []want{garbage(GarbageLying, liar)}
	left := len(in) - liar
	for i := 0; left > 0; i++ {
		n := []int{enq, sub}[i%2]
		if n > left {
			out = append(out, want{FrameTail, 0, int64(left)})
			break
		}
		out = append(out, want{FramePDU, 0, int64(n)})
		left -= n
	}
	return out
}

// streams are octets for the tests that try all ways to push them.
func streams() [][]byte {
	enq, sub, bnd := enquire(7), submit(8, "hello"), bind(1)
	weird := pdu(0x12345678, 0x7000000, 9, "what")
	return [][]byte{
		cat(bnd, enq, sub, submitResp(4)),
		cat(bnd, withLength(enq, 0), enq, sub),
		cat([]byte("\r\n"), bnd, make([]byte, 40), sub, weird, enq),
		cat(bnd, weird, []byte("?"), enq, sub[:30]),
		cat(withLength(sub, 700), bytes.Repeat(enq, 45)),
		cat([]byte("x"), pdu(idSubmit, 0, 3, "poor"), enq, sub[:5]),
	}
}

func TestFramerSegmentation(t *testing.T) {
	for _, in := range streams() {
		for _, o := range []FramerOptions{{}, {Midstream: true}} {
			whole := frameAll(o, in, false)
			checkFrames(t, in, whole)
			for size := 1; size < len(in); size++ {
				compare(t, whole, frameBy(o, in, func(int) int { return size }))
			}
			for cut := range in {
				compare(t, whole, frameBy(o, in, func(at int) int {
					if at == 0 && cut > 0 {
						return cut
					}
					return len(in)
				}))
			}
		}
	}
}

// frameBy pushes copies of as many octets as size says for a place.
func frameBy(o FramerOptions, in []byte, size func(at int) int) []Frame {
	f := NewFramer(o)
	var dst []Frame
	for at := 0; at < len(in); {
		n := min(max(size(at), 1), len(in)-at)
		dst = f.Push(dst, Stamp{Frame: int64(at)}, bytes.Clone(in[at:at+n]))
		at += n
	}
	return f.Close(dst, Stamp{Frame: int64(len(in))}, false)
}

// compare wants the same frames, stamps aside.
func compare(t *testing.T, want, got []Frame) {
	t.Helper()
	same := func(a, b Frame) bool {
		return a.Kind == b.Kind && a.Cause == b.Cause && a.Offset == b.Offset && a.Length == b.Length &&
			a.Missing == b.Missing && bytes.Equal(a.Octets, b.Octets)
	}
	if !slices.EqualFunc(want, got, same) {
		t.Fatalf("another segmentation, other frames:\n%s", cmp.Diff(inShort(want), inShort(got)))
	}
}

// checkFrames wants each octet of in in one frame, in order.
func checkFrames(t *testing.T, in []byte, frames []Frame) {
	t.Helper()
	var off int64
	for i, f := range frames {
		if f.Offset != off || f.Length <= 0 || f.Began.Frame > f.At.Frame {
			t.Fatalf("frame %d: %+v, want offset %d", i, f, off)
		}
		if cap(f.Octets) != len(f.Octets) && f.Kind != FrameGarbage {
			t.Fatalf("frame %d: capacity %d of %d octets", i, cap(f.Octets), len(f.Octets))
		}
		n := f.Length
		if f.Kind == FrameGarbage {
			n = min(n, MaxGarbageShown)
		}
		if !bytes.Equal(f.Octets, in[off:off+n]) {
			t.Fatalf("frame %d: other octets than at %d", i, off)
		}
		if f.Kind == FramePDU && int64(binary.BigEndian.Uint32(f.Octets)) != f.Length {
			t.Fatalf("frame %d: length %d, command_length %x", i, f.Length, f.Octets[:4])
		}
		off += f.Length
	}
	if off != int64(len(in)) {
		t.Fatalf("%d octets in frames, %d pushed", off, len(in))
	}
}

// mixture is PDUs, lies and noise.
func mixture(r *rand.Rand, n int) []byte {
	var out []byte
	for len(out) < n {
		seq := r.Uint32N(1000) + 1
		b := [][]byte{
			enquire(seq), submit(seq, "hello"), submitResp(seq), bind(seq), payload(seq, 600, "payload"),
			pdu(r.Uint32N(0x400), 0, seq, "unknown"), pdu(r.Uint32(), r.Uint32(), seq, "weird"),
			make([]byte, r.IntN(20)), []byte("some text"), submit(seq, "cut")[:r.IntN(40)],
			withLength(submit(seq, "liar"), r.Uint32N(3000)), withLength(enquire(seq), r.Uint32()),
		}[min(r.IntN(24), 11)]
		if r.IntN(3) > 0 {
			b = submit(seq, "good")
		}
		out = append(out, b...)
	}
	return out
}

func TestFramerMixture(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		in := mixture(r, 3000)
		o := FramerOptions{Midstream: seed%2 == 0}
		whole := frameAll(o, in, false)
		checkFrames(t, in, whole)
		compare(t, whole, frameBy(o, in, func(int) int { return r.IntN(40) }))
		compare(t, whole, frameBy(o, in, func(int) int { return r.IntN(1500) }))
		compare(t, whole, frameBy(o, in, func(int) int { return 1 }))
	}
}

func TestFramerStamps(t *testing.T) {
	sub := submit(1, "hello")
	in := cat(sub, []byte("zz"), sub, enquire(2))
	for _, f := range frameBy(FramerOptions{}, in, func(int) int { return 1 }) {
		if f.Began.Frame != f.Offset || f.At.Frame != f.Offset+f.Length-1 {
			t.Errorf("octets %d to %d have the stamps %d and %d", f.Offset, f.Offset+f.Length-1, f.Began.Frame, f.At.Frame)
		}
	}
}

// Views of one array must not be copied, and no push may be written to.
func TestFramerJoins(t *testing.T) {
	sub := submit(1, "hello")
	in := bytes.Clone(cat(sub, sub))
	f := NewFramer(FramerOptions{})
	dst := f.Push(nil, Stamp{}, in[:10])
	dst = f.Push(dst, Stamp{}, in[10:30])
	dst = f.Push(dst, Stamp{}, in[30:])
	if len(dst) != 2 || &dst[0].Octets[0] != &in[0] || &dst[1].Octets[0] != &in[len(sub)] {
		t.Errorf("adjacent pushes were copied")
	}
	buf := bytes.Repeat([]byte{0xEE}, 200)
	n := copy(buf, sub[:10])
	f = NewFramer(FramerOptions{})
	f.Push(nil, Stamp{}, buf[:n])
	dst = f.Push(nil, Stamp{}, bytes.Clone(sub[10:]))
	if len(dst) != 1 || !bytes.Equal(dst[0].Octets, sub) {
		t.Errorf("frames %v", dst)
	}
	if !bytes.Equal(buf[10:], bytes.Repeat([]byte{0xEE}, 190)) {
		t.Errorf("the room behind a push was written to")
	}
}

func TestFramerAllocs(t *testing.T) {
	in := bytes.Repeat(cat(submit(1, "hello"), submitResp(2), enquire(3), payload(5, 700, "text")), 50)
	dst := make([]Frame, 0, 256)
	f := NewFramer(FramerOptions{})
	n := testing.AllocsPerRun(100, func() { dst = f.Push(dst[:0], Stamp{}, in) })
	if n != 0 || len(dst) != 200 {
		t.Errorf("%v allocations, %d frames", n, len(dst))
	}
}
