package analyze

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"smpptap/analyze/profile"
	"smpptap/dissect"
	"smpptap/internal/smpptest"
	"smpptap/stream"
)

// TestOverdue: a live connection on which nothing was recognised is told of
// when the time for the bind is over: what said nothing as still open, what said
// too little as SMPP. What is no SMPP is told of when that is known.
func TestOverdue(t *testing.T) {
	prof, err := profile.Load("smpp34")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	f := &feeder{next: newBatch, batch: newBatch(), owned: true, laneOf: func(string) *lane { return &lane{profile: prof} }}
	f.out = func(b *batch) {
		for i := range b.items {
			it := &b.items[i]
			word := map[itemKind]string{itemOpen: "SMPP", itemOther: "other", itemClose: "closed"}[it.kind]
			if word == "" {
				continue
			}
			if it.rare != nil && errors.Is(it.rare.err, stream.ErrInputEnd) {
				word = "mute"
			}
			got = append(got, fmt.Sprint(it.link.conn.ID, " ", word))
		}
	}
	bind := smpptest.Build("bind_receiver", 1, nil)
	huge := smpptest.Build("submit_sm", 1, nil, smpptest.SetLength(0xFFFF_FFFF))[:dissect.HeaderLen]
	taps := map[int64]stream.Tap{}
	for id := range int64(8) {
		taps[id] = f.Open(&stream.Conn{ID: id, SYN: id != 6, Expected: true})
		if id != 7 { // whose client is not captured
			taps[id].Event(stream.FromA, stream.Stamp{}, stream.Event{Kind: stream.EventSeen})
		}
	}
	at := func(d time.Duration) stream.Stamp { return stream.Stamp{Time: int64(d)} }
	data := func(id int64, octets []byte) { taps[id].Data(stream.FromA, at(time.Second), octets) }
	data(1, huge)
	data(2, bind[:10])
	data(3, bind)
	data(4, []byte("GET / HTTP/1.1\r\n"))
	taps[5].Gap(stream.FromA, at(time.Second), 40) // may have been the bind
	steps := func(want ...string) {
		t.Helper()
		f.flush()
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		got = nil
	}
	steps("3 SMPP", "4 other")
	f.clock(at(time.Minute))
	steps()
	f.clock(at(time.Minute + 1))
	steps("0 mute", "1 SMPP", "2 SMPP")
	f.clock(at(time.Hour))
	steps()
	for id := range int64(7) {
		taps[id].Close(at(time.Hour), nil)
	}
	steps("0 other", "1 closed", "2 closed", "3 closed", "5 other", "6 other")
	if len(f.awaited) > 0 {
		t.Errorf("%d are awaited still", len(f.awaited))
	}
}
