package capture

import (
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

// TestStall: how long a side offered no room.
func TestStall(t *testing.T) {
	shut := func(tk *smpptest.Talk, dir int) *smpptest.Talk {
		tk.Send(dir, smpptest.ACK, "")
		tk.Segments[len(tk.Segments)-1].Window = smpptest.NoWindow
		return tk
	}
	asked := func() *smpptest.Talk { return opened().Data(0, "hello").Data(1, "hello").Data(0, "probe") }
	open := func(tk *smpptest.Talk, dir int) *smpptest.Talk { return tk.Send(dir, smpptest.ACK, "") }
	const half = 500 * time.Millisecond
	for _, c := range []struct {
		name string
		s    []smpptest.Segment
		want string
	}{
		{"and opened again", open(shut(asked(), 1).Wait(half), 1).Segments, "Bstalled(501000000)@8"},
		{"twice", open(shut(open(shut(asked(), 1).Wait(half), 1), 1).Wait(half), 1).Segments, "Bstalled(501000000)@8 Bstalled(501000000)@10"},
		{"said again meanwhile", open(shut(shut(asked(), 1).Wait(half), 1).Wait(half), 1).Segments, "Bstalled(1002000000)@9"},
		{"by data", shut(asked(), 1).Wait(half).Data(1, "answer").Segments, "Bstalled(501000000)@8"},
		{"to the end of the input", shut(asked(), 1).Wait(half).Send(0, smpptest.ACK, "").Segments, "Bstalled(501000000)@8"},
		{"until the reset", shut(asked(), 1).Wait(half).Send(0, smpptest.RST|smpptest.ACK, "").Segments, "Bstalled(501000000)@8"},
		{"for a moment", open(shut(asked(), 1).Wait(98*time.Millisecond), 1).Segments, ""},
		{"just long enough", open(shut(asked(), 1).Wait(99*time.Millisecond), 1).Segments, "Bstalled(100000000)@8"},
		{"probed", open(shut(asked(), 1).Wait(half).Data(0, "x"), 1).Segments, "Bstalled(502000000)@9"},
		{"the opening is not in the capture", open(shut(asked(), 1).Wait(half).Data(0, "further").Wait(half), 1).Segments, ""},
		{"sent again meanwhile", open(func() *smpptest.Talk {
			tk := shut(asked(), 1).Wait(half)
			again := tk.Segments[5]
			again.Time = tk.Now
			tk.Segments = append(tk.Segments, again)
			return tk
		}(), 1).Segments, "Bstalled(501000000)@9"},
		{"an older packet says otherwise", open(func() *smpptest.Talk {
			tk := shut(asked(), 1).Wait(half)
			old := tk.Segments[2]
			old.From, old.To, old.Seq, old.Ack, old.Time = tk.Ends[1], tk.Ends[0], tk.Segments[4].Seq, tk.Segments[4].Ack-5, tk.Now
			tk.Segments = append(tk.Segments, old)
			return tk
		}().Wait(half), 1).Segments, "Bstalled(1001000000)@9"},
		{"a reset has none", opened().Send(1, smpptest.RST|smpptest.ACK, "").Segments, ""},
	} {
		got := strings.Join(readSegments(t, c.s).conns[0].stalls, " ")
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}
