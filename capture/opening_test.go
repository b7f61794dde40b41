package capture

import (
	"slices"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

// TestOpenings: connections that open in ways that are seldom seen; what is
// sent in them comes out whole.
func TestOpenings(t *testing.T) {
	all := []string{sm1, sm2, sm3, sm4, sr1, sr2, sr3, sr4}
	d := dialogue
	for name, s := range map[string][]smpptest.Segment{
		"SYN again with another number": func() []smpptest.Segment {
			s := d()
			first := change(s[0], func(x *smpptest.Segment) { x.Seq -= 777_777; x.Time -= int64(time.Second) })
			return append([]smpptest.Segment{first}, s...)
		}(),
		"data in SYN": func() []smpptest.Segment {
			s := d()
			n := uint32(len(s[3].Payload))
			s[0].Payload = s[3].Payload
			s[1].Ack += n
			s[2].Seq += n
			return without(s, 3)
		}(),
		"data in SYN, not taken": func() []smpptest.Segment {
			s := d()
			s[0].Payload = s[3].Payload
			return s
		}(),
		"both dial": func() []smpptest.Segment {
			s := d()
			a := change(s[0], func(x *smpptest.Segment) { x.Flags, x.Ack = smpptest.SYN|smpptest.ACK, s[1].Seq+1 })
			b := change(s[1], func(x *smpptest.Segment) { x.Flags, x.Ack = smpptest.SYN, 0 })
			c := change(s[1], func(x *smpptest.Segment) { x.ID++ })
			return at(append(s, a, b, c), 0, 15, 14, 16, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
		}(),
		"ECN, CWR and URG": func() []smpptest.Segment {
			s := d()
			for i := range s {
				if s[i].Flags |= 0xc0; len(s[i].Payload) > 0 {
					s[i].Flags |= 0x20
				}
			}
			return s
		}(),
		"octet by octet, backwards": func() (out []smpptest.Segment) {
			for _, x := range d() {
				out = append(out, x)
				if n := len(x.Payload); n > 0 && n <= holeSegments {
					out = out[:len(out)-1]
					for i := n - 1; i >= 0; i-- {
						out = append(out, resized(x, i, i+1))
					}
				}
			}
			return out
		}(),
	} {
		got := frameAll(t, file(s))
		last := got[len(got)-1]
		if !slices.Equal(last.lines, all) || !last.info.SYN || strings.Contains(strings.Join(got[0].lines, ""), "gap") {
			t.Errorf("%s: %d connections, %q", name, len(got), last.lines)
		}
	}
}

// TestTimes: times at the ends of what a file can hold, or none at all.
func TestTimes(t *testing.T) {
	const noon = 1_790_000_000_000_000_000
	for name, of := range map[string]func(int64) int64{
		"all zero":  func(int64) int64 { return 0 },
		"from 1970": func(t int64) int64 { return t - noon },
		"to 2106":   func(t int64) int64 { return t - noon + 4_294_967_290*second },
	} {
		s := dialogue()
		for i := range s {
			s[i].Time = of(s[i].Time)
		}
		wantFrames(t, name, file(s), sm1, sm2, sm3, sm4, sr1, sr2, sr3, sr4)
	}
}
