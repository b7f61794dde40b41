package capture

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"time"

	"smpptap/stream"
)

// LiveOptions say what a Live captures. The zero value of each field but
// Interfaces is fit for use.
type LiveOptions struct {
	// Interfaces by name; "any" stands for all.
	Interfaces []string
	// Ports and Hosts choose the packets: one of the ports and one of the hosts
	// at either end. Empty: all TCP. Ports also mark connections as Expected.
	Ports []uint16
	Hosts []netip.Addr
	// Stop ends the capture by itself.
	Stop LiveLimits
	// Keep writes the packets to files, passwords masked; nil: none are kept.
	Keep *WriteOptions
	// RingSize is the kernel's buffer in octets; zero: 32 MiB.
	RingSize int
	// MaxConns and MaxHeld are those of Options.
	MaxConns, MaxHeld int
	// Logger is told what a user must know while it runs; nil: silent.
	Logger *slog.Logger
}

// LiveLimits end a capture. Zero: no limit.
type LiveLimits struct {
	Duration time.Duration
	Packets  int64
	Octets   int64 // of the files written
}

// anyInterface stands for all interfaces.
const anyInterface = "any"

const (
	// pollTime is how long the ring waits for packets at most: a capture takes
	// that long to notice that it is to end.
	pollTime = 100 * time.Millisecond
	// blockTime is after how long the kernel hands over a block that is not
	// full. It must be well below pollTime: a poll that ran out then shows
	// that no packet from before it is under way.
	blockTime = 20 * time.Millisecond
	// beatTime is how often time is told and drops are asked for.
	beatTime = int64(250 * time.Millisecond)
	// restTime bounds how long what came before the end is read.
	restTime = 3 * time.Second
	// skewed: packets of several processors come with stamps out of order by
	// so much; that is no clock stepping back.
	skewed = int64(10 * time.Millisecond)
)

// errQuiet: no packet came within pollTime.
var errQuiet = errors.New("no packet")

// livePacket is a packet off an interface.
type livePacket struct {
	packet
	iface int // index
	vlan  int // tag that the kernel took out; 0: none
}

// ring is where packets come from.
type ring interface {
	// next gives the next packet, valid until the next call, or errQuiet.
	next(p *livePacket) error
	// dropped is how many packets the kernel dropped so far.
	dropped() (int64, error)
	// name gives an interface's name.
	name(iface int) string
	// refresh finds interfaces again that were taken down and made anew. It
	// tells once of one that is not there.
	refresh() error
	close()
}

// Live is a stream.Source that captures from interfaces. It may be run once.
type Live struct {
	o    LiveOptions
	ring ring
	keep *packetWriter
}

var _ stream.Source = (*Live)(nil)

// OpenLive opens the interfaces; from then on their packets are gathered. Run
// or Close must follow.
func OpenLive(o LiveOptions) (*Live, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if len(o.Interfaces) == 0 {
		return nil, errors.New("no interface named")
	}
	l := &Live{o: o}
	var err error
	if l.ring, err = openRing(&l.o); err != nil {
		return nil, err
	}
	if o.Keep != nil {
		if l.keep, err = newPacketWriter(o.Keep); err != nil {
			l.ring.close()
			return nil, err
		}
	}
	return l, nil
}

// Close gives up a Live that is not run.
func (l *Live) Close() {
	l.ring.close()
	if l.keep != nil {
		_ = l.keep.close() // it is empty
	}
}

