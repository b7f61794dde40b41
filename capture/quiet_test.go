package capture

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// TestQuiet: who is silent by TCP, and that a busy connection tells nothing.
func TestQuiet(t *testing.T) {
	asked := func() *smpptest.Talk { return opened().Data(0, "hello").Data(1, "hello").Data(0, "probe") }
	ack := func(tk *smpptest.Talk, dir int) *smpptest.Talk { return tk.Send(dir, smpptest.ACK, "") }
	again := func(s []smpptest.Segment, i int, after ...time.Duration) []smpptest.Segment {
		for _, d := range after {
			s = append(s, change(s[i], func(x *smpptest.Segment) { x.Time += int64(d) }))
		}
		return s
	}
	for _, c := range []struct {
		name string
		s    []smpptest.Segment
		want string
	}{
		{"acknowledged", ack(asked(), 1).Wait(40*time.Second).Data(0, "probe").Segments, "Aacknowledged(40001000000)@8"},
		{"acknowledged, and the input ends", ack(ack(asked(), 1).Wait(40*time.Second), 0).Segments, "Aacknowledged(40001000000)@8"},
		{"acknowledged once", ack(ack(ack(asked(), 1).Wait(40*time.Second), 1).Wait(40*time.Second), 1).Segments, "Aacknowledged(40001000000)@8"},
		{"acknowledged, and what followed too", ack(ack(asked(), 1).Wait(2*time.Second).Data(0, "more"), 1).Wait(40*time.Second).Data(0, "probe").Segments, "Aacknowledged(40001000000)@10"},
		{"acknowledged, then reset", ack(asked(), 1).Wait(40*time.Second).Send(1, smpptest.RST|smpptest.ACK, "").Segments, "Aacknowledged(40001000000)@8"},
		{"acknowledged and answered", ack(asked(), 1).Wait(time.Second).Data(1, "answer").Wait(40*time.Second).Data(0, "probe").Segments, ""},
		{"answered at once", asked().Data(1, "answer").Wait(40*time.Second).Data(0, "probe").Segments, ""},
		{"busy", ack(asked(), 1).Wait(time.Second).Data(0, "more").Wait(40 * time.Second).Segments, ""},
		{"in part", change1(ack(asked(), 1).Wait(40*time.Second).Data(0, "probe").Segments, 6, func(x *smpptest.Segment) { x.Ack-- }), ""},

		{"sent again", again(asked().Segments, 5, time.Second, 3*time.Second, 7*time.Second), "Asent again@7 Asent again@8 Asent again@9"},
		{"sent again although acknowledged", again(ack(asked(), 1).Segments, 5, time.Second, 3*time.Second), ""},
		{"keep-alive", change1(again(ack(asked(), 1).Segments, 5, time.Second), 7, func(x *smpptest.Segment) { x.Seq += 4; x.Payload = []byte{0} }), ""},
		{"the other direction was not captured", again(without(asked().Segments, 1, 4), 3, time.Second, 3*time.Second), ""},
		{"a mirror's copy", again(asked().Segments, 5, 0), ""},

		{"neither acknowledged nor sent again", nextTo(ack(asked(), 1).Data(0, "probe").Segments), "Aacknowledged(40001000000)@9 Amissed@9"},
		{"acknowledged to the end", nextTo(ack(ack(asked(), 1).Data(0, "probe"), 1).Segments), "Aacknowledged(40000000000)@10"},
		{"sent again in vain", nextTo(again(ack(asked(), 1).Data(0, "probe").Segments, 7, time.Second)), "Asent again@9 Aacknowledged(41001000000)@10"},
		{"no acknowledgement stands alone", nextTo(asked().Data(1, "hello").Data(0, "probe").Segments), ""},
		{"reset by the side that was silent", ack(asked(), 1).Data(0, "probe").Wait(40*time.Second).Send(1, smpptest.RST|smpptest.ACK, "").Segments, "Aacknowledged(40002000000)@9"},
		{"reset ahead of what was captured", change1(asked().Wait(40*time.Second).Send(1, smpptest.RST|smpptest.ACK, "").Segments, 6, func(x *smpptest.Segment) { x.Seq += 16 }), "Amissed@7"},
		{"reset ahead by a FIN", change1(asked().Wait(40*time.Second).Send(1, smpptest.RST|smpptest.ACK, "").Segments, 6, func(x *smpptest.Segment) { x.Seq++ }), ""},
		{"reset by the other", ack(asked(), 1).Data(0, "probe").Wait(40*time.Second).Send(0, smpptest.RST|smpptest.ACK, "").Segments, "Aacknowledged(40002000000)@9 Amissed@9"},
	} {
		got := strings.Join(readSegments(t, c.s).conns[0].quiet, " ")
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// nextTo adds another connection that begins 40 s later.
func nextTo(s []smpptest.Segment) []smpptest.Segment {
	o := smpptest.NewTalk("10.0.0.9:40000", server)
	o.Now = s[len(s)-1].Time + int64(40*time.Second)
	return append(s, o.Open().Segments[0])
}

// change1 changes one segment.
func change1(s []smpptest.Segment, i int, f func(*smpptest.Segment)) []smpptest.Segment {
	s[i] = change(s[i], f)
	return s
}

func quietText(d stream.Dir, at stream.Stamp, e stream.Event) string {
	if e.Kind == stream.EventSentAgain {
		return fmt.Sprintf("%csent again@%d", 'A'+d, at.Frame)
	}
	return fmt.Sprintf("%cacknowledged(%d)@%d", 'A'+d, e.N, at.Frame)
}
