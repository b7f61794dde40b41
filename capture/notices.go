package capture

import (
	"fmt"
	"slices"

	"smpptap/stream"
)

// tally counts what the notices tell.
type tally struct {
	packets, octets int64
	cut, cutOctets  int64
	timeless        int64
	skipped         [reasons]amount
	links           map[uint32]*amount // packets of unknown link types
	dropped         int64
}

// amount is a number of packets and their octets.
type amount struct{ packets, octets int64 }

func (a *amount) add(p *packet) {
	a.packets++
	a.octets += int64(len(p.data))
}

func (t *tally) packet(p *packet) {
	t.packets++
	t.octets += int64(len(p.data))
	if p.timeless {
		t.timeless++
	}
}

func (t *tally) skip(why reason, p *packet) {
	switch {
	case why == heldFragment:
	case why == unknownLink && (t.links[p.link] != nil || len(t.links) < 64):
		if t.links == nil {
			t.links = map[uint32]*amount{}
		}
		if t.links[p.link] == nil {
			t.links[p.link] = &amount{}
		}
		t.links[p.link].add(p)
	default:
		t.skipped[why].add(p)
	}
}

// inputs tells of each file: packets, octets of the file as stored, time span;
// and gives the span of all.
func (r *run) inputs(h stream.Handler) (first, last stream.Stamp) {
	for _, s := range r.sources {
		if s.count == 0 && s.err != nil && s.size == 0 {
			continue // it was never open
		}
		h.Notice(stream.Notice{Kind: stream.NoticeInput, Text: s.path, Count: s.count, Octets: s.size, First: s.first, Last: s.last})
		if s.count == 0 {
			continue
		}
		if first.Frame == 0 || s.first.Time < first.Time {
			first = s.first
		}
		if last.Frame == 0 || s.last.Time > last.Time || s.last.Time == last.Time && s.last.Frame > last.Frame {
			last = s.last
		}
	}
	return first, last
}

// notices tells all at the end, in the order of the kinds.
func (r *run) notices(h stream.Handler) {
	t, a := &r.tally, r.asm
	first, last := r.inputs(h)
	h.Notice(stream.Notice{Kind: stream.NoticePackets, Count: t.packets, Octets: t.octets, First: first, Last: last})
	say := func(kind stream.NoticeKind, count, octets int64, text string) {
		if count > 0 {
			h.Notice(stream.Notice{Kind: kind, Count: count, Octets: octets, Text: text})
		}
	}
	for why, n := range t.skipped {
		say(stream.NoticeSkipped, n.packets, n.octets, reason(why).String())
	}
	var links []uint32
	for link := range t.links {
		links = append(links, link)
	}
	slices.Sort(links)
	for _, link := range links {
		say(stream.NoticeSkipped, t.links[link].packets, t.links[link].octets, fmt.Sprintf("unknown link type %d", link))
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
