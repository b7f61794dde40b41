package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

// quietLink is a session on a link with long silences, each answer
// acknowledged by a packet of its own, and beside it another session that goes
// on for longer. before and after are how many of its packets stand before and
// behind those that may be lost.
func quietLink() (s []smpptest.Segment, first, last int, beside []smpptest.Segment) {
	bind, resp := bindExchange()
	open := func(client string) *smpptest.Talk {
		return smpptest.NewTalk(client, "10.0.0.2:2775").Open().Data(0, bind).Data(1, resp).Send(0, smpptest.ACK, "")
	}
	exchange := func(tk *smpptest.Talk, n uint32) {
		tk.Data(0, submit(n, "a")).Send(1, smpptest.ACK, "")
		tk.Data(1, string(smpptest.Build("submit_sm_resp", n, smpptest.F{"message_id": "a"}))).Send(0, smpptest.ACK, "").Wait(40 * time.Second)
	}
	tk, other := open("10.0.0.1:40000"), open("10.0.0.1:40001")
	exchange(tk, 2)
	first = len(tk.Segments)
	exchange(tk, 3)
	exchange(tk, 4)
	last = len(tk.Segments)
	exchange(tk, 5)
	tk.Shut(0)
	for n := range uint32(100) {
		other.Data(0, link(n+2)).Data(1, string(smpptest.Build("enquire_link_resp", n+2, nil))).Wait(2 * time.Second)
	}
	return tk.Segments, first, last, other.Segments
}

// TestLostPackets: whatever packets of a quiet link the capture has lost, in a
// row, nobody is accused of an answer that is missing: be it that the hole
// shows 40 s later, or never.
func TestLostPackets(t *testing.T) {
	s, first, last, beside := quietLink()
	write := func(s []smpptest.Segment) []byte {
		all := append(slices.Clone(s), beside...)
		slices.SortStableFunc(all, func(a, b smpptest.Segment) int { return int((a.Time - b.Time) / 1000) })
		return smpptest.Pcap{Nano: true}.Write(smpptest.Packets(all)...)
	}
	if a := accused(t, write(s)); len(a) > 0 {
		t.Fatalf("nothing lost: %q", a)
	}
	for from := first; from < last; from++ {
		for _, n := range []int{1, 2, 3, 5, len(s)} {
			lost := slices.Delete(slices.Clone(s), from, min(from+n, len(s)))
			if n == len(s) && lost[from-1].From != s[0].From && len(lost[from-1].Payload) == 0 {
				continue // to the end, behind an acknowledgement: as if nobody had sent anything more
			}
			if a := accused(t, write(lost)); len(a) > 0 {
				t.Errorf("packets %d to %d of %d lost: %q", from+1, min(from+n, len(s)), len(s), a)
			}
		}
	}
	// And what was never sent is missed.
	for i := len(s) - 1; i >= first; i-- {
		if string(s[i].Payload) == string(smpptest.Build("submit_sm_resp", 3, smpptest.F{"message_id": "a"})) {
			n := uint32(len(s[i].Payload))
			for j := range s[i:] {
				if x := &s[i+j]; x.From == s[i].From {
					x.Seq -= n
				} else {
					x.Ack -= n
				}
			}
			s = slices.Delete(s, i, i+1)
			break
		}
	}
	if a := accused(t, write(s)); !slices.ContainsFunc(a, func(s string) bool { return strings.HasPrefix(s, "response-missing") }) {
		t.Errorf("never answered: %q", a)
	}
}
