package capture

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// apart gives the packets of each direction times of their own: those of dir
// come later, and all in the order of the new times.
func apart(s []smpptest.Segment, dir int, late func() time.Duration) []smpptest.Segment {
	out := slices.Clone(s)
	last := int64(0)
	for i := range out {
		if out[i].From == smpptest.NewTalk(client, server).Ends[dir] {
			out[i].Time += int64(late())
			out[i].Time = max(out[i].Time, last)
			last = out[i].Time
		}
	}
	slices.SortStableFunc(out, func(a, b smpptest.Segment) int { return cmp.Compare(a.Time, b.Time) })
	return out
}

// dialogueOf is a connection in which either side sends as the dice want, one
// text of ten octets a segment, and the texts as sent.
func dialogueOf(rng *rand.Rand, n int, step time.Duration) (*smpptest.Talk, []string) {
	tk := opened()
	tk.Step = step
	var sent []string
	for i := range n {
		dir := rng.IntN(2)
		text := fmt.Sprintf("%c%09d", 'A'+dir, i)
		sent = append(sent, text)
		tk.Data(dir, text)
		if rng.IntN(4) == 0 {
			tk.Send(dir^1, smpptest.ACK, "")
		}
	}
	return tk, sent
}

// texts are those that a connection gave, in the order in which it gave them.
func (c *recConn) texts() (out []string) {
	for _, l := range c.log {
		if _, text, ok := strings.Cut(l, `"`); ok {
			text, _, _ = strings.Cut(text, `"`)
			for ; len(text) >= 10; text = text[10:] {
				out = append(out, text[:10])
			}
		}
	}
	return out
}

// TestDirectionsInOrder: whatever comes first in the capture, octets come out
// behind those that they acknowledge.
func TestDirectionsInOrder(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 1))
		tk, sent := dialogueOf(rng, 300, 2*time.Millisecond)
		tk.Shut(0)
		most := []int64{3, 30, 300}[seed%3] * int64(time.Millisecond)
		late := func() time.Duration { return time.Duration(rng.Int64N(most)) }
		s := tk.Segments
		if seed%2 == 1 { // the handshake came out in order
			s = append(s[:3:3], apart(s[3:], int(seed/2)%2, late)...)
		} else {
			s = apart(s, int(seed/2)%2, late)
		}
		c := readSegments(t, s).only()
		if got := c.texts(); !slices.Equal(got, sent) {
			t.Errorf("seed %d: out of order: %.200v", seed, got)
		}
		if len(c.gaps[0])+len(c.gaps[1])+len(c.behind) > 0 {
			t.Errorf("seed %d: gaps %v, behind %v", seed, c.gaps, c.behind)
		}
	}
}

// TestDirectionsFarApart: what is waited for comes later than it is waited
// for. All octets are there, and it is told that the order is not known.
func TestDirectionsFarApart(t *testing.T) {
	for dir := range 2 {
		for _, opening := range []bool{false, true} {
			tk, sent := dialogueOf(rand.New(rand.NewPCG(7, 7)), 500, 20*time.Millisecond)
			tk.Shut(0)
			late := func() time.Duration { return 1500 * time.Millisecond }
			s := append(tk.Segments[:3:3], apart(tk.Segments[3:], dir, late)...)
			if opening {
				s = apart(tk.Segments, dir, late)
			}
			c := readSegments(t, s).conns[0]
			got := c.texts()
			slices.SortFunc(got, func(a, b string) int { return cmp.Compare(a[1:], b[1:]) })
			// Clocks differ from the opening on; what is late afterwards was lost.
			if opening && (!slices.Equal(got, sent) || len(c.gaps[0])+len(c.gaps[1]) > 0) {
				t.Errorf("late %d, from the opening %t: %d texts of %d, gaps %v", dir, opening, len(got), len(sent), c.gaps)
			}
			if want := fmt.Sprintf("%c@", 'A'+dir); len(c.behind) != 1 || !strings.HasPrefix(c.behind[0], want) {
				t.Errorf("late %d, from the opening %t: behind %v", dir, opening, c.behind)
			}
		}
	}
}

