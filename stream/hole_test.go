package stream

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Steps of a test: octets, or a gap.
type step struct {
	p   []byte
	gap int64
}

func play(o FramerOptions, steps []step, ended bool) []Frame {
	f := NewFramer(o)
	var dst []Frame
	for i, s := range steps {
		if s.gap != 0 {
			dst = f.Gap(dst, Stamp{Frame: int64(i)}, s.gap)
			continue
		}
		dst = f.Push(dst, Stamp{Frame: int64(i)}, s.p)
	}
	return f.Close(dst, Stamp{Frame: int64(len(steps))}, ended)
}

func TestGap(t *testing.T) {
	sub, enq := submit(1, "hello world"), enquire(2)
	n := int64(len(sub))
	type result struct {
		Frame   want
		Octets  int
		Missing int64
	}
	holed := func(octets int, missing int64) result { return result{want{FramePDU, 0, n}, octets, missing} }
	plain := func(b []byte) result { return result{pduOf(b), len(b), 0} }
	gap := func(n int64) result { return result{want{FrameGap, 0, n}, 0, 0} }
	scrap := func(c GarbageCause, n int) result { return result{garbage(c, n), n, 0} }
	for _, c := range []struct {
		name  string
		steps []step
		want  []result
	}{
		{
			"inside a PDU", []step{{p: sub[:20]}, {gap: 10}, {p: sub[30:]}, {p: enq}},
			[]result{holed(20, 10), plain(enq)},
		},
		{
			"two inside a PDU", []step{{p: sub[:20]}, {gap: 10}, {p: sub[30:35]}, {gap: 3}, {p: cat(sub[38:], enq)}},
			[]result{holed(20, 13), plain(enq)},
		},
		{"to the end", []step{{p: sub[:20]}, {gap: n - 20}, {p: enq}}, []result{holed(20, n-20), plain(enq)}},
		{
			"beyond the end", []step{{p: sub[:20]}, {gap: n - 20 + 5}, {p: enq[5:]}, {p: enq}},
			[]result{holed(20, n-20), gap(5), scrap(GarbageMidstream, 11), plain(enq)},
		},
		{
			"a second one beyond the end", []step{{p: sub[:20]}, {gap: 5}, {gap: 300}, {p: enq}},
			[]result{holed(20, n-20), gap(300 - (n - 25)), plain(enq)},
		},
		{
			"unknown, inside a PDU", []step{{p: sub[:20]}, {gap: -1}, {p: sub[40:]}, {p: enq}},
			[]result{holed(20, n-20), gap(-1), scrap(GarbageMidstream, int(n)-40), plain(enq)},
		},
		{"on a boundary", []step{{p: enq}, {gap: 16}, {p: enq}}, []result{plain(enq), gap(16), plain(enq)}},
		{
			"in a header", []step{{p: enq[:10]}, {gap: 6}, {p: enq}},
			[]result{scrap(GarbageMidstream, 10), gap(6), plain(enq)},
		},
		{
			"behind garbage", []step{{p: []byte("garbage, and a lot of it")}, {gap: 6}, {p: enq}},
			[]result{scrap(GarbageOctets, 24), gap(6), plain(enq)},
		},
		{
			"a boundary that is none behind a hole",
			[]step{{p: sub[:20]}, {gap: n - 20}, {p: []byte("nothing like a header")}, {p: enq}},
			[]result{holed(20, n-20), scrap(GarbageMidstream, 21), plain(enq)},
		},
		{
			"close behind a hole", []step{{p: sub[:20]}, {gap: 5}, {p: sub[25:30]}},
			[]result{{want{FrameTail, 0, 30}, 20, 5}},
		},
		{"at the start", []step{{gap: 100}, {p: cat(sub[20:], enq)}}, []result{gap(100), scrap(GarbageMidstream, int(n)-20), plain(enq)}},
		{
			"in an unconfirmed PDU",
			[]step{{p: cat([]byte("x"), sub[:20])}, {gap: n - 20}, {p: enq}},
			[]result{scrap(GarbageOctets, 1), holed(20, n-20), plain(enq)},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []result
			var off int64
			for _, f := range play(FramerOptions{}, c.steps, true) {
				if f.Offset != off {
					t.Errorf("offset %d, want %d", f.Offset, off)
				}
				off += max(f.Length, 0)
				got = append(got, result{want{f.Kind, f.Cause, f.Length}, len(f.Octets), f.Missing})
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("frames (-want +got):\n%s", d)
			}
		})
	}
}

func TestCloseSaysWhy(t *testing.T) {
	for _, ended := range []bool{true, false} {
		for _, steps := range [][]step{{{p: submit(1, "x")[:40]}}, {{p: submit(1, "x")[:20]}, {gap: 3}}} {
			f := play(FramerOptions{}, steps, ended)
			if len(f) != 1 || f[0].Kind != FrameTail || f[0].Ended != ended {
				t.Errorf("ended %v: %+v", ended, f)
			}
		}
	}
}
