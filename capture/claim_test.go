package capture

import (
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

// without gives a talk's segments but some.
func without(s []smpptest.Segment, lost ...int) (out []smpptest.Segment) {
next:
	for i := range s {
		for _, l := range lost {
			if i == l {
				continue next
			}
		}
		out = append(out, s[i])
	}
	return out
}

// elsewhere moves a segment to another place; its time goes with it.
func elsewhere(s []smpptest.Segment, from int, after time.Duration) []smpptest.Segment {
	moved := s[from]
	when := moved.Time + int64(after)
	out := without(s, from)
	i := 0
	for i < len(out) && out[i].Time <= when {
		i++
	}
	moved.Time = when
	return append(out[:i:i], append([]smpptest.Segment{moved}, out[i:]...)...)
}

// TestClaims: what the other side acknowledged and the capture lacks is
// lost, but not before it had time to come.
func TestClaims(t *testing.T) {
	ack := func(t *smpptest.Talk, dir int) *smpptest.Talk { return t.Send(dir, smpptest.ACK, "") }
	// 3: request, 4: response, 5: its ACK, then silence and another's traffic
	usual := func() *smpptest.Talk { return ack(opened().Data(0, "request").Data(1, "response"), 0) }
	wrapping := func(next uint32) *smpptest.Talk {
		tk := smpptest.NewTalk(client, server)
		tk.Next[1] = next
		return ack(tk.Open().Data(0, "request").Data(1, "response"), 0).Wait(2*time.Second).Data(0, "x")
	}
	later := usual().Wait(30*time.Second).Data(0, "x").Data(1, "y").Segments
	early := usual().Wait(500*time.Millisecond).Data(0, "x").Data(1, "y").Segments
	for _, c := range []struct {
		name string
		s    []smpptest.Segment
		want string
	}{
		{"nothing lost", later, `A"request"@4 B"response"@5 A"x"@7 B"y"@8`},
		{"response lost, silence", without(later, 4), `A"request"@4 Bgap8@5 A"x"@6 B"y"@7`},
		{"response lost, data too soon", without(early, 4), `A"request"@4 Bgap8@7 B"y"@7 A"x"@6`},
		{"at the input's end", without(usual().Segments, 4), `A"request"@4 Bgap8@5`},
		{"by data", without(opened().Data(0, "request").Data(1, "response").Data(0, "more").Segments, 4), `A"request"@4 Bgap8@5 A"more"@5`},
		{"both at the end", without(opened().Data(0, "request").Data(1, "response").Data(0, "more").Data(1, "again").Segments, 3, 4, 6), `Agap7@4 Bgap8@4 A"more"@4`},
		{"ACK before data", elsewhere(later, 4, 500*time.Millisecond), `A"request"@4 B"response"@6 A"x"@7 B"y"@8`},
		{"data too late", elsewhere(later, 4, 30*time.Second+500*time.Microsecond), `A"request"@4 Bgap8@5 A"x"@7 B"y"@8`},
		{"retransmitted", append(later[:5:5], append([]smpptest.Segment{change(later[4], func(s *smpptest.Segment) { s.Time += 500_000 })}, later[5:]...)...), `A"request"@4 B"response"@5 A"x"@8 B"y"@9`},

		{"FIN seen", opened().Data(0, "a").Shut(1).Segments, `A"a"@4 BFIN@5 AFIN@6`},
		{"FIN lost, its ACK apart", without(ack(ack(opened().Data(1, "bye"), 0).Send(1, smpptest.FIN|smpptest.ACK, ""), 0).Wait(3*time.Second).Data(0, "b").Segments, 3, 5), `Bgap3@4 A"b"@6`},
		{"FIN lost with data, comes again", append(without(ack(opened().Send(1, smpptest.FIN|smpptest.ACK, "bye"), 0).Wait(2*time.Second).Data(0, "b").Segments, 3),
			change(ack(opened().Send(1, smpptest.FIN|smpptest.ACK, "bye"), 0).Segments[3], func(s *smpptest.Segment) { s.Time += int64(3 * time.Second) })),
			`Bgap4@4 A"b"@5 BFIN@6`},
		{"only FIN lost", without(ack(opened().Data(0, "a").Send(1, smpptest.FIN|smpptest.ACK, ""), 0).Wait(3*time.Second).Data(0, "b").Segments, 4), `A"a"@4 A"b"@6`},
		{"lost before the other's end", without(ack(opened().Data(1, "answer"), 0).Send(0, smpptest.FIN|smpptest.ACK, "").Segments, 3), `Bgap6@4 AFIN@5`},
		{"lost before FIN", without(ack(opened().Data(1, "answer"), 0).Shut(1).Segments, 3), `Bgap6@5 BFIN@5 AFIN@6`},
		{"before a reset", without(ack(opened().Data(1, "answer"), 0).Send(0, smpptest.RST|smpptest.ACK, "").Segments, 3), `Bgap6@4 ARST(64,64)@5`},

		{"wrap at the end", without(wrapping(0xfffffff7).Segments, 4), `A"request"@4 Bgap8@5 A"x"@6`},
		{"wrap inside", without(wrapping(0xfffffffa).Segments, 4), `A"request"@4 Bgap8@5 A"x"@6`},
		{"wrap before", without(wrapping(0xffffffff).Segments, 4), `A"request"@4 Bgap8@5 A"x"@6`},

		{"keep-alive", append(usual().Segments,
			change(usual().Segments[4], func(s *smpptest.Segment) { s.Seq += 7; s.Payload = []byte{0}; s.Time += int64(time.Second) }),
			change(usual().Segments[5], func(s *smpptest.Segment) { s.Time += int64(time.Second) }),
			change(usual().Segments[5], func(s *smpptest.Segment) { s.Time += 3 * int64(time.Second) })),
			`A"request"@4 B"response"@5`},
		{"window probe that is taken", append(usual().Segments,
			change(usual().Segments[5], func(s *smpptest.Segment) { s.Ack++; s.Time += int64(time.Second) }),
			change(usual().Segments[5], func(s *smpptest.Segment) { s.Time += 3 * int64(time.Second) })),
			`A"request"@4 B"response"@5`},
		{"from nowhere", append(usual().Segments,
			change(usual().Segments[5], func(s *smpptest.Segment) { s.Ack += 1 << 30; s.Time += int64(time.Second) }),
			change(usual().Segments[5], func(s *smpptest.Segment) { s.Ack -= 1 << 30; s.Time += 3 * int64(time.Second) })),
			`A"request"@4 B"response"@5`},

		{"mid-stream, nothing of it seen", without(later, 0, 1, 2, 4, 7), `A"request"@1 A"x"@3`},
		{"mid-stream, before its first", later[5:], `A"x"@2 B"y"@3`},
		{"mid-stream, lost behind its first", without(ack(ack(opened().Data(0, "a").Data(1, "one"), 0).Data(1, "two"), 0).Wait(2*time.Second).Data(0, "b").Segments, 0, 1, 2, 6), `A"a"@1 B"one"@2 Bgap3@4 A"b"@5`},
		{"SYN only by its answer", without(ack(opened().Data(0, "request"), 1).Wait(2*time.Second).Data(1, "b").Segments, 0, 2, 3), `B"b"@3`},

		{"waiting fills", elsewhere(ack(opened().Data(1, "one").Data(1, "two"), 0).Wait(2*time.Second).Data(0, "b").Segments, 3, 300*time.Millisecond), `B"one"@6 B"two"@4 A"b"@7`},
		{"hole with data behind", without(ack(opened().Data(1, "one").Data(1, "two"), 0).Wait(3*time.Second).Data(0, "b").Segments, 3), `Bgap3@4 B"two"@4 A"b"@6`},
		{"hole, and lost behind", without(ack(opened().Data(1, "one").Data(1, "two").Data(1, "three"), 0).Wait(3*time.Second).Data(0, "b").Segments, 3, 5), `Bgap3@4 B"two"@4 A"b"@6 Bgap5@5`},
		{"one after the other", without(ack(ack(opened().Data(1, "one"), 0).Wait(900*time.Millisecond).Data(1, "four"), 0).Wait(900*time.Millisecond).Data(0, "b").Wait(time.Second).Data(0, "c").Segments, 3, 5),
			`Bgap3@4 Bgap4@5 A"b"@6 A"c"@7`},
		{"the second comes", elsewhere(without(ack(ack(opened().Data(1, "one"), 0).Wait(995*time.Millisecond).Data(1, "four"), 0).Wait(3*time.Second).Data(0, "b").Segments, 3), 4, 100*time.Millisecond),
			`Bgap3@4 B"four"@6 A"b"@7`},
		{"in part", append(without(later, 4)[:5:5], change(later[4], func(s *smpptest.Segment) { s.Payload = s.Payload[:3]; s.Time += int64(time.Second) / 2 }),
			later[6]), `A"request"@4 B"res"@6 Bgap5@5 A"x"@7`},
	} {
		if got := strings.Join(readSegments(t, c.s).only().log, " "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestClaimDuplicates: the ACK's second copy, or both, before the data's.
func TestClaimDuplicates(t *testing.T) {
	tk := opened().Data(0, "request").Data(1, "response").Send(0, smpptest.ACK, "").Wait(3*time.Second).Data(0, "x")
	p := smpptest.Packets(tk.Segments)
	for _, order := range [][]int{{0, 1, 2, 3, 5, 4, 5, 4, 6}, {0, 1, 2, 3, 5, 5, 4, 4, 6}, {0, 1, 2, 3, 4, 5, 4, 5, 6}} {
		var packets []smpptest.Packet
		for _, i := range order {
			packets = append(packets, p[i])
		}
		if got := string(readPackets(t, packets...).only().data[1]); got != "response" {
			t.Errorf("%v: %q", order, got)
		}
	}
}

// TestClaimClocks: the directions come from files whose clocks differ by
// more than a hole waits. All octets are there.
func TestClaimClocks(t *testing.T) {
	for _, mid := range []bool{false, true} {
		for late := range 2 {
			tk := opened()
			tk.Step = 100 * time.Millisecond
			want := [2]string{}
			for range 100 {
				tk.Data(0, "request").Data(1, "response")
				want[0] += "request"
				want[1] += "response"
			}
			s := tk.Segments
			if mid {
				s = s[3:]
			}
			var ahead, behind []smpptest.Segment
			for _, x := range s {
				if from := x.From == tk.Ends[late]; from {
					x.Time += int64(3 * time.Second)
					behind = append(behind, x)
				} else {
					ahead = append(ahead, x)
				}
			}
			var all []smpptest.Segment
			for len(ahead)+len(behind) > 0 {
				if len(behind) == 0 || len(ahead) > 0 && ahead[0].Time <= behind[0].Time {
					all, ahead = append(all, ahead[0]), ahead[1:]
				} else {
					all, behind = append(all, behind[0]), behind[1:]
				}
			}
			c := readSegments(t, all).conns[0]
			a, b := 0, 1
			if c.info.A.String() == server {
				a, b = 1, 0
			}
			if string(c.data[a]) != want[0] || string(c.data[b]) != want[1] || len(c.gaps[0])+len(c.gaps[1]) > 0 {
				t.Errorf("mid-stream %t, late %d: %d and %d octets, gaps %v", mid, late, len(c.data[a]), len(c.data[b]), c.gaps)
			}
		}
	}
}

// TestClaimBelied: a direction whose octets came after they were taken for
// lost is not judged by ACKs any more.
func TestClaimBelied(t *testing.T) {
	tk := opened()
	for i := range 6 {
		tk.Data(1, string(rune('a'+i))+"nswer").Send(0, smpptest.ACK, "").Wait(5 * time.Second)
	}
	s := tk.Segments
	for i := 3; i < len(s); i += 2 { // every answer two seconds after its ACK
		s[i], s[i+1] = s[i+1], s[i]
		s[i+1].Time = s[i].Time + 2*int64(time.Second)
	}
	c := readSegments(t, s).only()
	if string(c.data[1]) != "bnswercnswerdnswerenswerfnswer" || len(c.gaps[1]) != 1 {
		t.Errorf("%v", c.log)
	}
}
