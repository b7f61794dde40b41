package stream

import "smpptap/dissect"

// Verdict says whether a connection carries SMPP.
type Verdict uint8

// Verdicts.
const (
	Undecided Verdict = iota
	IsSMPP
	NotSMPP
)

// DefaultRecogniseLimit is how many octets of a direction may bring no evidence.
const DefaultRecogniseLimit = 64 << 10

// RecogniserOptions set up a Recogniser.
type RecogniserOptions struct {
	// MaxPDU is the largest believed command_length; 0: DefaultMaxPDU.
	MaxPDU int
	// Limit is how many octets of one direction may come without evidence
	// before the verdict is NotSMPP; 0: DefaultRecogniseLimit. A PDU that is
	// longer can thus not be the evidence.
	Limit int
	// Likely: SMPP is likely (port 2775, the same server carried SMPP
	// before): one believable PDU is enough, its body read or not; at the
	// limit a header at the beginning, whatever follows.
	Likely bool
}

// Recogniser finds out by content whether a connection carries SMPP, also
// from its middle, from one direction alone, and with other octets in front.
//
// The evidence is a PDU of a known command whose body reads to its last
// octet, and behind it another such PDU, or the end of the connection, or
// (unless it is a header only and stands behind garbage) the end of what was
// pushed; or six PDUs in a row of which no more than the headers are sound.
// Protocols whose messages begin with a length of four octets fail on both:
// their length leaves itself out, or their second word is no command.
//
// It keeps no octets but those of a PDU that is not complete; who asks keeps
// them all until the verdict, and p unchanged as long.
type Recogniser struct {
	o        RecogniserOptions
	dirs     [2]suspect
	verdict  Verdict
	protocol string
	frames   []Frame // used again for each push
}

// suspect is a direction that may be SMPP.
type suspect struct {
	framer *Framer
	octets int64
	start  []byte // the first of them, up to startLen
	lost   bool   // a gap came: start is complete
	row    int    // PDUs with sound headers in a row
	read   int    // those of them whose body reads
	// strong: one of them stands where the stream or its rest begins, or has
	// a body. A header alone behind other octets may be four words of a
	// message that happen to look like it.
	strong bool
}

// soundHeaders in a row are evidence without a body that reads.
const soundHeaders = 6

// NewRecogniser makes the recogniser of a connection that begins.
func NewRecogniser(o RecogniserOptions) *Recogniser {
	if o.Limit <= 0 {
		o.Limit = DefaultRecogniseLimit
	}
	return &Recogniser{o: o}
}

// Push takes the next octets of a direction. A verdict other than Undecided
// stays.
func (r *Recogniser) Push(dir Dir, p []byte) Verdict {
	if r.verdict != Undecided || len(p) == 0 {
		return r.verdict
	}
	s := r.suspect(dir)
	s.octets += int64(len(p))
	r.frames = s.framer.Push(r.frames[:0], Stamp{}, p)
	s.weigh(r.frames)
	r.name(s, p)
	switch {
	case s.convincing(r.o.Likely):
		r.verdict = IsSMPP
	case r.protocol != "" && r.protocol != protocolProxy:
		r.verdict = NotSMPP
	case s.octets >= int64(r.o.Limit) && r.o.Likely && s.begins():
		r.verdict = IsSMPP
	case s.octets >= int64(r.o.Limit):
		r.verdict = NotSMPP
	}
	r.tidy()
	return r.verdict
}

// Gap tells that octets of a direction are lost, like Framer.Gap.
func (r *Recogniser) Gap(dir Dir, n int64) Verdict {
	if r.verdict != Undecided || n == 0 {
		return r.verdict
	}
	s := r.suspect(dir)
	s.lost = true
	r.frames = s.framer.Gap(r.frames[:0], Stamp{}, n)
	s.weigh(r.frames)
	if s.convincing(r.o.Likely) {
		r.verdict = IsSMPP
	}
	r.tidy()
	return r.verdict
}

// Close ends the connection: what is undecided now is not SMPP.
func (r *Recogniser) Close() Verdict {
	for d := range r.dirs {
		s := &r.dirs[d]
		if r.verdict != Undecided || s.framer == nil {
			continue
		}
		r.frames = s.framer.Close(r.frames[:0], Stamp{}, false)
		s.weigh(r.frames)
		s.strong = true
		if s.convincing(r.o.Likely) {
			r.verdict = IsSMPP
		}
	}
	if r.verdict == Undecided {
		r.verdict = NotSMPP
	}
	r.tidy()
	return r.verdict
}

// Protocol names another protocol with which one of the directions begins,
// "PROXY protocol" also in front of SMPP; empty: none that is known here.
func (r *Recogniser) Protocol() string { return r.protocol }

func (r *Recogniser) suspect(dir Dir) *suspect {
	s := &r.dirs[dir]
	if s.framer == nil {
		s.framer = NewFramer(FramerOptions{MaxPDU: r.o.MaxPDU, Midstream: true})
	}
	return s
}

// name looks for another protocol while the beginning of a direction comes.
func (r *Recogniser) name(s *suspect, p []byte) {
	if s.lost || len(s.start) == startLen || r.protocol != "" {
		return
	}
	s.start = append(s.start, p[:min(len(p), startLen-len(s.start))]...)
	r.protocol = protocolOf(s.start)
}

// tidy forgets all octets: those of frames each time, the rest with the
// verdict.
func (r *Recogniser) tidy() {
	clear(r.frames)
	if r.verdict != Undecided {
		r.dirs, r.frames = [2]suspect{}, nil
	}
}

// weigh takes the frames of a direction into account.
func (s *suspect) weigh(frames []Frame) {
	for i := range frames {
		fr := &frames[i]
		var c *dissect.Command
		if fr.Kind == FramePDU || fr.Kind == FrameTail {
			c = soundCommand(fr.Octets)
		}
		if c == nil {
			s.row, s.read, s.strong = 0, 0, false
			continue
		}
		s.row++
		if fr.Kind == FramePDU && fr.Missing == 0 && shapeOf(c, fr.Octets, true) == whole {
			s.read++
			s.strong = s.strong || fr.Offset == 0 || len(fr.Octets) > dissect.HeaderLen
		}
	}
}

// begins tells that the first octets are the header of a PDU, whatever its
// command_length: what is behind may be noise, and is then to be judged as such.
func (s *suspect) begins() bool { return soundCommand(s.start) != nil }

// soundCommand is the command of octets that begin with a sound header; nil:
// they do not.
func soundCommand(b []byte) *dissect.Command {
	if len(b) < dissect.HeaderLen {
		return nil
	}
	h := readHeader(b)
	if !h.strict() {
		return nil
	}
	return rowOf(h.id).cmd
}

// convincing tells whether a direction has shown enough. The framer being on
// a boundary with nothing left says that the data ended with a PDU.
func (s *suspect) convincing(likely bool) bool {
	ends := !s.framer.searching && s.framer.hold.len() == 0 && !s.framer.hole.on()
	switch {
	case s.read >= 1 && ends && s.strong, s.read >= 2, s.row >= soundHeaders:
		return true
	case likely:
		return s.row >= 1 && ends || s.row >= 2
	}
	return false
}
