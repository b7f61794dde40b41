package smpptest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"smpptap/stream"
)

// heard is a stream.Handler and Tap that writes down what it is told.
type heard struct {
	id    int64
	lines *[]string
}

func (h heard) say(at stream.Stamp, format string, args ...any) {
	after := time.Duration(at.Time - ScriptStart.UnixNano())
	*h.lines = append(*h.lines, fmt.Sprintf("%v %d ", after, h.id)+fmt.Sprintf(format, args...))
}

func (h heard) Open(c *stream.Conn) stream.Tap {
	h.id = c.ID
	h.say(c.Opened, "open %s %s syn %v", c.A, c.B, c.SYN)
	return h
}
func (h heard) Notice(n stream.Notice)                       { h.say(n.Last, "notice %d %d", n.Kind, n.Count) }
func (h heard) Data(d stream.Dir, at stream.Stamp, p []byte) { h.say(at, "data %d %x", d, p) }
func (h heard) Gap(d stream.Dir, at stream.Stamp, n int64)   { h.say(at, "gap %d %d", d, n) }
func (h heard) Event(d stream.Dir, at stream.Stamp, e stream.Event) {
	h.say(at, "event %d %d %d", d, e.Kind, e.N)
}
func (h heard) Close(at stream.Stamp, reason error) { h.say(at, "close %v", reason) }

func playScript(text string) ([]string, error) {
	s, err := ParseScript(text)
	if err != nil {
		return nil, err
	}
	var lines []string
	err = s.Run(context.Background(), heard{lines: &lines})
	return lines, err
}

func TestScript(t *testing.T) {
	got, err := playScript(`# two connections
open
+1s open midstream from 10.1.1.1:5 to 10.2.2.2:6
repeat 2
2 > enquire_link seq=$n0
2 < enquire_link_resp
end
> octets "a"*2+hex:0a
> gap 5
> enquire_link cut=4
2 > enquire_link length=15 first=8
pass
< fin
> fin
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"10ms 1 open 10.0.0.1:40001 10.0.0.2:2775 syn true", "10ms 1 event 0 5 0", "10ms 1 event 1 5 0",
		"1.01s 2 open 10.1.1.1:5 10.2.2.2:6 syn false",
		"1.02s 2 event 0 5 0", "1.02s 2 data 0 0000001000000015000000000000000a",
		"1.03s 2 event 1 5 0", "1.03s 2 data 1 0000001080000015000000000000000a",
		"1.04s 2 data 0 00000010000000150000000000000014", "1.05s 2 data 1 00000010800000150000000000000014",
		"1.06s 1 data 0 61610a", "1.07s 1 gap 0 5",
		"1.08s 1 data 0 00000010", "1.08s 1 gap 0 12",
		"1.09s 2 data 0 0000000f00000015", "1.1s 0 notice 2 0",
		"1.11s 1 event 1 1 0", "1.12s 1 event 0 1 0", "1.12s 1 close <nil>", "1.12s 2 close input ended",
	}
	if a, b := strings.Join(want, "\n"), strings.Join(got, "\n"); a != b {
		t.Errorf("want\n%s\ngot\n%s", a, b)
	}
}

// A line that says nothing of a script is an error, never a panic: what a test
// means to send is what it sends.
func TestScriptFaults(t *testing.T) {
	for _, text := range []string{
		"> enquire_link", "open\n> enquire_lonk", "open\n> enquire_link system_id=x", "open\n> submit_sm seq=x",
		"open\n+5 pass", "open\n> octets hex:0", `open "`, "repeat 2\nopen", "open sideways", "open\n2 > enquire_link",
		"open\n> fin\n< fin\n> enquire_link", "notice nothing 1", "open from here", "open\n> deliver_sm receipt=7",
		"open\n> submit_sm tlv.0x10000=hex:00", "open\n> octets \"a\"*x", "open\n>",
	} {
		if _, err := playScript(text); err == nil {
			t.Errorf("no fault in %q", text)
		}
	}
}
