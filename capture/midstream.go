package capture

import (
	"smpptap/stream"
)

// A direction of which the capture saw no SYN begins with its first octets.
// Captures swap neighbours, and were the first two swapped, all of the earlier
// one would pass for old. So the first segment waits: for the next one of its
// direction, an acknowledgement that tells there is none before it, or as long
// as a hole does.

// comeIn takes the first octets of a direction whose SYN was not seen. Where
// the other side's SYN was, octets before them were lost if what it
// acknowledged says so, and may have been if it says nothing; where no SYN was,
// they were if packets without octets show that the direction stood before them.
func (r *reassembler) comeIn(h *half, seq uint32, s *segment, fin bool, at stream.Stamp, after cause) (conflict bool) {
	if back := seq - h.from; h.fromSeen && back < farWindow && (h.c.info.SYN && back > 0 || back > 1) {
		h.start(h.from)
		return r.arrive(h, seq, s.payload, s.missing, fin, at, after)
	}
	h.start(seq)
	if h.c.info.SYN && !h.fromSeen {
		r.tap(h).Gap(h.dir, at, -1)
		h.data = true
	}
	if len(s.payload) == 0 {
		r.inOrder(h, s.payload, s.missing, fin, at)
		return false
	}
	h.early = true
	r.hold(h, piece{seq: seq, data: s.payload, missing: s.missing, fin: fin, at: at, since: r.clock.now, after: after})
	r.watch(h)
	r.bound(h)
	return false
}

// promise keeps what the opener, o, acknowledges of a direction of which nothing
// was captured yet, before it sends anything: that is where it begins.
func (h *half) promise(o *half, s *segment) {
	if !h.started && !h.fromSeen && s.acknowledges() && o.synSeen && s.seq == o.isn+1 {
		h.from, h.fromSeen = s.ack, true
	}
}

// stood keeps where a direction stood when the first packet of it was captured,
// one without octets: what it sends from there on and is not captured is lost. A
// keep-alive stands one octet back.
func (h *half) stood(s *segment) {
	if !h.started && !h.fromSeen && !h.c.info.SYN && s.acknowledges() {
		h.from, h.fromSeen = s.seq, true
	}
}

// comeAfter takes the second segment of a direction: it may go before the
// first. One octet of the past is a keep-alive; octets that do not reach the
// first segment are old ones once more.
func (r *reassembler) comeAfter(h *half, seq uint32, n int) {
	if back := h.next - seq; back <= lateSYN && uint32(n) >= back && n > 1 {
		h.next, h.first = seq, seq
	}
	r.settleStart(h)
}

// settleStart lets a direction begin.
func (r *reassembler) settleStart(h *half) {
	h.early = false
	r.drain(h)
}

// acknowledged is told what the other side has got of h, before octets that
// answer it.
func (r *reassembler) acknowledged(h *half, ack uint32) {
	if int32(ack-h.next) >= 0 {
		r.settleStart(h)
	}
}

// quiet is called when the input pauses for a second or more: nothing comes
// soon that belongs before what waits at a start, or for the other direction.
func (r *reassembler) quiet() {
	var some []*half // the queue changes with what they give
	for n := r.holes.front(); n != nil && n != &r.holes.root; n = n.next {
		if h := n.of; h.early || h.reached() {
			some = append(some, h)
		}
	}
	for _, h := range some {
		if h.early {
			r.settleStart(h)
		}
		for h.reached() {
			r.goOn(h)
		}
		r.settle(h.c)
	}
}
