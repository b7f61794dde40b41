package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"smpptap/internal/smpptest"
)

// dialogueSegments is a session in which either side asks and answers as the
// dice want, without a fault.
func dialogueSegments(seed uint64) []smpptest.Segment {
	rng := rand.New(rand.NewPCG(seed, 1))
	bind, resp := bindExchange()
	tk := smpptest.NewTalk("10.0.0.1:40000", "10.0.0.2:2775").Open().Data(0, bind).Data(1, resp)
	pdu := func(name string, seq uint32) string {
		if name == "submit_sm" {
			return submit(seq, fmt.Sprint("text ", seq))
		}
		return link(seq)
	}
	var open [2][]string // answers that each side owes
	next := [2]uint32{2, 1}
	requests := [2][]string{{"submit_sm", "enquire_link"}, {"enquire_link"}}
	for range 150 {
		dir := rng.IntN(2)
		if owed := open[dir]; len(owed) > 0 && rng.IntN(3) > 0 {
			tk.Data(dir, owed[0])
			open[dir] = owed[1:]
			continue
		}
		name := requests[dir][rng.IntN(len(requests[dir]))]
		tk.Data(dir, pdu(name, next[dir]))
		f := smpptest.F{}
		if name == "submit_sm" {
			f["message_id"] = fmt.Sprintf("%08x", next[dir])
		}
		open[dir^1] = append(open[dir^1], string(smpptest.Build(name+"_resp", next[dir], f)))
		next[dir]++
	}
	for dir := range open {
		for _, answer := range open[dir] {
			tk.Data(dir, answer)
		}
	}
	tk.Data(0, string(smpptest.Build("unbind", next[0], nil))).Data(1, string(smpptest.Build("unbind_resp", next[0], nil)))
	return tk.Shut(0).Segments
}

// lateBy has the packets of one direction come later in the capture.
func lateBy(s []smpptest.Segment, dir int, most time.Duration, rng *rand.Rand) []byte {
	out, last := slices.Clone(s), int64(0)
	for i := range out {
		if (out[i].From == s[0].From) == (dir == 0) {
			late := int64(most)
			if rng != nil {
				late = rng.Int64N(int64(most))
			}
			last = max(last, out[i].Time+late)
			out[i].Time = last
		}
	}
	slices.SortStableFunc(out, func(a, b smpptest.Segment) int { return cmp.Compare(a.Time, b.Time) })
	return smpptest.Pcap{Nano: true}.Write(smpptest.Packets(out)...)
}

// accused are the rules that a capture is said to break, those in doubt left
// out.
func accused(t *testing.T, capture []byte) []string {
	t.Helper()
	_, out, errs := given(t, capture, "audit", "--profile", "smpp34", "-T", "json")
	var report struct {
		Findings []struct{ Rule, Severity, Message string }
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err, errs)
	}
	var names []string
	for _, f := range report.Findings {
		if f.Severity != "note" {
			names = append(names, f.Rule+": "+f.Message)
		}
	}
	return names
}

// TestDirectionsOutOfOrder: a capture that has the two directions in another
// order than they passed gives the same PDUs in the order in which they were
// sent, and accuses nobody.
func TestDirectionsOutOfOrder(t *testing.T) {
	for seed := range uint64(4) {
		rng := rand.New(rand.NewPCG(seed, 2))
		s := dialogueSegments(seed)
		list := func(capture []byte) string {
			_, out, _ := given(t, capture, "read", "--profile", "smpp34", "-T", "fields", "-e", "smpp.command_id", "-e", "smpp.sequence_number")
			return out
		}
		want := list(smpptest.Pcap{Nano: true}.Write(smpptest.Packets(s)...))
		if n := strings.Count(want, "\n"); n < 150 {
			t.Fatalf("%d PDUs", n)
		}
		for dir := range 2 {
			capture := lateBy(s, dir, 40*time.Millisecond, rng)
			if got := list(capture); got != want {
				t.Errorf("seed %d, %d is late: PDUs in another order", seed, dir)
			}
			if a := accused(t, capture); len(a) > 0 {
				t.Errorf("seed %d, %d is late: %q", seed, dir, a)
			}
			// As files merged whose clocks differ by more than is waited for.
			for _, late := range []time.Duration{1200 * time.Millisecond, 3500 * time.Millisecond, 20 * time.Second} {
				if a := accused(t, lateBy(s, dir, late, nil)); len(a) > 0 {
					t.Errorf("seed %d, %d is late by %s: %q", seed, dir, late, a)
				}
			}
		}
	}
}
