package analyze

import (
	"time"

	"smpptap/stream"
)

// Stats is what was seen of the input as a whole.
type Stats struct {
	Inputs []string
	// Files says of each of Inputs what it holds; live: of each interface.
	Files       []Input
	Packets     int64
	Octets      int64
	First, Last time.Time
	Skipped     map[string]int64 // packets that could not be used, by reason
	// SkippedOctets are those packets' octets, where they are counted.
	SkippedOctets map[string]int64
	CutPackets    int64            // by the snap length
	CutOctets     int64            // that they lack
	Damaged       []string         // where and why an input breaks off
	Duplicates    int64            // packets that stand twice
	ClockSteps    int64            // back
	Dropped       int64            // packets, by the kernel or a queue
	Caps          map[string]int64 // items dropped by a memory cap, by cap
	// Profiles are those of a proxy's links, by link, "" for the links not
	// named; nil: Capture.Profile is everyone's.
	Profiles    map[string]string `json:",omitempty"`
	Connections int64             // TCP connections with SMPP
	Other       map[string]int64  // TCP connections without SMPP, by protocol ("" unknown)
	PDUs        int64
	LostOctets  int64 // of connections with SMPP, as far as they can be counted
	Garbage     int64 // octets
	// LateReceipts tells what the database made of receipts whose message the
	// run did not know; nil: there were none.
	LateReceipts *LateReceipts `json:",omitempty"`
	// Run names the run that a capture is a part of, when its recording was
	// spread over files; Part counts them from 1.
	Run  string `json:",omitempty"`
	Part int64  `json:",omitempty"`
}

// LateReceipts counts receipts, and answers to query_sm and cancel_sm.
type LateReceipts struct {
	Found   int64 // their messages were found, in this capture or an earlier one
	Unknown int64 // no message that is recorded fits
	InDoubt int64 // several fit, or one perhaps by chance
}

// Input is one file or interface of a run.
type Input struct {
	Name        string
	Packets     int64
	Octets      int64     // of the file as stored
	First, Last time.Time // zero: no packet
}

// other counts a connection without SMPP.
func (s *Stats) other(protocol string) {
	if s.Other == nil {
		s.Other = make(map[string]int64)
	}
	s.Other[protocol]++
}

// add folds a notice into the statistics.
func (s *Stats) add(n stream.Notice) {
	add := func(m *map[string]int64, count int64) {
		if *m == nil {
			*m = make(map[string]int64)
		}
		(*m)[n.Text] += count
	}
	switch n.Kind {
	case stream.NoticeInput:
		s.Inputs = append(s.Inputs, n.Text)
		in := Input{Name: n.Text, Packets: n.Count, Octets: n.Octets}
		if n.Count > 0 {
			in.First, in.Last = time.Unix(0, n.First.Time).UTC(), time.Unix(0, n.Last.Time).UTC()
		}
		s.Files = append(s.Files, in)
	case stream.NoticePackets:
		s.Packets += n.Count
		s.Octets += n.Octets
		s.First, s.Last = time.Unix(0, n.First.Time).UTC(), time.Unix(0, n.Last.Time).UTC()
	case stream.NoticeSkipped:
		add(&s.Skipped, n.Count)
		add(&s.SkippedOctets, n.Octets)
	case stream.NoticeCut:
		s.CutPackets += n.Count
		s.CutOctets += n.Octets
	case stream.NoticeDamaged:
		s.Damaged = append(s.Damaged, n.Text)
	case stream.NoticeDuplicates:
		s.Duplicates += n.Count
	case stream.NoticeClock:
		s.ClockSteps += n.Count
	case stream.NoticeDropped:
		s.Dropped += n.Count
	case stream.NoticeCap:
		add(&s.Caps, n.Count)
	}
}
