package capture

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

const (
	client = "10.0.0.1:40000"
	server = "10.0.0.2:2775"
)

func opened() *smpptest.Talk { return smpptest.NewTalk(client, server).Open() }

// at gives segments in another order, repeated or left out.
func at(s []smpptest.Segment, order ...int) (out []smpptest.Segment) {
	for i, j := range order {
		s := s[j]
		s.Time = 1_790_000_000_000_000_000 + int64(i)*int64(time.Millisecond)
		out = append(out, s)
	}
	return out
}

// change gives a copy of a segment with something else.
func change(s smpptest.Segment, f func(*smpptest.Segment)) smpptest.Segment {
	s.Payload = bytes.Clone(s.Payload)
	s.ID += 1000
	f(&s)
	return s
}

func TestOrder(t *testing.T) {
	tk := opened().Data(0, "one").Data(0, "two").Data(0, "three").Data(1, "answer").Shut(1)
	s := tk.Segments // 0-2 handshake, 3-5 data, 6 answer, 7-9 end
	for _, c := range []struct {
		name  string
		order []int
		want  string
	}{
		{"in order", []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, `A"one"@4 A"two"@5 A"three"@6 B"answer"@7 BFIN@8 AFIN@9`},
		{"reordered", []int{0, 1, 2, 5, 4, 3, 6, 7, 8, 9}, `A"one"@6 A"two"@5 A"three"@4 B"answer"@7 BFIN@8 AFIN@9`},
		{"FIN before data", []int{0, 1, 2, 8, 5, 4, 3, 7, 6, 9}, `A"one"@7 A"two"@6 A"three"@5 B"answer"@9 BFIN@8 AFIN@4`},
		{"retransmitted", []int{0, 0, 1, 1, 2, 3, 3, 4, 3, 4, 5, 6, 7, 7, 8, 8, 9}, `A"one"@6 A"two"@8 A"three"@11 B"answer"@12 BFIN@13 AFIN@15`},
		{"data before SYN-ACK", []int{0, 3, 1, 2, 4, 5, 6, 7, 8, 9}, `A"one"@2 A"two"@5 A"three"@6 B"answer"@7 BFIN@8 AFIN@9`},
		{"SYN-ACK before SYN", []int{1, 0, 3, 4, 5, 6, 7, 8, 9}, `A"one"@3 A"two"@4 A"three"@5 B"answer"@6 BFIN@7 AFIN@8`},
		{"SYN after data", []int{3, 0, 1, 4, 5, 6, 7, 8, 9}, `A"one"@1 A"two"@4 A"three"@5 B"answer"@6 BFIN@7 AFIN@8`},
		{"hole at the end", []int{0, 1, 2, 3, 5, 6, 7, 8, 9}, `A"one"@4 Agap3@5 A"three"@5 B"answer"@6 BFIN@7 AFIN@8`},
		{"only FIN behind a hole", []int{0, 1, 2, 3, 4, 6, 7, 8, 9}, `A"one"@4 A"two"@5 Agap5@8 B"answer"@6 BFIN@7 AFIN@8`},
	} {
		rec := readSegments(t, at(s, c.order...))
		if got := strings.Join(rec.only().log, " "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if rec.only().reason != nil {
			t.Errorf("%s: closed with %v", c.name, rec.only().reason)
		}
		if info := rec.only().info; info.A.String() != client || info.SYN != (c.order[0] != 3) {
			t.Errorf("%s: %+v", c.name, info)
		}
	}
}

func TestMidstream(t *testing.T) {
	tk := opened().Data(0, "one").Data(1, "two").Data(1, "three")
	rec := readSegments(t, tk.Segments[4:])
	c := rec.only()
	c.want(`A"two"@1`, `A"three"@2`)
	if c.info.SYN || c.info.A.String() != server || !errors.Is(c.reason, stream.ErrInputEnd) {
		t.Errorf("%+v, closed with %v", c.info, c.reason)
	}
	// An empty keep-alive lies one octet back; it must not set the start.
	ka := change(tk.Segments[3], func(s *smpptest.Segment) { s.Seq--; s.Payload = nil })
	rec = readSegments(t, []smpptest.Segment{ka, tk.Segments[3]})
	rec.only().want(`A"one"@2`)
}

// TestAnswerUnseen: the capture has the SYN and not what answers it. What the
// opener acknowledges tells where the other side began.
func TestAnswerUnseen(t *testing.T) {
	tk := opened().Data(0, "bind").Data(1, "bound").Data(0, "more").Data(1, "answer")
	s := tk.Segments // 0-2 handshake, 3 bind, 4 bound, 5 more, 6 answer
	for _, c := range []struct {
		name  string
		order []int
		want  string
	}{
		{"only SYN-ACK", []int{0, 2, 3, 4, 5, 6}, `A"bind"@3 B"bound"@4 A"more"@5 B"answer"@6`},
		{"the first octets too", []int{0, 2, 3, 5, 6}, `A"bind"@3 Bgap5@5 A"more"@4 B"answer"@5`},
		{"nothing tells", []int{0, 6}, `Bgap-1@2 Agap8@2 B"answer"@2`},
		{"the opener's next octets tell nothing", []int{0, 5, 6}, `Bgap-1@3 Agap4@2 A"more"@2 B"answer"@3`},
	} {
		if got := strings.Join(readSegments(t, at(s, c.order...)).only().log, " "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestSequenceWrap(t *testing.T) {
	for start := uint32(0xffffffe0); start != 20; start++ {
		tk := smpptest.NewTalk(client, server)
		tk.Next[0] = start
		tk.Open()
		for i := range 6 {
			tk.Data(0, fmt.Sprintf("part %d;", i))
		}
		tk.Shut(0)
		rec := readSegments(t, at(tk.Segments, 0, 1, 2, 4, 3, 6, 3, 5, 5, 8, 7, 9, 10))
		c := rec.only()
		if string(c.data[0]) != "part 0;part 1;part 2;part 3;part 4;part 5;" || len(c.gaps[0]) > 0 || c.reason != nil {
			t.Fatalf("from %#x: %v", start, c.log)
		}
	}
}

func TestHoleWaits(t *testing.T) {
	// One second of capture time, told by another connection's packets.
	tk := opened().Data(0, "lost").Data(0, "behind")
	other := smpptest.NewTalk("10.0.0.3:1", server)
	other.Now = tk.Segments[4].Time + int64(999*time.Millisecond)
	other.Step = time.Millisecond
	other.Data(0, "x").Data(0, "y").Data(0, "z")
	rec := readSegments(t, append(at(tk.Segments, 0, 1, 2), append(tk.Segments[4:5:5], other.Segments...)...))
	rec.conns[0].want("Agap4@4", `A"behind"@4`)
	if n := len(rec.conns[1].log); n != 3 {
		t.Errorf("other connection: %v", rec.conns[1].log)
	}

	// 64 segments, without time passing.
	tk = opened()
	tk.Step = 0
	tk.Data(0, "lost")
	for range 100 {
		tk.Data(0, "0123456789")
	}
	s := append(tk.Segments[:3:3], tk.Segments[4:]...)
	c := readSegments(t, s).only()
	if c.log[0] != "Agap4@4" || len(c.data[0]) != 1000 || len(c.gaps[0]) != 1 {
		t.Errorf("%v", c.log[:3])
	}
	// It comes after 63: nothing is lost. After 65: too late.
	for _, n := range []int{63, 64, 65} {
		s = append(append(tk.Segments[:3:3], tk.Segments[4:4+n]...), tk.Segments[3])
		c = readSegments(t, s).only()
		if lost := len(c.gaps[0]) > 0; lost != (n > holeSegments) {
			t.Errorf("after %d segments: gaps %v", n, c.gaps[0])
		}
	}
}

func TestSeveralHoles(t *testing.T) {
	tk := opened()
	for i := range 9 {
		tk.Data(0, fmt.Sprint(i))
	}
	tk.Shut(0)
	c := readSegments(t, at(tk.Segments, 0, 1, 2, 4, 6, 8, 5, 10, 11, 12, 13, 14)).only()
	if got := strings.Join(c.log, " "); got != `Agap1@4 A"1"@4 A"2"@7 A"3"@5 Agap1@6 A"5"@6 Agap1@8 A"7"@8 A"8"@9 AFIN@10 BFIN@11` {
		t.Error(got)
	}
}

func TestOverlaps(t *testing.T) {
	base := opened().Data(0, "abcdef").Data(0, "ghijkl").Data(0, "mnopqr").Segments
	seg := func(off int, payload string) smpptest.Segment {
		return change(base[3], func(s *smpptest.Segment) { s.Seq += uint32(off); s.Payload = []byte(payload); s.ID += uint16(off) })
	}
	for _, c := range []struct {
		name string
		s    []smpptest.Segment
		want string
	}{
		{"new part behind old", []smpptest.Segment{seg(0, "abcdef"), seg(3, "defghi")}, `A"abcdef"@4 A"ghi"@5`},
		{"old part differs", []smpptest.Segment{seg(0, "abcdef"), seg(3, "dXXghi")}, `A"abcdef"@4 A"ghi"@5 ACONFLICT(2,0)@5`},
		{"all old, differs", []smpptest.Segment{seg(0, "abcdef"), seg(6, "ghi"), seg(4, "eYg")}, `A"abcdef"@4 A"ghi"@5 ACONFLICT(1,0)@6`},
		{"far in the past, equal", []smpptest.Segment{seg(0, "abcdef"), seg(6, "ghi"), seg(0, "abc")}, `A"abcdef"@4 A"ghi"@5`},
		{"keep-alive", []smpptest.Segment{seg(0, "abcdef"), seg(5, "\x00"), seg(6, "ghi")}, `A"abcdef"@4 A"ghi"@6`},
		{"waiting, first wins", []smpptest.Segment{seg(3, "def"), seg(2, "cDEFg"), seg(0, "ab")},
			`ACONFLICT(3,0)@5 A"ab"@6 A"c"@5 A"def"@4 A"g"@5`},
		{"waiting, inside", []smpptest.Segment{seg(3, "defghi"), seg(5, "fG"), seg(0, "abc")},
			`ACONFLICT(1,0)@5 A"abc"@6 A"defghi"@4`},
		{"waiting, around two", []smpptest.Segment{seg(2, "c"), seg(4, "e"), seg(1, "bcdef"), seg(0, "a")},
			`A"a"@7 A"b"@6 A"c"@4 A"d"@6 A"e"@5 A"f"@6`},
		{"filler overlaps", []smpptest.Segment{seg(3, "def"), seg(0, "abcDEFghi")},
			`A"abc"@5 A"def"@4 A"ghi"@5 ACONFLICT(3,0)@5`},
		{"probe then all", []smpptest.Segment{seg(0, "a"), seg(0, "abcdef")}, `A"a"@4 A"bcdef"@5`},
	} {
		for i := range c.s {
			c.s[i].Time = base[2].Time + int64(i+1)*int64(20*time.Millisecond)
		}
		if got := strings.Join(readSegments(t, append(base[:3:3], c.s...)).only().log, " "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestCutAndWhole: another copy fills in what the snap length cut off, as long
// as it waits.
func TestCutAndWhole(t *testing.T) {
	s := opened().Data(0, "first").Data(0, "abcdefghij").Data(0, "last").Segments
	p := smpptest.Packets(s)
	cut := p[4].Clip(14 + 40 + 4)
	again := p[4]
	again.Time += int64(20 * time.Millisecond)
	for name, c := range map[string]struct {
		packets []smpptest.Packet
		want    string
	}{
		"cut waits":       {[]smpptest.Packet{p[0], p[1], p[2], cut, p[5], p[3]}, `A"first"@6 A"abcd"@4 Agap6@4 A"last"@5`},
		"whole comes":     {[]smpptest.Packet{p[0], p[1], p[2], cut, again, p[5], p[3]}, `A"first"@7 A"abcd"@4 A"efghij"@5 A"last"@6`},
		"whole first":     {[]smpptest.Packet{p[0], p[1], p[2], p[4], cut, p[3], p[5]}, `A"first"@6 A"abcdefghij"@4 A"last"@7`},
		"cut, then whole": {[]smpptest.Packet{p[0], p[1], p[2], p[3], cut, again, p[5]}, `A"first"@4 A"abcd"@5 Agap6@5 A"last"@7`},
	} {
		if got := strings.Join(readPackets(t, c.packets...).only().log, " "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

func TestDuplicates(t *testing.T) {
	for _, ends := range [][2]string{{client, server}, {"[fd00::1]:40000", "[fd00::2]:2775"}} {
		tk := smpptest.NewTalk(ends[0], ends[1]).Open().Data(0, "request").Data(1, "response").Data(1, "more").Shut(0)
		var packets []smpptest.Packet
		for i, p := range smpptest.Packets(tk.Segments) {
			q := p
			q.Time += 3000
			if i%2 == 0 {
				q.Data = smpptest.Ethernet(tk.Segments[i].IP(), 0x8100, 100)
			}
			packets = append(packets, p, q)
		}
		rec := readPackets(t, packets...)
		c := rec.only()
		c.want(`A"request"@7`, `B"response"@9`, `B"more"@11`, "AFIN@13", "BFIN@15")
		want := int64(9)
		if strings.HasPrefix(ends[0], "[") {
			want -= 2 // empty ACKs without an IP identification prove nothing
		}
		if n := rec.notice(stream.NoticeDuplicates).Count; n != want {
			t.Errorf("%s: %d duplicates, want %d", ends[0], n, want)
		}
	}
}

// TestNoDuplicates: what TCP itself repeats is none.
func TestNoDuplicates(t *testing.T) {
	s := opened().Data(0, "request").Segments
	again := change(s[3], func(s *smpptest.Segment) { s.Time += int64(time.Millisecond) })
	slow := s[3]
	slow.Time += int64(200 * time.Millisecond)
	ka := change(s[3], func(s *smpptest.Segment) { s.Seq += 6; s.Payload = []byte{0}; s.Time += int64(time.Second) })
	other := change(s[3], func(s *smpptest.Segment) {
		s.Payload = []byte("rEquEst")
		s.ID -= 1000
		s.Time += int64(time.Second) + 1000
	})
	other2 := other
	other2.Time += 1000
	other2.Payload = []byte("ruqEEst") // the same checksum, other octets
	rec := readSegments(t, append(s, again, slow, ka, other, other2))
	if n := rec.notice(stream.NoticeDuplicates).Count; n != 0 {
		t.Errorf("%d duplicates", n)
	}
	rec.only().want(`A"request"@4`, "ACONFLICT(2,0)@8", "ACONFLICT(3,0)@9")
}

func TestClock(t *testing.T) {
	tk := opened().Data(0, "a").Data(0, "b").Data(0, "c").Data(0, "d")
	back := int64(time.Hour)
	for i := 5; i < len(tk.Segments); i++ {
		tk.Segments[i].Time -= back
	}
	tk.Segments[6].Time -= 2 * int64(time.Millisecond)
	rec := readSegments(t, tk.Segments)
	rec.only().want(`A"a"@4`, `A"b"@5`, `A"c"@6`, `A"d"@7`)
	n := rec.notice(stream.NoticeClock)
	if n.Count != 2 || n.Octets != back-int64(time.Millisecond) || n.First.Frame != 6 || n.First.Time != tk.Segments[5].Time {
		t.Errorf("%+v", n)
	}
	if n := rec.notice(stream.NoticePackets); n.First.Frame != 7 || n.Last.Frame != 5 {
		t.Errorf("%+v", n)
	}

	// Time goes on from where it was set back to: holes still end.
	tk = opened()
	tk.Now -= back
	for range 2 * skewPackets {
		tk.Data(1, "b")
	}
	tk.Data(0, "lost").Data(0, "behind").Wait(2*time.Second).Data(1, "b")
	s := append([]smpptest.Segment(nil), tk.Segments...)
	n0 := len(s)
	s = append(s[:n0-3], s[n0-2:]...)
	c := readSegments(t, s).only()
	if got := c.log[len(c.log)-3:]; fmt.Sprint(got) != fmt.Sprintf(`[Agap4@%d A"behind"@%d B"b"@%d]`, n0-2, n0-2, n0-1) {
		t.Errorf("%v", got)
	}
}

func TestManyConnections(t *testing.T) {
	var s []smpptest.Segment
	now := int64(1_790_000_000_000_000_000)
	for i := range 50 {
		tk := smpptest.NewTalk(fmt.Sprintf("10.0.1.%d:4000", i), server)
		tk.Now = now
		tk.Open().Data(0, "x")
		now = tk.Now
		s = append(s, tk.Segments...)
		if i == 20 { // the first is in use again
			again := s[3]
			again.Seq, again.Time, again.Payload = again.Seq+1, now, []byte("y")
			s = append(s, again)
		}
	}
	b := smpptest.Pcap{}.Write(smpptest.Packets(s)...)
	rec := readFile(t, Options{Paths: []string{"-"}, Stdin: bytes.NewReader(b), MaxConns: 30})
	evicted := 0
	for _, c := range rec.conns {
		if errors.Is(c.reason, stream.ErrEvicted) {
			evicted++
		}
	}
	n := rec.notice(stream.NoticeCap)
	if evicted != 20 || n.Count != 20 || len(rec.conns) != 50 {
		t.Errorf("%d evicted of %d, notice %+v", evicted, len(rec.conns), n)
	}
	if !errors.Is(rec.conns[0].reason, stream.ErrInputEnd) || !errors.Is(rec.conns[1].reason, stream.ErrEvicted) {
		t.Errorf("not the silent one was evicted")
	}
}

func TestHeldCap(t *testing.T) {
	var s []smpptest.Segment
	for i := range 20 {
		tk := smpptest.NewTalk(fmt.Sprintf("10.0.1.%d:4000", i), server)
		tk.Step = 0
		tk.Open().Data(0, "lost").Data(0, strings.Repeat("x", 1000))
		s = append(s, append(tk.Segments[:3:3], tk.Segments[4])...)
	}
	b := smpptest.Pcap{}.Write(smpptest.Packets(s)...)
	rec := readFile(t, Options{Paths: []string{"-"}, Stdin: bytes.NewReader(b), MaxHeld: 5000})
	if n := rec.notice(stream.NoticeCap); n.Count != 15 || !strings.Contains(n.Text, "5000") {
		t.Errorf("%+v", n)
	}
	for _, c := range rec.conns {
		if len(c.data[0]) != 1000 || len(c.gaps[0]) != 1 {
			t.Errorf("%v", c.gaps)
		}
	}
}

// TestStray: a segment from nowhere among good ones changes nothing; a stream
// that goes on elsewhere for good is followed.
func TestStray(t *testing.T) {
	tk := opened().Data(0, "a").Data(0, "b").Data(0, "c")
	stray := change(tk.Segments[3], func(s *smpptest.Segment) { s.Seq += 1 << 30; s.Payload = []byte("nonsense") })
	s := append(append(tk.Segments[:4:4], stray), tk.Segments[4:]...)
	rec := readSegments(t, s)
	rec.only().want(`A"a"@4`, `A"b"@6`, `A"c"@7`)
	if rec.skipped()["sequence number far outside the window"] != 1 {
		t.Errorf("skipped %v", rec.skipped())
	}
	for _, jump := range []uint32{1 << 30, 1 << 31, 3 << 30} {
		tk = opened().Data(0, "a")
		tk.Next[0] += jump
		tk.Data(0, "b").Wait(2*time.Second).Data(0, "c")
		readSegments(t, tk.Segments).only().want(`A"a"@4`, "Agap-1@5", `A"b"@5`, `A"c"@6`)
	}
}
