package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"smpptap/stream"
)

// Options say what a File reads. The zero value of each field but Paths is
// fit for use.
type Options struct {
	// Paths are read one after the other; "-" is standard input.
	Paths []string
	// Stdin stands for "-"; nil: os.Stdin.
	Stdin io.Reader
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
type File struct {
	o     Options
	total int64
	read  int64
}

var _ stream.Source = (*File)(nil)

// NewFile makes a Source of o.Paths; nothing is opened before Run.
func NewFile(o Options) *File { return &File{o: o} }

// ctxPackets is after how many packets Run looks at its context.
const ctxPackets = 1024

// Run reads all files. Notices come at the end, in the order of their kinds.
// A file that cannot be read, or only in part, does not keep the others from
// being read; the error names each such file, the place and what was found.
// When ctx ends, the open connections are closed, notices given, and the
// context's cause is returned.
func (f *File) Run(ctx context.Context, h stream.Handler) error {
	f.measure()
	job := &run{ctx: ctx, asm: newReassembler(h, &f.o)}
	var errs []error
	for _, path := range f.o.Paths {
		err := f.one(path, job)
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			errs = append(errs, context.Cause(ctx))
			break
		}
		name := path
		if path == "-" {
			name = "standard input"
		}
		err = fmt.Errorf("%s: %w", name, err)
		job.damaged = append(job.damaged, err.Error())
		errs = append(errs, err)
	}
	job.asm.end()
	job.dec.frags.end()
	job.notices(h)
	return errors.Join(errs...)
}

func (f *File) measure() {
	for _, path := range f.o.Paths {
		st, err := os.Stat(path)
		if path == "-" || err == nil && !st.Mode().IsRegular() {
			f.total = 0
			return
		}
		if err == nil {
			f.total += st.Size()
		}
	}
}

func (f *File) one(path string, job *run) error {
	stdin := f.o.Stdin
	if stdin == nil {
		stdin = os.Stdin
	}
	var size int64
	progress := func(n int) {
		size += int64(n)
		f.read += int64(n)
		if f.o.Progress != nil {
			f.o.Progress(f.read, f.total)
		}
	}
	in, err := openInput(path, stdin, progress)
	if err != nil {
		return err
	}
	defer in.Close()
	job.file(path)
	err = job.packets(in.packets)
	job.fileDone(in.packets, size)
	return err
}

// run is what one Run keeps.
type run struct {
	ctx   context.Context
	asm   *reassembler
	dec   decoder
	frame int64

	tally   tally
	inputs  []stream.Notice
	damaged []string
}

// packets reads to the end of one file.
func (r *run) packets(src packetReader) error {
	var p packet
	first := true
	for {
		err := src.next(&p)
		if err != nil && err != errUnusable {
			if err == io.EOF {
				return nil
			}
			return err
		}
		if r.frame++; r.frame%ctxPackets == 0 && r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		at := stream.Stamp{Time: p.time, Frame: r.frame}
		if first {
			r.asm.clock.nextFile(p.time)
			first = false
		}
		r.asm.tick(at)
		r.tally.packet(&p, at)
		if err != nil {
			r.tally.skip(noInterface, p.link)
			continue
		}
		why := r.dec.decode(&p, r.asm.clock.now)
		if r.dec.cut > 0 {
			r.tally.cut++
			r.tally.cutOctets += int64(r.dec.cut)
		}
		if why != usable {
			r.tally.skip(why, p.link)
			continue
		}
		r.asm.add(&r.dec.seg, at)
	}
}
