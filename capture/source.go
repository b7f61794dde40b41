package capture

import (
	"errors"
	"io"
	"os"

	"smpptap/stream"
)

const (
	// fewFiles may have windows of full size; of more files that overlap in
	// time each gets smallWindow.
	fewFiles    = 8
	smallWindow = 128 << 10
)

// source is one of the files of a run. It is opened when its first packet's
// turn has come, so that of a ring of a thousand files one or two are open.
type source struct {
	path   string
	place  int  // among the paths
	found  bool // in a directory: to be a capture file is not its duty
	follow bool

	in       *input // nil: not open
	packet   packet // at hand, the next to be taken
	unusable bool   // packet has no meaning
	err      error  // why it could not be read to its end

	size        int64 // octets read, as stored
	count       int64
	first, last stream.Stamp
}

func (s *source) before(o *source) bool {
	return s.packet.time < o.packet.time || s.packet.time == o.packet.time && s.place < o.place
}

// saw counts a packet of the source.
func (s *source) saw(at stream.Stamp) {
	if s.count++; s.count == 1 || at.Time < s.first.Time {
		s.first = at
	}
	if s.count == 1 || at.Time >= s.last.Time {
		s.last = at
	}
}

// next reads the packet that comes next; io.EOF at a regular end.
func (s *source) next() error {
	err := s.in.packets.next(&s.packet)
	if s.unusable = err != nil && errors.Is(err, errUnusable); s.unusable {
		return nil
	}
	return err
}

// start opens a source and reads its first packet.
func (r *run) start(s *source) {
	if err := r.open(s); err != nil {
		r.merged.pop()
		r.end(s, err)
		return
	}
	r.advance(s)
}

// open opens a source.
func (r *run) open(s *source) (err error) {
	w := way{ctx: r.ctx, stdin: r.o.Stdin, idle: r.idle, follow: s.follow}
	if s.found {
		w.ring = r.ring(s)
	}
	if w.stdin == nil {
		w.stdin = os.Stdin
	}
	if len(r.sources) > fewFiles {
		w.window = smallWindow
	}
	w.read = func(n int) {
		s.size += int64(n)
		r.read += int64(n)
		if r.o.Progress != nil {
			r.o.Progress(r.read, r.total)
		}
	}
	s.in, err = openInput(s.path, w)
	return err
}

// advance reads the first source's next packet and lets it find its new turn.
func (r *run) advance(s *source) {
	err := s.next()
	if err == nil {
		r.merged.moved()
		return
	}
	r.merged.pop()
	r.end(s, err)
}

// end closes a source that has no more packets. A followed one may have a
// successor.
func (r *run) end(s *source, err error) {
	if !isEnd(err) && r.ctx.Err() == nil { // else cut off by our own end
		s.err = err
	}
	if s.in == nil {
		return
	}
	if ng, ok := s.in.packets.(*ngReader); ok {
		r.tally.dropped += int64(ng.dropped())
	}
	next := s.in.successor()
	s.in.Close()
	s.in = nil
	if next == "" || r.ctx.Err() != nil {
		return
	}
	n := r.add(next, s.found)
	n.follow = true
	r.merged.push(n)
}

func (r *run) closeAll() {
	for _, s := range r.merged.heap {
		if s.in != nil {
			s.in.Close()
		}
	}
}

// isEnd tells a regular end from a damage that has io.EOF for its cause.
func isEnd(err error) bool {
	var d *damage
	return errors.Is(err, io.EOF) && !errors.As(err, &d)
}