// Run captures until ctx ends or a limit is reached; both are regular ends.
// What the kernel drops is told as it happens, by NoticeDropped; the other
// notices come at the end. Packets that cannot be kept any more end the
// keeping and not the capture; the error is returned at its end.
func (l *Live) Run(ctx context.Context, h stream.Handler) error {
	defer l.ring.close() // never while a read is on
	o := Options{Ports: l.o.Ports, MaxConns: l.o.MaxConns, MaxHeld: l.o.MaxHeld}
	r := &liveRun{
		Live: l, handler: h, asm: newReassembler(h, &o),
		want: wanted{l.o.Ports, l.o.Hosts}, ifaces: map[int]*ifaceTally{},
	}
	r.clocked, _ = h.(stream.Clocked)
	if l.o.Stop.Duration > 0 {
		r.until = time.Now().Add(l.o.Stop.Duration).UnixNano()
	}
	err := r.loop(ctx)
	r.beat(stream.Stamp{}) // the last drops
	r.asm.end()
	r.dec.frags.end()
	r.notices()
	if l.keep != nil {
		r.keepErr = errors.Join(r.keepErr, l.keep.close())
	}
	return errors.Join(err, r.keepErr)
}

// liveRun is what one Run keeps.
type liveRun struct {
	*Live
	handler stream.Handler
	clocked stream.Clocked
	asm     *reassembler
	dec     decoder
	want    wanted
	until   int64 // zero: for ever

	frame   int64
	last    int64 // time of the last packet
	beaten  int64 // time of the last beat
	beats   int64
	drops   int64
	keepErr error

	ifaces         map[int]*ifaceTally
	octets         int64
	first          stream.Stamp
	cut, cutOctets int64
	skipped        [reasons]int64
}

// ifaceTally counts an interface's packets.
type ifaceTally struct {
	name            string
	packets, octets int64
	first, last     stream.Stamp
}

func (r *liveRun) loop(ctx context.Context) error {
	var p livePacket
	for ctx.Err() == nil {
		switch err := r.ring.next(&p); {
		case errors.Is(err, errQuiet):
			r.silence(time.Now().Add(-pollTime).UnixNano())
		case err != nil:
			return err
		default:
			r.packet(&p)
		}
		if r.reached() {
			return nil
		}
	}
	return r.rest(time.Now())
}

// rest takes what came before a capture was stopped and is still under way.
func (r *liveRun) rest(stopped time.Time) error {
	var p livePacket
	for time.Since(stopped) < restTime {
		err := r.ring.next(&p)
		if errors.Is(err, errQuiet) || err == nil && p.time > stopped.UnixNano() {
			return nil
		}
		if err != nil {
			return err
		}
		if r.packet(&p); r.reached() {
			return nil
		}
	}
	return nil
}

// reached tells that a limit is.
func (r *liveRun) reached() bool {
	s := &r.o.Stop
	return r.until > 0 && max(r.last, r.beaten) >= r.until ||
		s.Packets > 0 && r.frame >= s.Packets ||
		s.Octets > 0 && r.keep != nil && r.keep.written() >= s.Octets
}

// silence lets time go on while nothing comes.
func (r *liveRun) silence(now int64) {
	if now <= r.last {
		return
	}
	last := r.asm.clock.last
	r.asm.tick(stream.Stamp{Time: now, Frame: r.frame})
	r.asm.clock.last = last // that of a packet
	r.beat(stream.Stamp{Time: now, Frame: r.frame})
}

// packet takes one packet. Those that nobody wants, which only the kernel's
// filter could not tell, are no part of the capture.
func (r *liveRun) packet(p *livePacket) {
	if p.time < r.last && r.last-p.time < skewed {
		p.time = r.last
	}
	at := stream.Stamp{Time: p.time, Frame: r.frame + 1}
	why := r.dec.decode(&p.packet, r.asm.clock.now)
	if why == notTCP || why == notIP || why == usable && !r.want.match(&r.dec.seg) {
		r.beatAfter(p.time)
		return
	}
	r.frame++
	r.last = p.time
	r.asm.tick(at)
	r.count(p, at, why)
	r.write(p, why)
	if why == usable {
		r.asm.add(&r.dec.seg, at)
	}
	r.beatAfter(p.time)
}

func (r *liveRun) count(p *livePacket, at stream.Stamp, why reason) {
	t := r.ifaces[p.iface]
	if t == nil {
		t = &ifaceTally{name: r.ring.name(p.iface), first: at}
		r.ifaces[p.iface] = t
	}
	if r.frame == 1 {
		r.first = at
	}
	t.packets++
	t.octets += int64(len(p.data))
	t.last = at
	r.octets += int64(len(p.data))
	if r.dec.cut > 0 {
		r.cut++
		r.cutOctets += int64(r.dec.cut)
	}
	if why != heldFragment {
		r.skipped[why]++
	}
}

