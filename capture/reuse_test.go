package capture

import (
	"errors"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
	"smpptap/stream"
)

func TestPortReuse(t *testing.T) {
	for _, isn := range []uint32{5, 1_000_000, 0xfffffff0, 1001} {
		first := opened().Data(0, "one").Data(1, "two")
		second := smpptest.NewTalk(client, server)
		second.Next = [2]uint32{isn, isn * 3}
		second.Now = first.Now
		second.Open().Data(0, "three").Data(1, "four").Shut(0)
		rec := readSegments(t, append(first.Segments, second.Segments...))
		if len(rec.conns) != 2 {
			t.Fatalf("%d connections", len(rec.conns))
		}
		rec.conns[0].want(`A"one"@4`, `B"two"@5`)
		rec.conns[1].want(`A"three"@9`, `B"four"@10`, "AFIN@11", "BFIN@12")
		if !errors.Is(rec.conns[0].reason, stream.ErrReused) || rec.conns[1].reason != nil {
			t.Errorf("closed with %v, %v", rec.conns[0].reason, rec.conns[1].reason)
		}
	}
	// After an orderly end, and the other way round.
	first := opened().Data(0, "one").Shut(0)
	second := smpptest.NewTalk(server, client)
	second.Next = [2]uint32{77, 99}
	second.Now = first.Now
	second.Open().Data(0, "two").Shut(0)
	rec := readSegments(t, append(first.Segments, second.Segments...))
	if len(rec.conns) != 2 || rec.conns[1].info.A.String() != server || rec.conns[0].reason != nil {
		t.Errorf("%d connections", len(rec.conns))
	}
	// A lost SYN: the octets show it, once the old ones must have arrived.
	second = opened().Data(0, "two")
	second.Segments[3].Seq += 1 << 30
	second.Segments[3].Time = first.Now + int64(4*time.Second)
	rec = readSegments(t, append(first.Segments, second.Segments[3]))
	if len(rec.conns) != 2 {
		t.Fatalf("%d connections", len(rec.conns))
	}
	rec.conns[1].want(`A"two"@8`)
}

func TestEnds(t *testing.T) {
	data := func() *smpptest.Talk { return opened().Data(0, "x") }
	late := func(tk *smpptest.Talk, d time.Duration) *smpptest.Talk {
		other := smpptest.NewTalk("10.0.0.9:9", server)
		other.Now = tk.Now + int64(d)
		tk.Segments = append(tk.Segments, other.Send(0, smpptest.SYN, "").Segments...)
		return tk
	}
	rst := func(tk *smpptest.Talk, dir int, ttl uint8) *smpptest.Talk {
		tk.Send(dir, smpptest.RST|smpptest.ACK, "")
		tk.Segments[len(tk.Segments)-1].TTL = ttl
		return tk
	}
	for _, c := range []struct {
		name   string
		tk     *smpptest.Talk
		want   string
		reason error
	}{
		{"both FIN", data().Shut(1), `A"x"@4 BFIN@5 AFIN@6`, nil},
		{"open", data(), `A"x"@4`, stream.ErrInputEnd},
		{"lone FIN, too soon", late(data().Send(0, smpptest.FIN|smpptest.ACK, ""), time.Second), `A"x"@4 AFIN@5`, stream.ErrInputEnd},
		{"lone FIN", late(data().Send(0, smpptest.FIN|smpptest.ACK, ""), 3*time.Second), `A"x"@4 AFIN@5`, nil},
		{"lone FIN, then a RST", rst(data().Send(0, smpptest.FIN|smpptest.ACK, "").Wait(time.Minute), 1, 64), `A"x"@4 AFIN@5 BRST(64,64)@6`, nil},
		{"lone FIN, then the other", data().Send(0, smpptest.FIN|smpptest.ACK, "").Wait(time.Minute).Send(1, smpptest.FIN|smpptest.ACK, ""), `A"x"@4 AFIN@5 BFIN@6`, nil},
		{"half closed, data goes on", late(data().Send(0, smpptest.FIN|smpptest.ACK, "").Wait(1500*time.Millisecond).Data(1, "y").Wait(1500*time.Millisecond).Data(1, "z"), time.Second),
			`A"x"@4 AFIN@5 B"y"@6 B"z"@7`, stream.ErrInputEnd},
		{"RST", rst(data().Data(1, "y"), 1, 64), `A"x"@4 B"y"@5 BRST(64,64)@6`, nil},
		{"RST of a stranger", rst(data().Data(1, "y"), 1, 250), `A"x"@4 B"y"@5 BRST(250,64)@6`, nil},
		{"RST after FIN", rst(data().Send(0, smpptest.FIN|smpptest.ACK, "").Data(1, "y"), 0, 64), `A"x"@4 AFIN@5 B"y"@6 ARST(64,64)@7`, nil},
		{"refused", rst(smpptest.NewTalk(client, server).Send(0, smpptest.SYN, ""), 1, 63), `BREFUSED(63,0)@2`, nil},
		{"client gives up", rst(smpptest.NewTalk(client, server).Send(0, smpptest.SYN, ""), 0, 64), `ARST(64,64)@2`, nil},
		{"in flight behind RST", rst(data(), 1, 64).Data(0, "y").Send(0, smpptest.FIN|smpptest.ACK, ""), `A"x"@4 BRST(64,64)@5`, nil},
		{"SYN only", smpptest.NewTalk(client, server).Send(0, smpptest.SYN, ""), ``, stream.ErrInputEnd},
		{"RST only", smpptest.NewTalk(client, server).Send(0, smpptest.RST, ""), `ARST(64,0)@1`, nil},
	} {
		rec := readSegments(t, c.tk.Segments)
		got := rec.conns[0]
		if log := strings.Join(got.log, " "); log != c.want || !errors.Is(got.reason, c.reason) {
			t.Errorf("%s:\n got %s, %v\nwant %s, %v", c.name, log, got.reason, c.want, c.reason)
		}
	}
	// A RST far outside the window is nobody's.
	tk := data().Data(1, "y").Send(1, smpptest.RST, "").Data(0, "z")
	tk.Segments[5].Seq += 1 << 30
	rec := readSegments(t, tk.Segments)
	rec.only().want(`A"x"@4`, `B"y"@5`, `A"z"@7`)
	if rec.skipped()["sequence number far outside the window"] != 1 {
		t.Errorf("skipped %v", rec.skipped())
	}
}