// TestLostIsNotAwaited: a direction waits for the octets that it acknowledges
// and that are lost no longer than a hole does.
func TestLostIsNotAwaited(t *testing.T) {
	tk := opened().Data(0, "request")
	for i := range 30 {
		tk.Data(1, fmt.Sprintf("answer %d", i)).Wait(99 * time.Millisecond)
	}
	c := readSegments(t, without(tk.Segments, 3)).only()
	if want := "Agap7@4"; c.log[0] != want || len(c.log) != 31 {
		t.Errorf("%v", c.log)
	}
	// Until the second is over nothing is shown, and no more than that waits.
	early := readSegments(t, without(tk.Segments, 3)[:13]).only()
	if want := "Agap7@4"; early.log[0] != want || len(early.log) != 11 {
		t.Errorf("%v", early.log)
	}
}

// TestEachAwaitsTheOther: acknowledgements that no honest peers send. Nothing
// is lost, and nothing waits for ever.
func TestEachAwaitsTheOther(t *testing.T) {
	tk := opened().Data(0, "one").Data(1, "two").Data(0, "three").Data(1, "four")
	for i := 3; i < len(tk.Segments); i++ {
		tk.Segments[i].Ack += 1000
	}
	for _, wait := range []time.Duration{0, 5 * time.Second} {
		c := readSegments(t, append(tk.Segments[:7:7], tk.Wait(wait).Send(0, smpptest.ACK, "").Segments[7:]...)).only()
		if a, b := string(c.data[0]), string(c.data[1]); a != "onethree" || b != "twofour" {
			t.Errorf("after %s: %q %q %v", wait, a, b, c.log)
		}
	}
}

// TestAwaitingIsBounded: of the direction that is ahead so many segments wait,
// whatever the other one does.
func TestAwaitingIsBounded(t *testing.T) {
	r := newReassembler(&recorder{t: t}, &Options{})
	tk := opened()
	tk.Step = time.Microsecond
	tk.Data(0, "request")
	for range 4 * causeSegments {
		tk.Data(1, "0123456789")
	}
	most := 0
	var d decoder
	for i, p := range smpptest.Packets(without(tk.Segments, 3)) {
		at := stampOf(p.Time, i)
		r.tick(at)
		if why := d.decode(&packet{time: p.Time, data: p.Data, link: linkEthernet}, p.Time); why != usable {
			t.Fatal(why)
		}
		r.add(&d.seg, at)
		most = max(most, r.held)
	}
	if most < 10*causeSegments || most > 10*(causeSegments+1) {
		t.Errorf("%d octets waited", most)
	}
}

func stampOf(time int64, i int) stream.Stamp { return stream.Stamp{Time: time, Frame: int64(i) + 1} }

// TestPauseEndsAwaiting: when the input pauses, what waits for the other
// direction is shown; that this came too late is told when it comes.
func TestPauseEndsAwaiting(t *testing.T) {
	rec := &recorder{t: t}
	r := newReassembler(rec, &Options{})
	s := opened().Data(0, "request").Data(1, "answer").Data(1, "more").Segments
	var d decoder
	put := func(i int) {
		p := smpptest.Packets(s[i : i+1])[0]
		at := stampOf(p.Time, i)
		r.tick(at)
		if why := d.decode(&packet{time: p.Time, data: p.Data, link: linkEthernet}, p.Time); why != usable {
			t.Fatal(why)
		}
		r.add(&d.seg, at)
	}
	for _, i := range []int{0, 1, 2, 4, 5} {
		put(i)
	}
	if c := rec.only(); len(c.log) != 0 {
		t.Errorf("before the pause: %v", c.log)
	}
	r.quiet()
	rec.only().want(`B"answer"@5`, `B"more"@6`)
	put(3)
	rec.only().want(`B"answer"@5`, `B"more"@6`, `A"request"@4`)
	if b := rec.only().behind; len(b) != 1 || b[0] != "A@4" {
		t.Errorf("behind: %v", b)
	}
}
