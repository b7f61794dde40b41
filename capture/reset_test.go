package capture

import (
	"slices"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

// TestResetNotHeeded: a RST whose number is not the next one ends a connection
// only where its sender is silent from then on.
func TestResetNotHeeded(t *testing.T) {
	talk := func(wait time.Duration) []smpptest.Segment {
		tk := opened().Data(0, "one").Data(1, "answer").Data(0, "two").Data(1, "again")
		return tk.Wait(wait).Data(0, "three").Segments
	}
	// 3: one, 4: answer, 5: two, 6: again, 7: three
	with := func(s []smpptest.Segment, behind int, off int32, change func(*smpptest.Segment)) []smpptest.Segment {
		x := s[behind]
		x.Flags, x.Seq, x.Payload, x.ID = smpptest.RST, x.Seq+uint32(len(x.Payload))+uint32(off), nil, x.ID+900
		if change != nil {
			change(&x)
		}
		return slices.Insert(slices.Clone(s), behind+1, x)
	}
	short, long := talk(0), talk(time.Second)
	for _, c := range []struct {
		name string
		s    []smpptest.Segment
		want string
	}{
		{"exact", with(short, 3, 0, nil), `A"one"@4 ARST(64,64)@5`},
		{"in the past", with(short, 3, -2, nil), `A"one"@4 B"answer"@6 A"two"@7 B"again"@8 A"three"@9`},
		{"ahead, its sender goes on later", with(long, 3, 5000, nil), `A"one"@4 B"answer"@6 A"two"@7 B"again"@8 A"three"@9`},
		{"ahead, what comes was on its way", with(short, 3, 20, nil)[:6], `A"one"@4 B"answer"@6 ARST(64,64)@5`},
		{"ahead, and the other goes on", with(short, 5, 20, nil)[:8], `A"one"@4 B"answer"@5 A"two"@6 B"again"@8 ARST(64,64)@7`},
		{"then exact", with(with(short, 5, 20, nil), 5, 0, func(x *smpptest.Segment) { x.ID += 2 })[:8], `A"one"@4 B"answer"@5 A"two"@6 ARST(64,64)@7`},
		{"behind a hole", without(with(short, 5, 0, nil), 5)[:6], `A"one"@4 B"answer"@5 ARST(64,64)@6`},
		{"far off", with(short, 3, 1<<28, nil), `A"one"@4 B"answer"@6 A"two"@7 B"again"@8 A"three"@9`},
	} {
		if got := strings.Join(readSegments(t, c.s).conns[0].log, " "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	// Its four-tuple is used again at once.
	s := with(short, 5, 20, nil)[:7]
	next := opened().Data(0, "new").Segments
	for i := range next {
		next[i].Time += int64(100 * time.Millisecond)
		if next[i].From == s[0].From {
			next[i].Seq -= 999
		} else {
			next[i].Ack -= 999
		}
	}
	r := readSegments(t, append(s, next...))
	if len(r.conns) != 2 || r.conns[0].reason != nil || !slices.Contains(r.conns[0].events, "ARST(64,64)") || string(r.conns[1].data[0]) != "new" {
		t.Errorf("%d connections, %v", len(r.conns), r.conns[0].log)
	}
}

// TestTwoAnswersToSYN: of two initial sequence numbers that one is right which
// the other side acknowledges.
func TestTwoAnswersToSYN(t *testing.T) {
	s := opened().Data(0, "one").Data(1, "answer").Data(0, "two").Segments
	other := change(s[1], func(x *smpptest.Segment) { x.Seq += 77_777 })
	for name, order := range map[string][]smpptest.Segment{
		"before":    slices.Insert(slices.Clone(s), 1, other),
		"behind":    slices.Insert(slices.Clone(s), 2, other),
		"too late":  slices.Insert(slices.Clone(s), 3, other),
		"with data": slices.Insert(slices.Clone(s), 4, other),
	} {
		c := readSegments(t, order).only()
		if a, b := string(c.data[0]), string(c.data[1]); a != "onetwo" || b != "answer" || len(c.gaps[0])+len(c.gaps[1]) > 0 {
			t.Errorf("%s: %v", name, c.log)
		}
	}
}
