package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"smpptap/stream"
)

// Options say what a File reads. The zero value of each field but Paths is
// fit for use.
type Options struct {
	// Paths are merged by time; "-" is standard input, a directory stands for
	// the capture files in it.
	Paths []string
	// Stdin stands for "-"; nil: os.Stdin. While it waits for an *os.File, Run
	// notices the end of its context; for another reader, when that returns.
	Stdin io.Reader
	// Follow goes on reading where the newest file ends as it grows, like
	// tail -F: when it is replaced or begun anew, from the start of the new
	// one; when it lies in a directory of Paths, also with the next file there.
	// Run then ends with its context, and that is a regular end.
	Follow bool
	// Ports mark connections as Expected to carry SMPP. They filter nothing:
	// every TCP connection is given to the Handler.
	Ports []uint16
	// MaxConns is how many connections may be open at once before the one
	// silent longest is given up; zero: 100,000.
	MaxConns int
	// MaxHeld is how many octets may wait behind holes, in all connections
	// together, before the oldest holes are given up; zero: 64 MiB.
	MaxHeld int
	// Progress, when set, is told about every MiB how many octets of all files
	// (as stored, compressed) were read, and their total; total is 0 when a
	// path is no regular file. It is called from Run's goroutine.
	Progress func(read, total int64)
}

// File is a stream.Source that reads capture files. It may be run once.
type File struct{ o Options }

var _ stream.Source = (*File)(nil)

// NewFile makes a Source of o.Paths; nothing is opened before Run.
func NewFile(o Options) *File { return &File{o: o} }

// Idler is a Handler that gathers what it is told before it passes it on. A
// Source calls Idle when it has to wait for input: at once, with waited zero,
// so that all that was seen can be shown; and again about every second that
// the wait lasts. It is called between the Handler's and Taps' other calls.
//
// Time does not go on meanwhile: it is that of the packets. Who writes the
// file may hold packets back or have another clock, so that a pause of the file
// is no silence of the link, and a run over the same file has to find the same.
type Idler interface {
	Idle(waited time.Duration)
}

// ctxPackets is after how many packets Run looks at its context.
const ctxPackets = 1024

// Run reads all files, their packets merged by time; of equal times the
// earlier path's goes first. Notices come at the end, in the order of their
// kinds. A file that cannot be read, or only in part, does not keep the others
// from being read; the error names each such file, the place and what was
// found. When ctx ends, the open connections are closed, notices given, and
// the context's cause is returned.
func (f *File) Run(ctx context.Context, h stream.Handler) error {
	job := &run{o: &f.o, ctx: ctx, asm: newReassembler(h, &f.o)}
	job.idler, _ = h.(Idler)
	job.collect()
	job.merge()
	job.asm.end()
	job.dec.frags.end()
	errs := job.failures()
	job.notices(h)
	return errors.Join(errs...)
}

// run is what one Run keeps.
type run struct {
	o     *Options
	ctx   context.Context
	idler Idler
	asm   *reassembler
	dec   decoder
	frame int64

	sources []*source // in the order of the paths
	merged  merger
	known   map[string]time.Time // files of a followed ring that were read
	read    int64                // octets of all files
	total   int64

	tally   tally
	damaged []string
}

// merge takes packet after packet from the source whose turn it is.
func (r *run) merge() {
	defer r.closeAll()
	for r.merged.len() > 0 {
		s := r.merged.first()
		if s.in == nil { // its turn comes with its first packet
			r.start(s)
			continue
		}
		r.packet(s)
		if r.tally.packets%ctxPackets == 0 && r.ctx.Err() != nil {
			return
		}
		r.advance(s)
	}
}

// packet takes a source's packet at hand.
func (r *run) packet(s *source) {
	p := &s.packet
	r.frame += 1 + p.numbered
	at := stream.Stamp{Time: p.time, Frame: r.frame}
	r.asm.tick(at)
	r.tally.packet(p)
	s.saw(at)
	if s.unusable {
		r.tally.skip(noInterface, p)
		return
	}
	why := r.dec.decode(p, r.asm.clock.now)
	if r.dec.cut > 0 {
		r.tally.cut++
		r.tally.cutOctets += int64(r.dec.cut)
	}
	if why != usable {
		r.tally.skip(why, p)
		return
	}
	r.asm.add(&r.dec.seg, at)
}

// failures are the errors of all sources, in their order.
func (r *run) failures() (errs []error) {
	for _, s := range r.sources {
		if s.err == nil {
			continue
		}
		name := s.path
		if name == "-" {
			name = "standard input"
		}
		err := fmt.Errorf("%s: %w", name, s.err)
		r.damaged = append(r.damaged, err.Error())
		errs = append(errs, err)
	}
	if r.ctx.Err() != nil && !r.o.Follow {
		errs = append(errs, context.Cause(r.ctx))
	}
	return errs
}

// idle is told by inputs that have to wait.
func (r *run) idle(waited time.Duration) {
	if waited >= time.Second {
		r.asm.quiet()
	}
	if r.idler != nil {
		r.idler.Idle(waited)
	}
}