// write keeps the packet.
func (r *liveRun) write(p *livePacket, why reason) {
	if r.keep == nil || r.keepErr != nil {
		return
	}
	var s *segment
	if why == usable {
		s = &r.dec.seg
	}
	if err := r.keep.packet(p, s, r.ring.name(p.iface)); err != nil {
		r.keepErr = err
		r.o.Logger.Error("packets are not kept any more", "error", err)
	}
}

// beatAfter tells time by packets: others may keep the ring busy.
func (r *liveRun) beatAfter(now int64) {
	if now-r.beaten >= beatTime {
		r.beat(stream.Stamp{Time: now - skewed, Frame: r.frame})
	}
}

// beat does what has to be done every now and then.
func (r *liveRun) beat(at stream.Stamp) {
	if at.Time > 0 {
		r.beaten = at.Time + skewed
		if r.beats++; r.beats%8 == 0 {
			if err := r.ring.refresh(); err != nil {
				r.o.Logger.Warn("interface is gone", "error", err)
			}
		}
	}
	if n, err := r.ring.dropped(); err == nil && n > r.drops {
		r.handler.Notice(stream.Notice{Kind: stream.NoticeDropped, Count: n - r.drops, Text: "by the kernel: its buffer was full"})
		r.o.Logger.Warn("the kernel dropped packets", "packets", n-r.drops)
		r.drops = n
	}
	if r.keep != nil && r.keepErr == nil {
		r.keepErr = r.keep.beat(at.Time)
	}
	if r.clocked != nil && at.Time > 0 {
		r.clocked.Clock(at)
	}
}

// notices tells all at the end, in the order of the kinds.
func (r *liveRun) notices() {
	h, a := r.handler, r.asm
	var first, last stream.Stamp
	for _, i := range slices.Sorted(maps.Keys(r.ifaces)) { // the same order in every run
		t := r.ifaces[i]
		h.Notice(stream.Notice{Kind: stream.NoticeInput, Text: t.name, Count: t.packets, Octets: t.octets, First: t.first, Last: t.last})
		if t.last.Frame > last.Frame {
			last = t.last
		}
	}
	first = r.first
	h.Notice(stream.Notice{Kind: stream.NoticePackets, Count: r.frame, Octets: r.octets, First: first, Last: last})
	say := func(kind stream.NoticeKind, count, octets int64, text string) {
		if count > 0 {
			h.Notice(stream.Notice{Kind: kind, Count: count, Octets: octets, Text: text})
		}
	}
	for why, n := range r.skipped {
		if reason(why) != usable {
			say(stream.NoticeSkipped, n, 0, reason(why).String())
		}
	}
	say(stream.NoticeSkipped, r.dec.frags.lost-r.dec.frags.capped, 0, "IP datagram of which fragments are missing")
	say(stream.NoticeSkipped, a.late, 0, "octets after the end of their connection")
	say(stream.NoticeSkipped, a.stray, 0, "sequence number far outside the window")
	say(stream.NoticeCut, r.cut, r.cutOctets, "")
	say(stream.NoticeDuplicates, a.twice.count+r.dec.frags.twice, 0, "")
	if a.clock.steps > 0 {
		h.Notice(stream.Notice{Kind: stream.NoticeClock, Count: a.clock.steps, Octets: a.clock.largest, First: a.clock.first})
	}
	say(stream.NoticeCap, a.evicted, 0, fmt.Sprintf("connections given up: more than %d at once", a.maxConns))
	say(stream.NoticeCap, a.capped, 0, fmt.Sprintf("holes given up early: more than %d octets waited behind holes", a.maxHeld))
	say(stream.NoticeCap, r.dec.frags.capped, 0, "IP datagrams given up: too many incomplete ones")
}