// TestHalfOpen: who closed its direction only may be sent data for as long as
// the other side likes; none is lost or stands in another connection.
func TestHalfOpen(t *testing.T) {
	for _, c := range []struct {
		pause time.Duration
		conns int
	}{{time.Second, 1}, {3 * time.Second, 1}, {20 * time.Second, 1}, {119 * time.Second, 1}, {125 * time.Second, 2}} {
		tk := opened().Data(0, "x").Send(0, smpptest.FIN|smpptest.ACK, "").Send(1, smpptest.ACK, "")
		want := "x"
		for i := range 9 {
			tk.Wait(c.pause).Data(1, string('a'+rune(i))).Send(0, smpptest.ACK, "")
			want += string('a' + rune(i))
		}
		rec := readSegments(t, tk.Send(1, smpptest.FIN|smpptest.ACK, "").Segments)
		got := ""
		for _, c := range rec.conns {
			got += string(c.data[0]) + string(c.data[1]) // joined late, the sender is A
		}
		if got != want || len(rec.conns) != c.conns || len(rec.skipped()) > 0 {
			t.Errorf("pauses of %v: %d connections, octets %q, skipped %v", c.pause, len(rec.conns), got, rec.skipped())
		}
	}
	// Nobody says any more: it ends, and the four-tuple is free.
	for pause, want := range map[time.Duration]error{time.Minute: stream.ErrReused, 3 * time.Minute: nil} {
		tk := opened().Data(0, "x").Send(0, smpptest.FIN|smpptest.ACK, "").Wait(pause)
		tk.Next = [2]uint32{77_000, 99_000}
		if rec := readSegments(t, tk.Open().Segments); len(rec.conns) != 2 || !errors.Is(rec.conns[0].reason, want) {
			t.Errorf("used again after %v: %d connections, the first closed with %v", pause, len(rec.conns), rec.conns[0].reason)
		}
	}
}

// TestRefusedRetry: Windows repeats a refused SYN; that is one connection.
func TestRefusedRetry(t *testing.T) {
	tk := smpptest.NewTalk(client, server).Send(0, smpptest.SYN, "").Send(1, smpptest.RST|smpptest.ACK, "")
	syn, rst := tk.Segments[0], tk.Segments[1]
	s := []smpptest.Segment{syn, rst}
	for i := range 2 {
		syn.Time += int64(500 * time.Millisecond)
		rst.Time += int64(500 * time.Millisecond)
		syn.ID += uint16(i) + 7
		rst.ID += uint16(i) + 7
		s = append(s, syn, rst)
	}
	readSegments(t, s).only().want("BREFUSED(64,0)@2")
}
