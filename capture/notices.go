package capture

import (
	"fmt"
	"slices"

	"smpptap/stream"
)

// tally counts what the notices tell.
type tally struct {
	packets, octets  int64
	first, last      stream.Stamp
	cut, cutOctets   int64
	timeless         int64
	skipped          [reasons]int64
	links            map[uint32]int64 // packets by unknown link type
	dropped          int64
	startCount       int64 // packets before this file
	startOctets      int64
	fileFirst, fileL stream.Stamp
}

func (t *tally) packet(p *packet, at stream.Stamp) {
	t.packets++
	t.octets += int64(len(p.data))
	if t.fileFirst.Frame == 0 || at.Time < t.fileFirst.Time {
		t.fileFirst = at
	}
	if t.fileL.Frame == 0 || at.Time >= t.fileL.Time {
		t.fileL = at
	}
	if p.timeless {
		t.timeless++
	}
}

func (t *tally) skip(why reason, link uint32) {
	switch why {
	case heldFragment:
	case unknownLink:
		if t.links == nil {
			t.links = map[uint32]int64{}
		}
		if len(t.links) < 64 {
			t.links[link]++
			return
		}
		t.skipped[why]++
	default:
		t.skipped[why]++
	}
}

// file begins the account of one file.
func (r *run) file(path string) {
	t := &r.tally
	t.startCount, t.startOctets = t.packets, t.octets
	t.fileFirst, t.fileL = stream.Stamp{}, stream.Stamp{}
	r.inputs = append(r.inputs, stream.Notice{Kind: stream.NoticeInput, Text: path})
}

// fileDone completes it: packets, octets of the file as stored, time span.
func (r *run) fileDone(src packetReader, size int64) {
	t := &r.tally
	n := &r.inputs[len(r.inputs)-1]
	n.Count, n.Octets = t.packets-t.startCount, size
	n.First, n.Last = t.fileFirst, t.fileL
	if n.Count > 0 {
		if t.first.Frame == 0 || t.fileFirst.Time < t.first.Time {
			t.first = t.fileFirst
		}
		if t.last.Frame == 0 || t.fileL.Time >= t.last.Time {
			t.last = t.fileL
		}
	}
	if ng, ok := src.(*ngReader); ok {
		t.dropped += int64(ng.dropped())
	}
}

// notices tells all at the end, in the order of the kinds.
func (r *run) notices(h stream.Handler) {
	t, a := &r.tally, r.asm
	for _, n := range r.inputs {
		h.Notice(n)
	}
	h.Notice(stream.Notice{Kind: stream.NoticePackets, Count: t.packets, Octets: t.octets, First: t.first, Last: t.last})
	say := func(kind stream.NoticeKind, count, octets int64, text string) {
		if count > 0 {
			h.Notice(stream.Notice{Kind: kind, Count: count, Octets: octets, Text: text})
		}
	}
	for why, n := range t.skipped {
		say(stream.NoticeSkipped, n, 0, reason(why).String())
	}
	var links []uint32
	for link := range t.links {
		links = append(links, link)
	}
	slices.Sort(links)
	for _, link := range links {
		say(stream.NoticeSkipped, t.links[link], 0, fmt.Sprintf("unknown link type %d", link))
	}
	say(stream.NoticeSkipped, r.dec.frags.lost-r.dec.frags.capped, 0, "IP datagram of which fragments are missing")
	say(stream.NoticeSkipped, a.late, 0, "octets after the end of their connection")
	say(stream.NoticeSkipped, a.stray, 0, "sequence number far outside the window")
	say(stream.NoticeCut, t.cut, t.cutOctets, "")
	for _, text := range r.damaged {
		h.Notice(stream.Notice{Kind: stream.NoticeDamaged, Count: 1, Text: text})
	}
	say(stream.NoticeDuplicates, a.twice.count+r.dec.frags.twice, 0, "")
	if a.clock.steps > 0 {
		h.Notice(stream.Notice{Kind: stream.NoticeClock, Count: a.clock.steps, Octets: a.clock.largest, First: a.clock.first})
	}
	say(stream.NoticeClock, t.timeless, 0, "packets without a time in the file (simple packet blocks); the time of the packet before is used")
	say(stream.NoticeDropped, t.dropped, 0, "as the capture file's statistics say")
	say(stream.NoticeCap, a.evicted, 0, fmt.Sprintf("connections given up: more than %d at once", a.maxConns))
	say(stream.NoticeCap, a.capped, 0, fmt.Sprintf("holes given up early: more than %d octets waited behind holes", a.maxHeld))
	say(stream.NoticeCap, r.dec.frags.capped, 0, "IP datagrams given up: too many incomplete ones")
}
